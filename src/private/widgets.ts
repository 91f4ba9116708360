import { aws_cloudwatch as cloudwatch, Duration } from 'aws-cdk-lib';
import type { IIntermediateTablePopulation } from '../i-intermediate-table-population';

const HALF = 12;

/** Two rows: what happened and how long it took; what it cost and how fresh the tables are. */
export function populationWidgets(populations: readonly IIntermediateTablePopulation[]): cloudwatch.IWidget[][] {
  const each = (metric: (population: IIntermediateTablePopulation, label: string) => cloudwatch.IMetric) =>
    populations.map((population) => metric(population, population.node.id));
  const day = { period: Duration.days(1) };
  return [
    [
      new cloudwatch.GraphWidget({
        title: 'Populations a day',
        width: HALF,
        // Lines would lie on each other: most days all populations have the same count.
        stacked: true,
        leftYAxis: { showUnits: false, min: 0 },
        left: [
          ...each((population, id) => population.metricSucceeded({ ...day, label: `${id} succeeded` })),
          // Not `metricFailed()`, by which somebody is taken to be told of failures: a picture tells nobody.
          ...each((population, id) => population.stateMachine.metricFailed({ ...day, label: `${id} failed`, color: cloudwatch.Color.RED })),
        ],
      }),
      new cloudwatch.GraphWidget({
        title: 'Duration',
        width: HALF,
        leftYAxis: { label: 'seconds', showUnits: false, min: 0 },
        left: each((population, label) => population.metricDuration({ ...day, label })),
      }),
    ],
    [
      new cloudwatch.GraphWidget({
        title: 'Billed CRPU-hours a day',
        width: HALF,
        stacked: true,
        leftYAxis: { showUnits: false, min: 0 },
        left: each((population, label) => population.metricBilledCrpuHours({ ...day, label })),
      }),
      new cloudwatch.GraphWidget({
        title: 'Hours since the live version was made',
        width: HALF,
        leftYAxis: { showUnits: false, min: 0 },
        left: populations.map((population, index) => new cloudwatch.MathExpression({
          expression: `seconds${index} / 3600`,
          label: population.node.id,
          period: Duration.hours(6),
          usingMetrics: { [`seconds${index}`]: population.metricSecondsSincePopulated({ period: Duration.hours(6) }) },
        })),
      }),
    ],
  ];
}
