import { Duration, Stack } from 'aws-cdk-lib';
import * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import * as sns from 'aws-cdk-lib/aws-sns';
import { closeClouds, logicalId, makeTable, openCloud, physicalId, populatesIn, STACK, synthesize } from './support';
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
const count = (cloud: Cloud) => populatesIn(cloud).length;

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
  describe('tables that are built on tables', () => {
    afterEach(closeClouds);

    test('are populated in order by a deploy, each once', async () => {
      expect(order(await deployed(plain))).toMatch(/^A(BC|CB)D$/);
    });

    test('are refreshed in order, each once, also where their queries end at the same moment', async () => {
      const cloud = await deployed(plain, 61);
      expect(await refresh(cloud, plain)).toMatch(/^A(BC|CB)D$/);
      expect(await refresh(cloud, plain)).toMatch(/^A(BC|CB)D$/);
    });

    test('are refreshed once although EventBridge delivers everything twice', async () => {
      const cloud = openCloud({ behaviours: { eventDeliveries: 2 }, cleanRooms: { defaultPlan: { durationSeconds: 300, outcome: 'SUCCESS' } } });
      await cloud.deploy(plain);
      expect(await refresh(cloud, plain)).toMatch(/^A(BC|CB)D$/);
    });

    test('wait for the slower of two', async () => {
      const cloud = await deployed(plain);
      cloud.cleanRooms.planQuery({ durationSeconds: 3000, outcome: 'SUCCESS' }, physicalId(cloud, 'TableC'));
      expect(await refresh(cloud, plain)).toMatch(/^A(BC|CB)D$/);
      const [c, d] = ['C', 'D'].map((id) => cloud.cleanRooms.populations(physicalId(cloud, `Table${id}`)).slice(-1)[0]);
      expect(d.acceptedAt).toBeGreaterThanOrEqual(c.endsAt!);
    });

    test('are refreshed from the tables that could be, when another one fails', async () => {
      const cloud = await deployed(plain);
      cloud.cleanRooms.planQuery({ durationSeconds: 900, outcome: 'FAILED', error: { code: 'X', message: 'no' } }, physicalId(cloud, 'TableC'));
      expect(await refresh(cloud, plain)).toMatch(/^A(BC|CB)D$/);
    });

    test('stay as they are when none that they are built on could be refreshed', async () => {
      const cloud = await deployed(plain);
      cloud.cleanRooms.planQuery({ durationSeconds: 60, outcome: 'FAILED', error: { code: 'X', message: 'no' } }, physicalId(cloud, 'TableA'));
      expect(await refresh(cloud, plain)).toBe('A');
    });

    test('are all populated again by a deploy that changes the first one, each once', async () => {
      const cloud = await deployed(plain);
      expect(await cloud.deploy(diamond('tuesday'))).toMatchObject({ status: 'UPDATE_COMPLETE' });
      await cloud.advance(7200);
      expect(order(cloud).slice(4)).toMatch(/^A(BC|CB)D$/);
    });

    test('are left alone upstream by a deploy that changes the last one', async () => {
      const cloud = await deployed(plain);
      await cloud.deploy(diamond('monday', { D: { parameters: { other: 'value' } } }));
      await cloud.advance(7200);
      expect(order(cloud).slice(4)).toBe('D');
    });

    test('are not populated by a deploy that changes nothing of their data, though a schedule has refreshed them', async () => {
      const cloud = await deployed(plain);
      await refresh(cloud, plain);
      const before = count(cloud);
      await cloud.deploy(diamond('monday', { A: { timeout: Duration.minutes(30) }, B: { timeout: Duration.minutes(30) } }));
      await cloud.advance(7200);
      expect(count(cloud)).toBe(before);
    });

    test('are ordered across a wait of more than an hour', async () => {
      const long = { timeout: Duration.hours(2) };
      const source = diamond('monday', { A: long, B: long, C: long, D: long });
      const cloud = openCloud({ cleanRooms: { defaultPlan: { durationSeconds: 60, outcome: 'SUCCESS' } } });
      cloud.cleanRooms.planQuery({ durationSeconds: 3_700, outcome: 'SUCCESS' });
      expect(await cloud.deploy(source)).toMatchObject({ status: 'CREATE_COMPLETE' });
      expect(order(cloud)).toMatch(/^A(BC|CB)D$/);
    });
  });

  describe('what a population tells', () => {
    afterEach(closeClouds);

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
