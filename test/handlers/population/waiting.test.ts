import * as fc from 'fast-check';
import { after, DEPLOYED, deploying, ERRORS, inShort, OF_DEPLOYMENT, situationOf } from './support';
import {
  backOff, poll, retry, wait, waitForAdmission, waitForOthersQuery, waitForRecovery, waitForTurn, waitInQueue,
} from '../../../src/handlers/population/waiting';

const at = (seconds: number, more: Parameters<typeof situationOf>[1] = {}) => situationOf({ requests: [DEPLOYED] }, { seconds, ...more });
const late = { chance: 0.999 };

test.each<[string, ReturnType<typeof wait>, string]>([
  ['a turn, at first', waitForTurn(at(0), false, 'w'), 'WAIT 3'],
  ['a turn, after a minute', waitForTurn(at(60, late), false, 'w'), 'WAIT 8'],
  ['a turn, after an hour or two', waitForTurn(at(2_000, late), false, 'w'), 'WAIT 17'],
  ['a deploy\'s turn, at first', waitForTurn(at(0), true, 'w'), 'POLL 1'],
  ['a deploy\'s turn, after long', waitForTurn(at(2_000), true, 'w'), 'POLL 5'],
  ['admission, at first', waitForAdmission(at(0), false, 'w'), 'POLL 2.5'],
  ['admission, at first, by chance', waitForAdmission(at(0, late), false, 'w'), 'POLL 7.5'],
  ['admission, after a minute', waitForAdmission(at(61), false, 'w'), 'POLL 1'],
  ['admission, after ten', waitForAdmission(at(601), false, 'w'), 'POLL 0.5'],
  ['admission of a deploy', waitForAdmission(at(0), true, 'w'), 'POLL 0.5'],
  ['admission in a hurry', waitForAdmission(at(3_181), false, 'w'), 'POLL 0.5'],
  ['another one\'s query, at first', waitForOthersQuery(at(0), 'w'), 'WAIT 8'],
  ['another one\'s query, after hours', waitForOthersQuery(at(3_000), 'w'), 'WAIT 50'],
  ['a query in its queue, at first', waitInQueue(at(0), 1, 'w'), 'WAIT 6'],
  ['a query in its queue, after long', waitInQueue(at(0, late), 500, 'w'), 'WAIT 37.5'],
  ['what came of an intent, at first', waitForRecovery(at(0), 0, 180), 'WAIT 5'],
  ['what came of an intent, at last', waitForRecovery(at(0), 151, 180), 'WAIT 29'],
  ['what came of an intent, after that', waitForRecovery(at(0), 200, 180), 'WAIT 5'],
  ['no longer than until its time is up', wait(at(3_299), 60), 'WAIT 1'],
  ['no longer than until all is over', wait(at(3_500), 60), 'WAIT 10'],
  ['as long as it is told, after that', poll(at(3_600), 60), 'POLL 60'],
  ['no longer than its deploy may', wait(situationOf({ requests: [deploying()] }, { seconds: 3_299, input: OF_DEPLOYMENT }), 60), 'WAIT 1'],
])('a run waits for %s', (_what, action, expected) => {
  expect(inShort(action)).toBe(expected);
});

test('who is admitted to nothing yet says what a quota has said before', () => {
  expect(waitForAdmission(at(0, { hints: { waitingFor: 'the quota' } }), false, 'others'))
    .toMatchObject({ hints: { waitingFor: 'the quota' } });
  expect(waitForAdmission(at(0), false, 'others')).toMatchObject({ hints: { waitingFor: 'others' } });
});

test('a wait forgets failures, and what is waited for only where something else is', () => {
  expect(wait(at(0, { hints: { failures: 3 } }), 1)).toMatchObject({ hints: { failures: undefined, deniedSinceAt: undefined } });
  expect('waitingFor' in wait(at(0), 1).hints).toBe(false);
});

describe('a call that failed', () => {
  test.each<[keyof typeof ERRORS, number, object, string]>([
    ['throttled', 60, {}, 'WAIT 1'],
    ['unknown', 60, { failures: 3 }, 'WAIT 8'],
    ['unknown', 60, { failures: 99 }, 'WAIT 30'],
    ['denied', 60, {}, 'WAIT 1'],
    ['denied', 239, { deniedSinceAt: after(60) }, 'WAIT 1'],
    ['denied', 240, { deniedSinceAt: after(60) }, 'END AccessDeniedException'],
    ['throttled', 240, { deniedSinceAt: after(60) }, 'WAIT 1'],
    ['invalid', 60, {}, 'END ValidationException'],
    ['missing', 60, {}, 'END ResourceNotFoundException'],
  ])('%s at %d s, knowing %j: %s', (name, seconds, hints, expected) => {
    expect(inShort(retry(at(seconds, { hints }), 'GetIntermediateTable', ERRORS[name].error))).toBe(expected);
  });

  test('says so while it is asked again, and counts', () => {
    expect(retry(at(60, { hints: { failures: 2 } }), 'GetTable', ERRORS.denied.error))
      .toMatchObject({ hints: { failures: 3, deniedSinceAt: after(60), waitingFor: 'GetTable answered AccessDeniedException: No.' } });
  });

  test('is asked again later and later, within a minute, not all at once', () => {
    fc.assert(fc.property(fc.nat(1_000), fc.double({ min: 0, max: 0.999, noNaN: true }), (failures, chance) => {
      expect(backOff(failures + 1, chance)).toBeGreaterThanOrEqual(backOff(failures, chance));
      expect(backOff(failures, chance)).toBeLessThanOrEqual(60);
      expect(backOff(failures, 0)).toBeGreaterThanOrEqual(1);
    }));
  });
});
