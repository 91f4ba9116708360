import {
  after, attemptWith, CHANGED, DEFINITION, DEPLOYED, deploying, details, ERRORS, inShort, INTENDED, liveVersion, MINE, ok, OTHER,
  requestWith, situationOf, tableWith,
} from './support';
import type { Failure } from '../../../src/contract/workflow';
import type { Details } from '../../../src/handlers/clean-rooms/clean-rooms';
import type { Action } from '../../../src/handlers/population/actions';
import { finishAttempt, recoverAttempt } from '../../../src/handlers/population/finishing';
import type { Seen } from '../../../src/handlers/population/observe';
import type { Situation } from '../../../src/handlers/population/run';
import type { PopulateAttempt, TableRecord } from '../../../src/handlers/record/table-record';
import type { Result } from '../../../src/handlers/service-error';

type Given = Partial<TableRecord> & { readonly at?: number; readonly hints?: Situation['hints'] };

/** The attempt was intended 30 seconds after the run began, and has time until 3,300. */
const holding = (attempt: PopulateAttempt, { at = 60, hints = {}, ...record }: Given = {}): Situation =>
  situationOf({ ...MINE, requests: [DEPLOYED], attempt, ...record }, { seconds: at, hints });
const cancelled = (error: string): Failure => ({ error, cause: `${error}.`, analysisId: 'analysis-1', retryable: null });

const SHORTER = [requestWith({ definition: { ...DEFINITION, timeoutSeconds: 60 } })];
const LEAVING = [requestWith({ definition: { ...DEFINITION, cancelOnTimeout: false } })];
const OF_ANOTHER = { requests: [deploying(OTHER, { definition: CHANGED })] };
const FAILED_DEPLOY = requestWith({ ended: 'FAILED' });

const own = attemptWith();
const others = attemptWith({ execution: OTHER });
const superseded = attemptWith({ cancellation: cancelled('Superseded') });
const timedOut = attemptWith({ cancellation: cancelled('PopulationTimedOut') });
const unverified = attemptWith({ isUnverified: true });
const overdue = attemptWith({ execution: OTHER, deadlineAt: after(50) });
const othersSuperseded = attemptWith({ ...superseded, execution: OTHER });
const othersForLong = attemptWith({ execution: OTHER, deadlineAt: after(9_000) });
const leftBehind = attemptWith({ execution: OTHER, deadlineAt: after(-500) });
const LATE = { at: 960, hints: { succeededAt: after(60) } };

describe('an attempt that is INTENDED', () => {
  const candidate = (name: string, shown: Result<Details>) => ({ candidate: { analysisId: name, createdAt: after(31) }, details: shown });
  const match = candidate('match', details('STARTED', { parameters: DEFINITION.parameters }));
  const hidden = candidate('hidden', details('STARTED'));
  const other = candidate('other', details('STARTED', { parameters: { region: 'south' } }));
  const unreadable = candidate('unreadable', ERRORS.unknown);

  test.each([
    ['is found by its parameters', 31, ok([other, unreadable, hidden, match]), 'RECORD_STARTED match'],
    ['is found where nothing shows parameters, once the lease of whoever wrote it is over', 210, ok([other, hidden]),
      'RECORD_STARTED hidden unverified'],
    ['not before', 209, ok([other, hidden]), 'WAIT 5'],
    ['not while another one cannot be read, which may be it', 210, ok([hidden, unreadable]), 'WAIT 5'],
    ['is cleared if nothing has come of it', 210, ok([]), 'CLEAR_ATTEMPT'],
    ['is cleared if what came is another one\'s', 210, ok([other]), 'CLEAR_ATTEMPT'],
    ['is not cleared before', 209, ok([other]), 'WAIT 5'],
    ['is not cleared while something cannot be read', 1_000, ok([unreadable]), 'WAIT 5'],
    ['is not cleared while lists cannot be read', 1_000, ERRORS.throttled, 'WAIT 1'],
    ['nor if they are refused', 1_000, ERRORS.missing, 'WAIT 5'],
    ['is looked for after 5 seconds', 31, ok([]), 'WAIT 4'],
    ['then after 15', 36, ok([]), 'WAIT 9'],
    ['at last after 180', 181, ok([]), 'WAIT 29'],
    ['is not looked for for ever', 3_510, ok([unreadable]), 'END PopulationTimedOut'],
  ] as const)('%s: %d s', (_what, at, candidates, action) => {
    expect(inShort(recoverAttempt(holding(INTENDED, { at }), { candidates } as Seen))).toBe(action);
  });

  test.each([
    ['its own, to the end of what it was given', INTENDED, 'WAIT 5'],
    ['another one\'s, in the time that is left', { ...INTENDED, execution: OTHER }, 'END PopulationTimedOut'],
  ])('that is in doubt while a deploy has given less time is looked for: %s', (_what, attempt, action) => {
    expect(inShort(recoverAttempt(holding(attempt, { at: 600, requests: SHORTER }), { candidates: ok([unreadable]) }))).toBe(action);
  });

  test('that is not found in time may still go live, which is said', () => {
    expect(recoverAttempt(holding(INTENDED, { at: 3_510 }), { candidates: ERRORS.unknown }))
      .toMatchObject({ ended: { failure: { cause: expect.stringContaining('A populate may have been sent, whose answer was lost') } } });
  });
});

