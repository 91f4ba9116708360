import { lambda, stackOf } from './templates';
import { Cloud, CloudOptions } from '../../simulator/cloud';
import { LambdaFaultKind } from '../../simulator/lambda/faults';

/** Inline code that calls the Step Functions API as many times as the event says; that https.request works as well, client.js shows. */
const CALLER = `
let count = 0;
const call = async () => {
  const authorization = 'AWS4-HMAC-SHA256 Credential=' + process.env.AWS_ACCESS_KEY_ID + '/x/y/states/aws4_request';
  const headers = { authorization, 'x-amz-target': 'AWSStepFunctions.ListExecutions' };
  const body = JSON.stringify({ stateMachineArn: 'arn:none' });
  return (await fetch('https://states.us-east-1.amazonaws.com/', { method: 'POST', headers, body })).text();
};
exports.handler = async (event, context) => {
  if (event.exit) process.exit(3);
  if (event.sleep) await new Promise((resolve) => setTimeout(resolve, event.sleep));
  if (event.later) setTimeout(() => console.log('later'), event.later);
  if (event.elsewhere) await fetch(event.elsewhere);
  const answers = [];
  for (let i = 0; i < (event.calls || 0); i++) { answers.push(await call()); console.log('called ' + i); }
  return { count: ++count, answers, at: new Date().toISOString(), left: context.getRemainingTimeInMillis() };
};`;

let cloud: Cloud;
afterEach(() => cloud.close());

type Invoke = (event: object) => Promise<Record<string, unknown>>;

/** Deploys the function, and gives what invokes it. */
async function deployed({ properties, ...options }: CloudOptions & { properties?: object } = {}, ...statements: object[]): Promise<Invoke> {
  cloud = new Cloud({ start: 0, ...options });
  const resources = lambda('Caller', '', { Code: { ZipFile: CALLER }, Timeout: 10, ...properties }, ...statements);
  expect((await cloud.deploy(stackOf(resources))).status).toBe('CREATE_COMPLETE');
  const invoke: Invoke = async (event) => JSON.parse(await cloud.clock.drive(cloud.lambda.invoke(arn(), JSON.stringify(event)), 'invoke'));
  return invoke;
}

const arn = (): string => String(cloud.stack('Stack').resources.get('CallerFunction')!.attributes.Arn);
const invokeAsync = (event: object): void => cloud.lambda.invokeAsync(arn(), JSON.stringify(event));
const startSeconds = (): number[] => cloud.lambda.invocations.map(({ start }) => Math.round(start / 1000));
const printed = (): string[] => cloud.logs().map(({ text }) => text);

describe('a function', () => {
  test('runs on virtual time, and stays warm', async () => {
    const invoke = await deployed({ behaviours: { coldStartMillis: 500 } });
    // Its role took 15 seconds, itself 5.
    expect(await invoke({ sleep: 4000 })).toEqual({ count: 1, answers: [], at: '1970-01-01T00:00:24.500Z', left: 6000 });
    expect(await invoke({})).toMatchObject({ count: 2, at: '1970-01-01T00:00:24.500Z' });
    expect(cloud.lambda.invocations.map(({ coldStart }) => coldStart)).toEqual([true, false]);
  });

  test('has an environment for each of its invocations at one time, whose clocks differ while time passes as fast', async () => {
    const invoke = await deployed({ behaviours: { clockSkewMillis: (environment) => (environment === 2 ? 300_000 : 0) } });
    expect(await Promise.all([invoke({ sleep: 1000 }), invoke({ sleep: 1000 })])).toEqual([
      expect.objectContaining({ count: 1, at: '1970-01-01T00:00:21.300Z', left: 9000 }),
      expect.objectContaining({ count: 1, at: '1970-01-01T00:05:21.300Z', left: 9000 }),
    ]);
    expect(cloud.lambda.invocations.map(({ start, end }) => end! - start)).toEqual([1300, 1300]);
  });

  test('runs no more invocations at a time than are reserved for it', async () => {
    const invoke = await deployed({ properties: { ReservedConcurrentExecutions: '1' } });
    const first = invoke({ sleep: 100 });
    await expect(invoke({})).rejects.toMatchObject({ code: 'TooManyRequestsException', status: 429 });
    await first;
    expect(await invoke({})).toMatchObject({ count: 2 });
  });

  test('reaches only hosts of this cloud', async () => {
    const invoke = await deployed();
    await expect(invoke({ elsewhere: 'https://example.com/' })).rejects.toThrow('fetch failed');
  });

  test.each<[string, object[]]>([
    ['StateMachineDoesNotExist', [{ Effect: 'Allow', Action: 'states:ListExecutions', Resource: 'arn:none' }]],
    ['AccessDeniedException', []],
  ])('calls with the permissions of its role only: %s', async (error, statements) => {
    const invoke = await deployed({}, ...statements);
    expect((await invoke({ calls: 1 })).answers).toEqual([expect.stringContaining(error)]);
  });

  test('goes on where the connection to it breaks, beside the invocation that is tried instead', async () => {
    const invoke = await deployed({ faults: [{ function: 'Caller', invocation: 1, at: 'connection', seconds: 1 }] });
    await expect(invoke({ sleep: 4000 })).rejects.toMatchObject({ code: 'SdkClientException' });
    // It has another environment.
    expect(await invoke({})).toMatchObject({ count: 1 });
    await cloud.advance(10);
    expect(cloud.lambda.invocations.map(({ error, end, start }) => [error, end! - start])).toEqual([[undefined, 4300], [undefined, 300]]);
  });

  test('is frozen between invocations', async () => {
    const invoke = await deployed();
    await invoke({ later: 1000 });
    await cloud.advance(60);
    expect(printed()).toEqual([]);
    await invoke({});
    expect(printed()).toEqual(['later']);
  });

  test.each<[string, object, string, number]>([
    ['is cut off at its timeout', { sleep: 60_000 }, 'Sandbox.Timedout', 30_300],
    ['fails where it leaves its process', { exit: true }, 'Runtime.ExitError', 20_300],
  ])('%s, and starts afresh', async (_what, event, errorType, at) => {
    const invoke = await deployed();
    await invoke({});
    const errorMessage = expect.stringContaining(errorType === 'Runtime.ExitError' ? 'exit status 3' : 'Task timed out');
    await expect(invoke(event)).rejects.toMatchObject({ error: { errorType, errorMessage } });
    expect(cloud.clock.now()).toBe(at);
    expect(await invoke({})).toMatchObject({ count: 1 });
  });
});

