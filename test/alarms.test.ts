import { CfnParameter, Duration, Fn, Lazy } from 'aws-cdk-lib';
import { ExpiryAlarmOptions, FailureAlarmOptions, FreshnessAlarmOptions, IntermediateTablePopulation } from '../src';
import { machineArn } from './support/definitions';
import { makePopulation, makeStack, templateOf } from './support/stacks';
import { idOf, idsOf, resourceOf } from './support/template';

const alarmOf = (make: (population: IntermediateTablePopulation) => unknown) => {
  const stack = makeStack();
  make(makePopulation(stack));
  const template = templateOf(stack);
  return { template, machine: idOf(template, 'AWS::StepFunctions::StateMachine'), properties: resourceOf(template, 'AWS::CloudWatch::Alarm').Properties };
};
const failureAlarm = (options?: FailureAlarmOptions) => alarmOf((population) => population.createFailureAlarm('Alarm', options));
const expiryAlarm = (options?: ExpiryAlarmOptions) => alarmOf((population) => population.createExpiryAlarm('Alarm', options));

const freshnessAlarm = (options?: Partial<FreshnessAlarmOptions>) =>
  alarmOf((population) => population.createFreshnessAlarm('Alarm', { maxAge: Duration.hours(36), ...options }));

interface MetricQuery {
  readonly Expression?: string;
  readonly Id: string;
  readonly ReturnData?: boolean;
  readonly MetricStat?: {
    readonly Metric: { readonly MetricName: string; readonly Namespace: string; readonly Dimensions: unknown[] };
    readonly Period: number;
    readonly Stat: string;
  };
}
const queriesOf = ({ properties }: { properties: Record<string, unknown> }) => properties.Metrics as MetricQuery[];

describe('the failure alarm', () => {
  test('goes off with the first failure within five minutes, and stays quiet where nothing runs', () => {
    expect(failureAlarm().properties).toMatchObject({
      Threshold: 1, EvaluationPeriods: 1, ComparisonOperator: 'GreaterThanOrEqualToThreshold', TreatMissingData: 'notBreaching',
    });
  });

  test('adds up runs that failed, were stopped or timed out; one of these without data does not hide the others', () => {
    const alarm = failureAlarm();
    const [sum, ...added] = queriesOf(alarm);
    expect(sum.Expression).toBe('FILL(failed, 0) + FILL(stopped, 0) + FILL(timedOut, 0)');
    expect(added.map(({ Id, MetricStat, ReturnData }) => [Id, MetricStat?.Metric.MetricName, ReturnData])).toEqual([
      ['failed', 'ExecutionsFailed', false],
      ['stopped', 'ExecutionsAborted', false],
      ['timedOut', 'ExecutionsTimedOut', false],
    ]);
    for (const { MetricStat } of added) {
      expect(MetricStat).toMatchObject({ Stat: 'Sum', Period: 300 });
      expect(MetricStat?.Metric).toMatchObject({
        Namespace: 'AWS/States', Dimensions: [{ Name: 'StateMachineArn', Value: machineArn(alarm.machine) }],
      });
    }
  });

  test('counts as many failures, over as long, as wished', () => {
    const alarm = failureAlarm({ threshold: 3, period: Duration.hours(1) });
    expect(alarm.properties).toMatchObject({ Threshold: 3, EvaluationPeriods: 1 });
    expect(queriesOf(alarm).slice(1).map(({ MetricStat }) => MetricStat?.Period)).toEqual([3600, 3600, 3600]);
  });

  test.each([0, -1, 0.5, NaN])('with a threshold of %d fails at synthesis, in words that name the alarm', (threshold) => {
    expect(() => failureAlarm({ threshold })).toThrow(`Stack/Population/Alarm: threshold is ${threshold}. Give at least 1`);
  });

  test('takes a threshold that is known only later', () => {
    expect(failureAlarm({ threshold: Lazy.number({ produce: () => 4 }) }).properties.Threshold).toBe(4);
  });
});

