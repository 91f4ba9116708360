import { refusal } from './support';
import { deadlineWithin, isRetryable, retryUntil } from '../../../src/handlers/deployment/ports';

test.each([
  ['a permission that is not in force yet', refusal('AccessDeniedException'), true],
  ['a role that was just made', refusal('UnrecognizedClientException'), true],
  ['too many requests', refusal('ProvisionedThroughputExceededException', { throttled: true }), true],
  ['too many executions', refusal('ExecutionLimitExceeded'), true],
  ['a fault, a lost answer, or one that cannot be read', refusal('HTTP 403', { outcomeUnknown: true }), true],
  ['others who write at the same time', refusal('RecordContended', { outcomeUnknown: true }), true],
  ['a state machine that is not there', refusal('StateMachineDoesNotExist'), false],
  ['an input that is refused', refusal('InvalidExecutionInput'), false],
  ['a table that is not there', refusal('ResourceNotFoundException'), false],
  ['an item of a newer layout', refusal('RecordIsNewer'), false],
])('%s is asked again, or not', (_what, { error }, expected) => {
  expect(isRetryable(error)).toBe(expected);
});

/** Something that takes so many seconds and is refused until its last time. */
function refusedTimes(times: number, takes: number, trouble = refusal('AccessDeniedException')) {
  let now = 1_000_000;
  const asked: number[] = [];
  const ask = async () => {
    asked.push((now - 1_000_000) / 1_000);
    now += takes * 1_000;
    return asked.length <= times ? trouble : { ok: true as const, value: 'done' };
  };
  const clock = { now: () => now, pause: async (millis: number) => { now += millis; }, remainingMillis: () => Infinity };
  return { asked, within: (seconds: number) => retryUntil(now + seconds * 1_000, ask, clock) };
}

describe('asking until a deadline', () => {
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
    const { asked, within } = refusedTimes(100, 16, refusal('TimeoutError', { outcomeUnknown: true }));
    expect((await within(75)).ok).toBe(false);
    expect(asked).toEqual([0, 20, 40]);
  });

  test('asks once where the deadline is over', async () => {
    const { asked, within } = refusedTimes(0, 0);
    expect(await within(-60)).toEqual({ ok: true, value: 'done' });
    expect(asked).toEqual([0]);
  });

  test('does not ask again what is refused for good', async () => {
    const { asked, within } = refusedTimes(1, 0, refusal('StateMachineDoesNotExist'));
    expect((await within(75)).ok).toBe(false);
    expect(asked).toEqual([0]);
  });
});

test.each([
  ['what is wanted, where the invocation has that time', 600, 720, 600],
  ['what leaves two minutes to answer', 600, 700, 580],
  ['half of what there is, where somebody has lowered the timeout', 600, 30, 15],
  ['over, where that is', -60, 720, -60],
])('the deadline within an invocation is %s', (_what, untilSeconds, remainingSeconds, expected) => {
  const clock = { now: () => 1_000_000, pause: async () => undefined, remainingMillis: () => remainingSeconds * 1_000 };
  expect(deadlineWithin(1_000_000 + untilSeconds * 1_000, clock)).toBe(1_000_000 + expected * 1_000);
});