/** Of an action: the words that matter. */
const said = (action: Action): string =>
  ('outcome' in action ? action.outcome.failure?.cause : 'cancellation' in action ? action.cancellation.cause : '') ?? '';

describe('an attempt that is STARTED', () => {
  const running = { analysis: details('STARTED') };
  const FAILED = { analysis: details('FAILED', { error: { code: 'OOM', message: 'Out of memory', retryable: true } }) };
  const endedWith = (more: Partial<Details>, name?: string): Seen => ({ analysis: details('SUCCESS', more), table: tableWith(name) });
  const success = (name?: string): Seen => endedWith({}, name);
  const unread = (error: Result<never>): Seen => ({ analysis: error });
  const weekly = attemptWith({ schedule: 'Weekly', fingerprint: 'e0f1' });
  const [succeeded, CANCELLED] = [{ analysis: details('SUCCESS') }, { analysis: details('CANCELLED') }];

  test.each<[string, PopulateAttempt, Given, Seen, string, string?]>([
    ['is watched while it runs', own, {}, running, 'POLL 3'],
    ['is watched, whoever began it', others, {}, running, 'POLL 3'],
    ['is looked at more rarely while it is queued', own, { at: 70 }, { analysis: details('SUBMITTED') }, 'WAIT 22.5'],
    ['is watched whatever the service calls its state', own, {}, { analysis: details('RUNNING') }, 'POLL 3'],
    ['is watched though another request is the newest, which wants the same', own, { requests: [deploying(OTHER)] }, running, 'POLL 3'],
    ['is watched after a deploy has failed that it is not of', own,
      { requests: [requestWith({ request: 'request-2', ended: 'FAILED' })] }, running, 'POLL 3'],
    ['is cancelled, of a deploy that has failed', own, { requests: [FAILED_DEPLOY] }, running, 'CANCELLATION Superseded'],
    ['is cancelled, of a deploy that has not ended in time', own,
      { requests: [deploying(OTHER, { request: 'request-1', answerBy: after(60) })] }, running, 'CANCELLATION Superseded'],
    ['is cancelled, superseded by another definition', own, OF_ANOTHER, running, 'CANCELLATION Superseded'],
    ['is cancelled, whoever began it', others, { requests: [requestWith({ definition: CHANGED })] }, running, 'CANCELLATION Superseded'],
    ['is cancelled, of a schedule that has other parameters now', weekly, {}, running, 'CANCELLATION Superseded'],
    ['is cancelled, of a schedule that is gone', attemptWith({ schedule: 'Gone' }), {}, running, 'CANCELLATION Superseded'],
    ['is cancelled, released', own, { requests: [] }, running, 'CANCELLATION Released', 'is being deleted'],
    ['is watched to the end of its time', own, { at: 3_299 }, running, 'POLL 1'],
    ['is cancelled, its time being up', own, { at: 3_300 }, running, 'CANCELLATION PopulationTimedOut', 'within its timeout of 55 minutes'],
    ['is cancelled by its own time, not by that of who finishes it', overdue, {}, running, 'CANCELLATION PopulationTimedOut'],
    ['is left running if that is wanted', own, { at: 3_300, requests: LEAVING }, running,
      'FINISH PopulationTimedOut', 'It was left running, as cancelOnTimeout is false, and may go live.'],
    ['is cancelled for the reason on record', superseded, {}, running, 'CANCEL'],
    ['is cancelled again, if it was refused', superseded, { hints: { cancelling: 'Refused.' } }, running, 'CANCEL'],
    ['is cancelled though it is wanted again', timedOut, { at: 3_301 }, running, 'CANCEL'],
    ['is waited for while it is being cancelled', superseded, {}, { analysis: details('CANCELLING') }, 'POLL 3'],
    ['is over once it is cancelled, for that reason', superseded, {}, CANCELLED, 'FINISH Superseded', 'Superseded. It is now CANCELLED.'],
    ['is over, timed out', timedOut, { at: 3_310, hints: { cancelling: 'Asked for.' } }, CANCELLED, 'FINISH PopulationTimedOut',
      'PopulationTimedOut. Asked for. It is now CANCELLED.'],
    ['is over, though it cannot be cancelled', superseded, { at: 3_510, hints: { cancelling: 'Refused.' } }, running, 'FINISH Superseded',
      'Refused. The protected query is still STARTED, and may go live: cancel it in the console if it should not.'],
    ['is another run\'s to cancel, past one\'s own time', othersSuperseded, { at: 3_510 }, running, 'END PopulationTimedOut'],
    ['is another run\'s to watch, past one\'s own time', othersForLong, { at: 3_510 }, running, 'END PopulationTimedOut'],

    ['is over when it is live', own, {}, success('1'), 'FINISH POPULATED version-1'],
    ['is over when it is live, of another run', others, {}, success('1'), 'FINISH POPULATED version-1'],
    ['is over when its query\'s version is live, whatever it is called', own, {},
      { ...succeeded, table: tableWith('1', { live: liveVersion('1', { versionId: 'version-1b' }) }) }, 'FINISH POPULATED version-1b'],
    ['is looked up in the table once it has succeeded', own, {}, succeeded, 'OBSERVE table'],
    ['is waited for until it is live', own, {}, success('0'), 'POLL 3'],
    ['is waited for until there is any version', own, { ...LATE, at: 959 }, success(), 'POLL 3'],
    ['is late after a quarter of an hour', own, LATE, success('0'), 'FINISH VersionNotLive',
      'its version version-1 is not the table\'s live one: version version-0 is, and the table\'s status is POPULATE_SUCCESS.'],
    ['is late when all time is over', own, { at: 3_510 }, success(), 'FINISH VersionNotLive', 'It may still go live.'],
    ['is late after two minutes, if it was left behind', leftBehind, { ...LATE, at: 180 }, success('0'), 'FINISH VersionNotLive'],
    ['is not late before', leftBehind, { ...LATE, at: 179 }, success('0'), 'POLL 3'],
    ['is neither live nor not, unread', own, {}, { ...succeeded, table: ERRORS.throttled }, 'WAIT 1'],
    ['is neither live nor not, refused', own, {}, { ...succeeded, table: ERRORS.missing }, 'WAIT 10'],
    ['is late, unread', own, LATE, { ...succeeded, table: ERRORS.missing }, 'FINISH VersionNotLive',
      'Whether the version is live cannot be read: ResourceNotFoundException.'],
    ['is a success that came in time though its time was up', timedOut, { at: 3_310 }, success('1'), 'FINISH POPULATED version-1'],
    ['is no success if nobody wants it, though it is live', superseded, {}, success('1'), 'FINISH Superseded',
      'It had succeeded before it could be cancelled, and its version is live.'],
    ['is late, cancelled', superseded, LATE, success(), 'FINISH Superseded', 'It may still go live.'],
    ['is taken for its own, unverified, while nothing shows parameters', unverified, {}, success('1'), 'FINISH POPULATED version-1'],
    ['is its own after all, unverified', unverified, {}, endedWith({ parameters: { region: 'north' } }, '1'), 'FINISH POPULATED version-1'],
    ['is somebody else\'s after all, unverified', unverified, {}, endedWith({ parameters: { region: 'south' } }, '1'), 'CLEAR_ATTEMPT'],
    ['is its own by the answer, whatever it shows', own, {}, endedWith({ parameters: { region: 'N' } }, '1'), 'FINISH POPULATED version-1'],

    ['has failed, in the service\'s words', own, {}, FAILED, 'FINISH ProtectedQueryFailed',
      'ended as FAILED. OOM: Out of memory. Clean Rooms says that'],
    ['has failed, of another run', others, {}, FAILED, 'FINISH ProtectedQueryFailed'],
    ['has failed, of another run, past one\'s own time', others, { at: 3_510 }, FAILED, 'FINISH ProtectedQueryFailed'],
    ['has failed as a job', attemptWith({ analysisType: 'JOB' }), {}, FAILED, 'FINISH ProtectedJobFailed'],
    ['was cancelled by somebody', own, {}, CANCELLED, 'FINISH ProtectedQueryCancelled', 'The service gives no reason.'],
    ['has timed out in the service', own, {}, { analysis: details('TIMED_OUT') }, 'FINISH ProtectedQueryTimedOut'],
    ['has failed before it could be cancelled', superseded, {}, FAILED, 'FINISH Superseded', 'It is now FAILED.'],

    ['is asked for again, unread', own, {}, unread(ERRORS.unknown), 'WAIT 1'],
    ['is not there to read at first', own, { at: 149 }, unread(ERRORS.missing), 'WAIT 3'],
    ['is cancelled where it cannot be read any more', own, { at: 150 }, unread(ERRORS.missing), 'CANCELLATION ResourceNotFoundException'],
    ['is asked for again, denied', own, {}, unread(ERRORS.denied), 'WAIT 1'],
    ['is cancelled, denied for long', own, { at: 300, hints: { deniedSinceAt: after(120) } }, unread(ERRORS.denied),
      'CANCELLATION AccessDeniedException'],
    ['is cancelled again, unread', superseded, { at: 300 }, unread(ERRORS.missing), 'CANCEL'],
    ['is over, unread to the end', own, { at: 3_510 }, unread(ERRORS.unknown), 'FINISH HTTP 502',
      'It is running, as far as is known, and may go live.'],
    ['has all its time, though a deploy gave less since, unread', own, { at: 600, requests: SHORTER }, unread(ERRORS.unknown), 'WAIT 1'],
    ['has all its time, though a deploy gave less since, not live yet', own, { at: 600, requests: SHORTER }, success(), 'POLL 3'],
    ['is over, left behind and not there to read', leftBehind, {}, unread(ERRORS.missing), 'FINISH ResourceNotFoundException'],
  ])('%s', (_what, attempt, given, seen, action, words = '') => {
    const decided = finishAttempt(holding(attempt, given), seen);
    expect(inShort(decided)).toBe(action);
    expect(said(decided)).toContain(words);
  });

  test('goes into history with all that is known of it', () => {
    const figures = { durationMillis: 60_000, billedCrpuHours: 0.5 };
    const populatedAt = new Date(after(91)).toISOString();
    const attempt = attemptWith({ isDeploy: true, upstream: { 'm/t': 'v' } });
    const { analysisId, versionId, analysisType, fingerprint, definitionFingerprint, intendedAt, isDeploy, upstream } = attempt;
    const known = { analysisId, versionId, analysisType, fingerprint, definitionFingerprint, intendedAt, isDeploy, upstream };
    const finished = { ...known, durationMillis: 60_000 };
    expect(finishAttempt(holding(attempt), endedWith({ createdAt: after(31), ...figures }, '1'))).toEqual({
      type: 'FINISH',
      attempt,
      outcome: { output: { ...figures, status: 'POPULATED', versionId, analysisId, analysisType, populatedAt } },
      finished: { ...finished, succeeded: true, populatedAt: after(91), billedCrpuHours: 0.5 },
    });
    expect(finishAttempt(holding(attempt), { analysis: details('FAILED', { durationMillis: 60_000 }) }))
      .toMatchObject({ finished: { ...finished, succeeded: false }, outcome: { failure: { analysisId } } });
  });

  test.each<[string, Partial<PopulateAttempt>, TableRecord['queryDefaults'], TableRecord['queryDefaults']]>([
    ['is known from a version of one\'s own', { mayHaveDefaults: true }, undefined, { year: '2026' }],
    ['is added to what is known', { mayHaveDefaults: true }, { day: '1' }, { day: '1', year: '2026' }],
    ['cannot be of a query of the table\'s own', {}, undefined, undefined],
    ['is not known from what may be somebody else\'s', { mayHaveDefaults: true, isUnverified: true }, undefined, undefined],
  ])('what the stored query adds to the parameters %s', (_what, more, queryDefaults, known) => {
    const shown = endedWith({ parameters: { region: 'north', year: '2026' } }, '1');
    const finished = finishAttempt(holding(attemptWith(more), { queryDefaults }), shown);
    expect(finished.type === 'FINISH' && finished.queryDefaults).toEqual(known);
  });
});
