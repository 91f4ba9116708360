import { createServer, request as send, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { CreateTableCommand, DeleteTableCommand, DynamoDBClient, GetItemCommand, PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { runKey, tableKey } from '../../../src/handlers/record/items';
import { changeDocument, changeRunItem, changeTableRecord, dynamoDBStore } from '../../../src/handlers/record/store';
import { EMPTY, type TableRecord } from '../../../src/handlers/record/table-record';

/** DynamoDB by dynalite, and before it what can happen on the way there and back. */

type Fault = 'BEFORE' | 'AFTER' | 'HANGS' | 'HANGS_AFTER' | 'THROTTLED' | 'UNREADABLE';
type Operation = 'GetItem' | 'PutItem' | 'UpdateItem';

const TABLE = 'record';
const engine = (createRequire(__filename)('dynalite') as (options: object) => Server)({ createTableMs: 0, deleteTableMs: 0 });
let front: Server;
let client: DynamoDBClient;
/** Of the next requests of each operation. */
let faults: { readonly operation: Operation; readonly fault: Fault }[] = [];
let asked: Operation[] = [];
let pauses: number[] = [];

const listening = (server: Server): Promise<number> =>
  new Promise((resolve) => { server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port)); });

const ERRORS: Partial<Record<Fault, [number, object]>> = {
  BEFORE: [500, { __type: 'com.amazonaws.dynamodb.v20120810#InternalServerError', message: 'Internal failure.' }],
  AFTER: [500, { __type: 'com.amazonaws.dynamodb.v20120810#InternalServerError', message: 'Internal failure.' }],
  THROTTLED: [400, { __type: 'com.amazonaws.dynamodb.v20120810#ThrottlingException', message: 'Rate exceeded.' }],
};

/** Hands a request on, and its answer back, unless something happens. */
async function served(incoming: IncomingMessage, outgoing: ServerResponse, port: number): Promise<void> {
  const body = Buffer.concat(await incoming.toArray() as Buffer[]);
  const operation = String(incoming.headers['x-amz-target']).split('.')[1] as Operation;
  asked.push(operation);
  const index = faults.findIndex((one) => one.operation === operation);
  const fault = index < 0 ? undefined : faults.splice(index, 1)[0].fault;
  const takesEffect = !fault || ['AFTER', 'HANGS_AFTER', 'UNREADABLE'].includes(fault);
  const answer = takesEffect ? await forwarded(incoming, body, port) : undefined;
  if (fault?.startsWith('HANGS')) {
    return;
  }
  if (fault === 'UNREADABLE') {
    outgoing.writeHead(403, { 'content-type': 'text/html' }).end('<html>Forbidden</html>');
  } else if (fault) {
    const [status, error] = ERRORS[fault]!;
    outgoing.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' }).end(JSON.stringify(error));
  } else {
    outgoing.writeHead(answer!.status, answer!.headers).end(answer!.body);
  }
}

interface Forwarded { readonly status: number; readonly headers: IncomingMessage['headers']; readonly body: Buffer }

const forwarded = ({ headers, method, url }: IncomingMessage, body: Buffer, port: number): Promise<Forwarded> => new Promise((resolve, reject) => {
  send({ port, method, path: url, headers }, (response) => {
    const whole = (chunks: unknown[]) => ({ status: response.statusCode!, headers: response.headers, body: Buffer.concat(chunks as Buffer[]) });
    response.toArray().then((chunks) => resolve(whole(chunks)), reject);
  }).on('error', reject).end(body);
});

beforeAll(async () => {
  const port = await listening(engine);
  front = createServer((incoming, outgoing) => { void served(incoming, outgoing, port); });
  client = new DynamoDBClient({
    endpoint: `http://127.0.0.1:${await listening(front)}`,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'key', secretAccessKey: 'secret' },
    // The function's own, but for the seconds.
    maxAttempts: 2,
    requestHandler: { requestTimeout: 300, throwOnRequestTimeout: true },
  });
});

afterAll(async () => {
  client.destroy();
  front.closeAllConnections();
  await Promise.all([front, engine].map((server) => new Promise((resolve) => { server.close(resolve); })));
});

beforeEach(async () => {
  faults = [];
  await client.send(new CreateTableCommand({
    TableName: TABLE, BillingMode: 'PAY_PER_REQUEST', AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }], KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
  }));
  [asked, pauses] = [[], []];
});

afterEach(async () => {
  faults = [];
  await client.send(new DeleteTableCommand({ TableName: TABLE }));
});

interface Counter { readonly by: readonly string[] }

