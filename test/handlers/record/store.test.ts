import { DynamoDBClient, GetItemCommand, PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { FaultyDynamoDB, TABLE, type Fault } from './dynamodb';
import { runKey, tableKey } from '../../../src/handlers/record/items';
import { changeDocument, changeRunItem, changeTableRecord, dynamoDBStore } from '../../../src/handlers/record/store';
import { EMPTY, type TableRecord } from '../../../src/handlers/record/table-record';

const dynamoDB = new FaultyDynamoDB();
let pauses: number[] = [];

beforeAll(() => dynamoDB.start());
afterAll(() => dynamoDB.stop());
beforeEach(() => dynamoDB.createTable());
afterEach(async () => {
  pauses = [];
  await dynamoDB.deleteTable();
});

interface Counter { readonly by: readonly string[] }

const pausing = { pause: async (millis: number) => { pauses.push(millis); } };
const store = () => dynamoDBStore(dynamoDB.client, TABLE);
/** Counts the run once, however often it is asked. */
const counting = (run: string) => (counter: Counter = { by: [] }): Counter =>
  (counter.by.includes(run) ? counter : { by: [...counter.by, run] });
const count = (run: string) => changeDocument<Counter>(store(), 'id', counting(run), pausing);
const counted = async () => (await store().read<Counter>('id') as { value?: { document?: Counter } }).value?.document?.by;
const itemOf = async (id: string) => (await dynamoDB.client.send(new GetItemCommand({ TableName: TABLE, Key: { id: { S: id } } }))).Item;
const put = (Item: PutItemCommand['input']['Item']) => dynamoDB.client.send(new PutItemCommand({ TableName: TABLE, Item }));
const many = (fault: Fault): Fault[] => Array.from({ length: 20 }, () => fault);
const ok = (value: unknown) => ({ ok: true, value });

/** A store whose requests are seen, and what is done before each; without an answer of its own, nothing is there. */
const storeThat = (sends: (command: GetItemCommand | PutItemCommand | UpdateItemCommand) => Promise<object>) =>
  dynamoDBStore({ send: sends } as unknown as DynamoDBClient, TABLE);
/** Before it somebody else counts, each time that something is to be put. */
const contended = (times: number) => {
  let others = 0;
  return storeThat(async (command) => {
    if (command instanceof PutItemCommand && others < times) {
      await count(`other-${++others}`);
    }
    return dynamoDB.client.send(command as GetItemCommand);
  });
};

describe('a document', () => {
  test('is not there before it is written, and is as it was written then, if it still has the version that was read', async () => {
    expect(await store().read('id')).toEqual(ok({ version: 0 }));
    const document = { text: 'ä', list: [1, { deep: null }], empty: '', flag: false };
    expect(await store().write('id', document, 0)).toEqual(ok(true));
    expect(await store().read('id')).toEqual(ok({ document, version: 1 }));
    expect(await store().write('id', { n: 2 }, 0)).toEqual(ok(false));
    expect(await store().write('id', { n: 2 }, 1)).toEqual(ok(true));
    expect(await store().write('id', { n: 3 }, 1)).toEqual(ok(false));
    expect(await store().read('id')).toEqual(ok({ document: { n: 2 }, version: 2 }));
  });

  test('of another table is read there', async () => {
    const missing = { ok: false, error: { code: 'ResourceNotFoundException', outcomeUnknown: false } };
    expect(await store().read('id', 'another')).toMatchObject(missing);
    await count('a');
    expect(await dynamoDBStore(dynamoDB.client, 'another').read('id', TABLE)).toMatchObject(ok({ document: { by: ['a'] } }));
  });

  test('of a newer layout is refused in words, wherever it is read', async () => {
    await put({ id: { S: 'run arn' }, schema: { N: '2' }, version: { N: '7' }, outcome: { M: { result: { S: 'x' } } } });
    const message = expect.stringContaining('"run arn" has schema 2');
    const refused = { ok: false, error: { code: 'RecordIsNewer', message, outcomeUnknown: false } };
    expect(await store().read('run arn')).toMatchObject(refused);
    expect(await changeDocument(store(), 'run arn', () => ({}), pausing)).toMatchObject(refused);
    expect(await store().readRun('arn')).toMatchObject({ ok: false, error: { code: 'RecordIsNewer' } });
    expect((await itemOf('run arn'))?.version).toEqual({ N: '7' });
  });

  test('that somebody has made by hand, without a version, can be changed', async () => {
    await put({ id: { S: 'id' }, by: { L: [{ S: 'hand' }] } });
    expect(await count('a')).toEqual(ok({ by: ['hand', 'a'] }));
    expect((await itemOf('id'))?.version).toEqual({ N: '1' });
  });
});

describe('a change', () => {
  test('is not written where nothing changes', async () => {
    await count('a');
    dynamoDB.asked = [];
    expect(await count('a')).toEqual(ok({ by: ['a'] }));
    expect(await changeDocument(store(), 'none', () => undefined, pausing)).toEqual(ok(undefined));
    expect(dynamoDB.asked).toEqual(['GetItem', 'GetItem']);
  });

  test('of a table\'s item begins with an empty one, which is not written as it is', async () => {
    const table = { membershipIdentifier: 'm', intermediateTableIdentifier: 't' };
    expect(await changeTableRecord(store(), table, (record) => record, pausing)).toEqual(ok(EMPTY));
    expect(await itemOf('table m/t')).toBeUndefined();
    const lease = { holder: 'arn', untilAt: 1_000 };
    expect(await changeTableRecord(store(), table, (record) => ({ ...record, lease }), pausing)).toEqual(ok({ ...EMPTY, lease }));
    expect(await store().read<TableRecord>(tableKey(table))).toEqual(ok({ document: { ...EMPTY, lease }, version: 1 }));
  });

  test('of a run\'s item gives it another two days', async () => {
    const clock = { ...pausing, now: () => Date.UTC(2026, 10, 23) };
    expect(await changeRunItem(store(), 'arn', (run) => run, clock)).toEqual(ok(undefined));
    await changeRunItem(store(), 'arn', () => ({ action: 'POPULATE' }), clock);
    expect((await itemOf('run arn'))?.expires).toEqual({ N: String(Date.UTC(2026, 10, 25) / 1_000) });
  });

  test('beside others who write is tried again after a while, each time a longer one', async () => {
    await count('own');
    const by = ['own', 'other-1', 'other-2', 'other-3', 'last'];
    pauses = [];
    expect(await changeDocument<Counter>(contended(3), 'id', counting('last'), pausing)).toMatchObject(ok({ by }));
    expect(pauses).toHaveLength(3);
    pauses.forEach((millis, nth) => {
      expect(millis).toBeGreaterThanOrEqual(20 * 2 ** nth);
      expect(millis).toBeLessThanOrEqual(60 * 2 ** nth);
    });
  });

  test('beside others who write for good is an error of its own, which may pass', async () => {
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
  ])('where it %s', async (_what, faults) => {
    await count('a');
    dynamoDB.befalls('PutItem', ...faults);
    expect(await count('b')).toEqual(ok({ by: ['a', 'b'] }));
    expect(await counted()).toEqual(['a', 'b']);
  });

  test('where the client sends it again after it took effect, and the condition fails for that', async () => {
    dynamoDB.befalls('PutItem', 'AFTER');
    expect(await count('a')).toEqual(ok({ by: ['a'] }));
    expect(dynamoDB.asked).toEqual(['GetItem', 'PutItem', 'PutItem', 'GetItem']);
    expect(await counted()).toEqual(['a']);
  });

  test('where somebody else writes between its effect and its answer', async () => {
    dynamoDB.befalls('PutItem', 'HANGS_AFTER');
    const [first] = await Promise.all([count('a'), new Promise((resolve) => { setTimeout(resolve, 100); }).then(() => count('b'))]);
    expect(first).toEqual(ok({ by: ['a', 'b'] }));
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
    dynamoDB.befalls('GetItem', ...many(fault));
    expect(await store().read('id')).toMatchObject({ ok: false, error });
    expect(await store().readRun('arn')).toMatchObject({ ok: false, error });
  });

  test('before a change, it is asked again, and nothing is written blindly', async () => {
    await count('a');
    dynamoDB.befalls('GetItem', 'BEFORE', 'BEFORE', 'BEFORE');
    expect(await count('b')).toEqual(ok({ by: ['a', 'b'] }));
    dynamoDB.befalls('GetItem', ...many('BEFORE'));
    dynamoDB.asked = [];
    expect(await count('c')).toMatchObject({ ok: false, error: { code: 'InternalServerError' } });
    expect(dynamoDB.asked).not.toContain('PutItem');
  });
});

describe('how a run ended', () => {
  const FAILED = { failure: { error: 'E', cause: 'c', analysisId: '', retryable: null } };
  const output = { versionId: 'v', analysisId: 'a', analysisType: 'QUERY', populatedAt: '2026-11-23T06:10:00.000Z' };
  const ENDED = { output: { ...output, status: 'POPULATED', durationMillis: null, billedCrpuHours: 0.5 } } as const;
  const now = Date.UTC(2026, 10, 23);

  test('is not known before it is recorded, and is what was recorded first from then on', async () => {
    expect(await store().readRun('arn')).toEqual(ok({}));
    expect(await store().recordOutcome('arn', ENDED, now)).toEqual(ok(undefined));
    expect(await store().recordOutcome('arn', FAILED, now)).toEqual(ok(undefined));
    expect(await store().readRun('arn')).toEqual(ok({ outcome: ENDED }));
    expect((await itemOf('run arn'))?.expires).toEqual({ N: String(Date.UTC(2026, 10, 25) / 1_000) });
  });

  test('leaves the rest of the run\'s item, and moves its version: whoever changes that at the same time looks again', async () => {
    await store().write(runKey('arn'), { responses: [{ url: 'u' }] }, 0);
    await store().recordOutcome('arn', FAILED, now);
    expect(await store().write(runKey('arn'), { responses: [] }, 1)).toEqual(ok(false));
    expect(await store().read(runKey('arn'))).toEqual(ok({ document: { responses: [{ url: 'u' }], outcome: FAILED }, version: 2 }));
  });

  test.each<Fault>(['HANGS_AFTER', 'AFTER'])('is recorded once where the client sends it again after a fault: %s', async (fault) => {
    dynamoDB.befalls('UpdateItem', fault);
    expect(await store().recordOutcome('arn', FAILED, now)).toEqual(ok(undefined));
    expect(dynamoDB.asked).toEqual(['UpdateItem', 'UpdateItem']);
    expect((await itemOf('run arn'))?.version).toEqual({ N: '1' });
  });

  test('cannot be told to be recorded where nobody answers', async () => {
    dynamoDB.befalls('UpdateItem', 'BEFORE', 'BEFORE');
    expect(await store().recordOutcome('arn', FAILED, now)).toMatchObject({ ok: false, error: { code: 'InternalServerError' } });
  });
});

test('reads are consistent, and of a run without whom to answer, whose URLs are credentials; every write has a condition', async () => {
  const asked: object[] = [];
  const seen = storeThat(async (command) => {
    asked.push({ name: command.constructor.name, ...command.input });
    return {};
  });
  await seen.read('id');
  await seen.readRun('arn');
  await seen.write('id', {}, 0);
  await seen.write('id', {}, 3);
  await seen.recordOutcome('arn', { failure: { error: 'E', cause: '', analysisId: '', retryable: null } }, 0);
  const conditional = { ConditionExpression: expect.any(String) };
  expect(asked).toMatchObject([
    { name: 'GetItemCommand', ConsistentRead: true },
    { name: 'GetItemCommand', ConsistentRead: true, ProjectionExpression: 'outcome, #table, #schema' },
    conditional, conditional, conditional,
  ]);
});
