import { RemovalPolicy } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as sqs from 'aws-cdk-lib/aws-sqs';

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
   * The key that encrypts the record, which holds the populations' parameters: a symmetric one of the stack's region. The functions may use
   * it through DynamoDB only. Who deploys has to be allowed `kms:CreateGrant` on it, and its policy has to leave permissions to IAM, as
   * CDK's and the console's do. It can be changed later; the record stays.
   *
   * @default - DynamoDB's own key
   * @throws if it is a key of another region, app or stage
   * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html#dynamodb-kms-authz
   */
  readonly recordEncryptionKey?: kms.IKeyRef;

  /**
   * The standard SQS queue, of the stack's region, that gets the events which EventBridge could not deliver: of schedules and of refreshes
   * after other tables, tried three times within 15 minutes, and of executions that were stopped. The queue's policy, and its key's, lets
   * rules of the stack's account and region send, and nobody else; of a queue that this app does not define you let them yourself. A
   * message is the event, in which an execution's input and output may stand.
   *
   * @default - an event that cannot be delivered is lost: the schedule's next one comes by itself
   * @throws if it is a FIFO queue, or one of another region, app or stage
   * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html
   */
  readonly deadLetterQueue?: sqs.IQueueRef;

  /**
   * Whether the functions send traces to X-Ray. The state machines, which call them, always do.
   *
   * @default lambda.Tracing.DISABLED
   * @see https://docs.aws.amazon.com/lambda/latest/dg/services-xray.html
   */
  readonly tracing?: lambda.Tracing;

  /**
   * How many invocations of each of the two functions may run at a time, from 2 on, and are kept for it. A run that finds none free tries
   * again every ten seconds. One keeps an invocation while its query runs, all others need one for a second now and then: so one more than
   * the queries that run at a time is enough for any number of populations, which by AWS's default quotas is 6 in us-east-1 and 3 elsewhere.
   * The account has to keep 100 that are not reserved.
   *
   * @default - none are reserved: the account's other functions may take all
   * @throws if it is less than 2: a run that watches its query would stop all others
   * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html
   */
  readonly reservedConcurrentExecutions?: number;

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
