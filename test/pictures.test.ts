import { readFileSync } from 'fs';
import { join } from 'path';
import { EDGES } from '../docs/lifecycle/edges';
import { picture } from '../docs/lifecycle/picture';
import { Panel, timelines } from '../docs/timelines/picture';
import { ROWS } from '../src/handlers/population/decide';

const drawn = (name: string) => readFileSync(join(__dirname, '..', 'docs', `${name}.svg`), 'utf8');
const TIMELINES = ['version-life', 'deploys', 'diamond'];

test.each(['lifecycle', ...TIMELINES])('%s can be read on a telephone 375 pixels wide, with margins of 16, on paper of its own', (name) => {
  const [, width] = drawn(name).match(/<svg [^>]*viewBox="0 0 (\d+) \d+"/)!.map(Number);
  const sizes = [...drawn(name).matchAll(/font-size(?:="|: )(\d+)/g)].map(([, size]) => Number(size));
  expect(Math.min(...sizes) * (375 - 2 * 16) / width).toBeGreaterThanOrEqual(10);
  expect(drawn(name)).toMatch(new RegExp(`<rect width="${width}" height="\\d+" rx="8" (fill="#f3f5f7"|class="paper")/>`));
});

test.each(TIMELINES)('%s has colours for the dark, for all that has some for the light', (name) => {
  const [light, dark] = drawn(name).match(/<style>(.*)<\/style>/s)![1].split('@media (prefers-color-scheme: dark)');
  const coloured = (css: string) => new Set([...css.matchAll(/(\.[\w., ]+) \{ [^}]*#/g)].flatMap(([, selectors]) => selectors.split(', ')));
  expect([...coloured(light)].filter((selector) => !coloured(dark).has(selector))).toEqual([]);
});

describe('the picture of what a step does', () => {
  const names = ROWS.map(({ name }) => name);

  test('has an edge for every row of decide.ts, and none of a row that is not there', () => {
    expect(new Set(EDGES.map(({ row }) => row))).toEqual(new Set(names));
  });

  test('is drawn from the rows as they are: npm run pictures', () => {
    expect(drawn('lifecycle')).toBe(picture(names, EDGES));
  });

  test('names every row, in their order', () => {
    const words = drawn('lifecycle').replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ');
    const places = names.map((name, index) => words.indexOf(` ${index + 1} ${name} → `));
    expect(places).not.toContain(-1);
    expect(places).toEqual([...places].sort((a, b) => a - b));
  });

  test('refuses an edge that it has no way for, by its name', () => {
    expect(() => picture(names, [{ row: names[0], from: 'ENDED', to: 'INTENDED', does: 'begins' }]))
      .toThrow('There is an edge "ENDED INTENDED", and no way for it in the picture');
  });
});

test('a timeline has its stops equally far from each other, writes what fits, and explains the colours that it has, and no others', () => {
  const at = (moment: number) => ({ at: moment, when: 'now', what: 'that' });
  const panel: Panel = {
    title: 'T',
    stops: [0, 1, 100],
    lanes: [{ name: 'Lane', rows: [[{ from: 0, to: 1, kind: 'live', words: 'version 1' }, { from: 1, to: 2, kind: 'lost', words: 'none that fits' }]] }],
    moments: [at(0), at(1), at(2), at(100)],
  };
  const svg = timelines('T', 'D.', [panel]);
  expect(svg).toMatch(/<rect x="16" y="\d+" width="184" height="18" rx="3" class="live"\/>/);
  expect(svg).toContain('>version 1<');
  expect(svg).not.toMatch(/>none that fits<|>fits</);
  // Numbers of moments that are close together.
  expect(svg).toContain('>2 3</text>');
  expect(svg).toMatch(/failed, or taken back.*can be queried/s);
  expect(svg).not.toContain('a query runs');
});
