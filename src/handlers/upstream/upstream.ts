import { dueSinceAt, isAtWork, readUpstream, type Graph } from './graph';
import { tableId, type TableIdentifiers, type Upstream } from '../../contract/definition';
import { UPSTREAM_WAIT_SECONDS } from '../../contract/time';
import { liveVersionOf } from '../clean-rooms/clean-rooms';
import type { Ports } from '../invocation';
import { attemptOfVersion, EMPTY, type FinishedAttempt, type TableRecord } from '../record/table-record';
import type { Result } from '../service-error';

/** A table that this one's query reads, as it is now. */
export interface SeenUpstream {
  readonly id: string;
  /** Undefined where it has none. */
  readonly liveId?: string;
  readonly record: TableRecord;
  /** Its deploys are not ordered before this table's. */
  readonly isElsewhere: boolean;
  /** It, or what it is built on, is being populated. */
  readonly isAtWork: boolean;
  /** It, or what it is built on, is to be populated itself, since then. */
  readonly dueSinceAt?: number;
}

/**
 * Returns a table's upstream tables, but for those that are gone, were never deployed, or are not what its query reads; the first that
 * cannot be read is the answer.
 */
export async function observeUpstream(
  own: TableIdentifiers, upstream: readonly Upstream[], { store, cleanRooms, clock }: Ports,
): Promise<Result<readonly SeenUpstream[]>> {
  const seen: SeenUpstream[] = [];
  // Nobody waits for itself: a deployment that turns round who is built on whom shows a circle for a while.
  const graph: Graph = new Map([[tableId(own), { record: EMPTY, upstream: [] }]]);
  for (const [index, each] of upstream.entries()) {
    const found = await readUpstream(each, graph, store);
    if (!found.ok) {
      return found;
    }
    const table = found.value;
    if (!table) {
      continue;
    }
    // The service takes five requests of a kind in a second.
    await (index > 3 ? clock.pause(0.25) : undefined);
    const shown = await cleanRooms.getTable(table);
    if (!shown.ok && shown.error.code !== 'ResourceNotFoundException') {
      return shown;
    }
    if (shown.ok && isAnother(shown.value.name, each.tableName)) {
      continue;
    }
    const id = tableId(table);
    const now = clock.now();
    seen.push({
      id,
      liveId: shown.ok ? liveVersionOf(shown.value, now)?.versionId : undefined,
      record: graph.get(id)!.record,
      isElsewhere: each.recordTable !== undefined,
      isAtWork: isAtWork(graph, id, now),
      dueSinceAt: dueSinceAt(graph, id),
    });
  }
  return { ok: true, value: seen };
}

/** Whether the table was replaced by one of another name: this one's query reads the old one, until its own stack is deployed. */
const isAnother = (name?: string, wanted?: string): boolean => name !== undefined && wanted !== undefined && name !== wanted;

/** Returns what a version that is made now is built from. */
export function lineageOf(seen: readonly SeenUpstream[]): Readonly<Record<string, string>> | undefined {
  const entries = seen.flatMap(({ id, liveId }) => (liveId === undefined ? [] : [[id, liveId] as const]));
  return entries.length ? Object.fromEntries(entries) : undefined;
}

/** Returns whether an upstream table has another version than the live one was built from; where that is not known, than the newest. */
export function differsFrom({ history }: TableRecord, liveId: string | undefined, seen: readonly SeenUpstream[]): boolean {
  const made = history.find(({ versionId }) => versionId === liveId) ?? history.find(({ succeeded }) => succeeded);
  return seen.some(({ id, liveId: theirs }) => theirs !== undefined && made?.upstream?.[id] !== theirs);
}

/** For a deploy, which CloudFormation orders after those of the upstream tables; one that has just been added changes nothing. */
export function knownToDiffer(made: Pick<FinishedAttempt, 'upstream'> | undefined, seen: readonly SeenUpstream[]): boolean {
  return seen.some(({ id, liveId }) => made?.upstream?.[id] !== undefined && liveId !== undefined && made.upstream[id] !== liveId);
}

/**
 * Returns what a table that is due waits for, in words: an upstream table that is at work, or that is due itself, so that a diamond
 * refreshes in order, each table once. Nobody is waited for for longer than that who need not come.
 */
export function waitsFor(seen: readonly SeenUpstream[], now: number, mayWaitForWork: boolean, follows: boolean): string | undefined {
  const isRecent = (at?: number) => at !== undefined && now - at < UPSTREAM_WAIT_SECONDS * 1_000;
  if (mayWaitForWork && seen.some((each) => each.isAtWork)) {
    return 'an upstream table is being populated';
  }
  if (seen.some(({ dueSinceAt: at }) => isRecent(at))) {
    return 'an upstream table is to be populated first';
  }
  const isDeployed = follows && seen.some(({ isElsewhere, liveId, record }) => {
    const made = attemptOfVersion(record, liveId);
    return isElsewhere && made?.isDeploy && isRecent(made.populatedAt);
  });
  return isDeployed ? 'a deploy of an upstream table\'s stack has just ended: that of this one may follow' : undefined;
}
