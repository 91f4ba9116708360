/**
 * Draws `version-life.svg`, `deploys.svg` and `diamond.svg`, each of what happens in the simulator. Every build does: `npm run pictures`.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { timelines } from './timelines/picture';
import { deploys, diamond, lifeOfAVersion } from './timelines/scenes';

const DRAWN = [
  ['version-life', 'The life of a version', 'A table is empty, is populated, is refreshed while its version is live, keeps it when a refresh fails, and expires.', lifeOfAVersion],
  ['deploys', 'A deploy, and one that is rolled back', 'Both times version 1 can be queried until another one is live; what a rollback does not want is cancelled.', deploys],
  ['diamond', 'The refresh of four tables that are built on each other', 'Each is refreshed once, after all that it is built on.', diamond],
] as const;

void (async () => {
  for (const [name, title, description, play] of DRAWN) {
    writeFileSync(join(__dirname, `${name}.svg`), timelines(title, description, await play()));
  }
})();
