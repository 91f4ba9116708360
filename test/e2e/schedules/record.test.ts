import { Duration } from 'aws-cdk-lib';
import { Schedule } from 'aws-cdk-lib/aws-events';
import type { Fault } from '../../../simulator/faults';
import type { Cloud } from '../../../simulator/cloud';
import {
  closeClouds, dataIn, deploy, failToDeploy, failureOf, lettersIn, liveIn, logicalId, MACHINE, openCloud, populatesIn, refresh, Scene, segment, stackOf, until, versionIn,
} from '../support';

afterEach(closeClouds);

const A: Scene = { parameters: segment('a'), schedule: Schedule.rate(Duration.days(1)), timeout: Duration.minutes(20) };
const B: Scene = { ...A, parameters: segment('b') };
const FAULTS: Fault[] = [
  { kind: 'error', code: 'ProvisionedThroughputExceededException' },
  { kind: 'error', code: 'InternalServerError' },
  { kind: 'error', code: 'InternalServerError', when: 'after' },
  { kind: 'reset', when: 'after' },
  { kind: 'hang' },
  { kind: 'reply', status: 403, body: '<html>Forbidden</html>' },
];

const opened = async () => {
  const cloud = openCloud();
  await deploy(cloud, A);
  return cloud;
};

describe.each(FAULTS)('where DynamoDB answers with %j', (fault) => {
  test('for half a minute as a deploy begins, the deploy goes on afterwards', async () => {
    const cloud = await opened();
    cloud.recordFaults.inject({ operation: '*', fault, forSeconds: 30 });
    const result = await deploy(cloud, B);
    expect([lettersIn(cloud), dataIn(cloud), versionIn(result)]).toEqual(['ab', 'b', liveIn(cloud)]);
  });

  test('for a minute and a half while its query runs, the deploy goes on afterwards', async () => {
    const cloud = await opened();
    cloud.cleanRooms.planQuery({ durationSeconds: 300, outcome: 'SUCCESS' });
    const deploying = cloud.deploy(stackOf(B));
    await until(cloud, () => lettersIn(cloud) === 'ab', 1);
    cloud.recordFaults.inject({ operation: '*', fault, forSeconds: 90 });
    const result = await deploying;
    expect([result.status, lettersIn(cloud), dataIn(cloud), versionIn(result)]).toEqual(['UPDATE_COMPLETE', 'ab', 'b', liveIn(cloud)]);
  });
});

describe.each(FAULTS.filter((fault) => 'when' in fault))('where DynamoDB answers once with %j', (fault) => {
  test.each([1, 2, 3, 4, 5, 6, 7, 8])('to the write %d of a run, one populate is accepted', async (nth) => {
    const cloud = await opened();
    cloud.recordFaults.inject({ operation: 'PutItem', fault, occurrences: [nth] });
    await refresh(cloud, A);
    expect([lettersIn(cloud), cloud.executions()[0].status, cloud.recordFaults.hits.length]).toEqual(['aa', 'SUCCEEDED', 1]);
    await deploy(cloud, B);
    expect([lettersIn(cloud), dataIn(cloud)]).toEqual(['aab', 'b']);
  });
});

test('a deploy that can never reach the record fails, answered, with that reason', async () => {
  const cloud = openCloud();
  cloud.recordFaults.inject({ operation: '*', fault: { kind: 'hang' } });
  const began = cloud.clock.now();
  const result = await cloud.deploy(stackOf(A));
  expect(failureOf(result)).toMatch(/record of populations cannot be reached.*TimeoutError.*needs an endpoint.*Nothing was started/);
  expect([result.status, populatesIn(cloud).length, (cloud.clock.now() - began) / 1000 < 600]).toEqual(['ROLLBACK_COMPLETE', 0, true]);
});

test('a deploy whose record cannot be reached any more once its run has begun fails, answered, with that reason', async () => {
  const cloud = await opened();
  const deploying = cloud.deploy(stackOf(B));
  await until(cloud, () => cloud.executions().length === 2, 0.1);
  const takeBack = cloud.recordFaults.inject({ operation: '*', fault: { kind: 'error', code: 'AccessDeniedException', message: 'No.' } });
  await cloud.advance(900);
  takeBack();
  const result = await deploying;
  expect(failureOf(result)).toMatch(/AccessDeniedException/);
  await cloud.advance(3600);
  expect([result.status, dataIn(cloud)]).toEqual(['UPDATE_ROLLBACK_COMPLETE', 'a']);
});

describe('a record that somebody has deleted', () => {
  const forget = async (cloud: Cloud) => {
    for (const { id } of await cloud.record.items()) {
      await cloud.record.delete(String(id));
    }
  };

  test('costs a rollback one populate at most, and brings its data back', async () => {
    const cloud = await opened();
    await forget(cloud);
    cloud.cleanRooms.planQuery({ durationSeconds: 60, outcome: 'FAILED' });
    const result = await failToDeploy(cloud, B);
    expect([lettersIn(cloud), dataIn(cloud), versionIn(result)]).toEqual([expect.stringMatching(/^aba?$/), 'a', liveIn(cloud)]);
  });

  test('lets a deploy that changes nothing of the data keep the version', async () => {
    const cloud = await opened();
    const first = liveIn(cloud);
    await forget(cloud);
    expect([versionIn(await deploy(cloud, { ...A, timeout: Duration.minutes(30) })), lettersIn(cloud)]).toEqual([first, 'a']);
  });

  test('while a query runs makes no false success, and no second version of it live', async () => {
    const cloud = await opened();
    cloud.cleanRooms.planQuery({ durationSeconds: 300, outcome: 'SUCCESS' });
    const deploying = cloud.deploy(stackOf(B));
    await until(cloud, () => lettersIn(cloud) === 'ab');
    await forget(cloud);
    const result = await deploying;
    await cloud.advance(3600);
    expect(lettersIn(cloud)).toMatch(/^aba?$/);
    expect(result.status === 'UPDATE_COMPLETE' ? 'b' : 'a').toBe(dataIn(cloud));
    expect(cloud.executions(logicalId(stackOf(A), MACHINE)).filter(({ status }) => status === 'RUNNING')).toEqual([]);
  });
});
