import {
  CleanRoomsClient, ConflictException, GetProtectedQueryCommand, ListProtectedQueriesCommand, ResourceNotFoundException, ThrottlingException,
  UpdateProtectedQueryCommand, ValidationException,
} from '@aws-sdk/client-cleanrooms';
import { Harness } from './harness';

let rooms: Harness;
let client: CleanRoomsClient;

beforeEach(async () => {
  rooms = await Harness.start();
  client = new CleanRoomsClient({
    endpoint: rooms.server.url, region: 'eu-west-1', credentials: { accessKeyId: 'AKIASDK', secretAccessKey: 'secret' }, maxAttempts: 1,
  });
});

afterEach(async () => {
  client.destroy();
  await rooms.stop();
});

const ids = (protectedQueryIdentifier: string) => ({ membershipIdentifier: rooms.membership.id, protectedQueryIdentifier });

test('AWS\'s own client reads a query: status, moments and numbers', async () => {
  const { analysisId, acceptedAt } = rooms.service.populateByHand(rooms.table.id, { region: 'north' });
  rooms.clock.advance(62);
  const { protectedQuery } = await client.send(new GetProtectedQueryCommand(ids(analysisId)));
  expect(protectedQuery).toMatchObject({
    id: analysisId,
    status: 'SUCCESS',
    createTime: new Date(acceptedAt),
    sqlParameters: { parameters: { region: 'north' } },
    statistics: { totalDurationInMillis: 60_000, billedResourceUtilization: { units: 32 / 60 } },
  });
  expect(rooms.service.journal.requests.at(-1)).toMatchObject({ accessKeyId: 'AKIASDK', operation: 'GetProtectedQuery' });
});

test('AWS\'s own client cancels and lists', async () => {
  const { analysisId } = rooms.service.populateByHand(rooms.table.id);
  const { protectedQuery } = await client.send(new UpdateProtectedQueryCommand({ ...ids(analysisId), targetStatus: 'CANCELLED' }));
  expect(protectedQuery?.status).toBe('CANCELLING');
  const { protectedQueries } = await client.send(new ListProtectedQueriesCommand({ membershipIdentifier: rooms.membership.id, status: 'CANCELLING' }));
  expect(protectedQueries?.map(({ id }) => id)).toEqual([analysisId]);
});

test('AWS\'s own client knows each error by its class, with its members', async () => {
  const nowhere = '00000000-0000-4000-8000-000000000000';
  const failure = (id: string) => client.send(new GetProtectedQueryCommand(ids(id))).catch((error: unknown) => error);
  const missing = await failure(nowhere);
  expect(missing).toBeInstanceOf(ResourceNotFoundException);
  expect(missing).toMatchObject({ resourceId: nowhere });
  const invalid = await failure('short');
  expect(invalid).toBeInstanceOf(ValidationException);
  expect(invalid).toMatchObject({ reason: 'FIELD_VALIDATION_FAILED', fieldList: expect.arrayContaining([expect.objectContaining({ name: 'protectedQueryIdentifier' })]) });
  const { analysisId } = rooms.service.populateByHand(rooms.table.id);
  rooms.service.behaviours = { ...rooms.service.behaviours, throttlingStatus: 400 };
  rooms.service.faults.inject({ operation: 'GetProtectedQuery', fault: { kind: 'error', code: 'ThrottlingException' } });
  expect(await failure(analysisId)).toBeInstanceOf(ThrottlingException);
  rooms.clock.advance(100);
  const refused = await client.send(new UpdateProtectedQueryCommand({ ...ids(analysisId), targetStatus: 'CANCELLED' })).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(ConflictException);
});
