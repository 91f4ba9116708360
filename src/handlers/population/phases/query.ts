import type { Query } from '../clean-rooms';
import { fail, failure } from '../outcome';
import type { RunState } from '../run-state';
import type { Answer, ServiceError } from '../service-error';
import { askAgain, elapsed, to, waitFor, type Outside } from '../step';
import { cancelFor } from './cancel';
import { publish } from './publish';
import { givenUp, nextCheck } from './turn';

/** A query may not be there to read in the first seconds after it was accepted. */
const SHOWS_AFTER = 120;

/** Looks at the protected query that fills the version. */
export async function query(state: RunState, outside: Outside): Promise<RunState> {
  const answer = await outside.cleanRooms.getQuery(state.population, state.analysisId!);
  const decided = afterQuery(state, answer, outside);
  if (answer.ok && decided.phase === 'PUBLISH') {
    return publish(decided, outside, answer.value);
  }
  const given = decided.phase === 'QUERY' ? givenUp(state, await outside.siblings(state)) : undefined;
  return given ? cancelFor(decided, given, outside) : decided;
}

export function afterQuery(state: RunState, answer: Answer<Query>, outside: Outside): RunState {
  const now = outside.now();
  const age = elapsed(state, now) - state.queryingSince!;
  if (!answer.ok) {
    return notThereYet(answer.error, age) ? waitFor(state, 5, now) : askAgain(state, 'GetProtectedQuery', answer.error, outside);
  }
  switch (answer.value.status) {
    case 'SUCCESS':
      return to('PUBLISH', state, { succeededSince: elapsed(state, now) });
    case 'FAILED':
    case 'CANCELLED':
    case 'TIMED_OUT':
      return fail({ ...state, billedInVain: answer.value.billedCrpuHours }, ended(state, answer.value));
    default:
      return waitFor(state, nextCheck(state, age, outside), now, {
        waitingFor: `the protected query is ${answer.value.status} after ${Math.round(age)} seconds`,
      });
  }
}

const notThereYet = (error: ServiceError, age: number): boolean => error.code === 'ResourceNotFoundException' && age < SHOWS_AFTER;

/** The failure of a query that ended without success, with the service's own code and message. */
export function ended(state: RunState, { status, error }: Query) {
  const why = error ? ` ${error.code}: ${error.message}` : ' The service gives no reason.';
  return failure(state, `ProtectedQuery${WORDS[status] ?? status}`, `The protected query ended as ${status}.${why}`,
    'The table keeps the version that it had.');
}

const WORDS: Record<string, string> = { FAILED: 'Failed', CANCELLED: 'Cancelled', TIMED_OUT: 'TimedOut' };
