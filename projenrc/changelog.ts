/** Prints what CHANGELOG.md says of the version that is released next: `tsx projenrc/changelog.ts version` or `… notes`. */
import { readFileSync } from 'node:fs';

/** Returns the newest version and its section; throws where nobody has given it a date, and so decided that it is to be. */
export function newestOf(changelog: string): { version: string; notes: string } {
  const [, section = ''] = changelog.split(/^(?=## )/m);
  const [, version] = /^## (\d+\.\d+\.\d+) \(\d{4}-\d\d-\d\d\)\n/.exec(section) ?? [];
  if (!version) {
    throw new Error(`CHANGELOG.md begins with "${section.split('\n')[0]}". Give the version that is to be released and its date: "## 0.1.0 (2026-12-31)".`);
  }
  return { version, notes: section.slice(section.indexOf('\n')).trim() };
}

if (require.main === module) {
  console.log(newestOf(readFileSync('CHANGELOG.md', 'utf8'))[process.argv[2] as 'version' | 'notes']);
}
