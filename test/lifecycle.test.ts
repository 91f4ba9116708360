import { readFileSync } from 'fs';
import { join } from 'path';
import { EDGES } from '../docs/lifecycle/edges';
import { picture } from '../docs/lifecycle/picture';
import { ROWS } from '../src/handlers/population/decide';

const names = ROWS.map(({ name }) => name);
const drawn = readFileSync(join(__dirname, '..', 'docs', 'lifecycle.svg'), 'utf8');

describe('the picture of what a step does', () => {
  test('has an edge for every row of decide.ts, and none of a row that is not there', () => {
    expect(new Set(EDGES.map(({ row }) => row))).toEqual(new Set(names));
  });

  test('is drawn from the rows as they are: npm run pictures', () => {
    expect(drawn).toBe(picture(names, EDGES));
  });

  test('names every row, in their order', () => {
    const words = drawn.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ');
    const places = names.map((name, index) => words.indexOf(` ${index + 1} ${name} → `));
    expect(places).not.toContain(-1);
    expect(places).toEqual([...places].sort((a, b) => a - b));
  });

  test('refuses an edge that it has no way for, by its name', () => {
    expect(() => picture(names, [{ row: names[0], from: 'ENDED', to: 'INTENDED', does: 'begins' }]))
      .toThrow('There is an edge "ENDED INTENDED", and no way for it in the picture');
  });
});