const pausing = { pause: async (millis: number) => { pauses.push(millis); } };
const store = () => dynamoDBStore(client, TABLE);
/** Counts the run once, however often it is asked. */
const counting = (run: string) => (counter?: Counter): Counter => (counter?.by.includes(run) ? counter : { by: [...counter?.by ?? [], run] });
const count = (run: string) => changeDocument<Counter>(store(), 'id', counting(run), pausing);
const counted = async () => (await store().read<Counter>('id') as { value?: { document?: Counter } }).value?.document?.by;
const befalls = (operation: Operation, ...next: Fault[]) => faults.push(...next.map((fault) => ({ operation, fault })));
const itemOf = async (id: string) => (await client.send(new GetItemCommand({ TableName: TABLE, Key: { id: { S: id } } }))).Item;

/** A client before which somebody else counts, each time that something is to be put. */
const contended = (times: number) => {
  let others = 0;
  return dynamoDBStore({
    send: async (command: GetItemCommand | PutItemCommand) => {
      if (command instanceof PutItemCommand && others < times) {
        await count(`other-${++others}`);
      }
      return client.send(command as GetItemCommand);
    },
  } as unknown as DynamoDBClient, TABLE);
};

describe('a document', () => {
  test('is not there before it is written, and is as it was written then', async () => {
    expect(await store().read('id')).toEqual({ ok: true, value: { version: 0 } });
    const document = { text: 'ä', list: [1, { deep: null }], empty: '', flag: false };
    expect(await store().write('id', document, 0)).toEqual({ ok: true, value: true });
    expect(await store().read('id')).toEqual({ ok: true, value: { document, version: 1 } });
  });

  test('is written only if it still has the version that was read', async () => {
    await store().write('id', { n: 1 }, 0);
    expect(await store().write('id', { n: 2 }, 0)).toEqual({ ok: true, value: false });
    expect(await store().write('id', { n: 2 }, 1)).toEqual({ ok: true, value: true });
    expect(await store().write('id', { n: 3 }, 1)).toEqual({ ok: true, value: false });
    expect(await store().read('id')).toEqual({ ok: true, value: { document: { n: 2 }, version: 2 } });
  });

  test('has its key, its layout and its version beside it, as typed attributes', async () => {
    await store().write('id', { startedAt: Date.UTC(2026, 10, 23), deep: { flag: true } }, 0);
    expect(await itemOf('id')).toEqual({
      id: { S: 'id' }, schema: { N: '1' }, version: { N: '1' }, startedAt: { S: '2026-11-23T00:00:00.000Z' }, deep: { M: { flag: { BOOL: true } } },
    });
  });

  test('of another table is read there', async () => {
    expect(await store().read('id', 'another')).toMatchObject({ ok: false, error: { code: 'ResourceNotFoundException', outcomeUnknown: false } });
    await count('a');
    expect(await dynamoDBStore(client, 'another').read('id', TABLE)).toMatchObject({ ok: true, value: { document: { by: ['a'] } } });
  });

  test('expires when it is to, and not otherwise', async () => {
    await store().write('short', {}, 0, 1_795_420_800_999);
    await store().write('long', {}, 0);
    expect([(await itemOf('short'))?.expires, (await itemOf('long'))?.expires]).toEqual([{ N: '1795420800' }, undefined]);
    expect(await store().read('short')).toEqual({ ok: true, value: { document: {}, version: 1 } });
  });

  test('of a newer layout is refused in words, wherever it is read', async () => {
    await client.send(new PutItemCommand({
      TableName: TABLE, Item: { id: { S: 'run arn' }, schema: { N: '2' }, version: { N: '7' }, outcome: { M: { result: { S: 'x' } } } },
    }));
    const refused = { ok: false, error: { code: 'RecordIsNewer', message: expect.stringContaining('"run arn" has schema 2'), outcomeUnknown: false } };
    expect(await store().read('run arn')).toMatchObject(refused);
    expect(await changeDocument(store(), 'run arn', () => ({}), pausing)).toMatchObject(refused);
    expect(await store().readRun('arn')).toMatchObject({ ok: false, error: { code: 'RecordIsNewer' } });
    expect((await itemOf('run arn'))?.version).toEqual({ N: '7' });
  });

  test('that somebody has made by hand, without a version, can be changed', async () => {
    await client.send(new PutItemCommand({ TableName: TABLE, Item: { id: { S: 'id' }, by: { L: [{ S: 'hand' }] } } }));
    expect(await count('a')).toEqual({ ok: true, value: { by: ['hand', 'a'] } });
    expect((await itemOf('id'))?.version).toEqual({ N: '1' });
  });
});

