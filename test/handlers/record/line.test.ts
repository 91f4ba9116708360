import * as fc from 'fast-check';
import {
  aside, asked, entered, filled, firstAhead, leftLine, NOBODY, placeToLook, placeToPopulate, stateIn, waitingIn, withRoom, type EntryState, type Line,
} from '../../../src/handlers/record/line';

const line = (...entries: [string, EntryState][]): Line => ({ ...NOBODY, entries: entries.map(([execution, state]) => ({ execution, state })) });

describe('who comes', () => {
  test('is last', () => {
    expect(entered(line(['a', 'NEW']), 'b', 'NEW')).toEqual(line(['a', 'NEW'], ['b', 'NEW']));
  });

  test('keeps its place whatever becomes of it', () => {
    const before = line(['a', 'NEW'], ['b', 'NEW']);
    expect(entered(before, 'a', 'READY')).toEqual(line(['a', 'READY'], ['b', 'NEW']));
    expect(aside(before, 'a')).toEqual(line(['a', 'ASIDE'], ['b', 'NEW']));
  });

  test('is not written twice', () => {
    const before = line(['a', 'NEW']);
    expect(entered(before, 'a', 'NEW')).toBe(before);
  });

  test('steps aside only where it stands in the line', () => {
    const before = line(['a', 'NEW']);
    expect(aside(before, 'b')).toBe(before);
  });
});

describe('who goes', () => {
  test('leaves the others in order', () => {
    expect(leftLine(line(['a', 'NEW'], ['b', 'READY'], ['c', 'NEW']), 'b')).toEqual(line(['a', 'NEW'], ['c', 'NEW']));
  });

  test('changes nothing where it was not there', () => {
    const before = line(['a', 'NEW']);
    expect(leftLine(before, 'b')).toBe(before);
  });

  test('takes with it, as the last, what was known of the quota', () => {
    expect(leftLine({ ...filled(line(['a', 'READY'])), room: 1, askedAt: 5 }, 'a')).toBe(NOBODY);
  });
});

describe('the place', () => {
  const crowd = line(['new', 'NEW'], ['aside', 'ASIDE'], ['ready', 'READY'], ['submitted', 'SUBMITTED'], ['submitted-2', 'SUBMITTED'], ['last', 'NEW']);
  test.each<[string, number, number]>([
    ['new', 0, 0],
    ['aside', 1, 0],
    ['ready', 1, 0],
    ['submitted', 1, 1],
    ['submitted-2', 1, 1],
    // One may wait in the service's own queue.
    ['last', 1, 2],
    ['nobody', 2, 2],
  ])('of %s is %i to look and %i to populate', (execution, toLook, toPopulate) => {
    expect(placeToLook(crowd, execution)).toBe(toLook);
    expect(placeToPopulate(crowd, execution)).toBe(toPopulate);
  });

  test('is behind nobody for the first', () => {
    expect(firstAhead(crowd, 'new')).toBeUndefined();
    expect(firstAhead(crowd, 'last')).toBe('new');
  });
});

describe('room', () => {
  const waiting = filled(line(['a', 'READY']));
  test.each<[string, Line, number]>([
    ['is made while the quota is full and somebody is ready', waiting, 1],
    ['is not made where the quota is not known to be full', line(['a', 'READY']), 0],
    ['is not made for those who have not looked yet', filled(line(['a', 'NEW'])), 0],
    ['is not made for those who stand aside', filled(line(['a', 'ASIDE'])), 0],
    ['is not piled up', { ...waiting, room: 5 }, 5],
  ])('%s', (_what, before, room) => {
    expect(withRoom(before).room).toBe(room);
  });

  test('is taken by who asks', () => {
    expect(asked({ ...waiting, room: 2 }, 'a', 7)).toMatchObject({ room: 1, askedAt: 7 });
    expect(asked(waiting, 'a', 7).room).toBe(0);
  });

  test('is left by who was answered something else', () => {
    expect(asked({ ...waiting, room: 2 }, 'a', 7, 0)).toMatchObject({ room: 2, askedAt: 7 });
  });

  test('a full line stays full, and is not written again', () => {
    expect(filled(waiting)).toBe(waiting);
  });

  test('those who are ready are counted', () => {
    expect(waitingIn(line(['a', 'READY'], ['b', 'NEW'], ['c', 'ASIDE'], ['d', 'READY']))).toBe(2);
  });
});

describe('whatever order they come and go in', () => {
  const NAMES = ['a', 'b', 'c', 'd', 'e'];
  type Act = { readonly who: string; readonly what: EntryState | 'GOES' };
  const acts: fc.Arbitrary<Act[]> = fc.array(fc.record({
    who: fc.constantFrom(...NAMES), what: fc.constantFrom<Act['what']>('NEW', 'READY', 'ASIDE', 'SUBMITTED', 'GOES'),
  }), { maxLength: 40 });
  const after = (all: readonly Act[]): Line => all.reduce(
    (now, { who, what }) => (what === 'GOES' ? withRoom(leftLine(now, who)) : entered(now, who, what)), NOBODY);

  test('everybody stands once, in the order in which they came', () => {
    fc.assert(fc.property(acts, (all) => {
      const cameAt = new Map<string, number>();
      all.forEach(({ who, what }, index) => (what === 'GOES' ? cameAt.delete(who) : cameAt.has(who) || cameAt.set(who, index)));
      const order = [...cameAt].sort(([, a], [, b]) => a - b).map(([who]) => who);
      expect(after(all).entries.map(({ execution }) => execution)).toEqual(order);
    }));
  });

  test('there is always one who may go on, where somebody is not aside: the first of those', () => {
    fc.assert(fc.property(acts, (all) => {
      const now = after(all);
      const first = now.entries.find(({ state }) => state === 'READY');
      const submitted = now.entries.filter(({ state }) => state === 'SUBMITTED').length;
      if (first && submitted <= 1) {
        expect(placeToPopulate(now, first.execution)).toBe(0);
      }
      const newest = now.entries.find(({ state }) => state === 'NEW');
      expect(newest ? placeToLook(now, newest.execution) : 0).toBe(0);
    }));
  });

  test('who comes later never goes first among those who are ready', () => {
    fc.assert(fc.property(acts, (all) => {
      const ready = after(all).entries.filter(({ state }) => state === 'READY').map(({ execution }) => placeToPopulate(after(all), execution));
      expect(ready).toEqual([...ready].sort((a, b) => a - b));
      expect(new Set(ready).size).toBe(ready.length);
    }));
  });

  test('one that has ended without a word is taken out by those behind it, however many there are', () => {
    fc.assert(fc.property(acts, fc.subarray(NAMES), (all, dead) => {
      let now = after(all);
      const living = now.entries.find(({ execution }) => !dead.includes(execution));
      const ahead = () => living && firstAhead(now, living.execution);
      while (dead.includes(ahead() ?? '')) {
        now = leftLine(now, ahead()!);
      }
      expect(living ? firstAhead(now, living.execution) : undefined).toBeUndefined();
      expect(living ? stateIn(now, living.execution) : undefined).toBe(living?.state);
    }));
  });
});
