import { Stack } from 'aws-cdk-lib';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { Schedule } from 'aws-cdk-lib/aws-events';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { PopulationServices } from '../../src';
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

  test('with VPC, functions may make network interfaces, too', () => {
    const template = templateOfMany(10, (stack, id) => {
      PopulationServices.of(stack).configure({
        vpc: Vpc.fromVpcAttributes(stack, `${id}Vpc`, {
          vpcId: 'vpc-1', availabilityZones: ['a'], privateSubnetIds: ['subnet-1'],
        }),
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
