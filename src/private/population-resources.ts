import {
  Aws, CfnResource, CustomResource, Duration, Fn, Lazy,
  aws_events as events, aws_ssm as ssm, aws_stepfunctions as sfn,
} from 'aws-cdk-lib';
import { IIntermediateTableRef } from 'aws-cdk-lib/aws-cleanrooms';
import { Construct, IDependable, Node } from 'constructs';
import type { PopulationProperties } from '../contract/custom-resource';
import { canonical, hash } from '../contract/hashing';
import { EVENT_SOURCE } from '../contract/names';
import { isLong, MAX_UNAIDED_TIMEOUT_SECONDS, RESOURCE_LIMIT_SECONDS, resourceTimeoutSeconds } from '../contract/time';
import { AFTER_UPSTREAM_INPUT, OBSERVE_INPUT, type RunInput } from '../contract/workflow';
import type { IIntermediateTablePopulation } from '../i-intermediate-table-population';
import { PopulateOnDeploy } from '../populate-on-deploy';
import type { IntermediateTablePopulationProps } from '../population-props';
import { PopulationServices } from '../population-services';
import { chainPattern, requireNear, upstreamOf } from './chain';
import { dataProperties, scheduleProperties, type Texts } from './custom-resource-properties';
import { finalFaults } from './final-checks';
import { finalProperties, resourceBehind } from './final-properties';
import { LongWait } from './long-wait';
import { acknowledgeRules } from './nag';
import { fail } from './problem';
import { followTable, identityIn, lazyIdentityIn, weak } from './references';
import { RunTarget } from './run-target';
import { SharedResources } from './shared-resources';
import { makeStateMachine } from './state-machine';
import { stateMachineSuffix } from './state-machine-names';
import { identityOf, kmsKeyArnOf, knownNameOf, replacingProperties } from './table';
import { ruleDescription } from './texts';
import { parameterArnOf } from './version-parameter';

/** By the nodes of their populations: others may implement the interface around one of ours. */
const known = new WeakMap<Node, PopulationResources>();

/** The resources of one population. */
export class PopulationResources {
  public readonly shared: SharedResources;
  public readonly table: IIntermediateTableRef;
  public readonly upstream: readonly PopulationResources[];
  public readonly machine: sfn.CfnStateMachine;
  public readonly reference: sfn.IStateMachine;
  public readonly customResource: CustomResource;
  public readonly versionParameter?: ssm.IParameterRef;
  private readonly timeout: Duration;
  private readonly longWait?: LongWait;
  /** Another text in each synthesis, where every deploy is to be a change. */
  private readonly synthesis?: string;
  /** The parameters of schedules, by name. */
  public readonly schedules = new Map<string, Texts | undefined>();
  private announces = false;

  constructor(public readonly scope: Construct, public readonly props: IntermediateTablePopulationProps) {
    this.timeout = props.timeout ?? Duration.seconds(MAX_UNAIDED_TIMEOUT_SECONDS);
    this.table = props.intermediateTable;
    this.versionParameter = props.versionParameter;
    this.synthesis = props.populateOnDeploy === PopulateOnDeploy.ALWAYS ? String(Date.now()) : undefined;
    this.upstream = (props.refreshAfter ?? []).map((population) => upstreamFor(scope, population));
    this.shared = PopulationServices.of(scope)._resources;
    // What depends on the reference depends on the machine, which is a part of it.
    this.reference = sfn.StateMachine.fromStateMachineName(scope, 'StateMachine', Lazy.string({ produce: () => this.machine.attrName }));
    this.machine = makeStateMachine(this.reference as unknown as Construct, {
      population: scope,
      shared: this.shared,
      table: this.table,
      versionParameter: this.versionParameter,
      customResource: () => this.resource,
      announces: () => this.announces,
    });
    this.longWait = !this.timeout.isUnresolved() && isLong(this.timeout.toSeconds()) ? new LongWait(scope) : undefined;
    this.customResource = this.makeCustomResource();
    this.longWait?.follow(this.customResource, this.shared.deploymentFunction.functionArn, () => this.due());
    this.order();
    this.shared.add(scope, this.customResource);
    scope.node.addValidation({ validate: () => finalFaults(this) });
    known.set(scope.node, this);
  }

