import { fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { inspect } from 'util';
import { draw } from './draw';
import { shrink } from './shrink';
import { World } from './world';

/** More than these are shared out among the processors. */
const MOST_OF_ONE = 100;

/**
 * Plays random lives and tells which promises they break.
 *
 *     npx tsx test/lives/cli.ts --runs 1000 --seed 1
 *     npx tsx test/lives/cli.ts --show 17 [--kind PAID_TWICE] [--whole] [--writes]
 */
async function main(): Promise<void> {
  const option = (name: string): string | undefined => (process.argv.includes(`--${name}`) ? process.argv[process.argv.indexOf(`--${name}`) + 1] : undefined);
  if (option('show')) {
    return show(Number(option('show')), option('kind'), process.argv.includes('--whole'));
  }
  const [runs, first] = [Number(option('runs') ?? 200), Number(option('seed') ?? Date.now() % 1_000_000)];
  if (runs > MOST_OF_ONE) {
    return shareOut(runs, first);
  }
  const begun = process.cpuUsage();
  const seeds = new Map<string, number[]>();
  let seconds = 0;
  for (let seed = first; seed < first + runs; seed++) {
    for (const kind of new Set(await violationsOf(seed))) {
      seeds.set(kind, [...seeds.get(kind) ?? [], seed]);
    }
    const { user, system } = process.cpuUsage(begun);
    seconds = (user + system) / 1e6;
  }
  console.log(`${runs} lives, seeds ${first} to ${first + runs - 1}: ${seconds.toFixed(0)} s of processor time, ${(seconds / runs).toFixed(3)} s a life`);
  for (const [kind, found] of [...seeds].sort(([a], [b]) => (a < b ? -1 : 1))) {
    console.log(kind.padEnd(28), String(found.length).padStart(5), ' seeds', found.slice(0, 12).join(' '));
  }
  process.exitCode = seeds.size ? 1 : 0;
}

/** One after another on each processor, so that what is found is told soon. */
async function shareOut(runs: number, first: number): Promise<void> {
  const firsts = Array.from({ length: Math.ceil(runs / MOST_OF_ONE) }, (_, index) => first + index * MOST_OF_ONE);
  await Promise.all(Array.from({ length: availableParallelism() }, async () => {
    for (let next = firsts.shift(); next !== undefined; next = firsts.shift()) {
      const share = fork(__filename, ['--runs', String(Math.min(MOST_OF_ONE, first + runs - next)), '--seed', String(next)]);
      const code = await new Promise((resolve) => share.once('exit', resolve));
      process.exitCode = code ? 1 : process.exitCode;
    }
  }));
}

async function violationsOf(seed: number): Promise<readonly string[]> {
  try {
    return (await World.play(draw(seed))).oracle.violations.map(({ kind }) => kind);
  } catch (error) {
    return [(error as Error).message.split(':')[0]];
  }
}

async function show(seed: number, wanted: string | undefined, isWhole: boolean): Promise<void> {
  const life = draw(seed);
  const kind = wanted ?? (await violationsOf(seed))[0];
  const shown = kind && !isWhole ? await shrink(life, kind) : life;
  const world = await World.play(shown, true);
  console.log(inspect(shown, { depth: 9, breakLength: 160, compact: 5 }));
  console.log(world.lines.filter((line) => process.argv.includes('--writes') || !line.includes('  writes ')).join('\n'));
}

void main();
