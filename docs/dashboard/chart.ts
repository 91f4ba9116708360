import type { Range, Series, Side, Widget } from './widget';

/** Draws widgets as CloudWatch does, on its grid of 24 columns. */

const COLUMN = 37;
const ROW = 40;
const GAP = 12;
const LINE = 16;
const COLOURS = ['#1f77b4', '#ff7f0e', '#2ca02c', '#d62728', '#9467bd', '#8c564b'];
const DAY = 86_400_000;

/** Where the data goes. */
interface Plot { readonly left: number; readonly top: number; readonly width: number; readonly height: number }

export function svg(widgets: readonly Widget[], drawn: readonly string[], title: string): string {
  const width = Math.max(...widgets.map((widget) => widget.x + widget.width)) * COLUMN + GAP;
  const height = Math.max(...widgets.map((widget) => widget.y + widget.height)) * ROW + GAP;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img"`
    + ` font-family="Helvetica, Arial, sans-serif" font-size="11" fill="#414d5c">\n<title>${escaped(title)}</title>\n`
    + `<rect width="${width}" height="${height}" rx="8" fill="#e9ebed"/>\n${drawn.join('\n')}\n</svg>\n`;
}

export function widgetFrame({ x, y, width, height, properties }: Widget, series: readonly Series[], range: Range): string {
  const [w, h] = [width * COLUMN - GAP, height * ROW - GAP];
  const coloured = series.map((one, index) => ({ ...one, color: one.color ?? COLOURS[index % COLOURS.length] }));
  const { entries, lines } = properties.view === 'singleValue' ? { entries: '', lines: 0 } : legend(coloured, w - 28);
  const plot = { left: 46, top: 52, width: w - 74, height: h - 90 - LINE * lines };
  const draw = VIEWS[properties.view];
  if (!draw) throw new Error(`The widget "${properties.title}" has the view ${properties.view}, which is not drawn: give one of ${Object.keys(VIEWS).join(', ')}.`);
  return [
    `<g transform="translate(${x * COLUMN + GAP} ${y * ROW + GAP})">`,
    `<rect width="${w}" height="${h}" rx="6" fill="#fff" stroke="#c6cdd5"/>`,
    text(14, 23, properties.title, 'font-size="14" font-weight="bold" fill="#16191f"'),
    ...draw(plot, coloured, properties, range),
    `<g transform="translate(14 ${h - 14 - LINE * (lines - 1)})">${entries}</g>`,
    '</g>',
  ].join('\n');
}

const VIEWS: Record<string, typeof graph> = { timeSeries: graph, bar: bars, singleValue: numbers };

type Coloured = Series & { readonly color: string };
type Properties = Widget['properties'];

/** Values over time: lines, or areas on each other. */
function graph(plot: Plot, series: readonly Coloured[], { stacked, yAxis }: Properties, range: Range): string[] {
  const px = (at: number) => plot.left + plot.width * (at - range.from) / (range.to - range.from);
  const sides = (['left', 'right'] as const).filter((side) => series.some((one) => one.side === side));
  return sides.flatMap((side) => {
    const own = series.filter((one) => one.side === side);
    const layers = stacked ? stack(own) : own.map((one) => one.points.map(({ at, value }) => ({ at, low: 0, high: value })));
    const ticks = ticksTo(Math.max(1, ...layers.flat().map(({ high }) => high)));
    const py = (value: number) => plot.top + plot.height * (1 - value / ticks[ticks.length - 1]);
    return [
      ...(side === sides[0] ? [...weeks(plot, range, px), ...ticks.map((tick) => line(plot.left, py(tick), plot.left + plot.width, py(tick)))] : []),
      ...ticks.map((tick) => tickLabel(plot, side, py(tick), tick)),
      side === 'left' ? text(14, plot.top - 14, yAxis?.left?.label ?? '') : text(plot.left + plot.width, plot.top - 14, yAxis?.right?.label ?? '', 'text-anchor="end"'),
      ...layers.map((layer, index) => runs(layer, own[index].periodMillis)
        .map((run) => mark(run.map(({ at, low, high }) => [px(at), py(low), py(high)]), own[index].color, stacked)).join('')),
    ];
  });
}

interface Slice { readonly at: number; readonly low: number; readonly high: number }

/** Each series on top of those before it; where one has no value it adds nothing. */
function stack(series: readonly Series[]): Slice[][] {
  const times = [...new Set(series.flatMap(({ points }) => points.map(({ at }) => at)))].sort((a, b) => a - b);
  const tops = new Map(times.map((at) => [at, 0]));
  return series.map(({ points }) => times.map((at) => {
    const low = tops.get(at)!;
    const high = low + (points.find((point) => point.at === at)?.value ?? 0);
    tops.set(at, high);
    return { at, low, high };
  }));
}

