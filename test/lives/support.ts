import { QUIET, type Conditions, type DeployEvent, type Fault, type Life, type LifeEvent, type Population, type Populations } from './life';
import { inputMaking } from './oracle';
import type { Query } from './stand-in-rooms';
import { World } from './world';

/** Words that schedules are written in. */

export const population = (more: Partial<Population> = {}): Population =>
  ({ table: 'T1', definition: 'A', mode: 'ON_CHANGE', schedules: { N: 'p', M: '' }, ...more });
export const X = (more: Partial<Population> = {}): Populations => ({ X: population(more) });
export const renamed = (more: Partial<Population> = {}): Populations => ({ X2: population(more) });

export const deployed = (at: number, populations: Populations, more: Partial<DeployEvent> = {}): DeployEvent => ({ at, type: 'DEPLOY', populations, ...more });
export const byHand = (at: number, further?: string, name = 'X'): LifeEvent =>
  ({ at, type: 'RUN', population: name, ...(further === undefined ? {} : { input: inputMaking(further) }) });
export const byRule = (at: number, schedule: 'N' | 'M', name = 'X'): LifeEvent => ({ at, type: 'SCHEDULE', population: name, schedule });
export const stopped = (at: number, which = 0): LifeEvent => ({ at, type: 'STOP', which });

interface More extends Partial<Conditions> {
  readonly faults?: readonly Fault[];
  readonly deliveries?: Life['deliveries'];
  readonly ends?: number;
}

export function life(events: readonly LifeEvent[], { faults = [], deliveries = {}, ends = 16_000, ...conditions }: More = {}): Life {
  return { events: [...events].sort((a, b) => a.at - b.at), faults, deliveries, conditions: { ...QUIET, ...conditions }, ends };
}

/** Plays a life in which every promise is kept. */
export async function kept(events: readonly LifeEvent[], more: More = {}): Promise<World> {
  const world = await World.play(life(events, more), true);
  if (world.oracle.violations.length) {
    throw new Error(`${world.oracle.violations.map(({ kind, text }) => `${kind}: ${text}`).join('\n')}\n${world.lines.join('\n')}`);
  }
  return world;
}

/** What was populated, in order: `A SUCCESS`. */
export const made = ({ rooms }: World, table = 'T1'): string[] =>
  rooms.queries.filter((query) => query.table === table).map(({ makes, status }) => `${makes} ${status}`);
export const queriesOf = ({ rooms }: World, table: string): readonly Query[] => rooms.queries.filter((query) => query.table === table);
/** How CloudFormation was answered, in order: `Update UNCHANGED`. */
export const answers = ({ cloudFormation }: World): string[] =>
  cloudFormation.sent.map(({ type, answer }) => `${type} ${answer!.isSuccess ? answer!.data.status ?? 'SUCCESS' : /^\w+/.exec(answer!.reason)![0]}`);
/** How the runs ended that nobody deployed, in order. */
export const ends = ({ executions }: World): string[] => executions.all.filter(({ input }) => !input.deployment)
  .map(({ ended, status }) => ended?.output?.status ?? ended?.failure?.error ?? status);
/** How long CloudFormation has waited for an answer. */
export const waited = ({ cloudFormation: { sent } }: World, number: number): number => sent[number - 1].answeredAt! - sent[number - 1].at;
