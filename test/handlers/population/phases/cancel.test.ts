import { cancel, cancelFor } from '../../../../src/handlers/population/phases/cancel';
import { ERRORS, ok, outsideOf, query, ScriptedRooms, stateIn, step, tableWith, type Answers } from '../../support';

const REASON = { error: 'PopulationTimedOut', cause: 'Too late.', analysisId: 'analysis-1' };

describe('asking for the cancellation', () => {
  test('cancels the run\'s own query, and no other', async () => {
    const rooms = new ScriptedRooms({ cancelQuery: [ok(undefined)] });
    const next = await cancelFor(stateIn('QUERY'), REASON, outsideOf(rooms, { seconds: 3300 }));
    expect(rooms.calls).toEqual(['cancelQuery analysis-1']);
    expect(next).toMatchObject({ phase: 'CANCEL', next: 'WAIT', wait: 5, cancellingSince: 3300 });
    expect(next.cancelledFor).toEqual({ ...REASON, cause: 'Too late. Its cancellation was asked for.' });
  });

  test('goes on, and says so, where it is refused', async () => {
    const next = await step((outside) => cancelFor(stateIn('QUERY'), REASON, outside), { cancelQuery: [ERRORS.conflict] }, { seconds: 3300 });
    expect(next).toMatchObject({ phase: 'CANCEL', next: 'WAIT' });
    expect(next.cancelledFor?.cause).toContain('Too late. Cancelling it was refused: ConflictException (INVALID_STATE): No.');
  });
});

describe('after that', () => {
  const cancelling = (answers: Answers, seconds: number) => step((outside) => cancel(stateIn('CANCEL'), outside), answers, { seconds });

  test.each(['CANCELLED', 'FAILED', 'TIMED_OUT'])('a query that is %s ends the run with the reason', async (status) => {
    expect(await cancelling({ getQuery: [query(status)] }, 3305)).toMatchObject({
      phase: 'END', next: 'FAIL', failure: { error: 'PopulationTimedOut', cause: `Too late. It is now ${status}.`, analysisId: 'analysis-1' },
    });
  });

  test.each([['still CANCELLING', query('CANCELLING')], ['still running', query('STARTED')], ['unreadable', ERRORS.lost]])('a query that is %s is waited for', async (_what, answer) => {
    expect(await cancelling({ getQuery: [answer] }, 3419)).toMatchObject({ phase: 'CANCEL', next: 'WAIT', wait: 10 });
  });

  test.each([['CANCELLING', query('CANCELLING'), 'CANCELLING'], ['unreadable', ERRORS.lost, 'running']])(
    'a query that is %s for two minutes ends the run, with what to do', async (_what, answer, words) => {
      expect(await cancelling({ getQuery: [answer] }, 3420)).toMatchObject({
        phase: 'END', failure: { error: 'PopulationTimedOut', cause: `Too late. It is still ${words}: cancel it in the console if it should not go on.` },
      });
    });

  describe('of a superseded run', () => {
    const superseded = { ...REASON, error: 'Superseded' };
    const at = (seconds: number) => step((outside) =>
      cancel(stateIn('CANCEL', { cancelledFor: superseded, cancellingSince: 300 }), outside), { getQuery: [query('STARTED')] }, { seconds });

    test('a query that goes on is waited for as long as there is time: its data would replace what the next deployment finds', async () => {
      expect(await at(419)).toMatchObject({ phase: 'CANCEL', wait: 10 });
      expect(await at(600)).toMatchObject({ phase: 'CANCEL', next: 'WAIT', wait: 30 });
      expect(await at(3600)).toMatchObject({ phase: 'END', failure: { error: 'Superseded', cause: expect.stringContaining('It is still STARTED') } });
    });
  });

  test('a query that has succeeded meanwhile was paid for, and counts', async () => {
    const next = await cancelling({ getQuery: [query('SUCCESS')], getTable: [tableWith('1')] }, 3305);
    expect(next).toMatchObject({ phase: 'END', next: 'SUCCEED', output: { versionId: 'version-1', status: 'POPULATED' } });
    expect(next.failure).toBeUndefined();
  });

  test('its version may take a moment to be live', async () => {
    expect(await cancelling({ getQuery: [query('SUCCESS')], getTable: [tableWith()] }, 3305)).toMatchObject({ phase: 'PUBLISH', next: 'WAIT', succeededSince: 3305 });
  });
});
