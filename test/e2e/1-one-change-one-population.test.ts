import { Duration } from 'aws-cdk-lib';
import { Schedule } from 'aws-cdk-lib/aws-events';
import { atLength } from './at-length';
import { a, b, FAILED, year } from './days';
import {
  A, B, closeClouds, cloudWith, dataIn, deploy, lettersIn, liveIn, logicalId, MACHINE, MARKER, openCloud, populatesIn, Scene, SCHEDULE,
  segment, stackOf, tableIn, until, versionIn,
} from './support';
import type { Template } from '../../simulator/cloudformation/assembly';
import { PopulateOnDeploy, WorkerType } from '../../src';

afterEach(closeClouds);

const KEY = 'arn:aws:kms:us-east-1:111122223333:key/a1b2c3d4-5678-90ab-cdef-333333333333';
const SIXTY_KB = Object.fromEntries(Array.from({ length: 58 }, (_, index) => [`p${index}`, MARKER.padEnd(1_000, String(index))]));
const { ALWAYS, IF_UNPOPULATED, NEVER, ON_CHANGE } = PopulateOnDeploy;

/** The same template, with other hashes of the same code, and a memory size and a definition that a later library might have. */
function upgraded(template: Template, assets: Readonly<Record<string, string>>): { template: Template; assets: Record<string, string> } {
  const rename = (key: string) => `0123456789abcdef${key.slice(16)}`;
  const text = Object.keys(assets).reduce((json, key) => json.replaceAll(key, rename(key)), JSON.stringify(template))
    .replaceAll('"MemorySize":256', '"MemorySize":512').replaceAll('Populates a Clean Rooms', 'Fills a Clean Rooms');
  return { template: JSON.parse(text) as Template, assets: Object.fromEntries(Object.entries(assets).map(([key, folder]) => [rename(key), folder])) };
}

