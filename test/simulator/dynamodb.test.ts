import { Answered, callFrom, lambda, stackOf } from './templates';
import { Cloud } from '../../simulator/cloud';
import { TemplateResource } from '../../simulator/cloudformation/assembly';
import type { DeployResult } from '../../simulator/cloudformation/service';
import { Engine } from '../../simulator/dynamodb/engine';

const ARN = { 'Fn::GetAtt': ['Table', 'Arn'] };
const ALL = { Effect: 'Allow', Action: 'dynamodb:*', Resource: ARN };

const table = (properties: object = {}, rest: Partial<TemplateResource> = {}): TemplateResource => ({
  Type: 'AWS::DynamoDB::Table',
  Properties: {
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    BillingMode: 'PAY_PER_REQUEST',
    PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
    ...properties,
  },
  ...rest,
});

let cloud: Cloud;
beforeEach(() => { cloud = new Cloud({ start: 0 }); });
afterEach(() => cloud.close());

const outputs = { Outputs: { Name: { Value: { Ref: 'Table' } }, Arn: { Value: ARN } } };

async function deploy(resource = table(), ...statements: object[]): Promise<DeployResult> {
  const client = lambda('Client', 'client.zip', {}, ...statements.length > 0 ? statements : [ALL]);
  return cloud.deploy(stackOf({ Table: resource, ...client }, outputs));
}

const call = (operation: string, input: object): Promise<Answered> => callFrom(cloud, 'dynamodb', operation, { TableName: tableName(), ...input });
const tableName = (): string => cloud.stack('Stack').resources.get('Table')!.physicalId;
const item = (id: string, n: number): object => ({ Item: { id: { S: id }, n: { N: String(n) }, list: { L: [{ M: { x: { S: 'y' } } }] } } });

describe('a table', () => {
  test('has its name as Ref and an ARN, and is gone with its stack', async () => {
    const { status, outputs: { Name, Arn } } = await deploy();
    expect(status).toBe('CREATE_COMPLETE');
    expect(Name).toMatch(/^Stack-Table-/);
    expect(Arn).toBe(`arn:aws:dynamodb:us-east-1:111122223333:table/${Name}`);
    await call('PutItem', item('a', 1));
    expect((await cloud.destroy('Stack')).status).toBe('DELETE_COMPLETE');
    expect(await cloud.record.items()).toEqual([]);
    expect(cloud.record.tableNames()).toEqual([]);
  });

  test('stays with its items where the policy retains it', async () => {
    await deploy(table({}, { DeletionPolicy: 'Retain' }));
    await call('PutItem', item('a', 1));
    await cloud.destroy('Stack');
    expect(await cloud.record.items()).toEqual([{ id: 'a', n: 1, list: [{ x: 'y' }] }]);
  });

  test('keeps its items when its settings change', async () => {
    await deploy();
    await call('PutItem', item('a', 1));
    const { status } = await deploy(table({ TimeToLiveSpecification: { AttributeName: 'until', Enabled: true }, PointInTimeRecoverySpecification: undefined }));
    expect(status).toBe('UPDATE_COMPLETE');
    expect(await cloud.record.items()).toHaveLength(1);
  });

  test('is another one where its key changes', async () => {
    await deploy();
    const before = tableName();
    await deploy(table({ KeySchema: [{ AttributeName: 'key', KeyType: 'HASH' }], AttributeDefinitions: [{ AttributeName: 'key', AttributeType: 'S' }] }));
    expect(tableName()).not.toBe(before);
    expect(cloud.record.tableNames()).toEqual([tableName()]);
  });

  test('that DynamoDB refuses fails its resource', async () => {
    const { status, failures } = await deploy(table({ AttributeDefinitions: [{ AttributeName: 'other', AttributeType: 'S' }] }));
    expect(status).toBe('ROLLBACK_COMPLETE');
    expect(failures).toEqual([{ logicalId: 'Table', reason: expect.stringContaining('ValidationException') }]);
  });

  test('that is protected is not deleted', async () => {
    await deploy(table({ DeletionProtectionEnabled: true }));
    expect((await cloud.destroy('Stack')).status).toBe('DELETE_FAILED');
  });
});

