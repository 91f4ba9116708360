/**
 * A table that this app does not own: it was made in the console, or by another app of the same account and region.
 *
 * What CDK cannot read off such a table, it has to be told: the key that its data is encrypted with.
 */
import { App, CfnOutput, Duration, Stack, StackProps } from 'aws-cdk-lib';
import * as events from 'aws-cdk-lib/aws-events';
import * as kms from 'aws-cdk-lib/aws-kms';
import { IntermediateTable, IntermediateTablePopulation, PopulateOnDeploy, WorkerType } from 'cdk-cleanrooms-intermediate-table';
import { Construct } from 'constructs';

export class ImportedTableStack extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);

    const table = IntermediateTable.fromIntermediateTableAttributes(this, 'Households', {
      membershipIdentifier: 'a1b2c3d4-5678-90ab-cdef-1234567890ab',
      intermediateTableIdentifier: 'b2c3d4e5-6789-01ab-cdef-234567890abc',
    });
    const key = kms.Key.fromKeyArn(this, 'HouseholdsKey',
      `arn:${this.partition}:kms:${this.region}:${this.account}:key/c3d4e5f6-7890-12ab-cdef-34567890abcd`);

    const population = new IntermediateTablePopulation(this, 'HouseholdsPopulation', {
      intermediateTable: table,
      encryptionKey: key,
      compute: { workerType: WorkerType.CR_4X, workers: 8 },
      // Deploys wait for at most three hours.
      timeout: Duration.hours(3),
      // Somebody may have populated it before.
      populateOnDeploy: PopulateOnDeploy.IF_UNPOPULATED,
      schedule: events.Schedule.cron({ weekDay: 'SUN', hour: '4', minute: '0' }),
    });

    population.createFailureAlarm('Failures');

    new CfnOutput(this, 'AnalysisId', { value: population.analysisId, description: 'The protected query that made the version' });
  }
}

if (require.main === module) {
  const app = new App();
  new ImportedTableStack(app, 'ImportedTable');
  app.synth();
}
