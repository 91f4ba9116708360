import {
  Aspects, Duration, Fn, IAspect, RemovalPolicy, Stack,
  aws_dynamodb as dynamodb, aws_ec2 as ec2, aws_events as events, aws_iam as iam, aws_lambda as lambda, aws_logs as logs,
} from 'aws-cdk-lib';
import { Construct, IConstruct } from 'constructs';
import { EXECUTION_PREFIX_VARIABLE, RECORD_EXPIRES, RECORD_KEY, RECORD_TABLE_VARIABLE } from '../contract/names';
import { DEPLOYMENT_FUNCTION, POPULATION_FUNCTION } from '../contract/time';
import { PopulationFunctionOptions } from '../function-options';
import { overfull } from './capacity';
import type { Member } from './member';
import { acknowledgeWildcards } from './nag';
import { DEFAULT_REMOVAL, DEFAULT_RETENTION, keyOf } from './options-key';
import { Permissions } from './permissions';
import { isPrecreated } from './precreated';
import { hash } from '../contract/hashing';
import { DeploymentFunction } from '../handlers/deployment-function';
import { PopulationFunction } from '../handlers/population-function';

const ID = 'IntermediateTablePopulations';

/**
 * What populations of a stack share: two functions, three roles, a log group and the record. Nothing of it depends on how many populations
 * there are, or in which order they were made, but the policies, which name them.
 */
export class Services extends Construct {
  /**
   * The shared services of the scope's stack for these options, made on first use.
   *
   * CloudFormation refuses another service token, which is a function's ARN: so options must not be in the ids, or they could never change.
   * The stack's first set of options has the plain id; a further set has the address of its first population in it.
   */
  public static of(scope: IConstruct, options: PopulationFunctionOptions = {}): Services {
    const stack = Stack.of(scope);
    const key = keyOf(options);
    const shared = stack.node.children.find((child): child is Services => child instanceof Services && child.key === key);
    return shared ?? new Services(stack, stack.node.tryFindChild(ID) ? `${ID}${hash(scope.node.addr, 8)}` : ID, key, options);
  }

  public readonly logGroup: logs.LogGroup;
  /** Of every population, what is known of it from one run to the next. */
  public readonly record: dynamodb.CfnTable;
  public readonly populationFunction: lambda.Function;
  public readonly deploymentFunction: lambda.Function;
  /** Runs the state machines. */
  public readonly machineRole: iam.Role;
  /** Starts the state machines: for CloudFormation, through the deployment function, and for schedules. */
  public readonly starterRole: iam.Role;
  /** Begins the names of the executions that deploys start. */
  public readonly executionPrefix: string;
  private readonly watchdog: Construct[];
  private readonly populationRole: iam.Role;
  private readonly machinePolicy = new iam.PolicyDocument();
  private readonly permissions: Permissions;
  private readonly members: Member[] = [];
  private readonly incomplete: Member[] = [];

  /**
   * At synthesis, once all populations and all dependencies are known: when CDK comes to the first population. Aspects may have added further
   * ones when it comes to those, and somebody may synthesize twice.
   */
  private readonly completion: IAspect = {
    visit: () => {
      if (this.incomplete.length) {
        this.permissions.add(this.incomplete.splice(0));
      }
    },
  };

  private constructor(scope: Stack, id: string, private readonly key: string, private readonly options: PopulationFunctionOptions) {
    super(scope, id);
    this.record = this.makeRecord();
    this.logGroup = this.makeLogGroup();
    this.executionPrefix = `cfn-${this.node.addr.slice(-8)}`;
    const lambdaService = new iam.ServicePrincipal('lambda.amazonaws.com');
    this.populationRole = this.makeFunctionRole('PopulationRole', lambdaService, 'Populates intermediate tables');
    this.starterRole = this.makeFunctionRole('StarterRole',
      new iam.CompositePrincipal(lambdaService, new iam.ServicePrincipal('events.amazonaws.com')),
      'Starts populations of intermediate tables, for CloudFormation and for schedules');
    this.populationFunction = new PopulationFunction(this, 'PopulationFunction', {
      ...this.common(this.populationRole),
      description: 'Takes the steps of intermediate table populations: talks to Clean Rooms',
      timeout: Duration.seconds(POPULATION_FUNCTION),
    });
    this.deploymentFunction = new DeploymentFunction(this, 'DeploymentFunction', {
      ...this.common(this.starterRole),
      description: 'Starts intermediate table populations for CloudFormation and reports their end',
      timeout: Duration.seconds(DEPLOYMENT_FUNCTION),
    });
    this.deploymentFunction.addEnvironment(EXECUTION_PREFIX_VARIABLE, this.executionPrefix);
    this.machineRole = this.makeMachineRole();
    this.watchdog = this.watch();
    acknowledgeWildcards(this, ['*'], 'Log delivery, X-Ray and the network interfaces of functions have no narrower resource.');
    this.permissions = new Permissions(this, { population: this.populationRole, starter: this.starterRole });
    this.node.addValidation({ validate: () => [...this.forgotten(), ...overfull(this, this.members.map((member) => member.scope))] });
  }

  public add(member: Member): void {
    this.members.push(member);
    this.incomplete.push(member);
    Aspects.of(member.scope).add(this.completion);
    // A stack that is deleted still watches over what its custom resources have started.
    member.customResource.node.addDependency(...this.watchdog);
  }

  /** Of both functions, where they are in a VPC. */
  public get connections(): ec2.Connections | undefined {
    if (!this.options.vpc) {
      return undefined;
    }
    const groups = [this.populationFunction, this.deploymentFunction].flatMap(({ connections }) => connections.securityGroups);
    return new ec2.Connections({ securityGroups: [...new Set(groups)] });
  }

