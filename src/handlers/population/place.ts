import type { Outside } from './outside';
import type { Run } from './run-state';
import { entered, firstAhead, leftLine, type Line } from '../record/line';
import { hasMoment, isOpen, momentTaken } from '../record/moments';
import type { Answer } from '../service-error';

/** Where a run has that little time, it does not wait in line. */
const HURRIES = 150;

export const hurries = (state: Run, now: number): boolean => state.deadline - now < HURRIES * 1_000;

export interface Place {
  readonly line: Answer<Line>;
  /** The run is next, and the moment is its own. */
  readonly isReached: boolean;
}

/** Keeps one's place in the stack's line, and takes a moment where that is reached. */
export async function reachPlace(
  state: Run, outside: Outside, as: 'NEW' | 'READY', isNext: (line: Line, now: number) => boolean, isLight = false,
): Promise<Place> {
  const { execution } = state;
  const now = outside.clock.now();
  let wasNext = false;
  const line = await inLine(state, outside, as, (known) => {
    // As the line was before: a moment that has just been taken makes it look as if somebody were about to populate.
    wasNext = isNext(known, now);
    return wasNext ? momentTaken(known, execution, now, isLight) : known;
  });
  return { line, isReached: line.ok && wasNext && hasMoment(line.value, execution, now) };
}

/** Past those that have ended without a word. */
async function inLine({ execution }: Run, { record, clock, statusOf }: Outside, as: 'NEW' | 'READY', take: (line: Line) => Line): Promise<Answer<Line>> {
  const line = await record.changeLine((known) => take(entered(known, execution, as)));
  const first = line.ok ? firstAhead(line.value, execution) : undefined;
  if (first === undefined || clock.now() - clock.entered > 1_000 || await statusOf(first) !== 'ENDED') {
    return line;
  }
  return record.changeLine((known) => take(leftLine(known, first)));
}

/** The longest that a run past the line lets those in it go first, in milliseconds. */
const GIVES_WAY = 10_000;

interface Patient {
  /** Since when it has let others of the stack go first. */
  readonly givesWaySince?: number;
}

export const givingWay = <S extends Patient>(state: S, now: number): S => ({ ...state, givesWaySince: state.givesWaySince ?? now });

/** Whether a single request may go out, of a run that is past the line; where the line cannot tell, it does. */
export async function takesMoment(
  { execution, givesWaySince }: Run & Patient, { record, clock }: Outside, isFree: (line: Line) => boolean = () => false,
): Promise<boolean> {
  const at = clock.now();
  const line = await record.changeLine((known) => (isFree(known) || isOpen(known, at) ? known : momentTaken(known, execution, at, true)));
  const isPatient = at - (givesWaySince ?? at) < GIVES_WAY;
  return !line.ok || !isPatient || isFree(line.value) || hasMoment(line.value, execution, at);
}
