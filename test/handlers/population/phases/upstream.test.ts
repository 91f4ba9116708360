import { hasNothingNewer, isRefreshing, type Runs } from '../../../../src/handlers/population/phases/upstream';
import type { Upstream } from '../../../../src/handlers/population/run-state';
import { ERRORS, ok, POPULATION, query, stateIn, step, version, type Answers, type Circumstances } from '../../support';

const table = (name: string, { after = [] as number[], direct = true } = {}): Upstream =>
  ({ membershipIdentifier: 'm', intermediateTableIdentifier: name, stateMachineArn: name, after, direct });
const runs = (lastStart: number, lastEnd: number, running = false): Runs => ({ running, lastStart, lastEnd });

describe('isRefreshing', () => {
  const chain = [table('base', { direct: false }), table('middle', { after: [0] })];

  test.each<[string, Runs, Runs, boolean]>([
    ['nothing has run', runs(0, 0), runs(0, 0), false],
    ['the nearest runs', runs(1, 2), runs(3, 0, true), true],
    ['the furthest runs', runs(3, 2, true), runs(1, 2), true],
    ['the furthest has ended and the nearest has not begun after it', runs(5, 6), runs(3, 4), true],
    ['the nearest has begun, and ended, after the furthest ended', runs(5, 6), runs(7, 8), false],
    ['the nearest began in the moment in which the furthest ended', runs(5, 6), runs(6, 8), false],
  ])('where %s', (_what, base, middle, expected) => {
    expect(isRefreshing(chain, [base, middle])).toBe(expected);
  });

  test('does not confuse tables that are not built on each other', () => {
    expect(isRefreshing([table('left'), table('right')], [runs(5, 6), runs(3, 4)])).toBe(false);
  });
});

describe('hasNothingNewer', () => {
  const upstream = [table('far', { direct: false }), table('near')];
  const state = stateIn('LOOK', { afterUpstream: true, population: { ...POPULATION, upstream } });
  const idle = { runs: { far: runs(1, 2), near: runs(3, 4) } };
  const live = ok({ status: 'POPULATE_SUCCESS', live: { versionId: 'v', analysisId: 'a' } });
  const endedAt = (end: number) => query('SUCCESS', { createTime: end - 10, durationMillis: 10 });
  const asking = (own: ReturnType<typeof version>[], answers: Answers, circumstances: Circumstances = idle) =>
    step((outside) => hasNothingNewer(state, own, outside), answers, circumstances);

  test.each([
    ['the own version is newer', 600, true],
    ['the own version began in the moment in which it ended', 500, true],
    ['the own version is older: it began before the upstream one ended', 499, false],
  ])('reads the directly upstream table\'s live version: %s', async (_what, own, expected) => {
    expect(await asking([version('own', own)], { getTable: [live], getQuery: [endedAt(500)] })).toBe(expected);
  });

  test('counts own versions that run or succeeded, not those that failed', async () => {
    const upstreamAnswers = () => ({ getTable: [live], getQuery: [endedAt(500)] });
    expect(await asking([version('failed', 600, 'POPULATE_FAILED')], upstreamAnswers())).toBe(false);
    expect(await asking([version('old', 100, 'POPULATE_SUCCESS'), version('running', 600)], upstreamAnswers())).toBe(true);
    expect(await asking([], upstreamAnswers())).toBe(false);
  });

  test('an upstream table that has no version is not newer', async () => {
    expect(await asking([], { getTable: [ok({ status: 'CREATED' })] })).toBe(true);
  });

  test('what cannot be read counts as newer: the data is to be fresh', async () => {
    expect(await asking([version('own', 600)], { getTable: [ERRORS.denied] })).toBe(false);
    expect(await asking([version('own', 600)], { getTable: [live], getQuery: [ERRORS.denied] })).toBe(false);
    expect(await asking([version('own', 600)], { getTable: [live], getQuery: [query('SUCCESS')] })).toBe(false);
  });

  test('leaves it to the end of an upstream run that is under way', async () => {
    expect(await asking([], {}, { runs: { far: runs(1, 2), near: runs(3, 0, true) } })).toBe(true);
  });
});
