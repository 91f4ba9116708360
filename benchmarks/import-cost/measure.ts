import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import { promisify } from 'node:util';
import { inTurns, median } from '../statistics';
import { ROOT } from '../workspace';

/** What `require` of the library adds to an app that has required aws-cdk-lib and aws-cdk-lib/aws-cleanrooms. Milliseconds are medians. */
export interface ImportCost {
  /** In an app that has loaded what the library uses of aws-cdk-lib. */
  readonly own: number;
  readonly ownModules: number;
  /** In an app that has not. */
  readonly all: number;
  /** Of aws-cdk-lib, which it then loads. */
  readonly otherModules: number;
}

interface Probe {
  readonly millis: number;
  readonly loaded: readonly string[];
}

export async function measureImport(rounds: number, library = join(ROOT, 'lib/index.js')): Promise<ImportCost> {
  if (!existsSync(library)) {
    throw new Error(`${library} is not there. Compile the library first: npx projen compile.`);
  }
  const { loaded } = await probe(library, []);
  const others = loaded.filter((file) => !file.startsWith(dirname(library) + sep));
  const probes = await inTurns([[], others], rounds, (alreadyLoaded) => probe(library, alreadyLoaded));
  const millisOf = (alreadyLoaded: readonly Probe[]) => median(alreadyLoaded.map(({ millis }) => millis));
  const [all, own] = [...probes.values()];
  return { own: millisOf(own), ownModules: own[0].loaded.length, all: millisOf(all), otherModules: others.length };
}

/** By its output, since a channel between the processes has work of its own to do in the middle of what is measured. */
async function probe(library: string, alreadyLoaded: readonly string[]): Promise<Probe> {
  const { stdout } = await promisify(execFile)(process.execPath, [join(__dirname, 'probe.js'), library, JSON.stringify(alreadyLoaded)]);
  return JSON.parse(stdout);
}
