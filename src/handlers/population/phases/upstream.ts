import type { Version } from '../clean-rooms';
import { endOf } from '../outcome';
import type { RunState, Upstream } from '../run-state';
import type { Outside } from '../step';

/** What is known of the runs of an upstream table's state machine; times by Step Functions' clock, in milliseconds. */
export interface Runs {
  readonly running: boolean;
  readonly lastStart: number;
  readonly lastEnd: number;
}

/**
 * Whether an upstream table is being refreshed, or is about to be since one that it is built on has been: its end will start
 * this population again, so that a diamond of tables refreshes in order, each table once.
 */
export function isRefreshing(upstream: readonly Upstream[], runs: readonly Runs[]): boolean {
  return upstream.some(({ after }, index) => runs[index].running || after.some((further) => runs[further].lastEnd > runs[index].lastStart));
}

/** Whether this run, which the end of an upstream run has started, has nothing to do: now, or at all. */
export async function hasNothingNewer(state: RunState, versions: readonly Version[], outside: Outside): Promise<boolean> {
  const { upstream = [] } = state.population;
  const runs = await Promise.all(upstream.map(({ stateMachineArn }) => outside.runsOf(stateMachineArn)));
  if (isRefreshing(upstream, runs)) {
    return true;
  }
  const own = versions
    .filter(({ status }) => status !== 'POPULATE_FAILED')
    .reduce((newest, { createTime }) => Math.max(newest, createTime), 0);
  const ends = await Promise.all(upstream.filter(({ direct }) => direct).map((table) => liveSince(table, outside)));
  return ends.every((end) => end <= own);
}

/** When the query that made the table's live version ended. What cannot be read counts as new: the data is to be fresh. */
async function liveSince(table: Upstream, { cleanRooms }: Outside): Promise<number> {
  const read = await cleanRooms.getTable(table);
  if (read.ok && !read.value.live) {
    return 0;
  }
  const query = read.ok ? await cleanRooms.getQuery(table, read.value.live!.analysisId) : undefined;
  return (query?.ok ? endOf(query.value) : undefined) ?? Infinity;
}
