import { Rooms } from './rooms';
import type { Fault } from '../../../simulator/clean-rooms';
import { cleanRooms, cleanRoomsClient, type CleanRooms } from '../../../src/handlers/population/clean-rooms';

const ENVIRONMENT = { AWS_REGION: 'eu-west-1', AWS_ACCESS_KEY_ID: 'AKIATESTER', AWS_SECRET_ACCESS_KEY: 'secret', AWS_MAX_ATTEMPTS: '3' };
const before = { ...process.env };
let rooms: Rooms;
let client: ReturnType<typeof cleanRoomsClient>;
let edge: CleanRooms;

beforeEach(async () => {
  rooms = await Rooms.start();
  // As a Lambda function gets it: the client is the shipped one.
  Object.assign(process.env, ENVIRONMENT, { AWS_ENDPOINT_URL_CLEANROOMS: rooms.url });
  client = cleanRoomsClient();
  edge = cleanRooms(client);
});

afterEach(async () => {
  client.destroy();
  process.env = { ...before };
  await rooms.stop();
});

describe('the shipped client', () => {
  const populate = () => edge.populate(rooms.population());

  test.each<[string, Fault, string | undefined]>([
    ['500', { kind: 'error', code: 'InternalServerException' }, 'InternalServerException'],
    ['500 after the service accepted', { kind: 'error', code: 'InternalServerException', when: 'after' }, 'InternalServerException'],
    ['503', { kind: 'error', code: 'ServiceUnavailableException', status: 503 }, 'ServiceUnavailableException'],
    ['a proxy\'s 502', { kind: 'reply', status: 502, body: '<html>Bad gateway</html>' }, undefined],
    // Their code is not that of a Lambda function: the SDK does not know Node's errors for errors in jest's realm.
    ['a broken connection', { kind: 'reset' }, undefined],
    ['a connection that broke after the service accepted', { kind: 'reset', when: 'after' }, undefined],
  ])('sends a populate once on %s, and leaves it in doubt', async (_what, fault, code) => {
    rooms.service.faults.inject({ operation: 'PopulateIntermediateTable', fault });
    const answer = await populate();
    expect(rooms.requests()).toHaveLength(1);
    expect(answer).toMatchObject({ ok: false, error: { doubtful: true, ...(code ? { code } : {}) } });
  });

  test.each<[string, Fault]>([
    ['429', { kind: 'error', code: 'ThrottlingException' }],
    ['throttling with status 400', { kind: 'error', code: 'ThrottlingException', status: 400 }],
    ['409', { kind: 'error', code: 'ConflictException', members: { reason: 'INVALID_STATE' } }],
    ['a proxy\'s 403', { kind: 'reply', status: 403, body: '<html>Forbidden</html>' }],
  ])('sends a populate once on %s, and knows that it was refused', async (_what, fault) => {
    rooms.service.faults.inject({ operation: 'PopulateIntermediateTable', fault });
    expect(await populate()).toMatchObject({ ok: false, error: { doubtful: false } });
    expect(rooms.requests()).toHaveLength(1);
    expect(rooms.service.journal.acceptedPopulates()).toEqual([]);
  });

  test('does not wait for an answer for ever, which would end the function\'s time', async () => {
    rooms.service.faults.inject({ operation: 'GetIntermediateTable', fault: { kind: 'hang' } });
    const began = Date.now();
    const real = globalThis.setTimeout;
    jest.spyOn(globalThis, 'setTimeout').mockImplementation(((run: () => void, millis = 0) => real(run, millis / 100)) as typeof setTimeout);
    const answer = await edge.getTable(rooms.population());
    jest.restoreAllMocks();
    expect(answer).toMatchObject({ ok: false, error: { code: 'TimeoutError', doubtful: true } });
    // In hundredths, too: 20 seconds leave the function's minute for the step's other requests.
    expect(Date.now() - began).toBeLessThan(2_000);
    expect(rooms.requests()).toHaveLength(1);
  });

  test.each<[string, (population: ReturnType<Rooms['population']>) => Promise<unknown>]>([
    ['GetIntermediateTable', (population) => edge.getTable(population)],
    ['ListIntermediateTableVersions', (population) => edge.listVersions(population)],
    ['GetProtectedQuery', (population) => edge.getQuery(population, population.membershipIdentifier)],
    ['UpdateProtectedQuery', (population) => edge.cancelQuery(population, population.membershipIdentifier)],
  ])('sends %s once, too: the run decides what is asked again', async (operation, ask) => {
    rooms.service.faults.inject({ operation: '*', fault: { kind: 'error', code: 'ThrottlingException' } });
    expect(await ask(rooms.population())).toMatchObject({ ok: false, error: { code: 'ThrottlingException' } });
    expect(rooms.requests().map((request) => request.operation)).toEqual([operation]);
  });
});

