import { aws_ec2 as ec2, aws_iam as iam, aws_lambda as lambda } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { PopulationFunctionOptions } from '../function-options';
import { problem } from './problem';

/** Of what is made for one VPC, and goes where another one is given. */
const VPC_ID = 'Vpc';

/** The place of functions in a VPC, which they may be given after they were made, and be given another time. */
export class FunctionNetwork extends Construct {
  public connections = new ec2.Connections();
  private readonly policy: iam.Policy;

  constructor(scope: Construct, id: string, private readonly functions: readonly lambda.Function[], roles: readonly iam.Role[]) {
    super(scope, id);
    this.policy = new iam.Policy(this, 'Policy', { statements: [new iam.PolicyStatement({ actions: NETWORK, resources: ['*'] })] });
    roles.forEach((role) => role.attachInlinePolicy(this.policy));
    // A policy of its own, which goes after the functions have left the VPC.
    functions.forEach(({ node }) => node.addDependency(this.policy));
  }

  public configure(vpc: ec2.IVPCRef, options: PopulationFunctionOptions): void {
    this.node.tryRemoveChild(VPC_ID);
    const scope = new Construct(this, VPC_ID);
    const subnetIds = options.subnets?.map(({ subnetRef }) => subnetRef.subnetId) ?? this.select(vpc as ec2.IVpc, options);
    const groups = options.securityGroups?.map((group, index) => groupOf(scope, `SecurityGroup${index}`, group)) ?? [this.groupIn(scope, vpc)];
    this.connections = new ec2.Connections({ securityGroups: groups });
    for (const { node } of this.functions) {
      // As the construct itself does with a VPC that it is given at once.
      (node.defaultChild as lambda.CfnFunction).vpcConfig = { subnetIds, securityGroupIds: groups.map((group) => group.securityGroupId) };
    }
  }

  private groupIn(scope: Construct, vpc: ec2.IVPCRef): ec2.SecurityGroup {
    const group = new ec2.SecurityGroup(scope, 'SecurityGroup', { vpc: vpcOf(scope, vpc), description: 'Functions that populate intermediate tables' });
    // It cannot go before the network interfaces, which Lambda deletes later, by this policy: https://github.com/aws/aws-cdk/issues/6701
    group.node.addDependency(this.policy);
    return group;
  }

  private select(vpc: ec2.IVpc, { vpcSubnets }: PopulationFunctionOptions): string[] {
    const { subnetIds, hasPublic, internetConnectivityEstablished } = vpc.selectSubnets(vpcSubnets);
    if (hasPublic) {
      problem(this.node.path, 'vpcSubnets', vpcSubnets, 'Give private subnets: functions in public ones do not reach the internet.');
    }
    this.functions.forEach(({ node }) => node.addDependency(internetConnectivityEstablished));
    return subnetIds;
  }
}

/** Whether a VPC knows its subnets, and is not only a reference to one. */
export const isVpc = (vpc: ec2.IVPCRef): vpc is ec2.IVpc => 'selectSubnets' in vpc;

/** A group is made in it, which takes no more than its id. */
const vpcOf = (scope: Construct, vpc: ec2.IVPCRef): ec2.IVpc =>
  (isVpc(vpc) ? vpc : ec2.Vpc.fromVpcAttributes(scope, 'Reference', { vpcId: vpc.vpcRef.vpcId, availabilityZones: ['none'] }));

/** Rules of connections are added to one that CDK knows how to add them to. */
const groupOf = (scope: Construct, id: string, group: ec2.ISecurityGroupRef): ec2.ISecurityGroup =>
  ('addIngressRule' in group ? group as ec2.ISecurityGroup : ec2.SecurityGroup.fromSecurityGroupId(scope, id, group.securityGroupRef.securityGroupId));

/** A function's network interfaces have no narrower resource: https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html */
const NETWORK = [
  'ec2:CreateNetworkInterface', 'ec2:DescribeNetworkInterfaces', 'ec2:DescribeSubnets', 'ec2:DeleteNetworkInterface',
  'ec2:AssignPrivateIpAddresses', 'ec2:UnassignPrivateIpAddresses',
];
