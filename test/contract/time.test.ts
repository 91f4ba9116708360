import {
  CANCELS, CONDITION_LIMIT, DEPLOYMENT_FUNCTION, DOUBT, INTENDS, isLong, LATE, LINGER, LONGEST_TIMEOUT, LONGEST_UNAIDED, MACHINE, MARGIN,
  POPULATION_FUNCTION, REPORTS, REQUEST, RESOURCE_LIMIT, resourceTimeout, SETTLES, SHORTEST_TIMEOUT, WINDS_UP,
} from '../../src/contract/time';

/** What Lambda does with an event whose function crashes: two more attempts, a minute and two after it. */
const HANDED_OVER_AGAIN = 60 + 120;

const unaided = Array.from({ length: LONGEST_UNAIDED / 60 }, (_, index) => (index + 1) * 60);

describe('CloudFormation is answered by us before it gives up, since', () => {
  test.each([SHORTEST_TIMEOUT, 10 * 60, 30 * 60])('a run of %d s that starts on time has wound up before, and so has one whose event came late', (timeout) => {
    expect(timeout + WINDS_UP + MARGIN).toBeLessThan(resourceTimeout(timeout));
    expect(timeout + LATE + WINDS_UP).toBeLessThanOrEqual(resourceTimeout(timeout));
  });

  test('even the longest run without a wait condition winds up within CloudFormation\'s hour', () => {
    expect(LONGEST_UNAIDED + WINDS_UP + MARGIN).toBeLessThanOrEqual(RESOURCE_LIMIT);
  });

  test('no custom resource is given longer than CloudFormation allows, nor less time than its run', () => {
    for (const timeout of unaided) {
      expect(resourceTimeout(timeout)).toBeLessThanOrEqual(RESOURCE_LIMIT);
      expect(resourceTimeout(timeout)).toBeGreaterThan(timeout + WINDS_UP);
    }
  });

  test('whatever takes longer has a wait condition, which waits at least as long as the longest run may take', () => {
    expect(unaided.some(isLong)).toBe(false);
    expect(isLong(LONGEST_UNAIDED + 1)).toBe(true);
    expect(CONDITION_LIMIT).toBeGreaterThanOrEqual(LONGEST_TIMEOUT);
  });

  test('an event whose function crashes twice is handed over a third time before it counts as late', () => {
    expect(HANDED_OVER_AGAIN + 3 * DEPLOYMENT_FUNCTION).toBeLessThanOrEqual(LATE);
  });

  test('the deployment function has given up asking early enough to say so', () => {
    // By a PUT that is tried five times, at once or later and later.
    expect(SETTLES + 15).toBeLessThan(DEPLOYMENT_FUNCTION);
    expect(DEPLOYMENT_FUNCTION).toBeLessThan(resourceTimeout(SHORTEST_TIMEOUT) - MARGIN);
  });

  test('a report is sent again after a crash of its function', () => {
    expect(REPORTS).toBeGreaterThanOrEqual(5 + 10);
  });
});

describe('a failure means that nothing goes live afterwards, since winding up leaves time', () => {
  test('to find what was sent at the last moment, to cancel it, and to tell', () => {
    expect(WINDS_UP).toBeGreaterThanOrEqual(DOUBT + CANCELS + REPORTS);
  });

  test('for a request whose answer does not come to be over before it is looked for in vain', () => {
    expect(DOUBT).toBeGreaterThan(INTENDS + 2 * REQUEST);
  });

  test('to ask for a cancellation more than once', () => {
    expect(CANCELS).toBeGreaterThan(3 * REQUEST);
  });
});

describe('a run is never ended from outside, since', () => {
  test('a step that lingers ends before Lambda ends it, its slowest requests included', () => {
    expect(LINGER + 2 * REQUEST).toBeLessThan(POPULATION_FUNCTION);
  });

  test('the machine gives every run, the longest included, the time to wind up and to report for as long as CloudFormation waits', () => {
    expect(MACHINE).toBeGreaterThanOrEqual(LONGEST_TIMEOUT + WINDS_UP);
  });

  test('Lambda gives no function longer than it can, nor the machine\'s task', () => {
    expect(Math.max(POPULATION_FUNCTION, DEPLOYMENT_FUNCTION)).toBeLessThanOrEqual(900);
  });
});
