import { COUNTDOWN, deployed, lambda, machine, stackOf, task, WORKER } from './templates';
import { Cloud } from '../../simulator/cloud';

describe('an execution', () => {
  test('waits on virtual time, and counts its transitions', async () => {
    const cloud = await deployed();
    const { status, startDate, stopDate, transitions, output } = await cloud.execute('Machine');
    expect({ status, transitions }).toEqual({ status: 'SUCCEEDED', transitions: 9 });
    expect(stopDate! - startDate).toBe(120_300);
    expect(JSON.parse(output!)).toMatchObject({ stamp: stopDate });
  });

  test('gets a context with virtual times', async () => {
    const definition = { StartAt: 'Look', States: { Look: { Type: 'Pass', Parameters: { 'name.$': '$$.Execution.Name', 'at.$': '$$.Execution.StartTime', 'machine.$': '$$.StateMachine.Name' }, End: true } } };
    const cloud = await deployed({}, machine('Machine', definition));
    const { output, startDate } = await cloud.execute('Machine', {}, 'mine');
    expect(JSON.parse(output!)).toEqual({ name: 'mine', at: new Date(startDate).toISOString(), machine: expect.stringContaining('Machine') });
  });

  test('knows when each state was entered, to the millisecond, however late its task answers', async () => {
    const definition = {
      StartAt: 'Work',
      States: {
        Work: { Type: 'Task', Resource: '${WorkerFunction.Arn}', Parameters: { left: 1 }, ResultSelector: { 'name.$': '$$.State.Name', 'entered.$': '$$.State.EnteredTime' }, ResultPath: '$.work', Next: 'Wait' },
        Wait: { Type: 'Wait', Seconds: 7, Next: 'Look' },
        Look: { Type: 'Pass', Parameters: { 'work.$': '$.work', 'entered.$': '$$.State.EnteredTime', 'started.$': '$$.Execution.StartTime' }, End: true },
      },
    };
    const cloud = await deployed({}, machine('Machine', definition));
    const { output, startDate, stopDate } = await cloud.execute('Machine');
    const [started, ended] = [startDate, stopDate!].map((time) => new Date(time).toISOString());
    // A cold start lies between the two.
    expect(stopDate! - startDate).toBe(7_300);
    expect(JSON.parse(output!)).toEqual({ work: { name: 'Work', entered: started }, entered: ended, started });
  });

  test('enters a state again each time it comes back to it, but not when it is retried', async () => {
    const retried = task({
      Parameters: { 'fail.$': '$.fail', 'left': 1 },
      ResultPath: '$.ignored',
      Retry: [{ ErrorEquals: ['Runtime.ExitError'], IntervalSeconds: 10, MaxAttempts: 1 }],
      ResultSelector: { 'entered.$': '$$.State.EnteredTime', 'retries.$': '$$.State.RetryCount' },
    });
    const cloud = await deployed({ faults: [{ at: 'start', function: 'Worker', invocation: 1 }] }, machine('Machine', retried));
    const { output, startDate } = await cloud.execute('Machine', { fail: false });
    expect((JSON.parse(output!) as { ignored: object }).ignored).toEqual({ entered: new Date(startDate).toISOString(), retries: 1 });
    const loop = {
      StartAt: 'Look',
      States: {
        'Look': { Type: 'Pass', Parameters: { 'n.$': 'States.MathAdd($.n, 1)', 'at.$': '$$.State.EnteredTime' }, Next: 'Wait' },
        'Wait': { Type: 'Wait', Seconds: 60, Next: 'Done?' },
        'Done?': { Type: 'Choice', Choices: [{ Variable: '$.n', NumericGreaterThanEquals: 3, Next: 'End' }], Default: 'Look' },
        'End': { Type: 'Succeed' },
      },
    };
    const looping = await deployed({}, machine('Machine', loop));
    const last = await looping.execute('Machine', { n: 0 });
    expect(JSON.parse(last.output!)).toEqual({ n: 3, at: new Date(last.startDate + 120_000).toISOString() });
  });

  test('hands a failed task on as AWS does: the error, and its JSON as the cause', async () => {
    const caught = task({ Catch: [{ ErrorEquals: ['WorkerError'], Next: 'Caught', ResultPath: '$.error' }] }, { Caught: { Type: 'Pass', End: true } });
    const cloud = await deployed({}, machine('Machine', caught));
    const { output } = await cloud.execute('Machine', { fail: true });
    const { error } = JSON.parse(output!) as { error: { Error: string; Cause: string } };
    expect(error.Error).toBe('WorkerError');
    expect(JSON.parse(error.Cause)).toEqual({ errorType: 'WorkerError', errorMessage: 'the worker fails', trace: expect.any(Array) });
  });

  test('fails with the error that nobody catches', async () => {
    const cloud = await deployed({}, machine('Machine', task({})));
    expect(await cloud.execute('Machine', { fail: true })).toMatchObject({ status: 'FAILED', error: 'WorkerError', cause: expect.stringContaining('the worker fails') });
  });

  test('retries with pauses on virtual time, each retry a transition', async () => {
    const retry = task({ Retry: [{ ErrorEquals: ['Runtime.ExitError'], IntervalSeconds: 10, BackoffRate: 2, MaxAttempts: 2 }] });
    const cloud = await deployed({ faults: [1, 2].map((invocation) => ({ at: 'start', function: 'Worker', invocation })) }, machine('Machine', retry));
    const { status, startDate, stopDate, transitions } = await cloud.execute('Machine');
    expect({ status, transitions, millis: stopDate! - startDate }).toEqual({ status: 'SUCCEEDED', transitions: 3, millis: 30_900 });
  });

  test.each([[{ at: 'service' }, 'Lambda.ServiceException'], [{ at: 'throttled' }, 'Lambda.TooManyRequestsException'], [{ at: 'timeoutBeforeReturn' }, 'Sandbox.Timedout']] as const)(
    'names what Lambda names: %j is %s', async (fault, error) => {
      const cloud = await deployed({ faults: [{ ...fault, function: 'Worker' }] }, machine('Machine', task({})));
      expect(await cloud.execute('Machine')).toMatchObject({ status: 'FAILED', error });
    });

  test('has no time limit for a task that names none', async () => {
    const slow = lambda('Slow', '', { Timeout: 900, Code: { ZipFile: 'exports.handler = () => new Promise((resolve) => setTimeout(() => resolve("done"), 600000));' } });
    const definition = { StartAt: 'Slow', States: { Slow: { Type: 'Task', Resource: '${SlowFunction.Arn}', End: true } } };
    const cloud = await deployed({}, { ...slow, ...machine('Machine', definition) });
    expect(await cloud.execute('Machine')).toMatchObject({ status: 'SUCCEEDED', output: '"done"' });
  });

  test('is over when its machine\'s time is', async () => {
    const cloud = await deployed({}, machine('Machine', { TimeoutSeconds: 90, ...COUNTDOWN }));
    const { status, startDate, stopDate } = await cloud.execute('Machine');
    expect([status, stopDate! - startDate]).toEqual(['TIMED_OUT', 90_000]);
  });

  test('may not invoke what its role may not', async () => {
    const { MachineRole, ...rest } = machine('Machine', task({}));
    const cloud = await deployed({}, { ...rest, MachineRole: { ...MachineRole, Properties: { ...MachineRole.Properties, Policies: [] } } });
    expect(await cloud.execute('Machine')).toMatchObject({ status: 'FAILED', error: 'Lambda.AWSLambdaException', cause: expect.stringContaining('lambda:InvokeFunction') });
  });

  test('by lambda:invoke gets the payload, by startExecution.sync:2 the output of the nested one', async () => {
    const outer = {
      StartAt: 'Invoke',
      States: {
        Invoke: { Type: 'Task', Resource: 'arn:aws:states:::lambda:invoke', Parameters: { 'FunctionName': '${WorkerFunction}', 'Payload.$': '$' }, ResultPath: '$.invoked', Next: 'Nest' },
        Nest: { Type: 'Task', Resource: 'arn:aws:states:::states:startExecution.sync:2', Parameters: { StateMachineArn: '${Inner}', Input: { left: 2 } }, ResultPath: '$.nested', End: true },
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
  const put = task({ Resource: 'arn:aws:states:::aws-sdk:ssm:putParameter', Parameters: { 'Name': '/p', 'Value.$': '$.v', 'Overwrite': true } });
  const emit = task({ Resource: 'arn:aws:states:::events:putEvents', Parameters: { Entries: [{ Source: 's', DetailType: 't', Detail: { 'v.$': '$.v' } }] } });

  test.each<[object, string, string, (cloud: Cloud) => unknown]>([
    [put, 'ssm:PutParameter', 'arn:aws:ssm:us-east-1:111122223333:parameter/p', (cloud) => cloud.ssm.get('/p')],
    [emit, 'events:PutEvents', 'arn:aws:events:us-east-1:111122223333:event-bus/default', (cloud) => (cloud.events.log.at(-2)?.detail as { v: string }).v],
  ])('%j takes effect where the role has %s', async (definition, action, resource, effect) => {
    const cloud = await deployed({}, machine('Machine', definition, { Effect: 'Allow', Action: action, Resource: resource }));
    expect((await cloud.execute('Machine', { v: 'value' })).status).toBe('SUCCEEDED');
    expect(effect(cloud)).toBe('value');
    const denied = await deployed({}, machine('Machine', definition));
    expect(await denied.execute('Machine', { v: 'value' })).toMatchObject({ status: 'FAILED', error: expect.stringMatching(/AccessDeniedException$/) });
  });
});

test('a task that writes a parameter may be late, fail before or after, and be refused for the value', async () => {
  const definition = task({ Resource: 'arn:aws:states:::aws-sdk:ssm:putParameter', Parameters: { 'Name': '/p', 'Value.$': '$.v', 'Overwrite': true } });
  const parameter = { Type: 'AWS::SSM::Parameter', Properties: { Name: '/p', Value: 'a', AllowedPattern: '^[a-z]$' } };
  const cloud = await deployed({}, { Parameter: parameter, ...machine('Machine', definition, { Effect: 'Allow', Action: 'ssm:PutParameter', Resource: '*' }) });
  const put = async (v: string): Promise<unknown[]> => {
    const { status, error, startDate, stopDate } = await cloud.execute('Machine', { v });
    return [status, error, (stopDate! - startDate) / 1000, cloud.ssm.get('/p')];
  };
  expect(await put('7')).toEqual(['FAILED', 'Ssm.ParameterPatternMismatchException', 0, 'a']);
  cloud.ssm.faults.inject({ operation: 'PutParameter', fault: { kind: 'delay', seconds: 30 }, first: 1 });
  expect(await put('b')).toEqual(['SUCCEEDED', undefined, 30, 'b']);
  cloud.ssm.faults.inject({ operation: 'PutParameter', fault: { kind: 'error', code: 'ThrottlingException' }, first: 1 });
  expect(await put('c')).toEqual(['FAILED', 'Ssm.ThrottlingException', 0, 'b']);
  cloud.ssm.faults.inject({ operation: 'PutParameter', fault: { kind: 'error', code: 'InternalServerError', when: 'after' }, first: 1 });
  expect(await put('d')).toEqual(['FAILED', 'Ssm.InternalServerError', 0, 'd']);
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
  });

  test.each(['', 'a b', 'x'.repeat(81), 'a:b', 'a#b'])('have no name like "%s"', async (name) => {
    const cloud = await deployed();
    expect(() => cloud.startExecution('Machine', {}, name)).toThrow('Invalid Name');
  });

  test('are listed newest first, by status, page by page, and late where AWS is late', async () => {
    const cloud = await deployed({ behaviours: { listExecutionsLagSeconds: 5 } });
    for (const name of ['a', 'b', 'c']) cloud.startExecution('Machine', { left: 1 }, name);
    const { stateMachineArn } = cloud.executions()[0];
    const list = (more: object): string[] => cloud.stepFunctions.list({ stateMachineArn, ...more }).executions.map(({ name, status }) => `${name} ${status}`);
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
    expect(cloud.events.log).toEqual([
      expect.objectContaining({ source: 'aws.states', resources: [arn], detail: expect.objectContaining({ status: 'RUNNING', name, input: '{"left":1}', stopDate: null }) }),
      expect.objectContaining({ 'detail-type': 'Step Functions Execution Status Change', 'detail': expect.objectContaining({ status: 'SUCCEEDED', error: null }) }),
    ]);
  });
});

test('a definition that AWS would refuse fails its resource', async () => {
  const cloud = new Cloud();
  const { status, failures } = await cloud.deploy(stackOf({ ...WORKER, ...machine('Machine', { StartAt: 'Nowhere', States: COUNTDOWN.States }) }));
  expect(status).toBe('ROLLBACK_COMPLETE');
  expect(failures).toEqual([{ logicalId: 'Machine', reason: expect.stringContaining('Nowhere') }]);
});
