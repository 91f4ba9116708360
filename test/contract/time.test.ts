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

const unaided = Array.from({ length: MAX_UNAIDED_TIMEOUT_SECONDS / 60 }, (_, index) => (index + 1) * 60);

test('every budget is a number of whole seconds, and says so in its name', () => {
  const budgets = Object.entries(time).filter(([, value]) => typeof value === 'number') as [string, number][];
  expect(budgets).toHaveLength(24);
  expect(budgets.filter(([name, value]) => !name.endsWith('_SECONDS') || !Number.isInteger(value) || value <= 0)).toEqual([]);
});

describe('CloudFormation is answered by us before it gives up, since', () => {
  test.each([MIN_TIMEOUT_SECONDS, 10 * 60, 25 * 60])('a run of %d s has shut down and reported before, on time and started late', (timeout) => {
    expect(timeout + SHUTDOWN_SECONDS + ANSWER_MARGIN_SECONDS).toBeLessThan(resourceTimeoutSeconds(timeout));
    expect(timeout + EVENT_MAX_DELAY_SECONDS + SHUTDOWN_SECONDS).toBeLessThanOrEqual(resourceTimeoutSeconds(timeout));
  });

  test('even the longest run without a wait condition shuts down within CloudFormation\'s hour', () => {
    expect(MAX_UNAIDED_TIMEOUT_SECONDS + SHUTDOWN_SECONDS + ANSWER_MARGIN_SECONDS).toBeLessThanOrEqual(RESOURCE_LIMIT_SECONDS);
  });

  test('no custom resource is given longer than CloudFormation allows, nor less time than its run', () => {
    for (const timeout of unaided) {
      expect(resourceTimeoutSeconds(timeout)).toBeLessThanOrEqual(RESOURCE_LIMIT_SECONDS);
      expect(resourceTimeoutSeconds(timeout)).toBeGreaterThan(timeout + SHUTDOWN_SECONDS);
    }
  });

  test('whatever takes longer has a wait condition, which waits at least as long as the longest run may take', () => {
    expect(unaided.some(isLong)).toBe(false);
    expect(isLong(MAX_UNAIDED_TIMEOUT_SECONDS + 1)).toBe(true);
    expect(WAIT_CONDITION_LIMIT_SECONDS).toBeGreaterThanOrEqual(MAX_TIMEOUT_SECONDS);
  });

  test('a run that has to answer by then has shut down and reported before', () => {
    expect(deadlineFor(1_000_000)).toBe(1_000_000 - SHUTDOWN_SECONDS * 1_000);
  });

  test('an event that is handed over again, after invocations that took all of their time, too, does not start its run too late', () => {
    expect(HANDED_OVER_AGAIN_SECONDS + RETRY_SECONDS).toBeLessThanOrEqual(EVENT_MAX_DELAY_SECONDS);
    expect(2 * DEPLOYMENT_FUNCTION_TIMEOUT_SECONDS + HANDED_OVER_AGAIN_SECONDS + ANSWER_MARGIN_SECONDS).toBeLessThanOrEqual(EVENT_MAX_DELAY_SECONDS);
  });

  test('the deployment function has given up trying early enough to say so, also to whom it handles a second time', () => {
    expect(RETRY_SECONDS + PUT_SECONDS).toBeLessThan(DEPLOYMENT_FUNCTION_TIMEOUT_SECONDS);
    expect(EVENT_MAX_DELAY_SECONDS + PUT_SECONDS).toBeLessThan(resourceTimeoutSeconds(MIN_TIMEOUT_SECONDS) - ANSWER_MARGIN_SECONDS);
  });

  test('a Delete that was started at the last moment has released before', () => {
    expect(RETRY_SECONDS + RELEASE_SECONDS + REPORT_SECONDS + ANSWER_MARGIN_SECONDS).toBeLessThanOrEqual(resourceTimeoutSeconds(MIN_TIMEOUT_SECONDS));
  });

  test('a report is sent again after a crash of its function', () => {
    expect(REPORT_SECONDS).toBeGreaterThanOrEqual(5 + 10);
  });
});

