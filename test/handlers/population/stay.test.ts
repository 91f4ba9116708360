import { advanceAndStay } from '../../../src/handlers/population/advance';
import type { RunState } from '../../../src/handlers/population/run-state';
import { ok, outsideOf, query, ScriptedRooms, stateIn, tableWith, type Answers } from '../support';

/** The state that is handed back, what was asked, and the seconds of each sleep. */
async function staying(state: RunState, answers: Answers) {
  const rooms = new ScriptedRooms(answers);
  const sleeps: number[] = [];
  const next = await advanceAndStay(state, outsideOf(rooms), async (seconds) => { sleeps.push(seconds); });
  return { next, sleeps, calls: rooms.calls };
}

const runningFor = (seconds: number) => stateIn('QUERY', { waited: seconds, queryingSince: 0 });
const STARTED = query('STARTED');

describe('a look at a running query', () => {
  test('is followed by those that are due soon, for 20 seconds at most', async () => {
    const { next, sleeps } = await staying(runningFor(10), { getQuery: [STARTED, STARTED, STARTED, STARTED, STARTED] });
    expect(sleeps).toEqual([5, 5, 5, 5]);
    expect(next).toMatchObject({ phase: 'QUERY', next: 'WAIT', waited: 30, wait: 5 });
  });

  test('is the only one where the next is far off', async () => {
    const { next, sleeps } = await staying(runningFor(300), { getQuery: [STARTED] });
    expect(sleeps).toEqual([]);
    expect(next).toMatchObject({ phase: 'QUERY', wait: 30 });
  });

  test('sees the end at once', async () => {
    const { next, sleeps, calls } = await staying(runningFor(100), {
      getQuery: [STARTED, query('SUCCESS'), query('SUCCESS')], getTable: [tableWith('1')],
    });
    expect(sleeps).toEqual([10]);
    expect(next).toMatchObject({ phase: 'END', output: { versionId: 'version-1' } });
    expect(calls).toHaveLength(4);
  });

  test('is left to the machine once something was done that it has to know of', async () => {
    const late = stateIn('QUERY', { waited: 3298, queryingSince: 0 });
    const { next, sleeps } = await staying(late, { getQuery: [STARTED, STARTED], cancelQuery: [ok(undefined)] });
    expect(sleeps).toEqual([2]);
    expect(next).toMatchObject({ phase: 'CANCEL', next: 'WAIT', wait: 5 });
  });
});

test('a step that has just populated goes back to the machine, whatever is due soon', async () => {
  const { next, sleeps } = await staying(stateIn('POPULATE'), { listVersions: [ok([])], populate: [ok({ analysisId: 'a', versionId: 'v' })] });
  expect(sleeps).toEqual([]);
  expect(next).toMatchObject({ phase: 'QUERY', analysisId: 'a', wait: 5 });
});
