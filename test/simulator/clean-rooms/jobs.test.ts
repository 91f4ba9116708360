import { Harness, Reply } from './harness';
import type { IntermediateTable } from '../../../simulator/clean-rooms';

let rooms: Harness;
let table: IntermediateTable;
beforeEach(async () => {
  rooms = await Harness.start();
  table = rooms.addJobTable('scored', 'spark.table("purchases")', { region: 'all' });
});
afterEach(() => rooms.stop());

const jobPath = (id: string): string => `/memberships/${rooms.membership.id}/protectedJobs/${id}`;
const job = async (id: string): Promise<Reply['body']> => (await rooms.ok({ method: 'GET', path: jobPath(id) }, 'GetProtectedJob')).protectedJob;
const cancel = (id: string): Promise<Reply> => rooms.send({ method: 'PATCH', path: jobPath(id), body: { targetStatus: 'CANCELLED' } });
const worker = (type: string, number: number): object => ({ computeConfiguration: { jobComputeConfiguration: { worker: { type, number } } } });

async function populate(body: object = {}, of = table): Promise<string> {
  const reply = await rooms.populate(body, of);
  expect(reply).toMatchObject({ status: 200, body: { analysisType: 'JOB' } });
  return (reply.body as { analysisId: string }).analysisId;
}

describe('a table that a PySpark job populates', () => {
  test('is populated by a protected job, which is no protected query', async () => {
    const id = await populate({ parameters: { region: 'north' }, ...worker('CR.4X', 8), analysisPayerAccountId: '444455556666' });
    expect(await job(id)).toMatchObject({
      id,
      status: 'SUBMITTED',
      jobParameters: { ...table.populationAnalysisConfiguration.jobParameters, parameters: { region: 'north' } },
      resultConfiguration: { outputConfiguration: { intermediateTable: { id: table.id, name: 'scored' } } },
      computeConfiguration: { worker: { type: 'CR.4X', number: 8 } },
      jobComputePayerAccountId: '444455556666',
    });
    expect(await rooms.send({ method: 'GET', path: rooms.queryPath(id) })).toMatchObject({ status: 404, error: 'ResourceNotFoundException' });
    rooms.clock.advance(2);
    expect((await job(id)).status).toBe('STARTED');
    rooms.clock.advance(60);
    expect(await job(id)).toMatchObject({ status: 'SUCCESS', statistics: { totalDurationInMillis: 60_000, billedResourceUtilization: { units: 8 * 8 / 60 } } });
    expect((await rooms.getTable(table)).intermediateTableVersion).toMatchObject({ analysisId: id, analysisType: 'JOB', parameters: { region: 'north' } });
    expect((await rooms.versions('', table)).intermediateTableVersionSummaries).toEqual([expect.objectContaining({ analysisId: id, analysisType: 'JOB', status: 'POPULATE_SUCCESS' })]);
  });

  test('shows its template, and has the template\'s defaults', async () => {
    expect((await rooms.getTable(table)).populationAnalysisConfiguration).toEqual(table.populationAnalysisConfiguration);
    expect(table.defaults).toEqual({ region: 'all' });
  });

  test('spends the access budgets of what its script reads', async () => {
    rooms.service.setAccessBudget(rooms.associationId, 1);
    await populate();
    expect(rooms.service.accessBudget(rooms.associationId)).toBe(0);
  });

  test('whose job fails says why, and whether it may be tried again', async () => {
    rooms.service.planQuery({ durationSeconds: 5, outcome: 'FAILED', error: { code: 'TRANSIENT_ERROR', message: 'Try again.' }, retryable: true });
    const id = await populate();
    rooms.clock.advance(10);
    expect(await job(id)).toMatchObject({ status: 'FAILED', error: { code: 'TRANSIENT_ERROR', message: 'Try again.', retry: { retryable: true } } });
    expect((await rooms.getTable(table)).status).toBe('POPULATE_FAILED');
  });

  test.each([['NEVER', 24 * 3600 + 10], ['TIMED_OUT', 20]] as const)('has a job that fails where a query would time out: %s', async (outcome, after) => {
    rooms.service.planQuery({ durationSeconds: 10, outcome });
    const id = await populate();
    rooms.clock.advance(after);
    expect(await job(id)).toMatchObject({ status: 'FAILED', error: { code: 'INSUFFICIENT_COMPUTE' } });
  });
});

