import { count, dollars, duration, fixed, kilobytes } from './format';
import { goalsOf, goalsTable } from './goals';
import type { Table } from './table';
import { Footprint, marginal } from '../footprint';
import { CANDIDATES, ours } from '../peers';
import type { Results } from '../results';
import type { Wait } from '../waiting/measure';

export const tablesOf = (results: Results): Table[] =>
  [goals, waiting, footprint, contention].map((make) => make(results));

const goals = (results: Results): Table => goalsTable(goalsOf(results));

function waiting({ waiting: waits }: Results): Table {
  const oursFor = (wait: Wait) => waits.find(({ candidate, seconds }) => candidate === ours.name && seconds === wait.seconds)!;
  const comparison = (wait: Wait, of: (each: Wait) => number) =>
    (wait.cannot || wait.candidate === ours.name ? '' : fixed(of(wait) / of(oursFor(wait)), 1));
  return {
    title: 'Waiting for a query',
    about: 'One deploy of one population. The lag is from the query\'s end to CloudFormation\'s answer. Dollars are Lambda\'s, Step Functions\' and DynamoDB\'s at list price, '
      + 'without Clean Rooms\' own, logs and traces.',
    columns: ['Query', '', 'Lambda invocations', '÷ ours', 'State transitions', 'Clean Rooms requests', 'Dollars', '÷ ours', 'Lag'],
    rows: waits.map((wait) => [
      duration(wait.seconds), wait.candidate,
      count(wait.invocations), comparison(wait, ({ invocations }) => invocations), count(wait.transitions), count(wait.cleanRoomsRequests),
      dollars(wait.dollars), comparison(wait, (each) => each.dollars),
      wait.cannot ? `cannot: ${wait.cannot}` : `${fixed(wait.lagSeconds!, 1)} s`,
    ]),
    notes: [
      'What cannot wait for a query is not tried with longer ones. A query may take 11 h 50 min: our own answer has to come before the 12 hours are over that '
      + 'CloudFormation waits at most.',
      'On the simulator, a request takes 20 ms and a cold start 300 ms; processor time on Lambda comes on top, the same for each invocation. '
      + 'The peers\' runs in Lambda are their synthesized templates, with the Provider framework\'s and AwsCustomResource\'s own runtimes; the SDK that these '
      + 'take from Lambda\'s runtime is the npm packages\', with the commands for intermediate tables added that the newest one lacks.',
    ],
  };
}

type Size = Pick<Footprint, 'resources' | 'templateBytes'>;

function footprint({ footprints }: Results): Table {
  const counts = [...new Set(footprints.map(({ populations }) => populations))];
  const cells = (figures: Size, own: Size, digits: number) => [
    fixed(figures.resources, digits), fixed(figures.resources / own.resources, 2),
    kilobytes(figures.templateBytes), fixed(figures.templateBytes / own.templateBytes, 2),
  ];
  const rowsOf = (populations: number) => CANDIDATES.map(({ name }) => {
    const of = (wanted: string) => footprints.find((each) => each.candidate === wanted && each.populations === populations);
    const figures = of(name);
    return [count(populations), name, ...(figures ? cells(figures, of(ours.name)!, 0) : ['too many', '', '', ''])];
  });
  const oneMore = CANDIDATES.map(({ name }) => ['one more', name, ...cells(marginal(footprints, name), marginal(footprints, ours.name), 2)]);
  return {
    title: 'Footprint',
    about: 'Scheduled populations in one stack; the tables themselves are not counted.',
    columns: ['Populations', '', 'Resources', '÷ ours', 'Template', '÷ ours'],
    rows: [...counts.flatMap(rowsOf), ...oneMore],
    notes: ['"One more" is the average between the fewest and the most that fit.'],
  };
}

function contention({ contention: all }: Results): Table {
  const [{ populations, quota, requestsPerSecond }] = all;
  return {
    title: 'Contention',
    about: `One deploy of ${populations} populations that have to take turns: ${quota} queries at a time, ${requestsPerSecond} requests a second. `
      + 'Ideal are queries back to back. Two stacks are deployed at the same time, and know nothing of each other.',
    columns: ['Stacks', 'Query', 'Past the quota', 'Ideal', 'Took', 'Took ÷ ideal', 'Requests', 'Populates refused', 'Throttled', 'Of one operation in its busiest second', 'Longest wait ÷ ideal', 'Populated twice'],
    rows: all.map((each) => [
      count(each.stacks), duration(each.querySeconds), each.overQuota, duration(each.idealSeconds), duration(each.seconds), fixed(each.ratio, 3),
      count(each.requests), count(each.refusedByQuota), count(each.throttled),
      `${each.busiestSecond} ${each.busiestOperation}`, each.longestWaits.map((wait) => fixed(wait, 2)).join(' and '), count(each.surplus),
    ]),
    notes: ['AWS does not document whether a populate past the quota is refused or queued: both are measured. '
      + 'A membership\'s five ongoing queries are a quota of their own, which refuses either way.'],
  };
}
