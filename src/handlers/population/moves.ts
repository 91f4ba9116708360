import type { Failure, PopulationOutput } from '../../contract/workflow';
import { describe, kindOf, type ServiceError } from '../service-error';
import { failure, refused } from './outcome';
import type { Outside } from './outside';
import { backOff } from './pacing';
import type { Closing, Run, RunState } from './run-state';

/** What a decision comes to: go on at once, or look again later. */
export type Move =
  | { readonly go: RunState }
  | { readonly state: RunState; readonly wait: number; /** The function itself waits, as long as it may. */ readonly lingers?: boolean };

/** How a phase works: it asks for what it has to know, which may be told twice, and decides on it alone. */
export interface Phase<State extends RunState, Facts> {
  facts(state: State, outside: Outside): Promise<Facts>;
  decide(state: State, facts: Facts, at: Moment): Move;
}

/** When a decision falls, and the chance in it. */
export interface Moment {
  readonly now: number;
  readonly chance: number;
}

const seconds = (millis: number): number => millis / 1000;

export const elapsed = (state: Run, now: number): number => seconds(now - state.startedAt);
export const timeIsUp = (state: Run, now: number): boolean => now >= state.deadline;
export const allIsOver = (state: Run, now: number): boolean => now >= state.limit;

/** What has gone wrong in a row is over. */
const WELL = { failedChecks: undefined, deniedSince: undefined } as const;

export const go = (state: RunState): Move => ({ go: state });

/** Looks again, not later than when the time is up. */
export function waiting<S extends RunState>(state: S, wait: number, { now }: Moment, waitingFor?: string): Move {
  return { state: { ...state, ...WELL, waitingFor: waitingFor ?? state.waitingFor }, wait: inTime(state, wait, now) };
}

export function lingering<S extends RunState>(state: S, wait: number, at: Moment, waitingFor?: string): Move {
  return { ...waiting(state, wait, at, waitingFor), lingers: true } as Move;
}

function inTime(state: Run, wait: number, now: number): number {
  const next = [state.deadline, state.limit].map((end) => seconds(end - now)).find((left) => left > 0) ?? wait;
  return Math.max(0.1, Math.min(wait, next));
}

/** IAM needs a minute or so before a policy that was just attached counts everywhere. */
const IAM_SETTLES_AFTER = 180;

/** What a failed call means: asked again while that can help; `otherwise` is what becomes of the run where it cannot. */
export function askAgain<S extends RunState>(
  state: S, operation: string, error: ServiceError, at: Moment, otherwise: (reason: Failure) => Move = (reason) => fail(state, reason),
): Move {
  const kind = kindOf(error);
  const deniedSince = kind === 'DENIED' ? state.deniedSince ?? at.now : undefined;
  if (kind === 'FINAL' || (deniedSince !== undefined && seconds(at.now - deniedSince) >= IAM_SETTLES_AFTER)) {
    return otherwise(refused(state, operation, error));
  }
  const failedChecks = (state.failedChecks ?? 0) + 1;
  const waitingFor = `${operation} answered ${describe(error)}`;
  return { state: { ...state, failedChecks, deniedSince, waitingFor }, wait: inTime(state, backOff(failedChecks, at.chance), at.now) };
}

type Last = Omit<Closing, 'ended'>;

/** The run has come to its end, which is put on record before it is told. */
export function succeed(state: RunState, output: PopulationOutput, last: Last = {}): Move {
  const phase = state.definition.keepsVersion && state.cause !== 'OBSERVE' && output.versionId ? 'KEEP' : 'CLOSE';
  return go({ ...runOf(state), ...last, phase, ended: { output } });
}

export function fail(state: RunState, reason: Failure, last: Last = {}): Move {
  return go({ ...runOf(state), ...last, phase: 'CLOSE', ended: { failure: reason } });
}

/** All that a run keeps from phase to phase: the compiler tells of a property that is missing here. */
const OF_RUN: Readonly<Record<keyof Run, true>> = {
  execution: true,
  startedAt: true,
  deadline: true,
  limit: true,
  definition: true,
  fingerprint: true,
  overrides: true,
  cause: true,
  deployment: true,
  failedChecks: true,
  deniedSince: true,
  waitingFor: true,
  askedAt: true,
  seen: true,
  upstream: true,
  settled: true,
  made: true,
  roomMade: true,
  live: true,
};

/** Without what only belongs to the phase that it leaves. */
export const runOf = (state: RunState): Run => Object.fromEntries(Object.entries(state).filter(([key]) => key in OF_RUN)) as unknown as Run;

/** Why a run whose time is up ends. */
export function timedOut(state: RunState, now: number, more = ''): Failure {
  const minutes = Math.round(state.definition.timeoutSeconds / 6) / 10;
  const cut = seconds(state.deadline - state.startedAt) < state.definition.timeoutSeconds - 1 ? ' CloudFormation would not have waited any longer.' : '';
  return failure(state, 'PopulationTimedOut',
    `The population did not end within its timeout of ${minutes} minute${minutes === 1 ? '' : 's'} (${Math.round(elapsed(state, now))} seconds).${cut} `
    + `At the end: ${state.waitingFor ?? 'nothing had been answered'}.${more}`,
    'Raise `timeout`, or give the query more workers.');
}
