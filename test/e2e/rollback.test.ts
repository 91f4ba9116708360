import { CfnResource, Duration } from 'aws-cdk-lib';
import { Schedule } from 'aws-cdk-lib/aws-events';
import { closeClouds, deploy, liveIn, logicalId, makeTable, MARKER, openCloud, populatesIn, refresh, Scene, SCHEDULE, stackOf, synthesize, tableIn, versionIn } from './support';
import { IntermediateTablePopulation } from '../../src';

afterEach(closeClouds);

const BEFORE: Scene = { schedule: Schedule.rate(Duration.days(1)) };
const AFTER: Scene = { ...BEFORE, parameters: { segment: `${MARKER} b` } };
const failing = { durationSeconds: 60, outcome: 'FAILED', error: { code: 'BAD', message: 'Wrong.' } } as const;

test('a rollback costs nothing where the old version is still live', async () => {
  const cloud = openCloud();
  const kept = versionIn(await deploy(cloud, BEFORE));
  cloud.cleanRooms.planQuery(failing);
  const result = await cloud.deploy(stackOf(AFTER));
  expect([result.status, populatesIn(cloud).length, liveIn(cloud), versionIn(result)]).toEqual(['UPDATE_ROLLBACK_COMPLETE', 2, kept, kept]);
});

test('a rollback costs nothing after a scheduled refresh in between, and reports the refresh\'s version', async () => {
  const cloud = openCloud();
  await deploy(cloud, BEFORE);
  await refresh(cloud, BEFORE);
  const refreshed = liveIn(cloud);
  cloud.cleanRooms.planQuery(failing);
  const result = await cloud.deploy(stackOf(AFTER));
  expect([result.status, populatesIn(cloud).length, liveIn(cloud)]).toEqual(['UPDATE_ROLLBACK_COMPLETE', 3, refreshed]);
  expect(versionIn(result)).toBe(refreshed);
});

test.each([1, 3, 20, 70, 120, 1000])('a rollback costs nothing where another resource fails %i seconds after the update began: its query is cancelled', async (seconds) => {
  const cloud = openCloud();
  const kept = versionIn(await deploy(cloud, BEFORE));
  cloud.cleanRooms.planQuery({ durationSeconds: 1800, outcome: 'SUCCESS' });
  const result = await cloud.deploy(stackOf({ ...AFTER, otherFailsAfter: seconds }));
  await cloud.settle();
  expect([result.status, versionIn(result), liveIn(cloud)]).toEqual(['UPDATE_ROLLBACK_COMPLETE', kept, kept]);
  // One that had begun, and none of the old properties.
  const segments = populatesIn(cloud).map(({ body }) => (body as Scene).parameters!.segment);
  expect(segments.slice(1)).toEqual(segments.length > 1 ? [`${MARKER} b`] : []);
  expect(cloud.cleanRooms.populations(tableIn(cloud)).map(({ outcome }) => outcome)).toEqual(segments.length > 1 ? ['SUCCESS', 'CANCELLED'] : ['SUCCESS']);
});

test('an update during a refresh cancels it, since its data is not wanted any more, and its rollback cancels the update\'s own', async () => {
  const cloud = openCloud();
  const kept = versionIn(await deploy(cloud, BEFORE));
  cloud.cleanRooms.planQuery({ durationSeconds: 300, outcome: 'SUCCESS' });
  cloud.fireRule(logicalId(stackOf(BEFORE), SCHEDULE));
  await cloud.advance(20);
  const result = await cloud.deploy(stackOf({ ...AFTER, otherFailsAfter: 60 }));
  expect([result.status, liveIn(cloud), versionIn(result)]).toEqual(['UPDATE_ROLLBACK_COMPLETE', kept, kept]);
  expect(populatesIn(cloud).map(({ body }) => (body as Scene).parameters!.segment)).toEqual(['a', 'a', 'b'].map((letter) => `${MARKER} ${letter}`));
  expect(cloud.cleanRooms.populations(tableIn(cloud)).map(({ outcome }) => outcome)).toEqual(['SUCCESS', 'CANCELLED', 'CANCELLED']);
});

