import { advance } from '../../../src/handlers/population/advance';
import type { RunState } from '../../../src/handlers/population/run-state';
import { DEPLOYMENT, ERRORS, ok, POPULATION, query, stateIn, step, tableWith, type Answers, type Circumstances } from '../support';

const advancing = (state: RunState, answers: Answers = {}, circumstances?: Circumstances) =>
  step((outside) => advance(state, outside), answers, circumstances);
const LEFT_RUNNING = { population: { ...POPULATION, cancelOnTimeout: false } };

describe('a step', () => {
  test.each<[RunState['phase'], Answers, RunState['phase']]>([
    ['LOOK', { getTable: [tableWith()], listVersions: [ok([])] }, 'POPULATE'],
    ['POPULATE', { listVersions: [ok([])], populate: [ok({ analysisId: 'a', versionId: 'v' })] }, 'QUERY'],
    ['QUERY', { getQuery: [query('STARTED')] }, 'QUERY'],
    ['PUBLISH', { getTable: [tableWith('1')], getQuery: [query('SUCCESS')] }, 'END'],
    ['CANCEL', { getQuery: [query('CANCELLED')] }, 'END'],
    ['RELEASE', {}, 'END'],
  ])('of phase %s is that phase\'s', async (phase, answers, next) => {
    expect((await advancing(stateIn(phase), answers, { seconds: 75 })).phase).toBe(next);
  });

  test('after the end changes nothing', async () => {
    const ended = stateIn('END', { next: 'SUCCEED', waited: 5, wait: 0 });
    expect(await advancing(ended, {}, { seconds: 9999 })).toBe(ended);
  });

  test('counts what was waited, and forgets crashes', async () => {
    const next = await advancing(stateIn('QUERY', { waited: 20, wait: 30, crashes: 3 }), { getQuery: [query('STARTED')] }, { seconds: 60 });
    expect(next).toMatchObject({ waited: 50, wait: 5 });
    expect(next.crashes).toBeUndefined();
  });

  test('takes time from the waits where its host\'s clock is behind', async () => {
    expect(await advancing(stateIn('LOOK', { waited: 3290, wait: 10 }), {}, { seconds: 100 })).toMatchObject({ phase: 'END', failure: { error: 'PopulationTimedOut' } });
  });
});

