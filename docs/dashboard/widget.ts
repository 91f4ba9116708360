import type { DataPoint } from './metrics';

/** A metric widget as dashboards have it: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html */
export interface Widget {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly properties: {
    readonly title: string;
    readonly view: string;
    readonly stacked?: boolean;
    readonly setPeriodToTimeRange?: boolean;
    readonly period?: number;
    readonly stat?: string;
    readonly yAxis?: { readonly [side in Side]?: { readonly label?: string; readonly min?: number } };
    readonly metrics: readonly Row[];
  };
}

export type Side = 'left' | 'right';
type Row = readonly (string | RowOptions)[];

interface RowOptions {
  readonly id?: string;
  readonly expression?: string;
  readonly visible?: boolean;
  readonly label?: string;
  readonly color?: string;
  readonly period?: number;
  readonly stat?: string;
  readonly yAxis?: Side;
}

export interface Range {
  readonly from: number;
  readonly to: number;
}

export interface Series {
  readonly label: string;
  readonly color?: string;
  readonly side: Side;
  readonly periodMillis: number;
  /** By the period's beginning. */
  readonly points: readonly { readonly at: number; readonly value: number }[];
}

const STATISTICS: Record<string, (values: number[]) => number> = {
  Sum: (values) => values.reduce((total, value) => total + value, 0),
  Average: (values) => STATISTICS.Sum(values) / values.length,
  Maximum: (values) => Math.max(...values),
  Minimum: (values) => Math.min(...values),
};

/** The widget's visible metrics and expressions, aggregated by its periods. */
export function seriesOf(widget: Widget, published: readonly DataPoint[], range: Range): Series[] {
  const { metrics } = widget.properties;
  const known = new Map(metrics.filter((row) => optionsOf(row).id).map((row) => [optionsOf(row).id!, metricSeries(row, widget, published, range)]));
  return metrics
    .filter((row) => optionsOf(row).visible !== false)
    .map((row) => (optionsOf(row).expression ? expressionSeries(optionsOf(row), known) : metricSeries(row, widget, published, range)));
}

function metricSeries(row: Row, { properties }: Widget, published: readonly DataPoint[], range: Range): Series {
  const [namespace, name, ...dimension] = row.filter((part) => typeof part === 'string');
  const { label = name, color, yAxis = 'left', period = properties.period ?? 300, stat = properties.stat ?? 'Average' } = optionsOf(row);
  const periodMillis = properties.setPeriodToTimeRange ? range.to - range.from : period * 1000;
  const values = new Map<number, number[]>();
  for (const point of published) {
    const isInRange = point.time >= range.from && point.time < range.to;
    if (!isInRange || point.namespace !== namespace || point.name !== name || point.dimension.join() !== dimension.join()) continue;
    const at = properties.setPeriodToTimeRange ? range.from : Math.floor(point.time / periodMillis) * periodMillis;
    values.set(at, [...values.get(at) ?? [], point.value]);
  }
  const points = [...values].sort(([a], [b]) => a - b).map(([at, inPeriod]) => ({ at, value: STATISTICS[stat](inPeriod) }));
  return { label, color, side: yAxis, periodMillis, points };
}

/** Of metric math, what our widgets use: a metric divided by a number, or whose last value is repeated, which is the one to show. */
function expressionSeries({ expression = '', label = expression, color, yAxis = 'left' }: RowOptions, known: ReadonlyMap<string, Series>): Series {
  const [, id, divisor = 1] = /^(\w+) \/ (\d+)$/.exec(expression) ?? /^FILL\((\w+), REPEAT\)$/.exec(expression) ?? [];
  const operand = known.get(id);
  if (!operand) throw new Error(`The expression "${expression}" is not drawn: it has to be a metric of [${[...known.keys()].join(', ')}] / a number, or FILL of it.`);
  return { ...operand, label, color, side: yAxis, points: operand.points.map(({ at, value }) => ({ at, value: value / Number(divisor) })) };
}

const optionsOf = (row: Row): RowOptions => {
  const last = row[row.length - 1];
  return typeof last === 'string' ? {} : last;
};
