/** Writes beside each bundle the licences of the packages that are in it: `tsx projenrc/notices.ts`. */
import { readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const BUNDLES = 'assets/handlers';
const ALLOWED = ['0BSD', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC', 'MIT'];

/** What esbuild says of a bundle: how many bytes came from which file. */
export interface Metafile {
  readonly outputs: { [file: string]: { inputs: { [file: string]: { bytesInOutput: number } } } };
}

/** Lists the folders of the packages of which there is at least a byte in a bundle. */
export function packagesIn({ outputs }: Metafile): string[] {
  const files = Object.values(outputs).flatMap(({ inputs }) => Object.keys(inputs).filter((file) => inputs[file].bytesInOutput));
  return [...new Set(files.flatMap((file) => /^.*node_modules\/(@[^/]+\/)?[^/]+/.exec(file)?.[0] ?? []))].sort();
}

/** Returns what packages' licences ask to be passed on, each text once; throws where one has no text, or another licence than those allowed. */
export function noticesOf(folders: readonly string[]): string {
  const namesByText: { [text: string]: string[] } = {};
  for (const folder of folders) {
    const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    const files = readdirSync(folder).filter((file) => /^(licen[cs]e|notice|copying)/i.test(file));
    if (!ALLOWED.includes(license) || !files.length) {
      throw new Error(`${name} ${version} is in a bundle: its licence is ${license}, with ${files.length} texts. Allowed, with a text: ${ALLOWED.join(', ')}.`);
    }
    (namesByText[files.map((file) => readFileSync(join(folder, file), 'utf8').trim()).join('\n\n')] ??= []).push(`${name} ${version} (${license})`);
  }
  return Object.entries(namesByText).map(([text, names]) => `${names.join('\n')}\n\n${text}\n`).join(`\n${'='.repeat(80)}\n\n`);
}

if (require.main === module) {
  for (const bundle of readdirSync(BUNDLES).filter((name) => name.endsWith('.lambda')).map((name) => join(BUNDLES, name))) {
    renameSync(join(bundle, 'index.meta.json'), `${bundle}.meta.json`); // not to be deployed with the function
    writeFileSync(join(bundle, 'NOTICES.txt'), noticesOf(packagesIn(JSON.parse(readFileSync(`${bundle}.meta.json`, 'utf8')))));
  }
}
