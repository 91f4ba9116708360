import { Duration } from 'aws-cdk-lib';
import { Schedule } from 'aws-cdk-lib/aws-events';
import {
  closeClouds, deploy, failureOf, liveIn, logicalId, MACHINE, MARKER, openCloud, populatesIn, refresh, RESOURCE,
  SCHEDULE, Scene, stackOf, until, versionIn,
} from './support';
import type { Cloud } from '../../simulator/cloud';
import type { PutFault } from '../../simulator/cloudformation/inbox';

afterEach(closeClouds);

const AFTER: Scene = { parameters: { segment: `${MARKER} b` } };
const POPULATION_FUNCTION = 'IntermediateTablePopulationsPopulationFunction';
const DEPLOYMENT_FUNCTION = 'IntermediateTablePopulationsDeploymentFunction';

const timedOut = (cloud: Cloud) => cloud.stack('App').events.filter(({ reason }) => /did not receive a response/.test(reason ?? ''));

test.each([0, 1, 30, 600])('an event that is delivered a second time %d seconds later populates nothing more', async (deliverAgainAfterSeconds) => {
  const cloud = openCloud({ behaviours: { deliverAgainAfterSeconds } });
  const first = await deploy(cloud);
  await cloud.advance(700);
  await cloud.settle();
  const second = await deploy(cloud, AFTER);
  await cloud.advance(700);
  await cloud.settle();
  expect([populatesIn(cloud).length, versionIn(first), versionIn(second)]).toEqual([2, populatesIn(cloud)[0].versionId, liveIn(cloud)]);
  expect((await cloud.destroy('App')).status).toBe('DELETE_COMPLETE');
});

const NIGHTLY: Scene = { schedule: Schedule.rate(Duration.days(1)) };

describe.each(['by-event', 'by-delivery'] as const)('where EventBridge names executions %s, an event of a schedule that it delivers twice', (eventExecutionNames) => {
  const opened = async (eventDeliveredAgainAfterSeconds: number, listExecutionsLagSeconds = 0) => {
    const cloud = openCloud({ behaviours: { eventDeliveries: 2, eventDeliveredAgainAfterSeconds, eventExecutionNames, listExecutionsLagSeconds } });
    await deploy(cloud, NIGHTLY);
    return cloud;
  };
  const refreshTwice = async (cloud: Cloud) => {
    await refresh(cloud, NIGHTLY);
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
    cloud.cleanRooms.defaultPlan = { durationSeconds: 60, outcome: 'FAILED', error: { code: 'BAD', message: 'Wrong.' } };
    await refreshTwice(cloud);
    expect([populatesIn(cloud).length, liveIn(cloud)]).toEqual([2, kept]);
    expect(cloud.executions().map(({ status }) => status)).toContain('FAILED');
  });
});

test('an event of a schedule that is delivered twice populates once also where steps of the second run crash', async () => {
  const cloud = openCloud({ behaviours: { eventDeliveries: 2, eventDeliveredAgainAfterSeconds: 20, eventExecutionNames: 'by-delivery' } });
  await deploy(cloud, NIGHTLY);
  cloud.cleanRooms.planQuery({ durationSeconds: 120, outcome: 'SUCCESS' });
  cloud.fireRule(logicalId(stackOf(NIGHTLY), SCHEDULE));
  await until(cloud, () => cloud.executions().filter(({ status }) => status === 'RUNNING').length === 2);
  await cloud.advance(5);
  const steps = cloud.lambda.invocations.filter(({ function: name }) => name.startsWith(POPULATION_FUNCTION));
  const before = Math.max(...steps.map(({ invocation }) => invocation));
  cloud.faults.push(...[1, 2, 3, 5].map((next) => ({ function: POPULATION_FUNCTION, at: 'service' as const, invocation: before + next })));
  await cloud.settle();
  expect([populatesIn(cloud).length, liveIn(cloud)]).toEqual([2, populatesIn(cloud)[1].versionId]);
  expect(cloud.executions().slice(0, 2).map(({ output }) => (JSON.parse(output!) as { status: string }).status).sort()).toEqual(['POPULATED', 'UNCHANGED']);
});

test('two events of one schedule populate twice', async () => {
  const cloud = openCloud();
  await deploy(cloud, NIGHTLY);
  await refresh(cloud, NIGHTLY);
  await refresh(cloud, NIGHTLY);
  expect(populatesIn(cloud)).toHaveLength(3);
});

