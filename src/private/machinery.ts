import {
  Aws, CustomResource, Duration, Lazy, Stack,
  aws_events as events, aws_events_targets as targets, aws_ssm as ssm, aws_stepfunctions as sfn, CfnResource,
} from 'aws-cdk-lib';
import { IIntermediateTableRef } from 'aws-cdk-lib/aws-cleanrooms';
import { Construct, Node } from 'constructs';
import type { PopulationProperties } from '../contract/custom-resource';
import { canonical, hash } from '../contract/hashing';
import { EVENT_SOURCE } from '../contract/names';
import type { Change, Definition } from '../contract/population';
import { isLong, LONGEST_UNAIDED, RESOURCE_LIMIT, resourceTimeout } from '../contract/time';
import { AFTER_UPSTREAM_INPUT } from '../contract/workflow';
import type { IIntermediateTablePopulation } from '../i-intermediate-table-population';
import { PopulateOnDeploy } from '../populate-on-deploy';
import type { IntermediateTablePopulationProps } from '../population-props';
import { chainPattern, requireNear } from './chain';
import { changeOf, populationOf, upstreamIn } from './definition';
import { finalProperties } from './final-properties';
import { tokenJson } from './json';
import { LongWait } from './long-wait';
import type { Member } from './member';
import { fail } from './problem';
import { RuleInput, TargetInput } from './rule-input';
import { Services } from './services';
import { identityOf, kmsKeyArnOf, replacingProperties } from './table';
import { ruleDescription } from './texts';
import { workflow } from './workflow';

/** By the nodes of their populations: others may implement the interface around one of ours. */
const machineries = new WeakMap<Node, Machinery>();

/** The resources of one population. */
export class Machinery implements Member {
  public readonly services: Services;
  public readonly table: IIntermediateTableRef;
  public readonly upstream: readonly Machinery[];
  public readonly machine: sfn.CfnStateMachine;
  public readonly reference: sfn.IStateMachine;
  public readonly customResource: CustomResource;
  public readonly versionParameter?: ssm.IParameter;
  private readonly timeout: Duration;
  private readonly longWait?: LongWait;
  /** Another text in each synthesis, where every deploy is to be a change. */
  private readonly deploy?: string;
  private announces = false;

  constructor(public readonly scope: Construct, private readonly props: IntermediateTablePopulationProps) {
    this.timeout = props.timeout ?? Duration.seconds(LONGEST_UNAIDED);
    this.table = props.intermediateTable;
    this.versionParameter = props.versionParameter;
    this.deploy = props.populateOnDeploy === PopulateOnDeploy.ALWAYS ? String(Date.now()) : undefined;
    this.upstream = (props.refreshAfter ?? []).map((population) => upstreamFor(scope, population));
    this.services = Services.of(scope, props.functionOptions);
    // What depends on the reference depends on the machine, which is a part of it.
    this.reference = sfn.StateMachine.fromStateMachineName(scope, 'StateMachine', Lazy.string({ produce: () => this.machine.attrName }));
    this.machine = this.makeMachine();
    this.longWait = !this.timeout.isUnresolved() && isLong(this.timeout.toSeconds()) ? new LongWait(scope) : undefined;
    this.customResource = this.makeCustomResource();
    this.longWait?.follow(this.customResource, this.services.deploymentFunction.functionArn, () => this.due());
    this.order();
    this.services.add(this);
    machineries.set(scope.node, this);
  }

  /** An attribute of the run that the deploy waited for. */
  public getAtt(name: string): string {
    return this.longWait?.getAtt(name) ?? this.customResource.getAttString(name);
  }

  /** Starts the state machine from a rule. */
  public target(input: TargetInput): targets.SfnStateMachine {
    return new targets.SfnStateMachine(this.reference, {
      input: new RuleInput(input),
      // EventBridge's default, 185 attempts in a day, is for jobs that cost nothing.
      retryAttempts: 2,
      maxEventAge: Duration.minutes(15),
      // The shared role has the permission already.
      role: this.services.starterRole.withoutPolicyUpdates(),
    });
  }

  /** Matches what the state machine announces, which it does once somebody listens. */
  public announced(detailType: string): events.EventPattern {
    if (!this.announces) {
      this.announces = true;
      this.services.letMachines('events:PutEvents',
        Stack.of(this.scope).formatArn({ service: 'events', resource: 'event-bus', resourceName: 'default' }));
    }
    const { intermediateTableIdentifier } = identityOf(this.table);
    return {
      source: [EVENT_SOURCE],
      detailType: [detailType],
      detail: { population: [this.scope.node.path], intermediateTableIdentifier: [intermediateTableIdentifier] },
    };
  }

  public get record(): { readonly record: string; readonly recordTable: string } {
    return { record: this.scope.node.addr, recordTable: this.services.record.ref };
  }

  public get recordArn(): string {
    return this.services.record.attrArn;
  }

