import type { DeployMode } from '../../src/contract/custom-resource';
import type { RunInput } from '../../src/contract/workflow';

/** A life of a stack: what it is told, what befalls it, and how AWS behaves where nobody knows. All times are in seconds. */
export interface Life {
  readonly events: readonly LifeEvent[];
  readonly faults: readonly Fault[];
  /** How CloudFormation's events arrive, by their number. */
  readonly deliveries: Readonly<Record<number, Delivery>>;
  readonly conditions: Conditions;
  readonly ends: number;
}

export type LifeEvent =
  | DeployEvent
  /** A person or a workflow starts a run. */
  | { readonly at: number; readonly type: 'RUN'; readonly population: string; readonly input?: RunInput }
  /** A rule of the stack as it is then; EventBridge may deliver its event again, so much later. */
  | { readonly at: number; readonly type: 'SCHEDULE'; readonly population: string; readonly schedule: string; readonly again?: number }
  /** Somebody stops an execution by hand. */
  | { readonly at: number; readonly type: 'STOP'; readonly which: number }
  /** Somebody takes the table's item out of the record, or a member out of the item. */
  | { readonly at: number; readonly type: 'FORGET'; readonly table: string; readonly member?: string }
  /** Somebody else populates the table. */
  | { readonly at: number; readonly type: 'STRANGER'; readonly table: string; readonly makes: string };

export interface DeployEvent {
  readonly at: number;
  readonly type: 'DEPLOY';
  /** By logical id. */
  readonly populations: Populations;
  /** Another resource fails after so long, and CloudFormation rolls back. */
  readonly failsAfter?: number;
  /** How long it takes until the rollback comes. */
  readonly gap?: number;
}

export type Populations = Readonly<Record<string, Population>>;

export interface Population {
  readonly table: string;
  /** Stands for the parameters. */
  readonly definition: string;
  readonly mode: DeployMode;
  /** The further parameter of each, or none. */
  readonly schedules?: Readonly<Record<string, string>>;
  readonly synthesis?: string;
  /** Changes the custom resource, and nothing of the data. */
  readonly tag?: string;
  readonly upstream?: readonly string[];
  readonly timeoutSeconds?: number;
  readonly cancelOnTimeout?: boolean;
  readonly isJob?: boolean;
  readonly keepsVersion?: boolean;
  /** Its rule that follows upstream tables is disabled. */
  readonly isDeaf?: boolean;
  /** So many characters of further parameters. */
  readonly bulk?: number;
}

export interface Delivery {
  readonly late?: number;
  readonly again?: number;
}

export interface Conditions {
  readonly querySeconds: number;
  /** By what is made. */
  readonly slow?: Readonly<Record<string, number>>;
  readonly liveLag: number;
  readonly cancelSeconds: number;
  readonly listLag: number;
  readonly shows: 'ALWAYS' | 'NEVER' | 'WHEN_LIVE';
  /** Whether a table that is populated refuses a second populate. */
  readonly conflicts: boolean;
  readonly quota: number;
  /** Whether a query past the quota is accepted, and waits. */
  readonly queues?: boolean;
  /** What cannot be made. */
  readonly failing?: readonly string[];
  /** By how much Clean Rooms' clock is ahead. */
  readonly skew?: number;
  /** Tables for which no quota is high enough. */
  readonly neverFits?: readonly string[];
  /** When somebody deletes a table. */
  readonly gone?: Readonly<Record<string, number>>;
  /** Lambda's timeout of the population function. */
  readonly functionTimeout?: number;
  /** Permissions are not in force for so long. */
  readonly deniedUntil?: number;
}

export type Fault = RequestFault | StepFault | Outage;

/** Befalls one request: by its number in the life, or the n-th of a name. */
export interface RequestFault {
  readonly kind: RequestFaultKind;
  readonly request?: number;
  readonly of?: string;
  readonly nth?: number;
  readonly seconds?: number;
}

export type RequestFaultKind =
  | 'CRASH_BEFORE'
  | 'CRASH_AFTER'
  /** The function stands still, then goes on. */
  | 'FREEZE_BEFORE'
  | 'FREEZE_AFTER'
  /** It stands still, its request takes effect, and it is gone. */
  | 'FREEZE_CRASH'
  /** It takes effect, and the answer is lost. */
  | 'LOST'
  /** The SDK has asked twice: it took effect the first time. */
  | 'LOST_ONCE'
  | 'REJECTED'
  | 'THROTTLED'
  /** It takes effect late; the client gives up after fifteen seconds. */
  | 'LATE';

/** Befalls one invocation of the population function, by its number in the life. */
export interface StepFault {
  readonly kind:
  | 'LATE_START'
  /** Lambda throttles it. */
  | 'NOT_INVOKED'
  /** The machine takes it for dead and begins another, and it goes on. */
  | 'ZOMBIE';
  readonly step: number;
  readonly seconds: number;
}

/** Requests fail for a while: DynamoDB's, or Clean Rooms' of one operation or table. */
export interface Outage {
  readonly kind: 'OUTAGE';
  readonly of: 'store' | 'rooms';
  readonly operation?: string;
  readonly table?: string;
  readonly from: number;
  readonly seconds: number;
}

export const QUIET: Conditions = {
  querySeconds: 60, liveLag: 0, cancelSeconds: 1, listLag: 0, shows: 'ALWAYS', conflicts: true, quota: 5,
};
