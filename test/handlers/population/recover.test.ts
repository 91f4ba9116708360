import { recover } from '../../../src/handlers/population/advance';
import type { Phase, RunState } from '../../../src/handlers/population/run-state';
import { DEPLOYMENT, outsideOf, ScriptedRooms, stateIn } from '../support';

const TIMEOUT = { Error: 'Sandbox.Timedout' };
const recovering = (state: RunState, seconds = 100, chance = 0) => recover(state, TIMEOUT, outsideOf(new ScriptedRooms(), { seconds, chance }));

describe('a step that crashed', () => {
  test.each<Phase>(['LOOK', 'POPULATE', 'QUERY', 'PUBLISH', 'CANCEL', 'RELEASE'])('in phase %s is taken again, soon', (phase) => {
    expect(recovering(stateIn(phase))).toMatchObject({ phase, next: 'WAIT', wait: 2, crashes: 1 });
  });

  test.each<Phase>(['LOOK', 'QUERY', 'PUBLISH', 'CANCEL', 'RELEASE'])('in phase %s leaves no doubt about a populate', (phase) => {
    expect(recovering(stateIn(phase)).doubtSince).toBeUndefined();
  });

  test('in phase POPULATE may have populated: that is looked for first', () => {
    expect(recovering(stateIn('POPULATE'))).toMatchObject({ doubtSince: 100 });
  });

  test('makes an earlier doubt start anew once that was over: it may have sent another one', () => {
    expect(recovering(stateIn('POPULATE', { doubtSince: 40 }))).toMatchObject({ doubtSince: 100 });
    expect(recovering(stateIn('POPULATE', { doubtSince: 5 }))).toMatchObject({ doubtSince: 100 });
  });

  test('leaves an earlier doubt that lasts as it is: none is sent while in doubt', () => {
    expect(recovering(stateIn('POPULATE', { doubtSince: 41 }))).toMatchObject({ doubtSince: 41 });
  });

  test('keeps everything that was known', () => {
    const known = stateIn('QUERY', { deployment: DEPLOYMENT, waitingFor: 'the query' });
    expect(recovering(known)).toMatchObject({ analysisId: 'analysis-1', versionId: 'version-1', queryingSince: 10, deployment: DEPLOYMENT, waitingFor: 'the query' });
  });

  test('counts what the machine had waited before it', () => {
    expect(recovering(stateIn('QUERY', { waited: 300, wait: 40 }))).toMatchObject({ waited: 340 });
    expect(recovering(stateIn('POPULATE', { waited: 300, wait: 40 }))).toMatchObject({ doubtSince: 340 });
  });
});

describe('crashes in a row', () => {
  test('are waited out longer and longer', () => {
    expect([0, 1, 2, 3, 4, 5, 6, 7].map((crashes) => recovering(stateIn('QUERY', { crashes })).wait)).toEqual([2, 4, 8, 16, 30, 30, 30, 30]);
  });

  test('are eight at most; then the run fails, and reports', () => {
    expect(recovering(stateIn('QUERY', { crashes: 7 }))).toMatchObject({ next: 'WAIT', crashes: 8 });
    const ended = recovering(stateIn('QUERY', { crashes: 8, deployment: DEPLOYMENT }));
    expect(ended).toMatchObject({ phase: 'END', next: 'REPORT', failure: { error: 'PopulationFunctionCrashed' } });
    expect(ended.failure?.cause).toContain('failed 9 times in a row (Sandbox.Timedout). Its log group tells why.');
    expect(ended.failure?.cause).toContain('Protected query analysis-1');
  });

  test('are named unknown where the machine does not know', () => {
    expect(recover(stateIn('LOOK', { crashes: 8 }), {}, outsideOf(new ScriptedRooms())).failure?.cause).toContain('(unknown error)');
  });
});

describe('a crash past the deadline', () => {
  test('while a query is cancelled does not hide what it is cancelled for', () => {
    const cancelledFor = { error: 'PopulationTimedOut', cause: 'Time is up. Its cancellation was asked for.', analysisId: 'analysis-1' };
    expect(recovering(stateIn('CANCEL', { cancelledFor }), 3340)).toMatchObject({
      phase: 'END',
      failure: {
        ...cancelledFor,
        cause: 'Time is up. Its cancellation was asked for. Whether it ended is not known. The population function failed once (Sandbox.Timedout). Its log group tells why.',
      },
    });
  });

  test('is recovered from for half a minute: the query may still have to be cancelled', () => {
    expect(recovering(stateIn('QUERY'), 3330)).toMatchObject({ phase: 'QUERY', next: 'WAIT', wait: 2 });
  });

  test('ends the run then, so that CloudFormation is answered before its own timeout', () => {
    expect(recovering(stateIn('QUERY', { deployment: DEPLOYMENT }), 3331)).toMatchObject({ phase: 'END', next: 'REPORT', failure: { error: 'PopulationFunctionCrashed' } });
  });
});
