import { RemovalPolicy } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as logs from 'aws-cdk-lib/aws-logs';

/**
 * Where and how the Lambda functions that the populations of a stack share run: see `PopulationServices`.
 */
export interface PopulationFunctionOptions {
  /**
   * The VPC of the functions. They have to reach the endpoints of Clean Rooms, DynamoDB, Step Functions and, for CloudFormation's
   * response URLs, S3 of the region: through NAT or VPC endpoints. `population.connections` opens those of endpoints.
   *
   * One that is a reference only, such as a `CfnVPC`, does not know its subnets: give `subnets`, too.
   *
   * @default - no VPC
   */
  readonly vpc?: ec2.IVPCRef;

  /**
   * The subnets of the VPC, as an `ec2.IVpc` selects them, such as `ec2.Vpc`. The functions wait for the subnets' ways to the internet.
   *
   * @default - the VPC's private subnets
   */
  readonly vpcSubnets?: ec2.SubnetSelection;

  /**
   * The subnets of the VPC by reference, such as `CfnSubnet`, instead of `vpcSubnets`. They have to be private, and of their routes nothing
   * is known: let the functions wait for those, as by `PopulationServices.of(scope).deploymentFunction.node.addDependency(route)`.
   *
   * @default - those of `vpcSubnets`
   */
  readonly subnets?: ec2.ISubnetRef[];

  /**
   * The security groups of the functions, which need outbound HTTPS only.
   *
   * @default - a new one
   */
  readonly securityGroups?: ec2.ISecurityGroupRef[];

  /**
   * The key that encrypts the functions' environment. It holds nothing secret.
   *
   * @default - Lambda's own key
   */
  readonly environmentEncryption?: kms.IKeyRef;

  /**
   * How long the log of the functions and state machines is kept.
   *
   * @default logs.RetentionDays.THREE_MONTHS
   */
  readonly logRetention?: logs.RetentionDays;

  /**
   * What becomes of the log group when the stack is deleted.
   *
   * @default RemovalPolicy.DESTROY
   */
  readonly logRemovalPolicy?: RemovalPolicy;

  /**
   * The key that encrypts the log group. Its policy has to let CloudWatch Logs of the region use it.
   *
   * @default - CloudWatch Logs' own key
   * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
   */
  readonly logEncryptionKey?: kms.IKeyRef;
}
