import type { Query, Table, Version } from '../clean-rooms';
import { NO_VERSION, describeVersion, succeed } from '../outcome';
import type { RunState, Watermark } from '../run-state';
import { askAgain, ifBlocked, to, waitFor, type Outside } from '../step';
import { takeTurn } from './turn';

/** Reads the table before anything is done to it: is there anything to do, can it be done, and what is there already. */
export async function look(state: RunState, outside: Outside): Promise<RunState> {
  const { cleanRooms } = outside;
  // What an earlier run of ours makes live decides whether the live version is one to keep.
  const waiting = Array.isArray(state.deployment?.keep) ? await takeTurn(state, outside) : undefined;
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
  const done = ifNothingToDo(state, table.value, made) ?? ifBlocked(state, table.value);
  if (done) {
    return done;
  }
  const versions = await cleanRooms.listVersions(state.population);
  if (!versions.ok) {
    return askAgain(state, 'ListIntermediateTableVersions', versions.error, outside);
  }
  // A step of its own: should the next one crash, the machine still knows what there was before it.
  const known = { since: watermark(versions.value), expectedSeconds: seconds(made) };
  return waitFor(to('POPULATE', state, known), 1, outside.now());
}

export function ifNothingToDo(state: RunState, { live }: Table, query?: Query): RunState | undefined {
  const { keep, mayPopulate = true } = state.deployment ?? {};
  if (live && (keep === 'ANY' || keep?.includes(live.versionId))) {
    return succeed(state, describeVersion(live, 'UNCHANGED', query));
  }
  return mayPopulate ? undefined : succeed(state, NO_VERSION);
}

/** The newest moment in a table's list of versions. Only the service's own times are compared with it: clocks differ. */
export function watermark(versions: readonly Version[]): Watermark {
  const createTime = versions.reduce((newest, version) => Math.max(newest, version.createTime), 0);
  return { createTime, versionIds: versions.filter((version) => version.createTime === createTime).map(({ versionId }) => versionId) };
}

const seconds = (query?: Query): number | undefined =>
  query?.status === 'SUCCESS' && query.durationMillis ? Math.round(query.durationMillis / 1000) : undefined;
