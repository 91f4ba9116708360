import { Harness, Request, signature } from './harness';

const NOWHERE = '00000000-0000-4000-8000-000000000000';

let rooms: Harness;
beforeEach(async () => { rooms = await Harness.start(); });
afterEach(() => rooms.stop());

describe('the routes of the model', () => {
  test('answer each operation in the shape of its output', async () => {
    const populated = await rooms.ok({ method: 'POST', path: `${rooms.path()}/populate` }, 'PopulateIntermediateTable');
    rooms.clock.advance(120);
    await rooms.ok({ method: 'GET', path: rooms.path() }, 'GetIntermediateTable');
    await rooms.ok({ method: 'GET', path: `${rooms.path()}/versions` }, 'ListIntermediateTableVersions');
    await rooms.ok({ method: 'GET', path: rooms.queryPath(populated.analysisId) }, 'GetProtectedQuery');
    await rooms.ok({ method: 'GET', path: `/memberships/${rooms.membership.id}/protectedQueries` }, 'ListProtectedQueries');
    const running = await rooms.ok({ method: 'POST', path: `${rooms.path()}/populate` }, 'PopulateIntermediateTable');
    await rooms.ok({ method: 'PATCH', path: rooms.queryPath(running.analysisId), body: { targetStatus: 'CANCELLED' } }, 'UpdateProtectedQuery');
    const body = { name: 'second', retentionInDays: 7, populationAnalysisConfiguration: { sqlParameters: { queryString: 'SELECT 1' } } };
    const created = await rooms.ok({ method: 'POST', path: `/memberships/${rooms.membership.id}/intermediateTables`, body }, 'CreateIntermediateTable');
    expect(created.intermediateTable).toMatchObject({ name: 'second', retentionInDays: 7, status: 'CREATED' });
    const path = `/memberships/${rooms.membership.id}/intermediateTables/${created.intermediateTable.id}`;
    expect(await rooms.send({ method: 'DELETE', path })).toEqual({ status: 204, error: null, body: '' });
    expect(await rooms.send({ method: 'GET', path })).toMatchObject({ status: 404 });
  });

  test.each<[string, string]>([
    ['GET', '/'], ['PUT', `/memberships/${NOWHERE}/protectedQueries`], ['GET', `/memberships/${NOWHERE}/intermediateTables/${NOWHERE}/populate`],
    ['POST', `/memberships/${NOWHERE}/intermediateTables/${NOWHERE}/populate/again`], ['GET', '//elsewhere/memberships'],
  ])('do not answer %s %s', async (method, path) => {
    expect(await rooms.send({ method, path })).toMatchObject({ status: 404, error: 'UnknownOperationException' });
  });

  test('tell moments as seconds since the epoch, with a fraction', async () => {
    rooms.clock.advance(0.25);
    const { versionId } = (await rooms.populate()).body;
    const [summary] = (await rooms.versions()).intermediateTableVersionSummaries;
    expect(summary).toMatchObject({ versionId, createTime: Date.UTC(2026, 10, 22, 9) / 1000 + 0.25 });
  });

  test('read a list page by page, without repeating what was added meanwhile', async () => {
    const ids: string[] = [];
    for (let count = 0; count < 5; count++) {
      ids.unshift((await rooms.populate()).body.versionId);
      rooms.clock.advance(100);
    }
    const first = await rooms.versions('?maxResults=2');
    await rooms.populate();
    const second = await rooms.versions(`?maxResults=2&nextToken=${first.nextToken}`);
    const third = await rooms.versions(`?maxResults=2&nextToken=${second.nextToken}`);
    const seen = [first, second, third].flatMap(({ intermediateTableVersionSummaries }) => intermediateTableVersionSummaries);
    expect(seen.map(({ versionId }) => versionId)).toEqual(ids);
    expect(third.nextToken).toBeUndefined();
  });

  test('list the queries of a status', async () => {
    const over = (await rooms.populate()).body.analysisId;
    rooms.clock.advance(100);
    const running = (await rooms.populate()).body.analysisId;
    rooms.clock.advance(10);
    const list = async (status: string) => {
      const path = `/memberships/${rooms.membership.id}/protectedQueries?status=${status}`;
      return (await rooms.ok({ method: 'GET', path }, 'ListProtectedQueries')).protectedQueries.map(({ id }: { id: string }) => id);
    };
    expect(await list('SUCCESS')).toEqual([over]);
    expect(await list('STARTED')).toEqual([running]);
  });
});

describe('errors', () => {
  test.each<[string, (h: Harness) => Request]>([
    ['table', (h) => ({ method: 'GET', path: `/memberships/${h.membership.id}/intermediateTables/${NOWHERE}` })],
    ['membership', (h) => ({ method: 'GET', path: `/memberships/${NOWHERE}/intermediateTables/${h.table.id}` })],
    ['query', (h) => ({ method: 'GET', path: `/memberships/${h.membership.id}/protectedQueries/${NOWHERE}` })],
  ])('name the %s that does not exist', async (_what, request) => {
    expect(await rooms.send(request(rooms))).toMatchObject({
      status: 404, error: 'ResourceNotFoundException', body: { resourceId: NOWHERE, resourceType: expect.any(String), message: expect.stringContaining(NOWHERE) },
    });
  });

  test('tell a query or a table of another membership from one\'s own', async () => {
    const { resources } = rooms.service;
    const other = resources.createMembership({ collaborationIdentifier: rooms.membership.collaboration.id });
    const path = `/memberships/${other.id}/intermediateTables/${rooms.table.id}`;
    expect(await rooms.send({ method: 'GET', path })).toMatchObject({ status: 404 });
  });

  test.each<[string, string | null, string]>([
    ['is missing', null, 'MissingAuthenticationTokenException'],
    ['is of another kind', 'Bearer token', 'IncompleteSignatureException'],
    ['is for another service', signature({ service: 'states' }), 'InvalidSignatureException'],
    ['is for another region', signature({ region: 'us-east-1' }), 'InvalidSignatureException'],
  ])('refuse a signature that %s', async (_what, authorization, error) => {
    expect(await rooms.send({ method: 'GET', path: rooms.path(), authorization })).toMatchObject({ status: 403, error });
  });
});
