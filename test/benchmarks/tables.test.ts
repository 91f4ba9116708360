import { CANDIDATES } from '../../benchmarks/peers';
import { goalsOf } from '../../benchmarks/report/goals';
import { figuresOf } from '../../benchmarks/report/pages';
import { tablesOf } from '../../benchmarks/report/tables';
import type { Results } from '../../benchmarks/results';

const wait = (candidate: string, invocations: number, more: Partial<Results['waiting'][0]> = {}): Results['waiting'][0] => ({
  candidate,
  seconds: 1800,
  invocations,
  transitions: 100,
  cleanRoomsRequests: 100,
  dollars: invocations / 1000,
  lagSeconds: 2,
  events: 400,
  ...more,
});

const footprint = (candidate: string, populations: number, resources: number): Results['footprints'][0] =>
  ({ candidate, populations, resources, templateBytes: resources * 1000 });

const RESULTS: Results = {
  waiting: [
    wait('this library', 60), wait('Provider framework', 720), wait('polling Lambda', 2, { lagSeconds: undefined, cannot: 'it ends' }),
    wait('this library', 900, { seconds: 42_600, lagSeconds: 3, events: 9_000 }),
  ],
  lags: [{ seconds: 20, deploy: 1, schedule: 2 }, { seconds: 42_600, deploy: 3, schedule: 5.5 }],
  footprints: [
    ...CANDIDATES.map(({ name }) => footprint(name, 1, name === 'this library' ? 13 : 26)),
    ...CANDIDATES.map(({ name }) => footprint(name, 100, 322)),
  ],
  contention: [{
    populations: 50,
    stacks: 1,
    quota: 2,
    requestsPerSecond: 20,
    overQuota: 'queued',
    querySeconds: 60,
    idealSeconds: 1500,
    seconds: 1530,
    ratio: 1.02,
    requests: 1000,
    populatesAsked: 60,
    refusedByQuota: 10,
    throttled: 0,
    busiestSecond: 8,
    busiestOperation: 'GetProtectedQuery',
    longestWaits: [0.97],
    surplus: 0,
  }],
};

/** The rows of a table by its columns' names; of two with the same name, the first. */
const tableOf = (title: string) => {
  const { columns, rows } = tablesOf(RESULTS).find((table) => table.title === title)!;
  return rows.map((row): Record<string, string> => Object.fromEntries(columns.map((column, index) => [column, row[index]] as const).reverse()));
};

describe('what a table compares', () => {
  test('is with ours for the same query, where a peer could wait for it', () => {
    expect(tableOf('Waiting for a query').map((row) => [row['Lambda invocations'], row['÷ ours'], row.Lag])).toEqual([
      ['60', '', '2.0 s'], ['720', '12.0', '2.0 s'], ['2', '', 'cannot: it ends'], ['900', '', '3.0 s'],
    ]);
  });

  test('is with ours for as many populations, and for one more of them', () => {
    const rows = tableOf('Footprint').filter((row) => ['this library', 'Provider framework'].includes(row['']));
    expect(rows.map((row) => [row.Populations, row.Resources, row['÷ ours']])).toEqual([
      ['1', '13', '1.00'], ['1', '26', '2.00'], ['100', '322', '1.00'], ['100', '322', '1.00'], ['one more', '3.12', '1.00'], ['one more', '2.99', '0.96'],
    ]);
  });
});

test('the README tells the three figures of ours and of the Provider framework', () => {
  const footprints = [1, 10].flatMap((populations) => ['this library', 'Provider framework'].map((name, index) =>
    footprint(name, populations, [13, 25][index] + 3 * (populations - 1))));
  expect(figuresOf({ ...RESULTS, footprints }).split('\n').slice(2)).toEqual([
    '| Lambda invocations for a query of 30 min | 60 | 720 |',
    '| from its end to CloudFormation\'s answer | 2.0 s | 2.0 s |',
    '| resources for one scheduled population, and each further one | 13 + 3 | 25 + 3 |',
  ]);
});

describe('a goal', () => {
  const goal = (what: string, results = RESULTS) => goalsOf(results).find((each) => each.what.startsWith(what))!;

  test('is met or not by what was measured', () => {
    expect(goalsOf(RESULTS).filter(({ isMet }) => !isMet).map(({ measured }) => measured)).toEqual([
      '720 ÷ 60 = 12.0', '3.12', 'at worst 8 (queries of 1 min, queued past the quota)',
    ]);
    const [slow] = RESULTS.contention;
    expect(goal('50 populations').isMet).toBe(true);
    expect(goal('50 populations', { ...RESULTS, contention: [{ ...slow, ratio: 1.2 }] }).isMet).toBe(false);
  });

  test('of the lag is of all deploys and schedules', () => {
    expect(goal('lag behind the query\'s end, in the median')).toMatchObject({ measured: '3.0 s, of 6 deploys and schedules, 20 s to 11 h 50 min', isMet: true });
    expect(goal('lag behind the query\'s end, at worst')).toMatchObject({ measured: '5.5 s', isMet: true });
  });

  test('of a history is of the longest execution of ours', () => {
    expect(goal('events')).toMatchObject({ measured: '9,000', isMet: true });
    const waiting = [...RESULTS.waiting, wait('this library', 900, { seconds: 43_200, events: 15_000 })];
    expect(goal('events', { ...RESULTS, waiting }).isMet).toBe(false);
  });

  test('of two stacks is of the one that waits longer, and does not count with those of one', () => {
    const [one] = RESULTS.contention;
    const contention = [one, { ...one, stacks: 2, ratio: 1.4, longestWaits: [0.5, 1.6] }];
    expect(goal('the same of the worse off', { ...RESULTS, contention })).toMatchObject({ isMet: false, measured: expect.stringContaining('1.60') });
    expect(goal('50 populations', { ...RESULTS, contention }).isMet).toBe(true);
    expect(goal('the same of the worse off')).toBeUndefined();
  });
});
