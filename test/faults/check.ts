import * as fc from 'fast-check';
import { isFlawless, judge, Verdict } from './oracle';
import { play } from './play';
import { schedules } from './schedule';
import { added, Tally, tallyOf } from './tally';

export type Counts = Omit<Verdict, 'details'>;

export interface Checked {
  readonly runs: number;
  readonly counts: Counts;
  /** Of all that was played. */
  readonly tally: Tally;
  /** Of the first schedule that went wrong, shrunk: fast-check's words, the schedule as JSON, and its path. */
  readonly counterexample?: { readonly report: string; readonly schedule: string; readonly path: string };
}

/** A schedule that went wrong, as it was drawn. */
export interface Failure {
  readonly path: string;
  readonly details: readonly string[];
}

export interface Check {
  readonly runs: number;
  readonly seed: number;
  readonly path?: string;
  /** Goes on after a failure, and shrinks none. */
  readonly goesOn?: boolean;
  /** Plays no further schedule after so many seconds. */
  readonly mostSeconds?: number;
  readonly onRun?: (runs: number) => void;
  readonly onFailure?: (failure: Failure) => void;
}

/** Plays many schedules from a seed; the first that goes wrong is shrunk and ends the check. */
export async function check({ runs: numRuns, seed, path, goesOn = false, mostSeconds = Infinity, onRun, onFailure }: Check): Promise<Checked> {
  let runs = 0;
  let failed = false;
  let counts = {} as Counts;
  let tally: Tally = {};
  const end = Date.now() + mostSeconds * 1000;
  const property = fc.asyncProperty(schedules, async (schedule) => {
    if (!failed && Date.now() > end) {
      return;
    }
    const played = await play(schedule);
    const verdict = judge(played);
    if (!failed) {
      const { details: _, ...found } = verdict;
      counts = added(counts, found);
      tally = added(tally, tallyOf(played));
      onRun?.(++runs);
    }
    if (isFlawless(verdict)) {
      return;
    }
    if (goesOn) {
      onFailure?.({ path: path ?? String(runs - 1), details: verdict.details });
      return;
    }
    failed = true;
    throw new Error(verdict.details.slice(0, 10).join('\n'));
  });
  const outcome = await fc.check(property, { numRuns, seed, path });
  return {
    runs,
    counts,
    tally,
    counterexample: outcome.failed
      ? { report: fc.defaultReportMessage(outcome) ?? '', schedule: JSON.stringify(outcome.counterexample), path: outcome.counterexamplePath ?? '' }
      : undefined,
  };
}
