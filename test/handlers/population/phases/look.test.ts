import { look } from '../../../../src/handlers/population/phases/look';
import type { In } from '../../../../src/handlers/population/run-state';
import type { Line } from '../../../../src/handlers/record/line';
import {
  after, DEAD, DEFINITION, DEPLOYMENT, deploying, details, ERRORS, EXECUTION_ARN, IN_TIME, inShort, KNOWN, LATE, LATER, lineOf, MADE, ok, recordWith,
  releasing, SENT, STARTED_AT, stateIn, stateOf, TABLE_ID, tableWith, TOO_LATE, UNKNOWN,
} from '../../support';
import { World } from '../../world';

type Facts = Parameters<typeof look.decide>[1];
const FIRST = lineOf({ execution: EXECUTION_ARN, state: 'NEW' });
const EMPTY_TABLE = { table: tableWith(), record: ok(recordWith()), upstream: ok([]) };
const seeing = (change: object) => ({ looked: { ...EMPTY_TABLE, ...change } });
const decided = (change: Partial<In<'LOOK'>>, facts: object, at = IN_TIME) =>
  look.decide(stateIn('LOOK', change), { line: ok(FIRST), record: ok(recordWith()), ...seeing({}), ...facts } as Facts, at);

const LIVE = seeing({ table: tableWith('1') });
const BEFORE = { ...MADE, sentAt: STARTED_AT - 1 };
const made = (version: object) => ({ record: ok(recordWith({ made: [version] } as object)) });

