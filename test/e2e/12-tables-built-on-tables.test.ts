import { Duration, Stack } from 'aws-cdk-lib';
import * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import * as sns from 'aws-cdk-lib/aws-sns';
import { atLength } from './at-length';
import { closeClouds, FAILS, logicalId, makeTable, openCloud, physicalId, populatesIn, STACK, synthesize } from './support';
import type { QueryPlan } from '../../simulator/clean-rooms';
import { Cloud } from '../../simulator/cloud';
import type { StackSource } from '../../simulator/cloudformation/assembly';
import { IntermediateTablePopulation, IntermediateTablePopulationProps } from '../../src';

/** Table A; B and C built on A; D built on both. */
function diamond(date = 'monday', more: { [id: string]: Partial<IntermediateTablePopulationProps> } = {}, also?: (stack: Stack, all: Populations) => void): StackSource {
  return synthesize((stack) => {
    const populate = (id: string, ...refreshAfter: IntermediateTablePopulation[]) => new IntermediateTablePopulation(stack, id, {
      intermediateTable: makeTable(stack, `Table${id}`), refreshAfter, ...more[id],
    });
    const a = new IntermediateTablePopulation(stack, 'A', {
      intermediateTable: makeTable(stack, 'TableA'), parameters: { date }, schedule: events.Schedule.rate(Duration.days(1)), ...more.A,
    });
    const [b, c] = [populate('B', a), populate('C', a)];
    const d = populate('D', b, c);
    also?.(stack, { a, b, c, d });
  });
}

type Populations = Record<'a' | 'b' | 'c' | 'd', IntermediateTablePopulation>;

/** The tables that were populated, by name, in order. */
const order = (cloud: Cloud) => populatesIn(cloud).map(({ tableId }) => 'ABCD'.split('').find((id) => physicalId(cloud, `Table${id}`) === tableId)).join('');

async function deployed(source: StackSource, durationSeconds = 300): Promise<Cloud> {
  const cloud = openCloud({ cleanRooms: { defaultPlan: { durationSeconds, outcome: 'SUCCESS' } } });
  expect(await cloud.deploy(source)).toMatchObject({ status: 'CREATE_COMPLETE' });
  // Long enough that a refresh started by mistake would show.
  await cloud.advance(3600);
  return cloud;
}

async function refresh(cloud: Cloud, source: StackSource): Promise<string> {
  const before = order(cloud).length;
  cloud.fireRule(logicalId(source, 'ASchedule'));
  await cloud.advance(7200);
  return order(cloud).slice(before);
}

const plain = diamond('monday');

