import { adoptable, populate, versionsSince } from '../../../../src/handlers/population/phases/populate';
import type { RunState } from '../../../../src/handlers/population/run-state';
import { ERRORS, ok, POPULATION, query, stateIn, step, version, type Answers, type Circumstances } from '../../support';

const OWN = POPULATION.parameters!;
const MERGED = { ...OWN, year: '2026' };
const OTHER = { region: 'south' };

describe('versionsSince', () => {
  const since = { createTime: 500, versionIds: ['version-old'] };

  test('are those of the watermark\'s moment or later that were not there, newest first', () => {
    const listed = [version('older', 400), version('old', 500), version('same-moment', 500), version('new', 600), version('newest', 700)];
    expect(versionsSince(since, listed).map(({ versionId }) => versionId)).toEqual(['version-newest', 'version-new', 'version-same-moment']);
  });

  test('are none where nothing was added', () => {
    expect(versionsSince(since, [version('old', 500), version('older', 400)])).toEqual([]);
  });
});

describe('adoptable', () => {
  const success = version('x', 600, 'POPULATE_SUCCESS');
  const started = version('x', 600, 'POPULATE_STARTED');
  const failed = version('x', 600, 'POPULATE_FAILED');
  const hidden = undefined;
  const none = { ...POPULATION, parameters: undefined };

  test.each([
    ['its own parameters, completed', success, OWN, true],
    ['its own parameters, still running', started, OWN, false],
    ['its own parameters, failed', failed, OWN, false],
    ['defaults besides: perhaps given by somebody', success, MERGED, false],
    ['other parameters', success, OTHER, false],
    ['parameters that cannot be read', success, hidden, false],
  ])('without a doubt, of a version with %s', (_what, made, parameters, expected) => {
    expect(adoptable(stateIn('POPULATE'), made, query('SUCCESS', { parameters }))).toBe(expected);
  });

  test.each([
    ['its own parameters, completed', success, OWN, true],
    ['its own parameters, still running', started, OWN, true],
    ['its own parameters, failed', failed, OWN, true],
    ['the stored query\'s defaults besides', started, MERGED, true],
    ['other parameters', started, OTHER, false],
    ['parameters that cannot be read', started, hidden, true],
  ])('with a populate in doubt, of a version with %s', (_what, made, parameters, expected) => {
    expect(adoptable(stateIn('POPULATE', { doubtSince: 5 }), made, query('STARTED', { parameters }))).toBe(expected);
  });

  test('with a doubt, of a version whose query cannot be asked for: paying twice is worse', () => {
    expect(adoptable(stateIn('POPULATE', { doubtSince: 5 }), started, ERRORS.lost)).toBe(true);
    expect(adoptable(stateIn('POPULATE'), success, ERRORS.lost)).toBe(false);
  });

  test('a run without parameters takes, in doubt, a version with defaults for its own; otherwise only one with none', () => {
    const doubtful = stateIn('POPULATE', { population: none, doubtSince: 5 });
    expect(adoptable(doubtful, started, query('STARTED', { parameters: MERGED }))).toBe(true);
    const sure = stateIn('POPULATE', { population: none });
    expect(adoptable(sure, success, query('SUCCESS', { parameters: MERGED }))).toBe(false);
    expect(adoptable(sure, success, query('SUCCESS', { parameters: {} }))).toBe(true);
  });
});

