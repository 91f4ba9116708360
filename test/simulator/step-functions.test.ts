import { COUNTDOWN, deployed, executed, lambda, machine, stackOf, task, WORKER } from './templates';
import { Cloud } from '../../simulator/cloud';
import { Fault } from '../../simulator/faults';
import { LambdaFault } from '../../simulator/lambda/faults';

/** A fault of the worker's. */
const worker = (fault: object): LambdaFault => ({ function: 'Worker', ...fault }) as LambdaFault;
const crash = (invocation: number): LambdaFault => worker({ at: 'start', invocation });
const failed = (error: string, cause = ''): object => ({ status: 'FAILED', error, cause: expect.stringContaining(cause) as string });

describe('an execution', () => {
  const retry = { ErrorEquals: ['Runtime.ExitError'], IntervalSeconds: 10, BackoffRate: 2, MaxAttempts: 2 };

  test.each<[string, object, object, LambdaFault[], object]>([
    ['waits on virtual time, and counts its transitions', COUNTDOWN, {}, [], { status: 'SUCCEEDED', transitions: 9, seconds: 120.3 }],
    ['retries with pauses on virtual time, each retry a transition', task({ Retry: [retry] }), {}, [crash(1), crash(2)],
      { status: 'SUCCEEDED', transitions: 3, seconds: 30.9 }],
    ['fails with the error that nobody catches', task({}), { fail: true }, [], failed('WorkerError', 'the worker fails')],
    ['is over when its machine\'s time is', { TimeoutSeconds: 90, ...COUNTDOWN }, {}, [], { status: 'TIMED_OUT', seconds: 90 }],
    ['says "service" as Lambda does', task({}), {}, [worker({ at: 'service' })], failed('Lambda.ServiceException')],
    ['says "throttled" as Lambda does', task({}), {}, [worker({ at: 'throttled' })], failed('Lambda.TooManyRequestsException')],
    ['says "time-out" as Lambda does', task({}), {}, [worker({ at: 'timeoutBeforeReturn' })], failed('Sandbox.Timedout')],
  ])('%s', async (_what, definition, input, faults, end) => {
    const { result, ...execution } = await executed(definition, input, faults);
    expect(execution).toMatchObject(end);
    if (definition === COUNTDOWN) expect(result).toMatchObject({ stamp: execution.stopDate });
  });

  test('knows who it is and when each state was entered, to the millisecond, however late its task answers', async () => {
    const context = { 'name.$': '$$.Execution.Name', 'started.$': '$$.Execution.StartTime', 'machine.$': '$$.StateMachine.Name' };
    const { result, name, at, seconds } = await executed({
      StartAt: 'Work',
      States: {
        Work: {
          Type: 'Task',
          Resource: '${WorkerFunction.Arn}',
          Parameters: { left: 1 },
          ResultSelector: { 'name.$': '$$.State.Name', 'entered.$': '$$.State.EnteredTime' },
          ResultPath: '$.work',
          Next: 'Wait',
        },
        Wait: { Type: 'Wait', Seconds: 7, Next: 'Look' },
        Look: { Type: 'Pass', Parameters: { 'work.$': '$.work', 'entered.$': '$$.State.EnteredTime', ...context }, End: true },
      },
    });
    // A cold start lies between the two.
    expect(seconds).toBe(7.3);
    const machineName = expect.stringContaining('Machine');
    expect(result).toEqual({ work: { name: 'Work', entered: at(0) }, entered: at(7.3), name, started: at(0), machine: machineName });
  });

  test('enters a state again each time it comes back to it', async () => {
    const { result, at } = await executed({
      StartAt: 'Look',
      States: {
        'Look': { Type: 'Pass', Parameters: { 'n.$': 'States.MathAdd($.n, 1)', 'at.$': '$$.State.EnteredTime' }, Next: 'Wait' },
        'Wait': { Type: 'Wait', Seconds: 60, Next: 'Done?' },
        'Done?': { Type: 'Choice', Choices: [{ Variable: '$.n', NumericGreaterThanEquals: 3, Next: 'End' }], Default: 'Look' },
        'End': { Type: 'Succeed' },
      },
    }, { n: 0 });
    expect(result).toEqual({ n: 3, at: at(120) });
  });

  test('does not enter a state again when it is retried', async () => {
    const { result, at } = await executed(task({
      Parameters: { 'fail.$': '$.fail', 'left': 1 },
      ResultPath: '$.ignored',
      Retry: [{ ...retry, MaxAttempts: 1 }],
      ResultSelector: { 'entered.$': '$$.State.EnteredTime', 'retries.$': '$$.State.RetryCount' },
    }), { fail: false }, [crash(1)]);
    expect(result.ignored).toEqual({ entered: at(0), retries: 1 });
  });

  test('hands a failed task on as AWS does: the error, and its JSON as the cause', async () => {
    const Catch = [{ ErrorEquals: ['WorkerError'], Next: 'Caught', ResultPath: '$.error' }];
    const { result: { error } } = await executed(task({ Catch }, { Caught: { Type: 'Pass', End: true } }), { fail: true });
    expect(error.Error).toBe('WorkerError');
    expect(JSON.parse(error.Cause)).toEqual({ errorType: 'WorkerError', errorMessage: 'the worker fails', trace: expect.any(Array) });
  });

  test('has no time limit for a task that names none', async () => {
    const Code = { ZipFile: 'exports.handler = () => new Promise((resolve) => setTimeout(() => resolve("done"), 600000));' };
    const slow = task({ Resource: '${SlowFunction.Arn}' });
    const cloud = await deployed({}, { ...lambda('Slow', '', { Timeout: 900, Code }), ...machine('Machine', slow) });
    expect(await cloud.execute('Machine')).toMatchObject({ status: 'SUCCEEDED', output: '"done"' });
  });

  test('may not invoke what its role may not', async () => {
    const { MachineRole, ...rest } = machine('Machine', task({}));
    const cloud = await deployed({}, { ...rest, MachineRole: { ...MachineRole, Properties: { ...MachineRole.Properties, Policies: [] } } });
    expect(await cloud.execute('Machine')).toMatchObject(failed('Lambda.AWSLambdaException', 'lambda:InvokeFunction'));
  });

  test('by lambda:invoke gets the payload, by startExecution.sync:2 the output of the nested one', async () => {
    const invoke = { Resource: 'arn:aws:states:::lambda:invoke', Parameters: { 'FunctionName': '${WorkerFunction}', 'Payload.$': '$' } };
    const Parameters = { StateMachineArn: '${Inner}', Input: { left: 2 } };
    const nest = { Resource: 'arn:aws:states:::states:startExecution.sync:2', Parameters };
    const outer = {
      StartAt: 'Invoke',
      States: {
        Invoke: { Type: 'Task', ...invoke, ResultPath: '$.invoked', Next: 'Nest' },
        Nest: { Type: 'Task', ...nest, ResultPath: '$.nested', End: true },
      },
    };
    const start = { Effect: 'Allow', Action: 'states:StartExecution', Resource: { Ref: 'Inner' } };
    const cloud = await deployed({}, { ...machine('Inner', COUNTDOWN), ...machine('Machine', outer, start) });
    const { output } = await cloud.execute('Machine');
    expect(JSON.parse(output!)).toMatchObject({
      invoked: { Payload: { left: 2, done: false }, StatusCode: 200 },
      nested: { Status: 'SUCCEEDED', Output: { left: 0, done: true } },
    });
  });
});

