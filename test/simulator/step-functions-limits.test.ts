import { deployed, lambda, machine, task } from './templates';

describe('a limit', () => {
  const PAD = { Type: 'Pass', Result: 'x'.repeat(262_142), ResultPath: '$.pad' };
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

  test.each([
    [{ Type: 'Pass', Result: 'x'.repeat(262_142) }, 'SUCCEEDED'], [PAD, 'FAILED'],
  ])('of a state\'s output is 256 KiB, too', async (state, status) => {
    const cloud = await deployed({}, machine('Machine', pass({ First: { ...state, End: true } })));
    const { error, cause, ...execution } = await cloud.execute('Machine');
    expect(execution.status).toBe(status);
    if (status === 'FAILED') expect([error, cause]).toEqual(['States.DataLimitExceeded', expect.stringContaining('\'First\' returned a result with a size exceeding')]);
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
    const loop = { StartAt: 'Again', States: { Again: { Type: 'Choice', Choices: [{ Variable: '$.x', IsPresent: true, Next: 'End' }], Default: 'Again' }, End: { Type: 'Succeed' } } };
    const cloud = await deployed({}, machine('Machine', loop));
    expect(await cloud.execute('Machine')).toMatchObject({
      status: 'FAILED', error: 'States.Runtime', cause: 'The execution reached the maximum number of history events (25000).', events: 25_000, transitions: 12_499,
    });
  });
});

describe('the history of an execution', () => {
  const handled = { Retry: [{ ErrorEquals: ['Runtime.ExitError'], MaxAttempts: 1 }], Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Caught' }] };
  const caught = { Caught: { Type: 'Pass', End: true } };
  const fails = { StartAt: 'Fails', States: { Fails: { Type: 'Fail' } } };
  const waiting = {
    StartAt: 'Wait',
    States: {
      'Wait': { Type: 'Wait', Seconds: 1, Next: 'Done?' },
      'Done?': { Type: 'Choice', Choices: [{ Variable: '$.done', IsPresent: true, Next: 'Wait' }], Default: 'End' },
      'End': { Type: 'Succeed' },
    },
  };
  const parallel = { StartAt: 'Both', States: { Both: { Type: 'Parallel', Branches: ['A', 'B'].map((name) => ({ StartAt: name, States: { [name]: { Type: 'Pass', End: true } } })), End: true } } };

  test.each<[string, object, object, string, number]>([
    ['a task is five', task({}), {}, 'SUCCEEDED', 2 + 5],
    ['a task that fails is four', task({}), { fail: true }, 'FAILED', 2 + 4],
    ['a failure that is caught is five, and the state after it two', task(handled, caught), { fail: true }, 'SUCCEEDED', 2 + 5 + 2],
    ['a wait, a choice and an end are two each', waiting, {}, 'SUCCEEDED', 2 + 2 + 2 + 2],
    ['a failing state is one', fails, {}, 'FAILED', 2 + 1],
    ['two branches are four, and what is in them', parallel, {}, 'SUCCEEDED', 2 + 4 + 2 * 2],
  ])('counts as AWS does: %s', async (_, definition, input, status, events) => {
    const cloud = await deployed({}, machine('Machine', definition));
    expect(await cloud.execute('Machine', input)).toMatchObject({ status, events });
  });

  test('is three longer by each retry', async () => {
    const cloud = await deployed({ faults: [{ at: 'start', function: 'Worker', invocation: 1 }] }, machine('Machine', task(handled, caught)));
    expect(await cloud.execute('Machine')).toMatchObject({ status: 'SUCCEEDED', events: 2 + 5 + 3, transitions: 2 });
  });
});
