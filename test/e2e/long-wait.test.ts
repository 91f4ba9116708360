import { CfnParameter, Duration, Stack } from 'aws-cdk-lib';
import { Schedule } from 'aws-cdk-lib/aws-events';
import { closeClouds, deploy, failureOf, liveIn, makeTable, MARKER, openCloud, populatesIn, refresh, Scene, stackOf, synthesize, versionIn } from './support';
import type { StackSource } from '../../simulator/cloudformation/assembly';
import { IntermediateTablePopulation } from '../../src';

afterEach(closeClouds);

/** Queries wait in the service's own queue for so many hours, which costs the tests less time than ones that run. */
const queued = (hours: number) => openCloud({ cleanRooms: { limits: { submittedSeconds: hours * 3600 } } });
/** Twelve hours take longer than other tests, in milliseconds. */
const SLOW = 300_000;
const FAILS = { durationSeconds: 300, outcome: 'FAILED', error: { code: 'BAD', message: 'Wrong after hours.' } } as const;
const scene = (timeout: Duration, segment = 'a'): Scene =>
  ({ timeout, parameters: { segment: `${MARKER} ${segment}` }, schedule: Schedule.rate(Duration.days(1)) });

test('a query of 5 hours deploys under a timeout of 6 hours, and its version is the output', async () => {
  const cloud = queued(4.9);
  cloud.cleanRooms.planQuery({ durationSeconds: 600, outcome: 'SUCCESS' });
  const result = await deploy(cloud, scene(Duration.hours(6)));
  expect([populatesIn(cloud).length, versionIn(result)]).toEqual([1, liveIn(cloud)]);
});

test('a timeout of 12 hours lets a query of 11 hours and 45 minutes end', async () => {
  const cloud = queued(11.7);
  cloud.cleanRooms.planQuery({ durationSeconds: 180, outcome: 'SUCCESS' });
  expect(versionIn(await deploy(cloud, scene(Duration.hours(12))))).toBe(liveIn(cloud));
}, SLOW);

test('a query that never ends fails the deploy after 12 hours, with our own message', async () => {
  const cloud = queued(11.9);
  cloud.cleanRooms.planQuery({ durationSeconds: 60, outcome: 'NEVER' });
  const result = await cloud.deploy(stackOf(scene(Duration.hours(12))));
  expect(failureOf(result)).toMatch(/PopulationTimedOut/);
}, SLOW);

test('an update past an hour waits again, for a new version', async () => {
  const cloud = queued(2);
  const first = versionIn(await deploy(cloud, scene(Duration.hours(6))));
  const second = versionIn(await deploy(cloud, scene(Duration.hours(6), 'b')));
  expect([second, second === first, populatesIn(cloud).length]).toEqual([liveIn(cloud), false, 2]);
});

test('a failed query fails the deploy with its own code and message, the old version stays, and the rollback costs nothing', async () => {
  const cloud = queued(1.4);
  const kept = versionIn(await deploy(cloud, scene(Duration.hours(2))));
  cloud.cleanRooms.planQuery(FAILS);
  const result = await cloud.deploy(stackOf(scene(Duration.hours(2), 'b')));
  expect(failureOf(result)).toMatch(/ProtectedQueryFailed.*BAD: Wrong after hours\./);
  expect([result.status, liveIn(cloud), versionIn(result), populatesIn(cloud).length]).toEqual(['UPDATE_ROLLBACK_COMPLETE', kept, kept, 2]);
});

test('a rollback after the new version went live populates with the old properties again', async () => {
  const cloud = queued(0.8);
  await deploy(cloud, scene(Duration.hours(2)));
  cloud.cleanRooms.planQuery({ durationSeconds: 1500, outcome: 'SUCCESS' });
  const result = await cloud.deploy(stackOf({ ...scene(Duration.hours(2), 'b'), laterFails: true }));
  await cloud.settle();
  expect([result.status, versionIn(result)]).toEqual(['UPDATE_ROLLBACK_COMPLETE', liveIn(cloud)]);
  expect(populatesIn(cloud).map(({ body }) => (body as Scene).parameters!.segment.slice(-1))).toEqual(['a', 'b', 'a']);
});