describe('a change', () => {
  test('is of what is there', async () => {
    await count('a');
    expect(await count('b')).toEqual({ ok: true, value: { by: ['a', 'b'] } });
  });

  test('is not written where nothing changes', async () => {
    await count('a');
    asked = [];
    expect(await count('a')).toEqual({ ok: true, value: { by: ['a'] } });
    expect(await changeDocument(store(), 'none', () => undefined, pausing)).toEqual({ ok: true, value: undefined });
    expect(asked).toEqual(['GetItem', 'GetItem']);
  });

  test('of a table\'s item begins with an empty one, which is not written as it is', async () => {
    const table = { membershipIdentifier: 'm', intermediateTableIdentifier: 't' };
    expect(await changeTableRecord(store(), table, (record) => record, pausing)).toEqual({ ok: true, value: EMPTY });
    expect(await itemOf('table m/t')).toBeUndefined();
    const lease = { holder: 'arn', untilAt: 1_000 };
    expect(await changeTableRecord(store(), table, (record) => ({ ...record, lease }), pausing)).toEqual({ ok: true, value: { ...EMPTY, lease } });
    expect(await store().read<TableRecord>(tableKey(table))).toEqual({ ok: true, value: { document: { ...EMPTY, lease }, version: 1 } });
  });

  test('of a run\'s item gives it another two days', async () => {
    const now = () => Date.UTC(2026, 10, 23);
    expect(await changeRunItem(store(), 'arn', (run) => run, { ...pausing, now })).toEqual({ ok: true, value: undefined });
    await changeRunItem(store(), 'arn', () => ({ action: 'POPULATE' }), { ...pausing, now });
    expect((await itemOf('run arn'))?.expires).toEqual({ N: String(Date.UTC(2026, 10, 25) / 1_000) });
  });
});

describe('several who write at the same time', () => {
  test('are all heard', async () => {
    const runs = ['a', 'b', 'c', 'd'];
    await Promise.all(runs.map(count));
    expect([...(await counted())!].sort()).toEqual(runs);
  });

  test('are asked again after a while, each time a longer one', async () => {
    await count('own');
    pauses = [];
    expect(await changeDocument<Counter>(contended(3), 'id', counting('last'), pausing))
      .toMatchObject({ ok: true, value: { by: ['own', 'other-1', 'other-2', 'other-3', 'last'] } });
    expect(pauses).toHaveLength(3);
    pauses.forEach((millis, nth) => {
      expect(millis).toBeGreaterThanOrEqual(20 * 2 ** nth);
      expect(millis).toBeLessThanOrEqual(60 * 2 ** nth);
    });
  });

  test('for good are an error of their own, which may pass', async () => {
    expect(await changeDocument<Counter>(contended(Infinity), 'id', counting('own'), pausing))
      .toMatchObject({ ok: false, error: { code: 'RecordContended', outcomeUnknown: true } });
    expect(await counted()).not.toContain('own');
  });
});

describe('a change takes effect once', () => {
  test.each<[string, Fault[]]>([
    ['was not written at first', ['BEFORE']],
    ['was not written for a while', ['BEFORE', 'BEFORE', 'BEFORE']],
    ['was written, and its answer is an error', ['AFTER']],
    ['was written, and every answer is an error', ['AFTER', 'AFTER', 'AFTER']],
    ['was throttled', ['THROTTLED', 'THROTTLED', 'THROTTLED']],
    ['got no answer', ['HANGS']],
    ['was written and got no answer', ['HANGS_AFTER', 'HANGS']],
    ['was written, and its answer cannot be read', ['UNREADABLE']],
  ])('where it %s', async (_what, put) => {
    await count('a');
    befalls('PutItem', ...put);
    expect(await count('b')).toEqual({ ok: true, value: { by: ['a', 'b'] } });
    expect(await counted()).toEqual(['a', 'b']);
  });

  test('where the client sends it again after it took effect, and the condition fails for that', async () => {
    befalls('PutItem', 'AFTER');
    expect(await count('a')).toEqual({ ok: true, value: { by: ['a'] } });
    expect(asked).toEqual(['GetItem', 'PutItem', 'PutItem', 'GetItem']);
    expect(await counted()).toEqual(['a']);
  });

  test('where somebody else writes between its effect and its answer', async () => {
    befalls('PutItem', 'HANGS_AFTER');
    const [first] = await Promise.all([count('a'), new Promise((resolve) => { setTimeout(resolve, 100); }).then(() => count('b'))]);
    expect(first).toEqual({ ok: true, value: { by: ['a', 'b'] } });
    expect(await counted()).toEqual(['a', 'b']);
  });
});

