/** Writes what the bundles are made of as an SBOM, which the package brings: `tsx projenrc/sbom.ts`, after notices.ts. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packagesIn } from './notices';

const BUNDLES = 'assets/handlers';

/** A package as CycloneDX has it: https://cyclonedx.org/docs/1.6/json/. */
function componentOf(folder: string) {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const purl = `pkg:npm/${name.replace('@', '%40')}@${version}`;
  return { 'type': 'library', 'bom-ref': purl, name, version, 'licenses': [{ license: { id: license } }], purl };
}

/** Returns the SBOM of the package in a folder, which has these others within itself: with no time or number of its own, so that a build can be repeated. */
export const bomOf = (folder: string, bundled: readonly string[]) => ({
  bomFormat: 'CycloneDX',
  specVersion: '1.6',
  version: 1,
  metadata: { component: componentOf(folder) },
  components: bundled.map(componentOf),
});

if (require.main === module) {
  const metafiles = readdirSync(BUNDLES).filter((name) => name.endsWith('.meta.json')).map((name) => JSON.parse(readFileSync(join(BUNDLES, name), 'utf8')));
  const bundled = [...new Set(metafiles.flatMap(packagesIn))].sort();
  writeFileSync('assets/bom.cdx.json', `${JSON.stringify(bomOf('.', bundled), undefined, 2)}\n`);
}
