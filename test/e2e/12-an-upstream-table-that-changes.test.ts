import { Duration } from 'aws-cdk-lib';
import { closeClouds, DAILY, logicalId, makeTable, openCloud, populatesIn, synthesize } from './support';
import type { Cloud } from '../../simulator/cloud';
import { StackSource } from '../../simulator/cloudformation/assembly';
import { IntermediateTablePopulation, IntermediateTablePopulationProps, PopulateOnDeploy } from '../../src';

afterEach(closeClouds);

type Props = Partial<IntermediateTablePopulationProps>;

/** Two tables, and one that is built on both. */
const pair = (props: { readonly a?: Props; readonly b?: Props; readonly c?: Props; readonly joined?: boolean } = {}) => synthesize((stack) => {
  const populate = (name: string, more: Props = {}) => new IntermediateTablePopulation(stack, name, {
    intermediateTable: makeTable(stack, `Table${name}`), parameters: { date: 'monday' }, ...more,
  });
  const upstream = [populate('A', { ...DAILY, ...props.a }), populate('B', { ...DAILY, ...props.b })];
  upstream[0].enableFreshnessMetrics();
  populate('C', { refreshAfter: props.joined === false ? [] : upstream, ...props.c });
});

const PLAIN = pair();
const table = (cloud: Cloud, name: string) => cloud.cloudFormation.names()
  .map((stack) => cloud.stack(stack).resources.get(`Table${name}`)?.physicalId).find((id) => id !== undefined)!;
/** The tables that were populated, by name, in order. */
const order = (cloud: Cloud) => populatesIn(cloud).map(({ tableId }) => 'ABC'.split('').find((name) => table(cloud, name) === tableId)).join('');

/** What a while brings about. */
async function since(cloud: Cloud, what: () => Promise<unknown>): Promise<string> {
  const before = order(cloud).length;
  await what();
  await cloud.advance(3600);
  return order(cloud).slice(before);
}

async function deployed(source: StackSource = PLAIN): Promise<Cloud> {
  const cloud = openCloud();
  expect(await since(cloud, async () => { expect(await cloud.deploy(source)).toMatchObject({ status: 'CREATE_COMPLETE' }); })).toMatch(/^(AB|BA)C$/);
  return cloud;
}

async function whileRefreshing(cloud: Cloud, meanwhile: () => Promise<unknown> | void): Promise<void> {
  cloud.cleanRooms.planQuery({ durationSeconds: 900, outcome: 'SUCCESS' }, table(cloud, 'B'));
  cloud.fireRule(logicalId(PLAIN, 'BSchedule'));
  await cloud.advance(60);
  await meanwhile();
}

describe('promise 12: tables built on tables refresh in order, each once', () => {
  describe('a downstream table is refreshed with an upstream one, although', () => {
    test('the freshness of another upstream table is looked at meanwhile', async () => {
      const cloud = await deployed();
      expect(await since(cloud, () => whileRefreshing(cloud, () => cloud.fireRule(logicalId(PLAIN, 'APopulationFreshness'))))).toBe('BC');
    });

    test('a deploy leaves another upstream table as it is meanwhile', async () => {
      const cloud = await deployed();
      const changed = pair({ a: { timeout: Duration.minutes(40) } });
      expect(await since(cloud, () => whileRefreshing(cloud, () => cloud.deploy(changed)))).toBe('BC');
    });
  });

  describe('a deploy populates a downstream table', () => {
    test('where it repopulates an upstream table whose data had expired', async () => {
      const cloud = await deployed();
      cloud.cleanRooms.imposeStatus(table(cloud, 'A'), 'RETENTION_PERIOD_EXPIRED');
      const changed = pair({ a: { timeout: Duration.minutes(40) } });
      const deploying = cloud.deploy(changed);
      cloud.cleanRooms.imposeStatus(table(cloud, 'A'), undefined);
      expect(await since(cloud, () => deploying)).toBe('AC');
    });

    test('never with parameters of before, where both have changed', async () => {
      const cloud = await deployed();
      const tuesday = { parameters: { date: 'tuesday' } };
      expect(await since(cloud, () => cloud.deploy(pair({ a: tuesday, c: tuesday })))).toBe('AC');
      expect(populatesIn(cloud).slice(3).map(({ body }) => body)).toEqual([tuesday, tuesday]);
    });
  });

  describe('a deploy leaves a downstream table as it is', () => {
    test('where an upstream definition has changed, and nothing was populated', async () => {
      const cloud = await deployed();
      expect(await since(cloud, () => cloud.deploy(pair({ a: { parameters: { date: 'tuesday' }, populateOnDeploy: PopulateOnDeploy.NEVER } })))).toBe('');
    });

    test('where refreshAfter is taken away, and comes back', async () => {
      const cloud = await deployed();
      expect(await since(cloud, () => cloud.deploy(pair({ joined: false })))).toBe('');
      expect(await since(cloud, () => cloud.deploy(PLAIN))).toBe('');
      // It works again.
      expect(await since(cloud, async () => cloud.fireRule(logicalId(PLAIN, 'ASchedule')))).toBe('AC');
    });
  });
});
