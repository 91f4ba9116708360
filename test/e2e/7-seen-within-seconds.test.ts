import { Duration } from 'aws-cdk-lib';
import { atLength } from './at-length';
import {
  A, B, closeClouds, cloudWith, dataIn, deploy, DEPLOYMENT_FUNCTION, failureOf, lettersIn, liveIn, logicalId, MACHINE, openCloud,
  runningIn, Scene, SCHEDULE, segment, stackOf, tableIn, until, versionIn,
} from './support';
import type { Cloud } from '../../simulator/cloud';

afterEach(closeClouds);

const LONG = { durationSeconds: 400, outcome: 'SUCCESS' } as const;

const seconds = (from: number, to: number) => (to - from) / 1000;

/** An update whose query has run for two minutes. */
async function watching(scene: Scene = B): Promise<{ cloud: Cloud; deploying: ReturnType<Cloud['deploy']> }> {
  const cloud = await cloudWith({ ...scene, ...A, timeout: scene.timeout });
  cloud.cleanRooms.planQuery(LONG);
  const deploying = cloud.deploy(stackOf(scene));
  await until(cloud, () => lettersIn(cloud) === 'ab');
  await cloud.advance(120);
  return { cloud, deploying };
}

describe('promise 7: quotas, conflicts and fresh roles are waited out', () => {
  test('a later deployment is seen within seconds', async () => {
    const { cloud, deploying } = await watching();
    const cancelled = cloud.clock.now();
    cloud.cancelUpdate('App');
    expect((await deploying).status).toBe('UPDATE_ROLLBACK_COMPLETE');
    await cloud.settle();
    const [, query] = cloud.cleanRooms.populations();
    expect(seconds(cancelled, query.cancelledAt!)).toBeLessThan(8);
    expect([lettersIn(cloud), dataIn(cloud), runningIn(cloud)]).toEqual(['ab', 'a', []]);
  });

  test('a release is seen within seconds', async () => {
    const cloud = await cloudWith(A);
    const table = tableIn(cloud);
    cloud.cleanRooms.planQuery(LONG);
    cloud.fireRule(logicalId(stackOf(A), SCHEDULE));
    await until(cloud, () => lettersIn(cloud) === 'aa');
    await cloud.advance(120);
    const deleted = cloud.clock.now();
    expect((await cloud.destroy('App')).status).toBe('DELETE_COMPLETE');
    const [, query] = cloud.cleanRooms.populations(table);
    expect([query.outcome, seconds(deleted, query.cancelledAt!) < 8]).toEqual(['CANCELLED', true]);
  });

  test('the deadline is seen within seconds', async () => {
    const { cloud, deploying } = await watching({ ...B, timeout: Duration.minutes(4) });
    await deploying;
    const [, query] = cloud.cleanRooms.populations();
    const { startDate } = cloud.executions().find(({ status }) => status === 'FAILED')!;
    expect(seconds(startDate, query.cancelledAt!)).toBeGreaterThanOrEqual(240);
    expect(seconds(startDate, query.cancelledAt!)).toBeLessThan(244);
  });

  atLength('its end is seen within seconds, however long it runs', async () => {
    const cloud = await cloudWith(A);
    for (const durationSeconds of [20, 47, 90, 300, 1800]) {
      const before = cloud.lambda.invocations.length;
      cloud.cleanRooms.planQuery({ durationSeconds, outcome: 'SUCCESS' });
      const { stopDate } = await cloud.execute(logicalId(stackOf(A), MACHINE));
      expect(seconds(cloud.cleanRooms.populations().at(-1)!.endsAt, stopDate!)).toBeLessThan(6);
      expect(cloud.lambda.invocations.length - before).toBeLessThan(55);
    }
  });

  describe('hosts whose clocks differ by five minutes', () => {
    const open = () => openCloud({ behaviours: { clockSkewMillis: (environment) => (environment % 2 ? -300_000 : 300_000) } });

    test('change nothing about deploys, refreshes and rollbacks', async () => {
      const cloud = open();
      await deploy(cloud, A);
      await deploy(cloud, B);
      cloud.fireRule(logicalId(stackOf(B), SCHEDULE));
      await cloud.settle();
      const result = await cloud.deploy(stackOf({ ...A, laterFails: true }));
      expect([result.status, lettersIn(cloud), dataIn(cloud), versionIn(result)]).toEqual(['UPDATE_ROLLBACK_COMPLETE', 'abbab', 'b', liveIn(cloud)]);
    });

    test('change nothing about a deploy\'s deadline', async () => {
      const cloud = open();
      await deploy(cloud, { ...A, timeout: Duration.minutes(5) });
      cloud.cleanRooms.planQuery({ durationSeconds: 60, outcome: 'NEVER' });
      const result = await cloud.deploy(stackOf({ ...B, timeout: Duration.minutes(5) }));
      const { startDate, stopDate } = cloud.executions().find(({ status }) => status === 'FAILED')!;
      expect([failureOf(result), seconds(startDate, stopDate!) < 330]).toEqual([expect.stringMatching(/PopulationTimedOut/), true]);
    });

    test('change nothing about an overtaken event', async () => {
      const cloud = open();
      await deploy(cloud, A);
      cloud.faults.push({ function: DEPLOYMENT_FUNCTION, at: 'queue', seconds: 200, event: 1, payload: /"RequestType":"Update"/ });
      const deploying = cloud.deploy(stackOf({ ...B, otherFailsAfter: 60 }));
      expect((await deploying).status).toBe('UPDATE_ROLLBACK_COMPLETE');
      await cloud.advance(600);
      expect([lettersIn(cloud), dataIn(cloud)]).toEqual(['a', 'a']);
    });

    test('change nothing about a populate in doubt', async () => {
      const cloud = open();
      await deploy(cloud, A);
      cloud.cleanRooms.faults.inject({ operation: 'PopulateIntermediateTable', fault: { kind: 'reset', when: 'after' }, first: 1 });
      await deploy(cloud, B);
      expect([lettersIn(cloud), dataIn(cloud)]).toEqual(['ab', 'b']);
    });
  });

  atLength('versions, 1,500 of them, hide neither the live one nor one in doubt', async () => {
    const cloud = await cloudWith(A);
    cloud.cleanRooms.defaultPlan = { durationSeconds: 1, outcome: 'SUCCESS' };
    for (let count = 0; count < 1_500; count++) {
      cloud.cleanRooms.populateByHand(tableIn(cloud), segment('x'));
      await cloud.advance(10);
    }
    cloud.cleanRooms.defaultPlan = { durationSeconds: 60, outcome: 'SUCCESS' };
    cloud.cleanRooms.faults.inject({ operation: 'PopulateIntermediateTable', fault: { kind: 'reset', when: 'after' }, first: 1 });
    const result = await deploy(cloud, B);
    expect([lettersIn(cloud), dataIn(cloud), versionIn(result)]).toEqual(['ab', 'b', liveIn(cloud)]);
  });
});