describe('promise 12: tables built on tables refresh in order, each once', () => {
  afterEach(closeClouds);

  const ALL = /^A(BC|CB)D$/;
  const fire = (cloud: Cloud) => cloud.fireRule(logicalId(plain, 'ASchedule'));
  const refreshWith = (name: string, plan: QueryPlan) => (cloud: Cloud) => {
    cloud.cleanRooms.planQuery(plan, physicalId(cloud, `Table${name}`));
    fire(cloud);
  };
  const changed = (...args: Parameters<typeof diamond>) => async (cloud: Cloud) =>
    expect(await cloud.deploy(diamond(...args))).toMatchObject({ status: 'UPDATE_COMPLETE' });
  const brief = { timeout: Duration.minutes(30) };

  /** What happens to the diamond one after the other, and which tables are populated then. */
  const LIFE: [string, (cloud: Cloud) => unknown, RegExp][] = [
    ['the first one is refreshed', fire, ALL],
    ['again, and queries end at the same moment', (cloud) => {
      cloud.cleanRooms.defaultPlan = { durationSeconds: 61, outcome: 'SUCCESS' };
      fire(cloud);
    }, ALL],
    ['one of two is slow', refreshWith('C', { durationSeconds: 3000, outcome: 'SUCCESS' }), ALL],
    ['one of two fails: the last one is refreshed from what could be', refreshWith('C', { ...FAILS, durationSeconds: 900 }), ALL],
    ['the first one fails: only what had failed before is made of what is live', refreshWith('A', FAILS), /^ACD$/],
    ['the first one fails again: all stay as they are', refreshWith('A', FAILS), /^A$/],
    ['a deploy changes nothing of their data, though a schedule has refreshed them', changed('monday', { A: brief, B: brief }), /^$/],
    ['a deploy changes the last one', changed('monday', { A: brief, B: brief, D: { parameters: { other: 'value' } } }), /^D$/],
    ['a deploy changes the first one', changed('tuesday', { A: brief, B: brief, D: { parameters: { other: 'value' } } }), ALL],
  ];

  atLength('a diamond is populated in order, each table once, and only what has to be', async () => {
    const cloud = await deployed(plain);
    expect(order(cloud)).toMatch(ALL);
    for (const [what, happens, expected] of LIFE) {
      const before = populatesIn(cloud).length;
      await happens(cloud);
      await cloud.advance(7200);
      expect([what, order(cloud).slice(before)]).toEqual([what, expect.stringMatching(expected)]);
      const [b, c, d] = ['B', 'C', 'D'].map((id) => cloud.cleanRooms.populations(physicalId(cloud, `Table${id}`)).at(-1)!);
      expect([what, d.acceptedAt >= Math.max(b.endsAt, c.endsAt)]).toEqual([what, true]);
    }
  });

  test('is refreshed once although EventBridge delivers everything twice', async () => {
    const cloud = openCloud({ behaviours: { eventDeliveries: 2 }, cleanRooms: { defaultPlan: { durationSeconds: 300, outcome: 'SUCCESS' } } });
    await cloud.deploy(plain);
    expect(await refresh(cloud, plain)).toMatch(ALL);
  });

  atLength('is in order across a wait of more than an hour', async () => {
    const long = { timeout: Duration.hours(2) };
    const cloud = openCloud({ cleanRooms: { defaultPlan: { durationSeconds: 60, outcome: 'SUCCESS' } } });
    cloud.cleanRooms.planQuery({ durationSeconds: 3_700, outcome: 'SUCCESS' });
    expect(await cloud.deploy(diamond('monday', { A: long, B: long, C: long, D: long }))).toMatchObject({ status: 'CREATE_COMPLETE' });
    expect(order(cloud)).toMatch(ALL);
  });

  describe('what a population tells', () => {
    const source = diamond('monday', {}, (stack, { a, d }) => {
      const topic = new targets.SnsTopic(new sns.Topic(stack, 'Topic'));
      d.onPopulated('Fresh', { target: topic });
      a.onPopulationFailed('Broken', { target: topic });
    });
    const details = (cloud: Cloud, rule: string) => cloud.events.deliveries
      .filter((delivery) => delivery.rule.includes(rule)).map(({ input }) => JSON.parse(input) as { 'detail-type': string; 'detail': object });

    test('is its version, once it is live', async () => {
      const cloud = await deployed(source);
      expect(details(cloud, 'DFresh')).toEqual([expect.objectContaining({
        'detail-type': 'Intermediate Table Populated',
        'detail': expect.objectContaining({
          versionId: cloud.cleanRooms.liveVersionId(physicalId(cloud, 'TableD')), population: `${STACK}/D`, analysisId: expect.any(String), durationMillis: 300_000,
        }),
      })]);
      expect(details(cloud, 'ABroken')).toEqual([]);
    });

    test('is the error of a refresh that failed, with the query', async () => {
      const cloud = await deployed(source);
      cloud.cleanRooms.planQuery({ durationSeconds: 60, outcome: 'FAILED', error: { code: 'OUT_OF_MEMORY', message: 'too much' } }, physicalId(cloud, 'TableA'));
      await refresh(cloud, source);
      const { analysisId } = populatesIn(cloud).slice(-1)[0];
      expect(details(cloud, 'ABroken')).toEqual([expect.objectContaining({
        'detail-type': 'Intermediate Table Population Failed',
        'detail': expect.objectContaining({ error: 'ProtectedQueryFailed', analysisId, cause: expect.stringContaining('OUT_OF_MEMORY: too much') }),
      })]);
    });

    test('is not told of a deploy that populates nothing', async () => {
      const cloud = await deployed(source);
      await cloud.deploy(diamond('monday', { D: { timeout: Duration.minutes(20) } }, (stack, { a, d }) => {
        const topic = new targets.SnsTopic(new sns.Topic(stack, 'Topic'));
        d.onPopulated('Fresh', { target: topic });
        a.onPopulationFailed('Broken', { target: topic });
      }));
      expect(details(cloud, 'DFresh')).toHaveLength(1);
    });
  });
});