  /** Returns an attribute of the run that the deploy waited for. */
  public getAtt(name: string): string {
    return this.longWait?.getAtt(name) ?? this.customResource.getAttString(name);
  }

  /** Starts the state machine from a rule, which comes once it is on record what there is to make. */
  public startBy(rule: events.Rule, input: events.RuleTargetInput): void {
    rule.addTarget(new RunTarget(this.reference, this.shared, input));
    (rule.node.defaultChild as CfnResource).addResourceDependency(this.resource);
    acknowledgeRules(rule, ['EventBusDLQ'], 'A run that could not be started leaves the data as it is: the next one comes by itself.');
  }

  /** Populates on a schedule with parameters of its own, which its runs find on record under its name. */
  public addSchedule(name: string, rule: events.Rule, parameters?: Texts): void {
    this.schedules.set(name, parameters);
    this.startBy(rule, events.RuleTargetInput.fromObject({ schedule: name, event: events.EventField.eventId } satisfies RunInput));
  }

  /** Measures four times a day how fresh the live version is. */
  public measureFreshness(): void {
    if (!this.customResource.node.tryFindChild('Freshness')) {
      // Where no id of a user's can be.
      const rule = new events.Rule(this.customResource, 'Freshness', {
        schedule: events.Schedule.rate(Duration.hours(6)),
        description: ruleDescription(this.scope.node.path, 'description', undefined, `Measures how fresh the intermediate table is: ${this.scope.node.path}`),
      });
      this.startBy(rule, events.RuleTargetInput.fromObject(OBSERVE_INPUT));
    }
  }

  /** Matches what the state machine announces, which it does once somebody listens. */
  public announced(rule: events.Rule, detailType: string): events.EventPattern {
    this.announces = true;
    followTable(rule, this.table);
    const { intermediateTableIdentifier } = identityIn(rule, this.table);
    return {
      source: [EVENT_SOURCE],
      detailType: [detailType],
      detail: { population: [this.scope.node.path], intermediateTableIdentifier: [intermediateTableIdentifier] },
    };
  }

  public get stateMachineSuffix(): string {
    return stateMachineSuffix(this.scope, this.machine);
  }

  public kmsKeyArn(): string | undefined {
    const arn = kmsKeyArnOf(this.table, this.props.encryptionKey);
    return arn && weak(this.scope, arn);
  }

  public get resource(): CfnResource {
    return this.customResource.node.defaultChild as CfnResource;
  }

  /** What makes a populate due when it changes in the template: not how long that may take, or what becomes of it then. */
  private due(): object {
    return {
      table: identityOf(this.table),
      data: dataProperties(this.props, this.kmsKeyArn()),
      synthesis: this.synthesis,
      replacing: replacingProperties(this.table),
      upstream: this.upstreamHere().map((upstream) => upstream.due()),
    };
  }

