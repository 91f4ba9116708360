import { Harness, signature } from './harness';

const NOWHERE = '00000000-0000-4000-8000-000000000000';

let rooms: Harness;
beforeEach(async () => { rooms = await Harness.start(); });
afterEach(() => rooms.stop());

const ids = (items: Record<string, string>[], key = 'id'): string[] => items.map((item) => item[key]);

describe('the API', () => {
  test('makes, changes and deletes tables, and populates nothing by that', async () => {
    const body = { name: 'second', retentionInDays: 7, populationAnalysisConfiguration: { sqlParameters: { queryString: 'SELECT 1' } } };
    const made = await rooms.ok({ method: 'POST', path: rooms.under('/intermediateTables'), body }, 'CreateIntermediateTable');
    expect(made.intermediateTable).toMatchObject({ name: 'second', retentionInDays: 7, status: 'CREATED' });
    const path = rooms.under(`/intermediateTables/${made.intermediateTable.id}`);
    const update = async (changes: object) =>
      (await rooms.ok({ method: 'PATCH', path, body: changes }, 'UpdateIntermediateTable')).intermediateTable;
    expect(await update({ description: 'Who bought what' })).toMatchObject({ description: 'Who bought what', status: 'CREATED' });
    const columns = [{ name: 'id', type: 'string' }];
    expect(await update({ columns })).toMatchObject({ description: 'Who bought what', schema: { columns } });
    expect(rooms.service.populations()).toEqual([]);
    expect(await rooms.send({ method: 'DELETE', path })).toEqual({ status: 204, error: null, body: '' });
    expect(await rooms.send({ method: 'GET', path })).toMatchObject({ status: 404 });
  });

  test.each([
    ['GET', '/'],
    ['PUT', `/memberships/${NOWHERE}/protectedQueries`],
    ['GET', `/memberships/${NOWHERE}/intermediateTables/${NOWHERE}/populate`],
    ['POST', `/memberships/${NOWHERE}/intermediateTables/${NOWHERE}/populate/again`],
    ['GET', '//elsewhere/memberships'],
  ])('does not answer %s %s', async (method, path) => {
    expect(await rooms.send({ method, path })).toMatchObject({ status: 404, error: 'UnknownOperationException' });
  });

  test('tells moments as seconds since the epoch, with a fraction', async () => {
    rooms.clock.advance(0.25);
    const { versionId } = await rooms.begin();
    const [summary] = (await rooms.versions()).intermediateTableVersionSummaries;
    expect(summary).toMatchObject({ versionId, createTime: Date.UTC(2026, 10, 22, 9) / 1000 + 0.25 });
  });

  test('lists page by page, without repeating what was added meanwhile', async () => {
    const made: string[] = [];
    for (let count = 0; count < 6; count++) made.unshift((await rooms.populated()).versionId);
    const first = await rooms.versions('?maxResults=2');
    await rooms.begin();
    const second = await rooms.versions(`?maxResults=2&nextToken=${first.nextToken}`);
    const third = await rooms.versions(`?maxResults=2&nextToken=${second.nextToken}`);
    const shown = [first, second, third].flatMap((page) => ids(page.intermediateTableVersionSummaries, 'versionId'));
    expect(shown).toEqual(made);
    expect(third.nextToken).toBeUndefined();
  });

  test('lists all queries, newest first, or those of a status', async () => {
    const over = (await rooms.populated()).analysisId;
    const running = (await rooms.begin()).analysisId;
    rooms.clock.advance(10);
    const list = async (query: string) =>
      ids((await rooms.read('ListProtectedQueries', rooms.under(`/protectedQueries${query}`))).protectedQueries);
    expect([await list(''), await list('?status=SUCCESS'), await list('?status=STARTED')]).toEqual([[running, over], [over], [running]]);
  });
});

describe('an error', () => {
  test.each<[string, (table: string) => string]>([
    ['table', () => rooms.under(`/intermediateTables/${NOWHERE}`)],
    ['membership', (table) => `/memberships/${NOWHERE}/intermediateTables/${table}`],
    ['query', () => rooms.queryPath(NOWHERE)],
  ])('names the %s that does not exist', async (_what, pathOf) => {
    expect(await rooms.send({ method: 'GET', path: pathOf(rooms.table.id) })).toMatchObject({
      status: 404,
      error: 'ResourceNotFoundException',
      body: { resourceId: NOWHERE, resourceType: expect.any(String), message: expect.stringContaining(NOWHERE) },
    });
  });

  test('tells a table of another membership from one\'s own', async () => {
    const { id } = rooms.service.resources.createMembership({ collaborationIdentifier: rooms.membership.collaboration.id });
    const path = `/memberships/${id}/intermediateTables/${rooms.table.id}`;
    expect(await rooms.send({ method: 'GET', path })).toMatchObject({ status: 404 });
  });

  test.each<[string, string | null, string]>([
    ['is missing', null, 'MissingAuthenticationTokenException'],
    ['is of another kind', 'Bearer token', 'IncompleteSignatureException'],
    ['is for another service', signature({ service: 'states' }), 'InvalidSignatureException'],
    ['is for another region', signature({ region: 'us-east-1' }), 'InvalidSignatureException'],
  ])('refuses a signature that %s', async (_what, authorization, error) => {
    expect(await rooms.send({ method: 'GET', path: rooms.path(), authorization })).toMatchObject({ status: 403, error });
  });
});
