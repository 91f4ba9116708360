import { AspectPriority, Aspects, CfnOutput, CfnParameter, CfnResource, Duration, NestedStack, RemovalPolicies, Stack, Stage, Tags } from 'aws-cdk-lib';
import { SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Schedule } from 'aws-cdk-lib/aws-events';
import { CfnFunction } from 'aws-cdk-lib/aws-lambda';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { Construct, IConstruct } from 'constructs';
import { PopulationServices } from '../src';
import { cycleIn } from './support/cycles';
import { makeApp, makePopulation, makeStack, synthesized, templateOf, templateUsing } from './support/stacks';
import { idsOf, propertiesOf, resourceOf } from './support/template';

/* What users of other construct libraries have reported, tried here. */

const schedule = Schedule.rate(Duration.days(1));
const timeout = Duration.hours(6);
const env = { account: '123456789012', region: 'eu-west-1' };

test('a construct of the user\'s, or another copy of this library, may have the id of the shared services (aws/aws-cdk#29625)', () => {
  const template = synthesized((stack) => {
    new Construct(stack, 'IntermediateTablePopulations');
    ['First', 'Second'].forEach((id) => makePopulation(stack, id));
  });
  expect(idsOf(template, 'AWS::Lambda::Function')).toHaveLength(2);
  expect(idsOf(template, 'Custom::IntermediateTablePopulation')).toHaveLength(2);
});

test('a number that is known only when deploying is no text by interpolation: JavaScript writes out what stands for it', () => {
  const stack = makeStack();
  const days = new CfnParameter(stack, 'Days', { type: 'Number' });
  expect(() => makePopulation(stack, 'Population', { parameters: { days: `${days.valueAsNumber}` } }))
    .toThrow(/^Stack\/Population: parameters\.days is "-1\.8\d+e\+289"\. It stands for a number that is known only when deploying: use valueAsString, or Token\.asString/);
  expect(() => makePopulation(stack, 'Another', { parameters: { days: days.valueAsString } })).not.toThrow();
});

test.each(['strong', 'weak', 'both'])('a chain of tables over two stacks with %s references between stacks, which CDK has since 2026', (strength) => {
  const app = makeApp({ context: { '@aws-cdk/core:defaultCrossStackReferences': strength } });
  const [up, down] = ['Up', 'Down'].map((id) => new Stack(app, id, { env }));
  const upstream = makePopulation(up, 'Upstream', { schedule });
  makePopulation(down, 'Population', { refreshAfter: [upstream], timeout });
  new CfnOutput(down, 'Version', { value: upstream.versionId });
  expect(() => app.synth()).not.toThrow();
});

test('logical ids stay within CloudFormation\'s 255 characters, however long the path is', () => {
  const template = synthesized((stack) => {
    const ids = Array.from({ length: 5 }, (_, index) => `${index}`.padEnd(120, 'x'));
    const scope = ids.reduce<Construct>((around, id) => new Construct(around, id), stack);
    makePopulation(scope, 'Population', { timeout });
  });
  expect(Math.max(...Object.keys(template.Resources).map(({ length }) => length))).toBeLessThanOrEqual(255);
  expect(idsOf(template, 'AWS::CloudFormation::WaitCondition')).toHaveLength(1);
});

test('logical ids that a stack allocates in its own way are its own for wait conditions, too', () => {
  class Prefixed extends Stack {
    protected override allocateLogicalId(element: CfnResource): string {
      return `Team${super.allocateLogicalId(element)}`;
    }
  }
  const template = synthesized((stack) => makePopulation(stack, 'Population', { timeout }), new Prefixed(makeApp(), 'Stack'));
  expect(Object.keys(template.Resources).filter((id) => !id.startsWith('Team'))).toEqual([]);
});