describe('a populate step', () => {
  const populating = (state: RunState, answers: Answers, circumstances?: Circumstances) =>
    step((outside) => populate({ ...state, since: { createTime: 500, versionIds: [] } }, outside), answers, circumstances);

  test('goes on with the version of a populate whose answer was lost', async () => {
    const next = await populating(stateIn('POPULATE', { doubtSince: 20 }), {
      listVersions: [ok([version('own', 600)])], getQuery: [query('STARTED', { parameters: OWN })],
    }, { seconds: 25 });
    expect(next).toMatchObject({ phase: 'QUERY', analysisId: 'analysis-own', versionId: 'version-own', queryingSince: 25, doubtSince: undefined });
  });

  test('finds it among the versions of others', async () => {
    const next = await populating(stateIn('POPULATE', { doubtSince: 20 }), {
      listVersions: [ok([version('own', 600), version('theirs', 700)])],
      getQuery: [query('STARTED', { parameters: OTHER }), query('STARTED', { parameters: OWN })],
    }, { seconds: 25 });
    expect(next).toMatchObject({ phase: 'QUERY', versionId: 'version-own' });
  });

  test('finds it after its populate would have been sent again, too', async () => {
    const next = await populating(stateIn('POPULATE', { doubtSince: 20 }), {
      listVersions: [ok([version('own', 600)])], getQuery: [query('STARTED', { parameters: OWN })],
    }, { seconds: 200 });
    expect(next).toMatchObject({ phase: 'QUERY', versionId: 'version-own' });
  });

  test('goes on with what somebody else has completed meanwhile with the same parameters', async () => {
    const next = await populating(stateIn('POPULATE'), {
      listVersions: [ok([version('theirs', 600, 'POPULATE_SUCCESS')])], getQuery: [query('SUCCESS', { parameters: OWN })],
    });
    expect(next).toMatchObject({ phase: 'QUERY', versionId: 'version-theirs' });
  });

  test('waits for what somebody else is making, rather than adopt what may fail', async () => {
    const running = query('STARTED', { parameters: OWN });
    const next = await populating(stateIn('POPULATE'), { listVersions: [ok([version('theirs', 600)])], getQuery: [running, running] });
    expect(next).toMatchObject({ phase: 'POPULATE', next: 'WAIT', waitingFor: expect.stringContaining('another population') });
  });

  describe('reads the parameters of a completed version, where its query does not show them, off the table', () => {
    const completed = { listVersions: [ok([version('theirs', 600, 'POPULATE_SUCCESS')])], getQuery: [query('SUCCESS')] };
    const own = { populate: [ok({ analysisId: 'analysis-own', versionId: 'version-own' })] };
    const live = (name: string, parameters?: Record<string, string>) =>
      ok({ status: 'POPULATE_SUCCESS', live: { versionId: `version-${name}`, analysisId: `analysis-${name}`, parameters } });

    test('and adopts it for the same ones', async () => {
      expect((await populating(stateIn('POPULATE'), { ...completed, getTable: [live('theirs', OWN)] })).versionId).toBe('version-theirs');
    });

    test.each([
      ['other parameters', live('theirs', OTHER)],
      ['no parameters', live('theirs')],
      ['another live version', live('another', OWN)],
      ['an error', ERRORS.throttled],
    ])('but populates where the table has %s', async (_what, table) => {
      expect((await populating(stateIn('POPULATE'), { ...completed, ...own, getTable: [table] })).versionId).toBe('version-own');
    });
  });

  test('in doubt goes on with a completed version where neither its query nor the table shows any parameters', async () => {
    const next = await populating(stateIn('POPULATE', { doubtSince: 20 }), {
      listVersions: [ok([version('own', 600, 'POPULATE_SUCCESS')])],
      getQuery: [query('SUCCESS')],
      getTable: [ok({ status: 'POPULATE_SUCCESS', live: { versionId: 'version-own', analysisId: 'analysis-own' } })],
    }, { seconds: 200 });
    expect(next).toMatchObject({ phase: 'QUERY', versionId: 'version-own' });
  });

  test('populates after what somebody else has made with other parameters', async () => {
    const next = await populating(stateIn('POPULATE'), {
      listVersions: [ok([version('theirs', 600, 'POPULATE_SUCCESS')])],
      getQuery: [query('SUCCESS', { parameters: OTHER })],
      populate: [ok({ analysisId: 'analysis-own', versionId: 'version-own' })],
    });
    expect(next).toMatchObject({ phase: 'QUERY', versionId: 'version-own' });
  });

  test('does not adopt what there was before the run', async () => {
    const next = await step((outside) => populate(stateIn('POPULATE', { doubtSince: 20, since: { createTime: 600, versionIds: ['version-old'] } }), outside), {
      listVersions: [ok([version('old', 600)])],
    }, { seconds: 25 });
    expect(next.phase).toBe('POPULATE');
  });
});
