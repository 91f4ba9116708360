import {
  Duration, Fn, RemovalPolicy, Stack,
  aws_dynamodb as dynamodb, aws_ec2 as ec2, aws_events as events, aws_iam as iam, aws_lambda as lambda, aws_logs as logs,
} from 'aws-cdk-lib';
import { Construct, IConstruct } from 'constructs';
import { EXECUTION_PREFIX_VARIABLE, RECORD_EXPIRES, RECORD_KEY, RECORD_TABLE_VARIABLE } from '../contract/names';
import { DEPLOYMENT_FUNCTION_TIMEOUT_SECONDS, POPULATION_FUNCTION_TIMEOUT_SECONDS } from '../contract/time';
import type { PopulationFunctionOptions } from '../function-options';
import { overfull } from './capacity';
import { deadLetterConfig } from './dead-letters';
import { FunctionNetwork } from './function-network';
import { acknowledgeRules, acknowledgeWildcards } from './nag';
import { Permissions } from './permissions';
import { applyOptions } from './service-options';
import { stateMachinesOf } from './state-machine-names';
import { DeploymentFunction } from '../handlers/deployment-function';
import { PopulationFunction } from '../handlers/population-function';

/**
 * What populations of a stack share: two functions, three roles, a log group and the record. Nothing of it depends on how many populations
 * there are, or in which order they were made. There is one set of it: a function's ARN is a service token, which can never change.
 */
export class SharedResources extends Construct {
  public readonly logGroup: logs.LogGroup;
  /** Of every table that is populated, what is known of it from one run to the next. */
  public readonly record: dynamodb.CfnTable;
  public readonly populationFunction: lambda.Function;
  public readonly deploymentFunction: lambda.Function;
  /** Runs the state machines. */
  public readonly machineRole: iam.Role;
  /** Starts the state machines: for CloudFormation, through the deployment function, and for schedules. */
  public readonly starterRole: iam.Role;
  /** Begins the names of the executions that deploys start. */
  public readonly executionPrefix: string;
  /** Of the population function. */
  public readonly permissions: Permissions;
  /** Of the state machines. */
  public readonly machinePermissions: Permissions;
  /** Of the targets of all rules. */
  public readonly deadLetterConfig = deadLetterConfig(this, () => this.options.deadLetterQueue);
  private readonly watchdog: Construct[];
  private readonly populationRole: iam.Role;
  private readonly populations: IConstruct[] = [];
  private network?: FunctionNetwork;
  private options: PopulationFunctionOptions = {};

  constructor(scope: Stack, id: string) {
    super(scope, id);
    this.record = this.makeRecord();
    this.logGroup = this.makeLogGroup();
    this.executionPrefix = `cfn-${this.node.addr.slice(-8)}`;
    const lambdaService = new iam.ServicePrincipal('lambda.amazonaws.com');
    this.populationRole = this.makeFunctionRole('PopulationRole', lambdaService, 'Populates intermediate tables',
      new iam.PolicyStatement({ actions: ['dynamodb:UpdateItem'], resources: [this.record.attrArn] }));
    this.starterRole = this.makeFunctionRole('StarterRole',
      new iam.CompositePrincipal(lambdaService, new iam.ServicePrincipal('events.amazonaws.com')),
      'Starts populations of intermediate tables, for CloudFormation and for schedules',
      // By name, so that it depends on none of them.
      new iam.PolicyStatement({ actions: ['states:StartExecution'], resources: [stateMachinesOf(scope)] }));
    this.populationFunction = new PopulationFunction(this, 'PopulationFunction', {
      ...this.common(this.populationRole),
      description: 'Takes the steps of intermediate table populations: talks to Clean Rooms',
      timeout: Duration.seconds(POPULATION_FUNCTION_TIMEOUT_SECONDS),
    });
    this.deploymentFunction = new DeploymentFunction(this, 'DeploymentFunction', {
      ...this.common(this.starterRole),
      description: 'Starts intermediate table populations for CloudFormation and reports their end',
      timeout: Duration.seconds(DEPLOYMENT_FUNCTION_TIMEOUT_SECONDS),
    });
    this.deploymentFunction.addEnvironment(EXECUTION_PREFIX_VARIABLE, this.executionPrefix);
    this.machineRole = this.makeMachineRole();
    this.watchdog = this.watch();
    acknowledgeWildcards(this, ['*'], 'Log delivery, X-Ray and the network interfaces of functions have no narrower resource.');
    acknowledgeRules(this, ['IAMNoInlinePolicy'], 'Each is for one role, and has to go after the custom resource that needs it.');
    acknowledgeRules(this.record, ['DynamoDBInBackupPlan'], 'It has point-in-time recovery, and can be lost at the price of a populate.');
    acknowledgeRules(this, ['LambdaTracing'], 'The state machine that calls it is traced.');
    acknowledgeRules(this, ['LambdaDLQ'], 'CloudFormation itself tells of an event that was lost, which holds parameters and a URL to answer it by: no queue should have it.');
    acknowledgeRules(this, ['EventBusDLQ'], 'A deploy that hears nothing of an execution which somebody has stopped is ended by CloudFormation.');
    acknowledgeWildcards(this.starterRole, [stateMachinesOf(scope)], 'All state machines of this name are populations of this stack.');
    this.permissions = new Permissions(this, this.populationRole, FUNCTION_CHARACTERS);
    this.machinePermissions = new Permissions(this, this.machineRole, MACHINE_CHARACTERS);
    this.node.addValidation({ validate: () => overfull(this, this.populations) });
  }

