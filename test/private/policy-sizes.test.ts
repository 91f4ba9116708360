import { Stack } from 'aws-cdk-lib';
import { Schedule } from 'aws-cdk-lib/aws-events';
import { cycleIn } from '../support/cycles';
import { policiesOf, Policy, roleOf } from '../support/policies';
import { makePopulation, makeStack, makeTable, templateOf } from '../support/stacks';
import { CfnTemplate, uuidOf } from '../support/template';

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html and
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
const MOST_INLINE_CHARACTERS = 10_240;
const MOST_MANAGED_CHARACTERS = 6_144;
const MOST_MANAGED_POLICIES = 10;
const MOST_TEMPLATE_BYTES = 1_000_000;
const MOST_RESOURCES = 500;

const policiesBoth = (template: CfnTemplate): Policy[][] =>
  (['PopulationRole', 'StarterRole'] as const).map((name) => policiesOf(template, roleOf(template, name)));

function expectWithinLimits(template: CfnTemplate): void {
  for (const policies of policiesBoth(template)) {
    const inline = policies.filter(({ kind }) => kind === 'inline').reduce((total, { size }) => total + size, 0);
    const managed = policies.filter(({ kind }) => kind === 'managed');
    expect(inline).toBeLessThanOrEqual(MOST_INLINE_CHARACTERS);
    expect(managed.length).toBeLessThanOrEqual(MOST_MANAGED_POLICIES);
    expect(Math.max(0, ...managed.map(({ size }) => size))).toBeLessThanOrEqual(MOST_MANAGED_CHARACTERS);
  }
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

const withOwnMembershipAndKey: Add = (stack, id) => {
  makePopulation(stack, id, {
    intermediateTable: makeTable(stack, `${id}Table`, {
      membershipIdentifier: uuidOf(id),
      kmsKeyArn: `arn:aws:kms:ap-southeast-1:123456789012:key/${uuidOf(`${id}-key`)}`,
    }),
  });
};

/** Each table is made of the one before. */
function chained(): Add {
  let versionId: string | undefined;
  return (stack, id) => {
    ({ versionId } = makePopulation(stack, id, { intermediateTable: makeTable(stack, `${id}Table`, { description: versionId }) }));
  };
}

const known = new Map<number, CfnTemplate>();

/** A stack with `count` scheduled populations. */
function scheduledTemplate(count: number): CfnTemplate {
  const template = known.get(count) ?? templateOfMany(count, scheduled);
  known.set(count, template);
  return template;
}

const kindsOf = (template: CfnTemplate) => new Set(policiesBoth(template).flatMap((policies) => policies.slice(1).map(({ kind }) => kind)));

describe('the shared roles stay within IAM\'s limits', () => {
  test.each([1, 2, 28, 29, 100])('with %d populations in one stack', (count) => {
    expectWithinLimits(scheduledTemplate(count));
  });

  test.each([2, 10, 28, 40])('with %d populations, each of a membership and a key of its own', (count) => {
    expectWithinLimits(templateOfMany(count, withOwnMembershipAndKey));
  });

  test.each([2, 7, 10])('with a chain of %d tables, each made of the one before', (count) => {
    expectWithinLimits(templateOfMany(count, chained()));
  });
});

test('few populations take inline policies, of which a role has any number, many take managed ones', () => {
  expect(kindsOf(scheduledTemplate(10))).toEqual(new Set(['inline']));
  expect(kindsOf(scheduledTemplate(100))).toEqual(new Set(['managed']));
});

test('a stack that outgrows inline policies keeps no logical id for a resource of another type, which CloudFormation refuses', () => {
  const [few, many] = [scheduledTemplate(10), scheduledTemplate(100)];
  for (const [id, { Type }] of Object.entries(few.Resources)) {
    expect(many.Resources[id]?.Type ?? Type).toBe(Type);
  }
});

describe('more populations than one role can serve', () => {
  test('fail at synth, in words that name the stack, how many policies it takes and what to do', () => {
    expect(() => templateOfMany(12, chained())).toThrow(
      /^Stack: 12 populations need 12 managed policies on one role, of which IAM allows 10\. Spread the populations over several stacks, or over nested ones\.$/);
  });

  test('fit when half of them are in another stack', () => {
    expect(() => templateOfMany(6, chained())).not.toThrow();
  });
});

test('populations on tables of another stack leave room for the permissions to look at those', () => {
  const stack = makeStack();
  const upstream = Array.from({ length: 12 }, (_, index) => makePopulation(new Stack(stack.node.root, `Upstream${index}`)));
  Array.from({ length: 12 }, (_, index) => makePopulation(stack, `Population${index}`, { refreshAfter: [upstream[index]] }));
  expectWithinLimits(templateOf(stack));
});
