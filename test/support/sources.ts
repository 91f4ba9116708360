import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import type { CloudOptions } from '../../simulator/cloud';

const FUNCTIONS = {
  IntermediateTablePopulationsPopulationFunction: 'population.lambda',
  IntermediateTablePopulationsDeploymentFunction: 'deployment.lambda',
};

/** The functions as this run of the tests wants them: their sources, or, with SHIPPED in the environment, the bundles with the SDK over HTTP. */
export const functions = (): Pick<CloudOptions, 'sources'> => (process.env.SHIPPED ? {} : { sources: sources() });

let built: Readonly<Record<string, string>> | undefined;

/** The functions' code for the simulator to run without the SDK: see `CloudOptions.sources`. Built once a process, in a tenth of a second. */
export function sources(): Readonly<Record<string, string>> {
  built ??= build();
  return built;
}

function build(): Readonly<Record<string, string>> {
  const outdir = mkdtempSync(join(tmpdir(), 'functions-'));
  buildSync({
    entryPoints: Object.values(FUNCTIONS).map((name) => join(__dirname, '../../src/handlers', `${name}.ts`)),
    outdir,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    external: ['@aws-sdk/client-*', '@smithy/core/endpoints'],
  });
  return Object.fromEntries(Object.entries(FUNCTIONS).map(([id, name]) => [id, join(outdir, `${name}.js`)]));
}
