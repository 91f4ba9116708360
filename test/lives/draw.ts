import { QUIET, type Conditions, type Delivery, type DeployEvent, type Fault, type Life, type LifeEvent, type Population, type Populations, type RequestFaultKind } from './life';
import { inputMaking } from './oracle';
import { chances } from './time';

/** Draws the life that a seed stands for. */
export function draw(seed: number): Life {
  const dice = new Dice(seed);
  const conditions = drawConditions(dice);
  const shape = dice.pick<Shape>('ONE', 'ONE', 'ONE', 'ONE', 'TWO', 'CHAIN', 'DIAMOND', 'JOBS');
  const deploys = drawDeploys(dice, shape);
  const last = deploys[deploys.length - 1].at;
  const events = [...deploys, ...drawRuns(dice, deploys, last), ...drawTroublemakers(dice, last)].sort((a, b) => a.at - b.at);
  return { events, faults: drawFaults(dice, last), deliveries: drawDeliveries(dice), conditions, ends: last + 16_000 };
}

export type Shape =
  | 'ONE'
  | 'TWO'
  | 'CHAIN'
  | 'DIAMOND'
  | 'JOBS';

class Dice {
  private readonly chance: () => number;

  constructor(seed: number) {
    this.chance = chances(seed);
  }

  public below = (limit: number): number => this.chance() * limit;
  public whole = (limit: number): number => Math.floor(this.below(limit));
  public pick = <T>(...among: readonly T[]): T => among[this.whole(among.length)];
  public happens = (share: number): boolean => this.chance() < share;
}

const drawConditions = (dice: Dice): Conditions => ({
  ...QUIET,
  querySeconds: dice.pick(20, 60, 200, 900, 900, 2_400),
  liveLag: dice.pick(0, 0, 5, 40),
  cancelSeconds: dice.pick(1, 5, 60),
  listLag: dice.pick(0, 0, 2, 9),
  shows: dice.pick<Conditions['shows']>('ALWAYS', 'ALWAYS', 'NEVER', 'WHEN_LIVE'),
  conflicts: dice.happens(0.5),
  quota: dice.pick(1, 2, 5, 99),
  queues: dice.happens(0.2),
  skew: dice.pick(0, 0, 4, -4),
  ...(dice.happens(0.1) ? { deniedUntil: dice.pick(30, 100) } : {}),
  ...(dice.happens(0.15) ? { failing: [dice.pick('B', 'A', 'B|p')] } : {}),
});

const FIRST: Record<Shape, Populations> = {
  ONE: { X: population('T1') },
  TWO: { X: population('T1'), Y: population('U1') },
  CHAIN: { X: population('T1'), Z: population('W1', { upstream: ['X'] }) },
  DIAMOND: {
    X: population('T1'), P: population('P1', { upstream: ['X'] }), Q: population('Q1', { upstream: ['X'] }), Z: population('W1', { upstream: ['P', 'Q'] }),
  },
  JOBS: { X: population('T1', { isJob: true }), Y: population('U1', { isJob: true }), S: population('S1') },
};

function population(table: string, more: Partial<Population> = {}): Population {
  return { table, definition: 'A', mode: 'ON_CHANGE', schedules: { N: 'p', M: '' }, ...more };
}

type ChangeKind = 'CHANGE' | 'RENAME' | 'RENAME_AND_CHANGE' | 'REPLACE' | 'SCHEDULE' | 'TAG' | 'MODE' | 'ALWAYS' | 'REMOVE' | 'NOTHING';

