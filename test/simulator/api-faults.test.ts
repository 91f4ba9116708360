import { Answered, callFrom, COUNTDOWN, lambda, machine, stackOf, WORKER } from './templates';
import { Cloud } from '../../simulator/cloud';
import { Fault, FaultRule } from '../../simulator/faults';

const TABLE = {
  Type: 'AWS::DynamoDB::Table',
  Properties: {
    TableName: 'table',
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    BillingMode: 'PAY_PER_REQUEST',
  },
};

let cloud: Cloud;
beforeEach(async () => {
  cloud = new Cloud({ start: 0 });
  const client = lambda('Client', 'client.zip', {}, { Effect: 'Allow', Action: '*', Resource: '*' });
  const { status } = await cloud.deploy(stackOf({ Table: TABLE, ...client, ...WORKER, ...machine('Machine', COUNTDOWN) }));
  expect(status).toBe('CREATE_COMPLETE');
});
afterEach(() => cloud.close());

interface Service {
  readonly operation: string;
  inject(rule: FaultRule): () => void;
  clear(): void;
  hits(): number;
  call(): Promise<Answered>;
  /** How many requests had their effect. */
  effects(): Promise<number>;
}

let calls = 0;
const put = (): Promise<Answered> => callFrom(cloud, 'dynamodb', 'PutItem', { TableName: 'table', Item: { id: { S: `item ${++calls}` } } }, 30_000);
const start = (): Promise<Answered> => callFrom(cloud, 'states', 'StartExecution', { stateMachineArn: cloud.stack('Stack').resources.get('Machine')!.physicalId }, 30_000);

const SERVICES: Record<string, () => Service> = {
  'DynamoDB': () => ({
    operation: 'PutItem',
    inject: (rule) => cloud.recordFaults.inject(rule),
    clear: () => cloud.recordFaults.clear(),
    hits: () => cloud.recordFaults.hits.length,
    call: put,
    effects: async () => (await cloud.record.items()).length,
  }),
  'Step Functions': () => ({
    operation: 'StartExecution',
    inject: (rule) => cloud.stepFunctionsFaults.inject(rule),
    clear: () => cloud.stepFunctionsFaults.clear(),
    hits: () => cloud.stepFunctionsFaults.hits.length,
    call: start,
    effects: async () => cloud.executions().length,
  }),
};

describe.each(Object.entries(SERVICES))('a request to %s', (_, open) => {
  test.each<[string, Fault, Answered, number]>([
    ['may be throttled', { kind: 'error', code: 'ThrottlingException' }, { status: 400, text: expect.stringContaining('"__type":"ThrottlingException"') as string }, 0],
    ['may find its capacity used up', { kind: 'error', code: 'ProvisionedThroughputExceededException' }, { status: 400 }, 0],
    ['may be throttled with another status', { kind: 'error', code: 'TooManyRequestsException', status: 429 }, { status: 429 }, 0],
    ['may answer 500 without an effect', { kind: 'error', code: 'InternalServerError' }, { status: 500 }, 0],
    ['may answer 500 after it took effect', { kind: 'error', code: 'InternalServerError', when: 'after' }, { status: 500 }, 1],
    ['may be lost', { kind: 'reset' }, { error: 'read ECONNRESET' }, 0],
    ['may lose its answer', { kind: 'reset', when: 'after' }, { error: 'read ECONNRESET' }, 1],
    ['may hang without an effect', { kind: 'hang' }, { error: 'timeout' }, 0],
    ['may hang after it took effect', { kind: 'hang', when: 'after' }, { error: 'timeout' }, 1],
    ['may be answered by a page', { kind: 'reply', status: 403, body: '<html>' }, { status: 403, type: 'text/html', text: '<html>' }, 0],
    ['may get half an answer', { kind: 'cut' }, { status: 200, text: expect.not.stringContaining('}') as string }, 1],
    ['may get half an answer on a connection that breaks', { kind: 'cut', connectionBreaks: true }, { error: 'aborted' }, 1],
  ])('%s', async (_name, fault, answer, effects) => {
    const service = open();
    service.inject({ operation: service.operation, fault, first: 1 });
    expect(await service.call()).toMatchObject(answer);
    expect(service.hits()).toBe(1);
    expect(await service.effects()).toBe(effects);
    expect(await service.call()).toMatchObject({ status: 200 });
    expect(service.hits()).toBe(1);
  });

  test('may be served late, also when its client has gone', async () => {
    const service = open();
    service.inject({ operation: '*', fault: { kind: 'delay', seconds: 40 }, occurrences: [1] });
    expect(await service.call()).toMatchObject({ error: 'timeout' });
    expect(await service.effects()).toBe(0);
    await cloud.advance(11);
    expect(await service.effects()).toBe(1);
  });

  test('fails for as long as the fault lasts, or until it is cleared', async () => {
    const service = open();
    service.inject({ operation: service.operation, fault: { kind: 'error', code: 'InternalServerError' }, forSeconds: 10 });
    expect((await service.call()).status).toBe(500);
    await cloud.advance(10);
    expect((await service.call()).status).toBe(200);
    service.inject({ operation: service.operation, fault: { kind: 'reset' } });
    service.clear();
    expect((await service.call()).status).toBe(200);
  });
});

test('a function reads and writes a parameter through the API, which may fail, too', async () => {
  const parameter = (operation: string, more: object): Promise<Answered> => callFrom(cloud, 'ssm', operation, { Name: '/p', ...more });
  expect(await parameter('GetParameter', {})).toMatchObject({ status: 400, text: expect.stringContaining('ParameterNotFound') });
  expect(await parameter('PutParameter', { Value: 'v', Type: 'String' })).toMatchObject({ status: 200 });
  expect(await parameter('PutParameter', { Value: 'w', Type: 'String' })).toMatchObject({ status: 400, text: expect.stringContaining('ParameterAlreadyExists') });
  cloud.ssm.faults.inject({ operation: 'PutParameter', fault: { kind: 'reset' }, first: 1 });
  expect(await parameter('PutParameter', { Value: 'w', Overwrite: true })).toMatchObject({ error: 'read ECONNRESET' });
  expect(JSON.parse((await parameter('GetParameter', {})).text!)).toMatchObject({ Parameter: { Value: 'v' } });
});

test('a fault of DynamoDB does not touch what a person looks at', async () => {
  await put();
  cloud.recordFaults.inject({ operation: '*', fault: { kind: 'hang' } });
  expect(await cloud.record.items()).toHaveLength(1);
});

test('a fault of the Step Functions API does not touch what a person starts', async () => {
  cloud.stepFunctionsFaults.inject({ operation: '*', fault: { kind: 'reset' } });
  expect((await cloud.execute('Machine')).status).toBe('SUCCEEDED');
});
