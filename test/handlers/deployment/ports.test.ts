import { refusal } from './support';
import { deadlineWithin, isRetryable, retryUntil } from '../../../src/handlers/deployment/ports';

const [DENIED, LOST] = [refusal('AccessDeniedException'), refusal('TimeoutError', { outcomeUnknown: true })];

test.each([
  ['a permission that is not in force yet', DENIED, true],
  ['a role that was just made', refusal('UnrecognizedClientException'), true],
  ['too many requests', refusal('ProvisionedThroughputExceededException', { throttled: true }), true],
  ['too many executions', refusal('ExecutionLimitExceeded'), true],
  ['a fault, a lost answer, one that cannot be read, or others who write at the same time', LOST, true],
  ['a state machine that is not there', refusal('StateMachineDoesNotExist'), false],
  ['an input that is refused', refusal('InvalidExecutionInput'), false],
  ['a table that is not there', refusal('ResourceNotFoundException'), false],
  ['an item of a newer layout', refusal('RecordIsNewer'), false],
])('%s is asked again, or not', (_what, { error }, expected) => {
  expect(isRetryable(error)).toBe(expected);
});

const DONE = { ok: true, value: 'done' } as const;
test.each<[string, number, number, typeof DENIED, number, object, number[]]>([
  ['every four seconds until it is answered', 3, 0, DENIED, 13, DONE, [0, 4, 8, 12]],
  ['for the last time when the answer still comes in time', 100, 0, DENIED, 12, DENIED, [0, 4, 8, 12]],
  ['not when it would not', 100, 0, DENIED, 15, DENIED, [0, 4, 8, 12]],
  ['as long as it would not take too long', 100, 16, LOST, 75, LOST, [0, 20, 40]],
  ['never: once where the deadline is over', 0, 0, DENIED, -60, DONE, [0]],
  ['never: once where it is refused for good', 1, 0, refusal('StateMachineDoesNotExist'), 75, refusal('StateMachineDoesNotExist'), [0]],
])('a request is asked again %s', async (_what, times, takesSeconds, refused, untilSeconds, expected, askedAt) => {
  let now = 1_000_000;
  const asked: number[] = [];
  const ask = async () => {
    asked.push((now - 1_000_000) / 1_000);
    now += takesSeconds * 1_000;
    return asked.length <= times ? refused : DONE;
  };
  const clock = { now: () => now, pause: async (millis: number) => { now += millis; }, remainingMillis: () => Infinity };
  expect(await retryUntil(now + untilSeconds * 1_000, ask, clock)).toEqual(expected);
  expect(asked).toEqual(askedAt);
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
