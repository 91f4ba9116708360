import * as fc from 'fast-check';
import { ready } from '../../../../src/handlers/population/phases/ready';
import type { In } from '../../../../src/handlers/population/run-state';
import {
  after, DEAD, DEPLOYMENT, deploying, details, ERRORS, EXECUTION_ARN, IN_TIME, inShort, KNOWN, LATE, LATER, lineOf, ok, recordWith, SENT,
  STARTED_AT, stateIn, stateOf, TABLE_ID, tableWith, TOO_LATE, UNKNOWN, version,
} from '../../support';
import { World } from '../../world';

type Facts = Parameters<typeof ready.decide>[1];
const FIRST = lineOf({ execution: EXECUTION_ARN, state: 'READY' });
const NOTHING = { versions: ok([]), analyses: ok([]) };
const decided = (change: Partial<In<'READY'>>, facts: object, at = IN_TIME) =>
  ready.decide(stateIn('READY', change), { record: ok(recordWith()), line: ok(FIRST), there: NOTHING, ...facts } as Facts, at);
const there = (change: object) => ({ there: { ...NOTHING, ...change } });

const SEEN: Partial<In<'READY'>> = { seen: { createTime: STARTED_AT, ids: [] } };
const live = (parameters?: object) => {
  const table = tableWith('9');
  return table.ok ? ok({ ...table.value, live: { ...table.value.live, parameters } }) : table;
};
const newer = (table: object, detail?: object) =>
  there({ versions: ok([version('9', STARTED_AT + 50_000)]), others: { table, record: ok(recordWith()), details: detail } });

describe('a run that is to populate', () => {
  test.each<[string, Partial<In<'READY'>>, object, typeof IN_TIME, string]>([
    ['writes its intent first', {}, {}, IN_TIME, 'SEND'],
    ['waits for its place', {}, { line: ok(lineOf({ execution: DEAD, state: 'READY' }, ...FIRST.entries)), there: undefined }, IN_TIME, 'lingers in READY'],
    ['waits further back', {}, {
      line: ok(lineOf({ execution: DEAD, state: 'READY' }, { execution: 'other', state: 'READY' }, ...FIRST.entries)), there: undefined,
    }, IN_TIME, 'waits in READY'],
    ['waits while a version of the table is begun', {}, there({ versions: ok([version('8', STARTED_AT, 'POPULATE_STARTED')]) }), IN_TIME, 'waits in LOOK'],
    ['waits while a query of the table is not over', {}, there({ analyses: ok([{ id: 'a', createTime: 0, status: 'CANCELLING' }]) }), IN_TIME, 'waits in LOOK'],
    ['does not wait for a version whose query is over', {}, there({
      versions: ok([version('8', 0, 'POPULATE_STARTED')]), analyses: ok([{ id: 'analysis-8', createTime: 0, status: 'CANCELLED' }]),
    }), IN_TIME, 'SEND'],
    ['asks again where the versions cannot be listed', {}, there({ versions: UNKNOWN }), IN_TIME, 'waits in READY'],
    ['asks again where the queries cannot be listed', {}, there({ analyses: UNKNOWN }), IN_TIME, 'waits in READY'],
    ['fails where the versions may not be listed for minutes', { deniedSince: 0 }, there({ versions: ERRORS.denied }), IN_TIME, 'CLOSE AccessDeniedException'],
    ['asks the record again', {}, { record: UNKNOWN, there: undefined }, IN_TIME, 'waits in READY'],
    ['asks the line again', {}, { line: UNKNOWN, there: undefined }, IN_TIME, 'waits in READY'],
    ['is in doubt of what a step that broke off has sent', {}, { record: ok(recordWith({ sent: SENT })), there: undefined }, IN_TIME, 'DOUBT'],
    ['goes on with what that has begun', {}, { record: ok(recordWith({ sent: KNOWN })), there: undefined }, IN_TIME, 'QUERY'],
    ['goes on with it also when its time is up: it is cancelled there', {}, { record: ok(recordWith({ sent: KNOWN })), there: undefined }, LATE, 'QUERY'],
    ['is overtaken', deploying, { record: ok(recordWith({ deployment: LATER })) }, IN_TIME, 'CLOSE Superseded'],
    ['is overtaken after its request, in a step that broke off', deploying, { record: ok(recordWith({ deployment: LATER, sent: SENT })) }, IN_TIME,
      'DOUBT for Superseded'],
    ['is released', {}, { record: ok(recordWith({ released: [TABLE_ID] })) }, IN_TIME, 'CLOSE Released'],
    ['begins nothing when its time is up', {}, {}, LATE, 'CLOSE PopulationTimedOut'],
    ['ends past all time', {}, { record: UNKNOWN, line: UNKNOWN, there: undefined }, TOO_LATE, 'CLOSE PopulationTimedOut'],
  ])('%s', (_what, change, facts, at, expected) => {
    expect(inShort(decided(change, facts, at))).toBe(expected);
  });

  test('knows what was there before its intent, of all lists', () => {
    const facts = there({ versions: ok([version('1', 5)]), analyses: ok([{ id: 'analysis-1', createTime: 5, status: 'SUCCESS' }]) });
    expect(stateOf(decided(deploying, { ...facts, record: ok(recordWith({ deployment: DEPLOYMENT })) }))).toMatchObject({
      sent: { execution: EXECUTION_ARN, deploys: true, before: { versions: { createTime: 5, ids: ['version-1'] }, analyses: { createTime: 5, ids: ['analysis-1'] } } },
      seen: { createTime: 5, ids: ['version-1'] },
    });
  });
});

