import {
  Aspects, Duration, IAspect, Lazy, Names, RemovalPolicy, Stack,
  aws_events as events, aws_iam as iam, aws_lambda as lambda, aws_logs as logs,
} from 'aws-cdk-lib';
import { Construct, IConstruct } from 'constructs';
import { PopulationFunctionOptions } from '../function-options';
import { overfull } from './capacity';
import { acknowledgeWildcards } from './nag';
import { Member, permit } from './permissions';
import { DeploymentFunction } from '../handlers/deployment-function';
import { canonical, hash } from '../handlers/execution-name';
import { PopulationFunction } from '../handlers/population-function';

/** What populations of a stack share: two functions, three roles and one log group. */
export class Services extends Construct {
  /** The shared services of the scope's stack for these options, made on first use. */
  public static of(scope: IConstruct, options: PopulationFunctionOptions = {}): Services {
    const stack = Stack.of(scope);
    const id = `IntermediateTablePopulations${keyOf(options)}`;
    return stack.node.tryFindChild(id) as Services | undefined ?? new Services(stack, id, options);
  }

  public readonly logGroup: logs.LogGroup;
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
  private readonly members: Member[] = [];

  private constructor(scope: Stack, id: string, private readonly options: PopulationFunctionOptions) {
    super(scope, id);
    this.logGroup = new logs.LogGroup(this, 'Logs', {
      retention: options.logRetention ?? logs.RetentionDays.THREE_MONTHS,
      removalPolicy: options.logRemovalPolicy ?? RemovalPolicy.DESTROY,
      encryptionKey: options.logEncryptionKey,
    });
    this.executionPrefix = `cfn-${this.node.addr.slice(-8)}`;
    const lambdaService = new iam.ServicePrincipal('lambda.amazonaws.com');
    this.populationRole = this.makeFunctionRole('PopulationRole', lambdaService, 'Populates intermediate tables');
    this.starterRole = this.makeFunctionRole('StarterRole',
      new iam.CompositePrincipal(lambdaService, new iam.ServicePrincipal('events.amazonaws.com')),
      'Starts populations of intermediate tables, for CloudFormation and for schedules');
    this.populationFunction = new PopulationFunction(this, 'PopulationFunction', {
      ...this.common(this.populationRole),
      description: 'Takes the steps of intermediate table populations: talks to Clean Rooms',
      timeout: Duration.minutes(1),
      environment: { POPULATIONS: Lazy.string({ produce: () => String(this.members.length) }) },
    });
    this.deploymentFunction = new DeploymentFunction(this, 'DeploymentFunction', {
      ...this.common(this.starterRole),
      description: 'Starts intermediate table populations for CloudFormation and reports their end',
      timeout: Duration.minutes(2),
      environment: { EXECUTION_PREFIX: this.executionPrefix },
    });
    this.machineRole = this.makeMachineRole();
    this.watchdog = this.watch();
    acknowledgeWildcards(this, ['*'], 'Log delivery, X-Ray and the network interfaces of functions have no narrower resource.');
    Aspects.of(this).add(new Completion(this));
    this.node.addValidation({ validate: () => overfull(this, this.members.map((member) => member.scope)) });
  }

  /** Takes a population in; its place among the stack's populations is the answer. */
  public add(member: Member): number {
    return this.members.push(member) - 1;
  }

  /** Gives all the state machines a permission. */
  public letMachines(action: string, resource: string): void {
    this.machinePolicy.addStatements(new iam.PolicyStatement({ actions: [action], resources: [resource] }));
  }

  /** At synthesis, once all populations and all dependencies are known. */
  public complete(): void {
    this.members.forEach((member) => member.link());
    // A stack that is deleted still watches over what its custom resources have started.
    this.members.forEach(({ customResource }) => customResource.node.addDependency(...this.watchdog));
    permit(this, { population: this.populationRole, starter: this.starterRole }, this.members);
    this.members.forEach((member) => member.complete());
  }

  private common(role: iam.IRole): lambda.FunctionOptions {
    const { vpc, vpcSubnets, securityGroups, environmentEncryption } = this.options;
    return {
      role,
      logGroup: this.logGroup,
      architecture: lambda.Architecture.ARM_64,
      memorySize: 256,
      vpc,
      vpcSubnets,
      securityGroups,
      environmentEncryption,
    };
  }

  private makeFunctionRole(id: string, assumedBy: iam.IPrincipal, description: string): iam.Role {
    const statements = [new iam.PolicyStatement({ actions: ['logs:CreateLogStream', 'logs:PutLogEvents'], resources: [this.logGroup.logGroupArn] })];
    if (this.options.vpc) {
      statements.push(new iam.PolicyStatement({ actions: NETWORK, resources: ['*'] }));
    }
    return new iam.Role(this, id, { assumedBy, description, inlinePolicies: { Logs: new iam.PolicyDocument({ statements }) } });
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

/** Distinguishes options; the default ones have the empty key. */
function keyOf({ vpc, vpcSubnets, securityGroups, environmentEncryption, logEncryptionKey, ...rest }: PopulationFunctionOptions): string {
  const pathOf = (construct?: IConstruct) => construct && Names.uniqueId(construct);
  const parts = {
    ...rest,
    vpc: pathOf(vpc),
    vpcSubnets: vpcSubnets && vpc?.selectSubnets(vpcSubnets).subnetIds,
    securityGroups: securityGroups?.map(pathOf),
    environmentEncryption: pathOf(environmentEncryption),
    logEncryptionKey: pathOf(logEncryptionKey),
  };
  // Languages hand over options in orders of their own.
  const given = canonical(parts);
  return given === '{}' ? '' : hash(given, 8);
}

class Completion implements IAspect {
  private done = false;

  constructor(private readonly services: Services) {}

  public visit(node: IConstruct): void {
    if (node === this.services && !this.done) {
      this.done = true;
      this.services.complete();
    }
  }
}
