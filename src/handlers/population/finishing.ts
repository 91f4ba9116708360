import { fail, observe, type Action, type Finish } from './actions';
import type { Seen } from './observe';
import { graceOf, isOwn, isPastGrace, type Situation } from './run';
import { poll, POLL_SECONDS, retry, timedOut, wait, waitForRecovery, waitInQueue } from './waiting';
import { GOES_LIVE_SECONDS, RECOVERY_SECONDS } from '../../contract/time';
import type { Ended } from '../../contract/workflow';
import { isOver, type Details, type LiveVersion, type Table } from '../clean-rooms/clean-rooms';
import { compareParameters, furtherParameters, matchCandidate, type Match } from '../clean-rooms/recovery';
import { adding, endOf, failure, nameOf, outputOf, refused, released, superseded, unsuccessful } from '../failures';
import { desiredOf, isWanted, sameTarget } from '../record/desired';
import type { PopulateAttempt } from '../record/table-record';
import { kindOf, type ServiceError } from '../service-error';

/**
 * The rows of whoever holds the lease and finds an attempt: it finishes it, by the attempt's own time and not by its own, whoever began it.
 * What is wanted is never cancelled, and nothing is populated twice.
 */

/** `INTENDED`: its ids are found, or nothing has come of it for as long as a lease. */
export function recoverAttempt(situation: Situation, { candidates }: Seen): Action {
  const { record, now } = situation;
  const attempt = record.attempt!;
  if (!candidates) {
    return observe('candidates');
  }
  const age = (now - attempt.intendedAt) / 1_000;
  const seen = candidates.ok ? candidates.value : [];
  const by = (match: Match) => seen.find((each) => matchCandidate(attempt, each, record.queryDefaults) === match)?.candidate;
  const isLate = age >= RECOVERY_SECONDS && !by('UNREADABLE');
  const unverified = isLate ? by('UNVERIFIED') : undefined;
  const own = by('MATCH') ?? unverified;
  if (own) {
    const { analysisId, versionId } = own;
    return { type: 'RECORD_STARTED', ids: { analysisId, versionId, isUnverified: own === unverified } };
  }
  if (candidates.ok && isLate) {
    return { type: 'CLEAR_ATTEMPT' };
  }
  if (isOwn(situation, attempt) ? isPastAllGrace(situation, attempt) : isPastGrace(situation)) {
    return fail(adding(timedOut(situation), 'A populate may have been sent, whose answer was lost: it may be running, and may go live.'));
  }
  const later = () => waitForRecovery(situation, age, RECOVERY_SECONDS);
  return candidates.ok ? later() : retry(situation, 'Looking for the populate whose answer was lost', candidates.error, later);
}

/** `STARTED`: watched while it is wanted and has time, else cancelled; its end is recorded. */
export function finishAttempt(situation: Situation, seen: Seen): Action {
  const attempt = situation.record.attempt as PopulateAttempt & { analysisId: string };
  const { analysis } = seen;
  if (!analysis) {
    return observe('analysis');
  }
  if (analysis.ok && isOver(analysis.value) && analysis.value.status !== 'SUCCESS') {
    return finishUnsuccessful(situation, attempt, analysis.value);
  }
  if (!isOwn(situation, attempt) && isPastGrace(situation)) {
    return fail(timedOut(situation));
  }
  if (!analysis.ok) {
    return unread(situation, attempt, analysis.error);
  }
  const details = analysis.value;
  return details.status === 'SUCCESS' ? publish(situation, attempt, details, seen) : watchOrCancel(situation, attempt, details);
}

function watchOrCancel(situation: Situation, attempt: PopulateAttempt, details: Details): Action {
  const { now, record } = situation;
  if (attempt.cancellation) {
    if (isPastAllGrace(situation, attempt)) {
      const running = `The ${nameOf(attempt.analysisType)} is still ${details.status}`;
      const said = saying(situation, `${running}, and may go live: cancel it in the console if it should not.`);
      return finish(attempt, { failure: adding(attempt.cancellation, said) }, false);
    }
    return details.status === 'CANCELLING' ? poll(situation, POLL_SECONDS) : { type: 'CANCEL', attempt };
  }
  if (!isWanted(situation, attempt)) {
    const cancellation = desiredOf(record) ? superseded(situation, attempt) : released(situation, attempt);
    return { type: 'RECORD_CANCELLATION', cancellation };
  }
  if (now >= attempt.deadlineAt) {
    const reason = timedOut(situation, attempt);
    return desiredOf(record)!.definition.cancelOnTimeout ? { type: 'RECORD_CANCELLATION', cancellation: reason }
      : finish(attempt, { failure: adding(reason, 'It was left running, as cancelOnTimeout is false, and may go live.') }, false);
  }
  const age = (now - attempt.intendedAt) / 1_000;
  const waitingFor = `the ${nameOf(attempt.analysisType)} is ${details.status} after ${Math.round(age)} seconds`;
  return details.status === 'SUBMITTED' ? waitInQueue(situation, age, waitingFor) : poll(situation, POLL_SECONDS, waitingFor);
}

const LEFT_GOES_LIVE_SECONDS = 120;

