import * as fc from 'fast-check';
import { backOff, DOUBT_SETTLES_AFTER, firstWait, untilNextAttempt, untilNextCheck, untilNextLook, untilOwnSecond } from '../../../src/handlers/population/pacing';

const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

/** The ages at which a query of this length is looked at; the last one sees its end. */
function checks(length: number, expected?: number): number[] {
  const ages = [untilNextCheck(0, expected)];
  while (ages[ages.length - 1] < length) {
    const age = ages[ages.length - 1];
    ages.push(age + untilNextCheck(age, expected));
  }
  return ages;
}

const lag = (length: number, expected?: number): number => checks(length, expected).at(-1)! - length;

describe('untilNextCheck', () => {
  const lengths = fc.integer({ min: 1, max: 86_400 });
  const allowed = (length: number) => Math.min(Math.max(length / 10, 5), 60);

  test('sees a query\'s end within a tenth of its length, or within 5 seconds, and never more than a minute late', () => {
    fc.assert(fc.property(lengths, (length) => lag(length) <= allowed(length)));
  });

  test('does so whatever the last query took', () => {
    fc.assert(fc.property(lengths, lengths, (length, expected) => lag(length, expected) <= allowed(length)));
  });

  test('waits whole seconds, at least 3 and at most 60', () => {
    fc.assert(fc.property(fc.double({ min: 0, max: 90_000, noNaN: true }), fc.option(lengths, { nil: undefined }), (age, expected) => {
      const wait = untilNextCheck(age, expected);
      return Number.isInteger(wait) && wait >= 3 && wait <= 60;
    }));
  });

  test('looks within two seconds of the moment at which the last query ended', () => {
    fc.assert(fc.property(fc.integer({ min: 2, max: 86_400 }), (length) => checks(length, length).some((age) => Math.abs(age - length) <= 2)));
    expect(lag(1810)).toBeGreaterThan(50);
    expect(lag(1810, 1810)).toBe(1);
  });

  test('sees the end of a query that takes a little longer than the last one soon', () => {
    fc.assert(fc.property(fc.integer({ min: 2, max: 80_000 }), fc.integer({ min: 0, max: 120 }), (expected, longer) =>
      lag(expected + longer, expected) <= Math.max(5, longer)));
    expect(lag(1812, 1810)).toBe(4);
  });

  test('costs six more checks at most where the last query\'s length is known', () => {
    fc.assert(fc.property(lengths, lengths, (length, expected) => checks(length, expected).length <= checks(length).length + 6));
  });

  test.each([
    ['1 minute', 60, 12],
    ['10 minutes', 600, 37],
    ['30 minutes', 1800, 57],
    ['12 hours', 43_200, 747],
  ])('looks at a query of %s (%i s) %i times', (_length, seconds, times) => {
    expect(checks(seconds)).toHaveLength(times);
  });
});

describe('backOff', () => {
  test('doubles from 2 seconds to a minute, of which up to half is left to chance', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 100 }), chance, (failedChecks, by) => {
      const most = Math.min(2 ** Math.min(failedChecks, 10), 60);
      const wait = backOff(failedChecks, by);
      return Number.isInteger(wait) && wait >= Math.max(1, Math.floor(most / 2)) && wait <= most;
    }));
    expect([1, 2, 3, 4, 5, 6, 7].map((failedChecks) => backOff(failedChecks, 0.999))).toEqual([2, 4, 8, 16, 32, 60, 60]);
    expect([1, 2, 3, 4, 5, 6, 7].map((failedChecks) => backOff(failedChecks, 0))).toEqual([1, 2, 4, 8, 16, 30, 30]);
  });
});

