import { asked, NOBODY, type EntryState, type Line } from '../../../src/handlers/record/line';
import { hasMoment, isOpen, momentTaken, untilMoment } from '../../../src/handlers/record/moments';

const line = (change: Partial<Line>, ...entries: [string, EntryState][]): Line =>
  ({ ...NOBODY, entries: entries.map(([execution, state]) => ({ execution, state })), ...change });
const CROWD: [string, EntryState][] = [['a', 'NEW'], ['b', 'NEW']];
const last = (execution: string, isLight: boolean) => ({ askedAt: 0, last: { execution, from: 10_000, isLight } });

describe('a moment', () => {
  test.each<[string, Line, number, boolean, boolean]>([
    ['is anybody\'s who comes first', line({}, ...CROWD), 10_000, false, true],
    ['comes a second after what another has asked', line(last('b', false), ...CROWD), 11_000, false, true],
    ['and not before', line(last('b', false), ...CROWD), 10_999, false, false],
    ['not even for a single request', line(last('b', false), ...CROWD), 10_999, true, false],
    ['nor for several after a single one', line(last('b', true), ...CROWD), 10_999, false, false],
    ['comes half a second after a single request for a single one', line(last('b', true), ...CROWD), 10_500, true, true],
    ['and not before that', line(last('b', true), ...CROWD), 10_499, true, false],
    ['is not one\'s own for longer than another\'s', line(last('a', false), ...CROWD), 10_500, false, false],
    ['comes at once for the populate after the stack\'s first look', line({ ...last('a', true), askedAt: undefined }, ...CROWD), 10_100, false, true],
    ['does not need to come for who is alone', line(last('b', false), ['a', 'NEW']), 10_001, false, true],
    ['nor for who is past a line in which nobody stands', line(last('b', false)), 10_001, true, true],
    ['is not lost for good by a mark from the future', line({ last: { execution: 'b', from: 999_000, isLight: false } }, ...CROWD), 10_000, false, true],
  ])('%s', (_what, before, at, isLight, expected) => {
    const after = momentTaken(before, 'a', at, isLight);
    expect(hasMoment(after, 'a', at)).toBe(expected);
    // Taken twice, as where the answer to the write was lost, it is the same.
    expect(hasMoment(momentTaken(after, 'a', at, isLight), 'a', at)).toBe(expected);
  });

  test('is one run\'s', () => {
    const taken = momentTaken(line({}, ...CROWD), 'a', 10_000);
    expect(hasMoment(momentTaken(taken, 'b', 10_000), 'b', 10_000)).toBe(false);
  });

  test('is not written where it has not come, nor for who is alone', () => {
    const early = line(last('b', false), ...CROWD);
    expect(momentTaken(early, 'a', 10_500)).toBe(early);
    const alone = line({}, ['a', 'NEW']);
    expect(momentTaken(alone, 'a', 10_500)).toBe(alone);
  });

  test('comes a second after the answer to a populate', () => {
    expect(untilMoment(asked(line({}, ...CROWD), 'b', 10_400), 10_500, true)).toBe(0.9);
    expect(untilMoment(line(last('b', true), ...CROWD), 10_200, true)).toBe(0.3);
    expect(untilMoment(line({}, ...CROWD), 10_200)).toBe(0);
  });
});

describe('the line is open: others hold back', () => {
  const SOON = 12_000;
  test.each<[string, Line, boolean]>([
    ['where somebody may ask for a query', line(last('b', false), ['a', 'READY']), true],
    ['not where nobody is ready', line(last('b', false), ...CROWD), false],
    ['not where the quota is full', line({ ...last('b', false), full: true }, ['a', 'READY']), false],
    ['but once a query has ended', line({ ...last('b', false), full: true, room: 1 }, ['a', 'READY']), true],
    ['not where the service\'s own queue is', line(last('b', false), ['b', 'SUBMITTED'], ['c', 'SUBMITTED'], ['a', 'READY']), false],
    ['not for one who has let seconds pass: it may be dead', line({ last: { execution: 'b', from: SOON - 5_000, isLight: true } }, ['a', 'READY']), false],
  ])('%s', (_what, before, expected) => {
    expect(isOpen(before, SOON)).toBe(expected);
  });
});
