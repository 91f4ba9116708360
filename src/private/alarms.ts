import { aws_cloudwatch as cloudwatch, aws_stepfunctions as sfn, Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { ExpiryAlarmOptions, FailureAlarmOptions, FreshnessAlarmOptions } from '../alarm-options';
import { known, problem } from './problem';
import { alarmDescription, requireText } from './texts';
import { requireDuration, requireOptions } from './type-checks';

/** Counts executions that failed, that somebody stopped, and that the machine itself has timed out. */
export function makeFailureAlarm(scope: Construct, id: string, machine: sfn.IStateMachine, options: FailureAlarmOptions): cloudwatch.Alarm {
  const { threshold = 1, period = Duration.minutes(5) } = options;
  const path = `${scope.node.path}/${id}`;
  if (known(threshold) && !(threshold >= 1 && threshold < Infinity)) {
    problem(path, 'threshold', threshold, 'Give at least 1, or the alarm is always on.');
  }
  validatePeriod(path, period);
  return makeAlarm(scope, id, options, 'The executions of its state machine tell why populating the intermediate table failed', {
    metric: new cloudwatch.MathExpression({
      expression: 'FILL(failed, 0) + FILL(stopped, 0) + FILL(timedOut, 0)',
      label: 'Populations that failed',
      period,
      usingMetrics: { failed: machine.metricFailed(), stopped: machine.metricAborted(), timedOut: machine.metricTimedOut() },
    }),
    threshold,
    comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
    treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
  });
}

export function makeExpiryAlarm(scope: Construct, id: string, metric: cloudwatch.Metric, options: ExpiryAlarmOptions): cloudwatch.Alarm {
  const { before = Duration.days(3) } = options;
  validateAge(`${scope.node.path}/${id}`, 'before', before, 'always on');
  return makeAlarm(scope, id, options, 'The live version of the intermediate table expires soon, or there is none, so populate it', {
    metric,
    threshold: before.toSeconds(),
    comparisonOperator: cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
    // A look that fails once leaves the alarm as it was.
    treatMissingData: cloudwatch.TreatMissingData.IGNORE,
  });
}

export function makeFreshnessAlarm(scope: Construct, id: string, metric: cloudwatch.Metric, options: FreshnessAlarmOptions): cloudwatch.Alarm {
  const path = `${scope.node.path}/${id}`;
  requireOptions(path, 'options', options ?? null);
  const { maxAge } = options;
  validateAge(path, 'maxAge', maxAge ?? null, 'never on');
  const limit = maxAge.isUnresolved() ? 'it may be' : maxAge.toHumanString();
  return makeAlarm(scope, id, options, `The data of the intermediate table is older than ${limit}, or its age is not measured`, {
    metric,
    threshold: maxAge.toSeconds(),
    comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
    // Silence is not freshness.
    treatMissingData: cloudwatch.TreatMissingData.BREACHING,
  });
}

type Named = Pick<FailureAlarmOptions, 'alarmName' | 'alarmDescription'>;
type Rule = Pick<cloudwatch.AlarmProps, 'metric' | 'threshold' | 'comparisonOperator' | 'treatMissingData'>;

function makeAlarm(scope: Construct, id: string, named: Named, meaning: string, rule: Rule): cloudwatch.Alarm {
  const path = `${scope.node.path}/${id}`;
  const { alarmName, alarmDescription: own } = named;
  requireText(path, 'alarmName', alarmName, 255, 1);
  return new cloudwatch.Alarm(scope, id, {
    ...rule,
    evaluationPeriods: 1,
    alarmName,
    alarmDescription: alarmDescription(path, own, `${meaning}: ${scope.node.path}`),
  });
}

const LEAST_AGE = Duration.hours(12);
const MOST_AGE = Duration.days(365);

/** Of a version's life. */
function validateAge(path: string, prop: string, age: Duration, otherwise: string): void {
  requireDuration(path, prop, age);
  if (age.isUnresolved()) {
    return;
  }
  const seconds = age.toSeconds({ integral: false });
  if (seconds < LEAST_AGE.toSeconds()) {
    problem(path, prop, age.toHumanString(), 'Give at least 12 hours: the age is measured four times a day.');
  }
  if (seconds > MOST_AGE.toSeconds()) {
    problem(path, prop, age.toHumanString(), `Give at most 365 days, the longest that a version can live, or the alarm is ${otherwise}.`);
  }
}

/** Of metrics by the minute, which ours and Step Functions' are: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html */
function validatePeriod(path: string, period: Duration): void {
  requireDuration(path, 'period', period);
  if (period.isUnresolved()) {
    return;
  }
  const seconds = period.toSeconds({ integral: false });
  if (seconds < 60 || seconds > LONGEST_PERIOD.toSeconds() || seconds % 60 !== 0) {
    problem(path, 'period', period.toHumanString(), 'Give whole minutes, from 1 minute to 7 days.');
  }
}

const LONGEST_PERIOD = Duration.days(7);
