import { fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { added, Check, check, Checked, Counts } from './check';

const TITLES: Record<keyof Counts, string> = {
  populatesBeyondOne: 'accepted populates beyond one',
  unanswered: 'unanswered events',
  notLive: 'successes that were not live',
  overSize: 'answers over size',
  sensitive: 'sensitive values seen',
  blockedDeletes: 'blocked deletes',
  wrongData: 'deploys that ended with other data',
  wentLive: 'data that went live after a failure',
  broken: 'broken runs',
};

const PROGRESS_EVERY = 100;

type Share = Omit<Check, 'onRun'>;

type Message = { readonly progress: number } | Checked;

/** Many schedules, on all processors; the first that goes wrong is printed with what reproduces it, and ends the run. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      runs: { type: 'string', default: '1000' },
      seed: { type: 'string' },
      path: { type: 'string' },
      workers: { type: 'string' },
      minutes: { type: 'string' },
    },
  });
  const seed = Number(values.seed ?? Date.now() % 1_000_000);
  const runs = Number(values.runs);
  // As many of the runs as fit.
  const mostSeconds = values.minutes === undefined ? undefined : Number(values.minutes) * 60;
  const workers = values.path ? 1 : Math.min(runs, Number(values.workers ?? availableParallelism()));
  // Each worker plays the schedules of a seed of its own.
  const shares = Array.from({ length: workers }, (_, index) => ({
    runs: Math.floor((runs + index) / workers), seed: seed + index, path: values.path, mostSeconds,
  }));
  const began = Date.now();
  const results = await playAll(shares, (played) => {
    process.stderr.write(`${played} of ${runs} runs, ${Math.round((Date.now() - began) / played)} ms each\n`);
  });
  console.log(`seeds ${seed} to ${seed + workers - 1}, ${Math.round((Date.now() - began) / 1000)} s`);
  print(results, shares);
}

/** In processes of their own, until all have ended or one has found something. */
function playAll(shares: readonly Share[], onProgress: (played: number) => void): Promise<(Checked | undefined)[]> {
  const results: (Checked | undefined)[] = shares.map(() => undefined);
  let played = 0;
  return new Promise((resolve, reject) => {
    const children = shares.map((share, index) => {
      const child = fork(__filename, ['--share', JSON.stringify(share)]);
      child.on('message', (message: Message) => {
        if ('progress' in message) {
          onProgress(played += message.progress);
          return;
        }
        results[index] = message;
        if (message.counterexample || results.every(Boolean)) {
          children.forEach((other) => other.kill());
          resolve(results);
        }
      });
      child.on('exit', (code) => code && reject(new Error(`The worker of seed ${share.seed} ended with ${code}.`)));
      return child;
    });
  });
}

function print(results: readonly (Checked | undefined)[], shares: readonly Share[]): void {
  const checked = results.filter((result) => result !== undefined);
  const counts = checked.reduce((total, result) => added(total, result.counts), {} as Counts);
  const rows = Object.entries(TITLES).map(([key, title]) => [title, counts[key as keyof Counts] ?? 0]);
  console.table({ runs: checked.reduce((total, result) => total + result.runs, 0), ...Object.fromEntries(rows) as Record<string, number> });
  results.forEach((result, index) => {
    if (result?.counterexample) {
      const { report, schedule, path } = result.counterexample;
      console.log(`${report}\n${schedule}\nReproduce it: npm run test:faults -- --runs 1 --seed ${shares[index].seed} --path ${path}`);
      process.exitCode = 1;
    }
  });
}

async function playShare(share: Share): Promise<void> {
  const checked = await check({ ...share, onRun: (runs) => { if (runs % PROGRESS_EVERY === 0) process.send!({ progress: PROGRESS_EVERY }); } });
  process.send!(checked);
}

const [flag, share] = process.argv.slice(2);
void (flag === '--share' ? playShare(JSON.parse(share) as Share) : main());