describe('a read that fails is no answer', () => {
  test.each<[string, Fault, object]>([
    ['an error', 'BEFORE', { code: 'InternalServerError', outcomeUnknown: true }],
    ['throttling', 'THROTTLED', { code: 'ThrottlingException', throttled: true }],
    ['silence', 'HANGS', { code: 'TimeoutError', outcomeUnknown: true }],
    ['a page of somebody else\'s', 'UNREADABLE', { code: 'HTTP 403', outcomeUnknown: true }],
  ])('with %s', async (_what, fault, error) => {
    befalls('GetItem', ...Array.from({ length: 4 }, () => fault));
    expect(await store().read('id')).toMatchObject({ ok: false, error });
    expect(await store().readRun('arn')).toMatchObject({ ok: false, error });
  });

  test('before a change, it is asked again, and nothing is written blindly', async () => {
    await count('a');
    befalls('GetItem', 'BEFORE', 'BEFORE', 'BEFORE');
    expect(await count('b')).toEqual({ ok: true, value: { by: ['a', 'b'] } });
    befalls('GetItem', ...Array.from({ length: 20 }, (): Fault => 'BEFORE'));
    asked = [];
    expect(await count('c')).toMatchObject({ ok: false, error: { code: 'InternalServerError' } });
    expect(asked).not.toContain('PutItem');
  });
});

describe('how a run ended', () => {
  const FAILED = { failure: { error: 'E', cause: 'c', analysisId: '', retryable: null } };
  const ENDED = {
    output: {
      versionId: 'v', analysisId: 'a', analysisType: 'QUERY', status: 'POPULATED', populatedAt: '2026-11-23T06:10:00.000Z', durationMillis: null, billedCrpuHours: 0.5,
    },
  } as const;
  const now = Date.UTC(2026, 10, 23);

  test('is not known before it is recorded, and is what was recorded first from then on', async () => {
    expect(await store().readRun('arn')).toEqual({ ok: true, value: {} });
    expect(await store().recordOutcome('arn', ENDED, now)).toEqual({ ok: true, value: undefined });
    expect(await store().recordOutcome('arn', FAILED, now)).toEqual({ ok: true, value: undefined });
    expect(await store().readRun('arn')).toEqual({ ok: true, value: { outcome: ENDED } });
    expect((await itemOf('run arn'))?.expires).toEqual({ N: String(Date.UTC(2026, 10, 25) / 1_000) });
  });

  test('leaves the rest of the run\'s item as it is, and moves its version: whoever changes that at the same time looks again', async () => {
    await store().write(runKey('arn'), { responses: [{ url: 'u' }] }, 0);
    await store().recordOutcome('arn', FAILED, now);
    expect(await store().write(runKey('arn'), { responses: [] }, 1)).toEqual({ ok: true, value: false });
    expect(await store().read(runKey('arn'))).toEqual({ ok: true, value: { document: { responses: [{ url: 'u' }], outcome: FAILED }, version: 2 } });
  });

  test.each<[string, Fault[]]>([
    ['is lost on its way', ['HANGS_AFTER']],
    ['is an error', ['AFTER']],
  ])('is recorded once where the answer %s and the client sends it again', async (_what, put) => {
    befalls('UpdateItem', ...put);
    expect(await store().recordOutcome('arn', FAILED, now)).toEqual({ ok: true, value: undefined });
    expect(asked).toEqual(['UpdateItem', 'UpdateItem']);
    expect((await itemOf('run arn'))?.version).toEqual({ N: '1' });
  });

  test('cannot be told to be recorded where nobody answers', async () => {
    befalls('UpdateItem', 'BEFORE', 'BEFORE');
    expect(await store().recordOutcome('arn', FAILED, now)).toMatchObject({ ok: false, error: { code: 'InternalServerError' } });
  });

  test('is read without whom to answer, whose URLs are credentials', async () => {
    const inputs: GetItemCommand['input'][] = [];
    const seen = dynamoDBStore({ send: async ({ input }: GetItemCommand) => { inputs.push(input); return {}; } } as unknown as DynamoDBClient, TABLE);
    await seen.readRun('arn');
    expect(inputs).toMatchObject([{ ProjectionExpression: 'outcome, #table, #schema', ConsistentRead: true }]);
  });
});

test('reads are consistent, of whatever happened just now, and every write has a condition', async () => {
  const commands: (GetItemCommand | PutItemCommand | UpdateItemCommand)[] = [];
  const seen = dynamoDBStore({ send: async (command: GetItemCommand) => { commands.push(command); return {}; } } as unknown as DynamoDBClient, TABLE);
  await seen.read('id');
  await seen.readRun('arn');
  await seen.write('id', {}, 0);
  await seen.write('id', {}, 3);
  await seen.recordOutcome('arn', { failure: { error: 'E', cause: '', analysisId: '', retryable: null } }, 0);
  commands.forEach(({ constructor, input }) =>
    expect(input).toMatchObject(constructor === GetItemCommand ? { ConsistentRead: true } : { ConditionExpression: expect.any(String) }));
});
