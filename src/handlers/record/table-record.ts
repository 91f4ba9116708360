import type { DeployMode } from '../../contract/custom-resource';
import type { Definition, Parameters } from '../../contract/definition';
import type { Failure } from '../../contract/workflow';

/**
 * All that is known of a table that is populated: one item, changed by conditional writes alone. Moments are in milliseconds here, and
 * ISO 8601 texts in the item (see `items.ts`).
 *
 * The life of an attempt: nobody's → `INTENDED` (on record, about to be sent) → `STARTED` (its ids are known) → `history`. From
 * `INTENDED` it is cleared where the service has refused it, or where nothing came of it within the time of a lease.
 */
export interface TableRecord {
  /** CloudFormation's newest request of each logical id, the newest first. */
  readonly requests: readonly DeploymentRequest[];
  /** The last syntheses that `ALWAYS` has carried out: one that comes again is a rollback to it. */
  readonly syntheses: readonly string[];
  readonly lease?: Lease;
  readonly attempt?: PopulateAttempt;
  /** The newest first. */
  readonly history: readonly FinishedAttempt[];
  /** The newest first. */
  readonly billing?: readonly BilledHour[];
  /** What the stored query adds to the parameters that it is given, where a version of ours has shown it. */
  readonly queryDefaults?: Parameters;
  /** The wait conditions' handles that requests have brought, by hash, the newest first: each listens once. */
  readonly waitHandles?: readonly string[];
}

export type DeploymentRequest = PopulateRequest | ReleaseRequest;

interface Request {
  /** Equal for every delivery of one event, and for no other. */
  readonly request: string;
  /** Which one it has replaced: that one may be delivered again within the same second. */
  readonly replaces?: string;
  readonly logicalId: string;
  /** When CloudFormation sent the event, by its own clock. */
  readonly signedAt: number;
  readonly execution: string;
  /** By when its run has to have answered. */
  readonly answerBy: number;
  /** A wait condition waits for its run; its resource was answered at once. */
  readonly listens?: boolean;
  /** How its run ended. */
  readonly ended?: 'SUCCEEDED' | 'FAILED';
}

export interface PopulateRequest extends Request {
  readonly action: 'POPULATE';
  readonly mode: DeployMode;
  readonly definition: Definition;
  readonly fingerprint: string;
  /** With `ALWAYS`: which synthesis it is of. */
  readonly synthesis?: string;
}

export interface ReleaseRequest extends Request {
  readonly action: 'RELEASE';
}

/** Who may act. An invocation cannot live as long as a lease, so whoever comes after it acts alone. */
export interface Lease {
  /** An execution. */
  readonly holder: string;
  readonly untilAt: number;
}

/** The populate that is under way. */
export interface PopulateAttempt {
  /** Tells it from every other. */
  readonly token: string;
  readonly state: 'INTENDED' | 'STARTED';
  /** The run that began it. */
  readonly execution: string;
  readonly isDeploy: boolean;
  /** Of `desired`, when it was intended. */
  readonly request: string;
  /** What its run brings of its own: a schedule's name, or an input's parameters. */
  readonly schedule?: string;
  readonly parameters?: Parameters;
  /** With what its run brings, and without. */
  readonly fingerprint: string;
  readonly definitionFingerprint: string;
  /** All that it was sent with: the names, and the hash of names and values. */
  readonly parameterNames: readonly string[];
  readonly parametersHash: string;
  /** Whether the stored query may add defaults of its own to the parameters. */
  readonly mayHaveDefaults: boolean;
  readonly analysisType: AnalysisType;
  readonly intendedAt: number;
  /** Until when it has time. */
  readonly deadlineAt: number;
  /** What there was before it: none of it can be its own. */
  readonly before: Before;
  /** The live versions of the upstream tables, by table. */
  readonly upstream?: Readonly<Record<string, string>>;
  readonly analysisId?: string;
  readonly versionId?: string;
  /** Its ids were found, and nothing showed the parameters. */
  readonly isUnverified?: boolean;
  /** Why it is cancelled, before it is. */
  readonly cancellation?: Failure;
}

export type AnalysisType = 'QUERY' | 'JOB';

export interface Before {
  readonly versions: Newest;
  readonly analyses: Newest;
}

/** The newest moment in a list, by the service's clock, and the ids of that moment or not older than an hour. */
export interface Newest {
  readonly createdAt: number;
  readonly ids: readonly string[];
}

export interface FinishedAttempt extends Pick<
  PopulateAttempt, 'versionId' | 'analysisType' | 'isDeploy' | 'fingerprint' | 'definitionFingerprint' | 'intendedAt' | 'upstream'
> {
  readonly succeeded: boolean;
  readonly analysisId: string;
  /** When its query ended, by the service's clock. */
  readonly populatedAt?: number;
  readonly durationMillis?: number;
  readonly billedCrpuHours?: number;
}

/** What was billed in one clock hour, whatever became of it: it counts until a day after the last of it. */
export interface BilledHour {
  readonly lastAt: number;
  readonly crpuHours: number;
}

export const EMPTY: TableRecord = { requests: [], syntheses: [], history: [] };

const MAX_SYNTHESES = 20;
const MAX_HISTORY = 10;

export const requestOf = ({ requests }: TableRecord, execution: string): DeploymentRequest | undefined =>
  requests.find((request) => request.execution === execution);

export const attemptOfVersion = ({ history }: TableRecord, versionId?: string): FinishedAttempt | undefined =>
  (versionId === undefined ? undefined : history.find((finished) => finished.versionId === versionId));

/** Ends the request of this execution, if there is one that has not ended. Carried out, its synthesis counts; a release always succeeds. */
export function endRequest(record: TableRecord, execution: string, succeeded: boolean): TableRecord {
  const request = requestOf(record, execution);
  if (!request || request.ended) {
    return record;
  }
  const ended = succeeded || request.action === 'RELEASE' ? 'SUCCEEDED' : 'FAILED';
  const requests = record.requests.map((each) => (each === request ? { ...each, ended } as const : each));
  const synthesis = request.action === 'POPULATE' && succeeded ? request.synthesis : undefined;
  const syntheses = synthesis === undefined ? record.syntheses
    : [synthesis, ...record.syntheses.filter((other) => other !== synthesis)].slice(0, MAX_SYNTHESES);
  return { ...record, requests, syntheses };
}

/** Gives the lease back, if this execution holds it. */
export const releaseLease = (record: TableRecord, execution: string): TableRecord =>
  (record.lease?.holder === execution ? { ...record, lease: undefined } : record);

/** Keeps the last ten that succeeded and the last ten that did not, so that failures push no version of ours out. */
export function addToHistory(record: TableRecord, finished: FinishedAttempt): TableRecord {
  const history = [finished, ...record.history.filter(({ analysisId }) => analysisId !== finished.analysisId)]
    .sort((a, b) => b.intendedAt - a.intendedAt);
  const kept = [true, false].flatMap((succeeded) => history.filter((each) => each.succeeded === succeeded).slice(0, MAX_HISTORY));
  return { ...record, history: history.filter((each) => kept.includes(each)) };
}