  /** Gives all the state machines a permission. */
  public letMachines(action: string, resource: string): void {
    const statement = new iam.PolicyStatement({ actions: [action], resources: [resource] });
    this.machinePolicy.addStatements(statement);
    // The report has what the policy was when the role was made.
    if (isPrecreated(this.machineRole)) {
      this.machineRole.addToPrincipalPolicy(statement);
    }
  }

  /** Populations that an Aspect has added where CDK had been already: without CDK's own remedy it never comes back. */
  private forgotten(): string[] {
    return this.incomplete.map(({ scope }) => `${scope.node.path}: an Aspect has added this population after its stack's populations were completed. `
      + 'Set the feature flag @aws-cdk/core:aspectStabilization, or add the population without an Aspect.');
  }

  /** By the resource itself: CDK's table brings along a role for scaling, which shows in reports of roles. */
  private makeRecord(): dynamodb.CfnTable {
    const table = new dynamodb.CfnTable(this, 'Record', {
      keySchema: [{ attributeName: RECORD_KEY, keyType: 'HASH' }],
      attributeDefinitions: [{ attributeName: RECORD_KEY, attributeType: 'S' }],
      timeToLiveSpecification: { attributeName: RECORD_EXPIRES, enabled: true },
      billingMode: 'PAY_PER_REQUEST',
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    });
    table.applyRemovalPolicy(RemovalPolicy.DESTROY);
    return table;
  }

  /**
   * By a name that the account's log resource policy covers as a whole: it has 5,120 characters for all state machines. The record's generated
   * name in it makes it another one than that of a group which was retained.
   */
  private makeLogGroup(): logs.LogGroup {
    return new logs.LogGroup(this, 'Logs', {
      logGroupName: Fn.join('', ['/aws/vendedlogs/states/', this.record.ref]),
      retention: this.options.logRetention ?? DEFAULT_RETENTION,
      removalPolicy: this.options.logRemovalPolicy ?? DEFAULT_REMOVAL,
      encryptionKey: this.options.logEncryptionKey,
    });
  }

  private common(role: iam.IRole): lambda.FunctionOptions {
    const { vpc, vpcSubnets, securityGroups, environmentEncryption } = this.options;
    return {
      role,
      logGroup: this.logGroup,
      architecture: lambda.Architecture.ARM_64,
      memorySize: 256,
      environment: { [RECORD_TABLE_VARIABLE]: this.record.ref },
      vpc,
      vpcSubnets,
      securityGroups,
      environmentEncryption,
    };
  }

  private makeFunctionRole(id: string, assumedBy: iam.IPrincipal, description: string): iam.Role {
    const statements = [
      new iam.PolicyStatement({ actions: ['logs:CreateLogStream', 'logs:PutLogEvents'], resources: [this.logGroup.logGroupArn] }),
      new iam.PolicyStatement({ actions: ['dynamodb:GetItem', 'dynamodb:PutItem'], resources: [this.record.attrArn] }),
    ];
    if (this.options.vpc) {
      statements.push(new iam.PolicyStatement({ actions: NETWORK, resources: ['*'] }));
    }
    return new iam.Role(this, id, { assumedBy, description, inlinePolicies: { Own: new iam.PolicyDocument({ statements }) } });
  }

  private makeMachineRole(): iam.Role {
    const functions = [this.populationFunction.functionArn, this.deploymentFunction.functionArn];
    this.machinePolicy.addStatements(
      new iam.PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: functions }),
      new iam.PolicyStatement({ actions: [...LOG_DELIVERY, ...XRAY], resources: ['*'] }),
    );
    return new iam.Role(this, 'MachineRole', {
      assumedBy: new iam.ServicePrincipal('states.amazonaws.com'),
      description: 'Runs intermediate table populations',
      inlinePolicies: { Run: this.machinePolicy },
    });
  }

  /** An execution that is stopped or breaks cannot report to CloudFormation: EventBridge tells the deployment function. */
  private watch(): Construct[] {
    const rule = new events.CfnRule(this, 'Watchdog', {
      description: 'Tells CloudFormation of population executions that were stopped, timed out or broke',
      eventPattern: {
        'source': ['aws.states'],
        'detail-type': ['Step Functions Execution Status Change'],
        'detail': { name: [{ prefix: `${this.executionPrefix}-` }], status: ['FAILED', 'TIMED_OUT', 'ABORTED'] },
      },
      targets: [{ id: 'DeploymentFunction', arn: this.deploymentFunction.functionArn }],
    });
    const permission = new lambda.CfnPermission(this, 'WatchdogPermission', {
      action: 'lambda:InvokeFunction',
      functionName: this.deploymentFunction.functionArn,
      principal: 'events.amazonaws.com',
      sourceArn: rule.attrArn,
    });
    return [rule, permission];
  }
}

/** Log delivery has no narrower resource: https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html */
const LOG_DELIVERY = [
  'logs:CreateLogDelivery', 'logs:GetLogDelivery', 'logs:UpdateLogDelivery', 'logs:DeleteLogDelivery', 'logs:ListLogDeliveries',
  'logs:PutResourcePolicy', 'logs:DescribeResourcePolicies', 'logs:DescribeLogGroups',
];
/** Nor has tracing: https://docs.aws.amazon.com/step-functions/latest/dg/xray-iam.html */
const XRAY = ['xray:PutTraceSegments', 'xray:PutTelemetryRecords', 'xray:GetSamplingRules', 'xray:GetSamplingTargets'];

/** Nor have a function's network interfaces: https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html */
const NETWORK = [
  'ec2:CreateNetworkInterface', 'ec2:DescribeNetworkInterfaces', 'ec2:DescribeSubnets', 'ec2:DeleteNetworkInterface',
  'ec2:AssignPrivateIpAddresses', 'ec2:UnassignPrivateIpAddresses',
];
