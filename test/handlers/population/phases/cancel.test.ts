import { cancel } from '../../../../src/handlers/population/phases/cancel';
import type { In } from '../../../../src/handlers/population/run-state';
import {
  DEAD, deploying, details, ERRORS, FAILURE, IN_TIME, inShort, KNOWN, LATE, LATER, ok, recordWith, releasing, stateIn, stateOf, TOO_LATE,
  UNKNOWN,
} from '../../support';

type Facts = Parameters<typeof cancel.decide>[1];
const decided = (change: Partial<In<'CANCEL'>>, facts: object, at = IN_TIME) =>
  cancel.decide(stateIn('CANCEL', change), { record: ok(recordWith({ sent: KNOWN })), ...facts } as Facts, at);

const TIMED_OUT: Partial<In<'CANCEL'>> = { giveUp: FAILURE };
const SUPERSEDED: Partial<In<'CANCEL'>> = { ...deploying, giveUp: { ...FAILURE, error: 'Superseded', cause: 'Later.' } };
const LEFTOVER: Partial<In<'CANCEL'>> = { sent: { ...KNOWN, execution: DEAD, fingerprint: 'other' } };
const ELSEWHERE: Partial<In<'CANCEL'>> = { sent: { ...KNOWN, execution: DEAD, table: { membershipIdentifier: 'old', intermediateTableIdentifier: 'table' } } };
const RUNS = { details: details('STARTED'), asked: ok(undefined) };

describe('a cancellation', () => {
  test.each<[string, Partial<In<'CANCEL'>>, object, typeof IN_TIME, string]>([
    ['is waited for', TIMED_OUT, RUNS, LATE, 'lingers in CANCEL for PopulationTimedOut'],
    ['is waited for where it was refused', TIMED_OUT, { ...RUNS, asked: ERRORS.throttled }, LATE, 'lingers in CANCEL for PopulationTimedOut'],
    ['is waited for where nothing is known', TIMED_OUT, { details: UNKNOWN, asked: UNKNOWN }, LATE, 'lingers in CANCEL for PopulationTimedOut'],
    ['is waited for while it is under way', SUPERSEDED, { details: details('CANCELLING') }, IN_TIME, 'lingers in CANCEL for Superseded'],
    ['ends the run when the query has ended', TIMED_OUT, { details: details('CANCELLED') }, LATE, 'CLOSE PopulationTimedOut'],
    ['ends the run when the query has failed', SUPERSEDED, { details: details('FAILED') }, IN_TIME, 'CLOSE Superseded'],
    ['came too late for a query that has succeeded: it counts', TIMED_OUT, { details: details('SUCCESS') }, LATE, 'PUBLISH'],
    ['came too late: it does not count for who is not waited for', SUPERSEDED, { details: details('SUCCESS') }, IN_TIME, 'PUBLISH for Superseded'],
    ['ends the run past all time', TIMED_OUT, RUNS, TOO_LATE, 'CLOSE PopulationTimedOut'],
    ['ends the run past all time where nothing is known', SUPERSEDED, { details: UNKNOWN, asked: UNKNOWN }, TOO_LATE, 'CLOSE Superseded'],
  ])('%s', (_what, change, facts, at, expected) => {
    expect(inShort(decided(change, facts, at))).toBe(expected);
  });

  test.each<[string, object, string]>([
    ['still runs', { details: details('CANCELLING') }, 'is still CANCELLING, and may go live'],
    ['cannot be read', { details: UNKNOWN, asked: ERRORS.throttled }, 'Cancelling it was refused: ThrottlingException: No. The protected query is still running, as far as is known'],
  ])('that did not come through says that the query %s', (_what, facts, words) => {
    const closed = stateOf(decided(TIMED_OUT, facts, TOO_LATE)) as In<'CLOSE'>;
    expect(closed.ended.failure?.cause).toContain(words);
    // It stays on record: who comes next goes on cancelling it.
    expect(closed.settled).toBeUndefined();
  });

  test('that came through says so, and settles it', () => {
    const closed = stateOf(decided({ ...TIMED_OUT, said: 'Its cancellation was asked for.' }, { details: details('CANCELLED', { billedCrpuHours: 1 }) }, LATE));
    expect(closed).toMatchObject({ settled: KNOWN, billedInVain: 1, ended: { failure: { cause: 'Too late. Its cancellation was asked for. It is now CANCELLED.' } } });
  });
});