describe('promise 1: one change, one population', () => {
  atLength('a year of a team that changes its query\'s parameters', () => year([
    { what: 'the first deploy', populates: 'a', data: 'a' },
    { what: 'the same again', populates: '', data: 'a' },
    { what: 'a night', does: 'REFRESHES', populates: 'a', data: 'a' },
    { what: 'other parameters', template: b, populates: 'b', data: 'b' },
    { what: 'git revert', template: a, populates: 'a', data: 'a' },
    { what: 'git revert of the revert, which fails', template: b, query: 'FAILED', status: FAILED, populates: 'b', data: 'a' },
    { what: 'and again, which works', template: b, populates: 'b', data: 'b' },
    { what: 'a parameter more', template: { parameters: { ...segment('c'), region: 'EU' } }, populates: 'c', data: 'c' },
    { what: 'two in a row: one', template: { parameters: segment('d') }, populates: 'd', data: 'd' },
    { what: 'two in a row: the other', template: { parameters: segment('e') }, populates: 'e', data: 'e' },
    { what: 'no parameters any more', template: { parameters: undefined }, populates: '-', data: '-' },
    { what: '60 kB of parameters', template: { parameters: SIXTY_KB }, populates: '-', data: '-' },
    { what: 'back to what was long ago', template: a, populates: 'a', data: 'a' },
  ]));

  atLength('a year of a team that changes everything else', () => year([
    { what: 'the first deploy', populates: 'a', data: 'a' },
    { what: 'a longer timeout', template: { timeout: Duration.minutes(50) }, populates: '', data: 'a' },
    { what: 'one of hours', template: { timeout: Duration.hours(3) }, populates: '', data: 'a' },
    { what: 'other data, under that', template: b, populates: 'b', data: 'b' },
    { what: 'a shorter one again', template: { timeout: Duration.minutes(30) }, populates: '', data: 'b' },
    { what: 'another schedule', template: { schedule: Schedule.rate(Duration.hours(12)) }, populates: '', data: 'b' },
    { what: 'a night', does: 'REFRESHES', populates: 'b', data: 'b' },
    { what: 'a second schedule', template: { also: (_, population) => { population.addSchedule('Weekly', Schedule.rate(Duration.days(7))); } }, populates: '', data: 'b' },
    { what: 'a week', does: 'REFRESHES', schedule: 'AudienceWeekly', populates: 'b', data: 'b' },
    { what: 'more workers', template: { compute: { workerType: WorkerType.CR_4X, workers: 8 } }, populates: 'b', data: 'b' },
    { what: 'Spark properties', template: { compute: { sparkProperties: { 'spark.sql.shuffle.partitions': '10' } } }, populates: 'b', data: 'b' },
    { what: 'the payer', template: { analysisPayerAccountId: '444455556666' }, populates: 'b', data: 'b' },
    { what: 'a key', template: { table: { kmsKeyArn: KEY } }, populates: 'b', data: 'b' },
    { what: 'a description', template: { table: { kmsKeyArn: KEY, description: 'Ours' } }, populates: '', data: 'b' },
    { what: 'queries are left running', template: { cancelOnTimeout: false }, populates: '', data: 'b' },
    { what: 'a trigger', template: { triggers: ['2026-12'] }, populates: 'b', data: 'b' },
    { what: 'no schedule any more', template: { schedule: undefined, also: undefined }, populates: '', data: 'b' },
  ]));

  atLength('a year of a team whose modes change', () => year([
    { what: 'the first deploy, which is not to populate', template: { populateOnDeploy: NEVER }, populates: '', data: undefined },
    { what: 'the same again', populates: '', data: undefined },
    { what: 'a night', does: 'REFRESHES', populates: 'a', data: 'a' },
    { what: 'other parameters', template: b, populates: '', data: 'a' },
    { what: 'only if there is nothing', template: { populateOnDeploy: IF_UNPOPULATED }, populates: '', data: 'a' },
    { what: 'two months', does: 'LETS EXPIRE', populates: '', data: undefined },
    { what: 'the same again, of which CloudFormation tells nobody', populates: '', data: undefined },
    { what: 'a deploy, after which there is', template: { timeout: Duration.minutes(40) }, populates: 'b', data: 'b' },
    { what: 'other parameters, where there is something', template: a, populates: '', data: 'b' },
    { what: 'with every deploy', template: { ...b, populateOnDeploy: ALWAYS }, populates: 'b', data: 'b' },
    { what: 'the same assembly again', populates: '', data: 'b' },
    { what: 'a deploy', template: { timeout: Duration.minutes(41) }, populates: 'b', data: 'b' },
    { what: 'a deploy that fails', template: { timeout: Duration.minutes(42) }, query: 'FAILED', status: FAILED, populates: 'b', data: 'b' },
    { what: 'on change again', template: { populateOnDeploy: ON_CHANGE, timeout: Duration.minutes(41) }, populates: '', data: 'b' },
    { what: 'a change', template: a, populates: 'a', data: 'a' },
    { what: 'two months', does: 'LETS EXPIRE', populates: '', data: undefined },
    { what: 'the same again, of which CloudFormation tells nobody', populates: '', data: undefined },
    { what: 'a trigger', template: { triggers: ['2026-12'] }, populates: 'a', data: 'a' },
    { what: 'two months', does: 'LETS EXPIRE', populates: '', data: undefined },
    { what: 'a deploy that changes nothing of the data', template: { timeout: Duration.minutes(43) }, populates: 'a', data: 'a' },
  ]));

  atLength.each([NEVER, IF_UNPOPULATED])('a year of a team that goes to %s, and back', (populateOnDeploy) => year([
    { what: 'the first deploy', populates: 'a', data: 'a' },
    { what: 'other parameters', template: { ...b, populateOnDeploy }, populates: '', data: 'a' },
    { what: 'a night', does: 'REFRESHES', populates: 'b', data: 'b' },
    { what: 'the data of the template, though a schedule has made others', template: { ...a, populateOnDeploy: ON_CHANGE }, populates: 'a', data: 'a' },
    { what: 'the mode again', template: { populateOnDeploy }, populates: '', data: 'a' },
    { what: 'an update that its user cancels', template: { ...b, populateOnDeploy: ON_CHANGE }, does: 'CANCELS', status: FAILED, populates: 'b', data: 'a' },
    { what: 'a day, in which that does not go live', does: 'WAITS', days: 1, populates: '', data: 'a' },
  ]));

  test('a year of a team that does several things at once', () => year([
    { what: 'the first deploy', populates: 'a', data: 'a' },
    { what: 'a deploy that changes nothing of the data, during a night', template: { timeout: Duration.minutes(31) }, does: 'DEPLOYS DURING A REFRESH', populates: 'a', data: 'a' },
    { what: 'a change during a night', template: b, does: 'DEPLOYS DURING A REFRESH', populates: 'ab', data: 'b' },
    { what: 'a night during a change', template: a, does: 'REFRESHES DURING A DEPLOY', populates: 'aa', data: 'a' },
    { what: 'a run of their own, with a parameter', does: 'RUNS', input: { parameters: segment('r') }, populates: 'r', data: 'r' },
    { what: 'a deploy that changes nothing of the data', template: { timeout: Duration.minutes(30) }, populates: '', data: 'r' },
    { what: 'a run of their own', does: 'RUNS', input: {}, populates: 'a', data: 'a' },
    { what: 'another name for the table, and another query: it is replaced', template: { table: { name: 'Another' } }, populates: 'a', data: 'a' },
    { what: 'the first table again', template: { table: {} }, populates: 'a', data: 'a' },
    { what: 'a replacement during a night', template: { table: { name: 'Another' } }, does: 'DEPLOYS DURING A REFRESH', populates: 'aa', data: 'a' },
    { what: 'the stack goes', does: 'DELETES', status: 'DELETE_COMPLETE', populates: '' },
    { what: 'and is back', populates: 'a', data: 'a' },
  ]));

  test('an upgrade of the library, which changes the functions\' code, populates nothing', async () => {
    const cloud = openCloud();
    const source = stackOf(A);
    const first = await deploy(cloud, A);
    const second = await cloud.deploy({ ...source, ...upgraded(source.template, source.assets) });
    expect([second.status, versionIn(second), populatesIn(cloud).length]).toEqual(['UPDATE_COMPLETE', versionIn(first), 1]);
  });

  test.each([20, 180])('an upgrade that puts parameters into another order populates nothing (timeout %d minutes)', async (minutes) => {
    const cloud = openCloud();
    const source = stackOf({ parameters: { a: MARKER, b: MARKER }, timeout: Duration.minutes(minutes) });
    const [ordered, reversed] = [['a', 'b'], ['b', 'a']].map((names) => JSON.stringify(names.map((Name) => ({ Name, Value: MARKER }))));
    const earlier = JSON.parse(JSON.stringify(source.template).replaceAll(ordered, reversed)) as Template;
    expect(earlier).not.toEqual(source.template);
    const [first, second] = [await cloud.deploy({ ...source, template: earlier }), await cloud.deploy(source)];
    expect([second.status, versionIn(second), populatesIn(cloud).length]).toEqual(['UPDATE_COMPLETE', versionIn(first), 1]);
  });

  test('NEVER populates nothing, and its output is the version that is live then', async () => {
    const cloud = openCloud();
    const scene: Scene = { populateOnDeploy: PopulateOnDeploy.NEVER };
    expect(versionIn(await deploy(cloud, scene))).toBe('');
    await cloud.execute(logicalId(stackOf(scene), MACHINE));
    const result = await deploy(cloud, { ...scene, ...b });
    expect([versionIn(result), populatesIn(cloud).length]).toEqual([liveIn(cloud), 1]);
  });

  test.each<[string, Scene]>([
    ['with IF_UNPOPULATED', { ...A, populateOnDeploy: PopulateOnDeploy.IF_UNPOPULATED }],
    ['of another timeout', { ...A, timeout: Duration.minutes(40) }],
  ])('a deploy %s takes over what a schedule is making of an expired table', async (_, change) => {
    const cloud = await cloudWith(A);
    cloud.cleanRooms.imposeStatus(tableIn(cloud), 'RETENTION_PERIOD_EXPIRED');
    cloud.cleanRooms.planQuery({ durationSeconds: 900, outcome: 'SUCCESS' });
    cloud.fireRule(logicalId(stackOf(A), SCHEDULE));
    await until(cloud, () => lettersIn(cloud) === 'aa');
    cloud.cleanRooms.imposeStatus(tableIn(cloud), undefined);
    expect([versionIn(await deploy(cloud, change)), lettersIn(cloud)]).toEqual([liveIn(cloud), 'aa']);
  });

  test('a deploy takes over a version of its own definition that a schedule has begun after it', async () => {
    const cloud = await cloudWith(A);
    cloud.cleanRooms.planQuery({ durationSeconds: 900, outcome: 'SUCCESS' });
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
});
