import { placeToPopulate, type Line } from './line';

/**
 * When a run of the line may ask Clean Rooms. Where many are in it, they keep apart: what one asks at once, such as a populate with the lists
 * before it, comes a second after what another has asked. Only looks at running queries are not counted.
 */
const APART = 1_000;
/** Between two of whom each makes a single request. */
const LIGHTLY_APART = 500;
/** A run that may ask for a query does so soon, if it is alive. */
const ASKS_WITHIN = 5_000;

const isAlone = ({ entries }: Line, execution: string): boolean => entries.every((entry) => entry.execution === execution);

/** Takes the next moment for a run's requests, if it has come. The stack's first populate follows its own look at once. */
export function momentTaken(line: Line, execution: string, at: number, isLight = false): Line {
  const { last, askedAt } = line;
  const isFirst = last?.execution === execution && askedAt === undefined;
  return isAlone(line, execution) || (untilMoment(line, at, isLight) > 0 && !isFirst) ? line : { ...line, last: { execution, from: at, isLight } };
}

/** Whether the moment is the run's. Who is alone needs none. */
export const hasMoment = (line: Line, execution: string, at: number): boolean =>
  isAlone(line, execution) || (line.last?.execution === execution && line.last.from === at);

/** How long until the next moment can be taken, in seconds. */
export function untilMoment({ last }: Line, at: number, isLight = false): number {
  const passed = last ? Math.abs(at - last.from) : Infinity;
  return Math.max(0, (last?.isLight && isLight ? LIGHTLY_APART : APART) - passed) / 1_000;
}

/** The next one is about to ask for a query, unless it has let seconds pass: others have time. */
export const isOpen = (line: Line, at: number): boolean => (!line.full || line.room > 0) && at - (line.last?.from ?? at) < ASKS_WITHIN
  && line.entries.some(({ execution, state }) => state === 'READY' && placeToPopulate(line, execution) === 0);