/** CloudWatch joins points of neighbouring periods only. */
function runs(slices: readonly Slice[], periodMillis: number): Slice[][] {
  return slices.reduce<Slice[][]>((found, slice, index) => {
    const joins = index > 0 && slice.at - slices[index - 1].at === periodMillis;
    return joins ? [...found.slice(0, -1), [...found[found.length - 1], slice]] : [...found, [slice]];
  }, []);
}

function mark(points: readonly number[][], color: string, stacked?: boolean): string {
  const path = (pairs: readonly number[][]) => pairs.map((pair) => pair.map(rounded).join(' ')).join('L');
  const tops = points.map(([x, , high]) => [x, high]);
  if (points.length === 1) return `<circle cx="${rounded(tops[0][0])}" cy="${rounded(tops[0][1])}" r="2.6" fill="${color}"/>`;
  const area = `<path d="M${path(tops)}L${path(points.map(([x, low]) => [x, low]).reverse())}Z" fill="${color}" fill-opacity="0.7"/>`;
  return `${stacked ? area : ''}<path d="M${path(tops)}" fill="none" stroke="${color}" stroke-width="1.6"/>`;
}

/** The newest value of each series, side by side, and what it is. */
function numbers({ top, width, height }: Plot, series: readonly Coloured[]): string[] {
  return series.flatMap(({ points, label }, index) => {
    const x = 14 + width * index / series.length;
    return [
      text(x, top + height + 6, points.length ? shortened(points[points.length - 1].value) : '--', 'font-size="32" fill="#16191f"'),
      text(x, top + height + 26, label, 'font-size="13"'),
    ];
  });
}

/** As CloudWatch has numbers: three digits that count. */
const shortened = (value: number): string => String(Number(value.toPrecision(3)));

/** One value of each series: that of its newest period. */
function bars(plot: Plot, series: readonly Coloured[], _: Properties, range: Range): string[] {
  const values = series.map(({ points, periodMillis }) => points.find(({ at }) => at >= range.to - periodMillis)?.value ?? 0);
  const ticks = ticksTo(Math.max(1, ...values));
  const px = (value: number) => plot.left + plot.width * value / ticks[ticks.length - 1];
  const step = plot.height / series.length;
  return [
    ...ticks.map((tick) => line(px(tick), plot.top, px(tick), plot.top + plot.height) + text(px(tick), plot.top + plot.height + 16, String(tick), 'text-anchor="middle"')),
    ...values.map((value, index) => {
      const y = plot.top + (index + 0.15) * step;
      return `<rect x="${plot.left}" y="${rounded(y)}" width="${rounded(px(value) - plot.left)}" height="${rounded(0.7 * step)}" fill="${series[index].color}"/>`
        + text(px(value) + 5, y + 0.35 * step + 4, String(value));
    }),
  ];
}

function weeks(plot: Plot, range: Range, px: (at: number) => number): string[] {
  const days = Array.from({ length: Math.floor((range.to - range.from) / DAY / 7) + 1 }, (_, week) => range.from + 7 * week * DAY);
  return days.map((at) => text(px(at), plot.top + plot.height + 16, new Date(at).toISOString().slice(5, 10).replace('-', '/'), 'text-anchor="middle"'));
}

/** From 0 in round steps, three to six of them. */
function ticksTo(most: number): number[] {
  const magnitude = 10 ** Math.floor(Math.log10(most));
  const step = [0.2, 0.25, 0.5, 1, 2].map((part) => part * magnitude).find((size) => most / size <= 5 && (most >= 5 || size % 1 === 0)) ?? magnitude;
  return Array.from({ length: Math.ceil(most / step) + 1 }, (_, index) => index * step);
}

function tickLabel({ left, width }: Plot, side: Side, y: number, tick: number): string {
  return side === 'left' ? text(left - 7, y + 4, String(tick), 'text-anchor="end"') : text(left + width + 7, y + 4, String(tick));
}

function legend(series: readonly Coloured[], width: number): { entries: string; lines: number } {
  let [x, lines] = [0, 1];
  const entries = series.map(({ label, color }) => {
    // Text cannot be measured here: no usual font is wider than this.
    const wide = 15 + label.length * 6.4;
    if (x > 0 && x + wide > width) [x, lines] = [0, lines + 1];
    const y = LINE * (lines - 1);
    const entry = `<rect x="${rounded(x)}" y="${y - 9}" width="10" height="10" rx="2" fill="${color}"/>${text(x + 15, y, label)}`;
    x += wide + 14;
    return entry;
  });
  return { entries: entries.join(''), lines };
}

const rounded = (value: number): number => Math.round(value * 10) / 10;
const escaped = (raw: string): string => raw.replace(/&/g, '&amp;').replace(/</g, '&lt;');
const text = (x: number, y: number, content: string, attributes = ''): string =>
  (content ? `<text x="${rounded(x)}" y="${rounded(y)}" ${attributes}>${escaped(content)}</text>` : '');
const line = (x1: number, y1: number, x2: number, y2: number): string =>
  `<path d="M${rounded(x1)} ${rounded(y1)}L${rounded(x2)} ${rounded(y2)}" stroke="#dfe3e8"/>`;
