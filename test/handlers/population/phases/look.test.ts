import { ifNothingToDo, look, watermark } from '../../../../src/handlers/population/phases/look';
import type { RunState } from '../../../../src/handlers/population/run-state';
import { DEPLOYMENT, ERRORS, ok, POPULATION, query, STARTED_AT, stateIn, step, tableWith, version, type Answers, type Circumstances } from '../../support';

const SUCCESS = query('SUCCESS', { createTime: Date.UTC(2026, 10, 1), durationMillis: 90_500, billedCrpuHours: 0.8 });
const deployed = (keep: 'ANY' | string[], mayPopulate = true) => stateIn('LOOK', { deployment: { ...DEPLOYMENT, keep, mayPopulate } });

const looking = (state: RunState, answers: Answers, circumstances?: Circumstances) =>
  step((outside) => look(state, outside), answers, circumstances);

describe('a run that is to populate', () => {
  test('takes down what there was, in a step of its own, and goes on to populate', async () => {
    const next = await looking(stateIn('LOOK'), {
      getTable: [tableWith()], listVersions: [ok([version('old', 500, 'POPULATE_FAILED'), version('new', 700, 'POPULATE_FAILED')])],
    });
    expect(next).toMatchObject({ phase: 'POPULATE', next: 'WAIT', wait: 1, since: { createTime: 700, versionIds: ['version-new'] } });
    expect(next.expectedSeconds).toBeUndefined();
  });

  test('learns from the live version\'s query how long it may take', async () => {
    const next = await looking(stateIn('LOOK'), { getTable: [tableWith('old')], getQuery: [SUCCESS], listVersions: [ok([version('old', 500)])] });
    expect(next).toMatchObject({ phase: 'POPULATE', expectedSeconds: 91 });
  });

  test.each([
    ['failed', query('FAILED', { durationMillis: 5 })],
    ['has no statistics', query('SUCCESS')],
    ['cannot be read', ERRORS.missing],
  ])('learns nothing from a query that %s', async (_what, answer) => {
    const next = await looking(stateIn('LOOK'), { getTable: [tableWith('old')], getQuery: [answer], listVersions: [ok([])] });
    expect(next.phase).toBe('POPULATE');
    expect(next.expectedSeconds).toBeUndefined();
  });

  test('populates over a live version that is not one to keep', async () => {
    const next = await looking(deployed(['version-other']), { getTable: [tableWith('old')], getQuery: [SUCCESS], listVersions: [ok([])] });
    expect(next.phase).toBe('POPULATE');
  });

  test('ends at once on a table that cannot be populated, with the reason', async () => {
    const blocked = ok({ status: 'BASE_TABLE_REMOVED', statusReason: 'purchases is gone' });
    expect(await looking(stateIn('LOOK'), { getTable: [blocked] })).toMatchObject({ phase: 'END', next: 'FAIL', failure: { error: 'BASE_TABLE_REMOVED' } });
  });
});

