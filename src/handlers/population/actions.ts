import type { Ended, Failure, Hints, PopulationOutput } from '../../contract/workflow';
import type { Analysis, Details, Populate, Table, Version } from '../clean-rooms/clean-rooms';
import type { CandidateSeen } from '../clean-rooms/recovery';
import type { Pointer } from '../record/items';
import type { AnalysisType, FinishedAttempt, PopulateAttempt, TableRecord } from '../record/table-record';
import type { Result } from '../service-error';

/** What a decision comes to: data, which `perform.ts` carries out. Only `OBSERVE` changes nothing. */
export type Action =
  /** Looks at what the row needs to know, and decides again. */
  | { readonly type: 'OBSERVE'; readonly what: keyof Seen }
  | Wait
  /** Finds out whether this is the first run of its event. */
  | { readonly type: 'CLAIM_EVENT' }
  | { readonly type: 'ACQUIRE_LEASE' }
  /** Gives the lease back to the run of the open request. */
  | { readonly type: 'RELEASE_LEASE' }
  | { readonly type: 'REQUEST_ADMISSION'; readonly kind: AnalysisType }
  /** Records the intent, sends it, and records what it was answered. */
  | { readonly type: 'POPULATE'; readonly attempt: PopulateAttempt; readonly populate: Populate }
  /** Records the ids that were found. */
  | { readonly type: 'RECORD_STARTED'; readonly ids: Ids }
  /** Nothing has come of the intent. */
  | { readonly type: 'CLEAR_ATTEMPT' }
  /** Records why, before it is done. */
  | { readonly type: 'RECORD_CANCELLATION'; readonly cancellation: Failure }
  | { readonly type: 'CANCEL'; readonly attempt: PopulateAttempt }
  | Finish
  /** Ends the run's Delete. */
  | { readonly type: 'RECORD_RELEASED' }
  /** Lets CloudFormation be told of it, and goes on. */
  | { readonly type: 'REPORT' }
  | { readonly type: 'KEEP_VERSION'; readonly output: PopulationOutput }
  | End;

export interface Wait {
  readonly type: 'WAIT';
  readonly seconds: number;
  /** The function itself waits, as long as it may. */
  readonly polls: boolean;
  readonly hints: Hints;
}

/** Records how an attempt ended, whoever began it. */
export interface Finish {
  readonly type: 'FINISH';
  readonly attempt: PopulateAttempt;
  readonly outcome: Ended;
  readonly finished: FinishedAttempt;
  readonly queryDefaults?: TableRecord['queryDefaults'];
}

/** Records that the run has ended, and ends it. */
export interface End {
  readonly type: 'END';
  readonly ended: Ended;
  /** Of the live version, which nobody knew the lineage of: what it counts as built from. */
  readonly assumedLineage?: { readonly versionId: string; readonly upstream: Readonly<Record<string, string>> };
}

export interface Ids {
  readonly analysisId: string;
  readonly versionId?: string;
  readonly isUnverified?: boolean;
}

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

/** What the table had just before the intent. */
export interface Lists {
  readonly versions: Result<readonly Version[]>;
  readonly analyses: Result<readonly Analysis[]>;
}

export const observe = (what: keyof Seen): Action => ({ type: 'OBSERVE', what });
export const end = (ended: Ended, more: Omit<End, 'type' | 'ended'> = {}): End => ({ type: 'END', ended, ...more });
export const fail = (failure: Failure): End => end({ failure });