describe('one populate at a time, since', () => {
  test('a lease outlives the step that took it, and a late start of as long as its function may run', () => {
    expect(LEASE_SECONDS).toBeGreaterThanOrEqual(STEP_LIMIT_SECONDS + POPULATION_FUNCTION_TIMEOUT_SECONDS);
  });

  test('an intent that nothing has come of is given up no sooner than whoever wrote it is dead', () => {
    expect(RECOVERY_SECONDS).toBeGreaterThanOrEqual(LEASE_SECONDS);
    expect(RECOVERY_SECONDS).toBeGreaterThan(STEP_LIMIT_SECONDS + INTENT_MAX_AGE_SECONDS + 2 * REQUEST_TIMEOUT_SECONDS);
  });

  test('an intent is sent and answered within what a step keeps to itself, and while its run is admitted', () => {
    expect(INTENT_MAX_AGE_SECONDS + REQUEST_TIMEOUT_SECONDS).toBeLessThan(STEP_SHUTDOWN_SECONDS);
    expect(INTENT_MAX_AGE_SECONDS).toBeLessThan(ADMISSION_SECONDS);
  });
});

describe('a failure means that nothing goes live afterwards, since shutting down leaves time', () => {
  test('to find what was sent at the last moment, and to cancel it', () => {
    expect(SHUTDOWN_GRACE_SECONDS).toBeGreaterThanOrEqual(RECOVERY_SECONDS + 2 * REQUEST_TIMEOUT_SECONDS);
  });

  test('to ask more than once for a Delete\'s cancellation', () => {
    expect(RELEASE_SECONDS).toBeGreaterThan(LEASE_SECONDS + 3 * REQUEST_TIMEOUT_SECONDS);
  });
});

describe('nobody waits for somebody who does not come, since', () => {
  test('what a dead run holds runs out: the admission of the stack first, then the lease of a table, then the patience with upstream tables', () => {
    expect(ADMISSION_SECONDS).toBeLessThan(LEASE_SECONDS);
    expect(LEASE_SECONDS).toBeLessThan(UPSTREAM_WAIT_SECONDS);
  });

  test('neither an upstream table nor a version that does not go live takes all the time of a run with the default timeout', () => {
    expect(UPSTREAM_WAIT_SECONDS + GOES_LIVE_SECONDS).toBeLessThan(MAX_UNAIDED_TIMEOUT_SECONDS);
  });
});

describe('a run is never ended from outside, since', () => {
  test('a step that polls ends before its own limit, its slowest requests included, and that before Lambda ends it', () => {
    expect(MAX_POLL_SECONDS + STEP_SHUTDOWN_SECONDS).toBeLessThanOrEqual(STEP_LIMIT_SECONDS);
    expect(2 * REQUEST_TIMEOUT_SECONDS).toBeLessThanOrEqual(STEP_SHUTDOWN_SECONDS);
    expect(STEP_LIMIT_SECONDS).toBeLessThan(POPULATION_FUNCTION_TIMEOUT_SECONDS);
  });

  test('the machine gives every run time to shut down and to report, that of a Delete which goes on as a deploy\'s included', () => {
    expect(STATE_MACHINE_TIMEOUT_SECONDS).toBeGreaterThanOrEqual(RELEASE_SECONDS + MAX_TIMEOUT_SECONDS + SHUTDOWN_SECONDS);
  });

  test('Lambda gives no function longer than it can', () => {
    expect(Math.max(POPULATION_FUNCTION_TIMEOUT_SECONDS, DEPLOYMENT_FUNCTION_TIMEOUT_SECONDS)).toBeLessThanOrEqual(LAMBDA_LIMIT_SECONDS);
  });
});
