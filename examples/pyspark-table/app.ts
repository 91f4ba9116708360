/**
 * A table that a PySpark job populates, in place of SQL. CloudFormation cannot make one yet, so it is made by Clean Rooms' own API, and
 * referred to here. Deploys, schedules, failures and metrics are the same as of a table that SQL populates; `analysisId` is the job's.
 */
import { App, Duration, Stack, StackProps } from 'aws-cdk-lib';
import * as events from 'aws-cdk-lib/aws-events';
import { IntermediateTable, IntermediateTablePopulation, WorkerType } from 'cdk-cleanrooms-intermediate-table';
import { Construct } from 'constructs';

export class PySparkTableStack extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);

    const scores = IntermediateTable.fromIntermediateTableAttributes(this, 'Scores', {
      membershipIdentifier: 'a1b2c3d4-5678-90ab-cdef-1234567890ab',
      intermediateTableIdentifier: 'd4e5f6a7-8901-23ab-cdef-456789012abc',
    });

    const population = new IntermediateTablePopulation(this, 'ScoresPopulation', {
      intermediateTable: scores,
      // A job takes 4 to 1,024 workers of type CR.1X or CR.4X, and both have to be given.
      compute: { workerType: WorkerType.CR_4X, workers: 32 },
      schedule: events.Schedule.rate(Duration.days(7)),
    });
    population.createFailureAlarm('Failures');
  }
}

if (require.main === module) {
  const app = new App();
  new PySparkTableStack(app, 'PySparkTable');
  app.synth();
}