describe('the edge', () => {
  test('populates with everything that the population says, and nothing else', async () => {
    const compute = { type: 'CR.1X', number: 4, properties: { spark: { 'spark.a': 'b' } } };
    const population = rooms.population({ compute, analysisPayerAccountId: '111122223333', slot: 3, upstream: [] });
    const answer = await edge.populate(population);
    const [accepted] = rooms.service.journal.acceptedPopulates();
    expect(answer).toEqual({ ok: true, value: { analysisId: accepted.analysisId, versionId: accepted.versionId } });
    expect(accepted.body).toEqual({
      parameters: { region: 'north' }, computeConfiguration: { queryComputeConfiguration: compute }, analysisPayerAccountId: '111122223333',
    });
  });

  test('reads a table: status, reason, live version with its parameters and expiry', async () => {
    expect(await edge.getTable(rooms.population())).toEqual({ ok: true, value: { status: 'CREATED' } });
    const { versionId, analysisId } = rooms.service.populateByHand(rooms.table.id, { region: 'north' });
    rooms.clock.advance(62);
    const expiresAt = rooms.clock.now() + 30 * 86_400_000;
    expect(await edge.getTable(rooms.population()))
      .toEqual({ ok: true, value: { status: 'POPULATE_SUCCESS', live: { versionId, analysisId, parameters: { region: 'north' }, expiresAt } } });
    rooms.service.imposeStatus(rooms.table.id, 'BASE_TABLE_REMOVED', 'purchases is gone');
    expect(await edge.getTable(rooms.population())).toMatchObject({ value: { status: 'BASE_TABLE_REMOVED', statusReason: 'purchases is gone' } });
    rooms.service.imposeStatus(rooms.table.id, 'DISALLOWED_BY_DATA_PROVIDER', 'no "north" any more');
    expect(await edge.getTable(rooms.population())).toMatchObject({ value: { statusReason: 'no "<region>" any more' } });
  });

  test('reads all versions, page by page, times in milliseconds', async () => {
    const made = Array.from({ length: 205 }, () => {
      const population = rooms.service.populateByHand(rooms.table.id);
      rooms.clock.advance(62);
      return { versionId: population.versionId, analysisId: population.analysisId, status: 'POPULATE_SUCCESS', createTime: population.acceptedAt };
    });
    expect(await edge.listVersions(rooms.population())).toEqual({ ok: true, value: made.reverse() });
    expect(rooms.requests('ListIntermediateTableVersions')).toHaveLength(3);
  });

  test('reads a query: while it runs, when it succeeded, when it failed', async () => {
    const running = rooms.service.populateByHand(rooms.table.id, { region: 'north' });
    const asking = (analysisId: string) => edge.getQuery(rooms.population(), analysisId);
    expect(await asking(running.analysisId)).toEqual({ ok: true, value: { status: 'SUBMITTED', createTime: running.acceptedAt, parameters: { region: 'north' } } });
    rooms.clock.advance(120);
    expect(await asking(running.analysisId)).toMatchObject({ value: { status: 'SUCCESS', durationMillis: 60_000, billedCrpuHours: expect.any(Number) } });
    rooms.service.planQuery({ durationSeconds: 5, outcome: 'FAILED', error: { code: 'OOM', message: 'Out of memory.' } });
    const failing = rooms.service.populateByHand(rooms.table.id);
    rooms.clock.advance(120);
    expect(await asking(failing.analysisId)).toMatchObject({ value: { status: 'FAILED', error: { code: 'OOM', message: 'Out of memory.' } } });
  });

  test('lists the queries that populate the table since a moment, of as many pages as matter', async () => {
    const other = rooms.service.resources.createIntermediateTable({
      membershipIdentifier: rooms.table.membership.id, name: 'other', populationAnalysisConfiguration: { sqlParameters: { queryString: 'SELECT 1' } },
    });
    const made = Array.from({ length: 150 }, () => {
      const [own] = [rooms.table.id, other.id].map((id) => rooms.service.populateByHand(id));
      rooms.clock.advance(62);
      return own;
    });
    const ids = async (since: number) => {
      const listed = await edge.listQueries(rooms.population(), since);
      return listed.ok ? [...listed.value].sort() : listed;
    };
    const idsOf = (populations: typeof made) => populations.map(({ analysisId }) => analysisId).sort();
    expect(await ids(0)).toEqual(idsOf(made));
    expect(await ids(made[148].acceptedAt)).toEqual(idsOf(made.slice(148)));
    expect(await ids(rooms.clock.now())).toEqual([]);
  });

  test('cancels a query, and tells where that is refused', async () => {
    const { analysisId } = rooms.service.populateByHand(rooms.table.id);
    expect(await edge.cancelQuery(rooms.population(), analysisId)).toEqual({ ok: true, value: undefined });
    expect(rooms.requests('UpdateProtectedQuery')[0].body).toBe('{"targetStatus":"CANCELLED"}');
    rooms.clock.advance(60);
    expect(await edge.getQuery(rooms.population(), analysisId)).toMatchObject({ value: { status: 'CANCELLED' } });
    expect(await edge.cancelQuery(rooms.population(), analysisId)).toMatchObject({ ok: false, error: { code: 'ConflictException', doubtful: false } });
  });
});
