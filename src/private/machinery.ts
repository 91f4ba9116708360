import {
  Aws, CfnResource, CustomResource, Duration, Lazy, Stack, Token,
  aws_events as events, aws_events_targets as targets, aws_ssm as ssm, aws_stepfunctions as sfn,
} from 'aws-cdk-lib';
import { IIntermediateTableRef } from 'aws-cdk-lib/aws-cleanrooms';
import { Construct } from 'constructs';
import { EVENT_SOURCE } from '../handlers/shared-names';
import { PopulateOnDeploy } from '../populate-on-deploy';
import { IntermediateTablePopulationProps } from '../population-props';
import { chainRule, requireAcyclic, upstreamOf } from './chain';
import { definitionOf, identityOf, kmsKeyArnOf, PopulationDefinition, replacingProperties } from './definition';
import { LongWait, resourceTimeout } from './long-wait';
import { Member } from './permissions';
import { Services } from './services';
import { workflow } from './workflow';

/** The resources of one population, and what is only decided at synthesis. */
export class Machinery implements Member {
  public readonly services: Services;
  public readonly table: IIntermediateTableRef;
  public readonly machine: sfn.CfnStateMachine;
  public readonly reference: sfn.IStateMachine;
  public readonly customResource: CustomResource;
  public readonly kmsKeyArn?: string;
  public readonly versionParameter?: ssm.IParameter;
  /** What makes a populate due when it changes in the template. */
  private readonly due: object;
  private readonly longWait?: LongWait;
  private readonly slot: number;
  private announces = false;

  constructor(
    public readonly scope: Construct,
    props: IntermediateTablePopulationProps,
    public readonly upstream: () => readonly Machinery[],
    private readonly atSynthesis: () => void,
  ) {
    const timeout = props.timeout ?? Duration.minutes(55);
    this.table = props.intermediateTable;
    this.kmsKeyArn = kmsKeyArnOf(props.intermediateTable, props.encryptionKey);
    this.versionParameter = props.versionParameter;
    this.services = Services.of(scope, props.functionOptions);
    this.slot = this.services.add(this);
    const definition = definitionOf(props, timeout);
    const mode = props.populateOnDeploy ?? PopulateOnDeploy.ON_CHANGE;
    const change = this.changeOf(props, mode);
    this.machine = this.makeMachine(definition);
    this.reference = sfn.StateMachine.fromStateMachineArn(scope, 'Workflow', this.machine.attrArn);
    this.due = dueBy(definition, change, replacingProperties(props.intermediateTable), () => this.upstreamHere().map(({ due }) => due));
    this.longWait = isLong(timeout)
      ? new LongWait(scope, () => this.customResource, this.services.deploymentFunction.functionArn, this.due)
      : undefined;
    this.customResource = new CustomResource(scope, 'Population', {
      serviceToken: this.services.deploymentFunction.functionArn,
      resourceType: 'Custom::IntermediateTablePopulation',
      serviceTimeout: this.longWait || timeout.isUnresolved() ? Duration.hours(1) : resourceTimeout(timeout),
      properties: {
        StateMachineArn: this.machine.attrArn,
        Population: Stack.of(scope).toJsonString(definition),
        Change: Stack.of(scope).toJsonString(change),
        PopulateOnDeploy: mode,
        WaitHandle: this.longWait?.handleUrl,
      },
    });
  }

  /** An attribute of the run that the deploy waited for. */
  public getAtt(name: string): string {
    return this.longWait?.getAtt(name) ?? this.customResource.getAttString(name);
  }

  /** Starts the state machine from a rule. */
  public target(input: object): targets.SfnStateMachine {
    return new targets.SfnStateMachine(this.reference, {
      input: events.RuleTargetInput.fromObject(input),
      // EventBridge's default, 185 attempts in a day, is for jobs that cost nothing.
      retryAttempts: 2,
      maxEventAge: Duration.minutes(15),
      // The shared role has the permission already.
      role: this.services.starterRole.withoutPolicyUpdates(),
    });
  }

