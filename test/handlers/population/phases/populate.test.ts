import { populate } from '../../../../src/handlers/population/phases/populate';
import type { RunState } from '../../../../src/handlers/population/run-state';
import { ERRORS, ok, POPULATION, query, refusal, stateIn, step, STARTED_AT, tableWith, version, type Answers, type Circumstances } from '../../support';

const NO_VERSIONS = ok([]);
const populating = (state: RunState, answers: Answers, circumstances?: Circumstances) =>
  step((outside) => populate(state, outside), answers, circumstances);

describe('a populate that is accepted', () => {
  test('is followed by its query', async () => {
    const next = await populating(stateIn('POPULATE', { waitingFor: 'quota', doubtSince: -100 }), {
      listVersions: [NO_VERSIONS], listQueries: [ok([])], populate: [ok({ analysisId: 'analysis-9', versionId: 'version-9' })],
    }, { seconds: 12 });
    expect(next).toMatchObject({ phase: 'QUERY', next: 'WAIT', wait: 5, analysisId: 'analysis-9', versionId: 'version-9', queryingSince: 12 });
    expect(next).toMatchObject({ waitingFor: undefined, doubtSince: undefined });
  });

  test('is looked at when the last one would have ended', async () => {
    const next = await populating(stateIn('POPULATE', { expectedSeconds: 3 }), {
      listVersions: [NO_VERSIONS], populate: [ok({ analysisId: 'analysis-9', versionId: 'version-9' })],
    });
    expect(next.wait).toBe(4);
  });
});

describe('a populate that is refused', () => {
  const refused = (error: ReturnType<typeof refusal>, more: Answers = {}, state = stateIn('POPULATE')) =>
    populating(state, { listVersions: [NO_VERSIONS], populate: [error], ...more }, { seconds: 20, chance: 0.5, slots: 1 });

  test('for a quota waits for its next turn, however often', async () => {
    const next = await refused(ERRORS.quota, {}, stateIn('POPULATE', { failedChecks: 30 }));
    expect(next).toMatchObject({ phase: 'POPULATE', next: 'WAIT', failedChecks: undefined });
    expect(next.doubtSince).toBeUndefined();
    expect(next.wait).toBeGreaterThanOrEqual(5);
    expect(next.wait).toBeLessThanOrEqual(20);
    expect(next.waitingFor).toBe('PopulateIntermediateTable answered ServiceQuotaExceededException (quota concurrent-queries): No.');
  });

  test.each(['CREATED', 'POPULATE_STARTED', 'POPULATE_SUCCESS', 'POPULATE_FAILED'])('for a conflict waits while the table is %s', async (status) => {
    const next = await refused(ERRORS.conflict, { getTable: [tableWith(undefined, status)] });
    expect(next).toMatchObject({ phase: 'POPULATE', next: 'WAIT', waitingFor: 'PopulateIntermediateTable answered ConflictException (INVALID_STATE): No.' });
    expect(next.wait).toBeGreaterThanOrEqual(5);
  });

  test.each(['DISALLOWED_BY_DATA_PROVIDER', 'BASE_TABLE_REMOVED'])('for a conflict that cannot pass, %s, fails at once', async (status) => {
    const next = await refused(ERRORS.conflict, { getTable: [ok({ status, statusReason: 'because' })] });
    expect(next).toMatchObject({ phase: 'END', next: 'FAIL', failure: { error: status } });
    expect(next.failure?.cause).toContain('because');
  });

  test('for a conflict waits where the table cannot be read', async () => {
    expect(await refused(ERRORS.conflict, { getTable: [ERRORS.throttled] })).toMatchObject({ phase: 'POPULATE', next: 'WAIT' });
  });

  test.each(['throttled', 'settling', 'denied', 'unknownClient'] as const)('for a moment asks again: %s', async (name) => {
    const next = await refused(ERRORS[name]);
    expect(next).toMatchObject({ phase: 'POPULATE', next: 'WAIT', failedChecks: 1 });
    expect(next.doubtSince).toBeUndefined();
    expect(next.waitingFor).toContain(ERRORS[name].error.code);
  });

  test.each([
    ['INVALID_QUERY', 'Correct the table\'s stored query'],
    ['INVALID_CONFIGURATION', 'Check compute'],
    ['FIELD_VALIDATION_FAILED', 'Correct the fields'],
  ])('for good fails with the reason and what to do: %s', async (reason, remedy) => {
    const { phase, failure } = await refused(refusal('ValidationException', { reason }));
    expect(phase).toBe('END');
    expect(failure?.error).toBe('ValidationException');
    expect(failure?.cause).toContain(`PopulateIntermediateTable failed. ValidationException (${reason}): No. ${remedy}`);
  });

  test('fails where the table is gone', async () => {
    expect((await refused(ERRORS.missing)).failure).toMatchObject({ error: 'ResourceNotFoundException', cause: expect.stringContaining('still exist') });
  });

  test.each(['internal', 'lost'] as const)('perhaps, or perhaps not, is looked for before anything is sent again: %s', async (name) => {
    const next = await refused(ERRORS[name]);
    expect(next).toMatchObject({ phase: 'POPULATE', next: 'WAIT', wait: 5, doubtSince: 20 });
    expect(next.waitingFor).toContain('it may have been accepted');
  });

  test('clearly keeps an earlier doubt: that one may still show', async () => {
    const next = await refused(ERRORS.quota, { listQueries: [ok([])] }, stateIn('POPULATE', { doubtSince: -60 }));
    expect(next.doubtSince).toBe(-60);
  });
});

