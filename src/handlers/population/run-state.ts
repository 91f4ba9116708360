/** What one run of the state machine knows, carried from step to step as JSON. Times are seconds since the run began, unless named otherwise. */

/** What is populated, as the construct defines it: the part of the template that the API gets to see. */
export interface Population {
  readonly membershipIdentifier: string;
  readonly intermediateTableIdentifier: string;
  readonly parameters?: Readonly<Record<string, string>>;
  readonly compute?: {
    readonly type?: string;
    readonly number?: number;
    readonly properties?: { readonly spark: Readonly<Record<string, string>> };
  };
  readonly analysisPayerAccountId?: string;
  readonly timeoutSeconds: number;
  readonly cancelOnTimeout: boolean;
  /** What the table is built on, directly or not, the furthest first. */
  readonly upstream?: readonly Upstream[];
  /** Which place this population has among those of its stack: their requests are spread by it. */
  readonly slot?: number;
}

export interface Upstream {
  readonly membershipIdentifier: string;
  readonly intermediateTableIdentifier: string;
  readonly stateMachineArn: string;
  /** Which of the list this one is built on itself. */
  readonly after: readonly number[];
  /** Whether the population's own table is built on it. */
  readonly direct: boolean;
}

/** What CloudFormation waits for: only the deployment Lambda reads it, the run just carries it. */
export interface Deployment {
  /** Whose end is awaited: a populate, or the release of what runs before the resource is deleted. */
  readonly action: 'POPULATE' | 'RELEASE';
  /** Overrides the definition's, which may lag behind the template that is being deployed. */
  readonly population?: Population;
  /** The live version is kept, and nothing populated, where it is one of these; `ANY` keeps whatever is live. */
  readonly keep?: 'ANY' | readonly string[];
  /** False where the template says that a deploy never populates. */
  readonly mayPopulate?: boolean;
  readonly [forTheDeploymentLambda: string]: unknown;
}

/** What an execution is started with: nothing, parameters that override by name, or a deployment. */
export interface RunInput {
  readonly parameters?: Readonly<Record<string, string>>;
  readonly deployment?: Deployment;
  /** Populates only if an upstream table has a newer version, and none is about to get one. */
  readonly afterUpstream?: boolean;
  /** Only measures how old the live version is. */
  readonly observe?: boolean;
}

/** What the machine hands to the first step. */
export interface Beginning {
  readonly population: Population;
  readonly execution: { readonly Id?: string; readonly Input?: RunInput | null };
}

export type Phase = 'LOOK' | 'POPULATE' | 'QUERY' | 'PUBLISH' | 'CANCEL' | 'RELEASE' | 'END';

/** What the machine does after a step. */
export type Next = 'WAIT' | 'REPORT' | 'SUCCEED' | 'FAIL';

/** The documented output of an execution, and the attributes of the custom resource. */
export interface PopulationOutput {
  readonly versionId: string;
  readonly analysisId: string;
  readonly analysisType: string;
  readonly status: 'POPULATED' | 'UNCHANGED';
  readonly populatedAt: string;
  readonly durationMillis: number | null;
  readonly billedCrpuHours: number | null;
}

export interface Failure {
  readonly error: string;
  readonly cause: string;
  /** The protected query that failed, or empty where there was none. */
  readonly analysisId: string;
}

/** The newest moment, by the service's own clock, at which the table had a version when the run began, and the versions of that moment and the live one. */
export interface Watermark {
  readonly createTime: number;
  readonly versionIds: readonly string[];
}

export interface RunState {
  readonly population: Population;
  readonly deployment?: Deployment;
  readonly afterUpstream?: boolean;
  readonly observe?: boolean;
  readonly executionArn?: string;
  /** By the Lambda's clock, in milliseconds. */
  readonly startedAt: number;
  /** Seconds that the machine was asked to wait so far. */
  readonly waited: number;
  readonly phase: Phase;
  readonly next: Next;
  /** Seconds until the next step. */
  readonly wait: number;

  readonly since?: Watermark;
  /** When a populate was sent whose answer is not known. */
  readonly doubtSince?: number;
  readonly analysisId?: string;
  readonly versionId?: string;
  /** When the query was accepted or found. */
  readonly queryingSince?: number;
  /** How long the live version's own query took, in seconds: a hint at when to look. */
  readonly expectedSeconds?: number;
  readonly succeededSince?: number;
  readonly cancellingSince?: number;
  /** Why the query is cancelled: the failure that the run ends with. */
  readonly cancelledFor?: Failure;
  readonly deniedSince?: number;
  /** Checks that failed in a row. */
  readonly failedChecks?: number;
  /** Steps of the Lambda that crashed in a row. */
  readonly crashes?: number;
  /** What the run is waiting for, in words, should its time run out. */
  readonly waitingFor?: string;

  /** When the live version was made, and when it expires, in milliseconds of the service's clock. */
  readonly live?: { readonly madeAt?: number; readonly expiresAt?: number };
  /** What a query was billed that did not succeed, in CRPU-hours. */
  readonly billedInVain?: number;
  readonly output?: PopulationOutput;
  readonly failure?: Failure;
}