describe('the expiry alarm', () => {
  test('goes off three days before the live version expires', () => {
    const { properties, machine } = expiryAlarm();
    expect(properties).toMatchObject({
      Namespace: 'CleanRoomsIntermediateTable',
      MetricName: 'SecondsUntilExpiry',
      Statistic: 'Minimum',
      Period: 6 * 3600,
      Dimensions: [{ Name: 'StateMachineArn', Value: machineArn(machine) }],
      Threshold: 3 * 86_400,
      EvaluationPeriods: 1,
      ComparisonOperator: 'LessThanThreshold',
    });
  });

  test('stays as it is where a look at the table failed', () => {
    expect(expiryAlarm().properties.TreatMissingData).toBe('ignore');
  });

  test('brings the rule that looks', () => {
    expect(idsOf(expiryAlarm().template, 'AWS::Events::Rule').filter((id) => id.startsWith('PopulationFreshness'))).toHaveLength(1);
  });

  test.each([[Duration.hours(12), 43_200], [Duration.days(10), 864_000]])('goes off %s before, if that is wished', (before, seconds) => {
    expect(expiryAlarm({ before }).properties.Threshold).toBe(seconds);
  });

  test.each([Duration.seconds(43_199), Duration.minutes(1)])('%s before fails at synthesis: the age is measured four times a day', (before) => {
    expect(() => expiryAlarm({ before })).toThrow(/^Stack\/Population\/Alarm: before is .*\. Give at least 12 hours/);
  });

  test('takes a time that is known only later', () => {
    expect(expiryAlarm({ before: Duration.seconds(Lazy.number({ produce: () => 90_000 })) }).properties.Threshold).toBe(90_000);
  });
});

describe('the freshness alarm', () => {
  test('goes off where the data is older than it may be, or where nobody has measured', () => {
    const { properties, machine } = freshnessAlarm();
    expect(properties).toMatchObject({
      Namespace: 'CleanRoomsIntermediateTable',
      MetricName: 'SecondsSincePopulated',
      Statistic: 'Maximum',
      Period: 6 * 3600,
      Dimensions: [{ Name: 'StateMachineArn', Value: machineArn(machine) }],
      Threshold: 36 * 3600,
      EvaluationPeriods: 1,
      ComparisonOperator: 'GreaterThanThreshold',
      TreatMissingData: 'breaching',
    });
  });

  test('brings the rule that looks, and is made once something has been populated', () => {
    const { template } = freshnessAlarm();
    expect(idsOf(template, 'AWS::Events::Rule').filter((id) => id.startsWith('PopulationFreshness'))).toHaveLength(1);
    expect(resourceOf(template, 'AWS::CloudWatch::Alarm').DependsOn).toEqual([idOf(template, 'Custom::IntermediateTablePopulation')]);
  });

  test('takes an age that is known only later, which it does not tell', () => {
    const { Threshold, AlarmDescription } = freshnessAlarm({ maxAge: Duration.seconds(Lazy.number({ produce: () => 90_000 })) }).properties;
    expect([Threshold, AlarmDescription]).toEqual([90_000, 'The data of the intermediate table is older than it may be, or its age is not measured: Stack/Population']);
  });
});

describe.each([['failure', failureAlarm], ['expiry', expiryAlarm], ['freshness', freshnessAlarm]] as const)('the %s alarm', (_, alarm) => {
  test('has a name only where it was given one, and says which population it is about', () => {
    expect(alarm().properties).not.toHaveProperty('AlarmName');
    expect(alarm().properties.AlarmDescription).toContain('Stack/Population');
  });

  test('takes a name and a description', () => {
    expect(alarm({ alarmName: 'ours', alarmDescription: 'Call us' }).properties).toMatchObject({ AlarmName: 'ours', AlarmDescription: 'Call us' });
  });

  test('does nothing by itself: its actions are the user\'s', () => {
    expect(alarm().properties).not.toHaveProperty('AlarmActions');
  });
});

