import { App, Aspects, Duration, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Schedule } from 'aws-cdk-lib/aws-events';
import { Construct } from 'constructs';
import { cycleIn, neededBy } from './support/cycles';
import { allows, policiesOf, roleOf } from './support/policies';
import { makeApp, makePopulation, templateOf } from './support/stacks';
import { CfnTemplate, idsOf, uuidOf, Values } from './support/template';

const schedule = Schedule.rate(Duration.days(1));
const appWith = (aspectStabilization: boolean) => makeApp({ context: { '@aws-cdk/core:aspectStabilization': aspectStabilization } });

/** Adds a population to a scope when CDK comes to a construct. */
function addWhen(cdkComesTo: Construct, scope: Construct = cdkComesTo): void {
  let isDone = false;
  Aspects.of(cdkComesTo).add({
    visit() {
      if (!isDone) {
        isDone = true;
        makePopulation(scope, 'Late', { schedule });
      }
    },
  });
}

/** Each population has its permissions, and its custom resource waits for them. */
function expectComplete(template: CfnTemplate, count: number): void {
  const resources = idsOf(template, 'Custom::IntermediateTablePopulation');
  expect(resources).toHaveLength(count);
  expect(cycleIn(template)).toBeUndefined();
  const policies = policiesOf(template, roleOf(template, 'PopulationRole'));
  const starter = policiesOf(template, roleOf(template, 'StarterRole'));
  for (const id of resources) {
    const { MembershipIdentifier, StateMachineArn } = template.Resources[id].Properties;
    const membership = `arn:aws:cleanrooms:ap-southeast-1:123456789012:membership/${MembershipIdentifier as string}`;
    expect(allows(policies, 'cleanrooms:PopulateIntermediateTable', `${membership}/intermediatetable/${uuidOf('any')}`)).toBe(true);
    expect(neededBy(template, id).filter((each) => template.Resources[each].Type === 'AWS::IAM::Policy')).toHaveLength(1);
    expect(allows(starter, 'states:StartExecution', new Values(template).of<string>(StateMachineArn))).toBe(true);
  }
}

describe.each([false, true])('a population that an Aspect adds, with CDK\'s aspectStabilization %s, is complete', (stabilization) => {
  test('where it is alone', () => {
    const stack = new Stack(appWith(stabilization), 'Stack');
    addWhen(stack);
    expectComplete(templateOf(stack), 1);
  });

  test.each<[string, (stack: Stack) => void]>([
    ['beside others', (stack) => addWhen(stack)],
    ['after others', (stack) => addWhen(new Construct(stack, 'Last'))],
  ])('%s', (_, add) => {
    const stack = new Stack(appWith(stabilization), 'Stack');
    makePopulation(stack, 'Early', { schedule });
    add(stack);
    expectComplete(templateOf(stack), 2);
  });
});

describe.each<[string, (stack: Stack) => Construct]>([
  ['has left', (stack) => stack.node.findChild('First') as Construct], ['is in', (stack) => stack],
])('a population that an Aspect adds to a scope that CDK %s', (_, scopeOf) => {
  const synthesize = (stabilization: boolean) => {
    const stack = new Stack(appWith(stabilization), 'Stack');
    new Construct(stack, 'First');
    makePopulation(stack, 'Early', { schedule });
    addWhen(new Construct(stack, 'Last'), scopeOf(stack));
    return templateOf(stack);
  };

  test.each([false, true])('is complete, with aspectStabilization %s', (stabilization) => {
    expectComplete(synthesize(stabilization), 2);
  });
});

test('a population that is added between two syntheses is complete', () => {
  const app = appWith(false);
  const stack = new Stack(app, 'Stack');
  makePopulation(stack, 'Early', { schedule });
  templateOf(stack);
  makePopulation(stack, 'Late', { schedule });
  expectComplete(synthesizedAgain(app, stack), 2);
});

function synthesizedAgain(app: App, stack: Stack): CfnTemplate {
  return Template.fromJSON(app.synth({ force: true }).getStackByName(stack.stackName).template as object).toJSON() as CfnTemplate;
}
