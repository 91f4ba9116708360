import { readFileSync } from 'fs';
import { join } from 'path';
import { Stack } from 'aws-cdk-lib';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { Schedule } from 'aws-cdk-lib/aws-events';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Tracing } from 'aws-cdk-lib/aws-lambda';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { AllowedAnalysis, IntermediateTable, Membership, PopulationServices, StoredQuery } from '../../src';
import { cycleIn } from '../support/cycles';
import { policiesOf, roleOf } from '../support/policies';
import { makePopulation, makeStack, makeTable, templateOf } from '../support/stacks';
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

type Add = (stack: Stack, id: string) => void;

function templateOfMany(count: number, add: Add): CfnTemplate {
  const stack = makeStack();
  for (let index = 0; index < count; index++) {
    add(stack, `Population${index}`);
  }
  return templateOf(stack);
}

const scheduled: Add = (stack, id) => { makePopulation(stack, id, { schedule: Schedule.expression('rate(1 day)') }); };

const KEY = `arn:aws:kms:ap-southeast-1:123456789012:key/${uuidOf('key')}`;

const withOneKey: Add = (stack, id) => { makePopulation(stack, id, { intermediateTable: makeTable(stack, `${id}Table`, { kmsKeyArn: KEY }) }); };

const withOwnKey: Add = (stack, id) => {
  const kmsKeyArn = `arn:aws:kms:ap-southeast-1:123456789012:key/${uuidOf(`${id}-key`)}`;
  makePopulation(stack, id, { intermediateTable: makeTable(stack, `${id}Table`, { kmsKeyArn }) });
};

const withOwnMembership: Add = (stack, id) => {
  makePopulation(stack, id, { intermediateTable: makeTable(stack, `${id}Table`, { membershipIdentifier: uuidOf(id) }) });
};

const withOwnParameter: Add = (stack, id) => {
  const versionParameter = StringParameter.fromStringParameterName(stack, `${id}Version`, `/audiences/versions/${id}/of-the-table`);
  makePopulation(stack, id, { versionParameter });
};

describe('the shared roles stay within IAM\'s limits', () => {
  test.each([1, 2, 100])('with %d populations of one membership in one stack, whose policy is one', (count) => {
    const template = templateOfMany(count, scheduled);
    expectWithinLimits(template);
    expect(idsOf(template, 'AWS::IAM::Policy')).toHaveLength(1);
  });

  test('with 100 populations of one key, which has one policy more', () => {
    const template = templateOfMany(100, withOneKey);
    expectWithinLimits(template);
    expect(idsOf(template, 'AWS::IAM::Policy')).toHaveLength(2);
  });

  test.each([[10, withOwnMembership], [24, withOwnKey], [38, withOwnParameter]] as const)('with %d of what each needs a policy of its own', (count, add) => {
    expectWithinLimits(templateOfMany(count, add));
  });

  test('with all options: functions may make network interfaces, send traces and use the record\'s key, too', () => {
    const template = templateOfMany(10, (stack, id) => {
      PopulationServices.of(stack).configure({
        vpc: Vpc.fromVpcAttributes(stack, `${id}Vpc`, {
          vpcId: 'vpc-1', availabilityZones: ['a'], privateSubnetIds: ['subnet-1'],
        }),
        tracing: Tracing.ACTIVE,
        recordEncryptionKey: Key.fromKeyArn(stack, `${id}Key`, KEY),
      });
      withOwnMembership(stack, id);
    });
    expectWithinLimits(template);
  });
});

describe('promise 9: what no role has room for fails at synthesis, in words that name the population and what to do', () => {
  test.each([
    ['the eleventh membership', 11, withOwnMembership, 'Stack/Population10: with it the populations of its stack have 11 memberships, for which IAM has no room in one role.'],
    ['one key too many', 40, withOwnKey, ' KMS keys, for which IAM has no room in one role. Spread the populations over several stacks, or over nested ones.'],
    ['one version parameter too many', 60, withOwnParameter, ' version parameters, for which IAM has no room in one role.'],
  ] as const)('%s', (_, count, add, message) => {
    expect(() => templateOfMany(count, add)).toThrow(message);
  });

  test('and fits when half of it is in another stack', () => {
    expect(() => templateOfMany(6, withOwnMembership)).not.toThrow();
  });
});

test('populations on tables of other stacks leave room for the permissions to look at those', () => {
  const stack = makeStack();
  const upstream = Array.from({ length: 12 }, (_, index) => makePopulation(new Stack(stack.node.root, `Upstream${index}`)));
  Array.from({ length: 12 }, (_, index) => makePopulation(stack, `Population${index}`, { refreshAfter: [upstream[index]] }));
  expectWithinLimits(templateOf(stack));
});

describe('as many fit into a stack as the README says', () => {
  const readme = readFileSync(join(__dirname, '../../README.md'), 'utf8');

  /** As the CDK CLI has it synthesized: with the constructs' paths. */
  const sizesWith = (count: number, isWatched: boolean) => {
    const stack = makeStack('Audiences', {}, { context: { 'aws:cdk:enable-path-metadata': true, 'aws:cdk:enable-asset-metadata': true }, analyticsReporting: true });
    const membership = Membership.fromMembershipIdentifier(stack, 'Membership', uuidOf('membership'));
    for (let index = 0; index < count; index++) {
      const table = new IntermediateTable(stack, `Audience${index}`, {
        membership,
        tableName: `audience_${index}`,
        query: StoredQuery.fromSql('SELECT segment, COUNT(*) AS people FROM visitors GROUP BY segment'),
        allowedAnalyses: [AllowedAnalysis.ANY_QUERY],
      });
      const population = table.addPopulation('Population', { schedule: Schedule.expression('rate(1 day)') });
      if (isWatched) {
        population.createFailureAlarm('Failures');
        population.createExpiryAlarm('Expiry');
        population.onPopulationFailed('Failed');
      }
    }
    const template = templateOf(stack);
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
