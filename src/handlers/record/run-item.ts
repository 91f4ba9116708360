import type { TableIdentifiers } from '../../contract/definition';
import type { Ended } from '../../contract/workflow';

/**
 * A run: whom its end is told, which only the deployment function reads (a response URL is a credential), and how it ended, which is
 * written once, by whoever ended its attempt.
 */
export interface RunItem {
  readonly outcome?: Ended;
  /** Of a deployment's run: which table's record has its request. */
  readonly table?: TableIdentifiers;
  /** A release succeeds however it ends. */
  readonly action?: 'POPULATE' | 'RELEASE';
  /** Resources that wait, and have not been told yet. */
  readonly responses?: readonly PendingResponse[];
  /** The URL of a wait condition's handle, which has not been told yet. */
  readonly waitHandleUrl?: string;
}

/** What a response names besides its result. */
export interface PendingResponse {
  readonly url: string;
  readonly StackId: string;
  readonly RequestId: string;
  readonly LogicalResourceId: string;
  readonly PhysicalResourceId: string;
}

/** Whoever may still wait then was given up by CloudFormation long ago, and no run lives as long. */
const RUN_ITEM_DAYS = 2;

export const runItemExpiresAt = (now: number): number => now + RUN_ITEM_DAYS * 86_400_000;
