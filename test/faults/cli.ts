import { fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { Check, check, Checked, Counts, Failure } from './check';
import { added, Tally } from './tally';

const TITLES: Record<keyof Counts, string> = {
  populatesBeyondOne: 'accepted populates beyond one',
  unanswered: 'unanswered events',
  notLive: 'successes that were not live',
  overSize: 'answers over size',
  sensitive: 'sensitive values seen',
  blockedDeletes: 'blocked deletes',
  wrongData: 'deploys that ended with other data',
  wentLive: 'data that went live after a failure',
  othersData: 'runs that took other data for their own',
  forNothing: 'failures without anything wrong',
  broken: 'broken runs',
};

const PROGRESS_EVERY = 100;

type Share = Omit<Check, 'onRun' | 'onFailure'>;

type Message = { readonly progress: number } | { readonly failure: Failure } | Checked;

/** Many schedules, on all processors; the first that goes wrong is printed with what reproduces it, and ends the run: or, unshrunk, all do. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      'runs': { type: 'string', default: '1000' },
      'seed': { type: 'string' },
      'path': { type: 'string' },
      'workers': { type: 'string' },
      'minutes': { type: 'string' },
      'no-shrink': { type: 'boolean', default: false },
    },
  });
  const seed = Number(values.seed ?? Date.now() % 1_000_000);
  const runs = Number(values.runs);
  // As many of the runs as fit.
  const mostSeconds = values.minutes === undefined ? undefined : Number(values.minutes) * 60;
  const workers = values.path ? 1 : Math.min(runs, Number(values.workers ?? availableParallelism()));
  // Each worker plays the schedules of a seed of its own.
  const shares = Array.from({ length: workers }, (_, index) => ({
    runs: Math.floor((runs + index) / workers), seed: seed + index, path: values.path, goesOn: values['no-shrink'], mostSeconds,
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
        if ('failure' in message) {
          printFailure(message.failure, share);
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

const known = new Set<string>();

/** Each kind once, at full length. */
function printFailure({ path, details }: Failure, { seed }: Share): void {
  process.exitCode = 1;
  const lines = details.map((detail) => {
    const kind = detail.replace(/[0-9a-f]{8}-[0-9a-f-]{27}|\d+/g, '#');
    const isNew = !known.has(kind);
    known.add(kind);
    return isNew ? detail : detail.slice(0, 60);
  });
  console.log(`--seed ${seed} --path ${path}\n  ${lines.join('\n  ')}`);
}

function print(results: readonly (Checked | undefined)[], shares: readonly Share[]): void {
  const checked = results.filter((result) => result !== undefined);
  const counts = checked.reduce((total, result) => added(total, result.counts), {} as Counts);
  const rows = Object.entries(TITLES).map(([key, title]) => [title, counts[key as keyof Counts] ?? 0]);
  console.table({ runs: checked.reduce((total, result) => total + result.runs, 0), ...Object.fromEntries(rows) as Record<string, number> });
  printTally(checked.reduce<Tally>((total, { tally }) => added(total, tally), {}));
  results.forEach((result, index) => {
    if (result?.counterexample) {
      const { report, schedule, path } = result.counterexample;
      console.log(`${report}\n${schedule}\nReproduce it: npm run test:faults -- --runs 1 --seed ${shares[index].seed} --path ${path}`);
      process.exitCode = 1;
    }
  });
}

/** What there was, so that nobody takes quiet for proof: a line for each service, and for what came of it. */
function printTally(tally: Tally): void {
  const names = Object.keys(tally).sort();
  for (const group of new Set(names.map((name) => name.split(': ')[0]))) {
    const members = names.filter((name) => name.startsWith(`${group}: `)).map((name) => `${name.slice(group.length + 2)} ${tally[name]}`);
    console.log(`${group}: ${members.join(', ')}`);
  }
}

async function playShare(share: Share): Promise<void> {
  const checked = await check({
    ...share,
    onRun: (runs) => { if (runs % PROGRESS_EVERY === 0) process.send!({ progress: PROGRESS_EVERY }); },
    onFailure: (failure) => process.send!({ failure }),
  });
  process.send!(checked);
}

const [flag, share] = process.argv.slice(2);
void (flag === '--share' ? playShare(JSON.parse(share) as Share) : main());
