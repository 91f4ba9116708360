import type { Definition, Parameters } from '../../contract/population';
import type { Ended, Failure } from '../../contract/workflow';
import type { AnalysisType, Deployment, Made, Newest, Sent } from '../record/population-record';

/** What one run of the state machine knows, carried from step to step as JSON. Moments are in milliseconds by Step Functions' clock. */
export interface Run {
  readonly execution: string;
  readonly startedAt: number;
  /** When its time is up; and when all has to be said, its query cancelled or not. */
  readonly deadline: number;
  readonly limit: number;
  /** What it makes: the machine's definition, or a deployment's own, with the input's parameters. */
  readonly definition: Definition;
  readonly fingerprint: string;
  /** The input's parameters. */
  readonly overrides?: Parameters;
  readonly cause: Cause;
  /** Of a deployment: as it stood on record when the run began. */
  readonly deployment?: Deployment;
  /** What went wrong in a row, and since when it was denied. */
  readonly failedChecks?: number;
  readonly deniedSince?: number;
  /** What it is waiting for, in words, should its time run out. */
  readonly waitingFor?: string;
  /** When it has last asked for a place among the account's queries. */
  readonly askedAt?: number;
  /** What the table had when the run first wanted to populate: what is newer may be taken over. */
  readonly seen?: Newest;
  /** The versions of the upstream tables that it builds on, by key of their record. */
  readonly upstream?: Readonly<Record<string, string>>;
  /** A populate that is settled, and may still stand on record. */
  readonly settled?: Pick<Sent, 'execution' | 'at'>;
  /** A version that is live, and may not be on record yet. */
  readonly made?: Made;
  /** The line knows already that its query has ended. */
  readonly roomMade?: boolean;
  /** How fresh the live version is, where that was read. */
  readonly live?: { readonly madeAt?: number; readonly expiresAt?: number };
}

export type Cause = 'ORDINARY' | 'DEPLOYMENT' | 'RELEASE' | 'AFTER_UPSTREAM' | 'OBSERVE';

/** A populate that was sent, and whose query is known. */
export type Known = Sent & { readonly analysisId: string };

/** The figures of a query that has succeeded. */
export type Finished = Pick<Made, 'populatedAt' | 'durationMillis' | 'billedCrpuHours'>;

export interface Publishing {
  readonly sent: Known;
  readonly since: number;
  readonly finished: Finished;
  readonly giveUp?: Failure;
  readonly givesWaySince?: number;
}

export type RunState =
  /** Which deployment it is of, and whether its event has come before. */
  | Run & { readonly phase: 'BEGIN'; readonly event?: string }
  /** Whether an upstream table has anything new. */
  | Run & { readonly phase: 'UPSTREAM' }
  /** Only how fresh the table is. */
  | Run & { readonly phase: 'OBSERVE' }
  /** Waits until it is this run's turn among those of its population. */
  | Run & { readonly phase: 'TURN' }
  /** Whether there is anything to populate. */
  | Run & { readonly phase: 'LOOK' }
  /** May populate, once it is this run's place in the stack's line. */
  | Run & { readonly phase: 'READY'; readonly analysisType: AnalysisType; readonly mayHaveDefaults: boolean }
  /** The intent and the request. */
  | Run & { readonly phase: 'SEND'; readonly sent: Sent }
  /** A populate was sent, by this run or one before it, and nobody knows what came of it. */
  | Run & { readonly phase: 'DOUBT'; readonly sent: Sent; readonly giveUp?: Failure }
  /** Its query runs. */
  | Run & { readonly phase: 'QUERY'; readonly sent: Known; readonly since: number; /** Whether it still stands in the stack's line, and whether others do. */ readonly inLine?: boolean; readonly crowded?: boolean; readonly givesWaySince?: number }
  /** Its query has succeeded: waits for the version to be the live one. */
  | Run & Publishing & { readonly phase: 'PUBLISH' }
  /** Its query is being cancelled, until it has ended. */
  | Run & { readonly phase: 'CANCEL'; readonly sent: Known; readonly giveUp?: Failure; readonly said?: string }
  /** The machine writes the live version into the SSM parameter. */
  | Run & Closing & { readonly phase: 'KEEP' }
  /** Gives its turn back, and puts on record what came of it. */
  | Run & Closing & { readonly phase: 'CLOSE' }
  | Run & { readonly phase: 'END'; readonly ended: Ended; readonly billedInVain?: number };

/** What a run puts on record at its end. */
export interface Closing {
  readonly ended: Ended;
  /** The versions that a live version, which nobody knew the lineage of, counts as built from. */
  readonly adopted?: { readonly versionId: string; readonly upstream: Readonly<Record<string, string>> };
  readonly billedInVain?: number;
  /** The parameters that the service shows of a version that is its own beyond doubt. */
  readonly shown?: Parameters;
}

export type Phase = RunState['phase'];
export type In<P extends Phase> = Extract<RunState, { phase: P }>;