describe('a protected job', () => {
  test('is cancelled as a query is, and refuses that once it is over', async () => {
    const id = await populate();
    rooms.clock.advance(10);
    expect(await cancel(id)).toMatchObject({ status: 200, body: { protectedJob: { status: 'CANCELLING' } } });
    rooms.clock.advance(5);
    expect((await job(id)).status).toBe('CANCELLED');
    expect(await cancel(id)).toMatchObject({ status: 409, error: 'ConflictException', body: { reason: 'INVALID_STATE' } });
  });

  test('is allowed by actions of its own, on the membership', async () => {
    const asked: string[] = [];
    await rooms.stop();
    rooms = await Harness.start({
      authorize: ({ operation, resources }) => {
        asked.push(operation);
        return resources.length === 1 && resources[0] === rooms.membership.arn && operation === 'UpdateProtectedJob' ? { message: 'no' } : undefined;
      },
    });
    const id = await populate({}, rooms.addJobTable('other'));
    await job(id);
    expect(await cancel(id)).toMatchObject({ status: 403, error: 'AccessDeniedException' });
    expect(asked).toEqual(['PopulateIntermediateTable', 'GetProtectedJob', 'UpdateProtectedJob']);
  });

  test('is cancelled by no operation of queries', async () => {
    const id = await populate();
    expect(await rooms.cancel(id)).toMatchObject({ status: 404 });
    expect((await job(id)).status).toBe('SUBMITTED');
  });

  test('is in the list of jobs, page by page, newest first, and in no other', async () => {
    const first = await populate();
    rooms.clock.advance(100);
    const second = await populate();
    const list = async (query: string): Promise<Reply['body']> => rooms.ok({ method: 'GET', path: `/memberships/${rooms.membership.id}/protectedJobs${query}` }, 'ListProtectedJobs');
    const { protectedJobs: [newest], nextToken } = await list('?maxResults=1');
    expect(newest).toMatchObject({ id: second, status: 'SUBMITTED', intermediateTableConfiguration: { id: table.id } });
    expect((await list(`?maxResults=1&nextToken=${nextToken}`)).protectedJobs).toEqual([expect.objectContaining({ id: first })]);
    expect((await list('?status=SUCCESS')).protectedJobs).toEqual([expect.objectContaining({ id: first })]);
    const queries = await rooms.ok({ method: 'GET', path: `/memberships/${rooms.membership.id}/protectedQueries` }, 'ListProtectedQueries');
    expect(queries.protectedQueries).toEqual([]);
  });
});

describe('the compute of a job', () => {
  test.each<[object, number, string | undefined]>([
    [{}, 200, undefined],
    [worker('CR.1X', 4), 200, undefined],
    [worker('CR.4X', 1024), 200, undefined],
    [worker('CR.1X', 3), 400, 'FIELD_VALIDATION_FAILED'],
    [worker('CR.1X', 1025), 400, 'FIELD_VALIDATION_FAILED'],
    [worker('CR.8X', 4), 400, 'FIELD_VALIDATION_FAILED'],
    [{ computeConfiguration: { queryComputeConfiguration: { type: 'CR.1X', number: 4 } } }, 400, 'INVALID_CONFIGURATION'],
  ])('has a type and a number of its own: %j is %i', async (body, status, reason) => {
    const reply = await rooms.populate(body, table);
    expect([reply.status, (reply.body as { reason?: string }).reason]).toEqual([status, reason]);
  });

  test('is not for a query', async () => {
    expect(await rooms.populate(worker('CR.1X', 4))).toMatchObject({ status: 400, body: { reason: 'INVALID_CONFIGURATION' } });
    expect(rooms.service.populations()).toEqual([]);
  });
});

describe('jobs and queries', () => {
  test('have quotas of their own: of a membership, one job at a time', async () => {
    await populate();
    expect(await rooms.populate({}, rooms.addJobTable('other'))).toMatchObject({
      status: 402, error: 'ServiceQuotaExceededException', body: { quotaName: 'Concurrent ongoing job per membership', quotaValue: 1 },
    });
    expect((await rooms.populate()).status).toBe(200);
  });

  test('wait for slots of their own', async () => {
    await rooms.stop();
    rooms = await Harness.start({ behaviours: { overQuota: 'queued' }, limits: { concurrentJobs: 1, concurrentQueries: 1, ongoingJobsPerMembership: 2 } });
    const [first, second] = [await populate({}, rooms.addJobTable('one')), await populate({}, rooms.addJobTable('two'))];
    const { analysisId } = (await rooms.populate()).body as { analysisId: string };
    rooms.clock.advance(3);
    const statuses = [(await job(first)).status, (await job(second)).status, (await rooms.query(analysisId)).status];
    expect(statuses).toEqual(['STARTED', 'SUBMITTED', 'STARTED']);
  });

  test.each([true, false, undefined])('say of a failed query whether it may be tried again, where AWS does: %s', async (retryable) => {
    rooms.service.planQuery({ durationSeconds: 5, outcome: 'FAILED', error: { code: 'X', message: 'm' }, retryable });
    const { analysisId } = (await rooms.populate()).body as { analysisId: string };
    rooms.clock.advance(10);
    expect((await rooms.query(analysisId)).error).toEqual({ code: 'X', message: 'm', ...(retryable === undefined ? {} : { retry: { retryable } }) });
  });
});

describe('UpdateIntermediateTable', () => {
  test('changes what is given, and populates nothing', async () => {
    const update = async (body: object): Promise<Reply['body']> => (await rooms.ok({ method: 'PATCH', path: rooms.path(), body }, 'UpdateIntermediateTable')).intermediateTable;
    expect(await update({ description: 'Who bought what' })).toMatchObject({ description: 'Who bought what', status: 'CREATED' });
    const columns = [{ name: 'id', type: 'string' }];
    expect(await update({ columns })).toMatchObject({ description: 'Who bought what', schema: { columns } });
    expect(rooms.service.populations()).toEqual([]);
  });
});
