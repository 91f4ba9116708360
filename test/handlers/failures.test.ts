import * as fc from 'fast-check';
import {
  after, attemptWith, DEFINITION, DEPLOYED, deploying, ERRORS, finishedWith, liveVersion, OF_DEPLOYMENT, OTHER, OWN, refusal,
  requestWith, situationOf, tableWith,
} from './population/support';
import { blocked, failure, overspent, refused, unchanged, unsuccessful } from '../../src/handlers/failures';
import { timedOut } from '../../src/handlers/population/waiting';
import type { TableRecord } from '../../src/handlers/record/table-record';

const situation = situationOf();
const attempt = attemptWith({ execution: OTHER });

test('a failure says what happened, what helps, which table, which query and which execution', () => {
  const cause = 'It broke. Mend it. Intermediate table table, membership membership. Protected query analysis-1: see Clean Rooms console > '
    + `Collaborations > Analyses. Execution ${OTHER}.`;
  expect(failure(situation, 'Code', 'It broke', 'Mend it.', attempt, true))
    .toEqual({ error: 'Code', cause, analysisId: 'analysis-1', retryable: true });
  const short = `It broke. Intermediate table table, membership membership. Execution ${OWN}.`;
  expect(failure(situation, 'Code', 'It broke.')).toEqual({ error: 'Code', cause: short, retryable: null, analysisId: '' });
});

test('what a service says has 2,500 bytes as JSON at most, and ends at a character, so that CloudFormation\'s 4,096 are enough', () => {
  const text = fc.string({ unit: 'grapheme', maxLength: 5_000, size: 'max' });
  fc.assert(fc.property(text, (said) => {
    const { cause } = failure(situation, 'Code', said, 'Mend it.', attempt);
    const words = cause.slice(0, cause.indexOf('Mend it.'));
    expect(Buffer.byteLength(JSON.stringify(words))).toBeLessThanOrEqual(2_502);
    expect(Buffer.from(words).toString()).toBe(words);
  }), { numRuns: 50 });
  expect(Buffer.byteLength(JSON.stringify(failure(situation, 'Code', '\u0001'.repeat(9_000)).cause))).toBeLessThan(3_000);
});

const failed = (message: string, retryable?: boolean) => ({ status: 'FAILED', error: { code: 'OOM', message, retryable } });
test.each<[string, Parameters<typeof unsuccessful>[2], boolean, string, string]>([
  ['its code and message', failed('Out of memory'), true, 'ProtectedQueryFailed',
    'The protected query ended as FAILED. OOM: Out of memory. The table keeps the version that it had.'],
  ['nothing that may quote parameters, where their values are not at hand', failed('north is secret'), false, 'ProtectedQueryFailed',
    'The protected query ended as FAILED. OOM. The table'],
  ['that it may be sent again', failed('No', true), true, 'ProtectedQueryFailed',
    'OOM: No. Clean Rooms says that the same request may succeed if it is sent again.'],
  ['that it may not', failed('No.', false), true, 'ProtectedQueryFailed', 'would fail again.'],
  ['no reason', { status: 'CANCELLED' }, true, 'ProtectedQueryCancelled', 'ended as CANCELLED. The service gives no reason.'],
  ['that it took too long', { status: 'TIMED_OUT' }, true, 'ProtectedQueryTimedOut', 'ended as TIMED_OUT.'],
  ['what nobody has heard of', { status: 'GONE' }, true, 'ProtectedQueryGONE', 'ended as GONE.'],
])('a query that failed says %s', (_what, details, mayQuote, error, words) => {
  const said = unsuccessful(situation, attempt, details, mayQuote);
  expect(said).toMatchObject({ error, retryable: details.error?.retryable ?? null, cause: expect.stringContaining(words) });
  expect(said.cause).not.toContain('secret');
  expect(unsuccessful(situation, attemptWith({ analysisType: 'JOB' }), details, mayQuote).error).toBe(error.replace('Query', 'Job'));
});

