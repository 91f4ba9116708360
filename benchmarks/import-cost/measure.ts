import { fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { median } from '../statistics';
import { ROOT } from '../workspace';

/** What `require` of the library adds to an app that has required aws-cdk-lib and aws-cdk-lib/aws-cleanrooms. Milliseconds are medians. */
export interface ImportCost {
  /** Of the library's own modules. */
  readonly own: number;
  readonly ownModules: number;
  /** Of the aws-cdk-lib modules that it uses, which an app may have loaded already. */
  readonly others: number;
  readonly otherModules: number;
}

export async function measureImport(rounds: number): Promise<ImportCost> {
  const library = join(ROOT, 'lib/index.js');
  if (!existsSync(library)) {
    throw new Error(`${library} is not there. Compile the library first: npx projen compile.`);
  }
  const costs: ImportCost[] = [];
  for (let round = 0; round < rounds; round++) {
    costs.push(await probe(library));
  }
  const of = (key: keyof ImportCost) => median(costs.map((cost) => cost[key]));
  return { own: of('own'), ownModules: of('ownModules'), others: of('others'), otherModules: of('otherModules') };
}

function probe(library: string): Promise<ImportCost> {
  const child = fork(join(__dirname, 'probe.js'), [library], { execArgv: [] });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`Requiring the library ended with ${code}.`)));
    child.once('message', (cost) => resolve(cost as ImportCost));
  });
}
