import { Aspects, CfnCondition, CfnParameter, CfnResource, Duration, Fn } from 'aws-cdk-lib';
import { Schedule } from 'aws-cdk-lib/aws-events';
import { closeClouds, makeTable, openCloud, populatesIn, STACK, synthesize } from './support';
import { IntermediateTablePopulation } from '../../src';

/** Apps as teams write them, by what they have in the template besides a population. */

afterEach(closeClouds);

const schedule = Schedule.rate(Duration.days(1));

describe('promise 1: one change, one population', () => {
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
});
