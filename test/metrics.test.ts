import { Duration } from 'aws-cdk-lib';
import { IntermediateTablePopulation } from '../src';
import { machineArn } from './support/definitions';
import { makePopulation, makeStack, templateOf, templateUsing } from './support/stacks';
import { idOf, idsOf } from './support/template';
import type { Ended } from '../src/contract/workflow';
import { measurements } from '../src/handlers/metrics';
import type { Run } from '../src/handlers/population/run';

type MetricMethod = Extract<keyof IntermediateTablePopulation, `metric${string}`>;

const OWN = 'CleanRoomsIntermediateTable';

const metrics: [MetricMethod, string, string, string, Duration][] = [
  ['metricSucceeded', OWN, 'Populated', 'Sum', Duration.minutes(5)],
  ['metricFailed', 'AWS/States', 'ExecutionsFailed', 'Sum', Duration.minutes(5)],
  ['metricTimedOut', OWN, 'TimedOut', 'Sum', Duration.minutes(5)],
  ['metricDuration', OWN, 'Duration', 'Average', Duration.minutes(5)],
  ['metricBilledCrpuHours', OWN, 'BilledCrpuHours', 'Sum', Duration.minutes(5)],
  ['metricSecondsSincePopulated', OWN, 'SecondsSincePopulated', 'Maximum', Duration.hours(6)],
  ['metricSecondsUntilExpiry', OWN, 'SecondsUntilExpiry', 'Minimum', Duration.hours(6)],
];

const stack = makeStack();
const population = makePopulation(stack);
const machine = idOf(templateOf(stack), 'AWS::StepFunctions::StateMachine');

test.each(metrics)('%s is %s %s of the state machine, its %s, and not narrowed to a unit, which the function alone decides', (
  method, namespace, metricName, statistic, period,
) => {
  const { metricStat } = population[method]().toMetricConfig();
  const dimensions = [{ name: 'StateMachineArn', value: machineArn(machine) }];
  expect(stack.resolve(metricStat)).toMatchObject({ namespace, metricName, statistic, period, dimensions });
  expect(metricStat).not.toHaveProperty('unitFilter', expect.anything());
});

test.each(metrics)('%s takes another statistic, period and label', (method, namespace, metricName) => {
  const { metricStat, renderingProperties } = population[method]({ statistic: 'p90', period: Duration.days(1), label: 'ours' }).toMetricConfig();
  expect(metricStat).toMatchObject({ namespace, metricName, statistic: 'p90', period: Duration.days(1) });
  expect(renderingProperties).toMatchObject({ label: 'ours' });
});

test('every metric of the library is one that runs publish, and every one that they publish has a method', () => {
  const ends: Ended[] = [
    { output: { versionId: 'v', analysisId: 'a', analysisType: 'QUERY', status: 'POPULATED', populatedAt: '', durationMillis: 1, billedCrpuHours: 1 } },
    { failure: { error: 'PopulationTimedOut', cause: '', analysisId: '', retryable: null } },
  ];
  const measured = ends.flatMap((ended) => Object.keys(measurements({ startedAt: 0 } as Run, ended, { madeAt: 0, expiresAt: 1 }, 0)));
  expect(metrics.filter(([, namespace]) => namespace === OWN).map(([,, name]) => name).sort()).toEqual([...new Set(measured)].sort());
});

describe('freshness', () => {
  const rulesWith = (use: (population: IntermediateTablePopulation) => void) => {
    const template = templateUsing(use);
    return idsOf(template, 'AWS::Events::Rule').filter((id) => id.startsWith('PopulationFreshness')).map((id) => template.Resources[id].Properties);
  };

  test.each<MetricMethod>(['metricSecondsSincePopulated', 'metricSecondsUntilExpiry'])('is measured four times a day where somebody wants %s', (method) => {
    expect(rulesWith((wanted) => wanted[method]())).toEqual([expect.objectContaining({
      ScheduleExpression: 'rate(6 hours)',
      State: 'ENABLED',
      // A run that only looks.
      Targets: [expect.objectContaining({ Input: '{"observe":true}', RetryPolicy: { MaximumEventAgeInSeconds: 900, MaximumRetryAttempts: 2 } })],
    })]);
  });

  test('is measured once, whoever wants it how often', () => {
    expect(rulesWith((wanted) => {
      wanted.enableFreshnessMetrics();
      wanted.enableFreshnessMetrics();
      wanted.metricSecondsUntilExpiry();
      wanted.createExpiryAlarm('Expires');
    })).toHaveLength(1);
  });

  test('costs nothing where nobody wants it', () => {
    expect(rulesWith((wanted) => {
      wanted.metricSucceeded();
      wanted.metricDuration();
      wanted.metricBilledCrpuHours();
    })).toEqual([]);
  });
});
