import { App, Stack } from 'aws-cdk-lib';
import { closeClouds, DAILY, logicalId, makeTable, MEMBERSHIP, openCloud, populatesIn } from './support';
import type { Cloud } from '../../simulator/cloud';
import { readStack, StackSource } from '../../simulator/cloudformation/assembly';
import {
  AllowedAnalysis, IntermediateTable, IntermediateTablePopulation, IntermediateTablePopulationProps, Membership, StoredQuery,
} from '../../src';

afterEach(closeClouds);

const ANY = [AllowedAnalysis.ANY_QUERY];

/** What `cdk deploy --all` deploys, in its order. */
const stacksOf = (app: App): StackSource[] => {
  const { directory, stacks } = app.synth();
  return stacks.map(({ stackName }) => readStack(directory, stackName));
};

/** A table in a stack, and one in another stack that is built on it, each with its population. */
function synthesize(select: string, { isRead = true, isDownstreamPopulated = true } = {}): StackSource[] {
  const app = new App({ analyticsReporting: false });
  const [upstream, downstream] = ['Upstream', 'Downstream'].map((id) => new Stack(app, id));
  const membershipOf = (stack: Stack) => Membership.fromMembershipIdentifier(stack, 'Membership', MEMBERSHIP);
  const first = new IntermediateTable(upstream, 'First', {
    membership: membershipOf(upstream), tableName: 'first', query: StoredQuery.fromSql(`SELECT ${select}`), allowedAnalyses: ANY, versionedName: true,
  });
  const population = first.addPopulation('Population');
  const second = new IntermediateTable(downstream, 'Second', {
    membership: membershipOf(downstream),
    tableName: 'second',
    query: StoredQuery.fromSql(isRead ? `SELECT * FROM ${first.tableName}` : 'SELECT 1'),
    allowedAnalyses: ANY,
    versionedName: true,
  });
  if (isDownstreamPopulated) {
    second.addPopulation('Population', { refreshAfter: [population] });
  }
  return stacksOf(app);
}

async function deployAll(cloud: Cloud, sources: readonly StackSource[], secondsBetween = 0): Promise<string[]> {
  const statuses: string[] = [];
  for (const source of sources) {
    const { status, failures } = await cloud.deploy(source);
    statuses.push(failures.length ? `${status} ${JSON.stringify(failures)}` : status);
    await cloud.advance(secondsBetween);
  }
  await cloud.settle();
  return statuses;
}

/** The tables that a while populates, by name, in order. */
async function since(cloud: Cloud, what: () => Promise<unknown>): Promise<string> {
  const before = populatesIn(cloud).length;
  await what();
  await cloud.advance(3600);
  const nameOf = (id: string) => cloud.cleanRooms.populations().find(({ table }) => table.id === id)!.table.name.slice(-1);
  return populatesIn(cloud).slice(before).map(({ tableId }) => nameOf(tableId)).join('');
}

/** An upstream table in one stack, and what is built on it in another. */
function chain(date: string): StackSource[] {
  const app = new App({ analyticsReporting: false });
  const [upstream, downstream] = [new Stack(app, 'Upstream'), new Stack(app, 'Downstream')];
  const populate = (stack: Stack, name: string, more: Partial<IntermediateTablePopulationProps>) => new IntermediateTablePopulation(stack, name, {
    intermediateTable: makeTable(stack, `Table${name}`), parameters: { date }, ...more,
  });
  const a = populate(upstream, 'A', DAILY);
  populate(downstream, 'B', { refreshAfter: [a] });
  return stacksOf(app);
}