describe('what a run has left behind without a word, and makes other data', () => {
  test.each<[string, Partial<In<'CANCEL'>>, object, typeof IN_TIME, string]>([
    ['is waited for until it has ended', LEFTOVER, RUNS, IN_TIME, 'lingers in CANCEL'],
    ['lets this run decide when it has ended', LEFTOVER, { details: details('CANCELLED') }, IN_TIME, 'LOOK'],
    ['has to be live before this run decides', LEFTOVER, { details: details('SUCCESS') }, IN_TIME, 'PUBLISH'],
    ['never counts as this run\'s, not even when its time is up', { ...LEFTOVER, giveUp: FAILURE }, { details: details('SUCCESS') }, LATE,
      'PUBLISH for PopulationTimedOut'],
    ['is not waited for where it was of another table and has succeeded', ELSEWHERE, { details: details('SUCCESS') }, IN_TIME, 'LOOK'],
    ['is asked for again where it cannot be read', LEFTOVER, { details: UNKNOWN, asked: UNKNOWN }, IN_TIME, 'waits in CANCEL'],
    ['holds up nobody where it is not there any more', ELSEWHERE, { details: ERRORS.missing, asked: ERRORS.missing }, IN_TIME, 'LOOK'],
    ['holds up nobody for more than minutes where it may not be read any more', { ...ELSEWHERE, deniedSince: IN_TIME.now - 180_000 },
      { details: ERRORS.denied, asked: ERRORS.denied }, IN_TIME, 'LOOK'],
    ['lets this run decide, too, when its time is up: its data may be live', LEFTOVER, RUNS, LATE, 'LOOK'],
    ['is given up for a later deployment', { ...LEFTOVER, ...deploying }, { ...RUNS, record: ok(recordWith({ deployment: LATER })) }, IN_TIME,
      'lingers in CANCEL for Superseded'],
    ['holds up no release when its time is up', { ...LEFTOVER, ...releasing }, RUNS, LATE, 'CLOSE UNCHANGED'],
    ['holds up no release where it has succeeded', { ...LEFTOVER, ...releasing }, { details: details('SUCCESS') }, IN_TIME, 'LOOK'],
  ])('%s', (_what, change, facts, at, expected) => {
    expect(inShort(decided(change, facts, at))).toBe(expected);
  });
});

describe('the request to cancel', () => {
  const asks = async (found: object, said?: string) => {
    const asked: unknown[] = [];
    const outside = {
      cleanRooms: {
        getAnalysis: async () => found,
        cancel: async (...request: unknown[]) => {
          asked.push(request);
          return ok(undefined);
        },
      },
      record: { read: async () => ok(recordWith({ sent: KNOWN })) },
    };
    await cancel.facts(stateIn('CANCEL', { said }), outside as never);
    return asked.length;
  };

  test.each<[string, object]>([
    ['still runs', details('STARTED')],
    ['still waits for its start', details('SUBMITTED')],
    ['cannot be read', UNKNOWN],
  ])('is made again, though it was made before, while the query %s', async (_what, found) => {
    expect(await asks(found, ' Its cancellation was asked for.')).toBe(1);
  });

  test.each(['CANCELLING', 'CANCELLED', 'SUCCESS', 'FAILED'])('is not made of a query that is %s', async (status) => {
    expect(await asks(details(status))).toBe(0);
  });
});