describe('promise 9: what CloudWatch refuses is refused at synth, in words that name the alarm, the option and the value', () => {
  const days = (count: number) => Duration.days(count);
  const failure = (options: FailureAlarmOptions) => () => makePopulation(makeStack()).createFailureAlarm('Alarm', options);
  const expiry = (options: ExpiryAlarmOptions) => () => makePopulation(makeStack()).createExpiryAlarm('Alarm', options);

  const freshness = (options: Partial<FreshnessAlarmOptions>) => () => makePopulation(makeStack()).createFreshnessAlarm('Alarm', options as never);

  test.each<[string, () => unknown, string]>([
    ['no greatest age', freshness({}), 'maxAge is null. Give a Duration'],
    ['no options', freshness(undefined as never), 'options is null. Give an object'],
    ['a greatest age of a second less than 12 hours', freshness({ maxAge: Duration.seconds(43_199) }),
      'maxAge is "11 hours 59 minutes". Give at least 12 hours: the age is measured four times a day.'],
    ['a greatest age of 366 days', freshness({ maxAge: days(366) }), 'maxAge is "366 days". Give at most 365 days, the longest that a version can live, or the alarm is never on.'],
    ['a greatest age that is a number', freshness({ maxAge: 3 as never }), 'maxAge is 3. Give a Duration'],
    ['a freshness alarm\'s name of 256 characters', freshness({ maxAge: days(2), alarmName: 'n'.repeat(256) }), 'alarmName is "nnnnnnnnnnnnnnnnnnnn… (256 characters)"'],
    ['a period of nothing', failure({ period: Duration.seconds(0) }), 'period is "0 seconds". Give whole minutes'],
    ['a period of half a minute', failure({ period: Duration.seconds(30) }), 'period is "30 seconds". Give whole minutes'],
    ['a period of a minute and a half', failure({ period: Duration.seconds(90) }), 'period is "1 minute 30 seconds". Give whole minutes'],
    ['a period of 8 days', failure({ period: days(8) }), 'period is "8 days". Give whole minutes, from 1 minute to 7 days.'],
    ['a period that is a number', failure({ period: 300 as never }), 'period is 300. Give a Duration'],
    ['a threshold of none', failure({ threshold: NaN }), 'threshold is NaN. Give at least 1'],
    ['a threshold without end', failure({ threshold: Infinity }), 'threshold is Infinity. Give at least 1'],
    ['a name of 256 characters', failure({ alarmName: 'n'.repeat(256) }), 'alarmName is "nnnnnnnnnnnnnnnnnnnn… (256 characters)". Give at most 255'],
    ['an empty name', failure({ alarmName: '' }), 'alarmName is "". Give at least 1 character.'],
    ['a description of 1,025 characters', failure({ alarmDescription: 'd'.repeat(1025) }), 'alarmDescription is "dddddddddddddddddddd… (1025 characters)"'],
    ['400 days before', expiry({ before: days(400) }), 'before is "400 days". Give at most 365 days'],
    ['before that is a number', expiry({ before: 3 as never }), 'before is 3. Give a Duration'],
    ['an expiry alarm\'s name of 256 characters', expiry({ alarmName: 'n'.repeat(256) }), 'alarmName is "nnnnnnnnnnnnnnnnnnnn… (256 characters)"'],
  ])('%s', (_, make, message) => {
    expect(make).toThrow(`Stack/Population/Alarm: ${message}`);
  });

  test.each<[string, () => unknown]>([
    ['a period of a minute', failure({ period: Duration.minutes(1) })],
    ['a period of 90 minutes', failure({ period: Duration.minutes(90) })],
    ['a period of 7 days', failure({ period: days(7) })],
    ['a name of 255 characters', failure({ alarmName: 'n'.repeat(255) })],
    ['a description of 1,024 characters', failure({ alarmDescription: 'd'.repeat(1024) })],
    ['a greatest age of 12 hours', freshness({ maxAge: Duration.hours(12) })],
    ['a greatest age of 365 days', freshness({ maxAge: days(365) })],
    ['365 days before', expiry({ before: days(365) })],
    ['a name that is known only when deploying', failure({ alarmName: Fn.importValue('x'.repeat(300)), alarmDescription: Fn.importValue('y'.repeat(2000)) })],
    ['a threshold and a period that are known only when deploying', () => {
      const stack = makeStack();
      const value = new CfnParameter(stack, 'Value', { type: 'Number' }).valueAsNumber;
      return makePopulation(stack).createFailureAlarm('Alarm', { threshold: value });
    }],
  ])('but not %s', (_, make) => {
    expect(make).not.toThrow();
  });
});
