import { Answered, callFrom, dynamoTable, ending, lambda, stackOf } from './templates';
import { Cloud } from '../../simulator/cloud';
import { Engine } from '../../simulator/dynamodb/engine';

const ARN = { 'Fn::GetAtt': ['Table', 'Arn'] };

let cloud: Cloud;
beforeEach(() => { cloud = new Cloud({ start: 0 }); });
afterEach(() => cloud.close());

/** The table, and a function that may do this with it. */
const deploy = (Table = dynamoTable(), Action = 'dynamodb:*') => cloud.deploy(stackOf(
  { Table, ...lambda('Client', 'client.zip', {}, { Effect: 'Allow', Action, Resource: ARN }) },
  { Outputs: { Name: { Value: { Ref: 'Table' } }, Arn: { Value: ARN } } },
));
const tableName = (): string => cloud.stack('Stack').resources.get('Table')!.physicalId;
const call = (operation: string, input: object): Promise<Answered> =>
  callFrom(cloud, 'dynamodb', operation, { TableName: tableName(), ...input });
const parsed = ({ text }: Answered): object => JSON.parse(text!) as object;
const item = (id: string, n: number): object => ({ Item: { id: { S: id }, n: { N: String(n) }, list: { L: [{ M: { x: { S: 'y' } } }] } } });
const KEY = { Key: { id: { S: 'a' } } };
const ADD = { ...KEY, UpdateExpression: 'ADD n :one', ExpressionAttributeValues: { ':one': { N: '1' } } };
const REFUSED = { status: 400, text: expect.stringContaining('#ConditionalCheckFailedException') as string };

describe('a table', () => {
  test('has its name as Ref and an ARN, and is gone with its stack', async () => {
    const { outputs: { Name, Arn } } = await deploy();
    expect(Name).toMatch(/^Stack-Table-/);
    expect(Arn).toBe(`arn:aws:dynamodb:us-east-1:111122223333:table/${Name}`);
    await call('PutItem', item('a', 1));
    expect((await cloud.destroy('Stack')).status).toBe('DELETE_COMPLETE');
    expect([await cloud.record.items(), cloud.record.tableNames()]).toEqual([[], []]);
  });

  test('stays with its items where the policy retains it', async () => {
    await deploy(dynamoTable({}, { DeletionPolicy: 'Retain' }));
    await call('PutItem', item('a', 1));
    await call('PutItem', item('b', 1));
    // A person takes one away.
    await cloud.record.delete('b');
    const [name] = cloud.record.tableNames();
    await cloud.destroy('Stack');
    expect(await cloud.record.items(name)).toEqual([{ id: 'a', n: 1, list: [{ x: 'y' }] }]);
  });

  test('keeps its items when its settings change, and is another one where its key does', async () => {
    await deploy();
    await call('PutItem', item('a', 1));
    const before = tableName();
    const settings = { TimeToLiveSpecification: { AttributeName: 'until', Enabled: true }, PointInTimeRecoverySpecification: undefined };
    expect((await deploy(dynamoTable(settings))).status).toBe('UPDATE_COMPLETE');
    expect(await cloud.record.items()).toHaveLength(1);
    expect(tableName()).toBe(before);
    await deploy(dynamoTable({
      KeySchema: [{ AttributeName: 'key', KeyType: 'HASH' }], AttributeDefinitions: [{ AttributeName: 'key', AttributeType: 'S' }],
    }));
    expect(tableName()).not.toBe(before);
    expect(cloud.record.tableNames()).toEqual([tableName()]);
  });

  test('that DynamoDB refuses fails its resource', async () => {
    expect(ending(await deploy(dynamoTable({ AttributeDefinitions: [{ AttributeName: 'other', AttributeType: 'S' }] }))))
      .toEqual(['ROLLBACK_COMPLETE', expect.stringMatching(/^Table: .*ValidationException/)]);
  });

  test('that is protected is not deleted', async () => {
    await deploy(dynamoTable({ DeletionProtectionEnabled: true }));
    expect((await cloud.destroy('Stack')).status).toBe('DELETE_FAILED');
  });
});

