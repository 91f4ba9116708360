import { intending, identified, send } from '../../../../src/handlers/population/phases/send';
import type { In } from '../../../../src/handlers/population/run-state';
import {
  DEAD, DEPLOYMENT, deploying, ERRORS, EXECUTION_ARN, IN_TIME, inShort, KNOWN, LATER, ok, recordWith, refusal, SENT, stateIn, stateOf, TABLE_ID,
  UNKNOWN,
} from '../../support';
import { World } from '../../world';

const INTENDED = { record: ok(recordWith({ sent: SENT })), sent: SENT };
type Facts = Parameters<typeof send.decide>[1];
const ACCEPTED = ok({ analysisId: 'analysis-1', versionId: 'version-1', analysisType: 'QUERY' });
const decided = (facts: object, change: Partial<In<'SEND'>> = {}) => send.decide(stateIn('SEND', change), { ...INTENDED, ...facts } as Facts, IN_TIME);

describe('the answer of a populate', () => {
  test.each<[string, object | undefined, string]>([
    ['accepted: its query is looked at', ACCEPTED, 'lingers in QUERY'],
    ['none that can be read: it is in doubt', UNKNOWN, 'waits in DOUBT'],
    ['a fault: it is in doubt', ERRORS.internal, 'waits in DOUBT'],
    ['throttled: it is asked again', ERRORS.throttled, 'waits in READY'],
    ['the quota: it is asked again', ERRORS.quota, 'waits in READY'],
    ['a conflict: the table is looked at again', ERRORS.conflict, 'waits in LOOK'],
    ['IAM settles: it is asked again', ERRORS.settling, 'waits in READY'],
    ['denied: it is asked again, for minutes', ERRORS.denied, 'waits in READY'],
    ['invalid: the run fails', ERRORS.invalid, 'CLOSE ValidationException'],
    ['no such table: the run fails', ERRORS.missing, 'CLOSE ResourceNotFoundException'],
    ['not sent, since something spoke against it: the turn is looked at again', undefined, 'TURN'],
  ])('%s', (_what, answer, expected) => {
    expect(inShort(decided({ answer }))).toBe(expected);
  });

  test('denied for minutes fails the run', () => {
    expect(inShort(decided({ answer: ERRORS.denied }, { deniedSince: IN_TIME.now - 180_000 }))).toBe('CLOSE AccessDeniedException');
  });

  test('is not waited for where the intent could not be written', () => {
    expect(inShort(decided({ record: UNKNOWN, answer: undefined }))).toBe('waits in READY');
  });

  test('that refuses settles the intent', () => {
    expect(stateOf(decided({ answer: ERRORS.conflict })).settled).toEqual(SENT);
    expect(stateOf(decided({ answer: UNKNOWN })).settled).toBeUndefined();
  });
});

describe('the intent', () => {
  const written = (record: object, change: Partial<In<'SEND'>> = {}) => intending(recordWith(record), stateIn('SEND', change)).sent;
  test.each<[string, object, Partial<In<'SEND'>>, boolean]>([
    ['is written at its turn', {}, {}, true],
    ['is written on a record that somebody has deleted', { turns: [] }, {}, true],
    ['is not written at somebody else\'s turn', { turns: [DEAD, EXECUTION_ARN] }, {}, false],
    ['is not written over another', { sent: { ...SENT, execution: DEAD } }, {}, false],
    ['is not written for a deployment that was overtaken', { deployment: LATER }, deploying, false],
    ['is not written for one that was given up', { deployment: { ...DEPLOYMENT, abandoned: true } }, deploying, false],
    ['is not written for a table whose resource goes', { released: [TABLE_ID] }, {}, false],
  ])('%s', (_what, record, change, expected) => {
    expect(written(record, change)?.execution === EXECUTION_ARN).toBe(expected);
  });

  test('gets its ids, and only its own', () => {
    const ids = { analysisId: 'analysis-1', versionId: 'version-1' };
    expect(identified(recordWith({ sent: SENT }), SENT, ids).sent).toEqual(KNOWN);
    const others = recordWith({ sent: { ...SENT, at: SENT.at + 1 } });
    expect(identified(others, SENT, ids)).toBe(others);
    const known = recordWith({ sent: KNOWN });
    expect(identified(known, SENT, ids)).toBe(known);
  });
});

describe('a populate is sent', () => {
  const sending = async (change: (world: World) => void = () => {}) => {
    const world = new World();
    world.put({ turns: [EXECUTION_ARN] });
    world.documents.set('line', { entries: [{ execution: EXECUTION_ARN, state: 'READY' }], room: 0, full: false });
    change(world);
    const facts = await send.facts(stateIn('SEND'), world.outside());
    return { world, facts, line: world.documents.get<{ entries: object[]; full: boolean }>('line') };
  };

  test('after its intent is on record, which gets its ids', async () => {
    const { world, line } = await sending();
    expect(world.asked).toEqual(['change', 'populate', 'change', 'changeLine']);
    expect(world.record.sent).toMatchObject({ execution: EXECUTION_ARN, analysisId: 'analysis-1' });
    expect(line?.entries).toEqual([{ execution: EXECUTION_ARN, state: 'SUBMITTED' }]);
  });

  test.each(['UNREAD', 'LOST'] as const)('not where the intent may not be on record: %s', async (trouble) => {
    const { world } = await sending((made) => made.troubles.set(0, trouble));
    expect(world.asked).toEqual(['change']);
  });

  test('not where the intent took so long that its answer might be looked for too soon', async () => {
    const { world, facts } = await sending((made) => made.documents.befalls('audience', { meanwhile: () => { made.now += 11_000; } }));
    expect(world.rooms.populates).toEqual([]);
    expect(facts.answer).toMatchObject({ ok: false, error: { code: 'RecordSlow', doubtful: false } });
    expect(world.record.sent).toBeUndefined();
  });

  test('and in doubt its intent stays, and the others of the stack pass', async () => {
    const { world, line } = await sending((made) => made.troubles.set(1, 'LOST'));
    expect(world.record.sent).toMatchObject({ execution: EXECUTION_ARN });
    expect(line?.entries).toEqual([{ execution: EXECUTION_ARN, state: 'ASIDE' }]);
  });

  test('and refused by a conflict its intent goes, and the others of the stack pass', async () => {
    const { world, line } = await sending((made) => made.rooms.accept({ region: 'east' }));
    expect(world.record.sent).toBeUndefined();
    expect(line?.entries).toEqual([{ execution: EXECUTION_ARN, state: 'ASIDE' }]);
  });

  test('and refused by the quota it stays the next', async () => {
    const { line } = await sending((made) => Object.assign(made.rooms, { populate: async () => refusal('ServiceQuotaExceededException') }));
    expect(line).toMatchObject({ full: true, entries: [{ execution: EXECUTION_ARN, state: 'READY' }] });
  });

  test.each<[string, (world: World) => void, number]>([
    ['is accepted', () => {}, 0],
    ['is refused by the quota', (world) => Object.assign(world.rooms, { populate: async () => refusal('ServiceQuotaExceededException') }), 0],
    ['may have been accepted', (world) => world.troubles.set(1, 'LOST'), 0],
    ['is refused by a conflict', (world) => world.rooms.accept({ region: 'east' }), 1],
  ])('and takes the room that there was where it %s', async (_what, change, room) => {
    const { line } = await sending((world) => {
      world.documents.set('line', { entries: [{ execution: EXECUTION_ARN, state: 'READY' }], room: 1, full: true });
      change(world);
    });
    expect(line).toMatchObject({ room });
  });
});
