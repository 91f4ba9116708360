import type { Lists, Seen, SeenUpstream } from './actions';
import type { Ports } from './ports';
import { type Situation } from './run';
import { tableId, type TableIdentifiers, type Upstream } from '../../contract/definition';
import { liveVersionOf, type Details, type Named, type Table } from '../clean-rooms/clean-rooms';
import { candidatesOf, RECENT_MILLIS, type CandidateSeen } from '../clean-rooms/recovery';
import { desiredOf, sameTarget } from '../record/desired';
import { dueSinceAt, isAtWork, readUpstream, type Graph } from '../record/graph';
import { pointerKey, type Pointer } from '../record/items';
import { EMPTY, type PopulateAttempt } from '../record/table-record';
import type { Result } from '../service-error';

type Observers = { readonly [Name in keyof Seen]-?: (situation: Situation, ports: Ports, seen: Seen) => Promise<NonNullable<Seen[Name]>> };

/** Looks at one thing that a row needs to know. Nothing is changed by it, and it may be done again. */
export const OBSERVERS: Observers = {
  table: ({ run }, { cleanRooms }) => cleanRooms.getTable(run.table),

  async liveAnalysis({ run, now }, { cleanRooms }, { table }) {
    const live = table?.ok ? liveVersionOf(table.value, now) : undefined;
    return cleanRooms.getAnalysis(run.table, live!.analysisType, live!.analysisId);
  },

  upstream: ({ run, record }, ports) => observeUpstream(run.table, desiredOf(record)?.definition.upstream ?? [], ports),

  async lists({ run, admittedTo = 'QUERY' }, { cleanRooms }): Promise<Lists> {
    const since = run.startedAt - RECENT_MILLIS;
    const [versions, analyses] = await Promise.all([
      cleanRooms.listVersions(run.table, since), cleanRooms.listAnalyses(run.table, admittedTo, since),
    ]);
    return { versions, analyses };
  },

  analysis: (situation, { cleanRooms }) => {
    const attempt = situation.record.attempt!;
    return cleanRooms.getAnalysis(named(situation, attempt), attempt.analysisType, attempt.analysisId!);
  },

  async candidates(situation, ports) {
    const attempt = situation.record.attempt!;
    const { cleanRooms } = ports;
    const table = named(situation, attempt);
    const versions = await cleanRooms.listVersions(table, attempt.before.versions.createdAt);
    const analyses = await cleanRooms.listAnalyses(table, attempt.analysisType, attempt.before.analyses.createdAt);
    if (!versions.ok || !analyses.ok) {
      return versions.ok ? analyses as Result<never> : versions;
    }
    const found: CandidateSeen[] = [];
    for (const candidate of candidatesOf(attempt, situation.record, versions.value, analyses.value).slice(0, MAX_CANDIDATES)) {
      const details = await cleanRooms.getAnalysis(table, attempt.analysisType, candidate.analysisId);
      found.push({ candidate, details: await withLiveParameters(table, candidate.analysisId, details, ports) });
    }
    return { ok: true, value: found };
  },

  async pointer({ run }, { store }) {
    const read = await store.read<Pointer>(pointerKey(run.logicalId));
    return read.ok ? { ok: true, value: read.value.document } : read;
  },
};

/** More than these cannot have begun in the moments that count. */
const MAX_CANDIDATES = 6;

/** Adds the version's parameters where the query does not show its own. */
async function withLiveParameters(named: Named, analysisId: string, details: Result<Details>, { cleanRooms }: Ports): Promise<Result<Details>> {
  if (!details.ok || details.value.parameters || details.value.status !== 'SUCCESS') {
    return details;
  }
  const table: Result<Table> = await cleanRooms.getTable(named);
  const live = table.ok && table.value.live?.analysisId === analysisId ? table.value.live : undefined;
  return table.ok ? { ok: true, value: { ...details.value, parameters: live?.parameters } } : table;
}

/** With the parameters whose values no message may quote, where they are at hand. */
const named = ({ run, record }: Situation, attempt: PopulateAttempt): Named => ({ ...run.table, parameters: sameTarget(record, attempt)?.parameters });

/** Returns a table's upstream tables; the first that cannot be read is the answer. Those that are gone, or were never deployed, are left out. */
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
