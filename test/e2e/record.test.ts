import { Duration } from 'aws-cdk-lib';
import { Schedule } from 'aws-cdk-lib/aws-events';
import { DefinitionBody, Fail, StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import {
  closeClouds, dataIn, deploy, failToDeploy, failureOf, lettersIn, liveIn, logicalId, MACHINE, openCloud, populatesIn, refresh, Scene,
  segment, stackOf, tableIn, until, versionIn,
} from './support';
import type { Cloud } from '../../simulator/cloud';
import type { Fault } from '../../simulator/faults';

afterEach(closeClouds);

const A: Scene = { parameters: segment('a'), schedule: Schedule.rate(Duration.days(1)) };
const B: Scene = { ...A, parameters: segment('b') };

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

describe('where DynamoDB can never be reached', () => {
  test.each(UNREACHABLE)('since it %s, a deploy fails with that reason, and nothing was populated', async (_, fault) => {
    const cloud = openCloud();
    cloud.recordFaults.inject({ operation: '*', fault });
    const result = await cloud.deploy(stackOf(A));
    expect([result.status, populatesIn(cloud), cloud.executions()]).toEqual(['ROLLBACK_COMPLETE', [], []]);
    expect(failureOf(result)).toMatch(/The record of populations cannot be reached\. .*DynamoDB table .*, for which a function in a VPC needs an endpoint/);
  });

  test('a stack can be deleted', async () => {
    const cloud = openCloud();
    await deploy(cloud, A);
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

test.each<Fault>([
  { kind: 'error', code: 'InternalServerError', when: 'after' },
  { kind: 'hang', when: 'after' },
  { kind: 'cut' },
])('every third write that takes effect and is not answered (%j) changes nothing', async (fault) => {
  const cloud = openCloud();
  cloud.recordFaults.inject({ operation: 'PutItem', fault, occurrences: Array.from({ length: 100 }, (_, nth) => 1 + 3 * nth) });
  await deploy(cloud, A);
  await refresh(cloud, A);
  const result = await deploy(cloud, B);
  expect([lettersIn(cloud), versionIn(result), dataIn(cloud)]).toEqual(['aab', liveIn(cloud), 'b']);
  expect((await cloud.destroy('App')).status).toBe('DELETE_COMPLETE');
});

describe('a record that somebody has deleted', () => {
  const forgetting = async (cloud: Cloud) => {
    for (const { id } of await itemsIn(cloud)) await cloud.record.delete(id);
  };

  test('costs one population, since nobody knows whose the live version is, and nothing more', async () => {
    const cloud = openCloud();
    await deploy(cloud, A);
    await forgetting(cloud);
    const made = versionIn(await deploy(cloud, { ...A, timeout: Duration.minutes(20) }));
    expect([versionIn(await deploy(cloud, { ...A, timeout: Duration.minutes(21) })), lettersIn(cloud)]).toEqual([made, 'aa']);
  });

  test('where an update fails costs a population at most, and the old data are live again', async () => {
    const cloud = openCloud();
    await deploy(cloud, A);
    await forgetting(cloud);
    cloud.cleanRooms.planQuery({ durationSeconds: 60, outcome: 'FAILED', error: { code: 'BAD', message: 'Wrong.' } });
    const result = await failToDeploy(cloud, B);
    expect([versionIn(result), dataIn(cloud)]).toEqual([liveIn(cloud), 'a']);
    expect(lettersIn(cloud)).toMatch(/^aba?$/);
  });

  test('while a query runs is never a wrong success', async () => {
    const cloud = openCloud();
    await deploy(cloud, A);
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

describe.each([['an hour', Duration.minutes(50)], ['two hours', Duration.hours(2)]])('ninety-one days after the last deploy, under a timeout of less than %s,', (_what, timeout) => {
  const later = async () => {
    const cloud = openCloud();
    await deploy(cloud, { ...A, timeout });
    await cloud.advance(80 * 24 * 3600);
    await refresh(cloud, A);
    await cloud.advance(11 * 24 * 3600);
    return cloud;
  };

  test('an update that fails is rolled back for nothing', async () => {
    const cloud = await later();
    cloud.cleanRooms.planQuery({ durationSeconds: 60, outcome: 'FAILED', error: { code: 'BAD', message: 'Wrong.' } });
    const result = await failToDeploy(cloud, { ...B, timeout });
    expect([lettersIn(cloud), versionIn(result), dataIn(cloud)]).toEqual(['aab', expect.any(String), 'a']);
  });

  test('an update that fails after its data were live is rolled back to the old data', async () => {
    const cloud = await later();
    const result = await failToDeploy(cloud, { ...B, timeout, laterFails: true });
    expect([lettersIn(cloud), versionIn(result)]).toEqual(['aaba', liveIn(cloud)]);
  });

  test('a change of the timeout keeps the version', async () => {
    const cloud = await later();
    const result = await deploy(cloud, { ...A, timeout: timeout.plus(Duration.minutes(1)) });
    expect([lettersIn(cloud), versionIn(result)]).toEqual(['aa', liveIn(cloud)]);
  });
});

describe('who may start a population', () => {
  const foreign: Scene = { ...A, also: (stack) => { new StateMachine(stack, 'Foreign', { definitionBody: DefinitionBody.fromChainable(new Fail(stack, 'Fails', { error: 'No' })) }); } };

  test.each<[string, (request: string) => object]>([
    ['another table, parameters and whom to answer', () => ({
      deployment: { action: 'POPULATE', population: { membershipIdentifier: 'x', intermediateTableIdentifier: 'y', parameters: segment('x') }, response: { url: 'https://x.example/' } },
    })],
    ['a deployment that nobody asked for', () => ({ deployment: { request: 'forged', answerBy: '2099-01-01T00:00:00.000Z' } })],
    ['the deployment that was carried out', (request) => ({ deployment: { request, answerBy: '2099-01-01T00:00:00.000Z' } })],
  ])('and names %s populates nobody else\'s table, and is heard by nobody', async (_, inputOf) => {
    const cloud = openCloud();
    await deploy(cloud, A);
    const [{ input }] = cloud.executions();
    const answers = cloud.responses().length;
    await cloud.execute(logicalId(stackOf(A), MACHINE), inputOf((JSON.parse(input) as { deployment: { request: string } }).deployment.request));
    await cloud.settle();
    expect(cloud.responses()).toHaveLength(answers);
    expect(cloud.cleanRooms.populations()).toEqual(cloud.cleanRooms.populations(tableIn(cloud)));
    expect([dataIn(cloud), lettersIn(cloud)]).toEqual(['a', expect.stringMatching(/^a+$/)]);
  });

  test('of another state machine makes nothing happen, whatever its executions are called and end like', async () => {
    const cloud = openCloud();
    await deploy(cloud, foreign);
    const [{ name }] = cloud.executions();
    const answers = cloud.responses().length;
    await cloud.execute(logicalId(stackOf(foreign), 'Foreign'), { deployment: { response: { url: 'https://x.example/' } } }, `${name.slice(0, -4)}0000`);
    await cloud.advance(60);
    expect(cloud.lambda.invocations.at(-1)!.function).toContain('DeploymentFunction');
    expect(cloud.responses()).toHaveLength(answers);
  });
});

test('an execution, and what is known of a population, hold no URL that an answer is put to', async () => {
  const cloud = openCloud();
  await deploy(cloud, A);
  await deploy(cloud, { ...B, timeout: Duration.hours(2) });
  const texts = cloud.executions().flatMap(({ input, output }) => [input, output ?? '']);
  // What has been answered is forgotten.
  texts.push(...(await itemsIn(cloud)).map((item) => JSON.stringify(item)));
  expect(texts.join()).toContain('deployment');
  expect(texts.filter((text) => text.includes('https://'))).toEqual([]);
});

test('reads are consistent, writes conditional', async () => {
  const cloud = openCloud();
  await deploy(cloud, A);
  await refresh(cloud, A);
  const { requests } = cloud.record;
  expect(new Set(requests.map(({ operation }) => operation))).toEqual(new Set(['GetItem', 'PutItem', 'UpdateItem']));
  expect(requests.filter(({ operation, input }) => (operation === 'GetItem' ? input.ConsistentRead !== true : !input.ConditionExpression))).toEqual([]);
});

