import { Duration } from 'aws-cdk-lib';
import { Schedule } from 'aws-cdk-lib/aws-events';
import type { Cloud } from '../../../simulator/cloud';
import type { StackSource } from '../../../simulator/cloudformation/assembly';
import type { LambdaFaultKind } from '../../../simulator/lambda/faults';
import { IntermediateTablePopulation, PopulateOnDeploy } from '../../../src';
import {
  closeClouds, dataIn, deploy, DEPLOYMENT_FUNCTION, failureOf, lettersIn, liveIn, logicalId, MACHINE, makeTable, openCloud, populatesIn,
  POPULATION_FUNCTION, runningIn, Scene, SCHEDULE, segment, stackOf, synthesize, tableIn, until, versionIn,
} from '../support';

afterEach(closeClouds);

const A: Scene = { parameters: segment('a'), schedule: Schedule.rate(Duration.days(1)) };
const B: Scene = { ...A, parameters: segment('b') };
const LONG = { durationSeconds: 400, outcome: 'SUCCESS' } as const;

const seconds = (from: number, to: number) => (to - from) / 1000;

/** An update whose query has run for two minutes. */
async function watching(scene: Scene = B): Promise<{ cloud: Cloud; deploying: ReturnType<Cloud['deploy']> }> {
  const cloud = openCloud();
  await deploy(cloud, { ...scene, ...A, timeout: scene.timeout });
  cloud.cleanRooms.planQuery(LONG);
  const deploying = cloud.deploy(stackOf(scene));
  await until(cloud, () => lettersIn(cloud) === 'ab');
  await cloud.advance(120);
  return { cloud, deploying };
}

describe('while its query runs', () => {
  test.each<LambdaFaultKind>([
    { at: 'afterRequest', request: 9 }, { at: 'beforeRequest', request: 10 }, { at: 'timeoutBeforeRequest', request: 7 },
    { at: 'return' }, { at: 'timeoutBeforeReturn' }, { at: 'start' },
  ])('a step that crashes (%j) changes nothing', async (kind) => {
    const { cloud, deploying } = await watching();
    const steps = cloud.lambda.invocations.filter(({ function: name }) => name.startsWith(POPULATION_FUNCTION));
    const next = 1 + Math.max(...steps.map(({ invocation }) => invocation));
    cloud.faults.push({ ...kind, function: POPULATION_FUNCTION, invocation: next });
    const result = await deploying;
    expect(cloud.lambda.faults.hits).toHaveLength(1);
    expect([result.status, lettersIn(cloud), dataIn(cloud), versionIn(result)]).toEqual(['UPDATE_COMPLETE', 'ab', 'b', liveIn(cloud)]);
  });

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
    const cloud = openCloud();
    await deploy(cloud, A);
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

  test('its end is seen within seconds, however long it runs', async () => {
    const cloud = openCloud();
    await deploy(cloud, A);
    for (const durationSeconds of [20, 47, 90, 300, 1000]) {
      cloud.cleanRooms.planQuery({ durationSeconds, outcome: 'SUCCESS' });
      const { stopDate } = await cloud.execute(logicalId(stackOf(A), MACHINE));
      expect(seconds(cloud.cleanRooms.populations().at(-1)!.endsAt, stopDate!)).toBeLessThan(6);
    }
  });
});

describe('a populate that is sent shortly before the deadline', () => {
  test.each(['reset', 'hang'] as const)('and not answered (%s) is looked for and cancelled, too', async (kind) => {
    const timeout = Duration.minutes(2);
    const cloud = openCloud();
    await deploy(cloud, { ...A, timeout });
    cloud.cleanRooms.planQuery({ durationSeconds: 600, outcome: 'SUCCESS' });
    cloud.cleanRooms.faults.inject({ operation: 'PopulateIntermediateTable', fault: { kind: 'error', code: 'ThrottlingException' }, forSeconds: 60 });
    const deploying = cloud.deploy(stackOf({ ...B, timeout }));
    await cloud.advance(55);
    cloud.cleanRooms.faults.inject({ operation: 'PopulateIntermediateTable', fault: { kind, when: 'after' } });
    const result = await deploying;
    cloud.cleanRooms.faults.clear();
    await cloud.advance(3600);
    expect(failureOf(result)).toMatch(/PopulationTimedOut.*It is now CANCELLED/);
    expect([lettersIn(cloud), dataIn(cloud), cloud.cleanRooms.populations()[1].outcome]).toEqual(['ab', 'a', 'CANCELLED']);
  });
});

/** A population whose time is short, after others. */
const hurried = (others: number): StackSource => synthesize((stack) => {
  for (const name of [...Array.from({ length: others }, (_, index) => `P${index}`), 'Hurried']) {
    new IntermediateTablePopulation(stack, name, {
      intermediateTable: makeTable(stack, `${name}Table`), populateOnDeploy: PopulateOnDeploy.NEVER, timeout: Duration.minutes(name === 'Hurried' ? 1 : 50),
    });
  }
});

test.each([1, 20])('a population with a timeout of a minute makes its first request within seconds, beside %d others of its stack', async (others) => {
  const source = hurried(others);
  const cloud = openCloud({ cleanRooms: { limits: { concurrentQueries: 2 } } });
  await cloud.deploy(source);
  Array.from({ length: others }, (_, index) => cloud.startExecution(logicalId(source, `P${index}StateMachine`)));
  await cloud.advance(30);
  const began = cloud.startExecution(logicalId(source, 'HurriedStateMachine')).startDate;
  await cloud.advance(30);
  const table = cloud.stack('App').resources.get('HurriedTable')!.physicalId;
  const first = cloud.cleanRooms.journal.requests.find(({ path, time }) => time >= began && path.includes(table))!;
  expect(seconds(began, first.time)).toBeLessThan(20);
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

describe('many', () => {
  test('runs at once, 130 of them, share one population and all end well', async () => {
    const cloud = openCloud();
    await deploy(cloud, A);
    const executions = Array.from({ length: 130 }, () => cloud.startExecution(logicalId(stackOf(A), MACHINE)));
    await cloud.settle();
    expect(new Set(executions.map(({ status }) => status))).toEqual(new Set(['SUCCEEDED']));
    expect([populatesIn(cloud).length, dataIn(cloud)]).toEqual([2, 'a']);
  });

  test('versions, 1,500 of them, hide neither the live one nor one in doubt', async () => {
    const cloud = openCloud();
    await deploy(cloud, A);
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
