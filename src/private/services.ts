import { Aspects, Duration, IAspect, Lazy, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as events from 'aws-cdk-lib/aws-events';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct, IConstruct } from 'constructs';
import { DeploymentFunction } from '../handlers/deployment-function';
import { PopulationFunction } from '../handlers/population-function';
import { Member, permit } from './permissions';

/** What all the populations of a stack share: two functions, three roles and one log group. */
export class Services extends Construct {
  /** The shared services of the scope's stack, made on first use. */
  public static of(scope: IConstruct): Services {
    const stack = Stack.of(scope);
    const id = 'IntermediateTablePopulations';
    return stack.node.tryFindChild(id) as Services | undefined ?? new Services(stack, id);
  }

  public readonly logGroup: logs.LogGroup;
  public readonly populationFunction: lambda.Function;
  public readonly deploymentFunction: lambda.Function;
  /** Runs the state machines. */
  public readonly machineRole: iam.Role;
  /** Starts the state machines: for CloudFormation, through the deployment function, and for schedules. */
  public readonly starterRole: iam.Role;
  private readonly populationRole: iam.Role;
  private readonly members: Member[] = [];

  private constructor(scope: Stack, id: string) {
    super(scope, id);
    this.logGroup = new logs.LogGroup(this, 'Logs', { retention: logs.RetentionDays.THREE_MONTHS, removalPolicy: RemovalPolicy.DESTROY });
    // In the names of the executions that deploys start, so that the watchdog sees this stack's only.
    const prefix = `cfn-${scope.node.addr.slice(-8)}`;
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
      timeout: Duration.minutes(3),
      environment: { EXECUTION_PREFIX: prefix },
    });
    this.machineRole = this.makeMachineRole();
    this.watch(prefix);
    Aspects.of(this).add(new Completion(this));
  }

  /** Takes a population in; its place among the stack's populations is the answer. */
  public add(member: Member): number {
    return this.members.push(member) - 1;
  }

  /** At synthesis, once all populations and all dependencies are known. */
  public complete(): void {
    permit(this, { population: this.populationRole, starter: this.starterRole }, this.members);
    this.members.forEach((member) => member.complete());
  }

  private common(role: iam.IRole) {
    return { role, logGroup: this.logGroup, architecture: lambda.Architecture.ARM_64, memorySize: 256 };
  }

  private makeFunctionRole(id: string, assumedBy: iam.IPrincipal, description: string): iam.Role {
    const log = new iam.PolicyStatement({ actions: ['logs:CreateLogStream', 'logs:PutLogEvents'], resources: [this.logGroup.logGroupArn] });
    return new iam.Role(this, id, { assumedBy, description, inlinePolicies: { Logs: new iam.PolicyDocument({ statements: [log] }) } });
  }

  private makeMachineRole(): iam.Role {
    const functions = [this.populationFunction.functionArn, this.deploymentFunction.functionArn];
    return new iam.Role(this, 'MachineRole', {
      assumedBy: new iam.ServicePrincipal('states.amazonaws.com'),
      description: 'Runs intermediate table populations',
      inlinePolicies: {
        Run: new iam.PolicyDocument({
          statements: [
            new iam.PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: functions }),
            // Log delivery and X-Ray have no narrower resources:
            // https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html and https://docs.aws.amazon.com/step-functions/latest/dg/xray-iam.html
            new iam.PolicyStatement({ actions: [...LOG_DELIVERY, ...XRAY], resources: ['*'] }),
          ],
        }),
      },
    });
  }

  /** An execution that is stopped or breaks cannot report to CloudFormation: EventBridge tells the deployment function. */
  private watch(prefix: string): void {
    const rule = new events.CfnRule(this, 'Watchdog', {
      description: 'Tells CloudFormation of population executions that were stopped, timed out or broke',
      eventPattern: {
        'source': ['aws.states'],
        'detail-type': ['Step Functions Execution Status Change'],
        'detail': { name: [{ prefix: `${prefix}-` }], status: ['FAILED', 'TIMED_OUT', 'ABORTED'] },
      },
      targets: [{ id: 'DeploymentFunction', arn: this.deploymentFunction.functionArn }],
    });
    new lambda.CfnPermission(this, 'WatchdogPermission', {
      action: 'lambda:InvokeFunction',
      functionName: this.deploymentFunction.functionArn,
      principal: 'events.amazonaws.com',
      sourceArn: rule.attrArn,
    });
  }
}

const LOG_DELIVERY = [
  'logs:CreateLogDelivery', 'logs:GetLogDelivery', 'logs:UpdateLogDelivery', 'logs:DeleteLogDelivery', 'logs:ListLogDeliveries',
  'logs:PutResourcePolicy', 'logs:DescribeResourcePolicies', 'logs:DescribeLogGroups',
];
const XRAY = ['xray:PutTraceSegments', 'xray:PutTelemetryRecords', 'xray:GetSamplingRules', 'xray:GetSamplingTargets'];

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
