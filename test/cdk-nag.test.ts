import { App, Duration, Stack } from 'aws-cdk-lib';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { Schedule } from 'aws-cdk-lib/aws-events';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import {
  AwsSolutionsChecks, HIPAASecurityChecks, NagPack, NIST80053R4Checks, NIST80053R5Checks, PCIDSS321Checks, ServerlessChecks,
} from 'cdk-nag';
import { PopulationServices } from '../src';
import { sceneIn, scenes } from './support/scenes';
import { makeApp, makePopulation, makeStack } from './support/stacks';

type Pack = new (scope: App) => NagPack;

/** What cdk-nag says of an app, once it is synthesized. */
function findings(app: App, Checks: Pack = AwsSolutionsChecks): string[] {
  app.synth();
  return new Checks(app).validateScope(app).violations
    .flatMap(({ ruleName, violatingResources }) => violatingResources.map(({ constructPath }) => `${ruleName} ${constructPath}`));
}

test.each(Object.keys(scenes))('AwsSolutions finds nothing in %s', (name) => {
  const app = makeApp();
  sceneIn(app, name);
  expect(findings(app)).toEqual([]);
});

test('it would find wildcards that nobody has acknowledged: ours are acknowledged for our own roles only', () => {
  const stack = makeStack();
  makePopulation(stack);
  const role = new iam.Role(stack, 'Role', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
  role.addToPolicy(new iam.PolicyStatement({ actions: ['logs:*'], resources: ['*'] }));
  expect(findings(stack.node.root as App)).toEqual(['Action::logs:*', 'Resource::*'].map((what) =>
    `AwsSolutions-IAM5[${what}] Stack/Role/DefaultPolicy/Resource`));
});

describe.each<[string, Pack]>([
  ['HIPAA', HIPAASecurityChecks], ['NIST 800-53 R4', NIST80053R4Checks], ['NIST 800-53 R5', NIST80053R5Checks], ['PCI DSS', PCIDSS321Checks],
  ['Serverless', ServerlessChecks],
])('the rules of %s', (_, Checks) => {
  const synthesized = (configure: (stack: Stack) => void) => {
    const stack = makeStack();
    const upstream = makePopulation(stack, 'Upstream', { schedule: Schedule.rate(Duration.days(1)) });
    const population = makePopulation(stack, 'Population', { refreshAfter: [upstream], timeout: Duration.hours(6) });
    const topic = new Topic(stack, 'Topic');
    for (const alarm of [population.createFailureAlarm('Failed'), population.createExpiryAlarm('Expires')]) {
      alarm.addAlarmAction(new SnsAction(topic));
    }
    configure(stack);
    return findings(stack.node.root as App, Checks).filter((finding) => !finding.endsWith('Stack/Topic/Resource'));
  };

  test('find nothing where the options that they ask for are given', () => {
    expect(synthesized((stack) => {
      PopulationServices.of(stack).configure({
        vpc: ec2.Vpc.fromVpcAttributes(stack, 'Vpc', { vpcId: 'vpc-1', availabilityZones: ['a'], privateSubnetIds: ['subnet-1'] }),
        securityGroups: [ec2.SecurityGroup.fromSecurityGroupId(stack, 'Group', 'sg-1')],
        logEncryptionKey: Key.fromKeyArn(stack, 'Key', 'arn:aws:kms:eu-west-1:123456789012:key/1'),
        reservedConcurrentExecutions: 6,
      });
    })).toEqual([]);
  });

  test('find nothing else otherwise', () => {
    const rules = synthesized(() => {}).map((finding) => finding.replace(/^[^-]*-(\w+) .*/, '$1'));
    expect(rules.filter((rule) => !['CloudWatchLogGroupEncrypted', 'LambdaInsideVPC', 'LambdaConcurrency'].includes(rule))).toEqual([]);
  });
});
