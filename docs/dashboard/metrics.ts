import type { Cloud } from '../../simulator/cloud';

/** One value of one metric; here all metrics have one dimension. */
export interface DataPoint {
  readonly namespace: string;
  readonly name: string;
  readonly dimension: readonly [name: string, value: string];
  readonly time: number;
  readonly value: number;
}

/** What CloudWatch would have of the account: metrics from the functions' log lines, and Step Functions' own count of failures. */
export const publishedMetrics = (cloud: Cloud): DataPoint[] => [
  ...cloud.logs().filter(({ text }) => text.startsWith('{"_aws"')).flatMap(({ text }) => embedded(JSON.parse(text) as EmbeddedMetrics)),
  ...cloud.executions().filter(({ status }) => status === 'FAILED').map(({ stateMachineArn, stopDate }): DataPoint => ({
    namespace: 'AWS/States', name: 'ExecutionsFailed', dimension: ['StateMachineArn', stateMachineArn], time: stopDate!, value: 1,
  })),
];

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html */
interface EmbeddedMetrics {
  readonly _aws: {
    readonly Timestamp: number;
    readonly CloudWatchMetrics: readonly {
      readonly Namespace: string;
      readonly Dimensions: readonly string[][];
      readonly Metrics: readonly { readonly Name: string }[];
    }[];
  };
  readonly [member: string]: unknown;
}

function embedded({ _aws, ...members }: EmbeddedMetrics): DataPoint[] {
  return _aws.CloudWatchMetrics.flatMap(({ Namespace, Dimensions, Metrics }) =>
    Dimensions.flatMap(([dimension]) => Metrics.map(({ Name }) => ({
      namespace: Namespace,
      name: Name,
      dimension: [dimension, String(members[dimension])] as const,
      time: _aws.Timestamp,
      value: Number(members[Name]),
    }))));
}
