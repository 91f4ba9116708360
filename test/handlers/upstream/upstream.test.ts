import { tableId, type Upstream } from '../../../src/contract/definition';
import type { Ports } from '../../../src/handlers/invocation';
import { pointerKey, tableKey } from '../../../src/handlers/record/items';
import { EMPTY, type FinishedAttempt, type TableRecord } from '../../../src/handlers/record/table-record';
import {
  differsFrom, knownToDiffer, lineageOf, observeUpstream, waitsFor, type SeenUpstream,
} from '../../../src/handlers/upstream/upstream';
import { after, downstreamOf, ERRORS, finishedWith, requestWith, TABLE, tableWith, THEIRS } from '../population/support';
import { FakeStore } from '../record/fake';

const seenWith = (more: Partial<SeenUpstream> = {}): SeenUpstream =>
  ({ id: 'm/up', liveId: 'u1', record: EMPTY, isElsewhere: false, isAtWork: false, ...more });
const table = (name: string) => ({ ...TABLE, intermediateTableIdentifier: name });
const id = (name: string) => tableId(table(name));

/** A stack's populations, each of a table of its own name; those of another stack's record are there, too, since the fake has one. */
class Stack {
  readonly store = new FakeStore();
  readonly asked: string[] = [];
  readonly pauses: number[] = [];

  put(name: string, record: Partial<TableRecord> = {}, ...upstream: readonly string[]): this {
    const requests = [requestWith({ definition: downstreamOf(...upstream.map((population) => ({ population }))) })];
    this.store.set(pointerKey(name), { table: table(name), signedAt: 0 });
    this.store.set(tableKey(table(name)), { ...EMPTY, requests, ...record });
    return this;
  }

  /** What is seen of these, or the error. */
  async see(...names: readonly (string | Upstream)[]) {
    const getTable = async ({ intermediateTableIdentifier: name }: typeof TABLE) => {
      this.asked.push(name);
      return name === 'gone' ? ERRORS.missing : name === 'unread' ? ERRORS.throttled : tableWith(name);
    };
    const clock = { now: () => after(0), pause: async (seconds: number) => { this.pauses.push(seconds); } };
    const upstream = names.map((name) => (typeof name === 'string' ? { population: name } : name));
    const seen = await observeUpstream(table('own'), upstream, { store: this.store, cleanRooms: { getTable }, clock } as unknown as Ports);
    return seen.ok ? seen.value : seen.error.code;
  }
}

const made = (versionId: string, at: number, upstream?: FinishedAttempt['upstream']): Partial<TableRecord> =>
  ({ history: [finishedWith({ versionId, populatedAt: after(at), ...(upstream ? { upstream } : {}) })] });

describe('upstream tables', () => {
  test('are found by the pointer of their logical id, each with its live version and its record', async () => {
    const stack = new Stack().put('a', made('va', -9)).put('b');
    expect(await stack.see('a', 'b')).toMatchObject([
      { id: id('a'), liveId: 'version-a', isElsewhere: false, isAtWork: false, record: made('va', -9) },
      { id: id('b'), liveId: 'version-b' },
    ]);
  });

  test('of another stack are read in that one\'s record, and what they are built on, too', async () => {
    const stack = new Stack().put('up').put('a', {}, 'up');
    expect(await stack.see({ population: 'a', recordTable: 'Theirs' })).toMatchObject([{ id: id('a'), isElsewhere: true }]);
    expect(stack.store.asked)
      .toEqual(['population a', `table ${id('a')}`, 'population up', `table ${id('up')}`].map((key) => `read Theirs ${key}`));
  });

  test('that are gone, or were never deployed, or whose Delete has taken the pointer away, are nobody\'s to wait for', async () => {
    const stack = new Stack().put('a');
    stack.store.set(pointerKey('deleted'), { signedAt: 0 });
    expect(await stack.see('never', 'deleted', 'a')).toMatchObject([{ id: id('a') }]);
    stack.store.trouble = (request) => (request.startsWith('read Gone') ? { error: ERRORS.missing.error } : undefined);
    expect(await stack.see({ population: 'x', recordTable: 'Gone' }, 'a')).toMatchObject([{ id: id('a') }]);
  });

  test('that have taken the place of one of another name are not what the query reads', async () => {
    const stack = new Stack().put('a');
    const seen = async (tableName?: string) => (await stack.see({ population: 'a', tableName })).length;
    expect([await seen('audience'), await seen(undefined), await seen('audience_of_before')]).toEqual([1, 1, 0]);
  });

  test.each([['gone', undefined], ['a', 'version-a']])('have a live version where they are there: %s', async (name, liveId) => {
    expect(await new Stack().put(name).see(name)).toMatchObject([{ id: id(name), liveId }]);
  });

  test.each([
    [/^read population a/, 'a', 'HTTP 502'], [/^read table/, 'a', 'HTTP 502'], [/^read population up/, 'a', 'HTTP 502'],
    [/^nothing of DynamoDB/, 'unread', 'ThrottlingException'],
  ])('that are not read are neither yes nor no: %s', async (kind, name, code) => {
    const stack = new Stack().put('up').put('a', {}, 'up').put('unread');
    stack.store.trouble = (request) => (kind.test(request) ? ERRORS.unknown : undefined);
    expect(await stack.see(name)).toBe(code);
  });

  test('are asked for one after another, four at once', async () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f'];
    const stack = names.reduce((all, name) => all.put(name), new Stack());
    await stack.see(...names);
    expect(stack.pauses).toEqual([0.25, 0.25]);
  });

  test('of a diamond are read once each, and a table that is at work makes all that is built on it be so', async () => {
    const stack = new Stack().put('top', THEIRS).put('left', {}, 'top').put('right', {}, 'top').put('alone');
    expect(await stack.see('left', 'right', 'alone')).toMatchObject([{ isAtWork: true }, { isAtWork: true }, { isAtWork: false }]);
    expect(stack.store.asked.filter((request) => request === `read table ${id('top')}`)).toHaveLength(1);
    expect(stack.asked).toEqual(['left', 'right', 'alone']);
  });

  test('that are built on each other, while a deployment turns that round, are looked at once; nobody waits for itself', async () => {
    const stack = new Stack().put('own', THEIRS, 'a').put('a', made('va', -50), 'b', 'own').put('b', made('vb', -40), 'a');
    expect(await stack.see('a')).toMatchObject([{ isAtWork: false, dueSinceAt: after(-40) }]);
  });

  test('whose lease has run out are not at work, with an attempt or without', async () => {
    expect(await new Stack().put('a', { lease: { holder: 'x', untilAt: after(0) } }).see('a')).toMatchObject([{ isAtWork: false }]);
  });

  test.each<[string, Partial<TableRecord>, number | undefined]>([
    ['is due since what it is built on has another version', made('va', -50, { [id('up')]: 'old' }), -9],
    ['is due where it was never built from it', made('va', -50), -9],
    ['is not due where it was built from it', made('va', -5, { [id('up')]: 'new' }), undefined],
    ['is not due where it was never made', {}, undefined],
  ])('a table that %s', async (_what, record, since) => {
    const stack = new Stack().put('up', made('new', -9)).put('a', record, 'up').put('b', made('vb', -1, { [id('a')]: 'va' }), 'a');
    const dueSinceAt = since === undefined ? undefined : after(since);
    expect(await stack.see('a', 'b')).toMatchObject([{ dueSinceAt }, { dueSinceAt }]);
  });
});

