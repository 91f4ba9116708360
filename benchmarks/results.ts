import { cpus, loadavg } from 'node:os';
import { Duration } from 'aws-cdk-lib';
import { ColdStart, measureColdStarts } from './cold-start/measure';
import { Contention, measureContention } from './contention';
import { Capacity, Deployed, deployMany, measureCapacity } from './footprint/capacity';
import { Footprint, measureFootprints } from './footprint/measure';
import { ImportCost, measureImport } from './import-cost/measure';
import { CANDIDATES } from './peers';
import type { Wait } from './waiting/measure';
import { measureWaiting } from './waiting/series';

/** Everything that is measured, as it goes into the JSON file. */
export interface Results {
  readonly quick: boolean;
  readonly node: string;
  readonly processors: number;
  /** How many processes wanted a processor when the measuring began: with more than there are, times are longer than they need be. */
  readonly load: number;
  readonly waiting: readonly Wait[];
  readonly footprints: readonly Footprint[];
  readonly capacities: readonly Capacity[];
  readonly deployed: Deployed;
  readonly coldStarts: readonly ColdStart[];
  readonly importCost: ImportCost;
  readonly contention: readonly Contention[];
}

/** Timings first, while the process is young: what the simulator leaves in memory slows them. */
export async function measureAll(quick: boolean, tell: (what: string) => void): Promise<Results> {
  const machine = { node: process.version, processors: cpus().length, load: loadavg()[0] };
  tell('cold starts');
  const coldStarts = await measureColdStarts(quick ? 3 : 25);
  tell('import');
  const importCost = await measureImport(quick ? 5 : 25);
  tell('footprint');
  const footprints = await measureFootprints(quick ? [1, 10] : [1, 10, 100], quick ? 1 : 5);
  const capacities = (quick ? [] : CANDIDATES).map(measureCapacity);
  tell('waiting');
  const waiting = await measureWaiting(quick);
  tell('contention');
  const contention: Contention[] = [];
  for (const minutes of quick ? [1] : [1, 5]) {
    for (const overQuota of quick ? ['rejected'] as const : ['rejected', 'queued'] as const) {
      contention.push(await measureContention(quick ? 10 : 50, overQuota, Duration.minutes(minutes)));
    }
  }
  tell('deploy of a hundred');
  const deployed = await deployMany(quick ? 10 : 100);
  return { quick, ...machine, waiting, footprints, capacities, deployed, coldStarts, importCost, contention };
}
