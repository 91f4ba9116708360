import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { ROOT, WORKSPACE } from '../workspace';

const bundles = new Map<string, string>();

/** The folder of a peer's handlers, bundled with the SDK by esbuild's own defaults. */
export function bundle(handlers: 'provider' | 'polling'): string {
  return known(handlers, join(ROOT, 'benchmarks/peers/handlers', `${handlers}.ts`));
}

/**
 * The SDK that Lambda's runtime brings along, which the Provider framework and AwsCustomResource load: here the installed clients,
 * and for Clean Rooms also the commands that the installed version lacks. By package name, the file of each.
 */
export function runtimeSdk(): Record<string, string> {
  const folders: Record<string, string> = {
    '@aws-sdk/client-lambda': known('client-lambda', '@aws-sdk/client-lambda'),
    '@aws-sdk/client-sfn': known('client-sfn', '@aws-sdk/client-sfn'),
    '@aws-sdk/client-cleanrooms': known('client-cleanrooms', join(ROOT, 'benchmarks/peers/handlers/runtime-clean-rooms.ts')),
  };
  return Object.fromEntries(Object.entries(folders).map(([name, folder]) => [name, join(folder, 'index.js')]));
}

function known(name: string, entry: string): string {
  const folder = bundles.get(name) ?? join(WORKSPACE, name);
  if (!bundles.has(name)) {
    buildSync({ entryPoints: [entry], absWorkingDir: ROOT, outfile: join(folder, 'index.js'), bundle: true, platform: 'node', logLevel: 'error' });
    bundles.set(name, folder);
  }
  return folder;
}
