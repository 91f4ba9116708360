import { Duration, Stack } from 'aws-cdk-lib';
import { CfnFunction } from 'aws-cdk-lib/aws-lambda';
import {
  A, B, closeClouds, cloudWith, dataIn, deploy, failureOf, lettersIn, liveIn, logicalId, openCloud, populatesIn, POPULATION_FUNCTION,
  runningIn, SCHEDULE, segment, stackOf, tableIn, until, versionIn,
} from './support';
import type { Fault } from '../../simulator/faults';

afterEach(closeClouds);

const LONG = { durationSeconds: 1800, outcome: 'SUCCESS' } as const;

const REFUSED: Fault[] = [{ kind: 'error', code: 'ThrottlingException', status: 429 }, { kind: 'error', code: 'InternalServerError' }];
const WEAK = REFUSED.flatMap((fault): [string, number, Fault][] => [10, 90].map((seconds) => [(fault as { code: string }).code, seconds, fault]));

describe('promise 2: CloudFormation is always answered', () => {
  describe.each(WEAK)('while Step Functions answers %s for %d seconds', (_, forSeconds, fault) => {
    const opened = async () => {
      const cloud = await cloudWith(A);
      cloud.cleanRooms.planQuery(LONG);
      return cloud;
    };

    test('a rollback comes about, and what it cancels does not go live', async () => {
      const cloud = await opened();
      const deploying = cloud.deploy(stackOf({ ...B, otherFailsAfter: 120 }));
      await until(cloud, () => cloud.stack('App').status.includes('ROLLBACK_IN_PROGRESS'), 0.02);
      cloud.stepFunctionsFaults.inject({ operation: '*', fault, forSeconds });
      const result = await deploying;
      await cloud.advance(3600);
      expect(cloud.stepFunctionsFaults.hits.length).toBeGreaterThan(0);
      expect([result.status, lettersIn(cloud), dataIn(cloud)]).toEqual(['UPDATE_ROLLBACK_COMPLETE', 'ab', 'a']);
    });

    test('a delete comes about, and the query that ran has ended', async () => {
      const cloud = await opened();
      cloud.fireRule(logicalId(stackOf(A), SCHEDULE));
      await until(cloud, () => lettersIn(cloud) === 'aa');
      cloud.stepFunctionsFaults.inject({ operation: '*', fault, forSeconds });
      expect((await cloud.destroy('App')).status).toBe('DELETE_COMPLETE');
      expect(cloud.stepFunctionsFaults.hits.length).toBeGreaterThan(0);
      expect(cloud.cleanRooms.populations().map(({ outcome }) => outcome)).toEqual(['SUCCESS', 'CANCELLED']);
    });
  });

  test.each(['before', 'after'] as const)('a start that Step Functions does not answer (%s it takes effect) is tried again within seconds', async (when) => {
    const cloud = openCloud();
    cloud.cleanRooms.planQuery({ durationSeconds: 10, outcome: 'SUCCESS' });
    cloud.stepFunctionsFaults.inject({ operation: 'StartExecution', fault: { kind: 'hang', when }, first: 2 });
    const began = cloud.clock.now();
    expect([versionIn(await deploy(cloud)), populatesIn(cloud).length]).toEqual([liveIn(cloud), 1]);
    expect(cloud.stepFunctionsFaults.hits.length).toBe(2);
    expect((cloud.clock.now() - began) / 1000).toBeLessThan(120);
  });

  test('a step that takes too long ends itself after 75 seconds, whatever timeout somebody has given its function', async () => {
    const also = (stack: Stack) => {
      stack.node.findAll().filter((node) => CfnFunction.isCfnFunction(node)).forEach((each) => { each.timeout = 900; });
    };
    const cloud = await cloudWith({ ...A, also });
    cloud.cleanRooms.defaultPlan = { durationSeconds: 1, outcome: 'SUCCESS' };
    // Lists of two pages.
    for (let versions = 1; versions <= 100; versions++) {
      cloud.cleanRooms.populateByHand(tableIn(cloud), segment('x'));
      await cloud.advance(10);
    }
    const before = cloud.lambda.invocations.length;
    cloud.cleanRooms.faults.inject({ operation: '*', fault: { kind: 'delay', seconds: 14 }, forSeconds: 240 });
    cloud.recordFaults.inject({ operation: '*', fault: { kind: 'delay', seconds: 3.5 }, forSeconds: 240 });
    expect([versionIn(await deploy(cloud, { ...B, also })), lettersIn(cloud)]).toEqual([liveIn(cloud), 'ab']);
    const steps = cloud.lambda.invocations.slice(before).filter(({ function: name }) => name.startsWith(POPULATION_FUNCTION));
    expect(steps.filter(({ error }) => error?.errorType === 'StepTookTooLong').length).toBeGreaterThan(0);
    expect(Math.max(...steps.map(({ start, end }) => end! - start))).toBeLessThan(76_000);
  });

  test('a population function that Lambda refuses to run for a while is waited for', async () => {
    const cloud = openCloud();
    cloud.faults.push(...[1, 2, 3].map((invocation) => ({ function: POPULATION_FUNCTION, at: 'service' as const, invocation })));
    expect([versionIn(await deploy(cloud)), populatesIn(cloud).length]).toEqual([liveIn(cloud), 1]);
  });

  test.each(['throttled', 'service'] as const)('a population function that cannot be invoked for a quarter of an hour while the query runs (%s) is waited for', async (at) => {
    const cloud = await cloudWith(A);
    cloud.cleanRooms.planQuery({ durationSeconds: 600, outcome: 'SUCCESS' });
    const deploying = cloud.deploy(stackOf(B));
    await until(cloud, () => lettersIn(cloud) === 'ab');
    cloud.faults.push({ function: POPULATION_FUNCTION, at, forSeconds: 900 });
    const result = await deploying;
    expect(cloud.lambda.faults.hits.length).toBeGreaterThan(10);
    expect([result.status, lettersIn(cloud), dataIn(cloud), versionIn(result)]).toEqual(['UPDATE_COMPLETE', 'ab', 'b', liveIn(cloud)]);
  });

  test('a population function that can never be invoked again fails the deploy before CloudFormation gives up, and says what may go on', async () => {
    const cloud = await cloudWith({ ...A, timeout: Duration.minutes(10) });
    cloud.cleanRooms.planQuery(LONG);
    const deploying = cloud.deploy(stackOf({ ...B, timeout: Duration.minutes(10) }));
    await until(cloud, () => lettersIn(cloud) === 'ab');
    const fault = { function: POPULATION_FUNCTION, at: 'throttled' } as const;
    cloud.faults.push(fault);
    await until(cloud, () => cloud.stack('App').status.includes('ROLLBACK_IN_PROGRESS'));
    cloud.faults.splice(cloud.faults.indexOf(fault), 1);
    const result = await deploying;
    expect(failureOf(result)).toMatch(/PopulationFunctionFailed.*may still be running/);
    await cloud.advance(3600);
    expect([result.status, dataIn(cloud), runningIn(cloud)]).toEqual(['UPDATE_ROLLBACK_COMPLETE', 'a', []]);
  });
});