describe('a populate in doubt', () => {
  test.each([[0, 5], [5, 10], [15, 15], [30, 15], [45, 15], [59.5, 1]])('%p seconds old is not sent again; the next look comes after %i seconds', async (age, wait) => {
    expect(await populating(stateIn('POPULATE', { doubtSince: 100 }), { listVersions: [NO_VERSIONS] }, { seconds: 100 + age }))
      .toMatchObject({ phase: 'POPULATE', next: 'WAIT', wait, doubtSince: 100 });
  });

  test('is sent again once its version would have shown, and stays in mind', async () => {
    const state = stateIn('POPULATE', { doubtSince: 100 });
    expect(await populating(state, { listVersions: [NO_VERSIONS], listQueries: [ok([])], populate: [ERRORS.quota] }, { seconds: 160 }))
      .toMatchObject({ phase: 'POPULATE', doubtSince: 100 });
  });

  test('ends the run with its query\'s error where that was cancelled before its version was ever listed', async () => {
    const answers = { listVersions: [NO_VERSIONS], listQueries: [ok(['own'])], getQuery: [query('CANCELLED')] };
    const next = await populating(stateIn('POPULATE', { doubtSince: 100 }), answers, { seconds: 160 });
    expect(next).toMatchObject({ phase: 'END', failure: { error: 'ProtectedQueryCancelled', analysisId: 'own' } });
  });

  test('waits for the version of a query that runs', async () => {
    const answers = { listVersions: [NO_VERSIONS], listQueries: [ok(['own'])], getQuery: [query('STARTED')] };
    const next = await populating(stateIn('POPULATE', { doubtSince: 100 }), answers, { seconds: 160 });
    expect(next).toMatchObject({ phase: 'POPULATE', next: 'WAIT', waitingFor: expect.stringContaining('own') });
  });

  test.each([ERRORS.denied, ERRORS.missing])('is sent again where the queries cannot be listed: %j', async (error) => {
    const answers = { listVersions: [NO_VERSIONS], listQueries: [error], populate: [ERRORS.quota] };
    expect(await populating(stateIn('POPULATE', { doubtSince: 100 }), answers, { seconds: 160 })).toMatchObject({ phase: 'POPULATE', doubtSince: 100 });
  });

  test('is not sent again while the list of queries is out of order', async () => {
    const answers = { listVersions: [NO_VERSIONS], listQueries: [ERRORS.internal] };
    expect(await populating(stateIn('POPULATE', { doubtSince: 100 }), answers, { seconds: 160 })).toMatchObject({ phase: 'POPULATE', failedChecks: 1 });
  });

  test('is not given up for a list that cannot be read', async () => {
    expect(await populating(stateIn('POPULATE', { doubtSince: 100 }), { listVersions: [ERRORS.throttled] }, { seconds: 105 }))
      .toMatchObject({ phase: 'POPULATE', next: 'WAIT', failedChecks: 1, doubtSince: 100 });
  });
});