describe('promise 12: tables built on tables refresh in order, each once', () => {
  describe('a table that is built on another stack\'s', () => {
    // The old upstream table is left behind where Clean Rooms refuses to delete what another one still reads: CloudFormation tells of it.
    test.each([0, 3600])('is deployed with it, each populated once, also when the query of the first changes (seconds between: %d)', async (between) => {
      const cloud = openCloud();
      expect(await deployAll(cloud, synthesize('1'))).toEqual(['CREATE_COMPLETE', 'CREATE_COMPLETE']);
      expect(populatesIn(cloud)).toHaveLength(2);
      expect(await deployAll(cloud, synthesize('2'), between)).toEqual([expect.stringMatching(/^UPDATE_COMPLETE .*second_\w+.* reads .*first_/), 'UPDATE_COMPLETE']);
      expect(populatesIn(cloud)).toHaveLength(4);
    });

    test('may lose its population', async () => {
      const cloud = openCloud();
      await deployAll(cloud, synthesize('1'));
      expect(await deployAll(cloud, synthesize('1', { isDownstreamPopulated: false }))).toEqual(['UPDATE_COMPLETE', 'UPDATE_COMPLETE']);
      expect(populatesIn(cloud)).toHaveLength(2);
    });

    test('does not keep that stack from being deleted first, unless its own query still reads from there', async () => {
      const cloud = openCloud();
      await deployAll(cloud, synthesize('1', { isRead: false }));
      expect((await cloud.destroy('Upstream')).status).toBe('DELETE_COMPLETE');
      expect((await cloud.destroy('Downstream')).status).toBe('DELETE_COMPLETE');
    });
  });

  describe('a chain over two stacks', () => {
    const bothOf = async (cloud: Cloud, date: string) =>
      expect(await deployAll(cloud, chain(date))).toEqual([expect.stringMatching(/^\w+_COMPLETE$/), expect.stringMatching(/^\w+_COMPLETE$/)]);
    test('is populated once each by a deploy of both, and never with parameters of before', async () => {
      const cloud = openCloud();
      expect(await since(cloud, () => bothOf(cloud, 'monday'))).toBe('AB');
      expect(await since(cloud, () => bothOf(cloud, 'tuesday'))).toBe('AB');
      expect(populatesIn(cloud).slice(2).map(({ body }) => body)).toEqual([{ parameters: { date: 'tuesday' } }, { parameters: { date: 'tuesday' } }]);
    });

    test('is refreshed in order, and by a deploy of the upstream stack alone', async () => {
      const cloud = openCloud();
      const [upstream] = chain('monday');
      await bothOf(cloud, 'monday');
      expect(await since(cloud, async () => cloud.fireRule(logicalId(upstream, 'ASchedule')))).toBe('AB');
      expect(await since(cloud, () => cloud.deploy(chain('tuesday')[0]))).toBe('AB');
    });
  });

  describe('a population in one stack of a table in another, whose query changes', () => {
    /** The first table with a population, and one in a stack of its own that is built on it. */
    const sources = (select: string, hasDownstream = true) => {
      const app = new App({ analyticsReporting: false });
      const upstream = new Stack(app, 'Upstream');
      const membership = Membership.fromMembershipIdentifier(upstream, 'Membership', MEMBERSHIP);
      const first = new IntermediateTable(upstream, 'First', {
        membership, tableName: 'first', versionedName: true, query: StoredQuery.fromSql(`SELECT ${select}`), allowedAnalyses: [AllowedAnalysis.ANY_QUERY],
      });
      const populations = new Stack(app, 'Populations');
      const population = new IntermediateTablePopulation(populations, 'Population', { intermediateTable: first });
      if (hasDownstream) {
        const downstream = new Stack(app, 'Downstream');
        new IntermediateTablePopulation(downstream, 'Last', { intermediateTable: makeTable(downstream, 'LastTable'), refreshAfter: [population] });
      }
      return stacksOf(app);
    };

    test('deploys: nothing of ours holds on to the table that is replaced', async () => {
      const cloud = openCloud();
      for (const select of ['1', '2']) {
        expect((await deployAll(cloud, sources(select))).join()).toMatch(/^\w+_COMPLETE,\w+_COMPLETE,\w+_COMPLETE$/);
      }
      const tables = cloud.cleanRooms.populations().map(({ table }) => table.name.replace(/_.*/, ''));
      // The last table's query does not read what has another name now: it stays as it is.
      expect(tables).toEqual(['first', 'LastTable', 'first']);
      expect(new Set(cloud.cleanRooms.populations().map(({ table }) => table.id)).size).toBe(3);
    });

    test('loses its last downstream population, and then the stacks go, the first one first', async () => {
      const cloud = openCloud();
      await deployAll(cloud, sources('1'));
      expect(await cloud.destroy('Downstream')).toMatchObject({ status: 'DELETE_COMPLETE' });
      expect(await deployAll(cloud, sources('2', false))).toEqual(['UPDATE_COMPLETE', 'UPDATE_COMPLETE']);
      for (const stack of ['Upstream', 'Populations']) {
        expect(await cloud.destroy(stack)).toMatchObject({ status: 'DELETE_COMPLETE' });
      }
    });
  });
});
