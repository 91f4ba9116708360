import { Rooms } from './rooms';
import type { Fault } from '../../../simulator/clean-rooms';
import { cleanRooms, cleanRoomsClient, type CleanRooms } from '../../../src/handlers/clean-rooms/clean-rooms';

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
  /** Of a broken connection it is not that of a Lambda function: the SDK does not know Node's errors for errors in jest's realm. */
  const anyCode = expect.any(String);

  test.each<[string, Fault, string, boolean]>([
    ['500', { kind: 'error', code: 'InternalServerException' }, 'InternalServerException', true],
    ['500 after the service accepted', { kind: 'error', code: 'InternalServerException', when: 'after' }, 'InternalServerException', true],
    ['503', { kind: 'error', code: 'ServiceUnavailableException', status: 503 }, 'ServiceUnavailableException', true],
    ['a proxy\'s 403, which says nothing of the service', { kind: 'reply', status: 403, body: '<html>Forbidden</html>' }, 'HTTP 403', true],
    ['a proxy\'s 502', { kind: 'reply', status: 502, body: '<html>Bad gateway</html>' }, anyCode, true],
    ['a broken connection', { kind: 'reset' }, anyCode, true],
    ['a connection that broke after the service accepted', { kind: 'reset', when: 'after' }, anyCode, true],
    ['429', { kind: 'error', code: 'ThrottlingException' }, 'ThrottlingException', false],
    ['throttling with status 400', { kind: 'error', code: 'ThrottlingException', status: 400 }, 'ThrottlingException', false],
    ['409', { kind: 'error', code: 'ConflictException', members: { reason: 'INVALID_STATE' } }, 'ConflictException', false],
  ])('sends a populate once on %s, and knows whether it was refused', async (_what, fault, code, outcomeUnknown) => {
    rooms.service.faults.inject({ operation: 'PopulateIntermediateTable', fault });
    expect(await edge.populate(rooms.populate(), 'QUERY')).toMatchObject({ ok: false, error: { code, outcomeUnknown } });
    expect(rooms.requests()).toHaveLength(1);
    expect(rooms.service.journal.acceptedPopulates()).toHaveLength('when' in fault ? 1 : 0);
  });

  test('does not wait for an answer for ever, which would end the function\'s time', async () => {
    rooms.service.faults.inject({ operation: 'GetIntermediateTable', fault: { kind: 'hang' } });
    const real = globalThis.setTimeout;
    // In hundredths, so that nobody waits.
    const inHundredths = ((run: () => void, millis = 0) => real(run, millis / 100)) as typeof setTimeout;
    const timers = jest.spyOn(globalThis, 'setTimeout').mockImplementation(inHundredths);
    const tooLong = new Promise((_, reject) => { real(() => reject(new Error('It waits on and on.')), 60_000).unref(); });
    const answer = await Promise.race([edge.getTable(rooms.populate()), tooLong]);
    const seconds = timers.mock.calls.map(([, millis = 0]) => millis / 1_000);
    jest.restoreAllMocks();
    expect(answer).toMatchObject({ ok: false, error: { code: 'TimeoutError', outcomeUnknown: true } });
    // That leaves the function's minute for the step's other requests.
    expect(Math.max(...seconds)).toBeLessThanOrEqual(20);
    expect(rooms.requests()).toHaveLength(1);
  });

  test.each<[string, (population: ReturnType<Rooms['populate']>) => Promise<unknown>]>([
    ['GetIntermediateTable', (population) => edge.getTable(population)],
    ['ListIntermediateTableVersions', (population) => edge.listVersions(population)],
    ['GetProtectedQuery', (population) => edge.getAnalysis(population, 'QUERY', population.membershipIdentifier)],
    ['UpdateProtectedQuery', (population) => edge.cancel(population, 'QUERY', population.membershipIdentifier)],
  ])('sends %s once, too: the run decides what is asked again', async (operation, ask) => {
    rooms.service.faults.inject({ operation: '*', fault: { kind: 'error', code: 'ThrottlingException' } });
    expect(await ask(rooms.populate())).toMatchObject({ ok: false, error: { code: 'ThrottlingException' } });
    expect(rooms.requests().map((request) => request.operation)).toEqual([operation]);
  });
});

