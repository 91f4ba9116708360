import type { Put } from './response';
import type { RunInput } from '../../contract/workflow';
import type { Store } from '../record/store';
import { kindOf, type Result, type ServiceError } from '../service-error';

/** What the deployment function asks of the world. */
export interface Ports {
  readonly store: Store;
  /** Starts an execution once, however often it is called with the same name and input. */
  readonly startExecution: (stateMachineArn: string, name: string, input: RunInput) => Promise<Result<void>>;
  readonly put: Put;
  readonly clock: Clock;
  readonly names: Names;
  /** Never gets an event as a whole, whose parameters and URL are nobody's business. */
  readonly log: (message: string, details: Readonly<Record<string, unknown>>) => void;
}

export interface Clock {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly pause: (millis: number) => Promise<void>;
  /** What is left of this invocation. */
  readonly remainingMillis: () => number;
}

export interface Names {
  /** Begins the names of executions that this function starts. */
  readonly executionPrefix: string;
  readonly recordTable: string;
  readonly logGroup: string;
}

const RETRY_PAUSE_MILLIS = 4_000;

/** Asks until the deadline, at least once, what can be asked twice. The last answer counts. */
export async function retryUntil<T>(deadline: number, ask: () => Promise<Result<T>>, { now, pause }: Clock): Promise<Result<T>> {
  for (;;) {
    const askedAt = now();
    const result = await ask();
    const answeredAt = now();
    // The next may take as long as this one did.
    const wouldEndAt = answeredAt + RETRY_PAUSE_MILLIS + (answeredAt - askedAt);
    if (result.ok || !isRetryable(result.error) || wouldEndAt > deadline) {
      return result;
    }
    await pause(RETRY_PAUSE_MILLIS);
  }
}

/** Returns whether it may pass in a moment: permissions that are not in force yet, too many requests, faults, lost answers. */
export const isRetryable = (error: ServiceError): boolean =>
  ['TRANSIENT', 'IAM_PROPAGATING', 'DENIED'].includes(kindOf(error)) || error.code === 'ExecutionLimitExceeded';

/** For what has to follow, at the longest: what is on record is closed, and CloudFormation is answered. */
const ANSWER_MILLIS = 120_000;

/** Returns until when this invocation may go on trying, if it tries until `until`: never longer than it lives. */
export function deadlineWithin(until: number, { now, remainingMillis }: Clock): number {
  const remaining = remainingMillis();
  return Math.min(until, now() + remaining - Math.min(ANSWER_MILLIS, remaining / 2));
}