test('a rollback of populations that take turns ends those that wait, and cancels those that run', async () => {
  const source = (segment: string, fails: boolean) => synthesize((stack) => {
    for (let index = 0; index < 5; index++) {
      new IntermediateTablePopulation(stack, `P${index}`, { intermediateTable: makeTable(stack, `T${index}`), parameters: { segment } });
    }
    new CfnResource(stack, 'Other', { type: 'Test::Resource::Fails', properties: { Fail: String(fails), Seconds: fails ? '100' : '0' } });
  });
  const cloud = openCloud({ cleanRooms: { limits: { concurrentQueries: 2 } } });
  const before = await cloud.deploy(source(MARKER, false));
  cloud.cleanRooms.defaultPlan = { durationSeconds: 1800, outcome: 'SUCCESS' };
  const result = await cloud.deploy(source(`${MARKER} b`, true));
  await cloud.settle();
  expect([result.status, result.outputs]).toEqual(['UPDATE_ROLLBACK_COMPLETE', before.outputs]);
  // One may get the place of another that was cancelled just before its own run hears of the rollback.
  expect(populatesIn(cloud).length).toBeLessThanOrEqual(5 + 3);
  expect(cloud.cleanRooms.populations().slice(5).map(({ outcome }) => outcome)).not.toContain('SUCCESS');
});

test('a rollback repopulates where the superseded query cannot be cancelled and succeeds after all', async () => {
  const cloud = openCloud();
  await deploy(cloud, BEFORE);
  cloud.cleanRooms.planQuery({ durationSeconds: 400, outcome: 'SUCCESS' });
  cloud.cleanRooms.faults.inject({ operation: 'UpdateProtectedQuery', fault: { kind: 'error', code: 'AccessDeniedException' } });
  const result = await cloud.deploy(stackOf({ ...AFTER, otherFailsAfter: 60 }));
  expect([result.status, versionIn(result)]).toEqual(['UPDATE_ROLLBACK_COMPLETE', liveIn(cloud)]);
  expect(populatesIn(cloud).map(({ body }) => (body as Scene).parameters!.segment)).toEqual([`${MARKER} a`, `${MARKER} b`, `${MARKER} a`]);
});

test('a rollback repopulates with the old properties where the new version had gone live because another resource failed', async () => {
  const cloud = openCloud();
  const old = versionIn(await deploy(cloud, BEFORE));
  const result = await cloud.deploy(stackOf({ ...AFTER, laterFails: true }));
  expect(result.status).toBe('UPDATE_ROLLBACK_COMPLETE');
  expect(populatesIn(cloud).map(({ body }) => (body as Scene).parameters!.segment)).toEqual([`${MARKER} a`, `${MARKER} b`, `${MARKER} a`]);
  expect([versionIn(result), liveIn(cloud)]).toEqual([liveIn(cloud), populatesIn(cloud)[2].versionId]);
  expect(liveIn(cloud)).not.toBe(old);
});

test('a rollback of a change that populates nothing costs nothing', async () => {
  const cloud = openCloud();
  const kept = versionIn(await deploy(cloud, BEFORE));
  const result = await cloud.deploy(stackOf({ ...BEFORE, timeout: Duration.minutes(20), laterFails: true }));
  expect([result.status, populatesIn(cloud).length, versionIn(result)]).toEqual(['UPDATE_ROLLBACK_COMPLETE', 1, kept]);
});

test('the deploy after a failed one populates with the new properties', async () => {
  const cloud = openCloud();
  await deploy(cloud, BEFORE);
  cloud.cleanRooms.planQuery(failing);
  await cloud.deploy(stackOf(AFTER));
  const result = await deploy(cloud, AFTER);
  expect([versionIn(result), populatesIn(cloud).length]).toEqual([liveIn(cloud), 3]);
});

test('a failed first deploy is deleted, and the next one populates', async () => {
  const cloud = openCloud();
  cloud.cleanRooms.planQuery(failing);
  expect((await cloud.deploy(stackOf(BEFORE))).status).toBe('ROLLBACK_COMPLETE');
  const result = await deploy(cloud, BEFORE);
  expect([versionIn(result), populatesIn(cloud).length]).toEqual([liveIn(cloud), 2]);
});

test('going back and forth between two templates populates once each time', async () => {
  const cloud = openCloud();
  for (const scene of [BEFORE, AFTER, BEFORE, AFTER]) {
    expect(versionIn(await deploy(cloud, scene))).toBe(liveIn(cloud));
  }
  expect(populatesIn(cloud)).toHaveLength(4);
});

test('a rollback to a table that was replaced is free: the old table still has what the old properties made', async () => {
  const cloud = openCloud();
  const first = await deploy(cloud);
  const result = await cloud.deploy(stackOf({ table: { name: 'Another' }, laterFails: true }));
  expect([result.status, versionIn(result), liveIn(cloud)]).toEqual(['UPDATE_ROLLBACK_COMPLETE', versionIn(first), versionIn(first)]);
  expect(populatesIn(cloud)).toHaveLength(2);
});
