import { Duration } from 'aws-cdk-lib';
import { Schedule } from 'aws-cdk-lib/aws-events';
import { closeClouds, logicalId, MEMBERSHIP, openCloud, STACK, synthesize } from './support';
import type { CloudOptions } from '../../simulator/cloud';
import type { StackSource } from '../../simulator/cloudformation/assembly';
import { IntermediateTable, IntermediateTablePopulation, WorkerType } from '../../src';
import type { PopulationCompute } from '../../src';

afterEach(closeClouds);

/** A table that a PySpark job populates: CloudFormation makes none, so somebody has made it before, and the app refers to it. */
function account(options: CloudOptions = {}) {
  const cloud = openCloud(options);
  const { resources } = cloud.cleanRooms;
  const template = resources.createAnalysisTemplate({ membershipIdentifier: MEMBERSHIP, name: 'score', queryString: 'spark.table("purchases")' });
  const table = resources.createIntermediateTable({
    membershipIdentifier: MEMBERSHIP, name: 'scores', populationAnalysisConfiguration: { jobParameters: { analysisTemplateArn: template.arn } },
  });
  return { cloud, table };
}

const stackOf = (intermediateTableIdentifier: string, compute: PopulationCompute = { workerType: WorkerType.CR_4X, workers: 1_024 }): StackSource =>
  synthesize((stack) => {
    new IntermediateTablePopulation(stack, 'Scores', {
      intermediateTable: IntermediateTable.fromIntermediateTableAttributes(stack, 'Table', { membershipIdentifier: MEMBERSHIP, intermediateTableIdentifier }),
      compute,
      timeout: Duration.minutes(10),
      schedule: Schedule.rate(Duration.days(1)),
    });
  });

const operations = (cloud: ReturnType<typeof account>['cloud']) => [...new Set(cloud.cleanRooms.journal.requests.map(({ operation }) => operation))];

describe('promise 3: success means queryable', () => {
  test('a table of a PySpark job is populated by a deploy and by a schedule, which wait for the job and name it', async () => {
    const { cloud, table } = account();
    const source = stackOf(table.id);
    const { status } = await cloud.deploy(source);
    expect(status).toBe('CREATE_COMPLETE');
    cloud.fireRule(logicalId(source, 'ScoresSchedule'));
    await cloud.settle();
    const outputs = cloud.executions().map(({ output }) => JSON.parse(output!) as object);
    expect(outputs).toEqual([
      expect.objectContaining({ status: 'POPULATED', analysisType: 'JOB', versionId: cloud.cleanRooms.liveVersionId(table.id) }),
      expect.objectContaining({ status: 'POPULATED', analysisType: 'JOB' }),
    ]);
    expect(cloud.cleanRooms.populations(table.id)).toHaveLength(2);
    expect(operations(cloud)).toEqual(expect.arrayContaining(['GetProtectedJob', 'ListProtectedJobs']));
    expect(operations(cloud)).not.toContain('GetProtectedQuery');
  });

  test('a job that does not end in time is cancelled, and none of it goes live', async () => {
    const { cloud, table } = account({ cleanRooms: { defaultPlan: { durationSeconds: 3600, outcome: 'SUCCESS' } } });
    const { status, failures } = await cloud.deploy(stackOf(table.id));
    expect([status, failures[0].reason]).toEqual(['ROLLBACK_COMPLETE', expect.stringContaining('PopulationTimedOut')]);
    expect(cloud.cleanRooms.populations(table.id).map(({ outcome }) => outcome)).toEqual(['CANCELLED']);
  });

  test('a failed job says whether the same may succeed if it is sent again', async () => {
    const { cloud, table } = account({
      cleanRooms: { defaultPlan: { durationSeconds: 60, outcome: 'FAILED', error: { code: 'OUT_OF_MEMORY', message: 'Too small.' }, retryable: true } },
    });
    const { failures } = await cloud.deploy(stackOf(table.id));
    expect(failures[0].reason).toMatch(/ProtectedJobFailed.*OUT_OF_MEMORY: Too small\. Clean Rooms says that the same request may succeed/);
  });

  test.each<[string, PopulationCompute]>([
    ['half a compute', { workers: 8 }],
    ['a worker type that only SQL has', { workerType: WorkerType.CR_8X, workers: 8 }],
  ])('%s is refused before anything is paid', async (_, compute) => {
    const { cloud, table } = account();
    const { failures } = await cloud.deploy(stackOf(table.id, compute));
    expect(failures[0].reason).toMatch(/ValidationException.*jobComputeConfiguration\.worker\.type/);
    expect(cloud.cleanRooms.populations(table.id)).toEqual([]);
    expect(cloud.cloudFormation.names()).toContain(STACK);
  });
});
