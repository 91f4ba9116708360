import { fail, type Action, type Wait } from './actions';
import { deadlineOf, graceOf, isPastDeadline, type Situation } from './run';
import type { Failure, Hints } from '../../contract/workflow';
import { failure, refused, type OfAttempt } from '../failures';
import { desiredOf } from '../record/desired';
import { describe, kindOf, type ServiceError } from '../service-error';

/** How a run waits, and when it looks again. All in seconds. */

const clamp = (value: number, low: number, high: number) => Math.min(Math.max(value, low), high);

/** Between two looks at what is about to end: a running query, its version's going live, a cancellation. */
export const POLL_SECONDS = 3;
/** No query is over sooner. */
export const FIRST_LOOK_SECONDS = 2;
/** While somebody else populates the table. */
const CONFLICT_SECONDS = 8;

const ageOf = ({ run, now }: Situation): number => (now - run.startedAt) / 1_000;

/** Resets the failure counters. */
const NO_FAILURES: Hints = { failures: undefined, deniedSinceAt: undefined };

/** Hands back to the machine until then, not later than when the time is up. */
export function wait(situation: Situation, seconds: number, waitingFor?: string, hints: Hints = {}): Wait {
  const said = waitingFor === undefined ? {} : { waitingFor };
  return { type: 'WAIT', seconds: inTime(situation, seconds), polls: false, hints: { ...NO_FAILURES, ...said, ...hints } };
}

/** Goes on looking within the function, as long as it may. */
export const poll = (situation: Situation, seconds: number, waitingFor?: string, hints: Hints = {}): Wait =>
  ({ ...wait(situation, seconds, waitingFor, hints), polls: true });

function inTime(situation: Situation, seconds: number): number {
  const deadline = deadlineOf(situation);
  const left = [deadline, graceOf(deadline)].map((end) => (end - situation.now) / 1_000).find((each) => each > 0) ?? seconds;
  return Math.max(0.1, Math.min(seconds, left));
}

/** Another run of the same table acts, which may take hours; CloudFormation waits for a deploy's. */
export const waitForTurn = (situation: Situation, isDeploy: boolean, waitingFor: string): Wait => (isDeploy
  ? poll(situation, clamp(ageOf(situation) / 30, 1, 5), waitingFor)
  : wait(situation, clamp(ageOf(situation) / 10, 3, 15) + 2 * situation.chance, waitingFor));

/** A run that has no more time than this is in a hurry. */
const HURRY_SECONDS = 120;

/**
 * Others of the stack ask Clean Rooms, or its quota is full: who waits longest looks most often; the run of a deploy, or in a hurry, every
 * second.
 */
export function waitForAdmission(situation: Situation, isDeploy: boolean, waitingFor: string): Wait {
  const age = ageOf(situation);
  const isInHurry = isDeploy || deadlineOf(situation) - situation.now < HURRY_SECONDS * 1_000;
  const seconds = isInHurry || age > 600 ? 1 : age > 60 ? 2 : 5;
  return poll(situation, seconds * (0.5 + situation.chance), situation.hints.waitingFor ?? waitingFor);
}

export const waitForOthersQuery = (situation: Situation, waitingFor: string): Wait =>
  wait(situation, clamp(CONFLICT_SECONDS * (1 + situation.chance), ageOf(situation) / 60, 60), waitingFor);

/** A query that waits in the service's own queue may do so for long. */
export const waitInQueue = (situation: Situation, ageSeconds: number, waitingFor: string): Wait =>
  wait(situation, clamp(ageSeconds * 3, 8, 30) * (0.75 + situation.chance / 2), waitingFor);

/** When to look for what came of an intent, in seconds after it. */
const RECOVERY_LOOKS = [5, 15, 30, 45, 60, 90, 120, 150];

export function waitForRecovery(situation: Situation, ageSeconds: number, endSeconds: number): Wait {
  const next = RECOVERY_LOOKS.find((look) => look > ageSeconds) ?? Math.max(endSeconds, ageSeconds + 5);
  return wait(situation, Math.max(1, next - ageSeconds), 'a populate was sent, whose answer was lost');
}

/** IAM needs a minute or so before a policy that was just attached counts everywhere. */
const IAM_PROPAGATION_SECONDS = 180;

/** Asks again while that can help; `otherwise` is what becomes of the run where it cannot. */
export function retry(
  situation: Situation, operation: string, error: ServiceError, otherwise: (reason: Failure) => Action = fail,
): Action {
  const { hints, now, chance } = situation;
  const kind = kindOf(error);
  const deniedSinceAt = kind === 'DENIED' ? hints.deniedSinceAt ?? now : undefined;
  if (kind === 'NOT_RETRYABLE' || (deniedSinceAt !== undefined && now - deniedSinceAt >= IAM_PROPAGATION_SECONDS * 1_000)) {
    return otherwise(refused(situation, operation, error));
  }
  const failures = (hints.failures ?? 0) + 1;
  return wait(situation, backOff(failures, chance), `${operation} answered ${describe(error)}`, { failures, deniedSinceAt });
}

/** Asks again what the run cannot go on without, until its time is up. */
export const retryInTime = (situation: Situation, operation: string, error: ServiceError): Action =>
  (isPastDeadline(situation) ? fail(timedOut(situation)) : retry(situation, operation, error));

/** Doubles from 2 seconds to a minute, up to half of it by chance, so that runs do not march in step. */
export const backOff = (failures: number, chance: number): number => Math.min(2 ** clamp(failures, 1, 10), 60) * (0.5 + chance / 2);

/** Returns why a run whose time is up ends. */
export function timedOut(situation: Situation, attempt?: OfAttempt): Failure {
  const { run: { startedAt }, record, hints, now } = situation;
  const timeoutSeconds = desiredOf(record)?.definition.timeoutSeconds;
  const minutes = timeoutSeconds === undefined ? undefined : Math.round(timeoutSeconds / 6) / 10;
  const limit = minutes === undefined ? 'its time' : `its timeout of ${minutes} minute${minutes === 1 ? '' : 's'}`;
  const isCut = timeoutSeconds !== undefined && (deadlineOf(situation) - startedAt) / 1_000 < timeoutSeconds - 1;
  const cut = isCut ? ' CloudFormation would not have waited any longer.' : '';
  return failure(situation, 'PopulationTimedOut',
    `The population did not end within ${limit} (${Math.round((now - startedAt) / 1_000)} seconds).${cut} `
    + `At the end: ${hints.waitingFor ?? 'nothing had been answered'}.`, 'Raise `timeout`, or give the query more workers.', attempt);
}
