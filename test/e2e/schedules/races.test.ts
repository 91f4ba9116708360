import { Duration } from 'aws-cdk-lib';
import { Schedule } from 'aws-cdk-lib/aws-events';
import type { Fault } from '../../../simulator/faults';
import {
  closeClouds, dataIn, deploy, failToDeploy, failureOf, lettersIn, liveIn, logicalId, openCloud,
  populatesIn,
  POPULATION_FUNCTION, runningIn, Scene, SCHEDULE, segment, stackOf, until, versionIn,
} from '../support';

afterEach(closeClouds);

const A: Scene = { parameters: segment('a'), schedule: Schedule.rate(Duration.days(1)) };
const B: Scene = { ...A, parameters: segment('b') };
const LONG = { durationSeconds: 1800, outcome: 'SUCCESS' } as const;

const REFUSED: Fault[] = [{ kind: 'error', code: 'ThrottlingException', status: 429 }, { kind: 'error', code: 'InternalServerError' }];
const WEAK = REFUSED.flatMap((fault): [string, number, Fault][] => [10, 90].map((seconds) => [(fault as { code: string }).code, seconds, fault]));

describe.each(WEAK)('while Step Functions answers %s for %d seconds', (_, forSeconds, fault) => {
  const opened = async () => {
    const cloud = openCloud();
    await deploy(cloud, A);
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

  test('an event that is delivered twice populates once', async () => {
    const cloud = openCloud({ behaviours: { deliverAgainAfterSeconds: 1 } });
    await deploy(cloud, A);
    cloud.stepFunctionsFaults.inject({ operation: '*', fault, forSeconds });
    await deploy(cloud, B);
    await cloud.settle();
    expect(lettersIn(cloud)).toBe('ab');
  });
});

test.each<Fault>([
  { kind: 'error', code: 'ThrottlingException' }, { kind: 'error', code: 'InternalServerException' }, { kind: 'hang' }, { kind: 'reply', status: 403, body: '<html>No</html>' },
])('a query whose first cancellation at a timeout is answered by %j is cancelled all the same', async (fault) => {
  const timeout = Duration.minutes(5);
  const cloud = openCloud();
  await deploy(cloud, { ...A, timeout });
  cloud.cleanRooms.planQuery(LONG);
  cloud.cleanRooms.faults.inject({ operation: 'UpdateProtectedQuery', fault, first: 1 });
  const result = await failToDeploy(cloud, { ...B, timeout });
  expect(failureOf(result)).toMatch(/PopulationTimedOut.*It is now CANCELLED/);
  await cloud.advance(3600);
  expect([lettersIn(cloud), dataIn(cloud), populatesIn(cloud).length]).toEqual(['ab', 'a', 2]);
});

test.each(['throttled', 'service'] as const)('a population function that cannot be invoked for a quarter of an hour while the query runs (%s) is waited for', async (at) => {
  const cloud = openCloud();
  await deploy(cloud, A);
  cloud.cleanRooms.planQuery({ durationSeconds: 600, outcome: 'SUCCESS' });
  const deploying = cloud.deploy(stackOf(B));
  await until(cloud, () => lettersIn(cloud) === 'ab');
  cloud.faults.push({ function: POPULATION_FUNCTION, at, forSeconds: 900 });
  const result = await deploying;
  expect(cloud.lambda.faults.hits.length).toBeGreaterThan(10);
  expect([result.status, lettersIn(cloud), dataIn(cloud), versionIn(result)]).toEqual(['UPDATE_COMPLETE', 'ab', 'b', liveIn(cloud)]);
});

test('a population function that can never be invoked again fails the deploy before CloudFormation gives up, and says what may go on', async () => {
  const cloud = openCloud();
  await deploy(cloud, { ...A, timeout: Duration.minutes(10) });
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

test.each([[900, 'UPDATE_COMPLETE', 'b'], [1500, 'UPDATE_ROLLBACK_COMPLETE', 'a']])('a record that cannot be reached for %d seconds once the run has begun: %s', async (seconds, status, data) => {
  const cloud = openCloud();
  await deploy(cloud, A);
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
