import { aws_cloudwatch as cloudwatch, Duration } from 'aws-cdk-lib';
import type { IIntermediateTablePopulation } from '../i-intermediate-table-population';

const HALF = 12;
const THIRD = 8;

/** Two rows: what happened and how long it took; what it cost and how fresh the tables are. A population has one colour in all of them. */
export function populationWidgets(populations: readonly IIntermediateTablePopulation[]): cloudwatch.IWidget[][] {
  const each = (metric: (population: IIntermediateTablePopulation, options: cloudwatch.MetricOptions) => cloudwatch.IMetric) =>
    populations.map((population) => metric(population, { period: Duration.days(1), label: population.node.id }));
  const leftYAxis = { showUnits: false, min: 0 };
  return [
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
        title: 'Hours since the live version was made', width: HALF, leftYAxis, left: populations.map(hoursSincePopulated),
      }),
    ],
  ];
}

function hoursSincePopulated(population: IIntermediateTablePopulation, index: number): cloudwatch.IMetric {
  const period = Duration.hours(6);
  return new cloudwatch.MathExpression({
    expression: `seconds${index} / 3600`,
    label: population.node.id,
    period,
    usingMetrics: { [`seconds${index}`]: population.metricSecondsSincePopulated({ period }) },
  });
}