describe('a deployment\'s run that may have nothing to do', () => {
  test.each<[string, 'ANY' | string[]]>([['any version is kept', 'ANY'], ['the live version is the one to keep', ['version-old']]])(
    'leaves the table as it is where %s, and answers with the live version', async (_what, keep) => {
      expect(await looking(deployed(keep), { getTable: [tableWith('old')], getQuery: [SUCCESS] })).toMatchObject({
        phase: 'END',
        next: 'REPORT',
        output: {
          versionId: 'version-old', analysisId: 'analysis-old', status: 'UNCHANGED', populatedAt: '2026-11-01T00:01:30.500Z', durationMillis: 90_500, billedCrpuHours: 0.8,
        },
      });
    });

  test('answers without the query\'s figures where they cannot be read', async () => {
    expect((await looking(deployed('ANY'), { getTable: [tableWith('old')], getQuery: [ERRORS.denied] })).output)
      .toEqual({ versionId: 'version-old', analysisId: 'analysis-old', analysisType: 'QUERY', status: 'UNCHANGED', populatedAt: '', durationMillis: null, billedCrpuHours: null });
  });

  test('leaves a table alone that can no longer be populated but has the version', async () => {
    const blocked = tableWith('old', 'DISALLOWED_BY_DATA_PROVIDER');
    expect(await looking(deployed('ANY'), { getTable: [blocked], getQuery: [SUCCESS] })).toMatchObject({ next: 'REPORT', output: { status: 'UNCHANGED' } });
  });

  describe.each<[string, 'ANY' | string[]]>([['ANY', 'ANY'], ['it by name', ['version-old']]])('that keeps %s', (_what, keep) => {
    const shown = (status: string, expiresAt?: number) => ok({ status, live: { versionId: 'version-old', analysisId: 'analysis-old', expiresAt } });
    const populates = { getQuery: [SUCCESS], listVersions: [ok([])] };

    test.each([
      ['says so', shown('RETENTION_PERIOD_EXPIRED')],
      ['says so, and when', shown('RETENTION_PERIOD_EXPIRED', STARTED_AT - 1)],
      ['says when, though a refresh failed since', shown('POPULATE_FAILED', STARTED_AT)],
    ])('populates where the live version, still shown, has expired: success means queryable (the table %s)', async (_how, table) => {
      expect((await looking(deployed(keep), { ...populates, getTable: [table] })).phase).toBe('POPULATE');
    });

    test('keeps one that expires later', async () => {
      expect((await looking(deployed(keep), { getTable: [shown('POPULATE_SUCCESS', STARTED_AT + 1)], getQuery: [SUCCESS] })).phase).toBe('END');
    });
  });

  test('populates a table that has no version, though any would be kept', async () => {
    expect((await looking(deployed('ANY'), { getTable: [tableWith()], listVersions: [ok([])] })).phase).toBe('POPULATE');
  });

  test('answers that there is no version where it never populates', async () => {
    expect(await looking(deployed('ANY', false), { getTable: [tableWith()] })).toMatchObject({ phase: 'END', output: { versionId: '', status: 'UNCHANGED' } });
  });
});

describe('a run that only measures', () => {
  const observing = stateIn('LOOK', { observe: true });

  test('tells the live version and when it expires', async () => {
    const live = { versionId: 'version-old', analysisId: 'analysis-old', expiresAt: STARTED_AT + 1000 };
    expect(await looking(observing, { getTable: [ok({ status: 'POPULATE_SUCCESS', live })], getQuery: [SUCCESS] })).toMatchObject({
      phase: 'END', next: 'SUCCEED', output: { versionId: 'version-old' }, live: { madeAt: Date.UTC(2026, 10, 1, 0, 1, 30, 500), expiresAt: STARTED_AT + 1000 },
    });
  });

  test('tells of an expired version that there is none', async () => {
    const live = { versionId: 'version-old', analysisId: 'analysis-old', expiresAt: STARTED_AT - 1 };
    expect(await looking(observing, { getTable: [ok({ status: 'RETENTION_PERIOD_EXPIRED', live })], getQuery: [SUCCESS] }))
      .toMatchObject({ phase: 'END', output: { versionId: '' }, live: { expiresAt: STARTED_AT - 1 } });
  });

  test('never populates, not even a table without a version', async () => {
    expect(await looking(observing, { getTable: [tableWith()] })).toMatchObject({ phase: 'END', next: 'SUCCEED', output: { versionId: '' } });
  });
});

