import { createServer, request as send, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { CreateTableCommand, DeleteTableCommand, DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { documents } from '../../../src/handlers/record/documents';

/** DynamoDB by dynalite, and before it what can happen on the way there and back. */

type Fault = 'BEFORE' | 'AFTER' | 'HANGS' | 'HANGS_AFTER' | 'THROTTLED' | 'UNREADABLE';
type Operation = 'GetItem' | 'PutItem';

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

const record = () => documents(client, TABLE, async (millis) => { pauses.push(millis); });
/** Counts the run once, however often it is asked. */
const counting = (run: string) => (counter?: Counter): Counter => (counter?.by.includes(run) ? counter : { by: [...counter?.by ?? [], run] });
const count = (run: string) => record().change<Counter>('id', counting(run));
const counted = async () => (await record().read<Counter>('id') as { value?: Counter }).value?.by;
const befalls = (operation: Operation, ...next: Fault[]) => faults.push(...next.map((fault) => ({ operation, fault })));

describe('a document', () => {
  test('is not there before it is written, and is as it was written then', async () => {
    expect(await record().read('id')).toEqual({ ok: true, value: undefined });
    const document = { text: 'ä', list: [1, { deep: null }], empty: '' };
    expect(await record().change('id', () => document)).toEqual({ ok: true, value: document });
    expect(await record().read('id')).toEqual({ ok: true, value: document });
  });

  test('is changed from what it is', async () => {
    await count('a');
    expect(await count('b')).toEqual({ ok: true, value: { by: ['a', 'b'] } });
  });

  test('is not written where nothing changes', async () => {
    await count('a');
    asked = [];
    expect(await count('a')).toEqual({ ok: true, value: { by: ['a'] } });
    expect(await record().change('none', () => undefined)).toEqual({ ok: true, value: undefined });
    expect(asked).toEqual(['GetItem', 'GetItem']);
  });

  test('of another table is read there', async () => {
    expect(await record().read('id', 'another')).toMatchObject({ ok: false, error: { code: 'ResourceNotFoundException', doubtful: false } });
    await count('a');
    expect(await documents(client, 'another', async () => undefined).read('id', TABLE)).toEqual({ ok: true, value: { by: ['a'] } });
  });

  test('expires when it is to, and not otherwise', async () => {
    await record().change('short', () => ({}), { expires: 1_795_420_800 });
    await record().change('long', () => ({}));
    const expiresOf = async (id: string) => (await client.send(new GetItemCommand({ TableName: TABLE, Key: { id: { S: id } } }))).Item?.expires;
    expect([await expiresOf('short'), await expiresOf('long')]).toEqual([{ N: '1795420800' }, undefined]);
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
    let others = 0;
    pauses = [];
    const interfering = documents({
      send: async (command: GetItemCommand | PutItemCommand) => {
        if (command instanceof PutItemCommand && others++ < 3) {
          await count(`other-${others}`);
        }
        return client.send(command as GetItemCommand);
      },
    } as unknown as DynamoDBClient, TABLE, async (millis) => { pauses.push(millis); });
    expect(await interfering.change<Counter>('id', counting('last'))).toMatchObject({ ok: true, value: { by: ['own', 'other-1', 'other-2', 'other-3', 'last'] } });
    expect(pauses).toHaveLength(3);
    pauses.forEach((millis, nth) => {
      expect(millis).toBeGreaterThanOrEqual(20 * 2 ** nth);
      expect(millis).toBeLessThanOrEqual(60 * 2 ** nth);
    });
  });

  test('for good are an error of their own, which may pass', async () => {
    let nth = 0;
    const contended = documents({
      send: async (command: GetItemCommand | PutItemCommand) => {
        if (command instanceof PutItemCommand) {
          await count(`other-${nth++}`);
        }
        return client.send(command as GetItemCommand);
      },
    } as unknown as DynamoDBClient, TABLE, async () => undefined);
    expect(await contended.change<Counter>('id', counting('own'))).toMatchObject({ ok: false, error: { code: 'RecordContended', doubtful: true } });
    expect(await counted()).not.toContain('own');
  });
});

describe('a write takes effect once', () => {
  test.each<[string, Fault[]]>([
    ['was not made at first', ['BEFORE']],
    ['was not made for a while', ['BEFORE', 'BEFORE', 'BEFORE']],
    ['was made, and its answer is an error', ['AFTER']],
    ['was made, and every answer is an error', ['AFTER', 'AFTER', 'AFTER']],
    ['was throttled', ['THROTTLED', 'THROTTLED', 'THROTTLED']],
    ['got no answer', ['HANGS']],
    ['was made and got no answer', ['HANGS_AFTER', 'HANGS']],
    ['was made, and its answer cannot be read', ['UNREADABLE']],
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
    ['an error', 'BEFORE', { code: 'InternalServerError', doubtful: true }],
    ['throttling', 'THROTTLED', { code: 'ThrottlingException', throttled: true }],
    ['silence', 'HANGS', { code: 'TimeoutError', doubtful: true }],
    ['a page of somebody else\'s', 'UNREADABLE', { code: 'HTTP 403', doubtful: true }],
  ])('with %s', async (_what, fault, error) => {
    befalls('GetItem', ...Array.from({ length: 2 }, () => fault));
    expect(await record().read('id')).toMatchObject({ ok: false, error });
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

test('reads are consistent, of whatever happened just now', async () => {
  const inputs: object[] = [];
  const answering = async ({ input }: GetItemCommand) => {
    inputs.push(input);
    return {};
  };
  const seen = documents({ send: answering } as unknown as DynamoDBClient, TABLE, async () => undefined);
  await seen.read('id');
  await seen.change('id', () => undefined);
  expect(inputs).toEqual(Array.from({ length: 2 }, () => expect.objectContaining({ ConsistentRead: true })));
});
