import { aws_cloudwatch as cloudwatch, aws_stepfunctions as sfn, Duration, Token } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { ExpiryAlarmOptions, FailureAlarmOptions } from '../alarm-options';
import { problem } from './problem';

/** Counts executions that failed, that somebody stopped, and that the machine itself has timed out. */
export function makeFailureAlarm(scope: Construct, id: string, machine: sfn.IStateMachine, options: FailureAlarmOptions): cloudwatch.Alarm {
  const { threshold = 1, period = Duration.minutes(5) } = options;
  if (!Token.isUnresolved(threshold) && !(threshold >= 1)) {
    problem(`${scope.node.path}/${id}`, 'threshold', threshold, 'Give at least 1, or the alarm is always on.');
  }
  return new cloudwatch.Alarm(scope, id, {
    metric: new cloudwatch.MathExpression({
      expression: 'FILL(failed, 0) + FILL(stopped, 0) + FILL(timedOut, 0)',
      label: 'Populations that failed',
      period,
      usingMetrics: { failed: machine.metricFailed(), stopped: machine.metricAborted(), timedOut: machine.metricTimedOut() },
    }),
    threshold,
    evaluationPeriods: 1,
    comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
    treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
    alarmName: options.alarmName,
    alarmDescription: options.alarmDescription
      ?? `Populating the intermediate table of ${scope.node.path} failed; the executions of its state machine tell why.`,
  });
}

const LEAST_BEFORE = Duration.hours(12);

export function makeExpiryAlarm(scope: Construct, id: string, metric: cloudwatch.Metric, options: ExpiryAlarmOptions): cloudwatch.Alarm {
  const { before = Duration.days(3) } = options;
  if (!before.isUnresolved() && before.toSeconds() < LEAST_BEFORE.toSeconds()) {
    problem(`${scope.node.path}/${id}`, 'before', before.toHumanString(), 'Give at least 12 hours: the age is measured four times a day.');
  }
  return new cloudwatch.Alarm(scope, id, {
    metric,
    threshold: before.toSeconds(),
    evaluationPeriods: 1,
    comparisonOperator: cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
    // A look that fails once leaves the alarm as it was.
    treatMissingData: cloudwatch.TreatMissingData.IGNORE,
    alarmName: options.alarmName,
    alarmDescription: options.alarmDescription
      ?? `The live version of the intermediate table of ${scope.node.path} expires soon, or there is none: populate it.`,
  });
}
