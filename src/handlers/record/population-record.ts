import type { DeployMode } from '../../contract/custom-resource';
import type { Definition, Parameters, TableIdentifiers } from '../../contract/population';

/** The item of a population: all that is known of it from one run to the next. */
export interface PopulationRecord {
  /** What CloudFormation asked for last: every other deployment is a thing of the past. */
  readonly deployment?: Deployment;
  /** The last deployment that ended well. */
  readonly carriedOut?: CarriedOut;
  /** Tables whose custom resource is gone, by `tableId`: nobody waits for what still runs on them. */
  readonly released?: readonly string[];
  /** Executions by ARN, in the order in which they came. The first may act; the others wait for it to end. */
  readonly turns: readonly string[];
  /** The populate that was last about to be sent, and is not known to have ended. */
  readonly sent?: Sent;
  /** The last versions that came of it, newest first. */
  readonly made: readonly Made[];
  /** The last populates whose end no run has waited for: should a version of theirs go live, it is known whose it is. */
  readonly unseen?: readonly Made[];
  /** The versions of the upstream tables, by key of their record, that a run has failed with: nobody downstream waits for it to try again. */
  readonly tried?: Readonly<Record<string, string>>;
  /** What the stored query adds to the parameters that it is given, where a version of ours has shown it. */
  readonly defaults?: Parameters;
  /** Which wait handles, by hash, belong to which request: each listens once. */
  readonly handles?: Readonly<Record<string, string>>;
}

export interface Deployment {
  /** Equal for every delivery of one event, and for no other. */
  readonly request: string;
  /** When CloudFormation sent the event, in milliseconds, by its own clock. */
  readonly requestedAt: number;
  readonly execution: string;
  /** Which resource of the template asked. A table may come under another one, whose Delete of the old one is not the table's end. */
  readonly logicalId: string;
  readonly action: 'POPULATE' | 'RELEASE';
  readonly definition: Definition;
  readonly fingerprint: string;
  readonly mode: DeployMode;
  /** Whether the definition is another one than before, as far as CloudFormation's event tells. */
  readonly changed: boolean;
  /** With `ALWAYS`: which synthesis it is of. */
  readonly stamp?: string;
  /** Until when the run has to have answered, in milliseconds. */
  readonly answerBy: number;
  /** CloudFormation was told that it failed: its run, should there be one, does nothing. */
  readonly abandoned?: boolean;
}

export interface CarriedOut {
  readonly fingerprint: string;
  /** Of the last syntheses with `ALWAYS`: one that comes again is a rollback to it. */
  readonly stamps?: readonly string[];
}

/** The intent to populate: written before the request goes out, with what there was before it. */
export interface Sent {
  readonly execution: string;
  /** By the run's clock, in milliseconds: no two of an execution are of the same moment. */
  readonly at: number;
  readonly table: TableIdentifiers;
  readonly parameters?: Parameters;
  readonly fingerprint: string;
  /** By a deployment's run. */
  readonly deploys: boolean;
  readonly analysisType: AnalysisType;
  /** Whether the stored query may add defaults of its own to the parameters. */
  readonly mayHaveDefaults: boolean;
  readonly before: Before;
  /** The versions of the upstream tables that it builds on, by key of their record. */
  readonly upstream?: Readonly<Record<string, string>>;
  /** What the service answered, or what was found. */
  readonly analysisId?: string;
  readonly versionId?: string;
  /** The ids were found, and nothing showed the parameters. */
  readonly unread?: boolean;
}

export type AnalysisType = 'QUERY' | 'JOB';

/** What the table had just before the intent: none of it can be its own. */
export interface Before {
  readonly versions: Newest;
  readonly analyses: Newest;
}

/** The newest moment in a list, by the service's clock, and the ids of that moment or not older than an hour. */
export interface Newest {
  readonly createTime: number;
  readonly ids: readonly string[];
}

/** A version that went live. */
export interface Made {
  readonly versionId: string;
  readonly analysisId: string;
  readonly analysisType: AnalysisType;
  readonly fingerprint: string;
  readonly execution: string;
  readonly deploys: boolean;
  /** When its intent was written, by its run's clock, in milliseconds. */
  readonly sentAt: number;
  /** When its query ended, by the service's clock, in milliseconds. */
  readonly populatedAt?: number;
  readonly durationMillis?: number;
  readonly billedCrpuHours?: number;
  readonly upstream?: Readonly<Record<string, string>>;
}

/** Of the table alone. Also the physical id of its custom resource: the same on every path, or CloudFormation would "delete" a table that lives. */
export const tableId = ({ membershipIdentifier, intermediateTableIdentifier }: TableIdentifiers): string =>
  `${membershipIdentifier}/${intermediateTableIdentifier}`;

export const EMPTY: PopulationRecord = { turns: [], made: [] };

const MOST_MADE = 10;
const MOST_UNSEEN = 3;

/** A run comes: last in the order, or where it is already. */
export const joined = (record: PopulationRecord, execution: string): PopulationRecord =>
  (record.turns.includes(execution) ? record : { ...record, turns: [...record.turns, execution] });

/** A run has ended. */
export const left = (record: PopulationRecord, execution: string): PopulationRecord =>
  (record.turns.includes(execution) ? { ...record, turns: record.turns.filter((other) => other !== execution) } : record);

/** A version is live. Told twice, it stands once. */
export function withMade(record: PopulationRecord, made?: Made): PopulationRecord {
  if (!made || record.made.some(({ versionId }) => versionId === made.versionId)) {
    return record;
  }
  return { ...record, made: [made, ...record.made].slice(0, MOST_MADE), unseen: without(record.unseen, made.versionId) };
}

const without = (unseen: PopulationRecord['unseen'], version: string): PopulationRecord['unseen'] => {
  const others = unseen?.filter(({ versionId }) => versionId !== version);
  return others?.length ? others : undefined;
};

export const madeOf = ({ made, unseen = [] }: PopulationRecord, version?: string): Made | undefined =>
  [...made, ...unseen].find(({ versionId }) => versionId === version);

/** The populate is settled, however it went. What it may have begun is kept in mind, unless it may be somebody else's. */
export function withoutSent(record: PopulationRecord, settled?: Pick<Sent, 'execution' | 'at'>): PopulationRecord {
  if (!settled || !record.sent || !isSent(record, settled)) {
    return record;
  }
  const { analysisId, versionId, unread } = record.sent;
  if (!analysisId || !versionId || unread) {
    return { ...record, sent: undefined };
  }
  const begun = begunBy({ ...record.sent, analysisId }, versionId);
  return { ...record, sent: undefined, unseen: [begun, ...without(record.unseen, versionId) ?? []].slice(0, MOST_UNSEEN) };
}

/** The version of a populate, without what its query shows when it has ended. */
export function begunBy(sent: Sent & { readonly analysisId: string }, versionId: string): Made {
  const { analysisId, analysisType, fingerprint, execution, deploys, at: sentAt, upstream } = sent;
  return { versionId, analysisId, analysisType, fingerprint, execution, deploys, sentAt, upstream };
}

export const isSent = ({ sent }: PopulationRecord, one: Pick<Sent, 'execution' | 'at'>): boolean =>
  sent !== undefined && sent.execution === one.execution && sent.at === one.at;

/** The table that a populate was sent to, with the parameters that no message may quote. */
export const tableOf = ({ table, parameters }: Sent): TableIdentifiers & Pick<Sent, 'parameters'> => ({ ...table, parameters });
