import { Botocore } from './client';
import { asking, Tally } from './tally';
import type { Harness } from '../../simulator/clean-rooms/harness';

const WORKERS = { type: 'CR.4X', number: 8, properties: { spark: { 'spark.sql.shuffle.partitions': '10' } } };

/** What populates a table: what differs between the two in the API. */
interface Analysis {
  readonly type: 'Query' | 'Job';
  readonly populatedBy: (rooms: Harness) => object;
  readonly computeConfiguration: object;
}

export const QUERY: Analysis = {
  type: 'Query',
  populatedBy: () => ({ sqlParameters: { queryString: 'SELECT id FROM purchases WHERE region = :region' } }),
  computeConfiguration: { queryComputeConfiguration: WORKERS },
};

export const JOB: Analysis = {
  type: 'Job',
  populatedBy: ({ service: { resources }, membership }) => {
    const template = resources.createAnalysisTemplate({ membershipIdentifier: membership.id, name: 'job', queryString: 'SELECT id FROM purchases' });
    return { jobParameters: { analysisTemplateArn: template.arn } };
  },
  computeConfiguration: { jobComputeConfiguration: { worker: WORKERS } },
};

/** What may become of a table, from its creation to its end, in calls of each operation. */
export async function lifeOfATable(
  rooms: Harness, botocore: Botocore, tally: Tally, { type, populatedBy, computeConfiguration }: Analysis,
): Promise<void> {
  const { service, clock, membership } = rooms;
  const { ok, refused } = asking(botocore, tally);
  const { behaviours } = service;
  const membershipIdentifier = membership.id;
  const populationAnalysisConfiguration = populatedBy(rooms);
  const { intermediateTable: { id } } = await ok('CreateIntermediateTable', {
    membershipIdentifier,
    name: 'weekly',
    description: 'Who has bought',
    retentionInDays: 10,
    kmsKeyArn: 'arn:aws:kms:eu-west-1:111122223333:key/a1b2c3d4-5678-90ab-cdef-111111111111',
    populationAnalysisConfiguration,
  });
  const table = { membershipIdentifier, intermediateTableIdentifier: id as string };
  const identifiers = (analysisId: string) => ({ membershipIdentifier, [`protected${type}Identifier`]: analysisId });
  const look = async (analysisId?: string) => {
    await ok('ListIntermediateTableVersions', table);
    await ok(type === 'Job' ? 'ListProtectedJobs' : 'ListProtectedQueries', { membershipIdentifier });
    const { intermediateTable } = await ok('GetIntermediateTable', table);
    const analysis = analysisId && await ok(`GetProtected${type}`, identifiers(analysisId));
    return { table: intermediateTable, analysis: analysis?.[`protected${type}`] };
  };
  const populate = async (input: object = {}): Promise<{ analysisId: string; versionId: string }> => ok('PopulateIntermediateTable', { ...table, ...input });
  tally.expect('the status of a new table', (await look()).table.status, 'CREATED');

  const first = await populate({
    parameters: { region: 'north', text: 'ä "quoted" 表' }, computeConfiguration, analysisPayerAccountId: '111122223333',
  });
  clock.advance(10);
  tally.expect('the status of its analysis', (await look(first.analysisId)).analysis.status, 'STARTED');
  if (behaviours.populateWhilePopulating === 'conflict') {
    await refused('ConflictException', 'PopulateIntermediateTable', table);
  }
  if (behaviours.deleteWhilePopulating === 'refused') {
    await refused('ConflictException', 'DeleteIntermediateTable', table);
  }
  clock.advance(100);
  const populated = await look(first.analysisId);
  tally.expect('the status of an analysis that has ended', populated.analysis.status, 'SUCCESS');
  tally.expect('the live version', populated.table.intermediateTableVersion?.versionId, first.versionId);

  service.planQuery({ durationSeconds: 5, outcome: 'FAILED', error: { code: 'QUERY_FAILED', message: 'No column "regin".' }, retryable: false }, id);
  const failed = await populate();
  clock.advance(60);
  tally.expect('the status of an analysis that has failed', (await look(failed.analysisId)).analysis.status, 'FAILED');

  service.planQuery({ durationSeconds: 3600, outcome: 'NEVER' }, id);
  const cancelled = await populate();
  clock.advance(10);
  const cancellation = { ...identifiers(cancelled.analysisId), targetStatus: 'CANCELLED' };
  await ok(`UpdateProtected${type}`, cancellation);
  clock.advance(1);
  tally.expect('the status of an analysis that is cancelled', (await look(cancelled.analysisId)).analysis.status, 'CANCELLING');
  clock.advance(60);
  tally.expect('the status of an analysis that was cancelled', (await look(cancelled.analysisId)).analysis.status, 'CANCELLED');
  await refused('ConflictException', `UpdateProtected${type}`, cancellation);
  tally.expect('the live version after a failure and a cancellation', (await look()).table.intermediateTableVersion?.versionId, first.versionId);

  await ok('UpdateIntermediateTable', { ...table, description: 'Who has bought, and where', columns: [{ name: 'id', type: 'string' }] });
  tally.expect('the description of a table that was updated', (await look()).table.description, 'Who has bought, and where');
  await refusals(rooms, botocore, tally, table, type, populationAnalysisConfiguration);
  service.imposeStatus(id, 'DISALLOWED_BY_DATA_PROVIDER', 'A member has withdrawn its consent.');
  tally.expect('the status of a table that a member disallows', (await look()).table.status, 'DISALLOWED_BY_DATA_PROVIDER');
  await refused('ConflictException', 'PopulateIntermediateTable', table);
  service.imposeStatus(id, undefined);
  clock.advance(11 * 86_400);
  tally.expect('the status of a table whose data is gone', (await look()).table.status, 'RETENTION_PERIOD_EXPIRED');
  await ok('DeleteIntermediateTable', table);
  await refused('ResourceNotFoundException', 'GetIntermediateTable', table);
}

