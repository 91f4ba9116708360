import { query } from '../../../../src/handlers/population/phases/query';
import type { In } from '../../../../src/handlers/population/run-state';
import type { PopulationRecord } from '../../../../src/handlers/record/population-record';
import {
  after, DEAD, DEFINITION, DEPLOYMENT, deploying, details, ERRORS, IN_TIME, inShort, KNOWN, LATE, LATER, lineOf, ok, recordWith, stateIn,
  stateOf, TABLE_ID, UNKNOWN,
} from '../../support';

const RECORD = ok(recordWith({ sent: KNOWN }));
const recorded = (change: Partial<PopulationRecord>) => ok(recordWith({ sent: KNOWN, ...change }));
type Facts = Parameters<typeof query.decide>[1];
const decided = (change: Partial<In<'QUERY'>>, facts: object, at = IN_TIME) => query.decide(stateIn('QUERY', change), { record: RECORD, ...facts } as Facts, at);

const LEFTOVER: Partial<In<'QUERY'>> = { sent: { ...KNOWN, execution: DEAD } };

describe('a query', () => {
  test.each<[string, Partial<In<'QUERY'>>, object, typeof IN_TIME, string]>([
    ['that is queued is looked at from the machine', {}, { details: details('SUBMITTED') }, IN_TIME, 'waits in QUERY'],
    ['that runs is looked at from the function', {}, { details: details('STARTED') }, IN_TIME, 'lingers in QUERY'],
    ['of a status that nobody knows runs', {}, { details: details('PAUSED') }, IN_TIME, 'lingers in QUERY'],
    ['that is being cancelled by somebody runs until it has ended', {}, { details: details('CANCELLING') }, IN_TIME, 'lingers in QUERY'],
    ['that has succeeded is to go live', {}, { details: details('SUCCESS') }, IN_TIME, 'PUBLISH'],
    ['that others wait for goes live in the next second', { crowded: true }, { details: details('SUCCESS') }, IN_TIME, 'lingers in PUBLISH'],
    ['that has failed fails the run', {}, { details: details('FAILED') }, IN_TIME, 'CLOSE ProtectedQueryFailed'],
    ['that somebody has cancelled fails the run', {}, { details: details('CANCELLED') }, IN_TIME, 'CLOSE ProtectedQueryCancelled'],
    ['that the service has ended fails the run', {}, { details: details('TIMED_OUT') }, IN_TIME, 'CLOSE ProtectedQueryTimedOut'],
    ['that cannot be read is asked for again', {}, { details: UNKNOWN }, IN_TIME, 'waits in QUERY'],
    ['that may not be read is asked for again, while IAM settles', {}, { details: ERRORS.denied }, IN_TIME, 'waits in QUERY'],
    ['that may not be read for minutes is not left to itself', { deniedSince: IN_TIME.now - 180_000 }, { details: ERRORS.denied }, IN_TIME,
      'CANCEL for AccessDeniedException'],
    ['that is not there yet is waited for', {}, { details: ERRORS.missing }, IN_TIME, 'waits in QUERY'],
    ['that is not there for minutes is not left to itself', {}, { details: ERRORS.missing }, after(200), 'CANCEL for ResourceNotFoundException'],
  ])('%s', (_what, change, facts, at, expected) => {
    expect(inShort(decided(change, facts, at))).toBe(expected);
  });

  test.each<[string, Partial<In<'QUERY'>>, object, typeof IN_TIME, string]>([
    ['is cancelled when the time is up', {}, { details: details('STARTED') }, LATE, 'CANCEL for PopulationTimedOut'],
    ['also where it cannot be read', {}, { details: UNKNOWN }, LATE, 'CANCEL for PopulationTimedOut'],
    ['counts where it has succeeded in the last moment', {}, { details: details('SUCCESS') }, LATE, 'PUBLISH'],
    ['is cancelled for a later deployment', deploying, { details: details('STARTED'), record: recorded({ deployment: LATER }) }, IN_TIME, 'CANCEL for Superseded'],
    ['also while it is queued', deploying, { details: details('SUBMITTED'), record: recorded({ deployment: LATER }) }, IN_TIME, 'CANCEL for Superseded'],
    ['also where it cannot be read', deploying, { details: UNKNOWN, record: recorded({ deployment: LATER }) }, IN_TIME, 'CANCEL for Superseded'],
    ['is not cancelled for its own deployment', deploying, { details: details('STARTED'), record: recorded({ deployment: DEPLOYMENT }) }, IN_TIME, 'lingers in QUERY'],
    ['is cancelled where its deployment was given up', deploying,
      { details: details('STARTED'), record: recorded({ deployment: { ...DEPLOYMENT, abandoned: true } }) }, IN_TIME, 'CANCEL for Superseded'],
    ['goes on where the record does not answer', deploying, { details: details('STARTED'), record: UNKNOWN }, IN_TIME, 'lingers in QUERY'],
    ['goes on where somebody has deleted the record', deploying, { details: details('STARTED'), record: ok(recordWith({ turns: [] })) }, IN_TIME, 'lingers in QUERY'],
    ['of a schedule goes on for a later deployment of the table', {}, { details: details('STARTED'), record: recorded({ deployment: LATER }) }, IN_TIME, 'lingers in QUERY'],
    ['is cancelled where the resource goes', {}, { details: details('STARTED'), record: recorded({ released: [TABLE_ID] }) }, IN_TIME, 'CANCEL for Released'],
    ['is left running where the user wants that', { definition: { ...DEFINITION, cancelOnTimeout: false } }, { details: details('STARTED') }, LATE,
      'CLOSE PopulationTimedOut'],
  ])('%s', (_what, change, facts, at, expected) => {
    expect(inShort(decided(change, facts, at))).toBe(expected);
  });

  test('that is left running is said to be', () => {
    const { ended } = stateOf(decided({ definition: { ...DEFINITION, cancelOnTimeout: false } }, { details: details('STARTED') }, LATE)) as In<'CLOSE'>;
    expect(ended.failure?.cause).toContain('It was left running, as cancelOnTimeout is false, and may go live.');
  });

  test('that failed is told with the service\'s words, its id, its bill and whether it may be tried again', () => {
    const error = { code: 'OOM', message: 'Out of memory', retryable: true };
    const closed = stateOf(decided({}, { details: details('FAILED', { error, billedCrpuHours: 2 }) })) as In<'CLOSE'>;
    expect(closed).toMatchObject({ billedInVain: 2, settled: KNOWN, ended: { failure: { analysisId: 'analysis-1', retryable: true } } });
    expect(closed.ended.failure?.cause).toContain('The protected query ended as FAILED. OOM: Out of memory.');
  });
});

