import { publish } from '../../../../src/handlers/population/phases/publish';
import { ERRORS, POPULATION, query, stateIn, step, tableWith, ok, type Answers } from '../../support';

const SUCCESS = query('SUCCESS', { createTime: Date.UTC(2026, 10, 22, 9, 0, 10), durationMillis: 61_000, billedCrpuHours: 0.53 });
const publishing = (answers: Answers, seconds = 75) => step((outside) => publish(stateIn('PUBLISH'), outside), answers, { seconds });

test('a version that is live ends the run with its figures and its age', async () => {
  const live = { versionId: 'version-1', analysisId: 'analysis-1', expiresAt: Date.UTC(2026, 11, 22) };
  const next = await publishing({ getTable: [ok({ status: 'POPULATE_SUCCESS', live })], getQuery: [SUCCESS] });
  expect(next).toMatchObject({ phase: 'END', next: 'SUCCEED', live: { madeAt: Date.UTC(2026, 10, 22, 9, 1, 11), expiresAt: Date.UTC(2026, 11, 22) } });
  expect(next.output).toEqual({
    versionId: 'version-1',
    analysisId: 'analysis-1',
    analysisType: 'QUERY',
    status: 'POPULATED',
    populatedAt: '2026-11-22T09:01:11.000Z',
    durationMillis: 61_000,
    billedCrpuHours: 0.53,
  });
});

test('the table\'s own status does not matter: the live version decides', async () => {
  expect((await publishing({ getTable: [tableWith('1', 'POPULATE_STARTED')], getQuery: [SUCCESS] })).next).toBe('SUCCEED');
});

test.each([
  ['no version', tableWith(undefined, 'POPULATE_STARTED'), 'no version is'],
  ['another version', tableWith('0'), 'version version-0 is'],
])('with %s live the run waits, the longer the longer it takes', async (_what, table, words) => {
  const soon = await publishing({ getTable: [table] }, 80);
  expect(soon).toMatchObject({ phase: 'PUBLISH', next: 'WAIT', wait: 6 });
  expect(soon.waitingFor).toContain(words);
  expect((await publishing({ getTable: [table] }, 900)).wait).toBe(30);
});

test('a version that does not become live in 15 minutes fails the run: success means that it can be queried', async () => {
  expect((await publishing({ getTable: [tableWith('0')] }, 969)).next).toBe('WAIT');
  const { phase, failure } = await publishing({ getTable: [tableWith('0')] }, 970);
  expect(phase).toBe('END');
  expect(failure?.error).toBe('VersionNotLive');
  expect(failure?.cause).toContain('900 seconds later its version version-1 is not the table\'s live one: version version-0 is, and the table\'s status is POPULATE_SUCCESS.');
  expect(failure?.cause).toContain(POPULATION.intermediateTableIdentifier);
});

test('a table that cannot be read is asked for again', async () => {
  expect(await publishing({ getTable: [ERRORS.lost] })).toMatchObject({ phase: 'PUBLISH', next: 'WAIT', failedChecks: 1 });
  expect(await publishing({ getTable: [ERRORS.missing] })).toMatchObject({ phase: 'END', failure: { error: 'ResourceNotFoundException' } });
});

test('so is the query, for its figures', async () => {
  const next = await publishing({ getTable: [tableWith('1')], getQuery: [ERRORS.throttled] });
  expect(next).toMatchObject({ phase: 'PUBLISH', next: 'WAIT', failedChecks: 1, waitingFor: expect.stringContaining('GetProtectedQuery') });
});
