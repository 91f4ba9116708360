import type { Seen } from './observe';
import type { Ended, Failure, Hints, PopulationOutput } from '../../contract/workflow';
import type { Populate } from '../clean-rooms/clean-rooms';
import type { AnalysisType, FinishedAttempt, PopulateAttempt, TableRecord } from '../record/table-record';

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

export const observe = (what: keyof Seen): Action => ({ type: 'OBSERVE', what });
export const end = (ended: Ended, more: Omit<End, 'type' | 'ended'> = {}): End => ({ type: 'END', ended, ...more });
export const fail = (failure: Failure): End => end({ failure });
