import * as time from '../../src/contract/time';

const {
  ADMISSION_SECONDS, ANSWER_MARGIN_SECONDS, deadlineFor, DEPLOYMENT_FUNCTION_TIMEOUT_SECONDS, EVENT_MAX_DELAY_SECONDS,
  GOES_LIVE_SECONDS, INTENT_MAX_AGE_SECONDS, isLong, LEASE_SECONDS, MAX_POLL_SECONDS, MAX_TIMEOUT_SECONDS,
  MAX_UNAIDED_TIMEOUT_SECONDS, MIN_TIMEOUT_SECONDS, POPULATION_FUNCTION_TIMEOUT_SECONDS, RECOVERY_SECONDS, RELEASE_SECONDS,
  REPORT_SECONDS, REQUEST_TIMEOUT_SECONDS, RESOURCE_LIMIT_SECONDS, resourceTimeoutSeconds, RETRY_SECONDS, SHUTDOWN_GRACE_SECONDS,
  STATE_MACHINE_TIMEOUT_SECONDS, STEP_LIMIT_SECONDS, STEP_SHUTDOWN_SECONDS, UPSTREAM_WAIT_SECONDS, WAIT_CONDITION_LIMIT_SECONDS,
} = time;

/** What Lambda does with an event whose function crashes: two more attempts, a minute and two after it. */
const HANDED_OVER_AGAIN_SECONDS = 60 + 120;
/** A PUT to CloudFormation is tried five times, at once or later and later. */
const PUT_SECONDS = 15;
const LAMBDA_LIMIT_SECONDS = 900;
const SHUTDOWN_SECONDS = SHUTDOWN_GRACE_SECONDS + REPORT_SECONDS;
const SHORTEST_RESOURCE_SECONDS = resourceTimeoutSeconds(MIN_TIMEOUT_SECONDS);

const unaided = Array.from({ length: MAX_UNAIDED_TIMEOUT_SECONDS / 60 }, (_, index) => (index + 1) * 60);

/** What is to be over before something else is, or in the same moment at the latest. */
type Order = readonly [why: string, first: number, order: '<' | '<=', second: number];
const areKept = (orders: readonly Order[]) => test.each(orders)('%s: %d %s %d', (_why, first, order, second) => (order === '<'
  ? expect(first).toBeLessThan(second) : expect(first).toBeLessThanOrEqual(second)));

test('every budget is a number of whole seconds, and says so in its name', () => {
  const budgets = Object.entries(time).filter(([, value]) => typeof value === 'number') as [string, number][];
  expect(budgets).toHaveLength(24);
  expect(budgets.filter(([name, value]) => !name.endsWith('_SECONDS') || !Number.isInteger(value) || value <= 0)).toEqual([]);
});

describe('CloudFormation is answered by us before it gives up, since', () => {
  areKept([
    ...[MIN_TIMEOUT_SECONDS, 10 * 60, 25 * 60].flatMap((timeout): Order[] => [
      ['a run has shut down and reported before', timeout + SHUTDOWN_SECONDS + ANSWER_MARGIN_SECONDS, '<', resourceTimeoutSeconds(timeout)],
      ['so has one that was started late', timeout + EVENT_MAX_DELAY_SECONDS + SHUTDOWN_SECONDS, '<=', resourceTimeoutSeconds(timeout)],
    ]),
    ['even the longest run without a wait condition shuts down within CloudFormation\'s hour',
      MAX_UNAIDED_TIMEOUT_SECONDS + SHUTDOWN_SECONDS + ANSWER_MARGIN_SECONDS, '<=', RESOURCE_LIMIT_SECONDS],
    ['no custom resource is given longer than CloudFormation allows',
      Math.max(...unaided.map(resourceTimeoutSeconds)), '<=', RESOURCE_LIMIT_SECONDS],
    ['nor less time than its run', SHUTDOWN_SECONDS, '<', Math.min(...unaided.map((each) => resourceTimeoutSeconds(each) - each))],
    ['a wait condition waits at least as long as the longest run may take', MAX_TIMEOUT_SECONDS, '<=', WAIT_CONDITION_LIMIT_SECONDS],
    ['an event that is handed over again starts its run in time', HANDED_OVER_AGAIN_SECONDS + RETRY_SECONDS, '<=', EVENT_MAX_DELAY_SECONDS],
    ['nor does one whose first invocations took all of their time',
      2 * DEPLOYMENT_FUNCTION_TIMEOUT_SECONDS + HANDED_OVER_AGAIN_SECONDS + ANSWER_MARGIN_SECONDS, '<=', EVENT_MAX_DELAY_SECONDS],
    ['the deployment function has given up early enough to say so', RETRY_SECONDS + PUT_SECONDS, '<', DEPLOYMENT_FUNCTION_TIMEOUT_SECONDS],
    ['also to whom it handles twice', EVENT_MAX_DELAY_SECONDS + PUT_SECONDS, '<', SHORTEST_RESOURCE_SECONDS - ANSWER_MARGIN_SECONDS],
    ['a Delete that was started at the last moment has released before',
      RETRY_SECONDS + RELEASE_SECONDS + REPORT_SECONDS + ANSWER_MARGIN_SECONDS, '<=', SHORTEST_RESOURCE_SECONDS],
    ['a report is sent again after a crash of its function', 5 + 10, '<=', REPORT_SECONDS],
  ]);

  test('whatever takes longer has a wait condition', () => {
    expect(unaided.some(isLong)).toBe(false);
    expect(isLong(MAX_UNAIDED_TIMEOUT_SECONDS + 1)).toBe(true);
  });

  test('a run that has to answer by then has shut down and reported before', () => {
    expect(deadlineFor(1_000_000)).toBe(1_000_000 - SHUTDOWN_SECONDS * 1_000);
  });
});

