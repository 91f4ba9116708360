import { LINE, numbered, text, wrapped } from '../svg';

export type Kind = 'works' | 'query' | 'lost' | 'live' | 'nothing';

export interface Bar {
  readonly from: number;
  readonly to: number;
  readonly kind: Kind;
  readonly words?: string;
}

export interface Lane {
  readonly name: string;
  /** Below each other. */
  readonly rows: readonly (readonly Bar[])[];
}

export interface Moment {
  readonly at: number;
  /** As a reader counts: a day, or the minutes since the beginning. */
  readonly when: string;
  readonly what: string;
}

/** Lanes of bars over one time. */
export interface Panel {
  readonly title: string;
  /** Times that stand equally far from each other. */
  readonly stops: readonly number[];
  readonly lanes: readonly Lane[];
  readonly moments: readonly Moment[];
}

/** As narrow as `lifecycle.svg`, for telephones. */
const WIDTH = 400;
const [LEFT, RIGHT, BAR, CHARACTERS] = [16, WIDTH - 16, 18, 50];

const MEANINGS: Record<Kind, string> = {
  works: 'CloudFormation at work',
  query: 'a query runs',
  lost: 'failed, or taken back',
  live: 'can be queried',
  nothing: 'nothing to query',
};

/** Returns the picture: each panel with its lanes, the numbers of its moments above them, and what happens then below. */
export function timelines(title: string, description: string, panels: readonly Panel[]): string {
  let top = 8;
  const drawn = panels.map((panel) => {
    const { lines, height } = drawPanel(panel, top);
    top += height;
    return lines.join('\n');
  });
  const kinds = (Object.keys(MEANINGS) as Kind[]).filter((kind) => JSON.stringify(panels).includes(`"kind":"${kind}"`));
  const legend = kinds.flatMap((kind, index) => {
    const [x, y] = [LEFT + 190 * (index % 2), top + 8 + 20 * Math.floor(index / 2)];
    return [box(x, y, 14, 12, kind), text(x + 21, y + 10.5, MEANINGS[kind], 'what')];
  });
  const height = top + 12 + 20 * Math.ceil(kinds.length / 2);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" role="img"`
    + ' font-family="Helvetica, Arial, sans-serif" font-size="12">',
    `<title>${title}</title>`,
    `<desc>${description} Run in the simulator.</desc>`,
    STYLE,
    `<rect width="${WIDTH}" height="${height}" rx="8" class="paper"/>`,
    ...drawn, ...legend, '</svg>', '',
  ].join('\n');
}

const STYLE = `<style>
  .paper { fill: #f3f5f7; } .what, .when { fill: #414d5c; } .name { font-size: 13px; font-weight: bold; }
  .name, .lane, .word, .when { fill: #16191f; } .when { font-weight: bold; } .word, .right { text-anchor: end; } .word { text-anchor: middle; }
  .lane { paint-order: stroke; stroke: #f3f5f7; stroke-width: 4px; }
  .number { font-weight: bold; fill: #a8326f; } .middle { text-anchor: middle; } .moment { stroke: #a8326f; stroke-dasharray: 2 3; }
  .works { fill: #dbe7f7; stroke: #4a78b5; } .query { fill: #fdebd3; stroke: #d9822b; } .lost { fill: #f9dcdc; stroke: #c0392b; }
  .live { fill: #d8f0de; stroke: #2e8b57; } .nothing { fill: none; stroke: #8d99a8; stroke-dasharray: 3 2; }
  @media (prefers-color-scheme: dark) {
    .paper { fill: #1b222b; } .what { fill: #c3ccd6; } .name, .lane, .word, .when { fill: #f0f3f6; }
    .lane { stroke: #1b222b; } .number { fill: #f08fc0; } .moment { stroke: #f08fc0; }
    .works { fill: #21395a; stroke: #7ba7e0; } .query { fill: #56380f; stroke: #eda554; } .lost { fill: #5c2020; stroke: #ee8a80; }
    .live { fill: #17462b; stroke: #63c98f; } .nothing { stroke: #8d99a8; }
  }
</style>`;

function drawPanel({ title, stops, lanes, moments }: Panel, top: number): { lines: string[]; height: number } {
  const x = scale(stops);
  let y = top + 50;
  const drawn = lanes.flatMap(({ name, rows }) => {
    const nameAt = y + 11;
    y += 18 + (BAR + 4) * rows.length + 6;
    return [text(LEFT, nameAt, name, 'lane'), ...rows.flatMap((bars, index) => bars.flatMap((bar) => drawBar(bar, x, nameAt + 7 + (BAR + 4) * index)))];
  });
  const entries = moments.map(({ when, what }) => wrapped([[`${when}:`, 'when'], [what, 'what']], CHARACTERS));
  const height = y - top + 16 + LINE * entries.flat().length + 4 * entries.length;
  return {
    height,
    lines: [
      text(LEFT, top + 18, title, 'name'),
      ...moments.map(({ at }) => `<path d="M${x(at)} ${top + 42}V${y}" class="moment"/>`),
      ...numbersOf(moments, x).map(([numbers, at]) => text(at, top + 38, numbers, 'number middle')),
      ...drawn,
      ...numbered(entries, LEFT + 22, y + 16),
    ],
  };
}

/** Numbers of moments that are too close to each other stand together. */
function numbersOf(moments: readonly Moment[], x: (at: number) => number): [numbers: string, at: number][] {
  return moments.reduce<[string, number][]>((found, { at }, index) => {
    const last = found.at(-1);
    const near = last !== undefined && x(at) - last[1] < 12;
    return near ? [...found.slice(0, -1), [`${last[0]} ${index + 1}`, last[1] + 6]] : [...found, [String(index + 1), Math.min(x(at), RIGHT - 4)]];
  }, []);
}

function scale(stops: readonly number[]): (at: number) => number {
  const step = (RIGHT - LEFT) / (stops.length - 1);
  return (at) => {
    const index = Math.max(0, Math.min(stops.length - 2, stops.filter((stop) => stop <= at).length - 1));
    return Math.round(10 * (LEFT + step * (index + (at - stops[index]) / (stops[index + 1] - stops[index])))) / 10;
  };
}

function drawBar({ from, to, kind, words = '' }: Bar, x: (at: number) => number, y: number): string[] {
  const [left, right] = [Math.max(LEFT, x(from)), Math.min(RIGHT, x(to))];
  const width = Math.round(10 * Math.max(3, right - left)) / 10;
  // No usual font is wider than this.
  const fitting = [words, words.split(' ').at(-1)!].find((some) => some && 6.9 * some.length <= width - 4);
  return [box(left, y, width, BAR, kind), ...(fitting ? [text(left + width / 2, y + 13, fitting, 'word')] : [])];
}

const box = (x: number, y: number, width: number, height: number, kind: Kind): string =>
  `<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="3" class="${kind}"/>`;
