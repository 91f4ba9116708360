import { CfnResource, Stack } from 'aws-cdk-lib';
import { Account, DAY, daily, MINUTE, table } from './account';
import type { Bar, Moment, Panel } from './picture';

const since = (begin: number) => (at: number, what: string): Moment => ({ at, when: `${((at - begin) / MINUTE).toFixed(1).replace('.0', '')} min`, what });

/** One table from its creation on: a refresh, one that fails, and a month without any. */
export async function lifeOfAVersion(): Promise<Panel[]> {
  const account = new Account();
  const begin = account.now();
  await account.deploy((stack) => table(stack, 'Audience').addPopulation('Population', { schedule: daily }));
  await account.until(begin + DAY);
  await account.refresh('Audience');
  await account.until(begin + 2 * DAY);
  account.plan('Audience', 3, 'FAILED');
  await account.refresh('Audience');
  await account.until(begin + 33 * DAY);
  await account.refresh('Audience');
  await account.until(begin + 34 * DAY);
  account.cloud.close();

  const [empty, end] = [account.when('Audience', /^CREATE_COMPLETE$/), account.now()];
  const queries = account.queries('Audience');
  const [first, second, failing, third] = queries;
  const data = account.data('Audience', empty, end);
  const expired = data.find(({ words }) => words === 'version 2')!.to;
  const moment = (at: number, state: string, what: string) => ({ at, when: `day ${Math.floor((at - begin) / DAY)}, ${state}`, what });
  return [{
    title: 'The life of a version',
    stops: [empty, ...[first, second, failing].flatMap(({ from, to }) => [from, to]), expired, third.from, third.to, end],
    lanes: [{ name: 'Queries that populate the table', rows: [queries] }, { name: 'What others can query', rows: [data] }],
    moments: [
      moment(empty, 'empty', 'CloudFormation has made the table'),
      moment(first.from, 'populating', 'the deploy waits for the query'),
      moment(first.to, 'live', 'version 1 can be queried, and the deploy ends'),
      moment(second.from, 'refreshing', 'the schedule has begun it; version 1 stays live'),
      moment(second.to, 'live', 'version 2 instead of 1'),
      moment(failing.from, 'refreshing', 'it fails, which changes nothing: version 2 stays live'),
      moment(expired, 'expired', 'no refresh for 30 days: nothing can be queried'),
      moment(third.from, 'populating', 'the next refresh has begun'),
      moment(third.to, 'live', 'version 3'),
    ],
  }];
}

/** A deploy that changes a parameter, and one in which another resource fails meanwhile. */
export const deploys = async (): Promise<Panel[]> =>
  [await update('A deploy that changes a parameter', false), await update('The same, while another resource fails', true)];

async function update(title: string, fails: boolean): Promise<Panel> {
  const account = new Account();
  const build = (date: string, Fail: boolean) => (stack: Stack) => {
    table(stack, 'Audience').addPopulation('Population', { parameters: { date } });
    new CfnResource(stack, 'Other', { type: 'Test::Resource::Fails', properties: { Fail: String(Fail), Seconds: '180' } });
  };
  await account.deploy(build('monday', false));
  await account.until(account.now() + 60 * MINUTE);
  const begin = account.now();
  await account.deploy(build('tuesday', fails));
  const end = begin + 6 * MINUTE;
  account.cloud.close();
  const [query] = account.queries('Audience', begin);
  const stackEnds = account.when('Audiences', /_COMPLETE$/, begin);
  const rolledBack = fails ? account.when('Audiences', /^UPDATE_ROLLBACK_IN_PROGRESS$/, begin) : stackEnds;
  const stack: Bar[] = [{ from: begin, to: rolledBack, kind: 'works', words: 'update' }, { from: rolledBack, to: stackEnds, kind: 'lost', words: 'rollback' }];
  const minutes = since(begin);
  return {
    title,
    stops: [begin, end],
    lanes: [
      { name: 'The stack', rows: [stack.filter(({ from, to }) => to > from)] },
      { name: 'The query', rows: [[query]] },
      { name: 'What others can query', rows: [account.data('Audience', begin, end)] },
    ],
    moments: fails ? [
      minutes(query.from, 'the same populate begins'),
      minutes(rolledBack, 'another resource has failed: CloudFormation rolls back'),
      minutes(query.to, 'the query for the new parameter is cancelled; version 1 is what the old one asks for, and needs no other'),
    ] : [
      minutes(query.from, 'the new parameter makes a populate due; version 1 stays live'),
      minutes(query.to, 'version 2 is live, and CloudFormation is told'),
    ],
  };
}

const TABLES = ['Visitors', 'Regions', 'Segments', 'Reach'];

/** Four tables, of which two are built on the first, and the last on both. */
export async function diamond(): Promise<Panel[]> {
  const account = new Account();
  await account.deploy((stack) => {
    const [visitors, regions, segments, reach] = TABLES.map((name) => table(stack, name));
    const base = visitors.addPopulation('Population', { schedule: daily });
    const sides = [regions, segments].map((side) => side.addPopulation('Population', { refreshAfter: [base] }));
    reach.addPopulation('Population', { refreshAfter: sides });
  });
  await account.until(account.now() + DAY);
  const begin = account.now();
  [5, 3, 7, 4].forEach((minutes, index) => account.plan(TABLES[index], minutes));
  await account.refresh('Visitors');
  const end = account.now() + MINUTE;
  account.cloud.close();
  const [visitors, regions, segments, reach] = TABLES.map((name) => account.queries(name, begin)[0]);
  const minutes = since(begin);
  return [{
    title: 'A diamond is refreshed',
    stops: [begin, end],
    lanes: ['Visitors, on a schedule', 'Regions, built on Visitors', 'Segments, built on Visitors', 'Reach, built on Regions and Segments']
      .map((name, index) => ({ name, rows: [account.queries(TABLES[index], begin), account.data(TABLES[index], begin, end)] })),
    moments: [
      minutes(visitors.from, 'the schedule refreshes Visitors'),
      minutes(visitors.to, 'its new version refreshes the two that are built on it'),
      minutes(regions.to, 'Regions is ready, and Reach waits for Segments'),
      minutes(segments.to, 'Reach is refreshed, once'),
      minutes(reach.to, 'all four are of today; until then the old versions served'),
    ],
  }];
}
