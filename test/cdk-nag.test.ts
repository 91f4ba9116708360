import { App, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { AwsSolutionsChecks } from 'cdk-nag';
import { sceneIn, scenes } from './support/scenes';
import { makeApp, makePopulation } from './support/stacks';

/** What cdk-nag says of an app, once it is synthesized. */
function findings(app: App): string[] {
  app.synth();
  return new AwsSolutionsChecks(app).validateScope(app).violations
    .flatMap(({ ruleName, violatingResources }) => violatingResources.map(({ constructPath }) => `${ruleName} ${constructPath}`));
}

test.each(Object.keys(scenes))('AwsSolutions finds nothing in %s', (name) => {
  const app = makeApp();
  sceneIn(app, name);
  expect(findings(app)).toEqual([]);
});

test('it would find wildcards that nobody has acknowledged: ours are acknowledged for our own roles only', () => {
  const app = makeApp();
  const stack = new Stack(app, 'Stack');
  makePopulation(stack);
  const role = new iam.Role(stack, 'Role', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
  role.addToPolicy(new iam.PolicyStatement({ actions: ['logs:*'], resources: ['*'] }));
  expect(findings(app)).toEqual([
    'AwsSolutions-IAM5[Action::logs:*] Stack/Role/DefaultPolicy/Resource', 'AwsSolutions-IAM5[Resource::*] Stack/Role/DefaultPolicy/Resource',
  ]);
});
