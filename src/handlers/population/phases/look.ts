import type { Query, Table, Version } from '../clean-rooms';
import { NO_VERSION, describeVersion, endOf, succeed } from '../outcome';
import type { RunState, Watermark } from '../run-state';
import { askAgain, ifBlocked, to, waitFor, type Outside } from '../step';
import { takeTurn } from './turn';
import { hasNothingNewer } from './upstream';

/** Reads the table before anything is done to it: is there anything to do, can it be done, and what is there already. */
export async function look(state: RunState, outside: Outside): Promise<RunState> {
  const { cleanRooms } = outside;
  // What an earlier run of ours makes live decides whether there is anything left to do.
  const waiting = Array.isArray(state.deployment?.keep) || state.afterUpstream ? await takeTurn(state, outside) : undefined;
  if (waiting) {
    return waiting;
  }
  const table = await cleanRooms.getTable(state.population);
  if (!table.ok) {
    return askAgain(state, 'GetIntermediateTable', table.error, outside);
  }
  const { live } = table.value;
  const query = live && await cleanRooms.getQuery(state.population, live.analysisId);
  const made = query?.ok ? query.value : undefined;
  const measured = { ...state, live: { madeAt: endOf(made), expiresAt: live?.expiresAt } };
  const done = ifNothingToDo(measured, table.value, outside.now(), made) ?? ifBlocked(measured, table.value);
  if (done) {
    return done;
  }
  const versions = await cleanRooms.listVersions(state.population);
  if (!versions.ok) {
    return askAgain(state, 'ListIntermediateTableVersions', versions.error, outside);
  }
  if (state.afterUpstream && await hasNothingNewer(state, versions.value, outside)) {
    return succeed(measured, live ? describeVersion(live, 'UNCHANGED', made) : NO_VERSION);
  }
  // A step of its own: should the next one crash, the machine still knows what there was before it.
  const known = { since: watermark(versions.value, live?.versionId), expectedSeconds: seconds(made) };
  return waitFor(to('POPULATE', measured, known), 1, outside.now());
}

export function ifNothingToDo(state: RunState, table: Table, now: number, query?: Query): RunState | undefined {
  const { keep, mayPopulate = true } = state.observe ? { keep: 'ANY', mayPopulate: false } as const : state.deployment ?? {};
  const live = hasExpired(table, now) ? undefined : table.live;
  if (live && (keep === 'ANY' || keep?.includes(live.versionId))) {
    return succeed(state, describeVersion(live, 'UNCHANGED', query));
  }
  return mayPopulate ? undefined : succeed(state, NO_VERSION);
}

/** The service may still show a version whose data is gone. */
const hasExpired = ({ status, live }: Table, now: number): boolean =>
  status === 'RETENTION_PERIOD_EXPIRED' || (live?.expiresAt !== undefined && live.expiresAt <= now);

/**
 * The newest moment in a table's list of versions. Only the service's own times are compared with it: clocks differ.
 * The live version was there, too, though it may not be listed yet.
 */
export function watermark(versions: readonly Version[], liveId?: string): Watermark {
  const createTime = versions.reduce((newest, version) => Math.max(newest, version.createTime), 0);
  const newest = versions.filter((version) => version.createTime === createTime).map(({ versionId }) => versionId);
  return { createTime, versionIds: liveId && !newest.includes(liveId) ? [...newest, liveId] : newest };
}

const seconds = (query?: Query): number | undefined =>
  query?.status === 'SUCCESS' && query.durationMillis ? Math.round(query.durationMillis / 1000) : undefined;
