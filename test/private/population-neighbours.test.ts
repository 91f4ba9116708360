import { App, CfnCondition, CfnParameter, CfnResource, Fn, ICfnConditionExpression, Stack, Stage } from 'aws-cdk-lib';
import { CfnIntermediateTable } from 'aws-cdk-lib/aws-cleanrooms';
import { CfnParameter as CfnSsmParameter, IParameterRef, StringListParameter, StringParameter } from 'aws-cdk-lib/aws-ssm';
import { IntermediateTable } from '../../src';
import { makeApp, makePopulation, makeStack, makeTable, MEMBERSHIP, synthesized, TABLE, templateWith } from '../support/stacks';
import { makeIntermediateTable } from '../support/tables';

const imported = (stack: Stack, id = 'Ref') =>
  IntermediateTable.fromIntermediateTableAttributes(stack, id, { membershipIdentifier: MEMBERSHIP, intermediateTableIdentifier: TABLE });

test.each<[string, (stack: Stack) => void]>([
  ['of the app', (stack) => {
    const intermediateTable = makeTable(stack);
    ['First', 'Second'].forEach((id) => makePopulation(stack, id, { intermediateTable }));
  }],
  ['of the app, given as a construct and as its resource', (stack) => {
    const table = makeIntermediateTable(stack);
    makePopulation(stack, 'First', { intermediateTable: table });
    makePopulation(stack, 'Second', { intermediateTable: table.node.defaultChild as CfnIntermediateTable });
  }],
  ['of another app, referred to twice', (stack) => ['First', 'Second'].forEach((id) =>
    makePopulation(stack, id, { intermediateTable: imported(stack, `${id}Ref`) }))],
  ['of another app, in two stacks', (stack) => {
    const other = new Stack(stack, 'Other');
    makePopulation(other, 'First', { intermediateTable: imported(other) });
    makePopulation(stack, 'Second', { intermediateTable: imported(stack) });
  }],
])('promise 9: two populations of one table fail at synthesis, in words that name both and tell what to do: %s', (_, make) => {
  const stack = makeStack();
  make(stack);
  expect(() => (stack.node.root as App).synth()).toThrow(
    /\[Stack\/Second\] intermediateTable is the one that Stack(\/Other)?\/First populates: one version is live.*addSchedule\(\)/);
});

describe('two populations of one table are taken', () => {
  test('in two stages, which are deployed apart', () => {
    const app = makeApp();
    for (const id of ['One', 'Other']) {
      const stack = new Stack(new Stage(app, id), 'Stack');
      makePopulation(stack, 'Population', { intermediateTable: imported(stack) });
    }
    expect(() => app.synth()).not.toThrow();
  });

  const valueOf = (stack: Stack, id: string) => new CfnParameter(stack, id).valueAsString;
  const isLarge = (stack: Stack) => Fn.conditionEquals(valueOf(stack, 'Size'), 'large');
  test.each<[string, boolean, (stack: Stack) => [ICfnConditionExpression, ICfnConditionExpression]]>([
    ['one is true where the other is not', true, (stack) => {
      const large = new CfnCondition(stack, 'Large', { expression: isLarge(stack) });
      return [large, Fn.conditionNot(large)];
    }],
    ['a value cannot equal two texts', true, (stack) => {
      const size = valueOf(stack, 'Size');
      return [Fn.conditionEquals(size, 'large'), Fn.conditionEquals('small', size)];
    }],
    ['one part of all that has to be true is not', true, (stack) => {
      const [large, other] = [isLarge(stack), Fn.conditionEquals(valueOf(stack, 'Other'), '1')];
      return [Fn.conditionAnd(other, large), Fn.conditionAnd(Fn.conditionNot(large), other)];
    }],
    ['they are the same', false, (stack) => [isLarge(stack), Fn.conditionEquals('a', 'a')]],
    ['they are of two values', false, (stack) => [isLarge(stack), Fn.conditionEquals(valueOf(stack, 'Other'), 'small')]],
  ])('under conditions of which %s: %s', (_, isTaken, conditions) => {
    const synthesize = expect(() => synthesized((stack) => {
      const intermediateTable = makeTable(stack);
      conditions(stack).forEach((expression, index) => {
        const condition = new CfnCondition(stack, `Condition${index}`, { expression });
        const population = makePopulation(stack, `Population${index}`, { intermediateTable, versionIdOutput: false });
        // As an Aspect or somebody by hand would.
        population.node.findAll().filter(CfnResource.isCfnResource).forEach(({ cfnOptions }) => { cfnOptions.condition = condition; });
      });
    }));
    (isTaken ? synthesize.not : synthesize).toThrow();
  });
});

describe('a version parameter', () => {
  const own = (stack: Stack) => new StringParameter(stack, 'Parameter', { stringValue: 'none' });
  const named = (stack: Stack, id: string) => StringParameter.fromStringParameterName(stack, id, '/version');
  const populate = (parameters: (stack: Stack) => IParameterRef[]) => () => synthesized((stack) =>
    parameters(stack).forEach((versionParameter, index) => makePopulation(stack, ['First', 'Second'][index], { versionParameter })));

  test.each<[string, (stack: Stack) => IParameterRef[]]>([
    ['of the app', (stack) => Array<IParameterRef>(2).fill(own(stack))],
    ['given as a construct and as its resource', (stack) => {
      const parameter = own(stack);
      return [parameter, parameter.node.defaultChild as CfnSsmParameter];
    }],
    ['by its name, twice', (stack) => [named(stack, 'One'), named(stack, 'Other')]],
  ])('of two populations fails at synthesis: %s', (_, parameters) => {
    expect(populate(parameters)).toThrow(
      /\[Stack\/Second\] versionParameter is the one that Stack\/First writes\. Give each population a parameter of its own\./);
  });

  test('of each population is taken', () => {
    expect(populate((stack) => [own(stack), named(stack, 'Other')])).not.toThrow();
  });

  test.each<[string, (stack: Stack) => IParameterRef]>([
    ['that is CDK\'s own resource', (stack) => new CfnSsmParameter(stack, 'List', { type: 'StringList', value: 'a,b' })],
    ['of the app', (stack) => new StringListParameter(stack, 'List', { stringListValue: ['a', 'b'] })],
    ['of another one', (stack) => StringListParameter.fromStringListParameterName(stack, 'List', '/list')],
  ])('that is a list %s fails', (_, parameter) => {
    expect(() => templateWith((stack) => ({ versionParameter: parameter(stack) })))
      .toThrow('Stack/Population: the type of versionParameter Stack/List is "StringList". Give a parameter of type String.');
  });
});
