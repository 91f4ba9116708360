import type { Query, Table } from '../clean-rooms';
import { endOf, fail, failure, populated, succeed } from '../outcome';
import type { RunState } from '../run-state';
import { askAgain, elapsed, waitFor, type Outside } from '../step';

/** How long a version may take from its query's success until it is the live one. */
const GOES_LIVE_WITHIN = 900;

/** Success means that the version can be queried: it is the table's live one. */
export async function publish(state: RunState, outside: Outside, ended?: Query): Promise<RunState> {
  const table = await outside.cleanRooms.getTable(state.population);
  if (!table.ok) {
    return askAgain(state, 'GetIntermediateTable', table.error, outside);
  }
  const { live } = table.value;
  if (live?.versionId !== state.versionId) {
    return notLive(state, table.value, outside);
  }
  const query = ended ? { ok: true, value: ended } as const : await outside.cleanRooms.getQuery(state.population, state.analysisId!);
  return query.ok
    ? succeed({ ...state, live: { madeAt: endOf(query.value), expiresAt: live?.expiresAt } }, populated(state, query.value))
    : askAgain(state, 'GetProtectedQuery', query.error, outside);
}

export function notLive(state: RunState, { status, live }: Table, outside: Outside): RunState {
  const now = outside.now();
  const since = elapsed(state, now) - state.succeededSince!;
  const instead = live ? `version ${live.versionId} is` : 'no version is';
  const what = `The protected query succeeded, but ${Math.round(since)} seconds later its version ${state.versionId} is not the table's live one: `
    + `${instead}, and the table's status is ${status}.`;
  return since >= GOES_LIVE_WITHIN
    ? fail(state, failure(state, 'VersionNotLive', what, 'Was the table populated by somebody else at the same time?'))
    : waitFor(state, Math.min(30, 5 + since / 10), now, { waitingFor: what });
}
