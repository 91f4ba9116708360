import { IApiCall, IntegTest } from '@aws-cdk/integ-tests-alpha';
import { CfnOutput, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as cleanrooms from 'aws-cdk-lib/aws-cleanrooms';
import * as events from 'aws-cdk-lib/aws-events';
import { CloudWatchLogGroup } from 'aws-cdk-lib/aws-events-targets';
import * as glue from 'aws-cdk-lib/aws-glue';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { BucketDeployment, Source } from 'aws-cdk-lib/aws-s3-deployment';
import { AllowedAnalysis, IntermediateTable, IntermediateTablePopulation, StoredQuery, WorkerType } from '../../src';

/** The fewest workers that a query may have: a minute of them costs a tenth of a minute of the default. */
export const SMALLEST_COMPUTE = { workerType: WorkerType.CR_1X, workers: 2 };

const ORDERS = ['1,north,2026-11-01', '2,north,2026-11-02', '3,south,2026-11-03', '3,south,2026-11-04'].join('\n');
const COLUMNS = ['customer_id', 'region', 'ordered_at'];

/** A collaboration of one member, with one table of four rows. */
export class SmallCollaboration {
  readonly membership: cleanrooms.CfnMembership;
  private readonly orders: cleanrooms.CfnConfiguredTableAssociation;

  constructor(private readonly stack: Stack) {
    const { attrCollaborationIdentifier } = new cleanrooms.CfnCollaboration(stack, 'Collaboration', {
      name: stack.stackName,
      description: 'Tests cdk-cleanrooms-intermediate-table',
      creatorDisplayName: 'Tester',
      creatorMemberAbilities: ['CAN_QUERY', 'CAN_RECEIVE_RESULTS'],
      members: [],
      queryLogStatus: 'ENABLED',
    });
    this.membership = new cleanrooms.CfnMembership(stack, 'Membership', { collaborationIdentifier: attrCollaborationIdentifier, queryLogStatus: 'ENABLED' });
    this.orders = this.makeOrders();
    this.keepEvents();
    new CfnOutput(stack, 'MembershipId', { value: this.membership.attrMembershipIdentifier });
  }

  /** A table that can be queried as soon as it is populated. */
  makeTable(id: string, tableName: string, sql: string): IntermediateTable {
    const table = new IntermediateTable(this.stack, id, {
      membership: this.membership, tableName, query: StoredQuery.fromSql(sql), allowedAnalyses: [AllowedAnalysis.ANY_QUERY],
    });
    // CloudFormation cannot see which tables a query reads.
    table.node.addDependency(this.orders);
    new CfnOutput(this.stack, `${id}Id`, { value: table.intermediateTableRef.intermediateTableIdentifier });
    return table;
  }

  /** Clean Rooms' events, whose contents AWS does not document. */
  private keepEvents(): void {
    const logGroup = new logs.LogGroup(this.stack, 'CleanRoomsEvents', { removalPolicy: RemovalPolicy.DESTROY, retention: logs.RetentionDays.ONE_WEEK });
    new CfnOutput(this.stack, 'EventsLogGroup', { value: logGroup.logGroupName });
    new events.Rule(this.stack, 'Events', { eventPattern: { source: ['aws.cleanrooms'] }, targets: [new CloudWatchLogGroup(logGroup)] });
  }

  private makeOrders(): cleanrooms.CfnConfiguredTableAssociation {
    const { stack } = this;
    const bucket = new s3.Bucket(stack, 'Data', { removalPolicy: RemovalPolicy.DESTROY, autoDeleteObjects: true, enforceSSL: true });
    const data = new BucketDeployment(stack, 'Rows', { destinationBucket: bucket, destinationKeyPrefix: 'orders', sources: [Source.data('orders.csv', ORDERS)] });
    const database = `integ_${stack.stackName.toLowerCase()}`;
    const glueDatabase = new glue.CfnDatabase(stack, 'Database', { catalogId: stack.account, databaseInput: { name: database } });
    const glueTable = new glue.CfnTable(stack, 'OrdersInGlue', {
      catalogId: stack.account,
      databaseName: database,
      tableInput: {
        name: 'orders',
        tableType: 'EXTERNAL_TABLE',
        parameters: { classification: 'csv' },
        storageDescriptor: {
          columns: COLUMNS.map((name) => ({ name, type: 'string' })),
          location: bucket.s3UrlForObject('orders/'),
          inputFormat: 'org.apache.hadoop.mapred.TextInputFormat',
          outputFormat: 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat',
          serdeInfo: { serializationLibrary: 'org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe', parameters: { 'field.delim': ',' } },
        },
      },
    });
    glueTable.addResourceDependency(glueDatabase);
    const configured = new cleanrooms.CfnConfiguredTable(stack, 'Orders', {
      name: 'orders',
      tableReference: { glue: { databaseName: database, tableName: 'orders' } },
      allowedColumns: COLUMNS,
      analysisMethod: 'DIRECT_QUERY',
      analysisRules: [{ type: 'CUSTOM', policy: { v1: { custom: { allowedAnalyses: ['ANY_QUERY'], allowedAnalysisProviders: [stack.account] } } } }],
    });
    configured.addResourceDependency(glueTable);
    const reader = new iam.Role(stack, 'Reader', { assumedBy: new iam.ServicePrincipal('cleanrooms.amazonaws.com') });
    bucket.grantRead(reader);
    reader.addToPolicy(new iam.PolicyStatement({
      actions: ['glue:GetDatabase', 'glue:GetTable', 'glue:GetPartition', 'glue:GetPartitions', 'glue:BatchGetPartition'],
      resources: ['catalog', `database/${database}`, `table/${database}/orders`].map((name) => `arn:${stack.partition}:glue:${stack.region}:${stack.account}:${name}`),
    }));
    const association = new cleanrooms.CfnConfiguredTableAssociation(stack, 'Association', {
      membershipIdentifier: this.membership.attrMembershipIdentifier,
      configuredTableIdentifier: configured.attrConfiguredTableIdentifier,
      name: 'orders',
      roleArn: reader.roleArn,
      // https://docs.aws.amazon.com/clean-rooms/latest/userguide/add-collaboration-analysis-rule.html
      configuredTableAssociationAnalysisRules: [{ type: 'CUSTOM', policy: { v1: { custom: { allowedResultReceivers: [stack.account] } } } }],
    });
    // Clean Rooms tries the role, whose policy is a resource of its own; and a query needs the rows.
    association.node.addDependency(reader, data);
    return association;
  }
}

/** Starts a population as its schedule would. */
export function start({ assertions }: IntegTest, { stateMachine }: IntermediateTablePopulation): IApiCall {
  return assertions.awsApiCall('StepFunctions', 'startExecution', { stateMachineArn: stateMachine.stateMachineArn, input: '{}' });
}

/** For every assertion: one that nobody waits for fails in an output, not in the deploy. CloudFormation waits for an hour. */
export const PATIENCE = { totalTimeout: Duration.minutes(50), interval: Duration.seconds(30) };
