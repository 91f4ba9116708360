import { Duration } from 'aws-cdk-lib';
import { Schedule } from 'aws-cdk-lib/aws-events';
import { closeClouds, deploy, liveIn, MARKER, openCloud, populatesIn, refresh, Scene, stackOf, tableIn, versionIn } from './support';

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

test('a rollback costs nothing where another resource failed before the new version was live, whose query is cancelled', async () => {
  const cloud = openCloud();
  const kept = versionIn(await deploy(cloud, BEFORE));
  cloud.cleanRooms.planQuery({ durationSeconds: 1800, outcome: 'SUCCESS' });
  const result = await cloud.deploy(stackOf({ ...AFTER, otherFailsAfter: 120 }));
  await cloud.settle();
  expect(result.status).toBe('UPDATE_ROLLBACK_COMPLETE');
  // Data follows the template, by one way or the other.
  expect(cloud.cleanRooms.populations(tableIn(cloud)).find(({ versionId }) => versionId === liveIn(cloud))!.parameters)
    .toEqual({ segment: `${MARKER} a` });
  expect([liveIn(cloud) === versionIn(result), kept.length]).toEqual([true, 36]);
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
