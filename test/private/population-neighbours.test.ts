import { App, CfnCondition, CfnParameter, CfnResource, Fn, ICfnConditionExpression, Stack, Stage } from 'aws-cdk-lib';
import { CfnIntermediateTable } from 'aws-cdk-lib/aws-cleanrooms';
import { CfnParameter as CfnSsmParameter, IParameterRef, StringListParameter, StringParameter } from 'aws-cdk-lib/aws-ssm';
import { IntermediateTable, IntermediateTablePopulation } from '../../src';
import { makePopulation, makeStack, makeTable, MEMBERSHIP, TABLE, templateOf } from '../support/stacks';
import { makeIntermediateTable } from '../support/tables';

const imported = (stack: Stack, id: string) =>
  IntermediateTable.fromIntermediateTableAttributes(stack, id, { membershipIdentifier: MEMBERSHIP, intermediateTableIdentifier: TABLE });

/** Sets the condition of a population's custom resource, as an Aspect or somebody by hand would. */
const only = (population: IntermediateTablePopulation, condition: CfnCondition) => population.node.findAll()
  .filter(CfnResource.isCfnResource).forEach(({ cfnOptions }) => { cfnOptions.condition = condition; });

describe('promise 9: two populations of one table fail at synthesis', () => {
  const cases: [string, (stack: Stack) => void][] = [
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
      makePopulation(other, 'First', { intermediateTable: imported(other, 'Ref') });
      makePopulation(stack, 'Second', { intermediateTable: imported(stack, 'Ref') });
    }],
  ];

  test.each(cases)('%s, in words that name both and tell what to do', (_, make) => {
    const stack = makeStack();
    make(stack);
    expect(() => (stack.node.root as App).synth()).toThrow(
      /\[Stack\/Second\] intermediateTable is the one that Stack(\/Other)?\/First populates: one version is live.*addSchedule\(\)/);
  });
});

describe('two populations of one table are taken', () => {
  test('in two stages, which are deployed apart', () => {
    const app = makeStack().node.root as App;
    for (const id of ['One', 'Other']) {
      const stack = new Stack(new Stage(app, id), 'Stack');
      makePopulation(stack, 'Population', { intermediateTable: imported(stack, 'Ref') });
    }
    expect(() => app.synth()).not.toThrow();
  });

  const isLarge = (stack: Stack) => Fn.conditionEquals(new CfnParameter(stack, 'Size').valueAsString, 'large');
  const pairs: [string, boolean, (stack: Stack) => [ICfnConditionExpression, ICfnConditionExpression]][] = [
    ['one is true where the other is not', true, (stack) => {
      const large = new CfnCondition(stack, 'Large', { expression: isLarge(stack) });
      return [large, Fn.conditionNot(large)];
    }],
    ['a value cannot equal two texts', true, (stack) => {
      const size = new CfnParameter(stack, 'Size').valueAsString;
      return [Fn.conditionEquals(size, 'large'), Fn.conditionEquals('small', size)];
    }],
    ['one part of all that has to be true is not', true, (stack) => {
      const [large, other] = [isLarge(stack), Fn.conditionEquals(new CfnParameter(stack, 'Other').valueAsString, '1')];
      return [Fn.conditionAnd(other, large), Fn.conditionAnd(Fn.conditionNot(large), other)];
    }],
    ['they are the same', false, (stack) => [isLarge(stack), Fn.conditionEquals('a', 'a')]],
    ['they are of two values', false, (stack) => [isLarge(stack), Fn.conditionEquals(new CfnParameter(stack, 'Other').valueAsString, 'small')]],
  ];
  test.each(pairs)('under conditions of which %s: %s', (_, isTaken, conditions) => {
    const stack = makeStack();
    const intermediateTable = makeTable(stack);
    conditions(stack).forEach((expression, index) => {
      const population = makePopulation(stack, `Population${index}`, { intermediateTable, versionIdOutput: false });
      only(population, new CfnCondition(stack, `Condition${index}`, { expression }));
    });
    const synthesized = expect(() => templateOf(stack));
    (isTaken ? synthesized.not : synthesized).toThrow();
  });
});

describe('a version parameter', () => {
  const own = (stack: Stack) => new StringParameter(stack, 'Parameter', { stringValue: 'none' });
  const named = (stack: Stack, id: string) => StringParameter.fromStringParameterName(stack, id, '/version');
  const shared: [string, (stack: Stack) => [IParameterRef, IParameterRef]][] = [
    ['of the app', (stack) => { const parameter = own(stack); return [parameter, parameter]; }],
    ['given as a construct and as its resource', (stack) => {
      const parameter = own(stack);
      return [parameter, parameter.node.defaultChild as CfnSsmParameter];
    }],
    ['by its name, twice', (stack) => [named(stack, 'One'), named(stack, 'Other')]],
  ];
  test.each(shared)('of two populations fails at synthesis: %s', (_, parameters) => {
    const stack = makeStack();
    parameters(stack).forEach((versionParameter, index) => makePopulation(stack, ['First', 'Second'][index], { versionParameter }));
    expect(() => templateOf(stack)).toThrow(
      /\[Stack\/Second\] versionParameter is the one that Stack\/First writes\. Give each population a parameter of its own\./);
  });

  test('of each population is taken', () => {
    const stack = makeStack();
    makePopulation(stack, 'First', { versionParameter: own(stack) });
    makePopulation(stack, 'Second', { versionParameter: named(stack, 'Other') });
    expect(() => templateOf(stack)).not.toThrow();
  });

  test.each<[string, (stack: Stack) => IParameterRef]>([
    ['that is CDK\'s own resource', (stack) => new CfnSsmParameter(stack, 'List', { type: 'StringList', value: 'a,b' })],
    ['of the app', (stack) => new StringListParameter(stack, 'List', { stringListValue: ['a', 'b'] })],
    ['of another one', (stack) => StringListParameter.fromStringListParameterName(stack, 'List', '/list')],
  ])('that is a list %s fails', (_, parameter) => {
    const stack = makeStack();
    expect(() => makePopulation(stack, 'Population', { versionParameter: parameter(stack) }))
      .toThrow('Stack/Population: the type of versionParameter Stack/List is "StringList". Give a parameter of type String.');
  });
});