describe('a version that somebody else has made since', () => {
  test.each<[string, object, string]>([
    ['with equal parameters is taken over', newer(live(), details('SUCCESS', { parameters: { region: 'north' } })), 'CLOSE UNCHANGED'],
    ['is known by the table\'s parameters where its query shows none', newer(live({ region: 'north' }), details('SUCCESS')), 'CLOSE UNCHANGED'],
    ['with other parameters is not', newer(live(), details('SUCCESS', { parameters: { region: 'south' } })), 'SEND'],
    ['that shows no parameters is not', newer(live(), details('SUCCESS')), 'SEND'],
    ['that is not live is not: another one is', newer(tableWith('8'), details('SUCCESS', { parameters: { region: 'north' } })), 'SEND'],
    ['that has expired is not', newer(tableWith('9', { status: 'RETENTION_PERIOD_EXPIRED' })), 'SEND'],
    ['is read again where the table cannot be read', newer(UNKNOWN), 'waits in READY'],
    ['is read again where its query cannot be read', newer(live(), UNKNOWN), 'waits in READY'],
  ])('%s', (_what, facts, expected) => {
    expect(inShort(decided(SEEN, facts))).toBe(expected);
  });
});

test('nothing is sent without both lists, an own turn, a place and time, whatever else is the case', () => {
  const lists = fc.constantFrom(UNKNOWN, ERRORS.throttled, ok([]));
  const speaksAgainst = [{ sent: SENT }, { released: [TABLE_ID] }, { deployment: LATER }].map((change) => ok(recordWith(change)));
  const records = fc.constantFrom(UNKNOWN, ok(recordWith()), ...speaksAgainst);
  fc.assert(fc.property(lists, lists, records, fc.boolean(), fc.integer({ min: 0, max: 4_000 }), (versions, analyses, record, isPlace, seconds) => {
    const facts = { record, line: ok(FIRST), there: isPlace && record.ok ? { versions, analyses } : undefined };
    const { phase } = stateOf(decided(deploying, facts, after(seconds)));
    const may = versions.ok && analyses.ok && record.ok && isPlace && seconds < 3_300 && JSON.stringify(record) === JSON.stringify(ok(recordWith()));
    expect(phase === 'SEND').toBe(may);
  }));
});

describe('the line', () => {
  const asking = async (line: object, seconds: number, change: Partial<In<'READY'>> = {}) => {
    const world = new World();
    world.now = after(seconds).now;
    world.put({ turns: [EXECUTION_ARN] });
    world.documents.set('line', { room: 0, full: false, ...line });
    const facts = await ready.facts(stateIn('READY', change), world.outside());
    return { asks: facts.there !== undefined, line: world.documents.get<{ entries: object[] }>('line') };
  };
  const ME = { execution: EXECUTION_ARN, state: 'READY' };
  const OTHER = { execution: DEAD, state: 'READY' };

  test.each<[string, object, number, Partial<In<'READY'>>, boolean]>([
    ['lets its first ask', { entries: [ME] }, 5, {}, true],
    ['lets the second wait', { entries: [OTHER, ME] }, 5, {}, false],
    ['lets who is aside be passed', { entries: [{ ...OTHER, state: 'ASIDE' }, ME] }, 5, {}, true],
    ['lets its first wait where the quota is full', { entries: [ME], full: true }, 5, {}, false],
    ['until a query of the stack has ended', { entries: [ME], full: true, room: 1 }, 5, {}, true],
    ['or for half a minute, since strangers\' queries end unseen', { entries: [ME], full: true }, 31, {}, true],
    ['counted from when it has asked last', { entries: [ME], full: true }, 31, { askedAt: after(20).now }, false],
    ['and from when anybody of the stack has', { entries: [ME], full: true, askedAt: after(20).now }, 31, {}, false],
    ['lets one ask in a second', { entries: [ME, OTHER], last: { execution: DEAD, from: after(4.5).now } }, 5, {}, false],
    ['lets who is alone ask at once', { entries: [ME], last: { execution: DEAD, from: after(4.5).now } }, 5, {}, true],
    ['is passed once by who has little time', { entries: [OTHER, ME], full: true }, 5, { deadline: after(60).now }, true],
    ['and not twice', { entries: [OTHER, ME], full: true }, 5, { deadline: after(60).now, askedAt: after(2).now }, false],
  ])('%s', async (_what, line, seconds, change, expected) => {
    expect((await asking(line, seconds, change)).asks).toBe(expected);
  });

  test('is told whose the second is', async () => {
    expect((await asking({ entries: [ME, OTHER] }, 5)).line).toMatchObject({ last: { execution: EXECUTION_ARN, isLight: false } });
    expect((await asking({ entries: [ME, OTHER], full: true }, 5)).line).not.toHaveProperty('last');
  });

  test('is passed by the others where somebody else populates the table', async () => {
    const world = new World();
    world.put({ turns: [EXECUTION_ARN] });
    world.rooms.accept({ region: 'east' });
    world.documents.set('line', { entries: [ME], room: 0, full: false });
    await ready.facts(stateIn('READY'), world.outside());
    expect(world.documents.get('line')).toMatchObject({ entries: [{ execution: EXECUTION_ARN, state: 'ASIDE' }] });
  });
});