function drawDeploys(dice: Dice, shape: Shape): DeployEvent[] {
  let stands = FIRST[shape];
  if (dice.happens(0.15)) {
    stands = { ...stands, X: { ...stands.X, keepsVersion: true } };
  }
  if (dice.happens(0.1)) {
    stands = { ...stands, X: { ...stands.X, cancelOnTimeout: false, timeoutSeconds: 900 } };
  }
  const events: DeployEvent[] = [{ at: 0, type: 'DEPLOY', populations: stands }];
  let [at, tables] = [1, 1];
  for (let count = 1 + dice.whole(3); count > 0; count--) {
    at += dice.pick(10, 30, 100, 700, 2_500);
    const name = dice.pick(...Object.keys(stands));
    const kind = dice.pick<ChangeKind>('CHANGE', 'CHANGE', 'CHANGE', 'RENAME', 'RENAME_AND_CHANGE', 'REPLACE', 'SCHEDULE', 'TAG', 'MODE', 'ALWAYS', 'REMOVE', 'NOTHING');
    const populations = changed(dice, stands, name, kind, `${name[0]}${++tables}`, `synthesis-${at}`);
    if (dice.happens(0.5)) {
      events.push({ at, type: 'DEPLOY', populations, failsAfter: dice.pick(1, 4, 20, 100, 600, 1_500), gap: dice.pick(1, 1, 30, 300) });
    } else {
      events.push({ at, type: 'DEPLOY', populations });
      stands = populations;
    }
  }
  return events;
}

function changed(dice: Dice, stands: Populations, name: string, kind: ChangeKind, fresh: string, synthesis: string): Populations {
  const { [name]: before, ...others } = stands;
  const otherDefinition = dice.pick(...['A', 'B', 'C'].filter((definition) => definition !== before.definition));
  const renamed = (population_: Population): Populations => {
    const to = name.length === 1 ? `${name}2` : name[0];
    const follow = (upstream?: readonly string[]) => upstream?.map((each) => (each === name ? to : each));
    const following = Object.entries(others).map(([id, other]) => [id, { ...other, upstream: follow(other.upstream) }] as const);
    return { [to]: population_, ...Object.fromEntries(following) };
  };
  switch (kind) {
    case 'CHANGE': return { ...stands, [name]: { ...before, definition: otherDefinition } };
    case 'RENAME': return renamed(before);
    case 'RENAME_AND_CHANGE': return renamed({ ...before, definition: otherDefinition });
    case 'REPLACE': return { ...stands, [name]: { ...before, table: fresh, definition: dice.pick('A', 'B', 'C') } };
    case 'SCHEDULE': return { ...stands, [name]: { ...before, schedules: dice.pick<Record<string, string>>({}, { N: 'q' }, { N: 'p', M: '' }) } };
    case 'TAG': return { ...stands, [name]: { ...before, tag: synthesis } };
    case 'MODE': return { ...stands, [name]: { ...before, mode: dice.pick('ON_CHANGE', 'NEVER', 'IF_UNPOPULATED') } };
    case 'ALWAYS': return { ...stands, [name]: { ...before, mode: 'ALWAYS', synthesis } };
    case 'REMOVE': return Object.keys(others).length && !Object.values(others).some(({ upstream }) => upstream?.includes(name)) ? others : stands;
    case 'NOTHING': return stands;
  }
}

function drawRuns(dice: Dice, deploys: readonly DeployEvent[], last: number): LifeEvent[] {
  const events: LifeEvent[] = [];
  for (let count = dice.whole(4); count > 0; count--) {
    const at = round(dice.happens(0.5) ? 5 + dice.below(last + 1_000) : dice.pick(...deploys).at + dice.pick(1, 5, 30, 100, 300, 800));
    const name = dice.pick('X', 'X', 'Y', 'Z', 'P');
    events.push(drawRun(dice, at, name));
    if (dice.happens(0.2)) {
      events.push(drawRun(dice, at + dice.pick(0.2, 1, 3), name));
    }
  }
  return events;
}

function drawRun(dice: Dice, at: number, name: string): LifeEvent {
  return dice.pick<LifeEvent>(
    { at, type: 'RUN', population: name },
    { at, type: 'RUN', population: name, input: inputMaking('h') },
    { at, type: 'SCHEDULE', population: name, schedule: 'N', ...(dice.happens(0.2) ? { again: dice.pick(0.3, 30, 700) } : {}) },
    { at, type: 'SCHEDULE', population: name, schedule: 'M' },
  );
}