describe('a run at its turn', () => {
  test.each<[string, Partial<In<'LOOK'>>, object, typeof IN_TIME, string]>([
    ['populates', {}, {}, IN_TIME, 'READY'],
    ['populates anew what is live', {}, { ...LIVE, ...made(BEFORE) }, IN_TIME, 'READY'],
    ['leaves what another run has begun after it', {}, { ...LIVE, ...made(MADE) }, IN_TIME, 'CLOSE UNCHANGED'],
    ['not where that was another definition', {}, { ...LIVE, ...made({ ...MADE, fingerprint: 'other' }) }, IN_TIME, 'READY'],
    ['of a deploy populates what has changed', { ...deploying, deployment: { ...DEPLOYMENT, changed: true } }, LIVE, IN_TIME, 'READY'],
    ['of a deploy keeps what has not', deploying, LIVE, IN_TIME, 'CLOSE UNCHANGED'],
    ['of a rollback keeps what is still there', { ...deploying, deployment: { ...DEPLOYMENT, changed: true } }, { ...LIVE, ...made(BEFORE) }, IN_TIME,
      'CLOSE UNCHANGED'],
    ['of a deploy populates what has expired', deploying, seeing({ table: tableWith('1', { status: 'RETENTION_PERIOD_EXPIRED' }) }), IN_TIME, 'READY'],
    ['of a deploy under NEVER leaves a table without a version', { ...deploying, deployment: { ...DEPLOYMENT, mode: 'NEVER' } }, {}, IN_TIME, 'CLOSE UNCHANGED'],
    ['after an upstream table populates nothing that is not due', { cause: 'AFTER_UPSTREAM' }, LIVE, IN_TIME, 'CLOSE UNCHANGED'],
    ['of a release has nothing to look at', releasing, { looked: undefined }, IN_TIME, 'CLOSE UNCHANGED'],
    ['fails at once where a provider forbids it', {}, seeing({ table: tableWith('1', { status: 'DISALLOWED_BY_DATA_PROVIDER' }) }), IN_TIME,
      'CLOSE DISALLOWED_BY_DATA_PROVIDER'],
    ['fails at once where a base table is gone', {}, seeing({ table: tableWith(undefined, { status: 'BASE_TABLE_REMOVED' }) }), IN_TIME, 'CLOSE BASE_TABLE_REMOVED'],
    ['fails at once where a job has half a compute', { definition: { ...DEFINITION, population: { ...DEFINITION.population, compute: { number: 4 } } } },
      seeing({ table: tableWith(undefined, { analysisType: 'JOB' }) }), IN_TIME, 'CLOSE InvalidCompute'],
    ['fails at once where SQL is given a job\'s number of workers', { definition: { ...DEFINITION, population: { ...DEFINITION.population, compute: { number: 401 } } } },
      seeing({ table: tableWith(undefined) }), IN_TIME, 'CLOSE InvalidCompute'],
    ['goes on where a job has all of its compute',
      { definition: { ...DEFINITION, population: { ...DEFINITION.population, compute: { type: 'CR.4X', number: 1_024 } } } },
      seeing({ table: tableWith(undefined, { analysisType: 'JOB' }) }), IN_TIME, 'READY'],
  ])('%s', (_what, change, facts, at, expected) => {
    expect(inShort(decided(change, facts, at))).toBe(expected);
  });

  test.each<[string, Partial<In<'LOOK'>>, object, typeof IN_TIME, string]>([
    ['is overtaken', deploying, { record: ok(recordWith({ deployment: LATER })) }, IN_TIME, 'CLOSE Superseded'],
    ['is released', {}, { record: ok(recordWith({ released: [TABLE_ID] })) }, IN_TIME, 'CLOSE Released'],
    ['is overtaken after its request, in a step that broke off', deploying, { record: ok(recordWith({ deployment: LATER, sent: KNOWN })) }, IN_TIME,
      'CANCEL for Superseded'],
    ['goes on with what it has sent in a step that broke off', {}, { record: ok(recordWith({ sent: KNOWN })) }, IN_TIME, 'QUERY'],
    ['looks for it where it was not answered', {}, { record: ok(recordWith({ sent: SENT })) }, IN_TIME, 'DOUBT'],
    ['cancels it when its time is up', {}, { record: ok(recordWith({ sent: KNOWN })) }, LATE, 'QUERY'],
    ['waits for no leftover when its time is up', {}, { record: ok(recordWith({ sent: { ...KNOWN, execution: DEAD } })) }, LATE, 'CLOSE PopulationTimedOut'],
    ['keeps live data even then', deploying, { ...LIVE, record: ok(recordWith({ sent: { ...KNOWN, execution: DEAD } })) }, LATE, 'CLOSE UNCHANGED'],
    ['begins nothing when its time is up', {}, {}, LATE, 'CLOSE PopulationTimedOut'],
    ['ends past all time', {}, { looked: undefined }, TOO_LATE, 'CLOSE PopulationTimedOut'],
    ['asks the record again', {}, { record: UNKNOWN }, IN_TIME, 'waits in LOOK'],
    ['asks the line again', {}, { line: UNKNOWN, looked: undefined }, IN_TIME, 'waits in LOOK'],
    ['asks for the table again', {}, seeing({ table: UNKNOWN }), IN_TIME, 'waits in LOOK'],
    ['asks for the upstream tables again', {}, seeing({ upstream: UNKNOWN }), IN_TIME, 'waits in LOOK'],
    ['fails where the table is not there', {}, seeing({ table: ERRORS.missing }), IN_TIME, 'CLOSE ResourceNotFoundException'],
    ['waits where it is next in the line', {}, { line: ok(lineOf({ execution: DEAD, state: 'NEW' }, ...FIRST.entries)), looked: undefined }, IN_TIME, 'lingers in LOOK'],
    ['waits further back in the line', {}, {
      line: ok(lineOf({ execution: DEAD, state: 'NEW' }, { execution: 'other', state: 'NEW' }, ...FIRST.entries)), looked: undefined,
    }, IN_TIME, 'waits in LOOK'],
  ])('%s', (_what, change, facts, at, expected) => {
    expect(inShort(decided(change, facts, at))).toBe(expected);
  });

  test('says what cannot be told where the record does not answer until the end', () => {
    const closed = stateOf(decided({}, { record: UNKNOWN }, LATE)) as In<'CLOSE'>;
    expect(closed.ended.failure?.cause).toContain('Whether a step that broke off had sent a populate cannot be told: if so, it may go live.');
  });

  test('takes a live version of unknown lineage as built from what is there, in a deploy', () => {
    const upstream = { record: 'a', recordTable: 't', membershipIdentifier: 'm', intermediateTableIdentifier: 'a', after: [], direct: true, sameStack: true };
    const facts = { ...made(BEFORE), ...seeing({ table: tableWith('1'), upstream: ok([{ upstream, record: recordWith(), liveId: 'a-1' }]) }) };
    expect(stateOf(decided(deploying, facts))).toMatchObject({ adopted: { versionId: 'version-1', upstream: { a: 'a-1' } } });
    expect(stateOf(decided({}, { ...facts, ...made(MADE) }))).not.toHaveProperty('adopted');
  });
});

