import { readFileSync } from 'fs';
import { join } from 'path';
import { Stack } from 'aws-cdk-lib';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { Schedule } from 'aws-cdk-lib/aws-events';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Tracing } from 'aws-cdk-lib/aws-lambda';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { Membership, PopulationServices } from '../../src';
import { cycleIn } from '../support/cycles';
import { policiesOf, roleOf } from '../support/policies';
import { makePopulation, makeStack, makeTable, synthesized, templateOf } from '../support/stacks';
import { sqlTable } from '../support/tables';
import { CfnTemplate, idsOf, uuidOf } from '../support/template';

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html and
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
const MOST_INLINE_CHARACTERS = 10_240;
const MOST_TEMPLATE_BYTES = 1_000_000;
const MOST_RESOURCES = 500;

const inlineCharacters = (template: CfnTemplate): number[] => (['PopulationRole', 'StarterRole', 'MachineRole'] as const)
  .map((name) => policiesOf(template, roleOf(template, name)).reduce((total, { size }) => total + size, 0));

function expectWithinLimits(template: CfnTemplate): void {
  expect(idsOf(template, 'AWS::IAM::ManagedPolicy')).toEqual([]);
  expect(Math.max(...inlineCharacters(template))).toBeLessThanOrEqual(MOST_INLINE_CHARACTERS);
  expect(JSON.stringify(template).length).toBeLessThan(MOST_TEMPLATE_BYTES);
  expect(Object.keys(template.Resources).length).toBeLessThanOrEqual(MOST_RESOURCES);
  expect(cycleIn(template)).toBeUndefined();
}

type Add = (stack: Stack, id: string) => unknown;

const templateOfMany = (count: number, add: Add): CfnTemplate =>
  synthesized((stack) => Array.from({ length: count }, (_, index) => add(stack, `Population${index}`)));

const schedule = Schedule.expression('rate(1 day)');
const scheduled: Add = (stack, id) => makePopulation(stack, id, { schedule });
const keyArn = (seed: string) => `arn:aws:kms:ap-southeast-1:123456789012:key/${uuidOf(seed)}`;
const ofTable = (props: (id: string) => Parameters<typeof makeTable>[2]): Add =>
  (stack, id) => makePopulation(stack, id, { intermediateTable: makeTable(stack, `${id}Table`, props(id)) });
const withOneKey = ofTable(() => ({ kmsKeyArn: keyArn('key') }));
const withOwnKey = ofTable((id) => ({ kmsKeyArn: keyArn(`${id}-key`) }));
const withOwnMembership = ofTable((id) => ({ membershipIdentifier: uuidOf(id) }));
const withOwnParameter: Add = (stack, id) => makePopulation(stack, id, {
  versionParameter: StringParameter.fromStringParameterName(stack, `${id}Version`, `/audiences/versions/${id}/of-the-table`),
});
/** Functions may make network interfaces, send traces and use the record's key, too. */
const withAllOptions: Add = (stack, id) => {
  const vpc = Vpc.fromVpcAttributes(stack, `${id}Vpc`, { vpcId: 'vpc-1', availabilityZones: ['a'], privateSubnetIds: ['subnet-1'] });
  const recordEncryptionKey = Key.fromKeyArn(stack, `${id}Key`, keyArn('key'));
  PopulationServices.of(stack).configure({ vpc, tracing: Tracing.ACTIVE, recordEncryptionKey });
  withOwnMembership(stack, id);
};

describe('the shared roles stay within IAM\'s limits', () => {
  test.each<[string, number, Add, number]>([
    ['one population, whose policy is one', 1, scheduled, 1],
    ['2 of one membership, whose policy is one', 2, scheduled, 1],
    ['100 of one membership, whose policy is one', 100, scheduled, 1],
    ['100 of one key, which has one policy more', 100, withOneKey, 2],
    ['10 memberships', 10, withOwnMembership, 10],
    ['24 keys', 24, withOwnKey, 25],
    ['38 version parameters', 38, withOwnParameter, 39],
  ])('with %s', (_, count, add, policies) => {
    const template = templateOfMany(count, add);
    expectWithinLimits(template);
    expect(idsOf(template, 'AWS::IAM::Policy')).toHaveLength(policies);
  });

  test('with all options', () => {
    expectWithinLimits(templateOfMany(10, withAllOptions));
  });

  test('with populations on tables of other stacks, which takes permissions to look at those', () => {
    const stack = makeStack();
    const upstream = Array.from({ length: 12 }, (_, index) => makePopulation(new Stack(stack.node.root, `Upstream${index}`)));
    upstream.forEach((each, index) => makePopulation(stack, `Population${index}`, { refreshAfter: [each] }));
    expectWithinLimits(templateOf(stack));
  });
});

const NO_ROOM = 'for which IAM has no room in one role.';

test.each<[string, number, Add, string]>([
  ['the eleventh membership', 11, withOwnMembership,
    `Stack/Population10: with it the populations of its stack have 11 memberships, ${NO_ROOM}`],
  ['one key too many', 40, withOwnKey, ` KMS keys, ${NO_ROOM} Spread the populations over several stacks, or over nested ones.`],
  ['one version parameter too many', 60, withOwnParameter, ` version parameters, ${NO_ROOM}`],
])('promise 9: what no role has room for fails at synthesis, with the population\'s name and what to do: %s', (_, count, add, message) => {
  expect(() => templateOfMany(count, add)).toThrow(message);
});

describe('as many fit into a stack as the README says', () => {
  const readme = readFileSync(join(__dirname, '../../README.md'), 'utf8');

  /** As the CDK CLI has it synthesized: with the constructs' paths. */
  const sizesWith = (count: number, isWatched: boolean) => {
    const context = { 'aws:cdk:enable-path-metadata': true, 'aws:cdk:enable-asset-metadata': true };
    const template = synthesized((stack) => {
      const membership = Membership.fromMembershipIdentifier(stack, 'Membership', uuidOf('membership'));
      for (let index = 0; index < count; index++) {
        const sql = 'SELECT segment, COUNT(*) AS people FROM visitors GROUP BY segment';
        const table = sqlTable(stack, `Audience${index}`, sql, { membership, tableName: `audience_${index}` });
        const population = table.addPopulation('Population', { schedule });
        if (isWatched) {
          population.createFailureAlarm('Failures');
          population.createExpiryAlarm('Expiry');
          population.onPopulationFailed('Failed');
        }
      }
    }, makeStack('Audiences', {}, { context, analyticsReporting: true }));
    return [Object.keys(template.Resources).length, ...[1, 0].map((indent) => JSON.stringify(template, undefined, indent).length)];
  };

  test.each([
    [false, /resources (\d+) scheduled populations with their tables; by its template's 1 MB, as the CDK CLI writes it, about (\d+),/],
    [true, /two alarms and a rule on its failures, (\d+) and about (\d+)\./],
  ])('watched: %s', (isWatched, text) => {
    const [some, more] = [5, 25].map((count) => sizesWith(count, isWatched));
    const limits = [MOST_RESOURCES, MOST_TEMPLATE_BYTES, MOST_TEMPLATE_BYTES];
    const [byResources, byBytes, unindented] = limits.map((most, index) => Math.floor(5 + 20 * (most - some[index]) / (more[index] - some[index])));
    expect(readme.match(text)?.slice(1).map(Number)).toEqual([byResources, Math.floor(byBytes / 10) * 10]);
    expect(unindented).toBeGreaterThanOrEqual(byResources);
  });
});
