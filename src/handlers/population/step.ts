import type { CleanRooms } from './clean-rooms';
import { fail, failure, refused } from './outcome';
import { DOUBT_SETTLES_AFTER, backOff } from './pacing';
import type { Runs } from './phases/upstream';
import type { Phase, RunState } from './run-state';
import { describe, kindOf, type ServiceError } from './service-error';
import type { Siblings } from './siblings';

/** What a step asks the outside world. */
export interface Outside {
  readonly cleanRooms: CleanRooms;
  readonly siblings: (state: RunState) => Promise<Siblings>;
  readonly runsOf: (stateMachineArn: string) => Promise<Runs>;
  /** Whether the event that started this run has started another one before. */
  readonly isTwin: (state: RunState) => Promise<boolean>;
  /** By the Lambda's clock, in milliseconds. */
  readonly now: () => number;
  /** A number from 0 to below 1. */
  readonly chance: () => number;
  /** How many populations the stack has. */
  readonly slots: number;
}

/** Seconds since the run began. The waits are a floor: the clocks of two Lambda hosts may differ. */
export const elapsed = (state: RunState, now: number): number => Math.max((now - state.startedAt) / 1000, state.waited);

export const timeLeft = (state: RunState, now: number): number => state.population.timeoutSeconds - elapsed(state, now);

/** Goes on with `phase` after so many seconds, but not past the run's deadline. */
export function waitFor(state: RunState, seconds: number, now: number, change: Partial<RunState> = {}): RunState {
  const left = timeLeft(state, now);
  const wait = left > 0 ? Math.min(seconds, Math.ceil(left)) : seconds;
  return { ...state, failedChecks: undefined, deniedSince: undefined, ...change, next: 'WAIT', wait: Math.max(1, Math.round(wait)) };
}

/** IAM needs a minute or so before a policy that was just attached counts everywhere. */
const IAM_SETTLES_AFTER = 180;

/** What a failed call means for the run: asked again while that can help, otherwise the end. */
export function askAgain(state: RunState, operation: string, error: ServiceError, outside: Outside): RunState {
  const now = outside.now();
  const kind = kindOf(error);
  const deniedSince = kind === 'DENIED' ? state.deniedSince ?? elapsed(state, now) : undefined;
  if (kind === 'FINAL' || (deniedSince !== undefined && elapsed(state, now) - deniedSince >= IAM_SETTLES_AFTER)) {
    return fail(state, refused(state, operation, error));
  }
  const failedChecks = (state.failedChecks ?? 0) + 1;
  return waitFor(state, backOff(failedChecks, outside.chance()), now, {
    failedChecks, deniedSince, waitingFor: `${operation} answered ${describe(error)}`,
  });
}

const BLOCKED = ['DISALLOWED_BY_DATA_PROVIDER', 'BASE_TABLE_REMOVED'];

/** The end of a run on a table that no populate can be made of; undefined for any other table. */
export function ifBlocked(state: RunState, table: { readonly status: string; readonly statusReason?: string }): RunState | undefined {
  if (!BLOCKED.includes(table.status)) {
    return undefined;
  }
  const remedy = table.status === 'BASE_TABLE_REMOVED'
    ? 'A table that the stored query reads is no longer in the collaboration: restore it, or change the query.'
    : 'A data provider no longer allows this table: ask them to, or change the query.';
  return fail(state, failure(state, table.status, `The table cannot be populated. ${table.status}: ${table.statusReason ?? 'no reason given'}`, remedy));
}

export const inDoubt = (state: RunState, now: number): boolean =>
  state.doubtSince !== undefined && elapsed(state, now) - state.doubtSince < DOUBT_SETTLES_AFTER;

export const to = (phase: Phase, state: RunState, change: Partial<RunState> = {}): RunState => ({ ...state, ...change, phase });