describe('a query that a run has left behind without a word', () => {
  test.each<[string, object, typeof IN_TIME, string]>([
    ['is waited for', { details: details('STARTED') }, IN_TIME, 'lingers in QUERY'],
    ['fails nobody else where it has failed: this run populates', { details: details('FAILED') }, IN_TIME, 'LOOK'],
    ['nor where somebody has cancelled it', { details: details('CANCELLED') }, IN_TIME, 'LOOK'],
    ['has to be live before this run decides', { details: details('SUCCESS') }, IN_TIME, 'PUBLISH'],
    ['is given up without failing this run, where it may not be read', { details: ERRORS.missing }, after(200), 'CANCEL'],
  ])('%s', (_what, facts, at, expected) => {
    expect(inShort(decided(LEFTOVER, facts, at))).toBe(expected);
  });

  test('is settled when it has ended', () => {
    expect(stateOf(decided(LEFTOVER, { details: details('FAILED') })).settled).toMatchObject({ execution: DEAD, at: KNOWN.at });
  });
});

test('what the line says counts for the next look: whether it stands there, and whether others wait for its end', () => {
  const others = { ...lineOf({ execution: DEAD, state: 'READY' }), full: true };
  expect(stateOf(decided({}, { details: details('STARTED'), line: ok(others) }))).toMatchObject({ inLine: false, crowded: true });
  expect(stateOf(decided({}, { details: details('STARTED'), line: ok({ ...others, full: false }) }))).toMatchObject({ crowded: false });
  expect(stateOf(decided({ inLine: true }, { details: details('STARTED'), line: UNKNOWN }))).toMatchObject({ inLine: true });
});
