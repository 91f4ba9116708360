import type { Outside } from './outside';
import type { Run } from './run-state';
import { entered, firstAhead, leftLine, type Line } from '../record/line';
import { hasMoment, isOpen, momentTaken } from '../record/moments';
import type { Answer } from '../service-error';

/** Where a run has that little time, it does not wait in line. */
const HURRIES = 150;

export const hurries = (state: Run, now: number): boolean => state.deadline - now < HURRIES * 1_000;

/** Keeps one's place in the stack's line, past those that have ended without a word; and takes what comes with it. */
export async function inLine(state: Run, outside: Outside, as: 'NEW' | 'READY', take: (line: Line) => Line): Promise<Answer<Line>> {
  const { execution } = state;
  const line = await outside.record.changeLine((known) => take(entered(known, execution, as)));
  const first = line.ok ? firstAhead(line.value, execution) : undefined;
  if (first === undefined || outside.clock.now() - outside.clock.entered > 1_000 || await outside.statusOf(first) !== 'ENDED') {
    return line;
  }
  return outside.record.changeLine((known) => take(leftLine(known, first)));
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
