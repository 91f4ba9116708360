/**
 * A table that is built on other intermediate tables, and follows them: it is populated after them on deploy, and again whenever
 * one of them has a new version. Any of the queries may change: each table's name ends in a hash of its query.
 */
import { App, Stack, StackProps } from 'aws-cdk-lib';
import * as events from 'aws-cdk-lib/aws-events';
import { AllowedAnalysis, IntermediateTable, Membership, StoredQuery } from 'cdk-cleanrooms-intermediate-table';
import { Construct } from 'constructs';

const MEMBERSHIP = 'a1b2c3d4-5678-90ab-cdef-1234567890ab';
const NIGHTLY = events.Schedule.cron({ hour: '2', minute: '0' });

export class ChainOfTablesStack extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);

    const membership = Membership.fromMembershipIdentifier(this, 'Membership', MEMBERSHIP);
    const table = (name: string, tableName: string, sql: string) => new IntermediateTable(this, name, {
      membership, tableName, versionedName: true, query: StoredQuery.fromSql(sql), allowedAnalyses: [AllowedAnalysis.ANY_QUERY],
    });

    const buyers = table('Buyers', 'buyers', 'SELECT DISTINCT customer_id FROM orders');
    const visitors = table('Visitors', 'visitors', 'SELECT DISTINCT customer_id FROM visits');
    const audience = table('Audience', 'audience', `SELECT customer_id FROM ${visitors.tableName} EXCEPT SELECT customer_id FROM ${buyers.tableName}`);

    const bases = [buyers, visitors].map((base) => base.addPopulation('Population', { schedule: NIGHTLY }));
    // No schedule: it is refreshed when one of the two has a new version, and none is about to get one. So once a night.
    const last = audience.addPopulation('Population', { refreshAfter: bases });

    for (const population of [...bases, last]) {
      population.createFailureAlarm('Failures');
    }
  }
}

if (require.main === module) {
  const app = new App();
  new ChainOfTablesStack(app, 'ChainOfTables');
  app.synth();
}
