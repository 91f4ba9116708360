import { aws_cloudwatch as cloudwatch, aws_stepfunctions as sfn, Duration } from 'aws-cdk-lib';
import { METRIC_DIMENSION, METRIC_NAMESPACE } from '../contract/names';

/** A metric that runs publish themselves, in the state machine's account and region: see `src/handlers/population/metrics.ts`. */
export function ownMetric(
  stateMachine: sfn.IStateMachine, metricName: string, statistic: string, options?: cloudwatch.MetricOptions,
): cloudwatch.Metric {
  return new cloudwatch.Metric({
    namespace: METRIC_NAMESPACE,
    metricName,
    dimensionsMap: { [METRIC_DIMENSION]: stateMachine.stateMachineArn },
    statistic,
    period: Duration.minutes(5),
    ...options,
  }).attachTo(stateMachine);
}