function drawTroublemakers(dice: Dice, last: number): LifeEvent[] {
  return [
    ...(dice.happens(0.1) ? [{ at: round(dice.below(last + 300)), type: 'STRANGER', table: 'T1', makes: dice.pick('A', 'S') } as const] : []),
    ...(dice.happens(0.25) ? [{ at: round(dice.below(last + 600)), type: 'STOP', which: dice.whole(3) } as const] : []),
  ];
}

function drawDeliveries(dice: Dice): Record<number, Delivery> {
  const entries = [1, 2, 3, 4, 5, 6, 7].filter(() => dice.happens(0.1))
    .map((number) => [number, dice.happens(0.5) ? { again: dice.pick(0.1, 2, 60, 300) } : { late: dice.pick(3, 40, 120) }] as const);
  return Object.fromEntries(entries);
}

const REQUEST_FAULTS: readonly RequestFaultKind[] = [
  'CRASH_BEFORE', 'CRASH_AFTER', 'FREEZE_BEFORE', 'FREEZE_AFTER', 'FREEZE_CRASH', 'LOST', 'LOST_ONCE', 'REJECTED', 'THROTTLED', 'LATE',
];
const NAMES = [
  'populate', 'populate', 'populate', 'write INTENDED', 'write STARTED', 'write table', 'recordOutcome', 'cancel', 'start', 'put', 'write run', 'write population',
  'read', 'readRun', 'getTable', 'getAnalysis', 'listVersions', 'listAnalyses', 'write admission',
];

function drawFaults(dice: Dice, last: number): Fault[] {
  return dice.happens(0.1) ? drawGhost(dice) : Array.from({ length: dice.whole(4) }, () => drawFault(dice, last));
}

/** A step begins late, is given up, goes on, and sends its populate at the very last. */
function drawGhost(dice: Dice): Fault[] {
  const step = dice.pick(1, 1, 1 + dice.whole(20));
  return [
    { kind: 'LATE_START', step, seconds: dice.pick(3, 15) },
    { kind: 'ZOMBIE', step, seconds: dice.pick(1, 3, 10) },
    { kind: dice.pick('FREEZE_CRASH', 'FREEZE_BEFORE', 'FREEZE_AFTER'), of: 'populate', nth: dice.pick(1, 1, 2, 3), seconds: dice.pick(30, 55, 65, 70) },
  ];
}

function drawFault(dice: Dice, last: number): Fault {
  const kind = dice.pick<RequestFaultKind | 'ZOMBIE' | 'LATE_START' | 'NOT_INVOKED' | 'OUTAGE'>(...REQUEST_FAULTS, 'ZOMBIE', 'LATE_START', 'NOT_INVOKED', 'OUTAGE');
  switch (kind) {
    case 'ZOMBIE': return { kind, step: 1 + dice.whole(30), seconds: dice.pick(1, 5, 20) };
    case 'LATE_START': return { kind, step: 1 + dice.whole(30), seconds: dice.pick(3, 8, 15) };
    case 'NOT_INVOKED': return { kind, step: 1 + dice.whole(30), seconds: dice.pick(60, 200, 400) };
    case 'OUTAGE': {
      const from = round(dice.below(last + 300));
      return dice.pick<Fault>(
        { kind, of: 'store', from, seconds: dice.pick(5, 60, 200, 200, 700) },
        { kind, of: 'rooms', from, seconds: dice.pick(20, 100, 3_600), operation: dice.pick('listVersions', 'getTable', 'getAnalysis', 'listAnalyses'), table: dice.pick('T1', 'U1') },
      );
    }
    default: {
      const seconds = kind === 'LATE' ? dice.pick(3, 12, 14, 15, 40) : kind.startsWith('FREEZE') ? dice.pick(5, 20, 60, 70, 72, 300) : dice.pick(1, 5, 15);
      const nth = 1 + dice.whole(dice.happens(0.7) ? 4 : 300);
      return dice.happens(0.7) ? { kind, of: dice.pick(...NAMES), nth, seconds }
        : { kind, request: 1 + Math.floor(dice.below(1) * dice.below(1) * 600), seconds };
    }
  }
}

const round = (seconds: number): number => Math.round(seconds * 10) / 10;