describe('somebody else\'s running population', () => {
  const before = (state: RunState = stateIn('POPULATE')) => ({ ...state, since: { createTime: 500, versionIds: ['version-theirs'] } });
  const theirs = ok([version('theirs', 500)]);

  test.each(['SUBMITTED', 'STARTED', 'CANCELLING'])('that is %s is waited for, and named', async (status) => {
    const next = await populating(before(), { listVersions: [theirs], getQuery: [query(status)] });
    expect(next).toMatchObject({ phase: 'POPULATE', next: 'WAIT' });
    expect(next.waitingFor).toBe('another population of the table is running (version version-theirs, protected query analysis-theirs)');
  });

  test('is looked at the less often the longer it runs', async () => {
    const old = query('STARTED', { createTime: STARTED_AT - 3_000_000 });
    expect((await populating(before(), { listVersions: [theirs], getQuery: [old] })).wait).toBe(60);
  });

  test('is taken to run where its query cannot be read', async () => {
    expect(await populating(before(), { listVersions: [theirs], getQuery: [ERRORS.denied] })).toMatchObject({ phase: 'POPULATE', next: 'WAIT' });
  });

  test.each(['SUCCESS', 'FAILED', 'CANCELLED', 'TIMED_OUT'])('that is %s, though its version does not say so yet, is not waited for', async (status) => {
    const next = await populating(before(), { listVersions: [theirs], getQuery: [query(status)], populate: [ok({ analysisId: 'a', versionId: 'v' })] });
    expect(next.phase).toBe('QUERY');
  });

  test.each(['POPULATE_SUCCESS', 'POPULATE_FAILED', 'RETENTION_PERIOD_EXPIRED'])('whose version is %s is not even asked for', async (status) => {
    const next = await populating(before(), { listVersions: [ok([version('theirs', 500, status)])], populate: [ok({ analysisId: 'a', versionId: 'v' })] });
    expect(next.phase).toBe('QUERY');
  });
});

describe('other runs of this population', () => {
  test('go first where they began first', async () => {
    expect(await populating(stateIn('POPULATE'), {}, { siblings: { ahead: true } }))
      .toMatchObject({ phase: 'POPULATE', next: 'WAIT', waitingFor: 'an earlier run of this population is still running' });
  });

  test('a release ends the run, and nothing is populated', async () => {
    const { phase, failure } = await populating(stateIn('POPULATE'), {}, { siblings: { released: true } });
    expect({ phase, failure }).toMatchObject({ phase: 'END', failure: { error: 'Released', cause: expect.stringContaining('Nothing was populated') } });
  });

  test('a later deployment ends the run, and nothing is populated', async () => {
    const { phase, failure } = await populating(stateIn('POPULATE'), {}, { siblings: { superseded: true } });
    expect({ phase, failure }).toMatchObject({ phase: 'END', failure: { error: 'Superseded', cause: expect.stringContaining('Nothing was populated') } });
  });

  test('do not end a run before what it may have made is looked for', async () => {
    const answers = { listVersions: [ok([version('own', 600)])], getQuery: [query('STARTED', { parameters: POPULATION.parameters })] };
    const next = await populating(stateIn('POPULATE', { doubtSince: 0 }), answers, { siblings: { superseded: true, ahead: true } });
    expect(next).toMatchObject({ phase: 'QUERY', versionId: expect.stringContaining('own') });
  });

  test('wait in the place of their slot', async () => {
    const waits = await Promise.all([0, 5].map(async (slot) => (await populating(
      stateIn('POPULATE', { population: { ...POPULATION, slot } }), {}, { siblings: { ahead: true }, slots: 20, seconds: 3 },
    )).wait));
    expect(new Set(waits).size).toBe(2);
  });
});

test('a list that cannot be read is asked for again, and nothing is populated without it', async () => {
  expect(await populating(stateIn('POPULATE'), { listVersions: [ERRORS.denied] })).toMatchObject({ phase: 'POPULATE', next: 'WAIT', failedChecks: 1 });
});

describe('a run whose event has started another one before', () => {
  test.each([['', {}], [', also after a step of it has crashed', { doubtSince: -100 }]])('populates nothing once that one has ended%s, and names the live version', async (_what, state) => {
    const next = await populating(stateIn('POPULATE', state), { getTable: [tableWith('live')] }, { twin: true });
    expect(next).toMatchObject({ phase: 'END', next: 'SUCCEED', output: { status: 'UNCHANGED', versionId: 'version-live' } });
  });

  test('populates nothing where that one has failed and there is no version', async () => {
    const next = await populating(stateIn('POPULATE'), { getTable: [tableWith()] }, { twin: true });
    expect(next).toMatchObject({ phase: 'END', output: { status: 'UNCHANGED', versionId: '' } });
  });

  test('waits while that one runs', async () => {
    const next = await populating(stateIn('POPULATE'), {}, { twin: true, siblings: { ahead: true } });
    expect(next).toMatchObject({ phase: 'POPULATE', next: 'WAIT' });
  });
});

describe('a run that Step Functions does not list yet', () => {
  test('waits, since one that began before it may not be listed, either', async () => {
    const next = await populating(stateIn('POPULATE'), {}, { siblings: { listed: false }, seconds: 14 });
    expect(next).toMatchObject({ phase: 'POPULATE', next: 'WAIT', wait: 2 });
  });

  test('populates after 15 seconds all the same', async () => {
    const next = await populating(stateIn('POPULATE'), {
      listVersions: [NO_VERSIONS], populate: [ok({ analysisId: 'analysis-9', versionId: 'version-9' })],
    }, { siblings: { listed: false }, seconds: 15 });
    expect(next.phase).toBe('QUERY');
  });
});