describe('turns of a stack\'s populations', () => {
  const places = fc.integer({ min: 1, max: 200 }).chain((slots) => fc.tuple(fc.constant(slots), fc.integer({ min: 0, max: slots - 1 })));
  const moments = fc.integer({ min: 1.7e12, max: 1.9e12 });
  const roundOf = (slots: number) => Math.max(Math.min(Math.max(2 * slots, 15), 20), Math.ceil(slots * 1.25));

  test('they begin three seconds apart, the first at once', () => {
    expect([0, 1, 2, 9].map(firstWait)).toEqual([0, 3, 6, 27]);
  });

  test('an attempt falls, within the second that Step Functions rounds to, into the population\'s own place in the round', () => {
    fc.assert(fc.property(places, moments, chance, ([slots, slot], now, by) => {
      const round = roundOf(slots);
      const at = now / 1000 + untilNextAttempt(now, slot, slots, by);
      const distance = ((at - (slot * round) / slots) % round + round) % round;
      return distance <= round / slots / 4 + 0.51 || distance >= round - 0.51;
    }));
  });

  test('an attempt comes after 5 seconds at the soonest, and after a round and 5 seconds at the latest', () => {
    fc.assert(fc.property(places, moments, chance, ([slots, slot], now, by) => {
      const wait = untilNextAttempt(now, slot, slots, by);
      return Number.isInteger(wait) && wait >= 5 && wait <= roundOf(slots) + 5;
    }));
  });

  test('all populations of a stack, refused again and again, make at most four attempts in five seconds together', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 60 }), moments, fc.infiniteStream(chance), (slots, start, chances) => {
      const attempts = Array.from({ length: slots }, (_, slot) => attemptsOf(slot, slots, start, 600, chances)).flat();
      // One more each: the round that is under way at the start is not over.
      expect(attempts.length).toBeLessThanOrEqual(480 + slots);
      expect(busiest(attempts, 6)).toBeLessThanOrEqual(6);
    }), { numRuns: 50 });
  });

  test('chance moves an attempt within its place, so that stacks do not march in step', () => {
    const waits = new Set([0, 0.25, 0.5, 0.75].map((by) => untilNextAttempt(1.8e12, 0, 1, by)));
    expect(waits.size).toBe(4);
  });

  test('a slot past the stack\'s count, from an execution that is older than the template, has a place, too', () => {
    expect(untilNextAttempt(1.8e12, 13, 10, 0.5)).toBe(untilNextAttempt(1.8e12, 3, 10, 0.5));
  });

  function attemptsOf(slot: number, slots: number, start: number, seconds: number, chances: Iterator<number>): number[] {
    const attempts = [];
    const next = (now: number) => now + untilNextAttempt(now, slot, slots, chances.next().value) * 1000;
    for (let now = next(start); now < start + seconds * 1000; now = next(now)) {
      attempts.push(now / 1000);
    }
    return attempts;
  }

  /** The most attempts that fall into so many seconds. */
  function busiest(attempts: number[], seconds: number): number {
    return Math.max(...attempts.map((from) => attempts.filter((at) => at >= from && at < from + seconds).length));
  }
});

describe('a second of the population\'s own', () => {
  const places = fc.integer({ min: 1, max: 200 }).chain((slots) => fc.tuple(fc.constant(slots), fc.integer({ min: 0, max: slots - 1 })));
  const moments = fc.integer({ min: 1.7e12, max: 1.9e12 });
  const usual = fc.integer({ min: 3, max: 60 });
  const roundOf = (slots: number) => 5 * Math.ceil(slots / 10);

  test('is a look\'s, within the second that Step Functions rounds to, for each of more than two populations', () => {
    fc.assert(fc.property(places, moments, usual, ([slots, slot], now, wait) => {
      const round = roundOf(slots);
      const own = untilOwnSecond(wait, now, slot, slots);
      const distance = ((now / 1000 + own - slot) % round + round) % round;
      // A wait is a second at least, though the own one has just begun.
      return slots <= 2 || own === 1 || distance <= 0.81 || distance >= round - 0.21;
    }));
  });

  test('comes no later than without it, except where so many populations share the seconds', () => {
    fc.assert(fc.property(places, moments, usual, ([slots, slot], now, wait) => {
      const own = untilOwnSecond(wait, now, slot, slots);
      return Number.isInteger(own) && own >= 1 && own <= Math.max(wait, slots <= 2 ? 0 : roundOf(slots)) + 0.5;
    }));
  });

  test('of up to ten populations delays nobody: their looks are five seconds apart as it is', () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 9 }), moments, fc.integer({ min: 5, max: 60 }), (slot, now, wait) =>
      untilOwnSecond(wait, now, slot, 10) <= wait));
  });

  test('is any second for one population or two', () => {
    fc.assert(fc.property(fc.constantFrom(1, 2), moments, usual, (slots, now, wait) => untilOwnSecond(wait, now, slots - 1, slots) === wait));
  });
});

describe('untilNextLook', () => {
  /** The ages of a doubt at which its version is looked for. */
  function looks(): number[] {
    const ages = [0];
    while (ages[ages.length - 1] < DOUBT_SETTLES_AFTER) {
      const age = ages[ages.length - 1];
      ages.push(age + untilNextLook(age));
    }
    return ages.slice(1);
  }

  test('covers the time in which a version may still show, the last moment included', () => {
    expect(looks()).toEqual([5, 15, 30, 45, 60]);
    expect(DOUBT_SETTLES_AFTER).toBe(60);
  });

  test('goes on from any age, never past the next look, and always forward', () => {
    fc.assert(fc.property(fc.double({ min: 0, max: 59.9, noNaN: true }), (age) => {
      const next = age + untilNextLook(age);
      return next > age && next <= DOUBT_SETTLES_AFTER + 1 && untilNextLook(age) <= 15;
    }));
  });

  test('does not stop beyond the settle window', () => {
    expect(untilNextLook(75)).toBe(5);
  });
});
