/**
 * What nobody here has written says the same: `tsx test/engines/run.ts`, or only some parts of it: `-- --only moto,cdk`.
 * Where Python or its packages are not at hand it says so and goes on.
 */
import { parseArgs } from 'util';
import { answers } from './botocore/answers';
import { wire } from './botocore/wire';
import { cdkCli } from './moto/cdk-cli';
import { compareWorlds } from './moto/compare';
import { LIMITS } from './moto/limits';
import { pythonWithEngines, versionOf } from './python';
import { Finding, report } from './report';

interface Part {
  readonly title: (version: (name: string) => string) => string;
  readonly run: (python: string) => Promise<Finding[]>;
}

const PARTS: Readonly<Record<string, Part>> = {
  botocore: { title: (version) => `botocore ${version('botocore')} in front of the simulated Clean Rooms`, run: answers },
  wire: { title: () => 'what the population function sends, and what botocore sends', run: wire },
  moto: { title: (version) => `the template and the bundles on moto ${version('moto')}, beside the simulator`, run: compareWorlds },
  cdk: { title: () => 'the CDK CLI on moto', run: cdkCli },
};

async function main(): Promise<number> {
  const { values: options } = parseArgs({ options: { only: { type: 'string' } } });
  const python = pythonWithEngines();
  if (!python) {
    console.log('SKIPPED: this machine has no Python of 3.10 or later, or cannot get botocore and moto.');
    return 0;
  }
  let failed = 0;
  for (const name of options.only?.split(',') ?? Object.keys(PARTS)) {
    const { title, run } = PARTS[name];
    failed += report(title((engine) => versionOf(python, engine)), await run(python));
  }
  console.log('\nWhat moto cannot do, and what stands in for it here');
  LIMITS.forEach(([cannot, instead]) => console.log(`  ${cannot}: ${instead}`));
  console.log(failed ? `\n${failed} differences` : '\nno differences');
  return failed;
}

void main().then((failed) => { process.exitCode = failed ? 1 : 0; });