  /** Takes note of a population. Its custom resource needs the watchdog until it is deleted: a deletion, too, starts a run. */
  public add(population: IConstruct, customResource: Construct): void {
    this.populations.push(population);
    customResource.node.addDependency(...this.watchdog);
  }

  /** Changes options of the functions and the log group; those that are left out stay as they are. */
  public configure(options: PopulationFunctionOptions): void {
    this.options = { ...this.options, ...options };
    const { logRetention, logRemovalPolicy, logEncryptionKey, environmentEncryption, vpc } = this.options;
    const logGroup = this.logGroup.node.defaultChild as logs.CfnLogGroup;
    logGroup.retentionInDays = logRetention === logs.RetentionDays.INFINITE ? undefined : logRetention ?? DEFAULT_RETENTION;
    logGroup.kmsKeyId = logEncryptionKey?.keyRef.keyArn;
    this.logGroup.applyRemovalPolicy(logRemovalPolicy ?? DEFAULT_REMOVAL);
    for (const each of this.functions) {
      (each.node.defaultChild as lambda.CfnFunction).kmsKeyArn = environmentEncryption?.keyRef.keyArn;
    }
    if (vpc && (options.vpc || options.vpcSubnets || options.subnets || options.securityGroups)) {
      this.network ??= new FunctionNetwork(this, 'Network', this.functions, [this.populationRole, this.starterRole]);
      this.network.configure(vpc, this.options);
    }
    const services = { scope: this, record: this.record, functions: this.functions, roles: [this.populationRole, this.starterRole] };
    applyOptions(services, options, () => this.options);
  }

  /** The key of the record, if it is a customer's. */
  public recordKeyArn(): string | undefined {
    return this.options.recordEncryptionKey?.keyRef.keyArn;
  }

  /** Of both functions, where they are in a VPC. */
  public get connections(): ec2.Connections | undefined {
    return this.network?.connections;
  }

  private get functions(): lambda.Function[] {
    return [this.populationFunction, this.deploymentFunction];
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
      retention: DEFAULT_RETENTION,
      removalPolicy: DEFAULT_REMOVAL,
    });
  }

  private common(role: iam.IRole): lambda.FunctionOptions {
    return {
      role,
      logGroup: this.logGroup,
      architecture: lambda.Architecture.ARM_64,
      memorySize: 256,
      environment: { [RECORD_TABLE_VARIABLE]: this.record.ref },
    };
  }

  private makeFunctionRole(id: string, assumedBy: iam.IPrincipal, description: string, ...further: iam.PolicyStatement[]): iam.Role {
    const statements = [
      new iam.PolicyStatement({ actions: ['logs:CreateLogStream', 'logs:PutLogEvents'], resources: [this.logGroup.logGroupArn] }),
      new iam.PolicyStatement({ actions: ['dynamodb:GetItem', 'dynamodb:PutItem'], resources: [this.record.attrArn] }),
      ...further,
    ];
    return new iam.Role(this, id, { assumedBy, description, inlinePolicies: { Own: new iam.PolicyDocument({ statements }) } });
  }

  private makeMachineRole(): iam.Role {
    const statements = [
      new iam.PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: this.functions.map(({ functionArn }) => functionArn) }),
      new iam.PolicyStatement({
        actions: ['events:PutEvents'],
        resources: [Stack.of(this).formatArn({ service: 'events', resource: 'event-bus', resourceName: 'default' })],
      }),
      new iam.PolicyStatement({ actions: [...LOG_DELIVERY, ...XRAY], resources: ['*'] }),
    ];
    return new iam.Role(this, 'MachineRole', {
      assumedBy: new iam.ServicePrincipal('states.amazonaws.com'),
      description: 'Runs intermediate table populations',
      inlinePolicies: { Run: new iam.PolicyDocument({ statements }) },
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
      targets: [{ id: 'DeploymentFunction', arn: this.deploymentFunction.functionArn, deadLetterConfig: this.deadLetterConfig }],
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

const DEFAULT_RETENTION = logs.RetentionDays.THREE_MONTHS;
const DEFAULT_REMOVAL = RemovalPolicy.DESTROY;

/** How many characters a role's own policies have, at most, of those that IAM allows: with all options. */
const FUNCTION_CHARACTERS = 1_330;
const MACHINE_CHARACTERS = 1_000;

/** Log delivery has no narrower resource: https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html */
const LOG_DELIVERY = [
  'logs:CreateLogDelivery', 'logs:GetLogDelivery', 'logs:UpdateLogDelivery', 'logs:DeleteLogDelivery', 'logs:ListLogDeliveries',
  'logs:PutResourcePolicy', 'logs:DescribeResourcePolicies', 'logs:DescribeLogGroups',
];
/** Nor has tracing: https://docs.aws.amazon.com/step-functions/latest/dg/xray-iam.html */
const XRAY = ['xray:PutTraceSegments', 'xray:PutTelemetryRecords', 'xray:GetSamplingRules', 'xray:GetSamplingTargets'];