test('an Aspect may change every function, as organizations do: both keep what the Aspect sets', () => {
  const template = templateUsing((_, stack) => Aspects.of(stack).add({
    visit(node: IConstruct) {
      if (node instanceof CfnFunction) {
        node.reservedConcurrentExecutions = 5;
        node.addPropertyOverride('Environment.Variables.TEAM', 'data');
      }
    },
  }));
  for (const properties of propertiesOf(template, 'AWS::Lambda::Function')) {
    expect(properties).toMatchObject({
      ReservedConcurrentExecutions: 5, Environment: { Variables: { TEAM: 'data', RECORD_TABLE: expect.anything() } },
    });
  }
});

test.each([[true, AspectPriority.MUTATING], [true, AspectPriority.READONLY], [false, AspectPriority.READONLY]])(
  'an Aspect may add alarms and schedules, in whichever order CDK has Aspects: stabilized %s, priority %d (aws/aws-cdk#33943, aws/aws-cdk#21341)',
  (stabilized, priority) => {
    const stack = new Stack(makeApp({ context: { '@aws-cdk/core:aspectStabilization': stabilized } }), 'Stack');
    const population = makePopulation(stack);
    Tags.of(stack).add('team', 'data');
    Aspects.of(stack).add({
      visit(node: IConstruct) {
        if (node === population && !node.node.tryFindChild('Expires')) {
          population.createExpiryAlarm('Expires');
          population.addSchedule('Hourly', Schedule.rate(Duration.hours(1)));
        }
      },
    }, { priority });
    const template = templateOf(stack);
    const tags = ['AWS::Events::Rule', 'AWS::CloudWatch::Alarm'].map((type) => propertiesOf(template, type).map(({ Tags: own }) => own));
    const ours = [{ Key: 'team', Value: 'data' }];
    expect(tags).toEqual([[ours, ours, ours], [ours]]);
  });

test.each([SubnetType.PRIVATE_WITH_EGRESS, SubnetType.PRIVATE_ISOLATED])(
  'functions in a VPC that nobody has looked up yet are synthesized: the CLI does so in between: %s (aws/aws-cdk#3775, aws/aws-cdk#19122)',
  (subnetType) => {
    const stack = makeStack('Stack', { env });
    makePopulation(stack);
    PopulationServices.of(stack).configure({ vpc: Vpc.fromLookup(stack, 'Vpc', { vpcName: 'ours' }), vpcSubnets: { subnetType } });
    expect(() => templateOf(stack)).not.toThrow();
  });

test('the security group goes before the policy by which Lambda deletes the network interfaces in it (aws/aws-cdk#6701, aws/aws-cdk#34400)', () => {
  const template = templateUsing((_, stack) => PopulationServices.of(stack).configure({ vpc: new Vpc(stack, 'Vpc') }));
  expect(resourceOf(template, 'AWS::EC2::SecurityGroup').DependsOn).toEqual([expect.stringMatching(/NetworkPolicy/)]);
});

test.each(['cn-north-1', 'us-gov-west-1'])('no ARN has the partition of other regions than the stack\'s: %s (aws/aws-cdk#29610, aws/aws-cdk#25407)', (region) => {
  const template = synthesized((stack) => {
    const versionParameter = new StringParameter(stack, 'Version', { stringValue: 'none yet' });
    makePopulation(stack, 'Population', { schedule, versionParameter, timeout }).onPopulated('Done');
  }, makeStack('Stack', { env: { ...env, region } }));
  expect(JSON.stringify(template)).not.toContain('arn:aws:');
});

test('a stack that retains everything retains the record and the log group, whose names are never used again', () => {
  const template = templateUsing((_, stack) => RemovalPolicies.of(stack).retain());
  for (const type of ['AWS::DynamoDB::Table', 'AWS::Logs::LogGroup']) {
    expect(resourceOf(template, type)).toMatchObject({ DeletionPolicy: 'Retain' });
  }
});

test('a population in a nested stack of a stage has all it needs there (aws/aws-cdk#3173)', () => {
  const nested = new NestedStack(new Stack(new Stage(makeApp(), 'Prod', { env }), 'Stack'), 'Nested');
  const template = synthesized((stack) => makePopulation(stack, 'Population', { schedule, timeout }), nested);
  expect(cycleIn(template)).toBeUndefined();
  expect(idsOf(template, 'AWS::DynamoDB::Table')).toHaveLength(1);
});
