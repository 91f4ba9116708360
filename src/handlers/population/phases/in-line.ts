import { entered, firstAhead, leftLine, type Line } from '../../record/line';
import type { Answer } from '../../service-error';
import type { Outside } from '../outside';
import type { Run } from '../run-state';

/** Where a run has that little time, it does not wait in line. */
const HURRIES = 150;
export const hurries = (state: Run, now: number): boolean => state.deadline - now < HURRIES * 1_000;

/** Keeps one's place in the stack's line, past those that have ended without a word. */
export async function inLine(state: Run, outside: Outside, as: 'NEW' | 'READY'): Promise<Answer<Line>> {
  const { execution } = state;
  const line = await outside.record.changeLine((known) => entered(known, execution, as));
  const first = line.ok ? firstAhead(line.value, execution) : undefined;
  if (first === undefined || outside.clock.now() - outside.clock.entered > 1_000 || await outside.statusOf(first) !== 'ENDED') {
    return line;
  }
  return outside.record.changeLine((known) => leftLine(known, first));
}
