import {
  aws_cloudwatch as cloudwatch, aws_ec2 as ec2, aws_events as events, aws_iam as iam, aws_stepfunctions as sfn, CfnOutput, CfnResource, Duration,
} from 'aws-cdk-lib';
import { IIntermediateTableRef } from 'aws-cdk-lib/aws-cleanrooms';
import { propertyInjectable } from 'aws-cdk-lib/core/lib/prop-injectable';
import { Construct } from 'constructs';
import { ExpiryAlarmOptions, FailureAlarmOptions, FreshnessAlarmOptions } from './alarm-options';
import { POPULATED, POPULATION_FAILED } from './contract/names';
import { IIntermediateTablePopulation } from './i-intermediate-table-population';
import { IntermediateTablePopulationProps } from './population-props';
import { PopulationServices } from './population-services';
import { makeExpiryAlarm, makeFailureAlarm, makeFreshnessAlarm } from './private/alarms';
import { eventRule, warnUnlessWatched } from './private/event-rules';
import { resourceOf } from './private/intermediate-table/references';
import { whenFinal } from './private/late';
import { ownMetric } from './private/metrics';
import { joinNeighbours } from './private/population-neighbours';
import { PopulationResources } from './private/population-resources';
import { problem } from './private/problem';
import { validateSchedule, validateScheduleName } from './private/schedules';
import { outputDescription, ruleDescription } from './private/texts';
import { requireBoolean } from './private/type-checks';
import { validateKey, validateParameters, validateProps } from './private/validation';
import { parameterArnOf } from './private/version-parameter';
import { AddScheduleOptions } from './schedule-options';

/**
 * Populates an AWS Clean Rooms intermediate table when the stack deploys, and on schedules.
 *
 * CloudFormation creates an intermediate table empty. This construct populates it, once per change, and lets the deploy go on
 * when the new version can be queried, or fails it with the query's own error.
 *
 * @see https://docs.aws.amazon.com/clean-rooms/latest/userguide/working-with-intermediate-tables.html
 */
@propertyInjectable
export class IntermediateTablePopulation extends Construct implements IIntermediateTablePopulation {
  /**
   * What property injectors know this construct by.
   */
  public static readonly PROPERTY_INJECTION_ID: string = 'cdk-cleanrooms-intermediate-table.IntermediateTablePopulation';

  /**
   * The table that is populated.
   */
  public readonly intermediateTable: IIntermediateTableRef;

  /**
   * The state machine that populates the table, started alike by deploys, schedules and you.
   *
   * Its input is `{}`, or `{ "parameters": { … } }` to override parameters by name. Its output has `versionId`, `analysisId`,
   * `analysisType`, `status` (`POPULATED` or `UNCHANGED`), `populatedAt`, `durationMillis` and `billedCrpuHours`.
   */
  public readonly stateMachine: sfn.IStateMachine;

  /**
   * The id of the version that was live at the end of the last deploy that changed the population. A schedule outdates it.
   */
  public readonly versionId: string;

  /**
   * The id of the protected query that made that version.
   */
  public readonly analysisId: string;

  private readonly resources: PopulationResources;
  private hasSchedule = false;
  private isWatched = false;

  /**
   * @throws if a value is outside the limits that its property names, or has no effect
   */
  constructor(scope: Construct, id: string, props: IntermediateTablePopulationProps) {
    super(scope, id);
    const known = { ...props, intermediateTable: resourceOf(props.intermediateTable) };
    validateProps(this, known);
    this.intermediateTable = props.intermediateTable;
    // Again, since the table's key may be set later.
    this.node.addValidation({
      validate: () => {
        validateKey(this, known);
        return [];
      },
    });
    this.resources = new PopulationResources(this, known);
    joinNeighbours({
      scope: this,
      table: known.intermediateTable,
      customResource: this.resources.resource,
      refreshAfter: props.refreshAfter ?? [],
      versionParameter: props.versionParameter,
    });
    this.stateMachine = this.resources.reference;
    this.versionId = this.resources.getAtt('versionId');
    this.analysisId = this.resources.getAtt('analysisId');
    if (props.versionIdOutput ?? true) {
      const output = new CfnOutput(this, 'VersionId', {
        value: this.versionId,
        description: outputDescription(`The version of the intermediate table that was live when the stack was deployed (${this.node.path})`),
      });
      // Aspects that give conditions to resources pass over outputs.
      whenFinal(output, () => { output.condition ??= this.resources.resource.cfnOptions.condition; });
    }
    if (props.schedule) {
      this.addSchedule('Schedule', props.schedule);
    }
  }

