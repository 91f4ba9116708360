import {
  AccessDeniedException, CleanRoomsClient, ConflictException, InternalServerException, ResourceNotFoundException, ServiceQuotaExceededException,
  ThrottlingException, ValidationException,
} from '@aws-sdk/client-cleanrooms';
import { clientOf, Rooms } from './rooms';
import {
  GetIntermediateTableCommand, ListIntermediateTableVersionsCommand, ListProtectedQueriesCommand, PopulateIntermediateTableCommand,
  type PopulateIntermediateTableCommandInput,
} from '../../../src/handlers/clean-rooms/commands';

let rooms: Rooms;
let client: CleanRoomsClient;

beforeEach(async () => {
  rooms = await Rooms.start();
  client = clientOf(rooms);
});

afterEach(async () => {
  client.destroy();
  await rooms.stop();
});

const populating = (more: Partial<PopulateIntermediateTableCommandInput> = {}) =>
  client.send(new PopulateIntermediateTableCommand({ ...rooms.identifiers, ...more }));

describe('PopulateIntermediateTable', () => {
  const EVERYTHING = {
    parameters: { region: 'north', text: 'ä "quoted" 表' },
    computeConfiguration: {
      queryComputeConfiguration: { type: 'CR.4X', number: 8, properties: { spark: { 'spark.sql.shuffle.partitions': '10' } } },
    },
    analysisPayerAccountId: '111122223333',
  } as const;

  test('is a POST to the table\'s path, with what is given as JSON, numbers as numbers', async () => {
    await populating(EVERYTHING);
    const [{ method, path, body }] = rooms.requests();
    expect(`${method} ${path}`).toBe(`POST ${rooms.tablePath}/populate`);
    expect(JSON.parse(body)).toEqual(EVERYTHING);
  });

  test('leaves out what is not given', async () => {
    await populating({ parameters: undefined, computeConfiguration: undefined, analysisPayerAccountId: undefined });
    await populating().catch(() => undefined);
    expect(rooms.requests().map(({ body }) => body)).toEqual(['{}', '{}']);
  });

  test('leaves out what is not given of the compute configuration, too', async () => {
    await populating({ computeConfiguration: { queryComputeConfiguration: { type: 'CR.1X', number: 2 } } });
    expect(rooms.requests()[0].body).toBe('{"computeConfiguration":{"queryComputeConfiguration":{"type":"CR.1X","number":2}}}');
  });

  test('is signed with Signature Version 4 for the service and region', async () => {
    await populating(EVERYTHING);
    expect(rooms.headers[0].authorization)
      .toMatch(/^AWS4-HMAC-SHA256 Credential=AKIATESTER\/\d{8}\/eu-west-1\/cleanrooms\/aws4_request, SignedHeaders=[a-z0-9;-]*host[a-z0-9;-]*, Signature=[0-9a-f]{64}$/);
    expect(rooms.headers[0]['content-type']).toBe('application/json');
  });

  test('answers the ids', async () => {
    const { analysisId, versionId, analysisType } = await populating();
    const [accepted] = rooms.service.journal.acceptedPopulates();
    expect({ analysisId, versionId, analysisType }).toEqual({ analysisId: accepted.analysisId, versionId: accepted.versionId, analysisType: 'QUERY' });
  });

  test('escapes what stands in the path', async () => {
    await client.send(new PopulateIntermediateTableCommand({ membershipIdentifier: 'a/b', intermediateTableIdentifier: 'c d' })).catch(() => undefined);
    expect(rooms.requests()[0].path).toBe('/memberships/a%2Fb/intermediateTables/c%20d/populate');
  });
});

describe('GetIntermediateTable', () => {
  const getting = async () => (await client.send(new GetIntermediateTableCommand(rooms.identifiers))).intermediateTable;

  test('is a GET of the table\'s path without a body', async () => {
    await getting();
    expect(rooms.requests()[0]).toMatchObject({ method: 'GET', path: rooms.tablePath, body: '' });
  });

  test('answers the status of a table that has no version', async () => {
    const table = await getting();
    expect(table).toMatchObject({ id: rooms.table.id, status: 'CREATED' });
    expect(table.intermediateTableVersion).toBeUndefined();
  });

  test('answers the live version: its parameters as a map, its expiry as a Date', async () => {
    const { analysisId, versionId } = rooms.service.populateByHand(rooms.table.id, { region: 'north', year: '2026' });
    rooms.clock.advance(100);
    expect((await getting()).intermediateTableVersion).toEqual({
      versionId, analysisId, analysisType: 'QUERY', parameters: { region: 'north', year: '2026' }, expirationTime: new Date(rooms.clock.now() - 38_000 + 30 * 86_400_000),
    });
  });

  test('answers the reason of a status', async () => {
    rooms.service.imposeStatus(rooms.table.id, 'DISALLOWED_BY_DATA_PROVIDER', 'Member A said so');
    expect(await getting()).toMatchObject({ status: 'DISALLOWED_BY_DATA_PROVIDER', statusReason: 'Member A said so' });
  });
});

