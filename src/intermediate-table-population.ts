import { CfnOutput, CustomResource, Duration, Lazy, Stack, Token } from 'aws-cdk-lib';
import { IIntermediateTableRef } from 'aws-cdk-lib/aws-cleanrooms';
import * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import * as iam from 'aws-cdk-lib/aws-iam';
import { IKeyRef } from 'aws-cdk-lib/aws-kms';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { PopulationCompute } from './compute';
import { PopulateOnDeploy } from './populate-on-deploy';
import { definitionOf, kmsKeyArnOf, replacingProperties, PopulationDefinition } from './private/definition';
import { LongWait, MARGIN_SECONDS } from './private/long-wait';
import { Services } from './private/services';
import {
  validateCompute, validateParameters, validatePayer, validateSchedule, validateTable, validateTimeout, validateTriggers,
} from './private/validation';
import { workflow } from './private/workflow';
import { AddScheduleOptions } from './schedule-options';

/**
 * Properties of an `IntermediateTablePopulation`.
 */
export interface IntermediateTablePopulationProps {
  /**
   * The table to populate, in the stack's account and region: only a table's owner may populate it.
   *
   * A `CfnIntermediateTable` is one; see `IntermediateTable` for tables of other apps.
   */
  readonly intermediateTable: IIntermediateTableRef;

  /**
   * Values for the parameters of the table's stored query, by name.
   *
   * Names are 1 to 100 letters, digits and underscores; values have up to 1,000 characters. They stand in the template
   * and in the executions' input, so they are no place for secrets.
   *
   * @default - the stored query's own defaults
   * @see https://docs.aws.amazon.com/clean-rooms/latest/apireference/API_PopulateIntermediateTable.html
   */
  readonly parameters?: { [name: string]: string };

  /**
   * What the query runs on.
   *
   * @default - the service's: 16 workers of type CR.1X
   */
  readonly compute?: PopulationCompute;

  /**
   * The account that pays for the query, 12 digits.
   *
   * @default - the one that the collaboration configures
   */
  readonly analysisPayerAccountId?: string;

  /**
   * When a deploy populates the table.
   *
   * @default PopulateOnDeploy.ON_CHANGE
   */
  readonly populateOnDeploy?: PopulateOnDeploy;

  /**
   * Further values whose change makes a deploy populate again, such as the version of the data that the query reads.
   *
   * They only have an effect with `PopulateOnDeploy.ON_CHANGE`.
   *
   * @default - none
   */
  readonly triggers?: string[];

  /**
   * Populates the table again and again: with a new version each time, while the previous one stays available.
   *
   * A version expires 30 days after it was made, unless the table was created with another retention.
   *
   * @default - only deploys populate
   */
  readonly schedule?: events.Schedule;

  /**
   * How long a population may take, from its start until its version can be queried, waiting for quotas included:
   * 1 minute to 12 hours.
   *
   * Above 55 minutes a deploy waits with a wait condition, since CloudFormation waits for a custom resource for an hour only.
   *
   * @default Duration.minutes(55)
   */
  readonly timeout?: Duration;

  /**
   * Whether the protected query is cancelled when the timeout is over. A query that goes on costs money, and may still make its version live.
   *
   * @default true
   */
  readonly cancelOnTimeout?: boolean;

  /**
   * Whether the stack gets an output `VersionId`.
   *
   * @default true
   */
  readonly versionIdOutput?: boolean;

  /**
   * The KMS key that the table's data is encrypted with, for the permission to use it. A change of the key populates again.
   *
   * @default - the `kmsKeyArn` of a `CfnIntermediateTable`; an AWS owned key otherwise
   * @see https://docs.aws.amazon.com/clean-rooms/latest/userguide/data-encryption.html
   */
  readonly encryptionKey?: IKeyRef;
}

/**
 * Populates an AWS Clean Rooms intermediate table when the stack deploys, and on schedules.
 *
 * CloudFormation creates an intermediate table empty. This construct populates it, once per change, and lets the deploy go on
 * when the new version can be queried, or fails it with the query's own error.
 *
 * @see https://docs.aws.amazon.com/clean-rooms/latest/userguide/working-with-intermediate-tables.html
 */
export class IntermediateTablePopulation extends Construct {
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
   * The id of the version that was live when the stack's last deploy ended. A schedule outdates it.
   */
  public readonly versionId: string;

  /**
   * The id of the protected query that made that version.
   */
  public readonly analysisId: string;

  private readonly services: Services;

