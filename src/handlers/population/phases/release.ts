import { succeed, NO_VERSION } from '../outcome';
import type { RunState } from '../run-state';
import { elapsed, waitFor, type Outside } from '../step';

/** Running executions see the release within a minute, and their query then has two to be cancelled. */
const RELEASES_WITHIN = 300;

/**
 * Before the custom resource goes: this execution's mere presence tells the running ones to cancel what they started,
 * since only they know which query that is. Data stays, and the stack is never held up for long.
 */
export async function release(state: RunState, outside: Outside): Promise<RunState> {
  const { others } = await outside.siblings(state);
  return others && elapsed(state, outside.now()) < RELEASES_WITHIN ? waitFor(state, 5, outside.now()) : succeed(state, NO_VERSION);
}
