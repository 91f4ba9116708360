import type { TableIdentifiers } from '../../contract/definition';
import { deadlineFor, RELEASE_SECONDS, SHUTDOWN_GRACE_SECONDS } from '../../contract/time';
import type { Ended, Failure, Hints, MachineState, RunInput } from '../../contract/workflow';
import { desiredOf, hasFailed, openRequestOf, targetOf, type Target } from '../record/desired';
import { requestOf, type AnalysisType, type PopulateAttempt, type TableRecord } from '../record/table-record';

/** Whose step it is: by the machine's state alone. */
export interface Run {
  readonly execution: string;
  readonly startedAt: number;
  readonly table: TableIdentifiers;
  readonly logicalId: string;
  readonly keepsVersion: boolean;
  readonly input: RunInput;
}

export function runOf({ execution, population }: MachineState, input: RunInput): Run {
  const { logicalId, keepsVersion, ...table } = population;
  return { execution: execution.Id, startedAt: Date.parse(execution.StartTime), table, logicalId, keepsVersion, input };
}

/** What a decision rests on, besides what Clean Rooms shows: what is on record, the run's own request, and the moment. */
export interface Situation {
  readonly run: Run;
  readonly record: TableRecord;
  /** How this run ended, where that is on record. */
  readonly outcome?: Ended;
  readonly hints: Hints;
  readonly now: number;
  /** From 0 to below 1. */
  readonly chance: number;
  /** This step has acquired or renewed the lease. */
  readonly hasLease: boolean;
  /** Of which kind this run may ask for a query now. */
  readonly admittedTo?: AnalysisType;
  /** Why its populate was refused for good, in this step. */
  readonly refusal?: Failure;
}

export const isOfDeployment = ({ input }: Run): boolean => input.deployment !== undefined;
/** Its event has come before: that run populates, or has. */
export const onlyMeasures = ({ run: { input }, hints }: Situation): boolean => input.observe === true || hints.eventTaken === false;

export const ownRequest = ({ run, record }: Situation) => (isOfDeployment(run) ? requestOf(record, run.execution) : undefined);
export const ownTarget = ({ run, record }: Situation): Target | undefined => targetOf(record, run.input);

/** Returns whether the run is of a Delete that has not been answered. */
export function isReleasing(situation: Situation): boolean {
  const request = ownRequest(situation);
  return request?.action === 'RELEASE' && !request.ended;
}
/** Returns whether the run is of a Delete that has been answered, and goes on as a deploy's, for which nobody waits. */
export function isFollowingUp(situation: Situation): boolean {
  const request = ownRequest(situation);
  const isWantedElsewhere = desiredOf(situation.record) !== undefined && !lastHasFailed(situation);
  return request?.action === 'RELEASE' && request.ended !== undefined && isWantedElsewhere;
}
/** Returns whether the run does what a deploy does: populates where the data is not what the template says. */
export const isDeploying = (situation: Situation): boolean => ownRequest(situation)?.action === 'POPULATE' || isFollowingUp(situation);

/** Returns whether the attempt is this run's. */
export const isOwn = ({ run, record }: Situation, attempt: PopulateAttempt | undefined = record.attempt): boolean =>
  attempt?.execution === run.execution;
export const holdsLease = ({ run, record }: Situation): boolean => record.lease?.holder === run.execution;

/** Returns whether the run has to keep still: another one may act, or what is wanted is not known before CloudFormation's next request. */
export function isHeldBack(situation: Situation): boolean {
  const { run: { execution }, record, now } = situation;
  const { lease, attempt } = record;
  if (holdsLease(situation) && attempt) {
    return false;
  }
  const open = openRequestOf(record, now);
  const isOpen = open?.execution === execution;
  const isTaken = lease !== undefined && lease.holder !== execution && lease.untilAt > now && !(isOpen && !attempt);
  const isAnothersTurn = open !== undefined && !isOpen && !holdsLease(situation);
  return isTaken || isAnothersTurn || (!attempt && lastHasFailed(situation));
}

export function lastHasFailed({ record, now }: Situation): boolean {
  const desired = desiredOf(record);
  return desired !== undefined && hasFailed(desired, now);
}

/** How long a run may take that nobody has deployed for. */
const UNDEPLOYED_SECONDS = 300;

/** Returns when the run's time is up, in milliseconds. */
export function deadlineOf(situation: Situation): number {
  const { run: { startedAt, input }, record } = situation;
  const request = ownRequest(situation);
  const timeout = (desiredOf(record)?.definition.timeoutSeconds ?? UNDEPLOYED_SECONDS) * 1_000;
  if (request?.action === 'RELEASE') {
    return startedAt + RELEASE_SECONDS * 1_000 + (request.ended ? timeout : 0);
  }
  const answerBy = request?.answerBy ?? (input.deployment && Date.parse(input.deployment.answerBy));
  return answerBy === undefined ? startedAt + timeout : Math.min(startedAt + timeout, deadlineFor(answerBy));
}

export const graceOf = (deadlineAt: number): number => deadlineAt + SHUTDOWN_GRACE_SECONDS * 1_000;
export const isPastDeadline = (situation: Situation): boolean => situation.now >= deadlineOf(situation);
/** All has to be said by then, whatever is known. */
export const isPastGrace = (situation: Situation): boolean => situation.now >= graceOf(deadlineOf(situation));
