import type { Version } from '../clean-rooms';
import { fail } from '../outcome';
import type { RunState } from '../run-state';
import { kindOf } from '../service-error';
import { askAgain, waitFor, type Outside } from '../step';
import { adoptable, ENDED } from './populate';
import { ended } from './query';

/** By how much the clocks of Lambda and of the service may differ, in milliseconds. */
const CLOCKS_DIFFER_BY = 5_000;

/** The list is the last resort: the run goes on without it where it cannot be had for about a minute. */
const MOST_FAILED_CHECKS = 5;

/**
 * What becomes of a run whose populate's answer was lost, and whose version is not listed: one that was cancelled may never have been.
 * Its query is, however. Undefined where there is none: then the populate was not accepted.
 */
export async function ifQueryWasLost(state: RunState, listed: readonly Version[], outside: Outside): Promise<RunState | undefined> {
  if (state.doubtSince === undefined) {
    return undefined;
  }
  const { cleanRooms, now } = outside;
  const queries = await cleanRooms.listQueries(state.population, state.startedAt - CLOCKS_DIFFER_BY);
  if (!queries.ok) {
    const mayPass = kindOf(queries.error) === 'TRANSIENT' && (state.failedChecks ?? 0) < MOST_FAILED_CHECKS;
    return mayPass ? askAgain(state, 'ListProtectedQueries', queries.error, outside) : undefined;
  }
  for (const analysisId of queries.value.filter((id) => listed.every((version) => version.analysisId !== id))) {
    const query = await cleanRooms.getQuery(state.population, analysisId);
    if (!adoptable(state, { status: 'POPULATE_FAILED' }, query)) {
      continue;
    }
    const known = { ...state, analysisId };
    return query.ok && ENDED.includes(query.value.status) && query.value.status !== 'SUCCESS'
      ? fail(known, ended(known, query.value))
      : waitFor(state, 15, now(), { waitingFor: `the version of protected query ${analysisId} is not listed yet` });
  }
  return undefined;
}
