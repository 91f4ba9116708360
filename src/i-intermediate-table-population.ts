import { aws_cloudwatch as cloudwatch, aws_ec2 as ec2, aws_events as events, aws_iam as iam, aws_stepfunctions as sfn } from 'aws-cdk-lib';
import { IIntermediateTableRef } from 'aws-cdk-lib/aws-cleanrooms';
import { IConstruct } from 'constructs';

/**
 * What populates an intermediate table: for constructs that take an `IntermediateTablePopulation` or are built around one.
 */
export interface IIntermediateTablePopulation extends IConstruct, ec2.IConnectable {
  /**
   * The table that is populated.
   */
  readonly intermediateTable: IIntermediateTableRef;

  /**
   * The state machine that populates the table.
   */
  readonly stateMachine: sfn.IStateMachine;

  /**
   * The id of the version that was live at the end of the last deploy that changed the population.
   */
  readonly versionId: string;

  /**
   * The id of the protected query that made that version.
   */
  readonly analysisId: string;

  /**
   * A rule for each population that ends well.
   */
  onPopulated(id: string, options?: events.OnEventOptions): events.Rule;

  /**
   * A rule for each population that fails.
   */
  onPopulationFailed(id: string, options?: events.OnEventOptions): events.Rule;

  /**
   * Lets `grantee` start populations.
   */
  grantPopulate(grantee: iam.IGrantable): iam.Grant;

  /**
   * Lets `grantee` read the SSM parameter that holds the live version's id.
   */
  grantReadVersion(grantee: iam.IGrantable): iam.Grant;

  /**
   * How many populations made a new version.
   *
   * @default - sum over 5 minutes
   */
  metricSucceeded(options?: cloudwatch.MetricOptions): cloudwatch.Metric;

  /**
   * How many runs failed.
   *
   * @default - sum over 5 minutes
   */
  metricFailed(options?: cloudwatch.MetricOptions): cloudwatch.Metric;

  /**
   * How many populations did not end within their timeout.
   *
   * @default - sum over 5 minutes
   */
  metricTimedOut(options?: cloudwatch.MetricOptions): cloudwatch.Metric;

  /**
   * How long populations that succeeded took, in seconds.
   *
   * @default - average over 5 minutes
   */
  metricDuration(options?: cloudwatch.MetricOptions): cloudwatch.Metric;

  /**
   * The CRPU-hours that populations were billed.
   *
   * @default - sum over 5 minutes
   */
  metricBilledCrpuHours(options?: cloudwatch.MetricOptions): cloudwatch.Metric;

  /**
   * The age of the live version's data, in seconds.
   *
   * @default - maximum over 6 hours
   */
  metricSecondsSincePopulated(options?: cloudwatch.MetricOptions): cloudwatch.Metric;

  /**
   * The seconds until the live version expires.
   *
   * @default - minimum over 6 hours
   */
  metricSecondsUntilExpiry(options?: cloudwatch.MetricOptions): cloudwatch.Metric;
}
