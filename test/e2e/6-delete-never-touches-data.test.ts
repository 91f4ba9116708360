import { Duration } from 'aws-cdk-lib';
import { Schedule } from 'aws-cdk-lib/aws-events';
import {
  A, closeClouds, cloudWith, deploy, logicalId, makeTable, MARKER, openCloud, populatesIn, POPULATION_FUNCTION, SCHEDULE, stackOf,
  synthesize, tableIn, until,
} from './support';
import type { Cloud } from '../../simulator/cloud';
import { IntermediateTablePopulation } from '../../src';

afterEach(closeClouds);

/** A deployed stack, with a refresh whose query has begun. */
async function refreshing(deleteWhilePopulating: 'refused' | 'accepted', durationSeconds = 3600): Promise<Cloud> {
  const cloud = await cloudWith(A, { cleanRooms: { behaviours: { deleteWhilePopulating } } });
  cloud.cleanRooms.planQuery({ durationSeconds, outcome: 'SUCCESS' });
  cloud.fireRule(logicalId(stackOf(A), SCHEDULE));
  await until(cloud, () => populatesIn(cloud).length === 2);
  return cloud;
}

const secondsFrom = (cloud: Cloud, began: number) => (cloud.clock.now() - began) / 1000;

const several = (...names: string[]) => synthesize((stack) => {
  const tables = ['One', 'Two', 'Three'].map((name) => makeTable(stack, `${name}Table`));
  names.forEach((name) => new IntermediateTablePopulation(stack, name, {
    intermediateTable: tables[['One', 'Two', 'Three'].indexOf(name)], schedule: Schedule.rate(Duration.days(1)),
  }));
});

describe('promise 6: delete never touches data', () => {
  test.each(['refused', 'accepted'] as const)(
    'a delete during a refresh cancels the refresh\'s query and waits for it (delete of a populating table: %s)', async (deleteWhilePopulating) => {
      const cloud = await refreshing(deleteWhilePopulating);
      const table = tableIn(cloud);
      await cloud.advance(300);
      const began = cloud.clock.now();
      expect((await cloud.destroy('App')).status).toBe('DELETE_COMPLETE');
      expect(cloud.cleanRooms.populations(table).map(({ outcome }) => outcome)).toEqual(['SUCCESS', 'CANCELLED']);
      expect(secondsFrom(cloud, began)).toBeLessThan(300);
    });

  test('a delete leaves a population alone that somebody else started', async () => {
    const cloud = await cloudWith(A, { cleanRooms: { behaviours: { deleteWhilePopulating: 'accepted' } } });
    cloud.cleanRooms.planQuery({ durationSeconds: 3600, outcome: 'SUCCESS' });
    const byHand = cloud.cleanRooms.populateByHand(tableIn(cloud), { segment: MARKER });
    expect((await cloud.destroy('App')).status).toBe('DELETE_COMPLETE');
    await cloud.advance(3700);
    expect([byHand.cancelledAt, cloud.cleanRooms.populations(byHand.table.id)[1].outcome]).toEqual([undefined, 'SUCCESS']);
  });

  test.each([
    { kind: 'error', code: 'InternalServerException' },
    { kind: 'error', code: 'AccessDeniedException' },
    { kind: 'error', code: 'ResourceNotFoundException' },
    { kind: 'error', code: 'ThrottlingException' },
    { kind: 'reset' },
    { kind: 'hang' },
    { kind: 'reply', status: 502, body: '<html>Bad gateway</html>' },
  ] as const)('a delete during a refresh never blocks the stack, whatever the API answers (%j)', async (fault) => {
    const cloud = await refreshing('accepted');
    cloud.cleanRooms.faults.inject({ operation: '*', fault });
    const began = cloud.clock.now();
    expect((await cloud.destroy('App')).status).toBe('DELETE_COMPLETE');
    expect(secondsFrom(cloud, began)).toBeLessThan(900);
  });

  test('a delete goes through where the population function cannot run', async () => {
    const cloud = await refreshing('accepted');
    cloud.faults.push({ function: POPULATION_FUNCTION, at: 'start' });
    expect((await cloud.destroy('App')).status).toBe('DELETE_COMPLETE');
  });

  test('a delete of a table that is gone already goes through', async () => {
    const cloud = await cloudWith(A);
    cloud.cleanRooms.resources.deleteIntermediateTable(tableIn(cloud));
    const { failures } = await cloud.destroy('App');
    // CloudFormation itself looks for the table then; ours must be gone by that time.
    expect(failures.map(({ logicalId: id }) => id).filter((id) => id.startsWith('Audience'))).toEqual([]);
  });

  test('a first deploy that fails elsewhere cancels the query that it has running, and the stack is gone', async () => {
    const cloud = openCloud();
    cloud.cleanRooms.planQuery({ durationSeconds: 3600, outcome: 'SUCCESS' });
    const result = await cloud.deploy(stackOf({ ...A, otherFailsAfter: 200 }));
    expect(result.status).toBe('ROLLBACK_COMPLETE');
    expect(cloud.cleanRooms.populations().map(({ outcome }) => outcome)).toEqual(['CANCELLED']);
  });

  test('a table that is replaced leaves its old one without a running query, and the new one populated', async () => {
    const cloud = await refreshing('accepted', 600);
    const old = tableIn(cloud);
    await deploy(cloud, { ...A, table: { name: 'Another' } });
    await cloud.settle();
    expect(cloud.cleanRooms.populations(old).map(({ outcome }) => outcome)).not.toContain(undefined);
    expect(cloud.cleanRooms.liveVersionId(tableIn(cloud))).toBeDefined();
  });

  test('a delete of the stack goes on where a person stops the execution that releases the table', async () => {
    const cloud = await refreshing('accepted');
    const deleting = cloud.destroy('App');
    await until(cloud, () => cloud.executions().filter(({ status }) => status === 'RUNNING').length === 2, 0.5);
    await cloud.advance(2);
    cloud.executions().filter(({ status }) => status === 'RUNNING').forEach(({ arn }) => cloud.stepFunctions.stop(arn, 'Stopped', 'By hand.'));
    expect((await deleting).status).toBe('DELETE_COMPLETE');
  });

  test.each([[['One', 'Three']], [['Two']]])('a population that is taken out of a stack of several cancels the query that it has running (left: %s)', async (left) => {
    const cloud = openCloud();
    const all = several('One', 'Two', 'Three');
    expect((await cloud.deploy(all)).status).toBe('CREATE_COMPLETE');
    cloud.cleanRooms.planQuery({ durationSeconds: 3600, outcome: 'SUCCESS' });
    cloud.fireRule(logicalId(all, left.length === 2 ? 'TwoSchedule' : 'OneSchedule'));
    await until(cloud, () => populatesIn(cloud).length === 4);
    expect((await cloud.deploy(several(...left))).status).toBe('UPDATE_COMPLETE');
    expect(cloud.cleanRooms.populations().map(({ outcome }) => outcome)).toEqual(['SUCCESS', 'SUCCESS', 'SUCCESS', 'CANCELLED']);
  });
});
