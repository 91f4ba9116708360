import { App, Aspects, CfnCondition, CfnParameter, CfnResource, Duration, Fn, Stack } from 'aws-cdk-lib';
import { Schedule } from 'aws-cdk-lib/aws-events';
import { closeClouds, makeTable, MEMBERSHIP, openCloud, populatesIn, STACK, synthesize } from './support';
import { readStack } from '../../simulator/cloudformation/assembly';
import {
  AllowedAnalysis, IntermediateTable, IntermediateTablePopulation, Membership, StoredQuery,
} from '../../src';

/** Apps as teams write them, by what they have in the template besides a population. */

afterEach(closeClouds);

const schedule = Schedule.rate(Duration.days(1));

describe('a table and its population under a condition, beside others', () => {
  const source = synthesize((stack) => {
    const isWanted = new CfnParameter(stack, 'IsWanted', { default: 'yes' });
    const condition = new CfnCondition(stack, 'Wanted', { expression: Fn.conditionEquals(isWanted.valueAsString, 'yes') });
    const table = makeTable(stack, 'Table');
    const population = new IntermediateTablePopulation(stack, 'Audience', { intermediateTable: table, schedule });
    const other = new IntermediateTablePopulation(stack, 'Other', { intermediateTable: makeTable(stack, 'OtherTable'), refreshAfter: [population] });
    other.onPopulated('Done');
    table.cfnOptions.condition = condition;
    Aspects.of(population).add({ visit: (node) => { if (CfnResource.isCfnResource(node)) node.cfnOptions.condition = condition; } });
  });
  const deploy = (cloud: ReturnType<typeof openCloud>, IsWanted: string) => cloud.deploy(source, STACK, { parameters: { IsWanted } });

  test('deploys where it is true, and where it is false the rest does', async () => {
    const cloud = openCloud();
    expect(await deploy(cloud, 'yes')).toMatchObject({ status: 'CREATE_COMPLETE' });
    expect(populatesIn(cloud)).toHaveLength(2);
    const without = openCloud();
    expect(await deploy(without, 'no')).toMatchObject({ status: 'CREATE_COMPLETE' });
    expect(populatesIn(without)).toHaveLength(1);
  });

  test('goes when it becomes false, comes back when it becomes true, and goes with its stack', async () => {
    const cloud = openCloud();
    for (const [isWanted, status] of [['yes', 'CREATE_COMPLETE'], ['no', 'UPDATE_COMPLETE'], ['yes', 'UPDATE_COMPLETE']]) {
      expect(await deploy(cloud, isWanted)).toMatchObject({ status });
    }
    expect(await cloud.destroy(STACK)).toMatchObject({ status: 'DELETE_COMPLETE' });
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
    const { directory, stacks } = app.synth();
    return stacks.map(({ stackName }) => readStack(directory, stackName));
  };

  test('deploys: nothing of ours holds on to the table that is replaced', async () => {
    const cloud = openCloud();
    for (const select of ['1', '2']) {
      for (const source of sources(select)) {
        expect(await cloud.deploy(source)).toMatchObject({ failures: [] });
      }
      await cloud.settle();
    }
    const tables = cloud.cleanRooms.populations().map(({ table }) => table.name.replace(/_.*/, ''));
    // The last table's query does not read what has another name now: it stays as it is.
    expect(tables).toEqual(['first', 'LastTable', 'first']);
    expect(new Set(cloud.cleanRooms.populations().map(({ table }) => table.id)).size).toBe(3);
  });

  test('loses its last downstream population, and then the stacks go, the first one first', async () => {
    const cloud = openCloud();
    for (const source of sources('1')) {
      await cloud.deploy(source);
    }
    await cloud.settle();
    expect(await cloud.destroy('Downstream')).toMatchObject({ status: 'DELETE_COMPLETE' });
    for (const source of sources('2', false)) {
      expect(await cloud.deploy(source)).toMatchObject({ failures: [] });
    }
    for (const stack of ['Upstream', 'Populations']) {
      expect(await cloud.destroy(stack)).toMatchObject({ status: 'DELETE_COMPLETE' });
    }
  });
});
