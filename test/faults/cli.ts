import { parseArgs } from 'node:util';
import * as fc from 'fast-check';
import { isFlawless, judge, Verdict } from './oracle';
import { play } from './play';
import { schedules } from './schedule';

const TITLES: Record<keyof Omit<Verdict, 'details'>, string> = {
  populatesBeyondOne: 'accepted populates beyond one',
  unanswered: 'unanswered events',
  notLive: 'successes that were not live',
  overSize: 'answers over size',
  sensitive: 'sensitive values seen',
  blockedDeletes: 'blocked deletes',
  wrongData: 'deploys that ended with other data',
  broken: 'broken runs',
};

/** Many schedules; the first that goes wrong is shrunk, printed with what reproduces it, and ends the run. */
async function main(): Promise<void> {
  const { values } = parseArgs({ options: { runs: { type: 'string', default: '1000' }, seed: { type: 'string' }, path: { type: 'string' } } });
  const seed = Number(values.seed ?? Date.now() % 1_000_000);
  const totals = Object.fromEntries(Object.keys(TITLES).map((key) => [key, 0])) as Record<keyof typeof TITLES, number>;
  const began = Date.now();
  let runs = 0;
  let counterexample: unknown;
  const property = fc.asyncProperty(schedules, async (schedule) => {
    const verdict = judge(await play(schedule));
    if (counterexample === undefined) {
      runs++;
      Object.keys(TITLES).forEach((key) => { totals[key as keyof typeof TITLES] += verdict[key as keyof typeof TITLES]; });
      progress(runs, Number(values.runs), began);
    }
    if (!isFlawless(verdict)) {
      counterexample = schedule;
      throw new Error(verdict.details.slice(0, 10).join('\n'));
    }
  });
  const outcome = await fc.check(property, { numRuns: Number(values.runs), seed, path: values.path });
  console.log(`seed ${seed}, ${Math.round((Date.now() - began) / 1000)} s`);
  console.table({ runs: runs, ...Object.fromEntries(Object.entries(TITLES).map(([key, title]) => [title, totals[key as keyof typeof TITLES]])) });
  if (outcome.failed) {
    console.log(fc.defaultReportMessage(outcome));
    console.log(JSON.stringify(outcome.counterexample, undefined, 2));
    console.log(`Reproduce it: npm run test:faults -- --runs 1 --seed ${seed} --path ${outcome.counterexamplePath}`);
    process.exitCode = 1;
  }
}

function progress(runs: number, of: number, began: number): void {
  if (runs % 100 === 0) {
    process.stderr.write(`${runs} of ${of} runs, ${Math.round((Date.now() - began) / runs)} ms each\n`);
  }
}

void main();
