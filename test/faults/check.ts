import * as fc from 'fast-check';
import { isFlawless, judge, Verdict } from './oracle';
import { play } from './play';
import { schedules } from './schedule';

export type Counts = Omit<Verdict, 'details'>;

export interface Checked {
  readonly runs: number;
  readonly counts: Counts;
  /** Of the first schedule that went wrong, shrunk: fast-check's words, the schedule as JSON, and its path. */
  readonly counterexample?: { readonly report: string; readonly schedule: string; readonly path: string };
}

export interface Check {
  readonly runs: number;
  readonly seed: number;
  readonly path?: string;
  /** Plays no further schedule after so many seconds. */
  readonly mostSeconds?: number;
  readonly onRun?: (runs: number) => void;
}

/** Plays many schedules from a seed; the first that goes wrong is shrunk and ends the check. */
export async function check({ runs: numRuns, seed, path, mostSeconds = Infinity, onRun }: Check): Promise<Checked> {
  let runs = 0;
  let failed = false;
  let counts = {} as Counts;
  const end = Date.now() + mostSeconds * 1000;
  const property = fc.asyncProperty(schedules, async (schedule) => {
    if (!failed && Date.now() > end) {
      return;
    }
    const { details, ...found } = judge(await play(schedule));
    if (!failed) {
      counts = added(counts, found);
      runs++;
      onRun?.(runs);
    }
    failed ||= details.length > 0;
    if (!isFlawless({ ...found, details })) {
      throw new Error(details.slice(0, 10).join('\n'));
    }
  });
  const outcome = await fc.check(property, { numRuns, seed, path });
  return {
    runs,
    counts,
    counterexample: outcome.failed
      ? { report: fc.defaultReportMessage(outcome) ?? '', schedule: JSON.stringify(outcome.counterexample), path: outcome.counterexamplePath ?? '' }
      : undefined,
  };
}

export function added(a: Partial<Counts>, b: Partial<Counts>): Counts {
  const keys = [...new Set([...Object.keys(a), ...Object.keys(b)])] as (keyof Counts)[];
  return Object.fromEntries(keys.map((key) => [key, (a[key] ?? 0) + (b[key] ?? 0)])) as unknown as Counts;
}
