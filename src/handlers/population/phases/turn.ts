import { fail, failure } from '../outcome';
import { untilNextAttempt } from '../pacing';
import type { RunState } from '../run-state';
import { elapsed, waitFor, type Outside } from '../step';

/** Where other runs of this state machine are in the way: the state that waits for them, or ends for them. */
export async function takeTurn(state: RunState, outside: Outside): Promise<RunState | undefined> {
  const { ahead, released } = await outside.siblings(state);
  if (released) {
    return fail(state, failure(state, 'Released', 'The custom resource is being deleted, so nothing was populated.'));
  }
  return ahead ? waitFor(state, nextAttempt(state, outside), outside.now(), { waitingFor: 'an earlier run of this population is still running' }) : undefined;
}

export const nextAttempt = (state: RunState, { now, chance, slots }: Outside): number =>
  untilNextAttempt(now(), state.population.slot ?? 0, slots, chance(), elapsed(state, now()));
