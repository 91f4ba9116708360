import { DOUBT_SETTLES_AFTER } from '../../../src/handlers/population/pacing';
import { askAgain, elapsed, ifBlocked, inDoubt, timeLeft, waitFor } from '../../../src/handlers/population/step';
import { ERRORS, ok, outsideOf, POPULATION, ScriptedRooms, STARTED_AT, stateIn } from '../support';

const after = (seconds: number) => STARTED_AT + seconds * 1000;
const outside = (seconds: number, chance = 0) => outsideOf(new ScriptedRooms(), { seconds, chance });

describe('time', () => {
  test('is the clock\'s, but not less than what was waited, as the next host\'s clock may be behind', () => {
    expect(elapsed(stateIn('QUERY', { waited: 100 }), after(130))).toBe(130);
    expect(elapsed(stateIn('QUERY', { waited: 100 }), after(20))).toBe(100);
  });

  test('left is what the timeout has left', () => {
    expect(timeLeft(stateIn('QUERY'), after(3000))).toBe(300);
    expect(timeLeft(stateIn('QUERY'), after(3310))).toBe(-10);
  });
});

describe('waitFor', () => {
  test.each([
    ['waits as long as it is told', 0, 30, 30],
    ['waits whole seconds', 0, 7.4, 7],
    ['waits a second at least', 0, 0, 1],
    ['does not wait past the deadline', 3290, 60, 10],
    ['reaches the deadline rather than stop short of it', 3290.5, 60, 10],
    ['waits in full where the deadline is past: only winding up goes on then', 3400, 10, 10],
  ])('%s', (_what, now, seconds, wait) => {
    expect(waitFor(stateIn('QUERY'), seconds, after(now))).toMatchObject({ next: 'WAIT', wait });
  });

  test('forgets failed checks and denials, unless this is about one', () => {
    const troubled = stateIn('QUERY', { failedChecks: 3, deniedSince: 20 });
    expect(waitFor(troubled, 5, after(30))).toMatchObject({ failedChecks: undefined, deniedSince: undefined });
    expect(waitFor(troubled, 5, after(30), { failedChecks: 4 })).toMatchObject({ failedChecks: 4, deniedSince: undefined });
  });
});

describe('askAgain', () => {
  test.each(['throttled', 'internal', 'lost', 'settling', 'denied', 'unknownClient', 'quota', 'conflict'] as const)('asks again after an error that may pass: %s', (name) => {
    const next = askAgain(stateIn('LOOK'), 'GetIntermediateTable', ERRORS[name].error, outside(10));
    expect(next).toMatchObject({ phase: 'LOOK', next: 'WAIT', wait: 1, failedChecks: 1 });
    expect(next.waitingFor).toContain(`GetIntermediateTable answered ${ERRORS[name].error.code}`);
  });

  test.each(['invalidQuery', 'missing'] as const)('gives up at once where the answer cannot change: %s', (name) => {
    const { error } = ERRORS[name];
    const { phase, next, failure } = askAgain(stateIn('LOOK'), 'GetIntermediateTable', error, outside(10));
    expect({ phase, next, code: failure?.error }).toEqual({ phase: 'END', next: 'FAIL', code: error.code });
    expect(failure?.cause).toContain(`GetIntermediateTable failed. ${error.code}`);
  });

  test('waits longer with each failure in a row', () => {
    const waits = [0, 1, 2, 3, 4, 5, 9].map((failedChecks) => askAgain(stateIn('LOOK', { failedChecks }), 'X', ERRORS.throttled.error, outside(0)).wait);
    expect(waits).toEqual([1, 2, 4, 8, 16, 30, 30]);
  });

  test('takes a denial for three minutes of IAM\'s delay, and for final then', () => {
    const first = askAgain(stateIn('LOOK'), 'GetIntermediateTable', ERRORS.denied.error, outside(50));
    expect(first.deniedSince).toBe(50);
    const later = askAgain(first, 'GetIntermediateTable', ERRORS.denied.error, outside(229));
    expect(later).toMatchObject({ next: 'WAIT', deniedSince: 50 });
    const final = askAgain(later, 'GetIntermediateTable', ERRORS.denied.error, outside(230));
    expect(final).toMatchObject({ phase: 'END', next: 'FAIL', failure: { error: 'AccessDeniedException' } });
    expect(final.failure?.cause).toContain('Only the table\'s owner may populate it');
  });

  test('counts a denial anew after another kind of failure', () => {
    const denied = stateIn('LOOK', { deniedSince: 0, failedChecks: 5 });
    const throttled = askAgain(denied, 'X', ERRORS.throttled.error, outside(200));
    expect(throttled).toMatchObject({ next: 'WAIT', deniedSince: undefined, failedChecks: 6 });
    expect(askAgain(throttled, 'X', ERRORS.denied.error, outside(210))).toMatchObject({ next: 'WAIT', deniedSince: 210 });
  });
});

describe('ifBlocked', () => {
  test.each(['CREATED', 'POPULATE_STARTED', 'POPULATE_SUCCESS', 'POPULATE_FAILED', 'RETENTION_PERIOD_EXPIRED'])('a table that is %s can be populated', (status) => {
    expect(ifBlocked(stateIn('LOOK'), { status })).toBeUndefined();
  });

  test.each([
    ['DISALLOWED_BY_DATA_PROVIDER', 'ask them to'],
    ['BASE_TABLE_REMOVED', 'restore it'],
  ])('a table that is %s cannot: the run ends with the service\'s reason and what to do', (status, remedy) => {
    const blocked = ifBlocked(stateIn('LOOK'), { status, statusReason: 'Member A said so' });
    expect(blocked).toMatchObject({ phase: 'END', next: 'FAIL', failure: { error: status } });
    expect(blocked?.failure?.cause).toContain(`${status}: Member A said so.`);
    expect(blocked?.failure?.cause).toContain(remedy);
    expect(blocked?.failure?.cause).toContain(POPULATION.intermediateTableIdentifier);
    expect(ifBlocked(stateIn('LOOK'), { status })?.failure?.cause).toContain('no reason given');
  });
});

test('a populate is in doubt until its version would have shown', () => {
  expect(inDoubt(stateIn('POPULATE'), after(10))).toBe(false);
  const doubtful = stateIn('POPULATE', { doubtSince: 100 });
  expect(inDoubt(doubtful, after(100))).toBe(true);
  expect(inDoubt(doubtful, after(100 + DOUBT_SETTLES_AFTER - 0.1))).toBe(true);
  expect(inDoubt(doubtful, after(100 + DOUBT_SETTLES_AFTER))).toBe(false);
});

test('the fakes answer in the order of their script, and refuse what is not in it', async () => {
  const rooms = new ScriptedRooms({ cancelQuery: [ok(undefined)] });
  expect(await rooms.cancelQuery(POPULATION, 'analysis-1')).toEqual({ ok: true, value: undefined });
  await expect(rooms.cancelQuery(POPULATION, 'analysis-1')).rejects.toThrow('does not expect');
});