  /**
   * The network connections of the two functions that all populations of the stack share, once they are in a VPC: for the security groups of
   * VPC endpoints, such as `endpoint.connections.allowDefaultPortFrom(population)`.
   *
   * @throws if the functions are in no VPC
   */
  public get connections(): ec2.Connections {
    return PopulationServices.of(this).connections;
  }

  /**
   * Populates the table on a further schedule.
   *
   * One run of a table acts at a time: another waits, and populates nothing if the same was made meanwhile. A failed one leaves the live
   * version as it is.
   *
   * @returns the EventBridge rule
   * @throws if a parameter is outside its limits, or the schedule can never fire
   */
  public addSchedule(id: string, schedule: events.Schedule, options: AddScheduleOptions = {}): events.Rule {
    validateScheduleName(this, id);
    validateSchedule(this, 'schedule', schedule);
    validateParameters(this, 'parameters', options.parameters);
    requireBoolean(this.node.path, 'enabled', options.enabled);
    const rule = new events.Rule(this, id, {
      schedule,
      enabled: options.enabled,
      description: ruleDescription(this.node.path, 'description', options.description, `Populates the intermediate table of ${this.node.path}`),
    });
    this.resources.addSchedule(id, rule, options.parameters);
    if (!this.hasSchedule) {
      this.hasSchedule = true;
      warnUnlessWatched(rule, () => this.isWatched);
    }
    return rule;
  }

  /**
   * A rule for each population that ends well, on a deploy, by schedule or started by you. Runs that find nothing to populate do not count.
   *
   * The event's detail has `versionId`, `analysisId`, `analysisType`, `populatedAt`, `durationMillis`, `billedCrpuHours`,
   * `membershipIdentifier`, `intermediateTableIdentifier`, `population` (this construct's path) and `execution`.
   */
  public onPopulated(id: string, options: events.OnEventOptions = {}): events.Rule {
    return eventRule(this, id, (rule) => this.resources.announced(rule, POPULATED), options);
  }

  /**
   * A rule for each population that fails.
   *
   * The event's detail has `error`, `cause`, `analysisId` (empty where no query had started), `retryable` (whether Clean Rooms says that the
   * same request may succeed if it is sent again; null where it does not say), `membershipIdentifier`,
   * `intermediateTableIdentifier`, `population` (this construct's path) and `execution`. The cause holds the query's own error code and message.
   */
  public onPopulationFailed(id: string, options: events.OnEventOptions = {}): events.Rule {
    this.isWatched = true;
    return eventRule(this, id, (rule) => this.resources.announced(rule, POPULATION_FAILED), options);
  }

  /**
   * Lets `grantee` start populations, as with `states:StartExecution`: each costs money and access budgets.
   */
  public grantPopulate(grantee: iam.IGrantable): iam.Grant {
    return this.stateMachine.grantStartExecution(grantee);
  }

  /**
   * Lets `grantee` read the SSM parameter that holds the live version's id.
   *
   * @throws if there is no `versionParameter`
   */
  public grantReadVersion(grantee: iam.IGrantable): iam.Grant {
    const parameter = this.resources.versionParameter
      ?? problem(this.node.path, 'versionParameter', undefined, 'Give an SSM parameter that holds the version\'s id.');
    return iam.Grant.addToPrincipal({ grantee, actions: READ_PARAMETER, resourceArns: [parameterArnOf(parameter)] });
  }

  /**
   * How many populations made a new version.
   *
   * @default - sum over 5 minutes
   */
  public metricSucceeded(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return ownMetric(this.stateMachine, 'Populated', 'Sum', options);
  }

