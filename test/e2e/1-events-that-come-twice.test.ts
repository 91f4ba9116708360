import { Duration } from 'aws-cdk-lib';
import { Rule, RuleTargetInput, Schedule } from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import {
  A, B, closeClouds, cloudWith, deploy, FAILS, liveIn, logicalId, MACHINE, openCloud, populatesIn, POPULATION_FUNCTION, refresh, Scene,
  SCHEDULE, stackOf, until, versionIn,
} from './support';
import type { Cloud } from '../../simulator/cloud';

afterEach(closeClouds);


describe('promise 1: one change, one population', () => {
  test.each([0, 1, 30, 600])('an event that is delivered a second time %d seconds later populates nothing more', async (deliverAgainAfterSeconds) => {
    const cloud = openCloud({ behaviours: { deliverAgainAfterSeconds } });
    const first = await deploy(cloud);
    await cloud.advance(700);
    await cloud.settle();
    const second = await deploy(cloud, B);
    await cloud.advance(700);
    await cloud.settle();
    expect([populatesIn(cloud).length, versionIn(first), versionIn(second)]).toEqual([2, populatesIn(cloud)[0].versionId, liveIn(cloud)]);
    expect((await cloud.destroy('App')).status).toBe('DELETE_COMPLETE');
  });

  describe.each(['by-event', 'by-delivery'] as const)('where EventBridge names executions %s, an event of a schedule that it delivers twice', (eventExecutionNames) => {
    const opened = (eventDeliveredAgainAfterSeconds: number, listExecutionsLagSeconds = 0) =>
      cloudWith(A, { behaviours: { eventDeliveries: 2, eventDeliveredAgainAfterSeconds, eventExecutionNames, listExecutionsLagSeconds } });
    const refreshTwice = async (cloud: Cloud) => {
      await refresh(cloud, A);
      await cloud.advance(700);
      await cloud.settle();
    };

    test.each([[0, 0], [0, 3], [2, 3], [600, 0]])('%d seconds apart populates once (ListExecutions lags by %d seconds)', async (apart, lag) => {
      const cloud = await opened(apart, lag);
      await refreshTwice(cloud);
      expect([populatesIn(cloud).length, liveIn(cloud)]).toEqual([2, populatesIn(cloud)[1].versionId]);
    });

    test.each([0, 600])('%d seconds apart populates once also where that fails', async (apart) => {
      const cloud = await opened(apart);
      const kept = liveIn(cloud);
      cloud.cleanRooms.defaultPlan = FAILS;
      await refreshTwice(cloud);
      expect([populatesIn(cloud).length, liveIn(cloud)]).toEqual([2, kept]);
      expect(cloud.executions().map(({ status }) => status)).toContain('FAILED');
    });
  });

  test('an event of a schedule that is delivered twice populates once also where steps of the second run crash', async () => {
    const cloud = await cloudWith(A, { behaviours: { eventDeliveries: 2, eventDeliveredAgainAfterSeconds: 20, eventExecutionNames: 'by-delivery' } });
    cloud.cleanRooms.planQuery({ durationSeconds: 120, outcome: 'SUCCESS' });
    cloud.fireRule(logicalId(stackOf(A), SCHEDULE));
    await until(cloud, () => cloud.executions().filter(({ status }) => status === 'RUNNING').length === 2);
    await cloud.advance(5);
    const steps = cloud.lambda.invocations.filter(({ function: name }) => name.startsWith(POPULATION_FUNCTION));
    const before = Math.max(...steps.map(({ invocation }) => invocation));
    cloud.faults.push(...[1, 2, 3, 5].map((next) => ({ function: POPULATION_FUNCTION, at: 'service' as const, invocation: before + next })));
    await cloud.settle();
    expect([populatesIn(cloud).length, liveIn(cloud)]).toEqual([2, populatesIn(cloud)[1].versionId]);
    expect(cloud.executions().slice(0, 2).map(({ output }) => (JSON.parse(output!) as { status: string }).status).sort()).toEqual(['POPULATED', 'UNCHANGED']);
  });

  test.each(['fresh', 'reused'] as const)('a deployment that is tried again after a failure runs (RequestId %s)', async (requestIds) => {
    const cloud = await cloudWith({}, { behaviours: { requestIds } });
    for (const outcome of ['FAILED', 'CANCELLED'] as const) {
      cloud.cleanRooms.planQuery({ durationSeconds: 60, outcome, error: { code: 'BAD', message: 'Wrong.' } });
      expect((await cloud.deploy(stackOf(B))).status).toBe('UPDATE_ROLLBACK_COMPLETE');
    }
    const result = await deploy(cloud, B);
    expect([populatesIn(cloud).length, versionIn(result)]).toEqual([4, liveIn(cloud)]);
  });

  test('a rule of the user\'s with two targets populates for each of them', async () => {
    const scene: Scene = {
      ...A,
      also: (stack, population) => {
        const rule = new Rule(stack, 'Both', { schedule: Schedule.rate(Duration.hours(8)) });
        for (const region of ['EU', 'US']) {
          rule.addTarget(new targets.SfnStateMachine(population.stateMachine, { input: RuleTargetInput.fromObject({ parameters: { region } }) }));
        }
      },
    };
    const cloud = await cloudWith(scene);
    await refresh(cloud, scene, 'Both');
    expect(populatesIn(cloud).slice(1).map(({ body }) => (body as { parameters: { region: string } }).parameters.region).sort()).toEqual(['EU', 'US']);
  });

  test('executions whose names begin alike populate each on its own', async () => {
    const cloud = await cloudWith(A);
    const uuid = '3c1ab2a2-6d1f-4d8a-9a53-0f7d4a7c1b11';
    const executions = ['EU', 'US'].map((region) => cloud.startExecution(logicalId(stackOf(A), MACHINE), { parameters: { region } }, `${uuid}_${region}`));
    await cloud.settle();
    expect(executions.map(({ output }) => (JSON.parse(output!) as { status: string }).status)).toEqual(['POPULATED', 'POPULATED']);
    expect(populatesIn(cloud)).toHaveLength(3);
  });
});
