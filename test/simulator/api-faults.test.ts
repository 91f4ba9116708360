import { Answered, callFrom, COUNTDOWN, dynamoTable, lambda, machine, stackOf, WORKER } from './templates';
import { Cloud } from '../../simulator/cloud';
import { Fault, FaultRule, Faults } from '../../simulator/faults';

let cloud: Cloud;
beforeEach(async () => {
  cloud = new Cloud({ start: 0 });
  const client = lambda('Client', 'client.zip', {}, { Effect: 'Allow', Action: '*', Resource: '*' });
  const Table = dynamoTable({ TableName: 'table' });
  const { status } = await cloud.deploy(stackOf({ Table, ...client, ...WORKER, ...machine('Machine', COUNTDOWN) }));
  expect(status).toBe('CREATE_COMPLETE');
});
afterEach(() => cloud.close());

interface Service {
  readonly operation: string;
  readonly faults: () => Faults;
  call(): Promise<Answered>;
  /** How many requests had their effect. */
  effects(): Promise<number>;
}

let calls = 0;
const SERVICES: Record<string, Service> = {
  'DynamoDB': {
    operation: 'PutItem',
    faults: () => cloud.recordFaults,
    call: () => callFrom(cloud, 'dynamodb', 'PutItem', { TableName: 'table', Item: { id: { S: `item ${++calls}` } } }, 30_000),
    effects: async () => (await cloud.record.items()).length,
  },
  'Step Functions': {
    operation: 'StartExecution',
    faults: () => cloud.stepFunctionsFaults,
    call: () => {
      const stateMachineArn = cloud.stack('Stack').resources.get('Machine')!.physicalId;
      return callFrom(cloud, 'states', 'StartExecution', { stateMachineArn }, 30_000);
    },
    effects: async () => cloud.executions().length,
  },
};

describe.each(Object.entries(SERVICES))('a request to %s', (_, { operation, faults, call, effects }) => {
  const inject = (fault: Fault, when: Partial<FaultRule> = {}) => faults().inject({ operation, fault, ...when });
  const throttled = { status: 400, text: expect.stringContaining('"__type":"ThrottlingException"') as string };
  const half = { status: 200, text: expect.not.stringContaining('}') as string };

  test.each<[string, Fault, Answered, number]>([
    ['may be throttled', { kind: 'error', code: 'ThrottlingException' }, throttled, 0],
    ['may find its capacity used up', { kind: 'error', code: 'ProvisionedThroughputExceededException' }, { status: 400 }, 0],
    ['may be throttled with another status', { kind: 'error', code: 'TooManyRequestsException', status: 429 }, { status: 429 }, 0],
    ['may answer 500 without an effect', { kind: 'error', code: 'InternalServerError' }, { status: 500 }, 0],
    ['may answer 500 after it took effect', { kind: 'error', code: 'InternalServerError', when: 'after' }, { status: 500 }, 1],
    ['may be lost', { kind: 'reset' }, { error: 'read ECONNRESET' }, 0],
    ['may lose its answer', { kind: 'reset', when: 'after' }, { error: 'read ECONNRESET' }, 1],
    ['may hang without an effect', { kind: 'hang' }, { error: 'timeout' }, 0],
    ['may hang after it took effect', { kind: 'hang', when: 'after' }, { error: 'timeout' }, 1],
    ['may be answered by a page', { kind: 'reply', status: 403, body: '<html>' }, { status: 403, type: 'text/html', text: '<html>' }, 0],
    ['may get half an answer', { kind: 'cut' }, half, 1],
    ['may get half an answer on a connection that breaks', { kind: 'cut', connectionBreaks: true }, { error: 'aborted' }, 1],
  ])('%s', async (_name, fault, answer, expected) => {
    inject(fault, { first: 1 });
    expect(await call()).toMatchObject(answer);
    expect(faults().hits).toHaveLength(1);
    expect(await effects()).toBe(expected);
    expect(await call()).toMatchObject({ status: 200 });
    expect(faults().hits).toHaveLength(1);
  });

  test('may be served late, also when its client has gone', async () => {
    inject({ kind: 'delay', seconds: 40 }, { operation: '*', occurrences: [1] });
    expect(await call()).toMatchObject({ error: 'timeout' });
    expect(await effects()).toBe(0);
    await cloud.advance(11);
    expect(await effects()).toBe(1);
  });

  test('fails for as long as the fault lasts, or until it is cleared', async () => {
    inject({ kind: 'error', code: 'InternalServerError' }, { forSeconds: 10 });
    expect((await call()).status).toBe(500);
    await cloud.advance(10);
    expect((await call()).status).toBe(200);
    inject({ kind: 'reset' });
    faults().clear();
    expect((await call()).status).toBe(200);
  });

  test('that fails is a function\'s: what a person looks at and starts is not touched', async () => {
    await call();
    inject({ kind: 'hang' }, { operation: '*' });
    expect(await effects()).toBe(1);
    expect((await cloud.execute('Machine')).status).toBe('SUCCEEDED');
  });
});

test('a function reads and writes a parameter through the API, which may fail, too', async () => {
  const parameter = (operation: string, more: object = {}): Promise<Answered> => callFrom(cloud, 'ssm', operation, { Name: '/p', ...more });
  const refused = (error: string): object => ({ status: 400, text: expect.stringContaining(error) as string });
  expect(await parameter('GetParameter')).toMatchObject(refused('ParameterNotFound'));
  expect(await parameter('PutParameter', { Value: 'v', Type: 'String' })).toMatchObject({ status: 200 });
  expect(await parameter('PutParameter', { Value: 'w', Type: 'String' })).toMatchObject(refused('ParameterAlreadyExists'));
  cloud.ssm.faults.inject({ operation: 'PutParameter', fault: { kind: 'reset' }, first: 1 });
  expect(await parameter('PutParameter', { Value: 'w', Overwrite: true })).toMatchObject({ error: 'read ECONNRESET' });
  expect(JSON.parse((await parameter('GetParameter')).text!)).toMatchObject({ Parameter: { Value: 'v' } });
});
