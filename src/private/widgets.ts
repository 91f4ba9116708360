import { aws_cloudwatch as cloudwatch, aws_events as events, Duration, Lazy } from 'aws-cdk-lib';
import { Node } from 'constructs';
import { resourceBehind } from './final-properties';
import { populationAt } from './populations';
import { shortNames } from './short-names';
import type { IIntermediateTablePopulation } from '../i-intermediate-table-population';

const HALF = 12;
const THIRD = 8;
/** What is longer scrolls. */
const TALLEST = 12;

/**
 * A card for each population, then two rows of graphs: what happened and how long it took; what it cost and how fresh the tables are. A
 * population has one colour in all graphs.
 */
export function populationWidgets(populations: readonly IIntermediateTablePopulation[]): cloudwatch.IWidget[][] {
  const names = shortNames(populations);
  const each = (metric: (population: IIntermediateTablePopulation, options: cloudwatch.MetricOptions) => cloudwatch.IMetric) =>
    populations.map((population, index) => metric(population, { period: Duration.days(1), label: names[index] }));
  const leftYAxis = { showUnits: false, min: 0 };
  return [
    populations.map((population, index) => card(population, names[index], 2 * HALF / Math.min(populations.length, 3))),
    [
      // Where the sum counts, on top of each other: as lines they would lie on each other.
      new cloudwatch.GraphWidget({
        title: 'Succeeded a day', width: THIRD, leftYAxis, stacked: true, left: each((population, options) => population.metricSucceeded(options)),
      }),
      new cloudwatch.GraphWidget({
        // Not `metricFailed()`, by which somebody is taken to be told of failures: a picture tells nobody.
        title: 'Failed a day', width: THIRD, leftYAxis, left: each((population, options) => population.stateMachine.metricFailed(options)),
      }),
      new cloudwatch.GraphWidget({
        title: 'Duration', width: THIRD, leftYAxis: { ...leftYAxis, label: 'seconds' }, left: each((population, options) => population.metricDuration(options)),
      }),
    ],
    [
      new cloudwatch.GraphWidget({
        title: 'Billed CRPU-hours a day', width: HALF, leftYAxis, stacked: true, left: each((population, options) => population.metricBilledCrpuHours(options)),
      }),
      new cloudwatch.GraphWidget({
        title: 'Hours since the live version was made',
        width: HALF,
        leftYAxis,
        left: populations.map((population, index) => hoursSincePopulated(population, `seconds${index}`, names[index])),
      }),
    ],
    ...builtOn(populations, names),
  ];
}

/** How a population is: how old its data was at the last look, what the last query was billed, and when the next is due. */
function card(population: IIntermediateTablePopulation, name: string, width: number): cloudwatch.IWidget {
  return new cloudwatch.SingleValueWidget({
    // Schedules may be added later.
    title: Lazy.string({ produce: () => `${name}, schedule: ${schedulesOf(population).join(', ') || 'none'}` }),
    width,
    height: 3,
    metrics: [
      // Of the looks in a period, the last one after a refresh is the least.
      hoursSincePopulated(population, 'seconds', 'hours old', { statistic: 'Minimum' }),
      new cloudwatch.MathExpression({
        expression: 'FILL(bill, REPEAT)',
        label: 'CRPU-hours billed last',
        period: Duration.hours(1),
        usingMetrics: { bill: population.metricBilledCrpuHours({ period: Duration.hours(1), statistic: 'Maximum' }) },
      }),
    ],
  });
}

/** Those that are on, as EventBridge has them. */
const schedulesOf = ({ node }: IIntermediateTablePopulation): string[] => node.children.map(resourceBehind)
  .filter((resource): resource is events.CfnRule => resource?.cfnResourceType === events.CfnRule.CFN_RESOURCE_TYPE_NAME)
  .flatMap(({ scheduleExpression, state }) => (scheduleExpression !== undefined && state !== 'DISABLED' ? [scheduleExpression] : []));

/** Says which tables are built on which: a picture of one does not tell what it waits for. */
function builtOn(populations: readonly IIntermediateTablePopulation[], names: readonly string[]): cloudwatch.IWidget[][] {
  const nameOf = ({ node }: { readonly node: Node }) => names[populations.findIndex((each) => each.node === node)] ?? node.path;
  const lines = populations.flatMap((population) => {
    const upstream = populationAt(population)?.refreshAfter ?? [];
    return upstream.length ? [`${nameOf(population)} is built on ${upstream.map(nameOf).join(', ')}.`] : [];
  });
  return lines.length
    ? [[new cloudwatch.TextWidget({ markdown: lines.join('\n\n'), width: 2 * HALF, height: Math.min(lines.length + 1, TALLEST) })]]
    : [];
}

function hoursSincePopulated(
  population: IIntermediateTablePopulation, id: string, label: string, options: cloudwatch.MetricOptions = {},
): cloudwatch.IMetric {
  const period = Duration.hours(6);
  const seconds = population.metricSecondsSincePopulated({ period, ...options });
  return new cloudwatch.MathExpression({ expression: `${id} / 3600`, label, period, usingMetrics: { [id]: seconds } });
}
