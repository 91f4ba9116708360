import type { Ports } from './ports';
import { tableId, type TableIdentifiers, type Upstream } from '../../contract/definition';
import { UPSTREAM_WAIT_SECONDS } from '../../contract/time';
import { liveVersionOf } from '../clean-rooms/clean-rooms';
import { pointerKey, tableKey, toTableRecord, type Pointer } from '../record/items';
import { attemptOfVersion, desiredOf, EMPTY, type TableRecord } from '../record/table-record';
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

/** Returns a table's upstream tables; the first that cannot be read is the answer. Those that are gone, or were never deployed, are left out. */
export async function observeUpstream(
  own: TableIdentifiers, upstream: readonly Upstream[], ports: Ports,
): Promise<Result<readonly SeenUpstream[]>> {
  const seen: SeenUpstream[] = [];
  // Nobody waits for itself: a deployment that turns round who is built on whom shows a circle for a while.
  const graph: Graph = new Map([[tableId(own), { record: EMPTY, upstream: [] }]]);
  for (const [index, each] of upstream.entries()) {
    const found = await findTable(each, ports);
    if (!found.ok) {
      return found;
    }
    const { table, recordTable } = found.value;
    const loaded = table && await load(table, recordTable, graph, ports);
    if (!table || !loaded) {
      continue;
    }
    if (!loaded.ok) {
      return loaded;
    }
    // The service takes five requests of a kind in a second.
    await (index > 3 ? ports.clock.pause(0.25) : undefined);
    const shown = await ports.cleanRooms.getTable(table);
    if (!shown.ok && shown.error.code !== 'ResourceNotFoundException') {
      return shown;
    }
    const id = tableId(table);
    const now = ports.clock.now();
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

interface Node {
  readonly record: TableRecord;
  readonly upstream: readonly string[];
}
type Graph = Map<string, Node>;

/** Which table the upstream population has: its own stack's record points to it. */
async function findTable({ population, recordTable }: Upstream, { store }: Ports): Promise<Result<{ table?: TableIdentifiers; recordTable?: string }>> {
  const pointer = await store.read<Pointer>(pointerKey(population), recordTable);
  // A stack that was deleted has left nothing to wait for.
  if (!pointer.ok && pointer.error.code === 'ResourceNotFoundException') {
    return { ok: true, value: {} };
  }
  return pointer.ok ? { ok: true, value: { table: pointer.value.document?.table, recordTable } } : pointer;
}

/** Reads the records of a table and of all that it is built on. */
async function load(table: TableIdentifiers, recordTable: string | undefined, graph: Graph, ports: Ports): Promise<Result<void>> {
  const id = tableId(table);
  if (graph.has(id)) {
    return { ok: true, value: undefined };
  }
  const read = await ports.store.read<Partial<TableRecord>>(tableKey(table), recordTable);
  if (!read.ok) {
    return read;
  }
  const record = read.value.document ? toTableRecord(read.value.document) : EMPTY;
  const upstream: string[] = [];
  graph.set(id, { record, upstream });
  for (const each of desiredOf(record)?.definition.upstream ?? []) {
    const found = await findTable({ ...each, recordTable: each.recordTable ?? recordTable }, ports);
    const loaded = !found.ok ? found : found.value.table && await load(found.value.table, found.value.recordTable, graph, ports);
    if (loaded && !loaded.ok) {
      return loaded;
    }
    if (found.ok && found.value.table) {
      upstream.push(tableId(found.value.table));
    }
  }
  return { ok: true, value: undefined };
}

const nodeOf = (graph: Graph, id: string): Node => graph.get(id) ?? { record: EMPTY, upstream: [] };

/** Returns the table and all that it is built on, each once. */
function closureOf(graph: Graph, id: string, found: Map<string, Node> = new Map()): Node[] {
  if (!found.has(id)) {
    found.set(id, nodeOf(graph, id));
    nodeOf(graph, id).upstream.forEach((each) => closureOf(graph, each, found));
  }
  return [...found.values()];
}

/** A lease that has run out is nobody's, and an attempt without one, too. */
const isAtWork = (graph: Graph, id: string, now: number): boolean => closureOf(graph, id).some(({ record }) => (record.lease?.untilAt ?? 0) > now);

const newestMade = ({ record }: Node) => record.history.find(({ succeeded }) => succeeded);

/** By what is on record: the newest version of each, which is as good as the live one to tell whether somebody need come. */
function dueSinceAt(graph: Graph, id: string): number | undefined {
  const newer = closureOf(graph, id).flatMap((node) => node.upstream.flatMap((each) => {
    const [made, theirs] = [newestMade(node), newestMade(nodeOf(graph, each))];
    return made && theirs && made.upstream?.[each] !== theirs.versionId ? theirs.populatedAt ?? theirs.intendedAt : [];
  }));
  return newer.length ? Math.max(...newer) : undefined;
}

/** Returns what a version that is made now is built from. */
export function lineageOf(seen: readonly SeenUpstream[]): Readonly<Record<string, string>> | undefined {
  const entries = seen.flatMap(({ id, liveId }) => (liveId === undefined ? [] : [[id, liveId] as const]));
  return entries.length ? Object.fromEntries(entries) : undefined;
}

/** Returns whether an upstream table has another version than the live one was built from; of a version that nobody knows, the newest that is known. */
export function differsFrom({ history }: TableRecord, liveId: string | undefined, seen: readonly SeenUpstream[]): boolean {
  const made = history.find(({ versionId }) => versionId === liveId) ?? history.find(({ succeeded }) => succeeded);
  return seen.some(({ id, liveId: theirs }) => theirs !== undefined && made?.upstream?.[id] !== theirs);
}

/** For a deploy, which CloudFormation orders after those of the upstream tables; one that has just been added changes nothing. */
export function knownToDiffer(made: { readonly upstream?: Readonly<Record<string, string>> } | undefined, seen: readonly SeenUpstream[]): boolean {
  return seen.some(({ id, liveId }) => made?.upstream?.[id] !== undefined && liveId !== undefined && made.upstream[id] !== liveId);
}

/**
 * Returns what a table that is due waits for, in words: an upstream table that is at work, or that is due itself, so that a diamond refreshes
 * in order, each table once. Nobody is waited for for longer than that who need not come.
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