test('what is made now is built from what is live upstream', () => {
  expect(lineageOf([seenWith(), seenWith({ id: 'm/none', liveId: undefined })])).toEqual({ 'm/up': 'u1' });
  expect(lineageOf([seenWith({ liveId: undefined })])).toBeUndefined();
});

test.each<[string, Partial<FinishedAttempt>, Partial<SeenUpstream>, boolean, boolean]>([
  ['the same version', { upstream: { 'm/up': 'u1' } }, {}, false, false],
  ['another version', { upstream: { 'm/up': 'u0' } }, {}, true, true],
  ['no version', { upstream: { 'm/up': 'u0' } }, { liveId: undefined }, false, false],
  ['a version, and was not known before', {}, {}, true, false],
  ['another one than the newest that is known was built from, where nobody knows the live one',
    { versionId: 'other', upstream: { 'm/up': 'u0' } }, {}, true, true],
])('an upstream table that has %s', (_what, finished, seen, differs, isKnown) => {
  const history = [finishedWith({ succeeded: false, versionId: 'v9', upstream: { 'm/up': 'u9' } }), finishedWith(finished)];
  expect(differsFrom({ ...EMPTY, history }, 'version-1', [seenWith(seen)])).toBe(differs);
  expect(knownToDiffer(history[1], [seenWith(seen)])).toBe(isKnown);
});

const deployed = finishedWith({ versionId: 'u1', isDeploy: true, populatedAt: after(-599) });
const JUST_DEPLOYED = { isElsewhere: true, record: { ...EMPTY, history: [deployed] } };
test.each<[string, Partial<SeenUpstream>, boolean, boolean, string | undefined]>([
  ['one that is at work', { isAtWork: true }, true, false, 'an upstream table is being populated'],
  ['not where that has taken too long', { isAtWork: true }, false, false, undefined],
  ['one that is due', { dueSinceAt: after(-599) }, false, false, 'an upstream table is to be populated first'],
  ['not where that does not come', { dueSinceAt: after(-600) }, true, true, undefined],
  ['the deploy that may follow that of another stack', JUST_DEPLOYED, true, true,
    'a deploy of an upstream table\'s stack has just ended: that of this one may follow'],
  ['no deploy where it is one itself', JUST_DEPLOYED, true, false, undefined],
  ['no deploy of its own stack, which is ordered', { ...JUST_DEPLOYED, isElsewhere: false }, true, true, undefined],
  ['nothing where nothing happens', {}, true, true, undefined],
])('who is downstream waits for %s', (_what, seen, mayWaitForWork, follows, words) => {
  expect(waitsFor([seenWith(seen)], after(0), mayWaitForWork, follows)).toBe(words);
});