describe('a task of another service', () => {
  const value = { 'Name': '/p', 'Value.$': '$.v', 'Overwrite': true };
  const put = task({ Resource: 'arn:aws:states:::aws-sdk:ssm:putParameter', Parameters: value });
  const entry = { Source: 's', DetailType: 't', Detail: { 'v.$': '$.v' } };
  const emit = task({ Resource: 'arn:aws:states:::events:putEvents', Parameters: { Entries: [entry] } });

  test.each<[string, object, string, (cloud: Cloud) => unknown]>([
    ['ssm:PutParameter', put, 'arn:aws:ssm:us-east-1:111122223333:parameter/p', (cloud) => cloud.ssm.get('/p')],
    ['events:PutEvents', emit, 'arn:aws:events:us-east-1:111122223333:event-bus/default',
      (cloud) => (cloud.events.log.at(-2)?.detail as { v: string }).v],
  ])('takes effect where the role has %s', async (Action, definition, Resource, effect) => {
    const { status, cloud } = await executed(definition, { v: 'value' }, [], { Effect: 'Allow', Action, Resource });
    expect([status, effect(cloud)]).toEqual(['SUCCEEDED', 'value']);
    const error = expect.stringMatching(/AccessDeniedException$/);
    expect(await executed(definition, { v: 'value' })).toMatchObject({ status: 'FAILED', error });
  });

  test('may be late, fail before or after, and be refused for the value, where it writes a parameter', async () => {
    const Parameter = { Type: 'AWS::SSM::Parameter', Properties: { Name: '/p', Value: 'a', AllowedPattern: '^[a-z]$' } };
    const may = { Effect: 'Allow', Action: 'ssm:PutParameter', Resource: '*' };
    const cloud = await deployed({}, { Parameter, ...machine('Machine', put, may) });
    const written = async (v: string, fault?: Fault): Promise<unknown[]> => {
      if (fault) cloud.ssm.faults.inject({ operation: 'PutParameter', fault, first: 1 });
      const { status, error, startDate, stopDate } = await cloud.execute('Machine', { v });
      return [status, error, (stopDate! - startDate) / 1000, cloud.ssm.get('/p')];
    };
    expect(await written('7')).toEqual(['FAILED', 'Ssm.ParameterPatternMismatchException', 0, 'a']);
    expect(await written('b', { kind: 'delay', seconds: 30 })).toEqual(['SUCCEEDED', undefined, 30, 'b']);
    expect(await written('c', { kind: 'error', code: 'ThrottlingException' })).toEqual(['FAILED', 'Ssm.ThrottlingException', 0, 'b']);
    expect(await written('d', { kind: 'error', code: 'InternalServerError', when: 'after' }))
      .toEqual(['FAILED', 'Ssm.InternalServerError', 0, 'd']);
  });
});

