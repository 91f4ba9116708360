import { query } from '../../../../src/handlers/population/phases/query';
import type { RunState } from '../../../../src/handlers/population/run-state';
import { ERRORS, ok, query as answering, refusal, stateIn, step, tableWith, type Answers, type Circumstances } from '../../support';

const asking = (answers: Answers, circumstances: Circumstances = { seconds: 70 }, state: RunState = stateIn('QUERY')) =>
  step((outside) => query(state, outside), answers, circumstances);

describe('a query that has not ended', () => {
  test.each(['SUBMITTED', 'STARTED', 'CANCELLING', 'A_STATUS_OF_TOMORROW'])('and is %s is looked at again, and named', async (status) => {
    expect(await asking({ getQuery: [answering(status)] }))
      .toMatchObject({ phase: 'QUERY', next: 'WAIT', wait: 6, waitingFor: `the protected query is ${status} after 60 seconds` });
  });

  test('is looked at when the last one would have ended', async () => {
    expect((await asking({ getQuery: [answering('STARTED')] }, { seconds: 70 }, stateIn('QUERY', { expectedSeconds: 63 }))).wait).toBe(4);
  });

  test('is looked at in a second of the population\'s own where the stack has many', async () => {
    const wait = async (slot: number) => {
      const state = stateIn('QUERY');
      return (await asking({ getQuery: [answering('STARTED')] }, { seconds: 70, slots: 30 }, { ...state, population: { ...state.population, slot } })).wait;
    };
    const waits = await Promise.all(Array.from({ length: 15 }, (_, slot) => wait(slot)));
    expect(new Set(waits).size).toBeGreaterThanOrEqual(14);
  });

  test('is cancelled where the resource is being deleted', async () => {
    const next = await asking({ getQuery: [answering('STARTED')], cancelQuery: [ok(undefined)] }, { seconds: 70, siblings: { released: true } });
    expect(next).toMatchObject({ phase: 'CANCEL', next: 'WAIT', cancellingSince: 70, cancelledFor: { error: 'Released', analysisId: 'analysis-1' } });
  });

  test('is cancelled where CloudFormation has gone on to another deployment', async () => {
    const next = await asking({ getQuery: [answering('STARTED')], cancelQuery: [ok(undefined)] }, { seconds: 70, siblings: { superseded: true } });
    expect(next).toMatchObject({ phase: 'CANCEL', next: 'WAIT', cancelledFor: { error: 'Superseded', cause: expect.stringContaining('as a rollback does') } });
  });

  test('is looked at though others run: it is its own', async () => {
    expect((await asking({ getQuery: [answering('STARTED')] }, { seconds: 70, siblings: { ahead: true, others: true } })).phase).toBe('QUERY');
  });
});

describe('a query that succeeded', () => {
  test('is followed at once by a look at whether its version is live', async () => {
    const next = await asking({ getQuery: [answering('SUCCESS')], getTable: [tableWith('1')] });
    expect(next).toMatchObject({ phase: 'END', next: 'SUCCEED', succeededSince: 70, output: { versionId: 'version-1', status: 'POPULATED' } });
  });

  test('counts though the resource is being deleted', async () => {
    const answers = { getQuery: [answering('SUCCESS')], getTable: [tableWith('1')] };
    expect((await asking(answers, { seconds: 70, siblings: { released: true } })).next).toBe('SUCCEED');
  });
});

describe('a query that ended without success', () => {
  test.each([
    ['FAILED', 'ProtectedQueryFailed'],
    ['CANCELLED', 'ProtectedQueryCancelled'],
    ['TIMED_OUT', 'ProtectedQueryTimedOut'],
  ])('%s fails the run as %s, with the query\'s own code and message', async (status, code) => {
    const { phase, next, failure } = await asking({ getQuery: [answering(status, { error: { code: 'BUDGET_EXCEEDED', message: 'No budget is left.' } })] });
    expect({ phase, next, code: failure?.error }).toEqual({ phase: 'END', next: 'FAIL', code });
    expect(failure?.cause).toContain(`The protected query ended as ${status}. BUDGET_EXCEEDED: No budget is left.`);
    expect(failure?.cause).toContain('Protected query analysis-1');
    expect(failure?.cause).toContain('The table keeps the version that it had.');
    expect(failure?.analysisId).toBe('analysis-1');
  });

  test('says so where the service gives no reason', async () => {
    expect((await asking({ getQuery: [answering('FAILED')] })).failure?.cause).toContain('The service gives no reason.');
  });
});

describe('a query that cannot be read', () => {
  test('is not there yet in its first two minutes', async () => {
    expect(await asking({ getQuery: [ERRORS.missing] }, { seconds: 129 })).toMatchObject({ phase: 'QUERY', next: 'WAIT', wait: 5 });
  });

  test('is gone afterwards', async () => {
    expect(await asking({ getQuery: [ERRORS.missing] }, { seconds: 130 })).toMatchObject({ phase: 'END', failure: { error: 'ResourceNotFoundException' } });
  });

  test.each(['throttled', 'internal', 'lost', 'denied'] as const)('for a moment is asked for again: a failed check is not a failed population: %s', async (name) => {
    const next = await asking({ getQuery: [ERRORS[name]] });
    expect(next).toMatchObject({ phase: 'QUERY', next: 'WAIT', failedChecks: 1 });
    expect(next.waitingFor).toContain(`GetProtectedQuery answered ${ERRORS[name].error.code}`);
  });

  test('for good fails the run', async () => {
    expect((await asking({ getQuery: [refusal('ValidationException', { reason: 'FIELD_VALIDATION_FAILED' })] })).failure?.error).toBe('ValidationException');
  });
});