/** What the service refuses, for what is asked or for how much. */
async function refusals(
  { service }: Harness, botocore: Botocore, tally: Tally, table: { readonly membershipIdentifier: string }, type: Analysis['type'], populationAnalysisConfiguration: object,
): Promise<void> {
  const { refused } = asking(botocore, tally);
  const { membershipIdentifier } = table;
  const UNKNOWN = '00000000-0000-0000-0000-000000000000';
  const populating = (code: string, input: object) => refused(code, 'PopulateIntermediateTable', { ...table, ...input });
  await populating('ValidationException', { parameters: { 'no good name': 'x' } });
  await populating('ValidationException', { parameters: { region: 'x'.repeat(1001) } });
  await populating('ValidationException', { analysisPayerAccountId: '12' });
  await populating('ValidationException', { computeConfiguration: { queryComputeConfiguration: { type: 'CR.1X', number: 1000 } } });
  await refused('ValidationException', 'ListProtectedQueries', { membershipIdentifier, maxResults: 1000 });
  await refused('ValidationException', 'ListProtectedQueries', { membershipIdentifier, nextToken: 'nobody has given this one' });
  await refused('ValidationException', 'GetProtectedQuery', { membershipIdentifier, protectedQueryIdentifier: 'short' });
  await refused('ResourceNotFoundException', 'GetProtectedQuery', { membershipIdentifier, protectedQueryIdentifier: UNKNOWN });
  await refused('ResourceNotFoundException', 'GetIntermediateTable', { ...table, membershipIdentifier: UNKNOWN });
  await refused('ConflictException', 'CreateIntermediateTable', {
    membershipIdentifier, name: 'weekly', populationAnalysisConfiguration: { sqlParameters: { queryString: 'SELECT 1' } },
  });
  if (service.behaviours.overQuota === 'rejected') {
    const atOnce = type === 'Job' ? service.limits.ongoingJobsPerMembership : service.limits.concurrentQueries;
    const others = Array.from({ length: atOnce }, (_, index) =>
      service.resources.createIntermediateTable({ membershipIdentifier, name: `other ${index}`, populationAnalysisConfiguration }));
    others.forEach(({ id }) => service.populateByHand(id));
    const { quotaValue } = await populating('ServiceQuotaExceededException', {});
    tally.expect('the quota that is used up', quotaValue, atOnce);
  }
}
