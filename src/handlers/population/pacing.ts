/** When to look again. All in seconds; Step Functions waits whole seconds. */

const clamp = (value: number, low: number, high: number) => Math.min(Math.max(value, low), high);

/**
 * The wait before the next look at a running query: a tenth of its age, so that its end is seen within a tenth of its own length.
 *
 * Where the live version's own query took a known time, the look that would fall past that time is made then, and the next ones
 * soon after it: queries take about as long as the last time, and wait a little for their start, which is not in that time. It is
 * never used to look less often: a query that ends early, as those that fail do, would be seen late.
 */
export function untilNextCheck(age: number, expected?: number): number {
  const usual = Math.floor(clamp(age * 0.1, 5, 60));
  if (expected === undefined) {
    return usual;
  }
  const untilExpected = Math.ceil(expected - age) + 1;
  if (untilExpected <= 2) {
    return clamp(Math.floor(age - expected), 5, usual);
  }
  return Math.min(untilExpected, usual);
}

/** Seconds until a place in a round that all populations share. */
const untilPlace = (place: number, now: number, round: number): number => ((place - now) % round + round) % round;

/** The wait in place of `wait` that ends in a second of the population's own, so that not all the populations of a stack look at once. */
export function untilOwnSecond(wait: number, nowMillis: number, slot: number, slots: number): number {
  const round = roundOfLooks(slots);
  if (round === 1) {
    return wait;
  }
  // A look comes some hundred milliseconds after the wait's end.
  const next = untilPlace(slot, (nowMillis - 300) / 1000, round);
  const rounds = Math.max(0, Math.floor((wait + 0.5 - next) / round));
  return Math.max(1, Math.round(next + rounds * round));
}

/** Two looks a second at the most. Up to ten populations lose nothing by it: five seconds are the shortest time between two looks. */
const roundOfLooks = (slots: number): number => (slots <= 2 ? 1 : 5 * Math.ceil(slots / 10));

/** The wait after a check that failed: doubling from 2 seconds to a minute, up to half of it by chance, so that runs do not march in step. */
export function backOff(failedChecks: number, chance: number): number {
  const most = Math.min(2 ** clamp(failedChecks, 1, 10), 60);
  return Math.max(1, Math.round(most * (0.5 + chance / 2)));
}

/** An attempt is two requests of the account's five a second; two looks may come in the same one, and neighbours half a second early or late. */
const SECONDS_PER_ATTEMPT = 1.25;
const SOONEST = 5;
/** An execution may have 25,000 events, nine of which an attempt takes. */
const SLOWS_DOWN_BY = 60;
const LONGEST_PAUSE = 60;

/** The fewer populations there are, the further apart they can be without waiting long. */
const roundOfAttempts = (slots: number): number => Math.max(clamp(slots * 2, 15, 20), Math.ceil(slots * SECONDS_PER_ATTEMPT));

/** A run's first look takes three requests, and its first attempt, a second later, two. Queries, two to five at a time, begin less often. */
const STARTS_EVERY = 3;

/** The run that is first in its stack's row does not wait; the others follow three seconds apart. */
export function firstWait(slot: number): number {
  return slot * STARTS_EVERY;
}

/**
 * The wait before a population that was refused, or found another one running, tries again: until its own place in the next round.
 * All the populations of a stack share the round and each has its own place in it, so that together they make less than one attempt a second;
 * where in its place's first quarter is left to chance, so that stacks do not march in step either, and neighbours keep apart.
 */
export function untilNextAttempt(nowMillis: number, slot: number, slots: number, chance: number, soonest = SOONEST): number {
  const round = roundOfAttempts(slots);
  const place = (((slot % slots) + chance / 4) * round) / slots;
  const wait = untilPlace(place, nowMillis / 1000, round);
  const rounds = Math.ceil(Math.max(0, soonest - wait) / round);
  return Math.round(wait + rounds * round);
}

/** A run's second attempt comes only after the first ones of all the others. An hour later it asks once a minute. */
export const soonestAttempt = (age: number, slots: number): number =>
  Math.max(SOONEST, firstWait(slots) + SOONEST - age, Math.min(age / SLOWS_DOWN_BY, LONGEST_PAUSE));

/** When to look for the version of a populate whose answer is not known, counted from when it was sent. */
const LOOKS = [5, 15, 30, 45, 60];

/** Past this, a version that is not in the list does not exist: a request ends within 15 seconds, and the list lags by seconds. */
export const DOUBT_SETTLES_AFTER = LOOKS[LOOKS.length - 1];

export function untilNextLook(doubtAge: number): number {
  const next = LOOKS.find((look) => look > doubtAge) ?? doubtAge + 5;
  return Math.max(1, Math.ceil(next - doubtAge));
}
