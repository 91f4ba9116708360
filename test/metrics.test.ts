import { Duration } from 'aws-cdk-lib';
import { IntermediateTablePopulation } from '../src';
import { machineArn } from './support/definitions';
import { makePopulation, makeStack, templateOf } from './support/stacks';
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

describe.each(metrics)('%s', (method, namespace, name, statistic, period) => {
  const stack = makeStack();
  const population = makePopulation(stack);
  const machine = idOf(templateOf(stack), 'AWS::StepFunctions::StateMachine');

  test(`is ${statistic} of ${namespace} ${name} of this population's state machine`, () => {
    expect(stack.resolve(population[method]().toMetricConfig().metricStat)).toMatchObject({
      namespace, metricName: name, statistic, period, dimensions: [{ name: 'StateMachineArn', value: machineArn(machine) }],
    });
  });

  test('takes another statistic, period and label', () => {
    const { metricStat, renderingProperties } = population[method]({ statistic: 'p90', period: Duration.days(1), label: 'ours' }).toMetricConfig();
    expect(metricStat).toMatchObject({ namespace, metricName: name, statistic: 'p90', period: Duration.days(1) });
    expect(renderingProperties).toMatchObject({ label: 'ours' });
  });

  test('does not narrow itself to a unit, which the function alone decides', () => {
    expect(population[method]().toMetricConfig().metricStat).not.toHaveProperty('unitFilter', expect.anything());
  });
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
    const stack = makeStack();
    use(makePopulation(stack));
    const template = templateOf(stack);
    return idsOf(template, 'AWS::Events::Rule').filter((id) => id.startsWith('PopulationFreshness')).map((id) => template.Resources[id].Properties);
  };

  test.each<MetricMethod>(['metricSecondsSincePopulated', 'metricSecondsUntilExpiry'])('is measured four times a day where somebody wants %s', (method) => {
    expect(rulesWith((population) => population[method]())).toEqual([expect.objectContaining({
      ScheduleExpression: 'rate(6 hours)',
      State: 'ENABLED',
      // A run that only looks.
      Targets: [expect.objectContaining({ Input: '{"observe":true}', RetryPolicy: { MaximumEventAgeInSeconds: 900, MaximumRetryAttempts: 2 } })],
    })]);
  });

  test('is measured once, whoever wants it how often', () => {
    expect(rulesWith((population) => {
      population.enableFreshnessMetrics();
      population.enableFreshnessMetrics();
      population.metricSecondsUntilExpiry();
      population.createExpiryAlarm('Expires');
    })).toHaveLength(1);
  });

  test('costs nothing where nobody wants it', () => {
    expect(rulesWith((population) => {
      population.metricSucceeded();
      population.metricDuration();
      population.metricBilledCrpuHours();
    })).toEqual([]);
  });
});