/** Success means that the version can be queried: it is the table's live one, and was made with the attempt's own parameters. */
function publish(situation: Situation, attempt: PopulateAttempt, details: Details, { table }: Seen): Action {
  if (!table) {
    return observe('table');
  }
  const { now, hints: { succeededAt = now } } = situation;
  const live = table.ok ? table.value.live : undefined;
  if (live && (live.versionId === attempt.versionId || live.analysisId === attempt.analysisId)) {
    return finishLive(situation, attempt, details, live);
  }
  const waitingFor = table.ok ? notLive(attempt, table.value, now - succeededAt)
    : `Whether the version is live cannot be read: ${table.error.code}`;
  // One that was left behind may have been live, and replaced, long ago.
  const limit = isPastItsGrace(situation, attempt) && !isOwn(situation, attempt) ? LEFT_GOES_LIVE_SECONDS : GOES_LIVE_SECONDS;
  if (now - succeededAt >= limit * 1_000 || isPastAllGrace(situation, attempt)) {
    const reason = attempt.cancellation
      ?? failure(situation, 'VersionNotLive', waitingFor, 'Was the table populated by somebody else at the same time?', attempt);
    return finish(attempt, { failure: adding(reason, 'It may still go live.') }, false, details);
  }
  return table.ok ? poll(situation, POLL_SECONDS, waitingFor, { succeededAt })
    : retry(situation, 'GetIntermediateTable', table.error, () => wait(situation, 10, waitingFor, { succeededAt }));
}

function notLive({ analysisType, versionId }: PopulateAttempt, { live, status }: Table, passedMillis: number): string {
  const version = versionId ? `version ${versionId}` : 'version';
  return `The ${nameOf(analysisType)} succeeded, but ${Math.round(passedMillis / 1_000)} seconds later its ${version} is not the table's `
    + `live one: ${live ? `version ${live.versionId} is` : 'no version is'}, and the table's status is ${status}.`;
}

function finishLive(situation: Situation, attempt: PopulateAttempt, details: Details, live: LiveVersion): Action {
  const { record: { queryDefaults } } = situation;
  const shown = details.parameters ?? live.parameters;
  if (compareParameters(shown, attempt, queryDefaults) === 'OTHER' && attempt.isUnverified) {
    // Somebody else's after all. Its own was not accepted, or would have been found.
    return { type: 'CLEAR_ATTEMPT' };
  }
  const known = { ...attempt, versionId: live.versionId };
  const { cancellation } = attempt;
  // Its time was up, and it came in time all the same: it was paid for, and its run is still waited for.
  const isCounted = !cancellation || cancellation.error === 'PopulationTimedOut';
  const outcome: Ended = isCounted
    ? { output: outputOf({ ...known, analysisId: live.analysisId, populatedAt: endOf(details), ...figuresOf(details) }, 'POPULATED') }
    : { failure: adding(cancellation, 'It had succeeded before it could be cancelled, and its version is live.') };
  const further = shown && !attempt.isUnverified && attempt.mayHaveDefaults ? furtherParameters(shown, attempt) : {};
  const learnt = Object.keys(further).length ? { queryDefaults: { ...queryDefaults, ...further } } : {};
  return { ...finish(known, outcome, true, details), ...learnt };
}

function finishUnsuccessful(situation: Situation, attempt: PopulateAttempt, details: Details): Action {
  const reason = attempt.cancellation ? adding(attempt.cancellation, saying(situation, `It is now ${details.status}.`))
    : unsuccessful(situation, attempt, details, sameTarget(situation.record, attempt) !== undefined);
  return finish(attempt, { failure: reason }, false, details);
}

function finish(attempt: PopulateAttempt, outcome: Ended, succeeded: boolean, details?: Details): Finish {
  const { versionId, analysisId, analysisType, isDeploy, fingerprint, definitionFingerprint, intendedAt, upstream } = attempt;
  const made = { versionId, analysisId: analysisId!, analysisType, isDeploy, fingerprint, definitionFingerprint, intendedAt, upstream };
  const finished = { ...made, succeeded, ...(succeeded ? { populatedAt: endOf(details) } : {}), ...figuresOf(details) };
  return { type: 'FINISH', attempt, outcome, finished };
}

const figuresOf = (details?: Details) => ({ durationMillis: details?.durationMillis, billedCrpuHours: details?.billedCrpuHours });

const isPastItsGrace = ({ now }: Situation, { deadlineAt }: PopulateAttempt): boolean => now >= graceOf(deadlineAt);
/** A run whose request is gone has little time of its own, and its attempt all that it was given. */
const isPastAllGrace = (situation: Situation, attempt: PopulateAttempt): boolean =>
  isPastGrace(situation) && isPastItsGrace(situation, attempt);

const saying = ({ hints: { cancelling } }: Situation, more: string): string => (cancelling ? `${cancelling} ${more}` : more);

/** A query may not be there to read in the first seconds after it was accepted. */
const SHOWS_AFTER_SECONDS = 120;

function unread(situation: Situation, attempt: PopulateAttempt, error: ServiceError): Action {
  const isLeft = isPastItsGrace(situation, attempt) && kindOf(error) === 'NOT_RETRYABLE';
  if (isLeft || isPastAllGrace(situation, attempt)) {
    const reason = attempt.cancellation ?? refused(situation, operationOf(attempt), error, attempt);
    return finish(attempt, { failure: adding(reason, 'It is running, as far as is known, and may go live.') }, false);
  }
  if (error.code === 'ResourceNotFoundException' && situation.now - attempt.intendedAt < SHOWS_AFTER_SECONDS * 1_000) {
    return wait(situation, POLL_SECONDS);
  }
  // It runs and costs money, as far as anybody knows: it is not left to itself.
  return retry(situation, operationOf(attempt), error, (cancellation) =>
    (attempt.cancellation ? { type: 'CANCEL', attempt } : { type: 'RECORD_CANCELLATION', cancellation }));
}

const operationOf = ({ analysisType }: PopulateAttempt): string => (analysisType === 'JOB' ? 'GetProtectedJob' : 'GetProtectedQuery');
