/**
 * A deploy ends when the table can be queried; a refresh makes another version, whose id the parameter then has.
 *
 * How to run it: docs/first-account.md.
 */
import { ExpectedResult, IntegTest } from '@aws-cdk/integ-tests-alpha';
import { App, Duration, Stack } from 'aws-cdk-lib';
import * as events from 'aws-cdk-lib/aws-events';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { PATIENCE, SMALLEST_COMPUTE, SmallCollaboration, start } from './support/first-account';

export function build(app: App): void {
  const stack = new Stack(app, 'IntegDailyRefresh');
  const versionParameter = new StringParameter(stack, 'Version', { stringValue: 'none yet' });
  const population = new SmallCollaboration(stack)
    .makeTable('Table', 'regions', 'SELECT region, COUNT(*) AS orders FROM orders GROUP BY region')
    .addPopulation('Population', { schedule: events.Schedule.rate(Duration.days(1)), compute: SMALLEST_COMPUTE, versionParameter });

  const integ = new IntegTest(app, 'DailyRefresh', { testCases: [stack] });
  const started = start(integ, population);
  const refreshed = integ.assertions.awsApiCall('StepFunctions', 'describeExecution', { executionArn: started.getAttString('executionArn') })
    .expect(ExpectedResult.objectLike({ status: 'SUCCEEDED' }))
    .waitForAssertions(PATIENCE);
  // What the template gives it, what the deploy has made, and what the refresh has.
  started.next(refreshed).next(integ.assertions.awsApiCall('SSM', 'getParameterHistory', { Name: versionParameter.parameterName })
    .assertAtPath('Parameters.2.Value', ExpectedResult.stringLikeRegexp('^[0-9a-f-]{36}$'))
    .waitForAssertions(PATIENCE));
}

if (require.main === module) {
  const app = new App();
  build(app);
  app.synth();
}