test('the deploy after a rollback populates again, although its wait condition has the name of the failed one', async () => {
  const cloud = queued(1.4);
  await deploy(cloud, scene(Duration.hours(2)));
  cloud.cleanRooms.planQuery(FAILS);
  await cloud.deploy(stackOf(scene(Duration.hours(2), 'b')));
  const result = await deploy(cloud, scene(Duration.hours(2), 'b'));
  expect([versionIn(result), populatesIn(cloud).length]).toEqual([liveIn(cloud), 3]);
});

test('a rollback while a query of hours runs costs nothing: the query is cancelled', async () => {
  const cloud = queued(0.8);
  const kept = versionIn(await deploy(cloud, scene(Duration.hours(5))));
  cloud.cleanRooms.planQuery({ durationSeconds: 3600, outcome: 'SUCCESS' });
  const result = await cloud.deploy(stackOf({ ...scene(Duration.hours(5), 'b'), otherFailsAfter: 3600 }));
  await cloud.settle();
  expect([result.status, versionIn(result), liveIn(cloud)]).toEqual(['UPDATE_ROLLBACK_COMPLETE', kept, kept]);
  expect(cloud.cleanRooms.populations().map(({ outcome }) => outcome)).toEqual(['SUCCESS', 'CANCELLED']);
});

test('a deploy that changes nothing of the population keeps the version of the last one', async () => {
  const cloud = openCloud();
  const first = versionIn(await deploy(cloud, scene(Duration.hours(2))));
  const second = versionIn(await deploy(cloud, { ...scene(Duration.hours(2)), cancelOnTimeout: false }));
  expect([second, populatesIn(cloud).length]).toEqual([first, 1]);
});

test('a failed scheduled refresh past an hour changes nothing', async () => {
  const cloud = queued(1.4);
  const kept = versionIn(await deploy(cloud, scene(Duration.hours(2))));
  cloud.cleanRooms.planQuery(FAILS);
  await refresh(cloud, scene(Duration.hours(2)));
  expect([cloud.executions()[0].status, liveIn(cloud)]).toEqual(['FAILED', kept]);
});

describe('a value of the template\'s own parameters', () => {
  let source: StackSource;
  beforeAll(() => {
    source = synthesize((stack: Stack) => {
      const segment = new CfnParameter(stack, 'Segment');
      new IntermediateTablePopulation(stack, 'Audience', {
        intermediateTable: makeTable(stack, 'Table'), timeout: Duration.hours(2), parameters: { segment: segment.valueAsString },
      });
    });
  });

  test('populates when it changes, though no wait condition can be made anew for it', async () => {
    const cloud = openCloud();
    await cloud.deploy(source, undefined, { parameters: { Segment: `${MARKER} a` } });
    cloud.cleanRooms.planQuery({ durationSeconds: 1800, outcome: 'SUCCESS' });
    const result = await cloud.deploy(source, undefined, { parameters: { Segment: `${MARKER} b` } });
    expect([result.status, populatesIn(cloud).length, versionIn(result)]).toEqual(['UPDATE_COMPLETE', 2, liveIn(cloud)]);
    expect(populatesIn(cloud)[1].body).toEqual({ parameters: { segment: `${MARKER} b` } });
  });

  test('fails the deploy within CloudFormation\'s hour where the query takes longer', async () => {
    const cloud = queued(0.8);
    await cloud.deploy(source, undefined, { parameters: { Segment: `${MARKER} a` } });
    cloud.cleanRooms.planQuery({ durationSeconds: 3600, outcome: 'SUCCESS' });
    const result = await cloud.deploy(source, undefined, { parameters: { Segment: `${MARKER} b` } });
    expect([result.status, failureOf(result)]).toEqual(['UPDATE_ROLLBACK_COMPLETE', expect.stringMatching(/PopulationTimedOut.*CloudFormation would not have waited any longer/)]);
    expect(liveIn(cloud)).toBe(versionIn(result));
  });
});
