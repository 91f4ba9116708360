/**
 * A population that takes longer than it may fails, and cancels its query. No query is done in the minute that this one has.
 *
 * How to run it: docs/first-account.md.
 */
import { ExpectedResult, IntegTest } from '@aws-cdk/integ-tests-alpha';
import { App, Duration, Stack } from 'aws-cdk-lib';
import { PopulateOnDeploy } from '../src';
import { PATIENCE, SMALLEST_COMPUTE, SmallCollaboration, start } from './support/first-account';

export function build(app: App): void {
  const stack = new Stack(app, 'IntegFailure');
  const population = new SmallCollaboration(stack)
    .makeTable('Table', 'pairs', 'SELECT a.customer_id, b.region FROM orders a CROSS JOIN orders b')
    .addPopulation('Population', { compute: SMALLEST_COMPUTE, timeout: Duration.minutes(1), populateOnDeploy: PopulateOnDeploy.NEVER });

  const integ = new IntegTest(app, 'Failure', { testCases: [stack] });
  const started = start(integ, population);
  started.next(integ.assertions.awsApiCall('StepFunctions', 'describeExecution', { executionArn: started.getAttString('executionArn') })
    .expect(ExpectedResult.objectLike({ status: 'FAILED', error: 'PopulationTimedOut' }))
    .waitForAssertions(PATIENCE));
}

if (require.main === module) {
  const app = new App();
  build(app);
  app.synth();
}