describe('a run that the end of an upstream run has started', () => {
  const chained = stateIn('LOOK', {
    afterUpstream: true,
    population: { ...POPULATION, upstream: [{ membershipIdentifier: 'm', intermediateTableIdentifier: 'up', stateMachineArn: 'up', after: [], direct: true }] },
  });
  const reading = (own: number) => ({ getTable: [tableWith('old'), tableWith('up')], getQuery: [SUCCESS, SUCCESS], listVersions: [ok([version('old', own)])] });
  const runs = { up: { running: false, lastStart: 1, lastEnd: 2 } };

  test('populates where the upstream version is newer than the own', async () => {
    expect(await looking(chained, reading(Date.UTC(2026, 10, 1)), { runs })).toMatchObject({ phase: 'POPULATE' });
  });

  test('leaves the table as it is where it is not', async () => {
    expect(await looking(chained, reading(Date.UTC(2026, 10, 2)), { runs }))
      .toMatchObject({ phase: 'END', next: 'SUCCEED', output: { versionId: 'version-old', status: 'UNCHANGED' } });
  });

  test('waits for earlier runs of its own table, which may do its work', async () => {
    expect(await looking(chained, {}, { siblings: { ahead: true }, runs })).toMatchObject({ phase: 'LOOK', next: 'WAIT' });
  });
});

describe('other runs', () => {
  test('go first where what they make decides whether the live version is kept', async () => {
    expect(await looking(deployed(['version-old']), {}, { siblings: { ahead: true }, slots: 1, chance: 0.5 }))
      .toMatchObject({ phase: 'LOOK', next: 'WAIT', waitingFor: 'an earlier run of this population is still running' });
  });

  test('do not matter where any version is kept', async () => {
    expect((await looking(deployed('ANY'), { getTable: [tableWith('old')], getQuery: [SUCCESS] }, { siblings: { ahead: true } })).phase).toBe('END');
  });

  test('end this one where the resource is being deleted', async () => {
    expect(await looking(deployed([]), {}, { siblings: { released: true } })).toMatchObject({ phase: 'END', next: 'REPORT', failure: { error: 'Released' } });
    expect(await looking(deployed([]), {}, { siblings: { superseded: true } })).toMatchObject({ phase: 'END', next: 'REPORT', failure: { error: 'Superseded' } });
  });
});

describe('answers that fail', () => {
  test('the table is asked for again', async () => {
    expect(await looking(stateIn('LOOK'), { getTable: [ERRORS.denied] })).toMatchObject({ phase: 'LOOK', next: 'WAIT', failedChecks: 1 });
    expect(await looking(stateIn('LOOK'), { getTable: [ERRORS.missing] })).toMatchObject({ phase: 'END', failure: { error: 'ResourceNotFoundException' } });
  });

  test('the versions are asked for again: nothing is populated without knowing what there was', async () => {
    const next = await looking(stateIn('LOOK'), { getTable: [tableWith()], listVersions: [ERRORS.internal] });
    expect(next).toMatchObject({ phase: 'LOOK', next: 'WAIT', failedChecks: 1 });
    expect(next.waitingFor).toContain('ListIntermediateTableVersions');
  });
});

test('without a deployment nothing is kept', () => {
  expect(ifNothingToDo(stateIn('LOOK'), { status: 'POPULATE_SUCCESS', live: { versionId: 'v', analysisId: 'a' } }, STARTED_AT)).toBeUndefined();
});

test('the watermark is the newest moment with all its versions, in whatever order they are listed', () => {
  const versions = [version('a', 100), version('b', 300), version('c', 300), version('d', 200)];
  expect(watermark(versions)).toEqual({ createTime: 300, versionIds: ['version-b', 'version-c'] });
  expect(watermark([...versions].reverse())).toEqual({ createTime: 300, versionIds: ['version-c', 'version-b'] });
  expect(watermark([])).toEqual({ createTime: 0, versionIds: [] });
});

test('the watermark has the live version also while it is not listed yet, and once where it is', () => {
  expect(watermark([version('older', 300, 'POPULATE_FAILED')], 'version-live')).toEqual({ createTime: 300, versionIds: ['version-older', 'version-live'] });
  expect(watermark([version('live', 300)], 'version-live')).toEqual({ createTime: 300, versionIds: ['version-live'] });
  expect(watermark([], 'version-live')).toEqual({ createTime: 0, versionIds: ['version-live'] });
});
