/**
 * Draws `lifecycle.svg`: what a step does, of the rows of `src/handlers/population/decide.ts`. Every build does: `npm run pictures`.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EDGES } from './lifecycle/edges';
import { picture } from './lifecycle/picture';
import { ROWS } from '../src/handlers/population/decide';

writeFileSync(join(__dirname, 'lifecycle.svg'), picture(ROWS.map(({ name }) => name), EDGES));
