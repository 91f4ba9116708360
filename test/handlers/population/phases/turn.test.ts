import { turn } from '../../../../src/handlers/population/phases/turn';
import type { In } from '../../../../src/handlers/population/run-state';
import type { PopulationRecord } from '../../../../src/handlers/record/population-record';
import {
  DEAD, DEFINITION, DEPLOYMENT, deploying, executionArn, EXECUTION_ARN, IN_TIME, inShort, KNOWN, LATE, LATER, ok, recordWith, releasing, SENT,
  stateIn, stateOf, TABLE_ID, TOO_LATE, UNKNOWN,
} from '../../support';
import { World } from '../../world';

const FIRST = recordWith();
const SECOND = recordWith({ turns: [DEAD, EXECUTION_ARN] });
const LEFT = { ...KNOWN, execution: DEAD };

describe('at its turn', () => {
  test.each<[string, Partial<In<'TURN'>>, PopulationRecord, string]>([
    ['a run looks', {}, FIRST, 'LOOK'],
    ['it waits for the one before it', {}, SECOND, 'waits in TURN'],
    ['so does a deploy', deploying, { ...SECOND, deployment: DEPLOYMENT }, 'waits in TURN'],
    ['a deploy that is overtaken ends, wherever it stands', deploying, { ...SECOND, deployment: LATER }, 'CLOSE Superseded'],
    ['and one that CloudFormation gave up', deploying, { ...FIRST, deployment: { ...DEPLOYMENT, abandoned: true } }, 'CLOSE Superseded'],
    ['a run of a table whose resource goes ends', {}, { ...SECOND, released: [TABLE_ID] }, 'CLOSE Released'],
    ['the run that releases it goes on', releasing, { ...FIRST, released: [TABLE_ID] }, 'LOOK'],
    ['what was sent and not answered is looked for first', {}, { ...FIRST, sent: SENT }, 'DOUBT'],
    ['what runs of before is waited for', {}, { ...FIRST, sent: LEFT }, 'QUERY'],
    ['what runs of before and makes other data is cancelled', {}, { ...FIRST, sent: { ...LEFT, fingerprint: 'other' } }, 'CANCEL'],
    ['what runs of before on another table is cancelled', {},
      { ...FIRST, sent: { ...LEFT, table: { membershipIdentifier: 'other', intermediateTableIdentifier: 'table' } } }, 'CANCEL'],
    ['what runs is cancelled where the resource goes', releasing, { ...FIRST, sent: LEFT }, 'CANCEL'],
    ['nothing is settled before the turn has come', {}, { ...SECOND, sent: LEFT }, 'waits in TURN'],
  ])('%s', (_what, change, record, expected) => {
    expect(inShort(turn.decide(stateIn('TURN', change), { record: ok(record) } as never, IN_TIME))).toBe(expected);
  });

  test.each<[string, Partial<In<'TURN'>>, Parameters<typeof turn.decide>[1], typeof IN_TIME, string]>([
    ['a record that does not answer is asked again', {}, { record: UNKNOWN } as never, IN_TIME, 'waits in TURN'],
    ['until the time is up', {}, { record: UNKNOWN } as never, LATE, 'CLOSE PopulationTimedOut'],
    ['a release does not wait for the record for ever', releasing, { record: UNKNOWN } as never, LATE, 'KEEP'],
    ['a run that waits for another ends when its time is up', {}, { record: ok(SECOND) } as never, LATE, 'CLOSE PopulationTimedOut'],
    ['and past all time', {}, { record: ok(SECOND) } as never, TOO_LATE, 'CLOSE PopulationTimedOut'],
  ])('%s', (_what, change, facts, at, expected) => {
    expect(inShort(turn.decide(stateIn('TURN', change), facts, at))).toBe(expected.replace('KEEP', 'CLOSE UNCHANGED'));
  });

  test('a schedule\'s run goes on with what it has sent in a step that broke off, whatever was deployed since: it populates once', () => {
    const definition = { ...DEFINITION, population: { ...DEFINITION.population, parameters: { region: 'south' } } };
    const record = recordWith({ deployment: { ...LATER, definition }, sent: KNOWN });
    const move = turn.decide(stateIn('TURN'), { record: ok(record) } as never, IN_TIME);
    expect(inShort(move)).toBe('QUERY');
    expect(stateOf(move).definition).toEqual(DEFINITION);
  });

  test('a schedule\'s run makes what the newest deployment wants, with its own parameters over that', () => {
    const definition = { ...DEFINITION, population: { ...DEFINITION.population, parameters: { region: 'south', day: '1' } } };
    const record = recordWith({ deployment: { ...LATER, definition } });
    const made = stateOf(turn.decide(stateIn('TURN', { overrides: { day: '2' } }), { record: ok(record) } as never, IN_TIME));
    expect(made.definition.population.parameters).toEqual({ region: 'south', day: '2' });
  });
});

describe('who holds the turn', () => {
  const world = (turns: readonly string[]) => {
    const made = new World();
    made.documents.set(DEFINITION.record, { turns, made: [] });
    return made;
  };
  const placeAfter = async (made: World) => {
    const { record } = await turn.facts(stateIn('TURN'), made.outside());
    return record.ok ? record.value.turns.indexOf(EXECUTION_ARN) : undefined;
  };

  test.each<[string, 'RUNNING' | 'ENDED' | 'UNKNOWN', number]>([
    ['and runs is waited for', 'RUNNING', 1],
    ['and has ended without a word gives way', 'ENDED', 0],
    ['and of whom nobody can tell is waited for', 'UNKNOWN', 1],
  ])('%s', async (_what, status, place) => {
    const made = world([DEAD]);
    made.statuses.set(DEAD, status);
    expect(await placeAfter(made)).toBe(place);
  });

  test('gives way although all before a run have ended without a word, however many', async () => {
    const dead = Array.from({ length: 20 }, (_, index) => executionArn(`dead-${index}`));
    const made = world(dead);
    dead.forEach((execution) => made.statuses.set(execution, 'ENDED'));
    expect(await placeAfter(made)).toBe(0);
  });

  test('is not asked after by all who wait in each of their looks', async () => {
    const running = Array.from({ length: 20 }, (_, index) => executionArn(`running-${index}`));
    const made = world(running);
    made.chance = 0.5;
    expect(await placeAfter(made)).toBe(20);
    expect(made.asked).not.toContain('statusOf');
  });
});
