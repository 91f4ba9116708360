import { NO_VERSION, describeVersion, fail, failure, succeed } from '../outcome';
import { soonestAttempt, untilNextAttempt, untilNextCheck, untilOwnSecond } from '../pacing';
import type { Failure, RunState } from '../run-state';
import type { Siblings } from '../siblings';
import { elapsed, waitFor, type Outside } from '../step';

/** Past this, in seconds, a run that Step Functions does not list goes on. */
const LISTED_WITHIN = 15;

export const SUPERSEDED = 'Superseded';

/** Why nobody waits for the run any more; undefined where somebody does. */
export function givenUp(state: RunState, { released, superseded }: Siblings): Failure | undefined {
  if (released) {
    return failure(state, 'Released', 'The custom resource is being deleted.');
  }
  return superseded ? failure(state, SUPERSEDED, 'CloudFormation has gone on to another deployment of this population, as a rollback does.') : undefined;
}

/** Where other runs of this state machine are in the way: the state that waits for them, or ends for them. */
export async function takeTurn(state: RunState, outside: Outside): Promise<RunState | undefined> {
  const siblings = await outside.siblings(state);
  const { ahead, listed } = siblings;
  const given = givenUp(state, siblings);
  if (given) {
    return fail(state, { ...given, cause: `Nothing was populated. ${given.cause}` });
  }
  if (!listed && elapsed(state, outside.now()) < LISTED_WITHIN) {
    return waitFor(state, 2, outside.now(), { waitingFor: 'Step Functions does not list this run yet' });
  }
  return ahead ? waitFor(state, nextAttempt(state, outside), outside.now(), { waitingFor: 'an earlier run of this population is still running' }) : undefined;
}

/**
 * Of the runs that one event has started, since EventBridge may deliver it twice, only the first populates. The others end after it,
 * with nothing done, however it ended.
 */
export async function unchanged(state: RunState, outside: Outside): Promise<RunState> {
  const table = await outside.cleanRooms.getTable(state.population);
  return succeed(state, table.ok && table.value.live ? describeVersion(table.value.live, 'UNCHANGED') : NO_VERSION);
}

export const nextAttempt = (state: RunState, { now, chance, slots }: Outside): number =>
  untilNextAttempt(now(), state.population.slot ?? 0, slots, chance(), soonestAttempt(elapsed(state, now()), slots));

/** When a run looks at its query again. */
export const nextCheck = ({ population, expectedSeconds }: RunState, age: number, { now, slots }: Outside): number =>
  untilOwnSecond(untilNextCheck(age, expectedSeconds), now(), population.slot ?? 0, slots);
