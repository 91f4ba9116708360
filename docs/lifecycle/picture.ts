import type { Edge, State } from './edges';
import { LINE, numbered, text, wrapped } from '../svg';

/** Narrow and tall, so that a telephone shows it without making it small. */
const WIDTH = 400;
const LEGEND = { top: 600, left: 44, characters: 58 };

interface Node {
  readonly box: readonly [x: number, y: number, width: number, height: number];
  readonly kind: 'run' | 'attempt' | 'lease';
  readonly name: string;
  readonly lines: readonly string[];
}

const NODES: Record<State, Node> = {
  WITHOUT_LEASE: { box: [40, 48, 220, 50], kind: 'run', name: 'A run without the lease', lines: ['keeps still, and looks again'] },
  WITH_LEASE: {
    box: [12, 142, 276, 336],
    kind: 'lease',
    name: 'A run with the table\'s lease',
    lines: ['It is taken where it is free, or has run out;', 'by an open request\'s run at once, if there is', 'no attempt. Three minutes; a step renews it.'],
  },
  NO_ATTEMPT: { box: [70, 226, 172, 46], kind: 'attempt', name: 'No attempt', lines: ['is anything due?'] },
  INTENDED: { box: [70, 312, 172, 46], kind: 'attempt', name: 'INTENDED', lines: ['on record, before it is sent'] },
  STARTED: { box: [70, 398, 172, 46], kind: 'attempt', name: 'STARTED', lines: ['its ids are on record'] },
  HISTORY: { box: [70, 508, 172, 46], kind: 'attempt', name: 'In the history', lines: ['and the lease is given back'] },
  ENDED: { box: [326, 48, 62, 506], kind: 'run', name: 'Ended', lines: [] },
};

interface Way {
  readonly path: string;
  /** Where the numbers of its rows stand. */
  readonly at: readonly [x: number, y: number];
  /** How many of them there is room for in a line. */
  readonly perLine?: number;
}

/** How the edges from one state to another go. */
const WAYS: Record<string, Way> = {
  'WITHOUT_LEASE WITHOUT_LEASE': { path: 'M196 48V26H232V48', at: [239, 34], perLine: 8 },
  'WITHOUT_LEASE ENDED': { path: 'M260 73H326', at: [265, 67], perLine: 3 },
  'WITHOUT_LEASE WITH_LEASE': { path: 'M110 98V142', at: [117, 124] },
  'NO_ATTEMPT WITHOUT_LEASE': { path: 'M242 238H274V120H222V98', at: [229, 114] },
  'NO_ATTEMPT NO_ATTEMPT': { path: 'M196 272V290H232V272', at: [239, 290] },
  'NO_ATTEMPT ENDED': { path: 'M242 258H326', at: [292, 252] },
  'NO_ATTEMPT INTENDED': { path: 'M156 272V312', at: [163, 296] },
  'INTENDED NO_ATTEMPT': { path: 'M70 335H52V258H70', at: [57, 296] },
  'INTENDED INTENDED': { path: 'M196 358V376H232V358', at: [239, 376] },
  'INTENDED STARTED': { path: 'M156 358V398', at: [163, 382] },
  'INTENDED ENDED': { path: 'M242 335H326', at: [292, 329] },
  'STARTED NO_ATTEMPT': { path: 'M70 421H30V240H70', at: [35, 382] },
  'STARTED STARTED': { path: 'M196 444V462H232V444', at: [239, 462] },
  'STARTED HISTORY': { path: 'M110 444V508', at: [117, 497] },
  'STARTED ENDED': { path: 'M242 421H326', at: [292, 415] },
  'HISTORY ENDED': { path: 'M242 531H326', at: [280, 525] },
};