  public kmsKeyArn(): string | undefined {
    return kmsKeyArnOf(this.table, this.props.encryptionKey);
  }

  /** What makes a populate due when it changes in the template: not how long that may take, or what becomes of it then. */
  private due(): object {
    return {
      population: populationOf(this.props),
      change: this.change(),
      deploy: this.deploy,
      table: replacingProperties(this.table),
      upstream: this.upstreamHere().map((upstream) => upstream.due()),
    };
  }

  private change(): Change {
    return changeOf(this.props, this.kmsKeyArn());
  }

  private definition(): Definition {
    return {
      population: populationOf(this.props),
      change: this.change(),
      timeoutSeconds: this.timeout.toSeconds(),
      cancelOnTimeout: this.props.cancelOnTimeout ?? true,
      record: this.record.record,
      upstream: upstreamIn(this),
      keepsVersion: this.versionParameter && true,
    };
  }

  private makeCustomResource(): CustomResource {
    const { scope, longWait, timeout } = this;
    const upstream = this.upstreamHere();
    const properties: PopulationProperties = {
      StateMachineArn: this.machine.attrArn,
      Definition: Lazy.string({ produce: () => tokenJson(this.definition()) }),
      PopulateOnDeploy: this.props.populateOnDeploy ?? PopulateOnDeploy.ON_CHANGE,
      Deploy: this.deploy,
      UpstreamVersions: upstream.length ? upstream.map((each) => each.getAtt('versionId')) : undefined,
      VersionParameter: this.versionParameterHash(),
      WaitHandle: longWait?.handleUrl,
    };
    return new CustomResource(scope, 'Population', {
      serviceToken: this.services.deploymentFunction.functionArn,
      resourceType: 'Custom::IntermediateTablePopulation',
      serviceTimeout: Duration.seconds(longWait || timeout.isUnresolved() ? RESOURCE_LIMIT : resourceTimeout(timeout.toSeconds())),
      properties: { ...properties },
    });
  }

  /** CloudFormation orders upstream tables of the same stack; those of others announce themselves by events. */
  private upstreamHere(): Machinery[] {
    return this.upstream.filter(({ scope }) => Stack.of(scope) === Stack.of(this.scope));
  }

  /** When CloudFormation changes the parameter, it writes the template's value into it. */
  private versionParameterHash(): string | undefined {
    const parameter = this.versionParameter?.node.defaultChild;
    return parameter && CfnResource.isCfnResource(parameter)
      ? Lazy.string({ produce: () => hash(canonical(finalProperties(parameter)), 16) })
      : undefined;
  }

  private order(): void {
    if (this.versionParameter) {
      this.services.letMachines('ssm:PutParameter', this.versionParameter.parameterArn);
      this.customResource.node.addDependency(this.versionParameter);
    }
    for (const { scope } of this.upstream) {
      this.customResource.node.addDependency(scope);
      if (CfnResource.isCfnResource(this.table)) {
        this.table.node.addDependency(scope);
      }
    }
    if (this.upstream.length) {
      new events.Rule(this.scope, 'AfterUpstream', {
        description: ruleDescription(this.scope.node.path, 'description', undefined,
          `Refreshes the intermediate table after those that it is built on: ${this.scope.node.path}`),
        eventPattern: chainPattern(this.upstream, this.services.executionPrefix),
        targets: [this.target({ ...AFTER_UPSTREAM_INPUT, event: true })],
      });
    }
  }

  private makeMachine(): sfn.CfnStateMachine {
    const { populationFunction, deploymentFunction, machineRole, logGroup } = this.services;
    const definition = () => workflow({
      definition: this.definition(),
      populationFunctionArn: populationFunction.functionArn,
      deploymentFunctionArn: deploymentFunction.functionArn,
      partition: Aws.PARTITION,
      versionParameterName: this.versionParameter?.parameterName,
      announceAs: this.announces ? this.scope.node.path : undefined,
    });
    return new sfn.CfnStateMachine(this.reference, 'Resource', {
      definitionString: Lazy.string({ produce: () => tokenJson(definition()) }),
      roleArn: machineRole.roleArn,
      stateMachineType: 'STANDARD',
      tracingConfiguration: { enabled: true },
      // Without execution data, which has the parameters.
      loggingConfiguration: {
        level: 'ALL',
        includeExecutionData: false,
        destinations: [{ cloudWatchLogsLogGroup: { logGroupArn: logGroup.logGroupArn } }],
      },
    });
  }
}

function upstreamFor(scope: Construct, population: IIntermediateTablePopulation): Machinery {
  const machinery = machineries.get(population.node);
  if (!machinery) {
    return fail(scope.node.path, `refreshAfter has ${population.node.path}, which is no population of this library`,
      'Give an IntermediateTablePopulation, or what wraps one and has its node.');
  }
  requireNear(scope, machinery.scope);
  return machinery;
}
