import { sentence } from '../../text';
import type { Query } from '../clean-rooms';
import { fail } from '../outcome';
import { untilNextCheck } from '../pacing';
import type { Failure, RunState } from '../run-state';
import { describe } from '../service-error';
import type { Answer } from '../service-error';
import { elapsed, timeLeft, to, waitFor, type Outside } from '../step';
import { ENDED } from './populate';
import { publish } from './publish';
import { SUPERSEDED } from './turn';

/** A cancellation may take its time; CloudFormation waits for us a little longer than this past the deadline. */
const CANCELS_WITHIN = 120;

/** Asks for the query to be cancelled. Whatever the answer, the run ends with `reason`. */
export async function cancelFor(state: RunState, reason: Failure, outside: Outside): Promise<RunState> {
  const answer = await outside.cleanRooms.cancelQuery(state.population, state.analysisId!);
  const now = outside.now();
  const said = answer.ok ? ' Its cancellation was asked for.' : ` Cancelling it was refused: ${sentence(describe(answer.error))}`;
  const cancelledFor = { ...reason, cause: reason.cause + said };
  return waitFor(to('CANCEL', state, { cancelledFor, cancellingSince: elapsed(state, now) }), 5, now);
}

/** Looks whether the query has ended. One that has succeeded meanwhile was paid for, and counts. */
export async function cancel(state: RunState, outside: Outside): Promise<RunState> {
  const answer = await outside.cleanRooms.getQuery(state.population, state.analysisId!);
  const decided = afterCancel(state, answer, outside);
  return answer.ok && decided.phase === 'PUBLISH' ? publish(decided, outside, answer.value) : decided;
}

export function afterCancel(state: RunState, answer: Answer<Query>, outside: Outside): RunState {
  const now = outside.now();
  const reason = state.cancelledFor!;
  const { status, billedCrpuHours: billed } = answer.ok ? answer.value : { status: undefined, billedCrpuHours: undefined };
  if (status === 'SUCCESS') {
    return to('PUBLISH', state, { succeededSince: elapsed(state, now) });
  }
  if (status && ENDED.includes(status)) {
    return fail({ ...state, billedInVain: billed }, { ...reason, cause: `${reason.cause} It is now ${status}.` });
  }
  const age = elapsed(state, now) - state.cancellingSince!;
  if (age < CANCELS_WITHIN) {
    return waitFor(state, 10, now);
  }
  // Should it succeed after all, the deployment that comes next would not know of it.
  if (reason.error === SUPERSEDED && timeLeft(state, now) > 0) {
    return waitFor(state, untilNextCheck(age), now);
  }
  return fail(state, { ...reason, cause: `${reason.cause} It is still ${status ?? 'running'}: cancel it in the console if it should not go on.` });
}
