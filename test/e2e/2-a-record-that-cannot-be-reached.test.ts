import { Duration } from 'aws-cdk-lib';
import {
  A, B, closeClouds, cloudWith, dataIn, deploy, FAILS, failToDeploy, failureOf, lettersIn, liveIn, openCloud, populatesIn, stackOf,
  until, versionIn,
} from './support';
import type { Cloud } from '../../simulator/cloud';
import type { Fault } from '../../simulator/faults';

afterEach(closeClouds);

const UNREACHABLE: [string, Fault][] = [
  ['hangs', { kind: 'hang' }],
  ['breaks off', { kind: 'reset' }],
  ['is throttled', { kind: 'error', code: 'ProvisionedThroughputExceededException' }],
  ['fails', { kind: 'error', code: 'InternalServerError' }],
  ['may not be used yet', { kind: 'error', code: 'AccessDeniedException' }],
  ['is behind a proxy that answers for it', { kind: 'reply', status: 403, body: '<html>Forbidden</html>' }],
];

/** The items of populations, with what is known of them. */
const itemsIn = async (cloud: Cloud) => (await cloud.record.items()) as { readonly id: string; readonly document: string }[];

describe('promise 2: CloudFormation is always answered', () => {
  describe('where DynamoDB can never be reached', () => {
    test.each(UNREACHABLE)('since it %s, a deploy fails with that reason, and nothing was populated', async (_, fault) => {
      const cloud = openCloud();
      cloud.recordFaults.inject({ operation: '*', fault });
      const result = await cloud.deploy(stackOf(A));
      expect([result.status, populatesIn(cloud), cloud.executions()]).toEqual(['ROLLBACK_COMPLETE', [], []]);
      expect(failureOf(result)).toMatch(/The record of populations cannot be reached\. .*DynamoDB table .*, for which a function in a VPC needs an endpoint/);
    });

    test('a stack can be deleted', async () => {
      const cloud = await cloudWith(A);
      cloud.recordFaults.inject({ operation: '*', fault: { kind: 'hang' } });
      expect((await cloud.destroy('App')).status).toBe('DELETE_COMPLETE');
    });

    test('an update fails, and so does nothing else: the old version stays', async () => {
      const cloud = openCloud();
      const kept = versionIn(await deploy(cloud, A));
      const heal = cloud.recordFaults.inject({ operation: '*', fault: { kind: 'reset' } });
      const deploying = cloud.deploy(stackOf(B));
      await until(cloud, () => cloud.stack('App').status === 'UPDATE_ROLLBACK_IN_PROGRESS');
      heal();
      expect((await deploying).status).toBe('UPDATE_ROLLBACK_COMPLETE');
      await cloud.settle();
      expect([liveIn(cloud), lettersIn(cloud)]).toEqual([kept, 'a']);
    });
  });

  describe('where DynamoDB cannot be reached for half a minute', () => {
    const half = async (cloud: Cloud, fault: Fault) => {
      const heal = cloud.recordFaults.inject({ operation: '*', fault });
      await until(cloud, () => cloud.recordFaults.hits.length > 0);
      await cloud.advance(30);
      heal();
    };

    test.each(UNREACHABLE)('as a deploy begins, since it %s, that populates once', async (_, fault) => {
      const cloud = openCloud();
      const deploying = cloud.deploy(stackOf(A));
      await half(cloud, fault);
      const result = await deploying;
      expect([result.status, versionIn(result), lettersIn(cloud)]).toEqual(['CREATE_COMPLETE', liveIn(cloud), 'a']);
    });

    test.each(UNREACHABLE)('while a deploy\'s query runs, since it %s, that goes on', async (_, fault) => {
      const cloud = openCloud();
      cloud.cleanRooms.planQuery({ durationSeconds: 120, outcome: 'SUCCESS' });
      const deploying = cloud.deploy(stackOf(A));
      await until(cloud, () => populatesIn(cloud).length === 1);
      await half(cloud, fault);
      const result = await deploying;
      expect([result.status, versionIn(result), lettersIn(cloud)]).toEqual(['CREATE_COMPLETE', liveIn(cloud), 'a']);
    });
  });

  test.each([[900, 'UPDATE_COMPLETE', 'b'], [1500, 'UPDATE_ROLLBACK_COMPLETE', 'a']])('a record that cannot be reached for %d seconds once the run has begun: %s', async (seconds, status, data) => {
    const cloud = await cloudWith(A);
    const deploying = cloud.deploy(stackOf({ ...B, timeout: Duration.minutes(20) }));
    await until(cloud, () => cloud.executions().length === 2, 0.1);
    const takeBack = cloud.recordFaults.inject({ operation: '*', fault: { kind: 'error', code: 'AccessDeniedException', message: 'No.' } });
    await cloud.advance(seconds);
    takeBack();
    const result = await deploying;
    await cloud.advance(3600);
    expect([result.status, dataIn(cloud)]).toEqual([status, data]);
    expect(result.failures.map(({ reason }) => reason).join()).toMatch(status === 'UPDATE_COMPLETE' ? /^$/ : /DynamoDB answered AccessDeniedException/);
  });

  describe('a record that somebody has deleted', () => {
    const forgetting = async (cloud: Cloud) => {
      for (const { id } of await itemsIn(cloud)) await cloud.record.delete(id);
    };

    test('costs one population, since nobody knows whose the live version is, and nothing more', async () => {
      const cloud = await cloudWith(A);
      await forgetting(cloud);
      const made = versionIn(await deploy(cloud, { ...A, timeout: Duration.minutes(20) }));
      expect([versionIn(await deploy(cloud, { ...A, timeout: Duration.minutes(21) })), lettersIn(cloud)]).toEqual([made, 'aa']);
    });

    test('where an update fails costs a population at most, and the old data are live again', async () => {
      const cloud = await cloudWith(A);
      await forgetting(cloud);
      cloud.cleanRooms.planQuery(FAILS);
      const result = await failToDeploy(cloud, B);
      expect([versionIn(result), dataIn(cloud)]).toEqual([liveIn(cloud), 'a']);
      expect(lettersIn(cloud)).toMatch(/^aba?$/);
    });

    test('while a query runs is never a wrong success', async () => {
      const cloud = await cloudWith(A);
      cloud.cleanRooms.planQuery({ durationSeconds: 300, outcome: 'SUCCESS' });
      const deploying = cloud.deploy(stackOf(B));
      await until(cloud, () => populatesIn(cloud).length === 2);
      await forgetting(cloud);
      const result = await deploying;
      await cloud.settle();
      expect([versionIn(result), dataIn(cloud)]).toEqual([liveIn(cloud), result.status === 'UPDATE_COMPLETE' ? 'b' : 'a']);
      expect(lettersIn(cloud).length).toBeLessThanOrEqual(3);
    });
  });
});
