import type { Lifetime } from './documents';
import { hash } from '../../contract/hashing';
import type { Ended } from '../../contract/workflow';

/**
 * Whom a run's end is told: an item of its own, by execution, that only the deployment function writes and reads.
 * A response URL is a credential: it is in no execution's input, output or history.
 */
export interface Awaited {
  /** When CloudFormation sent the event that the run is of, in milliseconds: as its first delivery has it. */
  readonly requestedAt: number;
  /** A release succeeds however it ends. */
  readonly action: 'POPULATE' | 'RELEASE';
  /** Resources that wait, and have not been told yet. */
  readonly responses: readonly ResponseTarget[];
  /** The URL of a wait condition's handle, which has not been told yet. */
  readonly waitHandle?: string;
  /** How the run ended, as it was said first: who asks from now on can be told at once. */
  readonly ended?: Ended;
}

/** What a response names besides its result. */
export interface ResponseTarget {
  readonly url: string;
  readonly StackId: string;
  readonly RequestId: string;
  readonly LogicalResourceId: string;
  readonly PhysicalResourceId: string;
}

const KEPT_SECONDS = 86_400;

/** Whoever may still wait then was given up by CloudFormation long ago. */
export const awaitedFor = (now: number): Lifetime => ({ expires: Math.floor(now / 1000) + KEPT_SECONDS });

export const awaitedId = (executionArn: string): string => `awaited ${executionArn}`;

/** Handles are credentials, too: the record knows them by their hash. */
export const handleId = (url: string): string => hash(url, 16);
