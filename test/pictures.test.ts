import { readFileSync } from 'fs';
import { join } from 'path';
import { Panel, timelines } from '../docs/timelines/picture';

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

describe('a timeline', () => {
  const at = (moment: number) => ({ at: moment, when: 'now', what: 'that' });
  const panel: Panel = {
    title: 'T',
    stops: [0, 1, 100],
    lanes: [{ name: 'Lane', rows: [[{ from: 0, to: 1, kind: 'live', words: 'version 1' }, { from: 1, to: 2, kind: 'lost', words: 'none that fits' }]] }],
    moments: [at(0), at(1), at(2), at(100)],
  };
  const svg = timelines('T', 'D.', [panel]);

  test('has its stops equally far from each other', () => {
    expect(svg).toMatch(/<rect x="16" y="\d+" width="184" height="18" rx="3" class="live"\/>/);
  });

  test('writes into a bar what fits, and numbers of moments that are close together', () => {
    expect(svg).toContain('>version 1<');
    expect(svg).not.toMatch(/>none that fits<|>fits</);
    expect(svg).toContain('>2 3</text>');
  });

  test('explains the colours that it has, and no others', () => {
    expect(svg).toMatch(/failed, or taken back.*can be queried/s);
    expect(svg).not.toContain('a query runs');
  });
});
