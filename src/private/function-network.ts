import { aws_ec2 as ec2, aws_iam as iam, aws_lambda as lambda } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { PopulationFunctionOptions } from '../function-options';
import { problem } from './problem';

const GROUP_ID = 'SecurityGroup';

/** The place of functions in a VPC, which they may be given after they were made, and be given another time. */
export class FunctionNetwork extends Construct {
  public connections = new ec2.Connections();

  constructor(scope: Construct, id: string, private readonly functions: readonly lambda.Function[], roles: readonly iam.Role[]) {
    super(scope, id);
    const policy = new iam.Policy(this, 'Policy', { statements: [new iam.PolicyStatement({ actions: NETWORK, resources: ['*'] })] });
    roles.forEach((role) => role.attachInlinePolicy(policy));
    // A policy of its own, which goes after the functions have left the VPC.
    functions.forEach(({ node }) => node.addDependency(policy));
  }

  public configure(vpc: ec2.IVpc, { vpcSubnets, securityGroups }: PopulationFunctionOptions): void {
    const { subnetIds, hasPublic, internetConnectivityEstablished } = vpc.selectSubnets(vpcSubnets);
    if (hasPublic) {
      problem(this.node.path, 'vpcSubnets', vpcSubnets, 'Give private subnets: functions in public ones do not reach the internet.');
    }
    this.node.tryRemoveChild(GROUP_ID);
    const groups = securityGroups ?? [new ec2.SecurityGroup(this, GROUP_ID, { vpc, description: 'Functions that populate intermediate tables' })];
    this.connections = new ec2.Connections({ securityGroups: groups });
    for (const { node } of this.functions) {
      node.addDependency(internetConnectivityEstablished);
      // As the construct itself does with a VPC that it is given at once.
      (node.defaultChild as lambda.CfnFunction).vpcConfig = { subnetIds, securityGroupIds: groups.map((group) => group.securityGroupId) };
    }
  }
}

/** A function's network interfaces have no narrower resource: https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html */
const NETWORK = [
  'ec2:CreateNetworkInterface', 'ec2:DescribeNetworkInterfaces', 'ec2:DescribeSubnets', 'ec2:DeleteNetworkInterface',
  'ec2:AssignPrivateIpAddresses', 'ec2:UnassignPrivateIpAddresses',
];
