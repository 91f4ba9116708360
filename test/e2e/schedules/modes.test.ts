import { Duration } from 'aws-cdk-lib';
import { Schedule } from 'aws-cdk-lib/aws-events';
import { PopulateOnDeploy } from '../../../src';
import {
  closeClouds, dataIn, deploy, lettersIn, liveIn, logicalId, openCloud, refresh, Scene, SCHEDULE, segment, stackOf, tableIn, until, versionIn,
} from '../support';

afterEach(closeClouds);

const NIGHTLY: Scene = { schedule: Schedule.rate(Duration.days(1)) };
const A: Scene = { ...NIGHTLY, parameters: segment('a') };
const B: Scene = { ...NIGHTLY, parameters: segment('b') };
const LONG = { durationSeconds: 900, outcome: 'SUCCESS' } as const;

test.each([PopulateOnDeploy.NEVER, PopulateOnDeploy.IF_UNPOPULATED])(
  'the data of the template come back with ON_CHANGE, although a schedule has made others under %s', async (populateOnDeploy) => {
    const cloud = openCloud();
    await deploy(cloud, A);
    await deploy(cloud, { ...B, populateOnDeploy });
    expect(lettersIn(cloud)).toBe('a');
    await refresh(cloud, B);
    expect(dataIn(cloud)).toBe('b');
    expect([versionIn(await deploy(cloud, A)), lettersIn(cloud), dataIn(cloud)]).toEqual([liveIn(cloud), 'aba', 'a']);
  });

test.each<[string, Scene]>([
  ['with IF_UNPOPULATED', { ...A, populateOnDeploy: PopulateOnDeploy.IF_UNPOPULATED }],
  ['of another timeout', { ...A, timeout: Duration.minutes(40) }],
])('a deploy %s takes over what a schedule is making of an expired table', async (_, change) => {
  const cloud = openCloud();
  await deploy(cloud, A);
  cloud.cleanRooms.imposeStatus(tableIn(cloud), 'RETENTION_PERIOD_EXPIRED');
  cloud.cleanRooms.planQuery(LONG);
  cloud.fireRule(logicalId(stackOf(A), SCHEDULE));
  await until(cloud, () => lettersIn(cloud) === 'aa');
  cloud.cleanRooms.imposeStatus(tableIn(cloud), undefined);
  expect([versionIn(await deploy(cloud, change)), lettersIn(cloud)]).toEqual([liveIn(cloud), 'aa']);
});

test('an update from NEVER that a user cancels while its query runs leaves the old data', async () => {
  const cloud = openCloud();
  await deploy(cloud, A);
  await deploy(cloud, { ...A, populateOnDeploy: PopulateOnDeploy.NEVER });
  cloud.cleanRooms.planQuery(LONG);
  const deploying = cloud.deploy(stackOf(B));
  await until(cloud, () => lettersIn(cloud) === 'ab');
  cloud.cancelUpdate('App');
  expect((await deploying).status).toBe('UPDATE_ROLLBACK_COMPLETE');
  await cloud.advance(3600);
  expect([lettersIn(cloud), dataIn(cloud), cloud.cleanRooms.populations()[1].outcome]).toEqual(['ab', 'a', 'CANCELLED']);
});

test('leaving ALWAYS populates nothing', async () => {
  const cloud = openCloud();
  const first = versionIn(await deploy(cloud, { ...A, populateOnDeploy: PopulateOnDeploy.ALWAYS }));
  expect([versionIn(await deploy(cloud, A)), lettersIn(cloud)]).toEqual([first, 'a']);
});

test('a rollback to ALWAYS populates nothing where its data are still live', async () => {
  const cloud = openCloud();
  const always: Scene = { ...A, populateOnDeploy: PopulateOnDeploy.ALWAYS };
  const first = versionIn(await deploy(cloud, always));
  cloud.cleanRooms.planQuery({ durationSeconds: 60, outcome: 'FAILED' });
  const result = await cloud.deploy(stackOf({ ...always, parameters: segment('b') }));
  expect([result.status, versionIn(result), lettersIn(cloud), dataIn(cloud)]).toEqual(['UPDATE_ROLLBACK_COMPLETE', first, 'ab', 'a']);
});

test('a deploy takes over a version of its own definition that a schedule has begun after it', async () => {
  const cloud = openCloud();
  await deploy(cloud, A);
  cloud.cleanRooms.planQuery(LONG);
  cloud.fireRule(logicalId(stackOf(A), SCHEDULE));
  await until(cloud, () => lettersIn(cloud) === 'aa');
  // Its run waits behind that one; the schedule of the new definition, which comes due meanwhile, waits behind it.
  const deploying = cloud.deploy(stackOf(B));
  await until(cloud, () => cloud.executions().filter(({ status }) => status === 'RUNNING').length === 2);
  cloud.fireRule(logicalId(stackOf(B), SCHEDULE));
  expect(versionIn(await deploying)).toHaveLength(36);
  await cloud.settle();
  expect([lettersIn(cloud), dataIn(cloud)]).toEqual(['aab', 'b']);
});
