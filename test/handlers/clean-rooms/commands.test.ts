import {
  AccessDeniedException, CleanRoomsClient, ConflictException, InternalServerException, ResourceNotFoundException,
  ServiceQuotaExceededException, ThrottlingException, ValidationException,
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
  const properties = { spark: { 'spark.sql.shuffle.partitions': '10' } };
  const EVERYTHING = {
    parameters: { region: 'north', text: 'ä "quoted" 表' },
    computeConfiguration: { queryComputeConfiguration: { type: 'CR.4X', number: 8, properties } },
    analysisPayerAccountId: '111122223333',
  } as const;

  test('is a POST to the table\'s path, with what is given as JSON, numbers as numbers, signed for the service and region', async () => {
    await populating(EVERYTHING);
    const [{ method, path, body }] = rooms.requests();
    expect(`${method} ${path}`).toBe(`POST ${rooms.tablePath}/populate`);
    expect(JSON.parse(body)).toEqual(EVERYTHING);
    const [{ authorization, 'content-type': contentType }] = rooms.headers;
    expect(authorization).toMatch(/^AWS4-HMAC-SHA256 Credential=AKIATESTER\/\d{8}\/eu-west-1\/cleanrooms\/aws4_request, SignedHeaders=/);
    expect(authorization).toMatch(/SignedHeaders=[a-z0-9;-]*host[a-z0-9;-]*, Signature=[0-9a-f]{64}$/);
    expect(contentType).toBe('application/json');
  });

  test('leaves out what is not given, of the compute configuration, too', async () => {
    await populating({ parameters: undefined, computeConfiguration: undefined, analysisPayerAccountId: undefined });
    await populating().catch(() => undefined);
    await populating({ computeConfiguration: { queryComputeConfiguration: { type: 'CR.1X', number: 2 } } }).catch(() => undefined);
    const compute = '{"computeConfiguration":{"queryComputeConfiguration":{"type":"CR.1X","number":2}}}';
    expect(rooms.requests().map(({ body }) => body)).toEqual(['{}', '{}', compute]);
  });

  test('escapes what stands in the path', async () => {
    await populating({ membershipIdentifier: 'a/b', intermediateTableIdentifier: 'c d' }).catch(() => undefined);
    expect(rooms.requests()[0].path).toBe('/memberships/a%2Fb/intermediateTables/c%20d/populate');
  });
});

/** What is answered is read in clean-rooms.test.ts, by whoever uses it. */
test('what is read is a GET without a body, whose page stands in the query string', async () => {
  const { membershipIdentifier } = rooms.identifiers;
  const listing = (page: { nextToken?: string; maxResults?: number } = {}) =>
    client.send(new ListIntermediateTableVersionsCommand({ ...rooms.identifiers, ...page })).catch(() => undefined);
  await client.send(new GetIntermediateTableCommand(rooms.identifiers));
  await listing();
  await listing({ maxResults: 7, nextToken: 'a+b/c=' });
  await client.send(new ListProtectedQueriesCommand({ membershipIdentifier, maxResults: 100 }));
  expect(rooms.requests().map(({ method, path, body }) => [method, path, body])).toEqual([
    rooms.tablePath, `${rooms.tablePath}/versions`, `${rooms.tablePath}/versions?maxResults=7&nextToken=a%2Bb%2Fc%3D`,
    `/memberships/${membershipIdentifier}/protectedQueries?maxResults=100`,
  ].map((path) => ['GET', path, '']));
});

describe('an error arrives as the client\'s own exception, with its members:', () => {
  const OPERATIONS = {
    PopulateIntermediateTable: () => populating(),
    GetIntermediateTable: () => client.send(new GetIntermediateTableCommand(rooms.identifiers)),
    ListIntermediateTableVersions: () => client.send(new ListIntermediateTableVersionsCommand(rooms.identifiers)),
  };
  const notValid = { reason: 'IAM_SYNCHRONIZATION_DELAY', fieldList: [{ name: 'parameters', message: 'is bad' }] };

  describe.each(Object.keys(OPERATIONS) as (keyof typeof OPERATIONS)[])('of %s', (operation) => {
    test.each([
      ['AccessDeniedException', AccessDeniedException, 403, { reason: 'INSUFFICIENT_PERMISSIONS' }],
      ['ConflictException', ConflictException, 409, { reason: 'INVALID_STATE', resourceId: 't' }],
      ['InternalServerException', InternalServerException, 500, {}],
      ['ResourceNotFoundException', ResourceNotFoundException, 404, { resourceId: 't', resourceType: 'MEMBERSHIP' }],
      ['ServiceQuotaExceededException', ServiceQuotaExceededException, 402, { quotaName: 'concurrent-queries', quotaValue: 2 }],
      ['ThrottlingException', ThrottlingException, 429, {}],
      ['ValidationException', ValidationException, 400, notValid],
    ] as const)('%s', async (code, exception, status, members) => {
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
