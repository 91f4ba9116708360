import { Duration } from 'aws-cdk-lib';
import { Schedule } from 'aws-cdk-lib/aws-events';
import { closeClouds, deploy, liveIn, logicalId, MACHINE, MARKER, openCloud, populatesIn, Scene, stackOf, tableIn, versionIn } from './support';
import type { Template } from '../../simulator/cloudformation/assembly';
import { PopulateOnDeploy, WorkerType } from '../../src';

afterEach(closeClouds);

const BASE: Scene = { table: { kmsKeyArn: undefined } };
const KEY = 'arn:aws:kms:us-east-1:111122223333:key/a1b2c3d4-5678-90ab-cdef-333333333333';
const parameters = { segment: `${MARKER} b` };

test.each<[string, Scene]>([
  ['parameters', { parameters }],
  ['a parameter less', { parameters: undefined }],
  ['parameters to 60 kB of them', { parameters: Object.fromEntries(Array.from({ length: 58 }, (_, index) => [`p${index}`, MARKER.padEnd(1_000, String(index))])) }],
  ['compute', { compute: { workerType: WorkerType.CR_4X, workers: 4 } }],
  ['Spark properties', { compute: { sparkProperties: { 'spark.sql.shuffle.partitions': '10' } } }],
  ['the payer', { analysisPayerAccountId: '444455556666' }],
  ['the KMS key', { table: { kmsKeyArn: KEY } }],
  ['the triggers', { triggers: ['2026-11-22'] }],
  ['the table', { table: { populationAnalysisConfiguration: { sqlParameters: { queryString: 'SELECT 2' } }, name: 'Another' } }],
])('a deploy that changes %s populates once, and its output is the new version', async (_, change) => {
  const cloud = openCloud();
  await deploy(cloud, BASE);
  const result = await deploy(cloud, { ...BASE, ...change });
  expect(populatesIn(cloud)).toHaveLength(2);
  expect([versionIn(result), populatesIn(cloud)[1].versionId]).toEqual([liveIn(cloud), liveIn(cloud)]);
  expect(populatesIn(cloud)[1].tableId).toBe(tableIn(cloud));
});

test.each<[string, Scene]>([
  ['the timeout', { timeout: Duration.minutes(20) }],
  ['the timeout to more than an hour', { timeout: Duration.hours(3) }],
  ['cancelOnTimeout', { cancelOnTimeout: false }],
  ['the schedule', { schedule: Schedule.rate(Duration.hours(6)) }],
  ['the table\'s description', { table: { description: 'Another one' } }],
  ['the mode', { populateOnDeploy: PopulateOnDeploy.IF_UNPOPULATED }],
])('a deploy that changes %s populates nothing and keeps the version', async (_, change) => {
  const cloud = openCloud();
  const first = await deploy(cloud, BASE);
  const second = await deploy(cloud, { ...BASE, ...change });
  expect([versionIn(second), populatesIn(cloud).length]).toEqual([versionIn(first), 1]);
});

test('an upgrade of the library, which changes the functions\' code, populates nothing', async () => {
  const cloud = openCloud();
  const source = stackOf(BASE);
  const first = await deploy(cloud, BASE);
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

/** The same template, with other hashes of the same code, and a memory size and a definition that a later library might have. */
function upgraded(template: Template, assets: Readonly<Record<string, string>>): { template: Template; assets: Record<string, string> } {
  const rename = (key: string) => `0123456789abcdef${key.slice(16)}`;
  const text = Object.keys(assets).reduce((json, key) => json.replaceAll(key, rename(key)), JSON.stringify(template))
    .replaceAll('"MemorySize":256', '"MemorySize":512').replaceAll('Populates a Clean Rooms', 'Fills a Clean Rooms');
  return { template: JSON.parse(text) as Template, assets: Object.fromEntries(Object.entries(assets).map(([key, folder]) => [rename(key), folder])) };
}

test('ON_CHANGE populates without a change where the live version has expired', async () => {
  const cloud = openCloud();
  await deploy(cloud, BASE);
  await cloud.advance(31 * 24 * 3600);
  const result = await deploy(cloud, { ...BASE, timeout: Duration.minutes(30) });
  expect([populatesIn(cloud).length, versionIn(result)]).toEqual([2, liveIn(cloud)]);
});

test('ALWAYS populates with every deploy of a new template', async () => {
  const cloud = openCloud();
  await deploy(cloud, { populateOnDeploy: PopulateOnDeploy.ALWAYS });
  // Another scene, so that it is synthesized again.
  const result = await deploy(cloud, { populateOnDeploy: PopulateOnDeploy.ALWAYS, cancelOnTimeout: true });
  expect([populatesIn(cloud).length, versionIn(result)]).toEqual([2, liveIn(cloud)]);
});

test('IF_UNPOPULATED populates the first time, and not again when parameters change', async () => {
  const cloud = openCloud();
  const first = await deploy(cloud, { populateOnDeploy: PopulateOnDeploy.IF_UNPOPULATED });
  const second = await deploy(cloud, { populateOnDeploy: PopulateOnDeploy.IF_UNPOPULATED, parameters });
  expect([populatesIn(cloud).length, versionIn(second)]).toEqual([1, versionIn(first)]);
});

test('IF_UNPOPULATED populates a table whose version has expired', async () => {
  const cloud = openCloud();
  await deploy(cloud, { populateOnDeploy: PopulateOnDeploy.IF_UNPOPULATED });
  cloud.cleanRooms.imposeStatus(tableIn(cloud), 'RETENTION_PERIOD_EXPIRED');
  const result = await deploy(cloud, { populateOnDeploy: PopulateOnDeploy.IF_UNPOPULATED, parameters });
  expect([populatesIn(cloud).length, versionIn(result)]).toEqual([2, liveIn(cloud)]);
});

test('NEVER populates nothing, and its output is the version that is live then', async () => {
  const cloud = openCloud();
  const scene: Scene = { populateOnDeploy: PopulateOnDeploy.NEVER };
  expect(versionIn(await deploy(cloud, scene))).toBe('');
  await cloud.execute(logicalId(stackOf(scene), MACHINE));
  const result = await deploy(cloud, { ...scene, parameters });
  expect([versionIn(result), populatesIn(cloud).length]).toEqual([liveIn(cloud), 1]);
});

test('an update right after a deploy never takes that one\'s version for its own, though it is listed late and a step crashes', async () => {
  const cloud = openCloud({ cleanRooms: { behaviours: { versionListLag: 20, queryParametersVisible: 'none', activeVersionParameters: 'none' } } });
  cloud.cleanRooms.defaultPlan = { durationSeconds: 5, outcome: 'SUCCESS' };
  await deploy(cloud);
  const steps = cloud.lambda.invocations.filter(({ function: name }) => name.startsWith('IntermediateTablePopulationsPopulationFunction')).length;
  cloud.faults.push({ function: 'IntermediateTablePopulationsPopulationFunction', invocation: steps + 2, at: 'service' });
  const result = await deploy(cloud, { parameters: { segment: `${MARKER} b` } });
  expect(populatesIn(cloud)).toHaveLength(2);
  expect([versionIn(result), liveIn(cloud)]).toEqual([populatesIn(cloud)[1].versionId, populatesIn(cloud)[1].versionId]);
});
