import { Duration } from 'aws-cdk-lib';
import { Schedule } from 'aws-cdk-lib/aws-events';
import {
  A, B, closeClouds, cloudWith, deploy, failureOf, liveIn, logicalId, MACHINE, MARKER, openCloud, populatesIn, refresh, Scene, stackOf,
  tableIn, versionIn,
} from './support';
import { WorkerType } from '../../src';

afterEach(closeClouds);

const SCENE: Scene = {
  parameters: { segment: `${MARKER} über-30`, min_age: '30' },
  compute: { workerType: WorkerType.CR_4X, workers: 8, sparkProperties: { 'spark.sql.shuffle.partitions': '200', '$.looks': '$.like.a.path' } },
  analysisPayerAccountId: '444455556666',
  schedule: Schedule.rate(Duration.days(1)),
};

const BODY = {
  parameters: SCENE.parameters,
  computeConfiguration: { queryComputeConfiguration: { type: 'CR.4X', number: 8, properties: { spark: SCENE.compute!.sparkProperties } } },
  analysisPayerAccountId: '444455556666',
};

describe('promise 3: success means queryable', () => {
  test('a deploy populates the table once, with exactly what was asked for, and ends with the live version as its output', async () => {
    const cloud = openCloud();
    const result = await deploy(cloud, SCENE);
    expect(populatesIn(cloud).map(({ body }) => body)).toEqual([BODY]);
    expect(versionIn(result)).toBe(liveIn(cloud));
  });

  test('a deploy of a population without options sends a body without members', async () => {
    const cloud = await cloudWith({ parameters: undefined });
    expect(populatesIn(cloud).map(({ body }) => body)).toEqual([{}]);
  });

  test('the schedule makes a second version live with the same body, and the stack keeps its output', async () => {
    const cloud = openCloud();
    const first = versionIn(await deploy(cloud, SCENE));
    await refresh(cloud, SCENE);
    expect(populatesIn(cloud).map(({ body }) => body)).toEqual([BODY, BODY]);
    expect(liveIn(cloud)).toBe(populatesIn(cloud)[1].versionId);
    expect(liveIn(cloud)).not.toBe(first);
    expect(cloud.stack('App').outputs).toEqual(expect.objectContaining({ [Object.keys(cloud.stack('App').outputs)[0]]: first }));
  });

  test('an execution answers with the documented keys and nothing else', async () => {
    const cloud = await cloudWith(SCENE, { cleanRooms: { defaultPlan: { durationSeconds: 90, outcome: 'SUCCESS' } } });
    const { status, output } = await cloud.execute(logicalId(stackOf(SCENE), MACHINE));
    const [, { versionId, analysisId }] = populatesIn(cloud);
    expect([status, JSON.parse(output!)]).toEqual(['SUCCEEDED', {
      versionId,
      analysisId,
      analysisType: 'QUERY',
      status: 'POPULATED',
      populatedAt: expect.stringMatching(/^2026-11-22T\d\d:\d\d:\d\d\.\d{3}Z$/),
      durationMillis: 90_000,
      // 8 workers of type CR.4X have 64 CRPUs.
      billedCrpuHours: 64 * 90 / 3600,
    }]);
  });

  test('an execution of the user\'s own overrides parameters by name, and keeps the rest', async () => {
    const cloud = await cloudWith(SCENE);
    const { status } = await cloud.execute(logicalId(stackOf(SCENE), MACHINE), { parameters: { min_age: '40' } });
    expect([status, populatesIn(cloud)[1].body]).toEqual(['SUCCEEDED', { ...BODY, parameters: { ...BODY.parameters, min_age: '40' } }]);
  });

  test.each(['conflict', 'accepted'] as const)('two schedules with other parameters that come due at once take turns (%s)', async (populateWhilePopulating) => {
    const scene: Scene = {
      ...SCENE,
      also: (_, population) => population.addSchedule('Other', Schedule.rate(Duration.hours(6)), { parameters: { min_age: '65' } }),
    };
    const cloud = await cloudWith(scene, { cleanRooms: { behaviours: { populateWhilePopulating } } });
    cloud.fireRule(logicalId(stackOf(scene), 'AudienceOther'));
    await refresh(cloud, scene);
    expect(populatesIn(cloud).map(({ body }) => (body as typeof BODY).parameters!.min_age).sort()).toEqual(['30', '30', '65']);
    expect(cloud.cleanRooms.maxConcurrentPopulations(tableIn(cloud))).toBe(1);
    expect(cloud.executions().map(({ status }) => status)).toEqual(['SUCCEEDED', 'SUCCEEDED', 'SUCCEEDED']);
  });

  test('two schedules that want the same at once share one population', async () => {
    const scene: Scene = { ...SCENE, also: (_, population) => population.addSchedule('Other', Schedule.rate(Duration.hours(6))) };
    const cloud = await cloudWith(scene, { cleanRooms: { behaviours: { populateWhilePopulating: 'accepted' } } });
    cloud.fireRule(logicalId(stackOf(scene), 'AudienceOther'));
    await refresh(cloud, scene);
    const versions = cloud.executions().slice(0, 2).map(({ output }) => (JSON.parse(output!) as { versionId: string }).versionId);
    expect([versions[0], versions]).toEqual([liveIn(cloud), [versions[1], versions[0]]]);
    expect(populatesIn(cloud)).toHaveLength(2);
  });

  describe('a query that succeeded', () => {
    test('is waited for until its version is live', async () => {
      const cloud = openCloud();
      cloud.cleanRooms.planQuery({ durationSeconds: 60, outcome: 'SUCCESS', liveAfterSeconds: 240 });
      const result = await deploy(cloud, A);
      expect(versionIn(result)).toBe(liveIn(cloud));
    });

    test('fails the deploy where its version never becomes live', async () => {
      const cloud = openCloud();
      const kept = versionIn(await deploy(cloud));
      cloud.cleanRooms.planQuery({ durationSeconds: 60, outcome: 'SUCCESS', liveAfterSeconds: 'never' });
      const result = await cloud.deploy(stackOf({ parameters: B.parameters }));
      expect(failureOf(result)).toMatch(new RegExp(`VersionNotLive.*${populatesIn(cloud)[1].versionId} is not the table's live one: version ${kept} is`));
      expect([liveIn(cloud), versionIn(cloud.stack('App'))]).toEqual([kept, kept]);
    });
  });
});