  /** Matches what the state machine announces, which it does once somebody listens. */
  public eventPattern(detailType: string): events.EventPattern {
    this.announces = true;
    const { intermediateTableIdentifier } = identityOf(this.table);
    return {
      source: [EVENT_SOURCE],
      detailType: [detailType],
      detail: { population: [this.scope.node.path], intermediateTableIdentifier: [intermediateTableIdentifier] },
    };
  }

  /** At synthesis, before the policies are made: everything that dependencies come from. */
  public link(): void {
    this.atSynthesis();
    requireAcyclic(this);
    for (const upstream of this.upstream()) {
      this.customResource.node.addDependency(upstream.scope);
      if (CfnResource.isCfnResource(this.table)) {
        this.table.node.addDependency(upstream.scope);
      }
    }
    if (this.upstream().length) {
      chainRule(this);
    }
    if (this.announces) {
      this.services.letMachines('events:PutEvents',
        Stack.of(this.scope).formatArn({ service: 'events', resource: 'event-bus', resourceName: 'default' }));
    }
    if (this.versionParameter) {
      this.services.letMachines('ssm:PutParameter', this.versionParameter.parameterArn);
    }
  }

  /** At synthesis, when all values are final. */
  public complete(): void {
    this.longWait?.complete();
  }

  /** What besides the population's definition makes a deploy repopulate. Never add what an upgrade of this library would change. */
  private changeOf({ triggers }: IntermediateTablePopulationProps, mode: PopulateOnDeploy): object {
    return {
      kmsKey: this.kmsKeyArn,
      triggers: triggers?.length ? triggers : undefined,
      // Every deploy is to be a change: this is what the user asked for.
      deploy: mode === PopulateOnDeploy.ALWAYS ? String(Date.now()) : undefined,
      upstream: Lazy.any({ produce: () => this.upstreamDefinitions() }),
    };
  }

  /** Upstream tables of other stacks announce themselves by events: an export cannot change while it is imported. */
  private upstreamHere(): Machinery[] {
    return this.upstream().filter(({ scope }) => Stack.of(scope) === Stack.of(this.scope));
  }

  private upstreamDefinitions(): string[] | undefined {
    const here = this.upstreamHere();
    return here.length ? here.map(({ customResource }) => customResource.getAttString('Definition')) : undefined;
  }

  private makeMachine(population: PopulationDefinition): sfn.CfnStateMachine {
    const { populationFunction, deploymentFunction, machineRole, logGroup } = this.services;
    const { membershipIdentifier, intermediateTableIdentifier, timeoutSeconds } = population;
    const definition = () => workflow({
      population: { ...population, slot: this.slot, upstream: upstreamOf(this) },
      populationFunctionArn: populationFunction.functionArn,
      deploymentFunctionArn: deploymentFunction.functionArn,
      timeoutSeconds: Token.isUnresolved(timeoutSeconds) ? 13 * 3600 : timeoutSeconds + 1800,
      partition: Aws.PARTITION,
      versionParameterName: this.versionParameter?.parameterName,
      announceAs: this.announces ? { membershipIdentifier, intermediateTableIdentifier, population: this.scope.node.path } : undefined,
    });
    return new sfn.CfnStateMachine(this.scope, 'StateMachine', {
      definitionString: Lazy.string({ produce: () => Stack.of(this.scope).toJsonString(definition()) }),
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

/** Not how long the populate may take, or what becomes of it then. */
function dueBy(population: PopulationDefinition, change: object, table: object, upstream: () => object[]): object {
  const { timeoutSeconds, cancelOnTimeout, ...definition } = population;
  return { definition, change, table, upstream: Lazy.any({ produce: upstream }) };
}

/** Longer than a custom resource can wait. */
const isLong = (timeout: Duration): boolean => !timeout.isUnresolved() && timeout.toSeconds({ integral: false }) > 55 * 60;
