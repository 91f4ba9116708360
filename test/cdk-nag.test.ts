import { App, Duration, NestedStack, Stack } from 'aws-cdk-lib';
import { CfnCollaboration, CfnMembership } from 'aws-cdk-lib/aws-cleanrooms';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { Schedule } from 'aws-cdk-lib/aws-events';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { AwsSolutionsChecks } from 'cdk-nag';
import { IntermediateTable, PopulationDashboard } from '../src';
import { makeApp, makePopulation, makeTable, MEMBERSHIP, PopulationProps, TABLE } from './support/stacks';

/** What cdk-nag says of an app, once it is synthesized. */
function findings(app: App): string[] {
  app.synth();
  return new AwsSolutionsChecks(app).validateScope(app).violations
    .flatMap(({ ruleName, violatingResources }) => violatingResources.map(({ constructPath }) => `${ruleName} ${constructPath}`));
}

const schedule = Schedule.rate(Duration.days(1));

function membershipIn(stack: Stack): string {
  const { attrCollaborationIdentifier } = new CfnCollaboration(stack, 'Collaboration', {
    name: 'c', description: 'c', creatorDisplayName: 'us', creatorMemberAbilities: [], members: [], queryLogStatus: 'ENABLED',
  });
  return new CfnMembership(stack, 'Membership', { collaborationIdentifier: attrCollaborationIdentifier, queryLogStatus: 'ENABLED' }).attrMembershipIdentifier;
}

const vpcOf = (stack: Stack) => ec2.Vpc.fromVpcAttributes(stack, 'Vpc', { vpcId: 'vpc-1', availabilityZones: ['a'], privateSubnetIds: ['private-a'] });

/** One population of a stack. */
const populations: [string, (stack: Stack) => PopulationProps][] = [
  ['on a schedule', () => ({ schedule })],
  ['of a membership of its own stack', (stack) => ({ intermediateTable: makeTable(stack, 'Table', { membershipIdentifier: membershipIn(stack) }) })],
  ['of a membership of another stack', (stack) => (
    { intermediateTable: makeTable(stack, 'Table', { membershipIdentifier: membershipIn(new Stack(stack.node.root, 'Other')) }) })],
  ['of a table of another stack', (stack) => ({ intermediateTable: makeTable(new Stack(stack.node.root, 'Other')) })],
  ['of a table and a membership of two other stacks', (stack) => {
    const [first, second] = ['First', 'Second'].map((id) => new Stack(stack.node.root, id));
    return { intermediateTable: makeTable(second, 'Table', { membershipIdentifier: membershipIn(first) }) };
  }],
  ['of a table of another app', (stack) => ({
    intermediateTable: IntermediateTable.fromIdentifiers(stack, 'Table', { membershipIdentifier: MEMBERSHIP, intermediateTableIdentifier: TABLE }),
  })],
  ['of a table whose ARN another stack knows', (stack) => (
    { intermediateTable: IntermediateTable.fromArn(stack, 'Table', makeTable(new Stack(stack.node.root, 'Other')).attrArn) })],
  ['with a customer\'s key', (stack) => ({ intermediateTable: makeTable(stack, 'Table', { kmsKeyArn: new Key(stack, 'Key', { enableKeyRotation: true }).keyArn }) })],
  ['with a version parameter', (stack) => ({ versionParameter: new StringParameter(stack, 'Version', { stringValue: 'none yet' }) })],
  ['in a VPC', (stack) => ({ functionOptions: { vpc: vpcOf(stack) } })],
  ['that takes hours', () => ({ timeout: Duration.hours(6) })],
  ['after one of its own stack', (stack) => ({ refreshAfter: [makePopulation(stack, 'Upstream', { schedule })] })],
  ['after one of another stack', (stack) => ({ refreshAfter: [makePopulation(new Stack(stack.node.root, 'Other'), 'Upstream', { schedule })] })],
];

describe('AwsSolutions finds nothing', () => {
  test.each(populations)('in a population %s', (_, props) => {
    const app = makeApp();
    const stack = new Stack(app, 'Stack');
    makePopulation(stack, 'Population', props(stack));
    expect(findings(app)).toEqual([]);
  });

  test('in a population of a nested stack, of a membership of the stack around it', () => {
    const app = makeApp();
    const stack = new Stack(app, 'Stack');
    const membershipIdentifier = membershipIn(stack);
    const nested = new NestedStack(stack, 'Nested');
    makePopulation(nested, 'Population', { intermediateTable: makeTable(nested, 'Table', { membershipIdentifier }) });
    expect(findings(app)).toEqual([]);
  });

  test('in a population with events, alarms, a dashboard and grants', () => {
    const app = makeApp();
    const stack = new Stack(app, 'Stack');
    const population = makePopulation(stack, 'Population', { schedule });
    population.onPopulated('Done');
    population.onPopulationFailed('Failed');
    population.createFailureAlarm('FailureAlarm');
    population.createExpiryAlarm('ExpiryAlarm');
    population.grantPopulate(new iam.Role(stack, 'Role', { assumedBy: new iam.ServicePrincipal('states.amazonaws.com') }));
    new PopulationDashboard(stack, 'Dashboard', { populations: [population] });
    expect(findings(app)).toEqual([]);
  });

  test('in a stack with so many populations that it takes managed policies', () => {
    const app = makeApp();
    const stack = new Stack(app, 'Stack');
    Array.from({ length: 35 }, (_, index) => makePopulation(stack, `P${index}`, { schedule }));
    expect(findings(app)).toEqual([]);
  });
});

test('it would find a wildcard that nobody has acknowledged, and leaves the acknowledged ones to their own roles', () => {
  const app = makeApp();
  const stack = new Stack(app, 'Stack');
  makePopulation(stack);
  const role = new iam.Role(stack, 'Role', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
  role.addToPolicy(new iam.PolicyStatement({ actions: ['logs:*'], resources: ['*'] }));
  expect(findings(app)).toEqual([
    'AwsSolutions-IAM5[Action::logs:*] Stack/Role/DefaultPolicy/Resource', 'AwsSolutions-IAM5[Resource::*] Stack/Role/DefaultPolicy/Resource',
  ]);
});