/** Returns the picture: states and edges, with the numbers of the rows, and below them the rows in their order. */
export function picture(rows: readonly string[], edges: readonly Edge[]): string {
  const legend = rows.map((row) => wrapped([[row, 'row'], [`→\u00a0${doesOf(row, edges)}`, 'does']], LEGEND.characters));
  const height = LEGEND.top + LINE * legend.flat().length + 4 * rows.length + 8;
  const numbersOf = (some: readonly Edge[]) => some.map(({ row }) => rows.indexOf(row) + 1);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" role="img"`
    + ' font-family="Helvetica, Arial, sans-serif" font-size="12" fill="#414d5c">',
    '<title>The life of an attempt to populate</title>',
    '<desc>A run takes the lease of its table, writes that it intends to populate, populates, records the ids, and records how it ended. '
    + 'The numbers are those of the rows below: each step does what the first one that fits says.</desc>',
    STYLE,
    `<rect width="${WIDTH}" height="${height}" rx="8" fill="#f3f5f7"/>`,
    text(110, 20, 'A run begins', 'middle'),
    '<path d="M110 26V48" class="arrow"/>',
    ...Object.values(NODES).map(drawNode),
    ...Object.entries(groupedByWay(edges)).map(([way, some]) => drawWay(way, numbersOf(some))),
    text(16, LEGEND.top - 14, 'Each step does what the first row that fits says', 'name'),
    ...numbered(legend, LEGEND.left, LEGEND.top + 4),
    '</svg>',
    '',
  ].join('\n');
}

const STYLE = `<style>
  .name { font-size: 13px; font-weight: bold; fill: #16191f; }
  .middle { text-anchor: middle; }
  .number { font-weight: bold; fill: #a8326f; }
  .right { text-anchor: end; }
  .row { fill: #16191f; }
  .run { fill: #fff; stroke: #8d99a8; }
  .attempt { fill: #f9e4f0; stroke: #c2438a; }
  .lease { fill: #fdebd3; stroke: #d9822b; }
  .arrow { fill: none; stroke: #414d5c; stroke-width: 1.5; marker-end: url(#head); }
</style>
<defs>
  <marker id="head" viewBox="0 0 8 8" refX="7.5" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0L8 4L0 8z" fill="#414d5c"/></marker>
</defs>`;

function drawNode({ box: [x, y, width, height], kind, name, lines }: Node): string {
  const isFrame = kind === 'lease';
  const centre = isFrame ? x + 12 : x + width / 2;
  const top = isFrame ? y + 20 : y + height / 2 - (LINE * lines.length) / 2 + 4;
  const placed = isFrame ? '' : 'middle';
  return [
    `<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="6" class="${kind}"/>`,
    text(centre, top, name, `name ${placed}`.trim()),
    ...lines.map((line, index) => text(centre, top + LINE * (index + 1), line, placed || 'row')),
  ].join('\n');
}

function groupedByWay(edges: readonly Edge[]): Record<string, Edge[]> {
  const grouped: Record<string, Edge[]> = {};
  for (const edge of edges) {
    (grouped[`${edge.from} ${edge.to}`] ??= []).push(edge);
  }
  return grouped;
}

/** The first line of numbers stands above an arrow, or the first two of three, and the last one below it. */
function drawWay(way: string, numbers: readonly number[]): string {
  const drawn = WAYS[way];
  if (!drawn) throw new Error(`There is an edge "${way}", and no way for it in the picture: add one to WAYS.`);
  const { path, at: [x, y], perLine = 4 } = drawn;
  const lines = Array.from({ length: Math.ceil(numbers.length / perLine) }, (_, index) => numbers.slice(index * perLine, (index + 1) * perLine));
  return [
    `<path d="${path}" class="arrow"/>`,
    ...lines.map((line, index) => text(x, (lines.length > 2 ? [y - 14, y, y + 21] : [y, y + 21])[index], line.join(' '), 'number')),
  ].join('\n');
}

const doesOf = (row: string, edges: readonly Edge[]): string =>
  [...new Set(edges.filter((edge) => edge.row === row).map(({ does }) => does))].join('; ');