describe('ListIntermediateTableVersions', () => {
  const listing = (page: { nextToken?: string; maxResults?: number } = {}) =>
    client.send(new ListIntermediateTableVersionsCommand({ ...rooms.identifiers, ...page }));

  test('is a GET whose page stands in the query string', async () => {
    await listing();
    await listing({ maxResults: 7, nextToken: 'a+b/c=' }).catch(() => undefined);
    expect(rooms.requests().map(({ method, path, body }) => ({ method, path, body }))).toEqual([
      { method: 'GET', path: `${rooms.tablePath}/versions`, body: '' },
      { method: 'GET', path: `${rooms.tablePath}/versions?maxResults=7&nextToken=a%2Bb%2Fc%3D`, body: '' },
    ]);
  });

  test('answers the versions, moments as Dates, and the next page', async () => {
    const first = rooms.service.populateByHand(rooms.table.id);
    rooms.clock.advance(100);
    const second = rooms.service.populateByHand(rooms.table.id);
    const page = await listing({ maxResults: 1 });
    expect(page.intermediateTableVersionSummaries)
      .toEqual([{ versionId: second.versionId, analysisId: second.analysisId, status: 'POPULATE_STARTED', createTime: new Date(second.acceptedAt) }]);
    const next = await listing({ maxResults: 1, nextToken: page.nextToken });
    expect(next.intermediateTableVersionSummaries).toMatchObject([{ versionId: first.versionId, status: 'POPULATE_SUCCESS' }]);
    expect(next.nextToken).toBeUndefined();
  });
});

describe('an error arrives as the client\'s own exception, with its members', () => {
  const OPERATIONS = {
    PopulateIntermediateTable: () => populating(),
    GetIntermediateTable: () => client.send(new GetIntermediateTableCommand(rooms.identifiers)),
    ListIntermediateTableVersions: () => client.send(new ListIntermediateTableVersionsCommand(rooms.identifiers)),
  };
  const ERRORS = [
    ['AccessDeniedException', AccessDeniedException, 403, { reason: 'INSUFFICIENT_PERMISSIONS' }],
    ['ConflictException', ConflictException, 409, { reason: 'INVALID_STATE', resourceId: 't' }],
    ['InternalServerException', InternalServerException, 500, {}],
    ['ResourceNotFoundException', ResourceNotFoundException, 404, { resourceId: 't', resourceType: 'MEMBERSHIP' }],
    ['ServiceQuotaExceededException', ServiceQuotaExceededException, 402, { quotaName: 'concurrent-queries', quotaValue: 2 }],
    ['ThrottlingException', ThrottlingException, 429, {}],
    ['ValidationException', ValidationException, 400, { reason: 'IAM_SYNCHRONIZATION_DELAY', fieldList: [{ name: 'parameters', message: 'is bad' }] }],
  ] as const;

  describe.each(Object.keys(OPERATIONS) as (keyof typeof OPERATIONS)[])('of %s', (operation) => {
    test.each(ERRORS)('%s', async (code, exception, status, members) => {
      rooms.service.faults.inject({ operation, fault: { kind: 'error', code, message: 'Because.', members } });
      const error = await OPERATIONS[operation]().catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(exception);
      expect(error).toMatchObject({ ...members, name: code, message: 'Because.', $metadata: { httpStatusCode: status } });
    });
  });

  test('throttling is throttling with status 400, too', async () => {
    rooms.service.faults.inject({ operation: '*', fault: { kind: 'error', code: 'ThrottlingException', status: 400 } });
    const error = await populating().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ThrottlingException);
    expect(error).toMatchObject({ $metadata: { httpStatusCode: 400 } });
  });
});

test('ListProtectedQueries tells of each query which table it populates', async () => {
  const { analysisId } = await populating();
  const { membershipIdentifier, intermediateTableIdentifier } = rooms.identifiers;
  const { protectedQueries } = await client.send(new ListProtectedQueriesCommand({ membershipIdentifier, maxResults: 100 }));
  expect(protectedQueries)
    .toEqual([{ id: analysisId, createTime: expect.any(Date), status: 'SUBMITTED', intermediateTableConfiguration: { id: intermediateTableIdentifier } }]);
  expect(rooms.requests().at(-1)!.path).toBe(`/memberships/${membershipIdentifier}/protectedQueries?maxResults=100`);
});
