import { mayPass, settling } from '../../../src/handlers/deployment/settling';

const error = (name: string, httpStatusCode?: number) => Object.assign(new Error('No.'), { name, $metadata: { httpStatusCode } });

test.each([
  ['a permission that is not in force yet', error('AccessDeniedException', 400), true],
  ['a role that was just made', error('UnrecognizedClientException', 403), true],
  ['too many requests', error('ThrottlingException', 400), true],
  ['too many executions', error('ExecutionLimitExceeded', 400), true],
  ['a fault of the service', error('InternalServerError', 500), true],
  ['a broken connection', error('TimeoutError'), true],
  ['an answer that cannot be read', error('SyntaxError', 200), true],
  ['a state machine that is not there', error('StateMachineDoesNotExist', 400), false],
  ['an input that is refused', error('InvalidExecutionInput', 400), false],
])('%s may pass, or not', (_what, thrown, expected) => {
  expect(mayPass(thrown)).toBe(expected);
});

describe('settling', () => {
  /** A call that takes so many seconds and is refused until its last time. */
  function refusedTimes(times: number, takes: number, thrown = error('AccessDeniedException', 400)) {
    let now = 0;
    const asked: number[] = [];
    const call = async () => {
      asked.push(now / 1000);
      now += takes * 1000;
      if (asked.length <= times) {
        throw thrown;
      }
      return 'done';
    };
    const time = { now: () => now, sleep: async (millis: number) => { now += millis; } };
    return { asked, run: (seconds: number) => settling(seconds, call, time) };
  }

  test('asks every four seconds until it is answered', async () => {
    const { asked, run } = refusedTimes(3, 0);
    expect(await run(75)).toBe('done');
    expect(asked).toEqual([0, 4, 8, 12]);
  });

  test('asks for the last time when the answer still comes in time', async () => {
    const { asked, run } = refusedTimes(100, 0);
    await expect(run(75)).rejects.toThrow('No.');
    expect(asked.at(-1)).toBe(72);
  });

  test('does not begin what would take too long', async () => {
    const { asked, run } = refusedTimes(100, 16, error('TimeoutError'));
    await expect(run(75)).rejects.toThrow('No.');
    expect(asked).toEqual([0, 20, 40]);
  });

  test('does not ask again what is refused for good', async () => {
    const { asked, run } = refusedTimes(1, 0, error('StateMachineDoesNotExist', 400));
    await expect(run(75)).rejects.toThrow('No.');
    expect(asked).toEqual([0]);
  });
});
