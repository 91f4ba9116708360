import { tableId, type TableIdentifiers, type Upstream } from '../../contract/definition';
import { desiredOf } from '../record/desired';
import { pointerKey, tableKey, toTableRecord, type Pointer } from '../record/items';
import type { Store } from '../record/store';
import { EMPTY, type FinishedAttempt, type TableRecord } from '../record/table-record';
import type { Result } from '../service-error';

/** Which table is built on which, by what is on record: each is read once, also where a deployment shows a circle for a while. */
export type Graph = Map<string, Node>;

export interface Node {
  readonly record: TableRecord;
  readonly upstream: readonly string[];
}

/** Returns which table an upstream population has, and reads it and all that it is built on. Undefined: gone, or never deployed. */
export async function readUpstream(
  { population, recordTable }: Upstream, graph: Graph, store: Store,
): Promise<Result<TableIdentifiers | undefined>> {
  const pointer = await store.read<Pointer>(pointerKey(population), recordTable);
  if (!pointer.ok) {
    // A stack that was deleted has left nothing to wait for.
    return pointer.error.code === 'ResourceNotFoundException' ? { ok: true, value: undefined } : pointer;
  }
  const table = pointer.value.document?.table;
  const read = table && await readTable(table, recordTable, graph, store);
  return read && !read.ok ? read : { ok: true, value: table };
}

async function readTable(table: TableIdentifiers, recordTable: string | undefined, graph: Graph, store: Store): Promise<Result<unknown>> {
  if (graph.has(tableId(table))) {
    return { ok: true, value: undefined };
  }
  const read = await store.read<Partial<TableRecord>>(tableKey(table), recordTable);
  if (!read.ok) {
    return read;
  }
  const record = toTableRecord(read.value.document);
  const upstream: string[] = [];
  graph.set(tableId(table), { record, upstream });
  for (const each of desiredOf(record)?.definition.upstream ?? []) {
    const found = await readUpstream({ ...each, recordTable: each.recordTable ?? recordTable }, graph, store);
    if (!found.ok) {
      return found;
    }
    upstream.push(...found.value ? [tableId(found.value)] : []);
  }
  return read;
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
export const isAtWork = (graph: Graph, id: string, now: number): boolean =>
  closureOf(graph, id).some(({ record }) => (record.lease?.untilAt ?? 0) > now);

const newestMade = ({ record: { history } }: Node): FinishedAttempt | undefined => history.find(({ succeeded }) => succeeded);

/** By what is on record: the newest version of each, which is as good as the live one to tell whether somebody need come. */
export function dueSinceAt(graph: Graph, id: string): number | undefined {
  const newer = closureOf(graph, id).flatMap((node) => node.upstream.flatMap((each) => {
    const [made, theirs] = [newestMade(node), newestMade(nodeOf(graph, each))];
    return made && theirs && made.upstream?.[each] !== theirs.versionId ? theirs.populatedAt ?? theirs.intendedAt : [];
  }));
  return newer.length ? Math.max(...newer) : undefined;
}