test.each<[string, Partial<TableRecord>, Parameters<typeof situationOf>[1], string]>([
  ['its timeout and what it waited for', { requests: [DEPLOYED] }, { seconds: 3_300, hints: { waitingFor: 'the quota' } },
    'within its timeout of 55 minutes (3300 seconds). At the end: the quota. Raise `timeout`, or give the query more workers.'],
  ['that nothing was answered', { requests: [requestWith({ definition: { ...DEFINITION, timeoutSeconds: 60 } })] }, {},
    'of 1 minute (60 seconds). At the end: nothing had'],
  ['that CloudFormation would not have waited', { requests: [deploying(OWN, { answerBy: after(600) })] },
    { input: OF_DEPLOYMENT, seconds: 330 }, 'of 55 minutes (330 seconds). CloudFormation would not have waited any longer.'],
  ['that it had some time', {}, {}, 'within its time (60 seconds).'],
])('a run whose time is up says %s', (_what, record, given, words) => {
  expect(timedOut(situationOf(record, given))).toMatchObject({ error: 'PopulationTimedOut', cause: expect.stringContaining(words) });
});

test.each([
  [ERRORS.invalid, 'Populate failed. ValidationException (INVALID_QUERY): No. Correct the table\'s stored query or the parameters'],
  [refusal('ValidationException', { reason: 'INVALID_CONFIGURATION' }), 'Check compute, the payer account'],
  [refusal('ValidationException', { reason: 'FIELD_VALIDATION_FAILED', fields: ['parameters'] }),
    '(fields: parameters). Correct the fields that are named.'],
  [ERRORS.missing, 'Does it still exist in this membership, account and region?'],
  [ERRORS.denied, 'Only the table\'s owner may populate it'],
])('what a service refuses is said in its words, and what helps: %j', ({ error }, words) => {
  expect(refused(situation, 'Populate', error)).toMatchObject({ error: error.code, cause: expect.stringContaining(words) });
});

const words = (text: string) => ({ cause: expect.stringContaining(text) });
const blockedAs = (status: string, statusReason?: string) => {
  const table = tableWith('1', { status, statusReason });
  return table.ok && blocked(situation, table.value);
};
test.each([
  ['BASE_TABLE_REMOVED', 'gone', 'gone. A table that the stored query reads is no longer in the collaboration'],
  ['DISALLOWED_BY_DATA_PROVIDER', undefined, 'no reason given. A data provider no longer allows this table'],
])('a table that cannot be populated says why: %s', (status, statusReason, why) => {
  expect(blockedAs(status, statusReason)).toMatchObject({ error: status, ...words(`${status}: ${why}`) });
});

test('a table can be populated that is in any other state', () => {
  const others = ['CREATED', 'POPULATE_STARTED', 'POPULATE_SUCCESS', 'POPULATE_FAILED', 'RETENTION_PERIOD_EXPIRED'];
  expect(others.filter((status) => blockedAs(status) !== undefined)).toEqual([]);
});

test('a limit that is reached is told with the figure, what was billed, and when there is room again', () => {
  const vain = finishedWith({ succeeded: false, analysisId: 'analysis-2' });
  const spent = { crpuHours: 5.4, limit: 5, freeAt: after(0) };
  const attempts = [finishedWith(), { ...vain, billedCrpuHours: undefined }, { ...vain, analysisType: 'JOB' as const }];
  const begin = 'Nothing was populated: populates of this table were billed 5.4 CRPU-hours in the last 24 hours, and '
    + 'maxBilledCrpuHoursPerDay is 5. From 2026-11-23T06:00:00.000Z on there is room again. ';
  expect(overspent(situation, { ...spent, attempts })).toMatchObject({
    error: 'BillingLimitReached',
    ...words(`${begin}The last of them: version version-1 (0.5); protected query analysis-2, without success (an unknown bill); `
      + 'protected job analysis-2, without success (0.5). Raise maxBilledCrpuHoursPerDay if'),
  });
  expect(overspent(situation, { ...spent, attempts: [] })).toMatchObject(words(`${begin}Raise maxBilledCrpuHoursPerDay`));
  expect(overspent(situation)).toBeUndefined();
});

test('what is unchanged has its own version\'s ids, and figures of the record before those of its query', () => {
  const shown = { status: 'SUCCESS', createdAt: 0, durationMillis: 1, billedCrpuHours: 9 };
  expect(unchanged(liveVersion('1'), finishedWith(), shown))
    .toMatchObject({ versionId: 'version-1', durationMillis: 60_000, billedCrpuHours: 0.5 });
  expect(unchanged(liveVersion('1'), undefined, shown)).toMatchObject({ versionId: 'version-1', durationMillis: 1, billedCrpuHours: 9 });
});
