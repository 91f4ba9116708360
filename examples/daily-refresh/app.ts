/**
 * A table that every deploy finds populated, and that is refreshed every day: the whole of it, from the collaboration on.
 *
 * The data is in the Glue table `shop.orders`, and under `orders/` in the bucket `shop-data`.
 */
import { App, Duration, Stack, StackProps } from 'aws-cdk-lib';
import * as cleanrooms from 'aws-cdk-lib/aws-cleanrooms';
import * as events from 'aws-cdk-lib/aws-events';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { AllowedAnalysis, IntermediateTable, StoredQuery } from 'cdk-cleanrooms-intermediate-table';
import { Construct } from 'constructs';

export interface DailyRefreshStackProps extends StackProps {
  /**
   * How many orders make a customer a loyal one.
   *
   * @default '10'
   */
  readonly minOrders?: string;
}

export class DailyRefreshStack extends Stack {
  constructor(scope: Construct, id: string, props: DailyRefreshStackProps = {}) {
    super(scope, id, props);

    const collaboration = new cleanrooms.CfnCollaboration(this, 'Collaboration', {
      name: 'shop-and-publisher',
      description: 'Which customers of the shop does the publisher reach?',
      creatorDisplayName: 'Shop',
      creatorMemberAbilities: ['CAN_QUERY', 'CAN_RECEIVE_RESULTS'],
      members: [{ accountId: '444455556666', displayName: 'Publisher', memberAbilities: [] }],
      queryLogStatus: 'ENABLED',
    });
    const membership = new cleanrooms.CfnMembership(this, 'Membership', {
      collaborationIdentifier: collaboration.attrCollaborationIdentifier,
      queryLogStatus: 'ENABLED',
    });
    const orders = this.associateOrders(membership);

    const query = new cleanrooms.CfnAnalysisTemplate(this, 'AudienceQuery', {
      membershipIdentifier: membership.attrMembershipIdentifier,
      name: 'audience_query',
      format: 'SQL',
      source: { text: 'SELECT customer_id, COUNT(*) AS orders FROM orders GROUP BY customer_id HAVING COUNT(*) >= :min_orders' },
      analysisParameters: [{ name: 'min_orders', type: 'BIGINT' }],
    });
    // CloudFormation cannot see which tables a query reads.
    query.addResourceDependency(orders);

    const table = new IntermediateTable(this, 'Audience', {
      membership,
      tableName: 'audience',
      query: StoredQuery.fromAnalysisTemplate(query),
      allowedAnalyses: [AllowedAnalysis.ANY_QUERY],
    });
    const population = table.addPopulation('Population', {
      parameters: { min_orders: props.minOrders ?? '10' },
      schedule: events.Schedule.rate(Duration.days(1)),
    });
    // A deploy that fails is seen by who deploys; of a refresh that fails an alarm has to tell.
    population.createFailureAlarm('Failures');
  }

  /** Brings the shop's orders into the collaboration. */
  private associateOrders(membership: cleanrooms.CfnMembership): cleanrooms.CfnConfiguredTableAssociation {
    const configuredTable = new cleanrooms.CfnConfiguredTable(this, 'Orders', {
      name: 'orders',
      tableReference: { glue: { databaseName: 'shop', tableName: 'orders' } },
      allowedColumns: ['customer_id', 'ordered_at'],
      analysisMethod: 'DIRECT_QUERY',
      analysisRules: [{
        type: 'CUSTOM',
        policy: { v1: { custom: { allowedAnalyses: ['ANY_QUERY'], allowedAnalysisProviders: [this.account] } } },
      }],
    });

    const reader = new iam.Role(this, 'OrdersReader', { assumedBy: new iam.ServicePrincipal('cleanrooms.amazonaws.com') });
    s3.Bucket.fromBucketName(this, 'Data', 'shop-data').grantRead(reader, 'orders/*');
    reader.addToPolicy(new iam.PolicyStatement({
      actions: ['glue:GetDatabase', 'glue:GetTable', 'glue:GetPartition', 'glue:GetPartitions', 'glue:BatchGetPartition'],
      resources: ['catalog', 'database/shop', 'table/shop/orders'].map((name) => `arn:${this.partition}:glue:${this.region}:${this.account}:${name}`),
    }));

    const association = new cleanrooms.CfnConfiguredTableAssociation(this, 'OrdersAssociation', {
      membershipIdentifier: membership.attrMembershipIdentifier,
      configuredTableIdentifier: configuredTable.attrConfiguredTableIdentifier,
      name: 'orders',
      roleArn: reader.roleArn,
      // Which members may have results, in this collaboration: AWS asks for it of tables that are queried directly.
      configuredTableAssociationAnalysisRules: [{ type: 'CUSTOM', policy: { v1: { custom: { allowedResultReceivers: [this.account] } } } }],
    });
    // Clean Rooms tries the role, whose policy is a resource of its own.
    association.node.addDependency(reader);
    return association;
  }
}

if (require.main === module) {
  const app = new App();
  new DailyRefreshStack(app, 'DailyRefresh');
  app.synth();
}
