import { aws_cloudwatch as cloudwatch, Duration } from 'aws-cdk-lib';
import { METRIC_DIMENSION, METRIC_NAMESPACE } from '../handlers/shared-names';

/** A metric that runs publish themselves: see `src/handlers/population/metrics.ts`. */
export function ownMetric(stateMachineArn: string, metricName: string, statistic: string, options?: cloudwatch.MetricOptions): cloudwatch.Metric {
  return new cloudwatch.Metric({
    namespace: METRIC_NAMESPACE,
    metricName,
    dimensionsMap: { [METRIC_DIMENSION]: stateMachineArn },
    statistic,
    period: Duration.minutes(5),
    ...options,
  });
}
