/**
 * A stack that is destroyed while a refresh runs: the query is cancelled, and the stack is gone.
 *
 * How to run it: docs/first-account.md.
 */
import { IntegTest } from '@aws-cdk/integ-tests-alpha';
import { App, Stack } from 'aws-cdk-lib';
import { PopulateOnDeploy } from '../src';
import { SMALLEST_COMPUTE, SmallCollaboration, start } from './support/first-account';

export function build(app: App): void {
  const stack = new Stack(app, 'IntegDelete');
  const population = new SmallCollaboration(stack)
    .makeTable('Table', 'pairs', 'SELECT a.customer_id, b.region FROM orders a CROSS JOIN orders b')
    .addPopulation('Population', { compute: SMALLEST_COMPUTE, populateOnDeploy: PopulateOnDeploy.NEVER });

  // Nobody waits for it: `cdk destroy` comes next.
  start(new IntegTest(app, 'Delete', { testCases: [stack] }), population);
}

if (require.main === module) {
  const app = new App();
  build(app);
  app.synth();
}
