import type { ExecutionStatus } from './outside';
import type { Upstream } from '../../contract/population';
import { madeOf, type Made, type PopulationRecord } from '../record/population-record';

/** A table that others are built on, as it is now. */
export interface Seen {
  readonly upstream: Upstream;
  readonly record: PopulationRecord;
  /** Undefined where it has none. */
  readonly liveId?: string;
  /** The execution that has its turn, where there is one. */
  readonly turn?: ExecutionStatus;
}

/** Whether a table that is built on others is to be populated: now, after one of them, or not at all. */
export type Due = 'NOW' | 'LATER' | 'NO' | 'UNKNOWN';

/** A version's lineage; of a version that nobody knows, the newest that is known: what came after that is newer than it, too. */
const lineageOf = (record: PopulationRecord, liveId?: string): Made['upstream'] | undefined =>
  (madeOf(record, liveId) ?? record.made[0])?.upstream;

/** Whether a table's data was made of another version of one of these than what is live there. Without data there is nothing to compare. */
function differs(record: PopulationRecord, liveId: string | undefined, direct: readonly Seen[]): boolean {
  const from = lineageOf(record, liveId);
  return direct.some(({ upstream, liveId: theirs }) => theirs !== undefined && from?.[upstream.record] !== theirs);
}

/** Whether a run of a table has failed with what is live upstream: the next one comes when something is new there. */
const hasTried = ({ tried }: PopulationRecord, built: readonly Seen[]): boolean =>
  tried !== undefined && built.every(({ upstream, liveId }) => liveId === undefined || tried[upstream.record] === liveId);

/**
 * A table is due if an upstream table's live version is not the one that its own was built from, and no upstream table is due or being
 * populated itself: the end of that will start it again, so that a diamond of tables refreshes in order, each table once. One that has
 * tried in vain is not waited for.
 */
export function dueOf(record: PopulationRecord, liveId: string | undefined, seen: readonly Seen[]): Due {
  const direct = seen.filter(({ upstream }) => upstream.direct);
  // The furthest come first, so what each is built on has been looked at before it.
  const pending: boolean[] = [];
  for (const { upstream, record: theirs, liveId: theirLive, turn } of seen) {
    if (turn === 'UNKNOWN') {
      return 'UNKNOWN';
    }
    const built = upstream.after.map((index) => seen[index]);
    const isDue = built.length > 0 && differs(theirs, theirLive, built) && !hasTried(theirs, built);
    pending.push(turn === 'RUNNING' || isDue || upstream.after.some((index) => pending[index]));
  }
  if (!differs(record, liveId, direct)) {
    return 'NO';
  }
  return pending.some(Boolean) ? 'LATER' : 'NOW';
}

/** For a deploy, which CloudFormation orders after those of the upstream tables; one that has just been added changes nothing. */
export function upstreamDiffers(made: Made | undefined, seen: readonly Seen[]): boolean {
  return seen.filter(({ upstream }) => upstream.direct).some(({ upstream, liveId }) => {
    const from = made?.upstream?.[upstream.record];
    return from !== undefined && liveId !== undefined && from !== liveId;
  });
}

/** What a version that is made now is built from. */
export function lineage(seen: readonly Seen[]): Record<string, string> | undefined {
  const entries = seen.filter(({ upstream, liveId }) => upstream.direct && liveId !== undefined)
    .map(({ upstream, liveId }) => [upstream.record, liveId!] as const);
  return entries.length ? Object.fromEntries(entries) : undefined;
}

/** Whether a deploy of another stack has just made what is new: the deploy of this one may follow, with other parameters. */
export function isDeployedElsewhere(seen: readonly Seen[]): boolean {
  return seen.some(({ upstream, record, liveId }) => upstream.direct && !upstream.sameStack
    && madeOf(record, liveId)?.deploys);
}
