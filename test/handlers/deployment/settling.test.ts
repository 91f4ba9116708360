import { refusal } from './support';
import { mayPass, settled } from '../../../src/handlers/deployment/settling';

test.each([
  ['a permission that is not in force yet', refusal('AccessDeniedException'), true],
  ['a role that was just made', refusal('UnrecognizedClientException'), true],
  ['too many requests', refusal('ProvisionedThroughputExceededException', { throttled: true }), true],
  ['too many executions', refusal('ExecutionLimitExceeded'), true],
  ['a fault, a lost answer, or one that cannot be read', refusal('HTTP 403', { doubtful: true }), true],
  ['a state machine that is not there', refusal('StateMachineDoesNotExist'), false],
  ['an input that is refused', refusal('InvalidExecutionInput'), false],
  ['a table that is not there', refusal('ResourceNotFoundException'), false],
])('%s may pass, or not', (_what, { error }, expected) => {
  expect(mayPass(error)).toBe(expected);
});

describe('settled', () => {
  /** Something that takes so many seconds and is refused until its last time. */
  function refusedTimes(times: number, takes: number, trouble = refusal('AccessDeniedException')) {
    let now = 1_000_000;
    const asked: number[] = [];
    const ask = async () => {
      asked.push((now - 1_000_000) / 1000);
      now += takes * 1000;
      return asked.length <= times ? trouble : { ok: true as const, value: 'done' };
    };
    const time = { now: () => now, pause: async (millis: number) => { now += millis; } };
    return { asked, within: (seconds: number) => settled(now + seconds * 1000, ask, time) };
  }

  test('asks every four seconds until it is answered', async () => {
    const { asked, within } = refusedTimes(3, 0);
    expect(await within(75)).toEqual({ ok: true, value: 'done' });
    expect(asked).toEqual([0, 4, 8, 12]);
  });

  test('asks for the last time when the answer still comes in time', async () => {
    const { asked, within } = refusedTimes(100, 0);
    expect(await within(75)).toEqual(refusal('AccessDeniedException'));
    expect(asked.at(-1)).toBe(72);
  });

  test('does not begin what would take too long', async () => {
    const { asked, within } = refusedTimes(100, 16, refusal('TimeoutError', { doubtful: true }));
    expect((await within(75)).ok).toBe(false);
    expect(asked).toEqual([0, 20, 40]);
  });

  test('does not ask again what is refused for good', async () => {
    const { asked, within } = refusedTimes(1, 0, refusal('StateMachineDoesNotExist'));
    expect((await within(75)).ok).toBe(false);
    expect(asked).toEqual([0]);
  });
});
