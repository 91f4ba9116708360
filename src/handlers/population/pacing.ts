/** When to look again. All in seconds. */

const clamp = (value: number, low: number, high: number) => Math.min(Math.max(value, low), high);

/** Between two looks at what is about to end: a running query, its version's going live, a cancellation. */
export const LOOKS_EVERY = 3;

/** Where others wait for it to end. */
export const LOOKS_FOR_OTHERS_EVERY = 1;

/** No query is over sooner. */
export const FIRST_LOOK_AFTER = 2;

/** A query that waits in the service's own queue may do so for long. */
export const untilQueuedLook = (age: number): number => clamp(age * 0.2, 2, 30);

/** The wait after a check that failed: doubling from 2 seconds to a minute, up to half of it by chance, so that runs do not march in step. */
export function backOff(failedChecks: number, chance: number): number {
  const most = Math.min(2 ** clamp(failedChecks, 1, 10), 60);
  return most * (0.5 + chance / 2);
}

/** An execution may have 25,000 events, nine of which a look from the machine takes: what waits for long is looked at less often. */
const slowly = (wait: number, age: number): number => clamp(wait, age / 60, 60);

/** Those who are next in a line look at it every second, in the function; the others about when the line may have come to them. */
export const NEXT_IN_LINE = 1;
/** Whoever is first and waits for room asks the record, not Clean Rooms. */
export const FIRST_IN_LINE = 0.1;
/** In a line of those who look only, and of those who populate. */
export const LOOKS_PASS_EVERY = 0.75;
export const PASSES_EVERY = 1.5;

export const untilLineLook = (place: number, every: number, age: number): number => slowly(clamp(place * every, 2, 30), age);

/** Behind another run of the same population, which may take hours. */
export const untilTurn = (place: number, age: number): number => slowly(clamp(age / 10, 3, 15) * clamp(place, 1, 3), age);

/** Others' queries end unseen: a stack asks now and then, although no query of its own has made room. It costs a twentieth of the wait at most. */
export const untilOwnTry = (age: number, chance: number): number => clamp(20 + 10 * chance, age / 20, 150);

/** While somebody else populates the table. */
export const untilNextAttempt = (age: number, chance: number): number => slowly(8 + 8 * chance, age);

/** When to look for the version of a populate whose answer is not known, counted from when it was sent. */
const LOOKS = [5, 15, 30, 45, 60, 75];

export function untilNextLook(doubtAge: number, end: number): number {
  const next = LOOKS.find((look) => look > doubtAge) ?? Math.max(end, doubtAge + 5);
  return Math.max(1, next - doubtAge);
}
