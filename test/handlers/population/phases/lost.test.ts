import { populate } from '../../../../src/handlers/population/phases/populate';
import { ERRORS, ok, query, stateIn, step, version, type Answers } from '../../support';

const OWN = { region: 'north' };
const OTHER = { region: 'south' };
const NO_VERSIONS = ok([]);
const ACCEPTED = ok({ analysisId: 'analysis-9', versionId: 'version-9' });

/** A minute after a populate whose answer was lost. */
const populating = (answers: Answers, versionIds: string[] = [], failedChecks?: number) => {
  const state = stateIn('POPULATE', { doubtSince: 100, since: { createTime: 500, versionIds }, failedChecks });
  return step((outside) => populate(state, outside), answers, { seconds: 160 });
};

test('a query with other parameters is not the lost one: the populate is sent again', async () => {
  const next = await populating({ listVersions: [NO_VERSIONS], listQueries: [ok(['theirs'])], getQuery: [query('STARTED', { parameters: OTHER })], populate: [ACCEPTED] });
  expect(next).toMatchObject({ phase: 'QUERY', versionId: 'version-9' });
});

test('the lost query is found behind one of others', async () => {
  const getQuery = [query('STARTED', { parameters: OTHER }), query('TIMED_OUT', { parameters: OWN })];
  const next = await populating({ listVersions: [NO_VERSIONS], listQueries: [ok(['theirs', 'own'])], getQuery });
  expect(next).toMatchObject({ phase: 'END', failure: { error: 'ProtectedQueryTimedOut', analysisId: 'own' } });
});

test('a query that succeeded is waited for: its version is about to be listed', async () => {
  const next = await populating({ listVersions: [NO_VERSIONS], listQueries: [ok(['own'])], getQuery: [query('SUCCESS', { parameters: OWN })] });
  expect(next).toMatchObject({ phase: 'POPULATE', next: 'WAIT', wait: 15 });
});

describe('the query of a version that is listed is not lost', () => {
  // An earlier run of this population, which this one has waited for before it looked at the table, has begun after this one did.
  test.each(['POPULATE_SUCCESS', 'POPULATE_FAILED'])('that of an earlier run, %s, neither ends this one nor holds it up', async (status) => {
    const next = await populating(
      { listVersions: [ok([version('earlier', 500, status)])], listQueries: [ok(['analysis-earlier'])], populate: [ACCEPTED] }, ['version-earlier']);
    expect(next).toMatchObject({ phase: 'QUERY', versionId: 'version-9' });
  });
});

describe('where the queries cannot be listed', () => {
  test.each([undefined, 4])('for a moment, it is tried again (failed before: %s)', async (failedChecks) => {
    const next = await populating({ listVersions: [NO_VERSIONS], listQueries: [ERRORS.throttled] }, [], failedChecks);
    expect(next).toMatchObject({ phase: 'POPULATE', next: 'WAIT', failedChecks: (failedChecks ?? 0) + 1 });
  });

  test.each([['for about a minute', ERRORS.throttled, 5], ['at all', ERRORS.denied, undefined]] as const)('%s, the run goes on without', async (_what, error, failedChecks) => {
    const next = await populating({ listVersions: [NO_VERSIONS], listQueries: [error], populate: [ACCEPTED] }, [], failedChecks);
    expect(next).toMatchObject({ phase: 'QUERY', versionId: 'version-9' });
  });
});
