import { Harness, INVALID_STATE } from './harness';
import type { IntermediateTable, QueryPlan } from '../../../simulator/clean-rooms';

let rooms: Harness;
let table: IntermediateTable;
beforeEach(async () => {
  rooms = await Harness.start();
  table = rooms.addJobTable('scored', 'spark.table("purchases")', { region: 'all' });
});
afterEach(() => rooms.stop());

const cancel = (id: string) => rooms.cancel(id, rooms.jobPath(id));
const worker = (type: string, number: number): object =>
  ({ computeConfiguration: { jobComputeConfiguration: { worker: { type, number } } } });

async function begin(body: object = {}, of = table): Promise<string> {
  return (await rooms.begin(undefined, body, of)).analysisId;
}

describe('a table that a PySpark job populates', () => {
  test('is populated by a protected job, which is no protected query, and spends the access budgets of what its script reads', async () => {
    rooms.service.setAccessBudget(rooms.associationId, 1);
    expect((await rooms.getTable(table)).populationAnalysisConfiguration).toEqual(table.populationAnalysisConfiguration);
    expect(table.defaults).toEqual({ region: 'all' });
    const id = await begin({ parameters: { region: 'north' }, ...worker('CR.4X', 8), analysisPayerAccountId: '444455556666' });
    expect(rooms.service.accessBudget(rooms.associationId)).toBe(0);
    expect(await rooms.job(id)).toMatchObject({
      id,
      status: 'SUBMITTED',
      jobParameters: { ...table.populationAnalysisConfiguration.jobParameters, parameters: { region: 'north' } },
      resultConfiguration: { outputConfiguration: { intermediateTable: { id: table.id, name: 'scored' } } },
      computeConfiguration: { worker: { type: 'CR.4X', number: 8 } },
      jobComputePayerAccountId: '444455556666',
    });
    for (const reply of [await rooms.send({ method: 'GET', path: rooms.queryPath(id) }), await rooms.cancel(id)]) {
      expect(reply).toMatchObject({ status: 404, error: 'ResourceNotFoundException' });
    }
    rooms.clock.advance(2);
    expect((await rooms.job(id)).status).toBe('STARTED');
    rooms.clock.advance(60);
    const statistics = { totalDurationInMillis: 60_000, billedResourceUtilization: { units: 8 * 8 / 60 } };
    expect(await rooms.job(id)).toMatchObject({ status: 'SUCCESS', statistics });
    const version = { analysisId: id, analysisType: 'JOB' };
    expect(await rooms.getTable(table)).toMatchObject({ intermediateTableVersion: { ...version, parameters: { region: 'north' } } });
    expect((await rooms.versions('', table)).intermediateTableVersionSummaries)
      .toEqual([expect.objectContaining({ ...version, status: 'POPULATE_SUCCESS' })]);
  });

  test.each<[string, QueryPlan, number, object]>([
    ['says why', { durationSeconds: 5, outcome: 'FAILED', error: { code: 'X', message: 'm' }, retryable: true }, 10,
      { code: 'X', message: 'm', retry: { retryable: true } }],
    ['does so, too, where a query would go on for ever', { durationSeconds: 10, outcome: 'NEVER' }, 24 * 3600 + 10,
      { code: 'INSUFFICIENT_COMPUTE', message: expect.any(String) }],
    ['does so, too, where a query would time out', { durationSeconds: 10, outcome: 'TIMED_OUT' }, 20,
      { code: 'INSUFFICIENT_COMPUTE', message: expect.any(String) }],
  ])('whose job fails %s', async (_what, plan, after, error) => {
    const { analysisId } = await rooms.begin(plan, {}, table);
    rooms.clock.advance(after);
    const { status, error: told } = await rooms.job(analysisId);
    expect([status, told, (await rooms.getTable(table)).status]).toEqual(['FAILED', error, 'POPULATE_FAILED']);
  });
});

