import { Aspects, CfnCondition, CfnResource, Duration, Fn, NestedStack, Stack } from 'aws-cdk-lib';
import { Schedule } from 'aws-cdk-lib/aws-events';
import { Construct } from 'constructs';
import { makePopulation, makeStack, makeTable, templateOf } from './support/stacks';
import { CfnTemplate, idsOf } from './support/template';

/** Gives a condition to all resources in some scopes, as users do. */
function makeConditional(condition: CfnCondition, ...scopes: Construct[]): void {
  scopes.forEach((scope) => Aspects.of(scope).add({
    visit: (node) => {
      if (CfnResource.isCfnResource(node)) {
        node.cfnOptions.condition = condition;
      }
    },
  }));
}

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
  const synthesize = (further: (stack: Stack, condition: CfnCondition) => void = () => {}) => {
    const stack = makeStack();
    const condition = new CfnCondition(stack, 'IsWanted', { expression: Fn.conditionEquals('a', 'b') });
    const table = makeTable(stack);
    const population = makePopulation(stack, 'Population', { intermediateTable: table, schedule, timeout: Duration.hours(6) });
    population.metricSecondsUntilExpiry();
    population.onPopulated('Done');
    makeConditional(condition, population);
    table.cfnOptions.condition = condition;
    makePopulation(stack, 'Other', { schedule });
    further(stack, condition);
    return templateOf(stack);
  };

  test('leave nothing that refers to them where it is false: the rest of the stack deploys', () => {
    const template = synthesize();
    expect(danglingIn(template)).toEqual([]);
    expect(Object.values(template.Outputs!).map((output) => (output as { Condition?: string }).Condition)).toEqual(['IsWanted', undefined]);
  });

  test('may have a population built on them that has none', () => {
    const template = synthesize((stack) => {
      const upstream = stack.node.findChild('Population') as ReturnType<typeof makePopulation>;
      makePopulation(stack, 'Downstream', { refreshAfter: [upstream] });
    });
    expect(danglingIn(template)).toEqual([]);
    const downstream = idsOf(template, 'Custom::IntermediateTablePopulation').find((id) => id.startsWith('Downstream'))!;
    expect(template.Resources[downstream].Properties.UpstreamVersions).toEqual([
      { 'Fn::If': ['IsWanted', { 'Fn::GetAtt': [expect.stringMatching(/^PopulationVersion/), 'versionId'] }, { Ref: 'AWS::NoValue' }] },
    ]);
  });

  test('share the condition with one that is built on them and has it, too', () => {
    const template = synthesize((stack, condition) => {
      const upstream = stack.node.findChild('Population') as ReturnType<typeof makePopulation>;
      const table = makeTable(stack, 'DownstreamTable');
      const downstream = makePopulation(stack, 'Downstream', { intermediateTable: table, refreshAfter: [upstream] });
      makeConditional(condition, downstream);
      table.cfnOptions.condition = condition;
    });
    expect(danglingIn(template)).toEqual([]);
    expect(JSON.stringify(template)).not.toContain('Fn::If');
  });
});

describe('promise 9: mistakes fail at synthesis', () => {
  describe('a population that is left under a table with a condition fails at synthesis, in words that name both and the condition', () => {
    const synthesize = (scopeOf: (stack: Stack, condition: CfnCondition) => Stack) => {
      const stack = makeStack();
      const table = makeTable(stack);
      table.cfnOptions.condition = new CfnCondition(stack, 'IsWanted');
      makePopulation(scopeOf(stack, table.cfnOptions.condition), 'Population', { intermediateTable: table });
      return templateOf(stack);
    };

    test('in its own stack', () => {
      expect(() => synthesize((stack) => stack))
        .toThrow('Stack/Population: its table Stack/Table has the condition IsWanted, and the population has none. Give the condition to all');
    });

    test('in a nested stack, which has to have the condition', () => {
      expect(() => synthesize((stack) => new NestedStack(stack, 'Nested')))
        .toThrow('Stack/Nested/Population: its table Stack/Table has the condition IsWanted, and Stack/Nested.NestedStack/Nested.NestedStackResource has none.');
      expect(() => synthesize((stack, condition) => {
        const nested = new NestedStack(stack, 'Nested');
        (nested.nestedStackResource as CfnResource).cfnOptions.condition = condition;
        return nested;
      })).not.toThrow();
    });
  });
});