describe('the executions of a machine', () => {
  test('have names that serve once in 90 days, but for a repeated start while it runs', async () => {
    const cloud = await deployed();
    const first = cloud.startExecution('Machine', { left: 1 }, 'once');
    expect(cloud.startExecution('Machine', { left: 1 }, 'once').arn).toBe(first.arn);
    expect(() => cloud.startExecution('Machine', { left: 2 }, 'once')).toThrow('Execution Already Exists');
    await cloud.settle();
    expect(() => cloud.startExecution('Machine', { left: 1 }, 'once')).toThrow('Execution Already Exists');
    await cloud.advance(90 * 24 * 3600);
    expect(cloud.startExecution('Machine', { left: 1 }, 'once').status).toBe('RUNNING');
    for (const name of ['', 'a b', 'x'.repeat(81), 'a:b', 'a#b']) {
      expect(() => cloud.startExecution('Machine', {}, name)).toThrow('Invalid Name');
    }
  });

  test('are listed newest first, by status, page by page, and late where AWS is late', async () => {
    const cloud = await deployed({ behaviours: { listExecutionsLagSeconds: 5 } });
    for (const name of ['a', 'b', 'c']) cloud.startExecution('Machine', { left: 1 }, name);
    const { stateMachineArn } = cloud.executions()[0];
    const list = (more: object): string[] =>
      cloud.stepFunctions.list({ stateMachineArn, ...more }).executions.map(({ name, status }) => `${name} ${status}`);
    expect(list({})).toEqual([]);
    await cloud.advance(5);
    // They have ended by now, which the list does not know yet.
    expect(list({ statusFilter: 'RUNNING' })).toEqual(['c RUNNING', 'b RUNNING', 'a RUNNING']);
    await cloud.advance(5);
    expect(list({ statusFilter: 'RUNNING' })).toEqual([]);
    const { nextToken } = cloud.stepFunctions.list({ stateMachineArn, maxResults: 2 });
    expect(list({ maxResults: 2, nextToken })).toEqual(['a SUCCEEDED']);
  });

  test('stop when told to, once and for all', async () => {
    const cloud = await deployed();
    const { arn } = cloud.startExecution('Machine');
    await cloud.advance(10);
    cloud.stepFunctions.stop(arn, 'Enough', 'by hand');
    await cloud.advance(600);
    expect(cloud.executions()[0]).toMatchObject({ status: 'ABORTED', error: 'Enough', cause: 'by hand' });
    expect(cloud.lambda.invocations).toHaveLength(1);
  });

  test('are announced on the event bus', async () => {
    const cloud = await deployed();
    const { arn, name } = await cloud.execute('Machine', { left: 1 });
    const started = { status: 'RUNNING', name, input: '{"left":1}', stopDate: null };
    expect(cloud.events.log).toEqual([
      expect.objectContaining({ source: 'aws.states', resources: [arn], detail: expect.objectContaining(started) }),
      expect.objectContaining({
        'detail-type': 'Step Functions Execution Status Change', 'detail': expect.objectContaining({ status: 'SUCCEEDED', error: null }),
      }),
    ]);
  });
});

test('a definition that AWS would refuse fails its resource', async () => {
  const nowhere = machine('Machine', { ...COUNTDOWN, StartAt: 'Nowhere' });
  const { status, failures } = await new Cloud().deploy(stackOf({ ...WORKER, ...nowhere }));
  expect([status, failures]).toEqual(['ROLLBACK_COMPLETE', [{ logicalId: 'Machine', reason: expect.stringContaining('Nowhere') }]]);
});
