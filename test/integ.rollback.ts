/**
 * A deploy that is rolled back leaves the data of the template that it goes back to. With `-c fail=before` it fails before the
 * population's turn, and the rollback is free; with `-c fail=after` the population has made a version, and the rollback makes another.
 *
 * How to run it: docs/first-account.md.
 */
import { ExpectedResult, IntegTest } from '@aws-cdk/integ-tests-alpha';
import { App, CfnWaitCondition, CfnWaitConditionHandle, Stack } from 'aws-cdk-lib';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { PATIENCE, SMALLEST_COMPUTE, SmallCollaboration } from './support/first-account';

export function build(app: App): void {
  const stack = new Stack(app, 'IntegRollback');
  const fail = app.node.tryGetContext('fail') as 'before' | 'after' | undefined;
  const versionParameter = new StringParameter(stack, 'Version', { stringValue: 'none yet' });
  const population = new SmallCollaboration(stack)
    .makeTable('Table', 'regions', 'SELECT customer_id FROM orders WHERE region = :region')
    .addPopulation('Population', { compute: SMALLEST_COMPUTE, parameters: { region: fail ? 'south' : 'north' }, versionParameter });
  if (fail) {
    const { ref } = new CfnWaitConditionHandle(stack, 'Handle');
    // Nobody signals.
    const failure = new CfnWaitCondition(stack, 'Failure', { handle: ref, timeout: '10', count: 1 });
    const [first, second] = fail === 'before' ? [failure, population] : [population, failure];
    second.node.addDependency(first);
  }

  const integ = new IntegTest(app, 'Rollback', { testCases: [stack] });
  integ.assertions.awsApiCall('SSM', 'getParameter', { Name: versionParameter.parameterName })
    .expect(ExpectedResult.objectLike({ Parameter: { Value: population.versionId } }))
    .waitForAssertions(PATIENCE);
}

if (require.main === module) {
  const app = new App();
  build(app);
  app.synth();
}