describe('a fault', () => {
  test.each<[LambdaFaultKind, string, string[]]>([
    [{ at: 'service' }, 'Lambda was unable to run the function', []],
    [{ at: 'start' }, 'Runtime exited', []],
    [{ at: 'beforeRequest', request: 2 }, 'Runtime exited', ['called 0']],
    [{ at: 'afterRequest', request: 1 }, 'Runtime exited', []],
    [{ at: 'timeoutAfterRequest', request: 2 }, 'Task timed out', ['called 0']],
    [{ at: 'timeoutBeforeRequest', request: 1 }, 'Task timed out', []],
    [{ at: 'return' }, 'Runtime exited', ['called 0', 'called 1']],
    [{ at: 'timeoutBeforeReturn' }, 'Task timed out', ['called 0', 'called 1']],
  ])('%j strikes there, in its invocation only', async (kind, message, lines) => {
    const invoke = await deployed({ faults: [{ ...kind, function: 'Caller', invocation: 2 }] });
    await invoke({});
    await expect(invoke({ calls: 2 })).rejects.toThrow(message);
    expect(printed().filter((text) => text.startsWith('called'))).toEqual(lines);
    expect(await invoke({ calls: 2 })).toMatchObject({ count: kind.at === 'service' ? 2 : 1 });
  });

  test.each([
    ['throttled', 'Rate Exceeded'], ['service', 'Lambda was unable'],
  ] as const)('%s refuses for as long as it lasts, from the first time on', async (at, message) => {
    const invoke = await deployed({ faults: [{ at, function: 'Caller', invocation: 2, forSeconds: 30 }] });
    await invoke({});
    for (const seconds of [100, 29]) {
      await cloud.advance(seconds);
      await expect(invoke({})).rejects.toThrow(message);
    }
    await cloud.advance(1);
    expect(await invoke({})).toMatchObject({ count: 2 });
  });
});

describe('an asynchronous event', () => {
  test.each<[string, LambdaFaultKind, number[], number[] | undefined]>([
    ['is tried again after one minute and two more where the function fails', { at: 'start' }, [20, 80, 201], undefined],
    ['stays in the queue, and is tried again after 1, 2, 4 seconds, where Lambda fails', { at: 'throttled', forSeconds: 6 },
      [27], [20, 21, 23]],
    ['is dropped where it is too old', { at: 'throttled', forSeconds: 7 * 3600 }, [], undefined],
  ])('%s', async (_what, kind, started, refused) => {
    await deployed({ faults: [{ ...kind, function: 'Caller' }] });
    invokeAsync({});
    await cloud.advance(8 * 3600);
    expect(startSeconds()).toEqual(started);
    const hits = cloud.lambda.faults.hits.map(({ time, function: id, fault }) => [time, id, fault.at]);
    if (refused) expect(hits).toEqual(refused.map((seconds) => [seconds * 1000, 'CallerFunction', 'throttled']));
  });

  test('is dropped earlier where its function is configured so, and no other one', async () => {
    await deployed({ faults: [{ at: 'throttled', function: 'Caller', forSeconds: 100 }] });
    cloud.lambda.configureAsync('Other', { maxAgeSeconds: 60 });
    invokeAsync({});
    await cloud.advance(1000);
    expect(startSeconds()).toHaveLength(1);
    cloud.faults.push({ at: 'throttled', function: 'Caller', forSeconds: 100 });
    cloud.lambda.configureAsync(cloud.stack('Stack').resources.get('CallerFunction')!.physicalId, { maxAgeSeconds: 60 });
    invokeAsync({});
    await cloud.advance(1000);
    expect(startSeconds()).toHaveLength(1);
  });

  test('may be left in the queue, while a later one overtakes it', async () => {
    await deployed({ faults: [{ at: 'queue', seconds: 700, function: 'Caller', event: 1, payload: /late/ }] });
    [{ exit: false }, { late: 1 }, { late: 2 }].forEach(invokeAsync);
    await cloud.advance(1000);
    expect(cloud.lambda.invocations.map(({ payload, start }) => [payload, Math.round(start / 1000)])).toEqual([
      ['{"exit":false}', 20], ['{"late":2}', 20], ['{"late":1}', 720],
    ]);
  });
});
