import { CANDIDATES } from '../../benchmarks/peers';
import { goalsOf } from '../../benchmarks/report/goals';
import { figuresOf } from '../../benchmarks/report/pages';
import { tablesOf } from '../../benchmarks/report/tables';
import type { Results } from '../../benchmarks/results';

const wait = (candidate: string, invocations: number, more: Partial<Results['waiting'][0]> = {}): Results['waiting'][0] => ({
  candidate,
  seconds: 1800,
  again: false,
  invocations,
  transitions: 100,
  cleanRoomsRequests: 100,
  dollars: invocations / 1000,
  lagSeconds: 6,
  ...more,
});

const footprint = (candidate: string, populations: number, resources: number): Results['footprints'][0] =>
  ({ candidate, populations, resources, templateBytes: resources * 1000 });

const RESULTS: Results = {
  waiting: [
    wait('this library', 60), wait('Provider framework', 720), wait('polling Lambda', 2, { lagSeconds: undefined, cannot: 'it ends' }),
    wait('this library', 62, { again: true, lagSeconds: 3 }),
  ],
  footprints: [
    ...CANDIDATES.map(({ name }) => footprint(name, 1, name === 'this library' ? 13 : 26)),
    ...CANDIDATES.map(({ name }) => footprint(name, 100, 322)),
  ],
  contention: [{
    populations: 50,
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
      ['60', '', '6.0 s'], ['720', '12.0', '6.0 s'], ['2', '', 'cannot: it ends'], ['62', '', '3.0 s'],
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
    '| from its end to CloudFormation\'s answer | 6.0 s | 6.0 s |',
    '| resources for one scheduled population, and each further one | 13 + 3 | 25 + 3 |',
  ]);
});

describe('a goal', () => {
  const goal = (what: string, results = RESULTS) => goalsOf(results).find((each) => each.what.startsWith(what))!;

  test('is met or not by what was measured', () => {
    expect(goalsOf(RESULTS).filter(({ isMet }) => !isMet).map(({ measured }) => measured)).toEqual(['720 ÷ 60 = 12.0', '3.12']);
    const [slow] = RESULTS.contention;
    expect(goal('50 populations').isMet).toBe(true);
    expect(goal('50 populations', { ...RESULTS, contention: [{ ...slow, ratio: 1.2 }] }).isMet).toBe(false);
  });

  test('that is not met shows the limit with its arithmetic', () => {
    const [note] = tablesOf(RESULTS)[0].notes!.filter((each) => each.includes('up to 100'));
    expect(note).toContain('100 table ARNs of 144 characters are 14,400, and a role takes 10,240');
    expect(note).toContain('managed policies instead of an inline one: 12 more resources');
  });
});
