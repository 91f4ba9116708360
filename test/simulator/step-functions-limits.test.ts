import { deployed, executed, lambda, machine, task } from './templates';
import { LambdaFault } from '../../simulator/lambda/faults';

describe('a limit', () => {
  const pass = (states: object): object => ({ StartAt: 'First', States: states });
  const big = lambda('Big', '', { Code: { ZipFile: 'exports.handler = async ({ size }) => "x".repeat(size);' } });

  test.each([
    [262_144, 'SUCCEEDED', undefined], [262_145, 'FAILED', 'States.DataLimitExceeded'],
  ])('of a task\'s result is 256 KiB, which nobody retries or catches: %i is %s', async (bytes, status, error) => {
    const handled = { Retry: [{ ErrorEquals: ['States.ALL'] }], Catch: [{ ErrorEquals: ['States.ALL'], Next: 'End' }], Next: 'End' };
    const definition = pass({ First: { Type: 'Task', Resource: '${BigFunction.Arn}', ...handled }, End: { Type: 'Succeed' } });
    const cloud = await deployed({}, { ...big, ...machine('Machine', definition) });
    // With its quotes.
    expect(await cloud.execute('Machine', { size: bytes - 2 })).toEqual(expect.objectContaining({ status, ...(error ? { error } : {}) }));
    expect(cloud.lambda.invocations).toHaveLength(1);
  });

  test.each<[object, object]>([
    [{}, { status: 'SUCCEEDED' }],
    [{ ResultPath: '$.pad' }, {
      status: 'FAILED',
      error: 'States.DataLimitExceeded',
      cause: expect.stringContaining('\'First\' returned a result with a size exceeding') as string,
    }],
  ])('of a state\'s output is 256 KiB, too: with %j', async (path, end) => {
    expect(await executed(pass({ First: { Type: 'Pass', Result: 'x'.repeat(262_142), ...path, End: true } }))).toMatchObject(end);
  });

  test.each<[string, string | undefined]>([
    ['{}', undefined],
    [JSON.stringify('x'.repeat(262_142)), undefined],
    [JSON.stringify('x'.repeat(262_143)), 'ValidationException'],
    [JSON.stringify('\u00e9'.repeat(131_072)), 'ValidationException'],
    ['null', 'InvalidExecutionInput'],
    ['{', 'InvalidExecutionInput'],
  ])('of an execution\'s input is 256 KiB of UTF-8 that is JSON and not null: %.9s', async (input, error) => {
    const cloud = await deployed();
    const { stateMachineArn } = cloud.startExecution('Machine');
    const start = (): unknown => cloud.stepFunctions.start(stateMachineArn, input);
    if (error) expect(start).toThrow(expect.objectContaining({ name: error }) as Error);
    else expect(start()).toMatchObject({ status: 'RUNNING' });
  });

  test('of an execution\'s history is 25,000 events, of which the last is its failure', async () => {
    const again = { Type: 'Choice', Choices: [{ Variable: '$.x', IsPresent: true, Next: 'End' }], Default: 'First' };
    expect(await executed(pass({ First: again, End: { Type: 'Succeed' } }))).toMatchObject({
      status: 'FAILED',
      error: 'States.Runtime',
      cause: 'The execution reached the maximum number of history events (25000).',
      events: 25_000,
      transitions: 12_499,
    });
  });
});

describe('the history of an execution', () => {
  const Retry = [{ ErrorEquals: ['Runtime.ExitError'], MaxAttempts: 1 }];
  const caught = task({ Retry, Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Caught' }] }, { Caught: { Type: 'Pass', End: true } });
  const crash: LambdaFault = { at: 'start', function: 'Worker', invocation: 1 };
  const waiting = {
    StartAt: 'Wait',
    States: {
      'Wait': { Type: 'Wait', Seconds: 1, Next: 'Done?' },
      'Done?': { Type: 'Choice', Choices: [{ Variable: '$.done', IsPresent: true, Next: 'Wait' }], Default: 'End' },
      'End': { Type: 'Succeed' },
    },
  };
  const branches = ['A', 'B'].map((name) => ({ StartAt: name, States: { [name]: { Type: 'Pass', End: true } } }));
  const parallel = { StartAt: 'Both', States: { Both: { Type: 'Parallel', Branches: branches, End: true } } };

  test.each<[string, object, object, LambdaFault[], object]>([
    ['a task is five', task({}), {}, [], { status: 'SUCCEEDED', events: 2 + 5 }],
    ['a task that fails is four', task({}), { fail: true }, [], { status: 'FAILED', events: 2 + 4 }],
    ['a caught failure is five, and the state after it two', caught, { fail: true }, [], { status: 'SUCCEEDED', events: 2 + 5 + 2 }],
    ['a retry is three', caught, {}, [crash], { status: 'SUCCEEDED', events: 2 + 5 + 3, transitions: 2 }],
    ['a wait, a choice and an end are two each', waiting, {}, [], { status: 'SUCCEEDED', events: 2 + 2 + 2 + 2 }],
    ['a failing state is one', { StartAt: 'Fails', States: { Fails: { Type: 'Fail' } } }, {}, [], { status: 'FAILED', events: 2 + 1 }],
    ['two branches are four, and what is in them', parallel, {}, [], { status: 'SUCCEEDED', events: 2 + 4 + 2 * 2 }],
  ])('counts as AWS does: %s', async (_, definition, input, faults, end) => {
    expect(await executed(definition, input, faults)).toMatchObject(end);
  });
});
