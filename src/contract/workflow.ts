import type { Parameters, TableIdentifiers } from './definition';

/** The words between the state machine and the functions. */

/** What an execution is started with. Anybody who may start one may write it: none of it is believed but `parameters` and `schedule`. */
export interface RunInput {
  /** Over those of the definition, by name. */
  readonly parameters?: Parameters;
  /** The schedule that it is of: what it is to make stands on record under that name. */
  readonly schedule?: string;
  /** Of an event that EventBridge may deliver twice. */
  readonly event?: string;
  /** Populates only if an upstream table has a version that the live one was not built from. */
  readonly afterUpstream?: boolean;
  /** Only measures how fresh the live version is. */
  readonly observe?: boolean;
  /** Which deployment on record this run is of. */
  readonly deployment?: DeploymentReference;
}

export interface DeploymentReference {
  readonly request: string;
  /** When the machine gives up on functions that cannot run, in time for CloudFormation: an ISO time. */
  readonly answerBy: string;
}

/** The input of a run that only looks; and one of a run that the end of an upstream table's starts. */
export const OBSERVE_INPUT = { observe: true };
export const AFTER_UPSTREAM_INPUT = { afterUpstream: true };

/** Which table the machine populates: all that its definition says of the population. */
export interface PopulationKey extends TableIdentifiers {
  /** Of the custom resource. */
  readonly logicalId: string;
  /** Whether the machine writes the live version into an SSM parameter. */
  readonly keepsVersion: boolean;
}

/** The machine's state: nothing in it is needed that is not on record, but whose run it is and what comes next. */
export interface MachineState {
  readonly execution: { readonly Id: string; readonly StartTime: string; readonly Input?: unknown };
  readonly population: PopulationKey;
  readonly hints?: Hints;
  /** What the machine does next. */
  readonly next?: Next;
  /** Seconds until the next step, with `WAIT`. */
  readonly wait?: number;
  /** How the run ended; with `KEEP_VERSION`, how it is going to end. */
  readonly ended?: Ended;
  /** Why the SSM parameter could not be written. */
  readonly unkept?: StateError;
  /** How the step before this one broke. */
  readonly crash?: StateError;
  /** Steps that broke in a row: counted by the machine, set back by every step that ends. */
  readonly crashes?: { readonly wait: number };
}

/** What a run remembers from step to step, whose loss is harmless. Moments are in milliseconds. */
export interface Hints {
  /** Calls that failed in a row. */
  readonly failures?: number;
  /** Since when it has been denied. */
  readonly deniedSinceAt?: number;
  /** In words, should its time run out. */
  readonly waitingFor?: string;
  /** When a quota has refused it last, and for how long it then holds back. */
  readonly refusedAt?: number;
  readonly refusedSeconds?: number;
  /** Since when its query has succeeded and its version is not the live one. */
  readonly succeededAt?: number;
  /** What became of the last request to cancel its query, in words. */
  readonly cancelling?: string;
  /** Since when it waits for upstream tables. */
  readonly upstreamSinceAt?: number;
  /** CloudFormation has been told. */
  readonly reported?: boolean;
  /** This event has started the run first. */
  readonly eventTaken?: boolean;
}

export interface StateError {
  readonly Error?: string;
  readonly Cause?: string;
}

/** What the machine hands to the population function. `now` is when it entered the state: the one clock of a run. */
export interface Step {
  readonly state: MachineState;
  readonly now: string;
}

export type Next =
  | 'WAIT'
  /** Writes the version of `ended` into the SSM parameter, and comes back. */
  | 'KEEP_VERSION'
  /** Tells CloudFormation that a table is released, and comes back: `ended` has an output. */
  | 'REPORT'
  | 'END';

export type Ended =
  | { readonly output: PopulationOutput; readonly failure?: undefined }
  | { readonly output?: undefined; readonly failure: Failure };

/** What the machine tells the deployment function at the end of a deployment's run. */
export interface RunReport {
  readonly execution: string;
  readonly ended: Ended;
}

/** The documented output of an execution, and the attributes of the custom resource. */
export interface PopulationOutput {
  readonly versionId: string;
  readonly analysisId: string;
  /** `QUERY`, or `JOB` for a table that a PySpark job populates. */
  readonly analysisType: string;
  readonly status: 'POPULATED' | 'UNCHANGED';
  readonly populatedAt: string;
  readonly durationMillis: number | null;
  readonly billedCrpuHours: number | null;
}

export interface Failure {
  readonly error: string;
  readonly cause: string;
  /** The query or job that failed, or empty where there was none. */
  readonly analysisId: string;
  /** Whether Clean Rooms says that the same request may succeed if it is sent again; null where it does not say. */
  readonly retryable: boolean | null;
}

/** Errors of a Lambda task that say that the function has not run, or that nobody knows: asked again for as long as there is time. */
export const NOT_INVOKED = [
  'Lambda.TooManyRequestsException', 'Lambda.ServiceException', 'Lambda.AWSLambdaException', 'Lambda.SdkClientException',
  'Lambda.ClientExecutionTimeoutException', 'Lambda.ResourceNotReadyException', 'Lambda.ResourceConflictException',
  'Lambda.EC2ThrottledException', 'Lambda.ENILimitReachedException',
];