test.each(['fresh', 'reused'] as const)('a deployment that is tried again after a failure runs (RequestId %s)', async (requestIds) => {
  const cloud = openCloud({ behaviours: { requestIds } });
  await deploy(cloud);
  for (const outcome of ['FAILED', 'CANCELLED'] as const) {
    cloud.cleanRooms.planQuery({ durationSeconds: 60, outcome, error: { code: 'BAD', message: 'Wrong.' } });
    expect((await cloud.deploy(stackOf(AFTER))).status).toBe('UPDATE_ROLLBACK_COMPLETE');
  }
  const result = await deploy(cloud, AFTER);
  expect([populatesIn(cloud).length, versionIn(result)]).toEqual([4, liveIn(cloud)]);
});

test('a population function that cannot start at all is reported within minutes', async () => {
  const cloud = openCloud({ faults: [{ function: POPULATION_FUNCTION, at: 'start' }] });
  const result = await cloud.deploy(stackOf());
  expect(failureOf(result)).toMatch(/PopulationFunctionFailed.*cannot run; its log group tells why/);
  const { startDate, stopDate } = cloud.executions().at(-1)!;
  expect([result.status, populatesIn(cloud).length, (stopDate! - startDate) / 1000 < 400]).toEqual(['ROLLBACK_COMPLETE', 0, true]);
});

test('a population function that Lambda refuses to run for a while is waited for', async () => {
  const cloud = openCloud();
  cloud.faults.push(...[1, 2, 3].map((invocation) => ({ function: POPULATION_FUNCTION, at: 'service' as const, invocation })));
  expect([versionIn(await deploy(cloud)), populatesIn(cloud).length]).toEqual([liveIn(cloud), 1]);
});

test('a deployment function that crashes before it has started the run is tried again by Lambda', async () => {
  const cloud = openCloud({ faults: [1, 2].map((invocation) => ({ function: DEPLOYMENT_FUNCTION, at: 'beforeRequest', request: 1, invocation })) });
  expect([versionIn(await deploy(cloud)), populatesIn(cloud).length]).toEqual([liveIn(cloud), 1]);
});

test('an execution that a person stops is reported to CloudFormation, and the old version stays', async () => {
  const cloud = openCloud();
  const kept = versionIn(await deploy(cloud));
  cloud.cleanRooms.planQuery({ durationSeconds: 1800, outcome: 'SUCCESS' });
  const deploying = cloud.deploy(stackOf(AFTER));
  await until(cloud, () => populatesIn(cloud).length === 2);
  const running = cloud.executions(logicalId(stackOf(), MACHINE)).find(({ status }) => status === 'RUNNING')!;
  cloud.stepFunctions.stop(running.arn, 'Stopped', 'By hand.');
  const result = await deploying;
  expect(failureOf(result)).toMatch(/ExecutionEnded.*ABORTED.*Stopped.*By hand\..*may still be running/);
  expect([timedOut(cloud), versionIn(result).length, kept.length]).toEqual([[], 36, 36]);
});

const FAULTS: [string, PutFault][] = [
  ['a 503', { status: 503 }],
  ['a 500 after it was taken', { status: 500, after: true }],
  ['a reset', { reset: 'before' }],
  ['a reset after it was taken', { reset: 'after' }],
];

test.each(FAULTS)('CloudFormation is answered although its URL first answers with %s', async (_, fault) => {
  const cloud = openCloud({ behaviours: { putFault: (nth) => (nth <= 4 ? fault : undefined) } });
  const result = await deploy(cloud);
  expect([versionIn(result), populatesIn(cloud).length]).toEqual([liveIn(cloud), 1]);
});

test('CloudFormation is answered although its URL is out of order for two minutes', async () => {
  const cloud = openCloud();
  const began = cloud.clock.now();
  const broken = openCloud({ behaviours: { putFault: () => (broken.clock.now() < began + 270_000 ? { status: 503 } : undefined) } });
  const result = await deploy(broken);
  expect([versionIn(result), populatesIn(broken).length]).toEqual([liveIn(broken), 1]);
});

test('a custom resource keeps its physical id on every path', async () => {
  const cloud = openCloud();
  await deploy(cloud);
  cloud.cleanRooms.planQuery({ durationSeconds: 60, outcome: 'FAILED' });
  await cloud.deploy(stackOf(AFTER));
  cloud.faults.push({ function: POPULATION_FUNCTION, at: 'start' });
  await cloud.deploy(stackOf(AFTER));
  const ids = cloud.responses().filter(({ logicalId: id }) => id === logicalId(stackOf(), RESOURCE))
    .map(({ body }) => (JSON.parse(body) as { PhysicalResourceId: string }).PhysicalResourceId);
  expect([new Set(ids).size, ids.length > 3]).toEqual([1, true]);
});