describe('a function', () => {
  test('writes under a condition, and is told where it does not hold', async () => {
    await deploy();
    const once = { ConditionExpression: 'attribute_not_exists(id)' };
    expect(await call('PutItem', { ...item('a', 1), ...once })).toMatchObject({ status: 200 });
    const refused = await call('PutItem', { ...item('a', 2), ...once });
    expect(refused).toMatchObject({ status: 400, text: expect.stringContaining('#ConditionalCheckFailedException') });
    expect(JSON.parse((await call('GetItem', { Key: { id: { S: 'a' } }, ConsistentRead: true })).text!)).toMatchObject({ Item: { n: { N: '1' } } });
    expect(cloud.record.requests.map(({ operation, error }) => `${operation} ${error ?? ''}`)).toEqual(['PutItem ', 'PutItem ConditionalCheckFailedException', 'GetItem ']);
  });

  test('needs permission for the operation on that table', async () => {
    await deploy(table(), { Effect: 'Allow', Action: 'dynamodb:GetItem', Resource: ARN });
    expect(await call('GetItem', { Key: { id: { S: 'a' } } })).toMatchObject({ status: 200, text: '{}' });
    expect(await call('PutItem', item('a', 1))).toMatchObject({ status: 400, text: expect.stringMatching(/AccessDeniedException.*dynamodb:PutItem on resource: arn:aws:dynamodb.*Stack-Table/) });
    expect(await cloud.record.items()).toEqual([]);
  });

  test('changes single attributes of an item under a condition, and is given what it asked for', async () => {
    await deploy();
    await call('PutItem', item('a', 1));
    const update = {
      Key: { id: { S: 'a' } },
      UpdateExpression: 'SET #l = list_append(#l, :more), begun = if_not_exists(begun, :begun) REMOVE gone ADD n :one',
      ConditionExpression: 'n = :before',
      ExpressionAttributeNames: { '#l': 'list' },
      ExpressionAttributeValues: { ':more': { L: [{ S: 'z' }] }, ':begun': { S: 'f' }, ':one': { N: '1' }, ':before': { N: '1' } },
      ReturnValues: 'UPDATED_NEW',
    };
    expect(JSON.parse((await call('UpdateItem', update)).text!)).toEqual({
      Attributes: { list: { L: [{ M: { x: { S: 'y' } } }, { S: 'z' }] }, begun: { S: 'f' }, n: { N: '2' } },
    });
    expect(await call('UpdateItem', update)).toMatchObject({
      status: 400, text: expect.stringContaining('#ConditionalCheckFailedException'),
    });
    expect(await cloud.record.items()).toEqual([{ id: 'a', n: 2, begun: 'f', list: [{ x: 'y' }, 'z'] }]);
  });

  test.each([
    ['UpdateItem', {
      Key: { id: { S: 'a' } }, UpdateExpression: 'SET n = :n', ExpressionAttributeValues: { ':n': { N: '2' }, ':before': { N: '3' } },
    }],
    ['PutItem', { ...item('a', 2), ExpressionAttributeValues: { ':before': { N: '3' } } }],
  ])('is shown by %s the item that its condition did not hold for, if it asks', async (operation, write) => {
    await deploy();
    await call('PutItem', item('a', 1));
    const refused = async (more: object): Promise<object> =>
      JSON.parse((await call(operation, { ...write, ConditionExpression: 'n = :before', ...more })).text!);
    const shown = await refused({ ReturnValuesOnConditionCheckFailure: 'ALL_OLD' });
    expect(shown).toMatchObject({ ...item('a', 1), message: 'The conditional request failed' });
    expect(Object.keys(await refused({}))).not.toContain('Item');
  });

  test.each([
    ['dynamodb:PutItem', 400, []],
    ['dynamodb:UpdateItem', 200, [{ id: 'a', n: 1 }]],
  ])('that may %s is answered %i when it updates an item', async (Action, status, items) => {
    await deploy(table(), { Effect: 'Allow', Action, Resource: ARN });
    const answer = await call('UpdateItem', {
      Key: { id: { S: 'a' } }, UpdateExpression: 'ADD n :one', ExpressionAttributeValues: { ':one': { N: '1' } },
    });
    expect(answer.status).toBe(status);
    if (status === 400) {
      expect(answer.text).toMatch(/AccessDeniedException.*dynamodb:UpdateItem on resource: arn:aws:dynamodb.*Stack-Table/);
    }
    expect(await cloud.record.items()).toEqual(items);
  });

  test('waits no virtual time for the database, but for the way there and back', async () => {
    await deploy();
    await call('GetItem', { Key: { id: { S: 'a' } } });
    const before = cloud.clock.now();
    expect((await call('PutItem', item('a', 1))).at! - before).toBe(20);
  });

  test('that asks all at once loses no update', async () => {
    await deploy();
    const add = { Key: { id: { S: 'a' } }, UpdateExpression: 'ADD n :one', ExpressionAttributeValues: { ':one': { N: '1' } } };
    await Promise.all(Array.from({ length: 20 }, () => call('UpdateItem', add)));
    expect(await cloud.record.items()).toEqual([{ id: 'a', n: 20 }]);
  });
});

test('a person can look at the items and take one away', async () => {
  await deploy();
  await call('PutItem', item('a', 1));
  await call('PutItem', item('b', 2));
  await cloud.record.delete('a');
  expect((await cloud.record.items(tableName())).map(({ id }) => id)).toEqual(['b']);
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