  /**
   * How many runs failed: Step Functions' own count, which does not depend on our functions. Executions that somebody stopped are not in it.
   *
   * @default - sum over 5 minutes
   */
  public metricFailed(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    this.isWatched = true;
    return this.stateMachine.metricFailed(options);
  }

  /**
   * How many populations did not end within their `timeout`. They count as failed, too.
   *
   * @default - sum over 5 minutes
   */
  public metricTimedOut(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return ownMetric(this.stateMachine, 'TimedOut', 'Sum', options);
  }

  /**
   * How long populations that succeeded took, in seconds, from their start until their version was live.
   *
   * @default - average over 5 minutes
   */
  public metricDuration(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return ownMetric(this.stateMachine, 'Duration', 'Average', options);
  }

  /**
   * The CRPU-hours that populations were billed, those of failed queries included.
   *
   * @default - sum over 5 minutes
   * @see https://aws.amazon.com/clean-rooms/pricing/
   */
  public metricBilledCrpuHours(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return ownMetric(this.stateMachine, 'BilledCrpuHours', 'Sum', options);
  }

  /**
   * The age of the live version's data, in seconds since its query ended; measured at every run and four times a day.
   *
   * @default - maximum over 6 hours
   */
  public metricSecondsSincePopulated(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    this.enableFreshnessMetrics();
    return ownMetric(this.stateMachine, 'SecondsSincePopulated', 'Maximum', { period: Duration.hours(6), ...options });
  }

  /**
   * The seconds until the live version expires, 0 when there is none; measured at every run and four times a day.
   *
   * @default - minimum over 6 hours
   */
  public metricSecondsUntilExpiry(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    this.enableFreshnessMetrics();
    return ownMetric(this.stateMachine, 'SecondsUntilExpiry', 'Minimum', { period: Duration.hours(6), ...options });
  }

  /**
   * An alarm that goes off when populations fail, or are stopped. Add an action to it.
   *
   * @throws if the threshold is below 1
   */
  public createFailureAlarm(id: string, options: FailureAlarmOptions = {}): cloudwatch.Alarm {
    this.isWatched = true;
    return makeFailureAlarm(this, id, this.stateMachine, options);
  }

  /**
   * An alarm that goes off before the live version expires and the table cannot be queried any more. Add an action to it.
   *
   * @throws if `before` is less than 12 hours
   */
  public createExpiryAlarm(id: string, options: ExpiryAlarmOptions = {}): cloudwatch.Alarm {
    return makeExpiryAlarm(this, id, this.metricSecondsUntilExpiry(), options);
  }

  /**
   * An alarm that goes off when the live version's data is older than it may be, or when nobody has measured it: where there is no version,
   * where the rule that looks is off, or where the runs fail before they have looked. Add an action to it.
   *
   * The age is measured at every run and four times a day, and the alarm looks at the greatest of six hours: it may go off, and go out, six
   * hours late. Before CloudWatch takes what is missing for missing it looks back over some more of these. Of a population that was deployed
   * before, it is on until the first look.
   *
   * @throws if `maxAge` is less than 12 hours or more than 365 days
   * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
   */
  public createFreshnessAlarm(id: string, options: FreshnessAlarmOptions): cloudwatch.Alarm {
    const alarm = makeFreshnessAlarm(this, id, this.metricSecondsSincePopulated(), options);
    // Before the first populate it would be on.
    (alarm.node.defaultChild as CfnResource).addResourceDependency(this.resources.resource);
    return alarm;
  }

  /**
   * Measures the live version's age and expiry four times a day, by a rule that starts a run which only looks. Metrics, alarms and
   * dashboards that need it call this themselves.
   */
  public enableFreshnessMetrics(): void {
    this.resources.measureFreshness();
  }
}

/** As `grantRead()` of CDK's own parameters gives them. */
const READ_PARAMETER = ['ssm:DescribeParameters', 'ssm:GetParameters', 'ssm:GetParameter', 'ssm:GetParameterHistory'];