describe('a protected job', () => {
  test('is cancelled as a query is, and refuses that once it is over', async () => {
    const id = await begin();
    rooms.clock.advance(10);
    expect(await cancel(id)).toMatchObject({ status: 200, body: { protectedJob: { status: 'CANCELLING' } } });
    rooms.clock.advance(5);
    expect((await rooms.job(id)).status).toBe('CANCELLED');
    expect(await cancel(id)).toMatchObject(INVALID_STATE);
  });

  test('is allowed by actions of its own, on the membership', async () => {
    const asked: [string, string[]][] = [];
    await rooms.stop();
    rooms = await Harness.start({
      authorize: ({ operation, resources }) => {
        asked.push([operation, resources]);
        return operation === 'UpdateProtectedJob' ? { message: 'no' } : undefined;
      },
    });
    const other = rooms.addJobTable('other');
    const id = await begin({}, other);
    await rooms.job(id);
    expect(await cancel(id)).toMatchObject({ status: 403, error: 'AccessDeniedException' });
    const { arn } = rooms.membership;
    expect(asked).toEqual([['PopulateIntermediateTable', [arn, other.arn]], ['GetProtectedJob', [arn]], ['UpdateProtectedJob', [arn]]]);
  });

  test('is in the list of jobs, page by page, newest first, and in no other', async () => {
    const [first, second] = [(await rooms.populated(undefined, {}, table)).analysisId, await begin()];
    const list = (query: string) => rooms.read('ListProtectedJobs', rooms.under(`/protectedJobs${query}`));
    const { protectedJobs: [newest], nextToken } = await list('?maxResults=1');
    expect(newest).toMatchObject({ id: second, status: 'SUBMITTED', intermediateTableConfiguration: { id: table.id } });
    for (const query of [`?maxResults=1&nextToken=${nextToken}`, '?status=SUCCESS']) {
      expect((await list(query)).protectedJobs).toEqual([expect.objectContaining({ id: first })]);
    }
    expect((await rooms.read('ListProtectedQueries', rooms.under('/protectedQueries'))).protectedQueries).toEqual([]);
  });

  test.each<[object, number, string | undefined]>([
    [{}, 200, undefined],
    [worker('CR.1X', 4), 200, undefined],
    [worker('CR.4X', 1024), 200, undefined],
    [worker('CR.1X', 3), 400, 'FIELD_VALIDATION_FAILED'],
    [worker('CR.1X', 1025), 400, 'FIELD_VALIDATION_FAILED'],
    [worker('CR.8X', 4), 400, 'FIELD_VALIDATION_FAILED'],
    [{ computeConfiguration: { queryComputeConfiguration: { type: 'CR.1X', number: 4 } } }, 400, 'INVALID_CONFIGURATION'],
  ])('has compute of a type and a number of its own: %j is %i', async (body, status, reason) => {
    const reply = await rooms.populate(body, table);
    expect([reply.status, reply.body.reason]).toEqual([status, reason]);
  });
});

describe('a protected query', () => {
  test('has no compute of jobs', async () => {
    expect(await rooms.populate(worker('CR.1X', 4))).toMatchObject({ status: 400, body: { reason: 'INVALID_CONFIGURATION' } });
    expect(rooms.service.populations()).toEqual([]);
  });

  test('has quotas of its own; of jobs, a membership has one at a time', async () => {
    await begin();
    expect(await rooms.populate({}, rooms.addJobTable('other'))).toMatchObject({
      status: 402, error: 'ServiceQuotaExceededException', body: { quotaName: 'Concurrent ongoing job per membership', quotaValue: 1 },
    });
    await rooms.begin();
  });

  test('waits for slots of its own', async () => {
    await rooms.stop();
    const limits = { concurrentJobs: 1, concurrentQueries: 1, ongoingJobsPerMembership: 2 };
    rooms = await Harness.start({ behaviours: { overQuota: 'queued' }, limits });
    const [first, second] = [await begin({}, rooms.addJobTable('one')), await begin({}, rooms.addJobTable('two'))];
    const { analysisId } = await rooms.begin();
    rooms.clock.advance(3);
    const statuses = [(await rooms.job(first)).status, (await rooms.job(second)).status, (await rooms.query(analysisId)).status];
    expect(statuses).toEqual(['STARTED', 'SUBMITTED', 'STARTED']);
  });

  test.each([true, false, undefined])('that fails says whether it may be tried again, where AWS does: %s', async (retryable) => {
    const error = { code: 'X', message: 'm' };
    const { analysisId } = await rooms.populated({ durationSeconds: 5, outcome: 'FAILED', error, retryable });
    expect((await rooms.query(analysisId)).error).toEqual({ ...error, ...(retryable === undefined ? {} : { retry: { retryable } }) });
  });
});
