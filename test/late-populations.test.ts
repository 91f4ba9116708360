import { Aspects, Duration, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Schedule } from 'aws-cdk-lib/aws-events';
import { Construct } from 'constructs';
import { cycleIn, neededBy } from './support/cycles';
import { permissionsOf } from './support/policies';
import { makeApp, makePopulation, makeStack, templateOf } from './support/stacks';
import { CfnTemplate, idsOf, uuidOf, Values } from './support/template';

const schedule = Schedule.rate(Duration.days(1));
const populate = (scope: Construct, id: string) => makePopulation(scope, id, { schedule });
const stackIn = (stabilized: boolean) => makeStack('Stack', {}, { context: { '@aws-cdk/core:aspectStabilization': stabilized } });

/** Adds a population to a scope when CDK comes to a construct. */
function addWhen(cdkComesTo: Construct, scope: Construct): void {
  let isDone = false;
  Aspects.of(cdkComesTo).add({
    visit() {
      if (!isDone) {
        isDone = true;
        populate(scope, 'Late');
      }
    },
  });
}

/** Each population has its permissions, and its custom resource waits for them. */
function expectComplete(template: CfnTemplate, count: number): void {
  const resources = idsOf(template, 'Custom::IntermediateTablePopulation');
  expect(resources).toHaveLength(count);
  expect(cycleIn(template)).toBeUndefined();
  const [may, starterMay] = [permissionsOf(template, 'PopulationRole'), permissionsOf(template, 'StarterRole')];
  for (const id of resources) {
    const { MembershipIdentifier, StateMachineArn } = template.Resources[id].Properties;
    const membership = `arn:aws:cleanrooms:ap-southeast-1:123456789012:membership/${MembershipIdentifier as string}`;
    expect(may('cleanrooms:PopulateIntermediateTable', `${membership}/intermediatetable/${uuidOf('any')}`)).toBe(true);
    expect(neededBy(template, id).filter((each) => template.Resources[each].Type === 'AWS::IAM::Policy')).toHaveLength(1);
    expect(starterMay('states:StartExecution', new Values(template).of<string>(StateMachineArn))).toBe(true);
  }
}

describe.each([false, true])('a population that an Aspect adds, with CDK\'s aspectStabilization %s, is complete', (stabilization) => {
  test.each<[string, number, (stack: Stack) => void]>([
    ['where it is alone', 1, (stack) => addWhen(stack, stack)],
    ['beside others', 2, (stack) => {
      populate(stack, 'Early');
      addWhen(stack, stack);
    }],
    ['after others', 2, (stack) => {
      populate(stack, 'Early');
      const last = new Construct(stack, 'Last');
      addWhen(last, last);
    }],
    ['in a scope that CDK has left', 2, (stack) => {
      const first = new Construct(stack, 'First');
      populate(stack, 'Early');
      addWhen(new Construct(stack, 'Last'), first);
    }],
    ['in a scope that CDK is in', 2, (stack) => {
      populate(stack, 'Early');
      addWhen(new Construct(stack, 'Last'), stack);
    }],
  ])('%s', (_, count, make) => {
    const stack = stackIn(stabilization);
    make(stack);
    expectComplete(templateOf(stack), count);
  });
});

test('a population that is added between two syntheses is complete', () => {
  const stack = stackIn(false);
  const app = stack.node.root as ReturnType<typeof makeApp>;
  populate(stack, 'Early');
  templateOf(stack);
  populate(stack, 'Late');
  const again = app.synth({ force: true }).getStackByName('Stack').template as object;
  expectComplete(Template.fromJSON(again).toJSON() as CfnTemplate, 2);
});
