import type { Situation } from './run';
import { liveVersionOf, type Analysis, type Details, type Named, type Table, type Version } from '../clean-rooms/clean-rooms';
import { observeCandidates, RECENT_MILLIS, type CandidateSeen } from '../clean-rooms/recovery';
import type { Ports } from '../invocation';
import { desiredOf, sameTarget } from '../record/desired';
import { pointerKey, type Pointer } from '../record/items';
import type { PopulateAttempt } from '../record/table-record';
import type { Result } from '../service-error';
import { observeUpstream, type SeenUpstream } from '../upstream/upstream';

/** What was looked at for one decision. What could not be read is no answer: neither yes nor no. */
export interface Seen {
  readonly table?: Result<Table>;
  /** Of the live version, where its figures are not on record. */
  readonly liveAnalysis?: Result<Details>;
  readonly upstream?: Result<readonly SeenUpstream[]>;
  readonly lists?: Lists;
  /** Of the attempt. */
  readonly analysis?: Result<Details>;
  readonly candidates?: Result<readonly CandidateSeen[]>;
  readonly pointer?: Result<Pointer | undefined>;
}

/** What the table had just before the intent. */
export interface Lists {
  readonly versions: Result<readonly Version[]>;
  readonly analyses: Result<readonly Analysis[]>;
}

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

  candidates: (situation, { cleanRooms }) => {
    const attempt = situation.record.attempt!;
    return observeCandidates(cleanRooms, named(situation, attempt), attempt, situation.record);
  },

  async pointer({ run }, { store }) {
    const read = await store.read<Pointer>(pointerKey(run.logicalId));
    return read.ok ? { ok: true, value: read.value.document } : read;
  },
};

/** With the parameters whose values no message may quote, where they are at hand. */
const named = ({ run, record }: Situation, attempt: PopulateAttempt): Named =>
  ({ ...run.table, parameters: sameTarget(record, attempt)?.parameters });