describe('a live version whose end no run has waited for', () => {
  const { populatedAt, durationMillis, billedCrpuHours, ...begun } = MADE;
  const unseen = (change: Partial<typeof begun> = {}) => ({
    record: ok(recordWith({ unseen: [{ ...begun, ...change }] })),
    ...seeing({ table: tableWith('1'), details: details('SUCCESS', { createTime: 1_000, durationMillis: 500, billedCrpuHours: 2 }) }),
  });

  test('is this population\'s own: a deploy of the same keeps it, and puts it on record with its query\'s figures', () => {
    const kept = decided({ ...deploying, deployment: { ...DEPLOYMENT, changed: true } }, unseen());
    expect(inShort(kept)).toBe('CLOSE UNCHANGED');
    expect(stateOf(kept)).toMatchObject({ made: { versionId: 'version-1', populatedAt: 1_500, billedCrpuHours: 2 } });
  });

  test('is not what a deploy of other data wants', () => {
    expect(inShort(decided({ ...deploying, deployment: { ...DEPLOYMENT, changed: true } }, unseen({ fingerprint: 'other' })))).toBe('READY');
  });
});

describe('the stack\'s line', () => {
  const lineAfter = async (entries: Line['entries'], change: (world: World) => void = () => {}) => {
    const world = new World();
    world.documents.set('line', { entries, room: 0, full: false });
    change(world);
    const facts = await look.facts(stateIn('LOOK'), world.outside());
    return { looked: facts.looked !== undefined, entries: facts.line.ok ? facts.line.value.entries.map(({ execution }) => execution) : undefined };
  };

  test('is entered before the table is asked for', async () => {
    expect(await lineAfter([{ execution: DEAD, state: 'NEW' }])).toEqual({ looked: false, entries: [DEAD, EXECUTION_ARN] });
  });

  test.each<[string, Partial<Line>, boolean]>([
    ['a second after somebody has asked for a query', { last: { execution: DEAD, from: after(-1).now, isLight: false } }, true],
    ['and not before', { last: { execution: DEAD, from: after(-0.9).now, isLight: false } }, false],
    ['half a second after another look', { last: { execution: DEAD, from: after(-0.5).now, isLight: true } }, true],
    ['but not where somebody is about to ask for a query', { last: { execution: DEAD, from: after(-1).now, isLight: true }, entries: [{ execution: DEAD, state: 'READY' }] }, false],
  ])('lets its first look %s', async (_what, line, expected) => {
    expect((await lineAfter([], (world) => {
      world.documents.set('line', { entries: [{ execution: DEAD, state: 'SUBMITTED' }], room: 0, full: false, ...line });
    })).looked).toBe(expected);
  });

  test('is not held up by a run that may ask for a query and does not', async () => {
    expect(await lineAfter([], (world) => world.documents.set('line', {
      entries: [{ execution: DEAD, state: 'READY' }], room: 0, full: false, last: { execution: DEAD, from: after(-6).now, isLight: false },
    }))).toMatchObject({ looked: true });
  });

  test('is told of a look', async () => {
    const world = new World();
    world.documents.set('line', { entries: [{ execution: DEAD, state: 'SUBMITTED' }], room: 0, full: true });
    await look.facts(stateIn('LOOK'), world.outside());
    expect(world.documents.get('line')).toMatchObject({ last: { execution: EXECUTION_ARN, isLight: true } });
  });

  test.each([
    ['ENDED', [EXECUTION_ARN], true], ['RUNNING', [DEAD, EXECUTION_ARN], false], ['UNKNOWN', [DEAD, EXECUTION_ARN], false],
  ] as const)('loses its first where that is %s', async (status, entries, looked) => {
    expect(await lineAfter([{ execution: DEAD, state: 'NEW' }], (world) => world.statuses.set(DEAD, status))).toEqual({ looked, entries });
  });

  test('is not waited in by a run that has little time, nor for long', async () => {
    const hurrying = new World();
    hurrying.documents.set('line', { entries: [{ execution: DEAD, state: 'NEW' }], room: 0, full: false });
    hurrying.now = after(3_200).now;
    expect((await look.facts(stateIn('LOOK'), hurrying.outside())).looked).toBeDefined();
    hurrying.now = after(130).now;
    expect((await look.facts(stateIn('LOOK'), hurrying.outside())).looked).toBeDefined();
  });
});
