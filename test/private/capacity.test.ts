import { NestedStack, Stack } from 'aws-cdk-lib';
import { CfnTopic } from 'aws-cdk-lib/aws-sns';
import { IntermediateTable } from '../../src';
import { makePopulation, makeStack, MEMBERSHIP, templateOf } from '../support/stacks';
import { uuidOf } from '../support/template';

/** A stack with two populations, each of a table of another app, and so many other resources. */
function stackWith(others = 0, stack = makeStack()): Stack {
  for (let index = 0; index < 2; index++) {
    const intermediateTable = IntermediateTable.fromIntermediateTableAttributes(stack, `Table${index}`, {
      membershipIdentifier: MEMBERSHIP, intermediateTableIdentifier: uuidOf(`${stack.node.path} ${index}`),
    });
    makePopulation(stack, `Population${index}`, { intermediateTable });
  }
  for (let index = 0; index < others; index++) {
    new CfnTopic(stack, `Topic${index}`);
  }
  return stack;
}

const resourcesOf = (stack: Stack) => Object.keys(templateOf(stack).Resources).length;
const limitedTo = (limit: number) => makeStack('Stack', {}, { context: { '@aws-cdk/core:stackResourceLimit': limit } });

const usual = resourcesOf(stackWith());

describe('promise 9: a stack with more resources than CloudFormation takes', () => {
  test('fails at synthesis, in words that tell how many of them are the populations\' and what to do', () => {
    expect(() => templateOf(stackWith(501 - usual))).toThrow(
      `The stack Stack has 501 resources, of which CloudFormation takes 500. Its populations (2) and what they share are ${usual} of them. `
      + 'Spread the populations over several stacks, or over nested ones.');
  });

  test('is not one with as many as it takes, whose nested stacks have the rest, each with a limit of its own', () => {
    const stack = stackWith(499 - usual);
    stackWith(0, new NestedStack(stack, 'Nested'));
    expect(resourcesOf(stack)).toBe(500);
  });

  test('has the limit that CDK is told', () => {
    expect(() => templateOf(stackWith(0, limitedTo(usual - 1)))).toThrow(`takes ${usual - 1}. Its populations (2)`);
    expect(() => templateOf(stackWith(501, limitedTo(0)))).not.toThrow();
  });
});