  private makeCustomResource(): CustomResource {
    const { scope, longWait, timeout, props } = this;
    const { membershipIdentifier, intermediateTableIdentifier } = lazyIdentityIn(scope, this.table);
    const properties: PopulationProperties = {
      StateMachineArn: this.machine.attrArn,
      MembershipIdentifier: membershipIdentifier,
      IntermediateTableIdentifier: intermediateTableIdentifier,
      ...dataProperties(props, Lazy.string({ produce: () => this.kmsKeyArn() })),
      TimeoutSeconds: timeout.toSeconds(),
      CancelOnTimeout: props.cancelOnTimeout ?? true,
      MaxBilledCrpuHoursPerDay: props.maxBilledCrpuHoursPerDay,
      Schedules: late(() => scheduleProperties(this.schedules)),
      Upstream: this.upstream.length ? this.upstream.map(({ resource, shared, table }) => ({
        Population: resource.logicalId,
        RecordTable: shared === this.shared ? undefined : weak(scope, shared.record.ref),
        TableName: Lazy.string({ produce: () => knownNameOf(table) }),
      })) : undefined,
      PopulateOnDeploy: props.populateOnDeploy ?? PopulateOnDeploy.ON_CHANGE,
      Synthesis: this.synthesis,
      UpstreamVersions: late(() => this.upstreamVersions()),
      VersionParameter: this.versionParameterHash(),
      WaitHandle: longWait?.handleUrl,
    };
    const customResource = new CustomResource(scope, 'Population', {
      serviceToken: this.shared.deploymentFunction.functionArn,
      resourceType: 'Custom::IntermediateTablePopulation',
      serviceTimeout: Duration.seconds(
        longWait || timeout.isUnresolved() ? RESOURCE_LIMIT_SECONDS : resourceTimeoutSeconds(timeout.toSeconds())),
      properties: { ...properties },
    });
    followTable(customResource, this.table);
    return customResource;
  }

  /** An upstream population may be there under a condition only. */
  private upstreamVersions(): string[] {
    return this.upstreamHere().map((upstream) => {
      const { condition } = upstream.resource.cfnOptions;
      const version = upstream.getAtt('versionId');
      return condition && condition !== this.resource.cfnOptions.condition
        ? Fn.conditionIf(condition.logicalId, version, Aws.NO_VALUE).toString()
        : version;
    });
  }

  /** CloudFormation orders upstream tables of the same stack; those of others announce themselves by events. */
  private upstreamHere(): PopulationResources[] {
    return this.upstream.filter(({ shared }) => shared === this.shared);
  }

  /** When CloudFormation changes the parameter, it writes the template's value into it. */
  private versionParameterHash(): string | undefined {
    const parameter = this.versionParameter && resourceBehind(this.versionParameter);
    return parameter
      ? Lazy.string({ produce: () => hash(canonical(finalProperties(parameter)), 16) })
      : undefined;
  }

  private order(): void {
    const { permissions, machinePermissions, executionPrefix } = this.shared;
    const needed: IDependable[] = [
      ...permissions.populate(this),
      ...[...upstreamOf<PopulationResources>(this)].filter(({ shared }) => shared !== this.shared)
        .flatMap(({ table, shared }) => permissions.read(this.scope, table, shared)),
    ];
    if (this.versionParameter) {
      needed.push(this.versionParameter, ...machinePermissions.write(this.scope, parameterArnOf(this.versionParameter)));
    }
    this.customResource.node.addDependency(...needed);
    for (const upstream of this.upstream) {
      this.customResource.node.addDependency(upstream.last);
      if (CfnResource.isCfnResource(this.table)) {
        this.table.node.addDependency(upstream.last);
      }
    }
    if (this.upstream.length) {
      const rule = new events.Rule(this.scope, 'AfterUpstream', {
        description: ruleDescription(this.scope.node.path, 'description', undefined,
          `Refreshes the intermediate table after those that it is built on: ${this.scope.node.path}`),
        eventPattern: chainPattern(this.upstream, executionPrefix),
      });
      this.startBy(rule, events.RuleTargetInput.fromObject({ ...AFTER_UPSTREAM_INPUT, event: events.EventField.eventId } satisfies RunInput));
    }
  }

  /** The resource that a deploy ends with. */
  private get last(): Construct {
    return this.longWait?.last ?? this.customResource;
  }
}

const late = (produce: () => unknown[]) => Lazy.any({ produce }, { omitEmptyArray: true }) as unknown as undefined;

function upstreamFor(scope: Construct, population: IIntermediateTablePopulation): PopulationResources {
  const upstream = known.get(population.node);
  if (!upstream) {
    return fail(scope.node.path, `refreshAfter has ${population.node.path}, which is no population of this library`,
      'Give an IntermediateTablePopulation, or what wraps one and has its node.');
  }
  requireNear(scope, upstream.scope);
  return upstream;
}
