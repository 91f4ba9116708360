import { Aspects, CfnCondition, CfnResource, Duration, Fn, NestedStack, Stack } from 'aws-cdk-lib';
import { Schedule } from 'aws-cdk-lib/aws-events';
import { Construct } from 'constructs';
import { IntermediateTablePopulation } from '../src';
import { makePopulation, makeTable, synthesized } from './support/stacks';
import { CfnTemplate, idFrom } from './support/template';

/** Gives a condition to all resources in a scope, as users do. */
const makeConditional = (condition: CfnCondition, scope: Construct) => Aspects.of(scope).add({
  visit: (node) => {
    if (CfnResource.isCfnResource(node)) {
      node.cfnOptions.condition = condition;
    }
  },
});

/** What is there under no condition, and refers to what is there under one, which CloudFormation refuses where that is false. */
function danglingIn({ Resources, Outputs = {} }: CfnTemplate): string[] {
  const conditional = Object.keys(Resources).filter((id) => Resources[id].Condition);
  const refers = (value: unknown) => conditional.some((id) => new RegExp(`"(Ref":"${id}"|Fn::GetAtt":\\["${id}")`).test(JSON.stringify(value)));
  // Within Fn::If it may.
  const without = (value: unknown): unknown => JSON.parse(JSON.stringify(value, (key, inner: unknown) => (key === 'Fn::If' ? undefined : inner)));
  return Object.entries({ ...Resources, ...Outputs as object as CfnTemplate['Resources'] })
    .filter(([, { Condition, Properties, ...rest }]) => !Condition && refers(without([Properties, 'Value' in rest && rest.Value]))).map(([id]) => id);
}

const schedule = Schedule.rate(Duration.days(1));

describe('a table and its population under a condition', () => {
  type Further = (stack: Stack, upstream: IntermediateTablePopulation, condition: CfnCondition) => void;
  const templateWith = (further: Further = () => {}) => synthesized((stack) => {
    const condition = new CfnCondition(stack, 'IsWanted', { expression: Fn.conditionEquals('a', 'b') });
    const table = makeTable(stack);
    const population = makePopulation(stack, 'Population', { intermediateTable: table, schedule, timeout: Duration.hours(6) });
    population.metricSecondsUntilExpiry();
    population.onPopulated('Done');
    makeConditional(condition, population);
    table.cfnOptions.condition = condition;
    makePopulation(stack, 'Other', { schedule });
    further(stack, population, condition);
  });

  test('leave nothing that refers to them where it is false: the rest of the stack deploys', () => {
    const template = templateWith();
    expect(danglingIn(template)).toEqual([]);
    expect(Object.values(template.Outputs!).map((output) => (output as { Condition?: string }).Condition)).toEqual(['IsWanted', undefined]);
  });

  test('may have a population built on them that has none', () => {
    const template = templateWith((stack, upstream) => makePopulation(stack, 'Downstream', { refreshAfter: [upstream] }));
    expect(danglingIn(template)).toEqual([]);
    const { UpstreamVersions } = template.Resources[idFrom(template, 'Custom::IntermediateTablePopulation', 'Downstream')].Properties;
    expect(UpstreamVersions).toEqual([
      { 'Fn::If': ['IsWanted', { 'Fn::GetAtt': [expect.stringMatching(/^PopulationVersion/), 'versionId'] }, { Ref: 'AWS::NoValue' }] },
    ]);
  });

  test('share the condition with one that is built on them and has it, too', () => {
    const template = templateWith((stack, upstream, condition) => {
      const table = makeTable(stack, 'DownstreamTable');
      makeConditional(condition, makePopulation(stack, 'Downstream', { intermediateTable: table, refreshAfter: [upstream] }));
      table.cfnOptions.condition = condition;
    });
    expect(danglingIn(template)).toEqual([]);
    expect(JSON.stringify(template)).not.toContain('Fn::If');
  });
});

describe('promise 9: a population left under a table with a condition fails at synthesis, in words that name them', () => {
  const left = (scopeOf: (stack: Stack, condition: CfnCondition) => Stack) => () => synthesized((stack) => {
    const table = makeTable(stack);
    table.cfnOptions.condition = new CfnCondition(stack, 'IsWanted');
    makePopulation(scopeOf(stack, table.cfnOptions.condition), 'Population', { intermediateTable: table });
  });

  test('in its own stack', () => {
    expect(left((stack) => stack))
      .toThrow('Stack/Population: its table Stack/Table has the condition IsWanted, and the population has none. Give the condition to all');
  });

  test('in a nested stack, which has to have the condition', () => {
    expect(left((stack) => new NestedStack(stack, 'Nested')))
      .toThrow('Stack/Nested/Population: its table Stack/Table has the condition IsWanted, and Stack/Nested.NestedStack/Nested.NestedStackResource has none.');
    expect(left((stack, condition) => {
      const nested = new NestedStack(stack, 'Nested');
      (nested.nestedStackResource as CfnResource).cfnOptions.condition = condition;
      return nested;
    })).not.toThrow();
  });
});