describe('one populate at a time, since', () => {
  areKept([
    ['a lease outlives the step that took it, and a late start of as long as its function may run',
      STEP_LIMIT_SECONDS + POPULATION_FUNCTION_TIMEOUT_SECONDS, '<=', LEASE_SECONDS],
    ['an intent that nothing has come of is given up no sooner than the lease of whoever wrote it', LEASE_SECONDS, '<=', RECOVERY_SECONDS],
    ['nor before that one is dead', STEP_LIMIT_SECONDS + INTENT_MAX_AGE_SECONDS + 2 * REQUEST_TIMEOUT_SECONDS, '<', RECOVERY_SECONDS],
    ['an intent is sent and answered within what a step keeps to itself',
      INTENT_MAX_AGE_SECONDS + REQUEST_TIMEOUT_SECONDS, '<', STEP_SHUTDOWN_SECONDS],
    ['and while its run is admitted', INTENT_MAX_AGE_SECONDS, '<', ADMISSION_SECONDS],
  ]);
});

describe('a failure means that nothing goes live afterwards, since shutting down leaves time', () => {
  areKept([
    ['to find what was sent at the last moment, and to cancel it',
      RECOVERY_SECONDS + 2 * REQUEST_TIMEOUT_SECONDS, '<=', SHUTDOWN_GRACE_SECONDS],
    ['to ask more than once for a Delete\'s cancellation', LEASE_SECONDS + 3 * REQUEST_TIMEOUT_SECONDS, '<', RELEASE_SECONDS],
  ]);
});

describe('nobody waits for somebody who does not come, since what a dead run holds runs out', () => {
  areKept([
    ['the admission of the stack first, then the lease of a table', ADMISSION_SECONDS, '<', LEASE_SECONDS],
    ['then the patience with upstream tables', LEASE_SECONDS, '<', UPSTREAM_WAIT_SECONDS],
    ['neither an upstream table nor a version that does not go live takes all the time of a run with the default timeout',
      UPSTREAM_WAIT_SECONDS + GOES_LIVE_SECONDS, '<', MAX_UNAIDED_TIMEOUT_SECONDS],
  ]);
});

describe('a run is never ended from outside, since', () => {
  areKept([
    ['a step that polls ends before its own limit', MAX_POLL_SECONDS + STEP_SHUTDOWN_SECONDS, '<=', STEP_LIMIT_SECONDS],
    ['its slowest requests included', 2 * REQUEST_TIMEOUT_SECONDS, '<=', STEP_SHUTDOWN_SECONDS],
    ['and that before Lambda ends it', STEP_LIMIT_SECONDS, '<', POPULATION_FUNCTION_TIMEOUT_SECONDS],
    ['the machine gives every run time to shut down and to report, that of a Delete which goes on as a deploy\'s included',
      RELEASE_SECONDS + MAX_TIMEOUT_SECONDS + SHUTDOWN_SECONDS, '<=', STATE_MACHINE_TIMEOUT_SECONDS],
    ['Lambda gives no function longer than it can',
      Math.max(POPULATION_FUNCTION_TIMEOUT_SECONDS, DEPLOYMENT_FUNCTION_TIMEOUT_SECONDS), '<=', LAMBDA_LIMIT_SECONDS],
  ]);
});
