/**
 * A table that is built on another is made and populated after it on deploy, and again when the other has a new version.
 *
 * How to run it: docs/first-account.md.
 */
import { ExpectedResult, IntegTest } from '@aws-cdk/integ-tests-alpha';
import { App, Stack } from 'aws-cdk-lib';
import { PATIENCE, SMALLEST_COMPUTE, SmallCollaboration, start } from './support/first-account';

export function build(app: App): void {
  const stack = new Stack(app, 'IntegChain');
  const collaboration = new SmallCollaboration(stack);
  const customers = collaboration.makeTable('Customers', 'customers', 'SELECT DISTINCT customer_id, region FROM orders');
  const regions = collaboration.makeTable('Regions', 'regions', `SELECT region, COUNT(*) AS customers FROM ${customers.tableName} GROUP BY region`);
  const upstream = customers.addPopulation('Population', { compute: SMALLEST_COMPUTE });
  const downstream = regions.addPopulation('Population', { compute: SMALLEST_COMPUTE, refreshAfter: [upstream] });

  const integ = new IntegTest(app, 'Chain', { testCases: [stack] });
  // That of the deploy, and the one that follows upon the upstream table's refresh.
  start(integ, upstream).next(integ.assertions
    .awsApiCall('StepFunctions', 'listExecutions', { stateMachineArn: downstream.stateMachine.stateMachineArn, statusFilter: 'SUCCEEDED' })
    .assertAtPath('executions.1.status', ExpectedResult.exact('SUCCEEDED'))
    .waitForAssertions(PATIENCE));
}

if (require.main === module) {
  const app = new App();
  build(app);
  app.synth();
}
