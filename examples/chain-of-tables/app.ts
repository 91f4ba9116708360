/**
 * A table that is built on other intermediate tables, and follows them: it is populated after them on deploy, and again whenever
 * one of them has a new version.
 */
import { App, Stack, StackProps } from 'aws-cdk-lib';
import * as cleanrooms from 'aws-cdk-lib/aws-cleanrooms';
import * as events from 'aws-cdk-lib/aws-events';
import { IntermediateTablePopulation } from 'cdk-cleanrooms-intermediate-table';
import { Construct } from 'constructs';

const MEMBERSHIP = 'a1b2c3d4-5678-90ab-cdef-1234567890ab';
const NIGHTLY = events.Schedule.cron({ hour: '2', minute: '0' });

export class ChainOfTablesStack extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);

    const buyers = new IntermediateTablePopulation(this, 'BuyersPopulation', {
      intermediateTable: this.table('Buyers', 'buyers', 'SELECT DISTINCT customer_id FROM orders'),
      schedule: NIGHTLY,
    });
    const visitors = new IntermediateTablePopulation(this, 'VisitorsPopulation', {
      intermediateTable: this.table('Visitors', 'visitors', 'SELECT DISTINCT customer_id FROM visits'),
      schedule: NIGHTLY,
    });

    // No schedule: it is refreshed when one of the two has a new version, and none is about to get one. So once a night.
    const audience = new IntermediateTablePopulation(this, 'AudiencePopulation', {
      intermediateTable: this.table('Audience', 'audience', 'SELECT customer_id FROM visitors EXCEPT SELECT customer_id FROM buyers'),
      refreshAfter: [buyers, visitors],
    });

    for (const population of [buyers, visitors, audience]) {
      population.createFailureAlarm('Failures');
    }
  }

  private table(id: string, name: string, queryString: string): cleanrooms.CfnIntermediateTable {
    return new cleanrooms.CfnIntermediateTable(this, id, {
      membershipIdentifier: MEMBERSHIP,
      name,
      populationAnalysisConfiguration: { sqlParameters: { queryString } },
    });
  }
}

if (require.main === module) {
  const app = new App();
  new ChainOfTablesStack(app, 'ChainOfTables');
  app.synth();
}
