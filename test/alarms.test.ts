import { CfnParameter, Duration, Fn, Lazy } from 'aws-cdk-lib';
import { ExpiryAlarmOptions, FailureAlarmOptions, FreshnessAlarmOptions, IntermediateTablePopulation } from '../src';
import { machineArn } from './support/definitions';
import { makePopulation, makeStack, templateUsing } from './support/stacks';
import { CfnTemplate, idOf, idsOf, resourceOf } from './support/template';

type Make = (population: IntermediateTablePopulation) => unknown;
const failure = (options?: FailureAlarmOptions): Make => (population) => population.createFailureAlarm('Alarm', options);
const expiry = (options?: ExpiryAlarmOptions): Make => (population) => population.createExpiryAlarm('Alarm', options);
const freshness = (options?: Partial<FreshnessAlarmOptions>): Make => (population) =>
  population.createFreshnessAlarm('Alarm', options as never);

const alarmOf = (make: Make) => {
  const template = templateUsing(make);
  return { template, alarm: resourceOf(template, 'AWS::CloudWatch::Alarm').Properties };
};
const ofMachine = (template: CfnTemplate) =>
  [{ Name: 'StateMachineArn', Value: machineArn(idOf(template, 'AWS::StepFunctions::StateMachine')) }];
const looksIn = (template: CfnTemplate) => idsOf(template, 'AWS::Events::Rule').filter((id) => id.startsWith('PopulationFreshness'));
const late = (seconds: number) => Duration.seconds(Lazy.number({ produce: () => seconds }));

interface MetricQuery {
  readonly Expression?: string;
  readonly Id: string;
  readonly ReturnData?: boolean;
  readonly MetricStat?: { readonly Metric: { readonly MetricName: string }; readonly Period: number };
}

describe('the failure alarm', () => {
  test('goes off with the first failure within five minutes, and stays quiet where nothing runs', () => {
    expect(alarmOf(failure()).alarm).toMatchObject({
      Threshold: 1, EvaluationPeriods: 1, ComparisonOperator: 'GreaterThanOrEqualToThreshold', TreatMissingData: 'notBreaching',
    });
  });

  test('adds up runs that failed, were stopped or timed out; one of these without data does not hide the others', () => {
    const { template, alarm } = alarmOf(failure());
    const [sum, ...added] = alarm.Metrics as MetricQuery[];
    expect(sum.Expression).toBe('FILL(failed, 0) + FILL(stopped, 0) + FILL(timedOut, 0)');
    expect(added.map(({ Id, MetricStat, ReturnData }) => [Id, MetricStat?.Metric.MetricName, ReturnData])).toEqual([
      ['failed', 'ExecutionsFailed', false],
      ['stopped', 'ExecutionsAborted', false],
      ['timedOut', 'ExecutionsTimedOut', false],
    ]);
    for (const { MetricStat } of added) {
      expect(MetricStat).toMatchObject({ Stat: 'Sum', Period: 300, Metric: { Namespace: 'AWS/States', Dimensions: ofMachine(template) } });
    }
  });

  test('counts as many failures, over as long, as wished', () => {
    const { alarm } = alarmOf(failure({ threshold: 3, period: Duration.hours(1) }));
    expect(alarm).toMatchObject({ Threshold: 3, EvaluationPeriods: 1 });
    expect((alarm.Metrics as MetricQuery[]).slice(1).map(({ MetricStat }) => MetricStat?.Period)).toEqual([3600, 3600, 3600]);
  });
});

const OF_AGE = { Namespace: 'CleanRoomsIntermediateTable', Period: 6 * 3600, EvaluationPeriods: 1 };

test('the expiry alarm goes off three days before the live version expires, and stays as it is where a look at the table failed', () => {
  const { template, alarm } = alarmOf(expiry());
  expect(alarm).toMatchObject({
    ...OF_AGE,
    MetricName: 'SecondsUntilExpiry',
    Statistic: 'Minimum',
    Dimensions: ofMachine(template),
    Threshold: 3 * 86_400,
    ComparisonOperator: 'LessThanThreshold',
    TreatMissingData: 'ignore',
  });
  expect(looksIn(template)).toHaveLength(1);
});

test('the freshness alarm goes off where data is older than it may be, or nobody has measured, once something has been populated', () => {
  const { template, alarm } = alarmOf(freshness({ maxAge: Duration.hours(36) }));
  expect(alarm).toMatchObject({
    ...OF_AGE,
    MetricName: 'SecondsSincePopulated',
    Statistic: 'Maximum',
    Dimensions: ofMachine(template),
    Threshold: 36 * 3600,
    ComparisonOperator: 'GreaterThanThreshold',
    TreatMissingData: 'breaching',
  });
  expect(looksIn(template)).toHaveLength(1);
  expect(resourceOf(template, 'AWS::CloudWatch::Alarm').DependsOn).toEqual([idOf(template, 'Custom::IntermediateTablePopulation')]);
});

test.each<[string, Make, number]>([
  ['a threshold that is known only later', failure({ threshold: Lazy.number({ produce: () => 4 }) }), 4],
  ['12 hours before', expiry({ before: Duration.hours(12) }), 43_200],
  ['10 days before', expiry({ before: Duration.days(10) }), 864_000],
  ['a time before that is known only later', expiry({ before: late(90_000) }), 90_000],
])('an alarm goes off at what is wished: %s', (_, make, threshold) => {
  expect(alarmOf(make).alarm.Threshold).toBe(threshold);
});