describe('a function', () => {
  test('writes under a condition, and is told where it does not hold', async () => {
    await deploy();
    const once = { ConditionExpression: 'attribute_not_exists(id)' };
    expect(await call('PutItem', { ...item('a', 1), ...once })).toMatchObject({ status: 200 });
    expect(await call('PutItem', { ...item('a', 2), ...once })).toMatchObject(REFUSED);
    expect(parsed(await call('GetItem', { ...KEY, ConsistentRead: true }))).toMatchObject({ Item: { n: { N: '1' } } });
    expect(cloud.record.requests.map(({ operation, error }) => `${operation} ${error ?? ''}`))
      .toEqual(['PutItem ', 'PutItem ConditionalCheckFailedException', 'GetItem ']);
  });

  test('changes single attributes of an item under a condition, and is given what it asked for', async () => {
    await deploy();
    await call('PutItem', item('a', 1));
    const update = {
      ...KEY,
      UpdateExpression: 'SET #l = list_append(#l, :more), begun = if_not_exists(begun, :begun) REMOVE gone ADD n :one',
      ConditionExpression: 'n = :before',
      ExpressionAttributeNames: { '#l': 'list' },
      ExpressionAttributeValues: { ':more': { L: [{ S: 'z' }] }, ':begun': { S: 'f' }, ':one': { N: '1' }, ':before': { N: '1' } },
      ReturnValues: 'UPDATED_NEW',
    };
    expect(parsed(await call('UpdateItem', update))).toEqual({
      Attributes: { list: { L: [{ M: { x: { S: 'y' } } }, { S: 'z' }] }, begun: { S: 'f' }, n: { N: '2' } },
    });
    expect(await call('UpdateItem', update)).toMatchObject(REFUSED);
    expect(await cloud.record.items()).toEqual([{ id: 'a', n: 2, begun: 'f', list: [{ x: 'y' }, 'z'] }]);
  });

  test.each([
    ['UpdateItem', { ...KEY, UpdateExpression: 'SET n = :n', ExpressionAttributeValues: { ':n': { N: '2' }, ':before': { N: '3' } } }],
    ['PutItem', { ...item('a', 2), ExpressionAttributeValues: { ':before': { N: '3' } } }],
  ])('is shown by %s the item that its condition did not hold for, if it asks', async (operation, write) => {
    await deploy();
    await call('PutItem', item('a', 1));
    const refused = async (more: object) => parsed(await call(operation, { ...write, ConditionExpression: 'n = :before', ...more }));
    const shown = await refused({ ReturnValuesOnConditionCheckFailure: 'ALL_OLD' });
    expect(shown).toMatchObject({ ...item('a', 1), message: 'The conditional request failed' });
    expect(Object.keys(await refused({}))).not.toContain('Item');
  });

  test.each([
    ['GetItem', { GetItem: 200, PutItem: 400, UpdateItem: 400 }, []],
    ['PutItem', { GetItem: 400, UpdateItem: 400 }, []],
    ['UpdateItem', { UpdateItem: 200 }, [{ id: 'a', n: 1 }]],
  ])('that may call %s on that table may do nothing else: %j', async (action, statuses, items) => {
    await deploy(dynamoTable(), `dynamodb:${action}`);
    const inputs: Record<string, object> = { GetItem: KEY, PutItem: item('a', 1), UpdateItem: ADD };
    for (const [operation, status] of Object.entries(statuses)) {
      const answer = await call(operation, inputs[operation]);
      expect(answer.status).toBe(status);
      const refusal = new RegExp(`AccessDeniedException.*dynamodb:${operation} on resource: arn:aws:dynamodb.*Stack-Table`);
      if (status === 400) expect(answer.text).toMatch(refusal);
      else if (operation === 'GetItem') expect(answer.text).toBe('{}');
    }
    expect(await cloud.record.items()).toEqual(items);
  });

  test('waits no virtual time for the database, but for the way there and back', async () => {
    await deploy();
    await call('GetItem', KEY);
    const before = cloud.clock.now();
    expect((await call('PutItem', item('a', 1))).at! - before).toBe(20);
  });

  test('that asks all at once loses no update', async () => {
    await deploy();
    await Promise.all(Array.from({ length: 20 }, () => call('UpdateItem', ADD)));
    expect(await cloud.record.items()).toEqual([{ id: 'a', n: 20 }]);
  });
});

test('virtual time stands still while the database works, also where it refuses', async () => {
  let working = 0;
  const engine = new Engine({ enter: () => { working++; }, leave: () => { working--; } });
  const listing = engine.call('ListTables', {});
  expect(working).toBe(1);
  await listing;
  expect(working).toBe(0);
  await expect(engine.call('GetItem', {})).rejects.toThrow(/tableName/i);
  expect(working).toBe(0);
});