describe('the deadline', () => {
  const AT = { seconds: 3300 };

  test.each(['LOOK', 'POPULATE'] as const)('ends a run that has not populated, in phase %s, without asking anything', async (phase) => {
    const next = await advancing(stateIn(phase, { waitingFor: 'PopulateIntermediateTable answered ServiceQuotaExceededException: No.' }), {}, AT);
    expect(next).toMatchObject({ phase: 'END', next: 'FAIL', failure: { error: 'PopulationTimedOut', analysisId: '' } });
    expect(next.failure?.cause).toContain('within its timeout of 55 minutes (3300 seconds); at the end: PopulateIntermediateTable answered ServiceQuotaExceededException');
    expect(next.failure?.cause).toContain('Raise `timeout`');
    expect(next.failure?.cause).not.toContain('answer was lost');
  });

  test('is not there a moment sooner', async () => {
    expect((await advancing(stateIn('LOOK'), { getTable: [tableWith()], listVersions: [ok([])] }, { seconds: 3299.9 })).phase).toBe('POPULATE');
  });

  test('says that nothing was answered where that is so', async () => {
    expect((await advancing(stateIn('LOOK'), {}, AT)).failure?.cause).toContain('at the end: nothing had been answered');
  });

  test('says that the table may be populating where a populate is in doubt', async () => {
    expect((await advancing(stateIn('POPULATE', { doubtSince: 3290 }), {}, AT)).failure?.cause).toContain('the table may be populating');
  });

  test('reports to a deployment', async () => {
    expect((await advancing(stateIn('LOOK', { deployment: DEPLOYMENT }), {}, AT)).next).toBe('REPORT');
  });

  describe('of a query', () => {
    test('cancels it', async () => {
      const next = await advancing(stateIn('QUERY'), { getQuery: [query('STARTED')], cancelQuery: [ok(undefined)] }, AT);
      expect(next).toMatchObject({ phase: 'CANCEL', next: 'WAIT', wait: 5, cancelledFor: { error: 'PopulationTimedOut' } });
      expect(next.cancelledFor?.cause).toContain('at the end: the protected query is STARTED after 3290 seconds');
      expect(next.cancelledFor?.cause).toContain('Its cancellation was asked for.');
    });

    test('leaves it running where cancelOnTimeout is false, and says so', async () => {
      const next = await advancing(stateIn('QUERY', LEFT_RUNNING), { getQuery: [query('STARTED')] }, AT);
      expect(next).toMatchObject({ phase: 'END', next: 'FAIL', failure: { error: 'PopulationTimedOut', analysisId: 'analysis-1' } });
      expect(next.failure?.cause).toContain('It was left running, as cancelOnTimeout is false.');
    });

    test.each([['cancelOnTimeout', {}], ['without cancelOnTimeout', LEFT_RUNNING]])('looks a last time: it may have succeeded (%s)', async (_what, change) => {
      const answers = { getQuery: [query('SUCCESS')], getTable: [tableWith('1')] };
      expect(await advancing(stateIn('QUERY', change), answers, AT)).toMatchObject({ phase: 'END', next: 'SUCCEED', output: { status: 'POPULATED' } });
    });

    test('looks a last time: it may have failed', async () => {
      const failed = query('FAILED', { error: { code: 'OOM', message: 'Out of memory.' } });
      expect((await advancing(stateIn('QUERY'), { getQuery: [failed] }, AT)).failure).toMatchObject({ error: 'ProtectedQueryFailed', cause: expect.stringContaining('OOM') });
    });

    test('cancels it though the last look fails', async () => {
      const next = await advancing(stateIn('QUERY'), { getQuery: [ERRORS.lost], cancelQuery: [ok(undefined)] }, AT);
      expect(next).toMatchObject({ phase: 'CANCEL', cancelledFor: { error: 'PopulationTimedOut', cause: expect.stringContaining('GetProtectedQuery answered TimeoutError') } });
    });

    test('goes by the release where that comes at the same time', async () => {
      const next = await advancing(stateIn('QUERY'), { getQuery: [query('STARTED')], cancelQuery: [ok(undefined)] }, { ...AT, siblings: { released: true } });
      expect(next).toMatchObject({ phase: 'CANCEL', cancelledFor: { error: 'Released' } });
    });
  });

  describe('of phases that wind up', () => {
    test('gives a version two minutes more to become live', async () => {
      expect(await advancing(stateIn('PUBLISH', { succeededSince: 3290 }), { getTable: [tableWith()] }, { seconds: 3419 })).toMatchObject({ phase: 'PUBLISH', next: 'WAIT' });
      const ended = await advancing(stateIn('PUBLISH', { succeededSince: 3290, waitingFor: 'version-1 is not live' }), {}, { seconds: 3420 });
      expect(ended).toMatchObject({ phase: 'END', failure: { error: 'PopulationTimedOut', cause: expect.stringContaining('version-1 is not live') } });
    });

    test('lets a cancellation go on', async () => {
      expect(await advancing(stateIn('CANCEL'), { getQuery: [query('CANCELLING')] }, { seconds: 3400 })).toMatchObject({ phase: 'CANCEL', wait: 10 });
    });

    test('lets a release go on, even of a short timeout', async () => {
      const short = stateIn('RELEASE', { population: { ...POPULATION, timeoutSeconds: 60 }, deployment: { action: 'RELEASE' } });
      expect(await advancing(short, {}, { seconds: 200, siblings: { others: true } })).toMatchObject({ phase: 'RELEASE', next: 'WAIT', wait: 5 });
    });
  });

  test.each([[60, '1 minute'], [90, '1.5 minutes'], [43_200, '720 minutes']])('of %i seconds is told as %s', async (timeoutSeconds, words) => {
    const late = stateIn('LOOK', { population: { ...POPULATION, timeoutSeconds } });
    expect((await advancing(late, {}, { seconds: timeoutSeconds })).failure?.cause).toContain(`its timeout of ${words}`);
  });
});