describe('the edge', () => {
  const getTable = () => edge.getTable(rooms.populate());
  const getQuery = (analysisId: string) => edge.getAnalysis(rooms.populate(), 'QUERY', analysisId);

  test('populates with everything that the population says, and nothing else', async () => {
    const compute = { type: 'CR.1X', number: 4, properties: { spark: { 'spark.a': 'b' } } };
    const more = { compute, analysisPayerAccountId: '111122223333', slot: 3 };
    const answer = await edge.populate(rooms.populate(more), 'QUERY');
    const [{ analysisId, versionId, body }] = rooms.service.journal.acceptedPopulates();
    expect(answer).toEqual({ ok: true, value: { analysisId, versionId, analysisType: 'QUERY' } });
    const computeConfiguration = { queryComputeConfiguration: compute };
    expect(body).toEqual({ parameters: { region: 'north' }, computeConfiguration, analysisPayerAccountId: '111122223333' });
  });

  test('reads a table: status, reason, live version with its parameters and expiry', async () => {
    const known = { name: 'audience', analysisType: 'QUERY', mayHaveDefaults: false };
    expect(await getTable()).toEqual({ ok: true, value: { ...known, status: 'CREATED' } });
    const { versionId, analysisId } = rooms.service.populateByHand(rooms.table.id, { region: 'north' });
    rooms.clock.advance(62);
    const expiresAt = rooms.clock.now() + 30 * 86_400_000;
    const live = { versionId, analysisId, analysisType: 'QUERY', parameters: { region: 'north' }, expiresAt };
    expect(await getTable()).toEqual({ ok: true, value: { ...known, status: 'POPULATE_SUCCESS', live } });
    rooms.service.imposeStatus(rooms.table.id, 'BASE_TABLE_REMOVED', 'purchases is gone');
    expect(await getTable()).toMatchObject({ value: { status: 'BASE_TABLE_REMOVED', statusReason: 'purchases is gone' } });
    rooms.service.imposeStatus(rooms.table.id, 'DISALLOWED_BY_DATA_PROVIDER', 'no "north" any more');
    expect(await getTable()).toMatchObject({ value: { statusReason: 'no "<region>" any more' } });
  });

  test('reads all versions, page by page, times in milliseconds', async () => {
    const made = Array.from({ length: 205 }, () => {
      const { versionId, analysisId, acceptedAt: createdAt } = rooms.service.populateByHand(rooms.table.id);
      rooms.clock.advance(62);
      return { versionId, analysisId, status: 'POPULATE_SUCCESS', createdAt };
    });
    expect(await edge.listVersions(rooms.populate())).toEqual({ ok: true, value: made.reverse() });
    expect(rooms.requests('ListIntermediateTableVersions')).toHaveLength(3);
  });

  test('reads a query: while it runs, when it succeeded, when it failed', async () => {
    const { analysisId, acceptedAt: createdAt } = rooms.service.populateByHand(rooms.table.id, { region: 'north' });
    expect(await getQuery(analysisId)).toEqual({ ok: true, value: { status: 'SUBMITTED', createdAt, parameters: { region: 'north' } } });
    rooms.clock.advance(120);
    const figures = { durationMillis: 60_000, billedCrpuHours: expect.any(Number) };
    expect(await getQuery(analysisId)).toMatchObject({ value: { status: 'SUCCESS', ...figures } });
    const error = { code: 'OOM', message: 'Out of memory.' };
    rooms.service.planQuery({ durationSeconds: 5, outcome: 'FAILED', error });
    const failing = rooms.service.populateByHand(rooms.table.id);
    rooms.clock.advance(120);
    expect(await getQuery(failing.analysisId)).toMatchObject({ value: { status: 'FAILED', error } });
  });

  test('lists the queries that populate the table since a moment, of as many pages as matter', async () => {
    const other = rooms.createTable('other', 'SELECT 1');
    const made = Array.from({ length: 150 }, () => {
      const [own] = [rooms.table.id, other.id].map((id) => rooms.service.populateByHand(id));
      rooms.clock.advance(62);
      return own;
    });
    const ids = async (since: number) => {
      const listed = await edge.listAnalyses(rooms.populate(), 'QUERY', since);
      return listed.ok ? listed.value.map(({ id }) => id).sort() : listed;
    };
    const idsOf = (populations: typeof made) => populations.map(({ analysisId }) => analysisId).sort();
    expect(await ids(0)).toEqual(idsOf(made));
    const asked = rooms.requests('ListProtectedQueries').length;
    // The newest page tells: half of its hundred are the other table's.
    expect(await ids(made[148].acceptedAt)).toEqual(idsOf(made.slice(100)));
    expect(rooms.requests('ListProtectedQueries')).toHaveLength(asked + 1);
  });

  test('cancels a query, and tells where that is refused', async () => {
    const { analysisId } = rooms.service.populateByHand(rooms.table.id);
    const cancel = () => edge.cancel(rooms.populate(), 'QUERY', analysisId);
    expect(await cancel()).toEqual({ ok: true, value: undefined });
    expect(rooms.requests('UpdateProtectedQuery')[0].body).toBe('{"targetStatus":"CANCELLED"}');
    rooms.clock.advance(60);
    expect(await getQuery(analysisId)).toMatchObject({ value: { status: 'CANCELLED' } });
    expect(await cancel()).toMatchObject({ ok: false, error: { code: 'ConflictException', outcomeUnknown: false } });
  });
});
