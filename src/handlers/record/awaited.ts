import { hash } from '../../contract/hashing';

/**
 * Whom a run's end is told: an item of its own, by execution, that only the deployment function writes and reads.
 * A response URL is a credential: it is in no execution's input, output or history.
 */
export interface Awaited {
  readonly request: string;
  /** A release succeeds however it ends. */
  readonly action: 'POPULATE' | 'RELEASE';
  /** Resources that wait, each told once. */
  readonly responses: readonly ResponseTarget[];
  /** The URL of a wait condition's handle. */
  readonly waitHandle?: string;
}

/** What a response names besides its result. */
export interface ResponseTarget {
  readonly url: string;
  readonly StackId: string;
  readonly RequestId: string;
  readonly LogicalResourceId: string;
  readonly PhysicalResourceId: string;
}

export const awaitedId = (executionArn: string): string => `awaited ${executionArn}`;

/** Handles are credentials, too: the record knows them by their hash. */
export const handleId = (url: string): string => hash(url, 16);