  /**
   * @throws if a value is outside the limits that its property names, or has no effect
   */
  constructor(scope: Construct, id: string, props: IntermediateTablePopulationProps) {
    super(scope, id);
    const mode = props.populateOnDeploy ?? PopulateOnDeploy.ON_CHANGE;
    const timeout = props.timeout ?? Duration.minutes(55);
    this.validate(props, mode, timeout);

    this.intermediateTable = props.intermediateTable;
    this.services = Services.of(this);
    const definition = definitionOf(props, timeout);
    const change = {
      kmsKey: kmsKeyArnOf(props.intermediateTable, props.encryptionKey),
      triggers: props.triggers?.length ? props.triggers : undefined,
      // Every deploy is to be a change: this is what the user asked for.
      deploy: mode === PopulateOnDeploy.ALWAYS ? String(Date.now()) : undefined,
    };
    const machine = this.makeMachine(definition, () => slot);
    this.stateMachine = sfn.StateMachine.fromStateMachineArn(this, 'Workflow', machine.attrArn);

    const longWait: LongWait | undefined = isLong(timeout)
      ? new LongWait(this, () => customResource, this.services.deploymentFunction.functionArn, definition.timeoutSeconds)
      : undefined;
    const customResource: CustomResource = new CustomResource(this, 'Population', {
      serviceToken: this.services.deploymentFunction.functionArn,
      resourceType: 'Custom::IntermediateTablePopulation',
      serviceTimeout: longWait || timeout.isUnresolved() ? Duration.hours(1) : timeout.plus(Duration.seconds(MARGIN_SECONDS)),
      properties: {
        StateMachineArn: machine.attrArn,
        Population: Stack.of(this).toJsonString(definition),
        Change: Stack.of(this).toJsonString(change),
        PopulateOnDeploy: mode,
        WaitHandle: longWait?.handleUrl,
      },
    });
    const slot: number = this.services.add({
      table: props.intermediateTable,
      machine,
      kmsKeyArn: change.kmsKey,
      customResource,
      complete: () => longWait?.complete([definition, change, replacingProperties(props.intermediateTable)]),
    });
    const result = longWait ?? { getAtt: (name: string) => customResource.getAttString(name) };
    this.versionId = result.getAtt('versionId');
    this.analysisId = result.getAtt('analysisId');

    if (props.versionIdOutput ?? true) {
      new CfnOutput(this, 'VersionId', {
        value: this.versionId,
        description: `The version of the intermediate table that was live when the stack was deployed (${this.node.path})`,
      });
    }
    if (props.schedule) {
      this.addSchedule('Schedule', props.schedule);
    }
  }

  /**
   * Populates the table on a further schedule.
   *
   * A run that starts while another one of this population runs waits for its turn; a failed one leaves the live version as it is.
   *
   * @returns the EventBridge rule
   * @throws if a parameter is outside its limits, or the schedule can never fire
   */
  public addSchedule(id: string, schedule: events.Schedule, options: AddScheduleOptions = {}): events.Rule {
    validateSchedule(this, 'schedule', schedule);
    validateParameters(this, 'parameters', options.parameters);
    return new events.Rule(this, id, {
      schedule,
      enabled: options.enabled,
      description: options.description ?? `Populates the intermediate table of ${this.node.path}`,
      targets: [new targets.SfnStateMachine(this.stateMachine, {
        input: events.RuleTargetInput.fromObject(options.parameters ? { parameters: options.parameters } : {}),
        // EventBridge's default, 185 attempts in a day, is for jobs that cost nothing.
        retryAttempts: 2,
        maxEventAge: Duration.minutes(15),
        // The shared role has the permission already.
        role: this.services.starterRole.withoutPolicyUpdates(),
      })],
    });
  }

  /**
   * Lets `grantee` start populations, as with `states:StartExecution`: each costs money and access budgets.
   */
  public grantPopulate(grantee: iam.IGrantable): iam.Grant {
    return this.stateMachine.grantStartExecution(grantee);
  }

  private validate(props: IntermediateTablePopulationProps, mode: PopulateOnDeploy, timeout: Duration): void {
    validateTable(this, props.intermediateTable);
    validateParameters(this, 'parameters', props.parameters);
    validateCompute(this, props.compute);
    validatePayer(this, props.analysisPayerAccountId);
    validateTimeout(this, timeout);
    validateTriggers(this, props.triggers, mode);
    if (props.schedule) {
      validateSchedule(this, 'schedule', props.schedule);
    }
  }

  private makeMachine(population: PopulationDefinition, slot: () => number): sfn.CfnStateMachine {
    const { populationFunction, deploymentFunction, machineRole, logGroup } = this.services;
    const limit = Token.isUnresolved(population.timeoutSeconds) ? 13 * 3600 : population.timeoutSeconds + 1800;
    const definition = workflow({ ...population, slot: Lazy.number({ produce: slot }) },
      populationFunction.functionArn, deploymentFunction.functionArn, limit);
    return new sfn.CfnStateMachine(this, 'StateMachine', {
      definitionString: Stack.of(this).toJsonString(definition),
      roleArn: machineRole.roleArn,
      stateMachineType: 'STANDARD',
      tracingConfiguration: { enabled: true },
      // Without execution data, which has the parameters and CloudFormation's ResponseURL.
      loggingConfiguration: {
        level: 'ALL',
        includeExecutionData: false,
        destinations: [{ cloudWatchLogsLogGroup: { logGroupArn: logGroup.logGroupArn } }],
      },
    });
  }
}

/** Longer than a custom resource can wait. */
const isLong = (timeout: Duration): boolean => !timeout.isUnresolved() && timeout.toSeconds({ integral: false }) > 55 * 60;