test('an age that is known only later is not told', () => {
  expect(alarmOf(freshness({ maxAge: late(90_000) })).alarm).toMatchObject({
    Threshold: 90_000,
    AlarmDescription: 'The data of the intermediate table is older than it may be, or its age is not measured: Stack/Population',
  });
});

describe.each<[string, (options?: { alarmName: string; alarmDescription: string }) => Make]>([
  ['failure', failure], ['expiry', expiry], ['freshness', (options) => freshness({ maxAge: Duration.hours(36), ...options })],
])('the %s alarm', (_, make) => {
  test('by itself has no name and does nothing, and says which population it is about', () => {
    const { alarm } = alarmOf(make());
    expect(alarm).not.toHaveProperty('AlarmName');
    expect(alarm).not.toHaveProperty('AlarmActions');
    expect(alarm.AlarmDescription).toContain('Stack/Population');
  });

  test('takes a name and a description', () => {
    const { alarm } = alarmOf(make({ alarmName: 'ours', alarmDescription: 'Call us' }));
    expect(alarm).toMatchObject({ AlarmName: 'ours', AlarmDescription: 'Call us' });
  });
});

describe('promise 9: what CloudWatch refuses is refused at synth, in words that name the alarm, the option and the value', () => {
  const days = (count: number) => Duration.days(count);
  const seconds = (count: number) => Duration.seconds(count);
  const LONG_NAME = { alarmName: 'n'.repeat(256) };
  const TOO_LONG = 'alarmName is "nnnnnnnnnnnnnnnnnnnn… (256 characters)"';

  test.each<[string, Make, string]>([
    ['no greatest age', freshness({}), 'maxAge is null. Give a Duration'],
    ['no options', freshness(undefined), 'options is null. Give an object'],
    ['a greatest age of a second less than 12 hours', freshness({ maxAge: seconds(43_199) }),
      'maxAge is "11 hours 59 minutes". Give at least 12 hours: the age is measured four times a day.'],
    ['a greatest age of 366 days', freshness({ maxAge: days(366) }),
      'maxAge is "366 days". Give at most 365 days, the longest that a version can live, or the alarm is never on.'],
    ['a greatest age that is a number', freshness({ maxAge: 3 as never }), 'maxAge is 3. Give a Duration'],
    ['a freshness alarm\'s name of 256 characters', freshness({ maxAge: days(2), ...LONG_NAME }), TOO_LONG],
    ['a period of nothing', failure({ period: seconds(0) }), 'period is "0 seconds". Give whole minutes'],
    ['a period of half a minute', failure({ period: seconds(30) }), 'period is "30 seconds". Give whole minutes'],
    ['a period of a minute and a half', failure({ period: seconds(90) }), 'period is "1 minute 30 seconds". Give whole minutes'],
    ['a period of 8 days', failure({ period: days(8) }), 'period is "8 days". Give whole minutes, from 1 minute to 7 days.'],
    ['a period that is a number', failure({ period: 300 as never }), 'period is 300. Give a Duration'],
    ...[0, -1, 0.5, NaN, Infinity].map((threshold): [string, Make, string] =>
      [`a threshold of ${threshold}`, failure({ threshold }), `threshold is ${threshold}. Give at least 1`]),
    ['a name of 256 characters', failure(LONG_NAME), `${TOO_LONG}. Give at most 255`],
    ['an empty name', failure({ alarmName: '' }), 'alarmName is "". Give at least 1 character.'],
    ['a description of 1,025 characters', failure({ alarmDescription: 'd'.repeat(1025) }),
      'alarmDescription is "dddddddddddddddddddd… (1025 characters)"'],
    ['a second less than 12 hours before', expiry({ before: seconds(43_199) }), 'before is "11 hours 59 minutes". Give at least 12 hours'],
    ['a minute before', expiry({ before: Duration.minutes(1) }), 'before is "1 minute". Give at least 12 hours'],
    ['400 days before', expiry({ before: days(400) }), 'before is "400 days". Give at most 365 days'],
    ['before that is a number', expiry({ before: 3 as never }), 'before is 3. Give a Duration'],
    ['an expiry alarm\'s name of 256 characters', expiry(LONG_NAME), TOO_LONG],
  ])('%s', (_, make, message) => {
    expect(() => make(makePopulation(makeStack()))).toThrow(`Stack/Population/Alarm: ${message}`);
  });

  test.each<[string, Make]>([
    ['a period of a minute', failure({ period: Duration.minutes(1) })],
    ['a period of 90 minutes', failure({ period: Duration.minutes(90) })],
    ['a period of 7 days', failure({ period: days(7) })],
    ['a name of 255 characters', failure({ alarmName: 'n'.repeat(255) })],
    ['a description of 1,024 characters', failure({ alarmDescription: 'd'.repeat(1024) })],
    ['a greatest age of 12 hours', freshness({ maxAge: Duration.hours(12) })],
    ['a greatest age of 365 days', freshness({ maxAge: days(365) })],
    ['365 days before', expiry({ before: days(365) })],
    ['a name that is known only when deploying', failure({ alarmName: Fn.importValue('x'.repeat(300)), alarmDescription: Fn.importValue('y'.repeat(2000)) })],
    ['a threshold that is known only when deploying', (population) =>
      population.createFailureAlarm('Alarm', { threshold: new CfnParameter(population, 'Value', { type: 'Number' }).valueAsNumber })],
  ])('but not %s', (_, make) => {
    expect(() => make(makePopulation(makeStack()))).not.toThrow();
  });
});
