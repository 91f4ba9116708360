import { CfnResource, Duration, Fn, NestedStack, Stack } from 'aws-cdk-lib';
import { Schedule } from 'aws-cdk-lib/aws-events';
import { CfnKey } from 'aws-cdk-lib/aws-kms';
import { CfnTopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { IntermediateTable, IntermediateTablePopulation } from '../../src';
import { cycleIn } from '../support/cycles';
import { makePopulation, makeStack, makeTable, MEMBERSHIP, templateOf } from '../support/stacks';
import { CfnTemplate, idsOf } from '../support/template';

/** How a second population can come to depend on a first one. */
const dependencies: Record<string, (stack: Stack, first: IntermediateTablePopulation) => void> = {
  'the table by addDependency': (stack, first) => {
    const table = makeTable(stack, 'SecondTable');
    table.node.addDependency(first);
    makePopulation(stack, 'Second', { intermediateTable: table });
  },
  'the table by a token in its description': (stack, first) => {
    makePopulation(stack, 'Second', { intermediateTable: makeTable(stack, 'SecondTable', { description: `From ${first.versionId}` }) });
  },
  'the table through a third resource': (stack, first) => {
    const topic = new CfnTopic(stack, 'Topic', { displayName: first.analysisId });
    makePopulation(stack, 'Second', { intermediateTable: makeTable(stack, 'SecondTable', { description: topic.ref }) });
  },
  'the table by Fn::Sub': (stack, first) => {
    const resource = stack.getLogicalId(first.node.findChild('Population').node.defaultChild as CfnResource);
    makePopulation(stack, 'Second', { intermediateTable: makeTable(stack, 'SecondTable', { description: Fn.sub(`From \${${resource}.versionId}`) }) });
  },
  'an imported table, whose identifier a third resource tells': (stack, first) => {
    const lookup = new CfnResource(stack, 'Lookup', { type: 'Custom::Lookup', properties: { After: first.versionId } });
    makePopulation(stack, 'Second', {
      intermediateTable: IntermediateTable.fromIntermediateTableAttributes(stack, 'SecondTable', {
        membershipIdentifier: MEMBERSHIP, intermediateTableIdentifier: lookup.getAtt('Id').toString(),
      }),
    });
  },
  'a table in a nested stack': (stack, first) => {
    const table = makeTable(new NestedStack(stack, 'Nested'), 'SecondTable', { description: first.versionId });
    makePopulation(stack, 'Second', { intermediateTable: table });
  },
  'a table whose nested stack reads the version out of another one': (stack, first) => {
    const topic = new CfnTopic(new NestedStack(stack, 'Other'), 'Topic', { displayName: first.versionId });
    const table = makeTable(new NestedStack(stack, 'Nested'), 'SecondTable', { description: topic.ref });
    makePopulation(stack, 'Second', { intermediateTable: table });
  },
  'a table in a nested stack where another resource depends on it': (stack, first) => {
    const nested = new NestedStack(stack, 'Nested');
    new CfnTopic(nested, 'Topic', { displayName: first.versionId });
    makePopulation(stack, 'Second', { intermediateTable: makeTable(nested, 'SecondTable') });
  },
  'the construct around both by addDependency': (stack, first) => {
    const around = new Construct(stack, 'Around');
    around.node.addDependency(first);
    makePopulation(stack, 'Second', { intermediateTable: makeTable(around, 'SecondTable') });
  },
  'a table that uses the version of a population that takes hours': (stack) => {
    const long = makePopulation(stack, 'FirstLong', { timeout: Duration.hours(6) });
    const table = makeTable(stack, 'SecondTable', { description: long.versionId });
    makePopulation(stack, 'Second', { intermediateTable: table, timeout: Duration.hours(6) }).node.addDependency(long);
  },
  'the table through its key': (stack, first) => {
    const key = new CfnKey(stack, 'Key', { description: first.versionId });
    makePopulation(stack, 'Second', { intermediateTable: makeTable(stack, 'SecondTable', { kmsKeyArn: key.attrArn }) });
  },
  'the given key only': (stack, first) => {
    makePopulation(stack, 'Second', { encryptionKey: new CfnKey(stack, 'Key', { description: first.versionId }) });
  },
  'the table by the first one\'s state machine and schedule': (stack, first) => {
    const table = makeTable(stack, 'SecondTable', { description: first.stateMachine.stateMachineArn });
    table.node.addDependency(first.addSchedule('Hourly', Schedule.rate(Duration.hours(1))));
    makePopulation(stack, 'Second', { intermediateTable: table });
  },
  'the population by addDependency': (stack, first) => makePopulation(stack, 'Second').node.addDependency(first),
  'the population by a parameter': (stack, first) => {
    makePopulation(stack, 'Second', { parameters: { upstream: first.versionId } });
  },
  'the population by a trigger': (stack, first) => {
    makePopulation(stack, 'Second', { triggers: [first.versionId] });
  },
};

const policiesBefore = (template: CfnTemplate, population: string): string[] =>
  Object.entries(template.Resources)
    .filter(([id, { Type }]) => Type === 'Custom::IntermediateTablePopulation' && id.startsWith(population))
    .flatMap(([, { DependsOn = [] }]) => DependsOn)
    .filter((id) => template.Resources[id].Type === 'AWS::IAM::Policy');

describe.each(Object.keys(dependencies))('a second population that depends on the first: %s', (how) => {
  let template: CfnTemplate;

  beforeAll(() => {
    const stack = makeStack();
    dependencies[how](stack, makePopulation(stack, 'First'));
    template = templateOf(stack);
  });

  test('CloudFormation can order the resources', () => {
    expect(cycleIn(template)).toBeUndefined();
  });

  test('each custom resource waits for the policies that name its own state machine', () => {
    for (const machine of idsOf(template, 'AWS::StepFunctions::StateMachine')) {
      const policies = policiesBefore(template, machine.replace(/StateMachine.*/, 'Population'));
      const naming = policies.filter((id) => JSON.stringify(template.Resources[id]).includes(machine));
      expect(naming).toHaveLength(2);
    }
  });
});

const levelsIn = (template: CfnTemplate): string[][] =>
  idsOf(template, 'AWS::IAM::Policy').filter((id) => id.includes('StarterPolicy')).map((policy) =>
    Object.entries(template.Resources).filter(([, { DependsOn = [] }]) => DependsOn.includes(policy)).map(([id]) => id.replace(/Population.*/, '')));

describe('populations by level', () => {
  test('a diamond of tables has three levels, and what depends on nothing stays in the first', () => {
    const stack = makeStack();
    const top = makePopulation(stack, 'Top');
    const sides = ['Left', 'Right'].map((side) =>
      makePopulation(stack, side, { intermediateTable: makeTable(stack, `${side}Table`, { description: top.versionId }) }));
    makePopulation(stack, 'Bottom', {
      intermediateTable: makeTable(stack, 'BottomTable', { description: sides.map(({ versionId }) => versionId).join() }),
    });
    makePopulation(stack, 'Alone');
    const template = templateOf(stack);
    expect(cycleIn(template)).toBeUndefined();
    expect(levelsIn(template).map((level) => level.sort())).toEqual([['Alone', 'Top'], ['Left', 'Right'], ['Bottom']]);
  });

  test('populations declared after what depends on them are ordered all the same', () => {
    const stack = makeStack();
    const table = makeTable(stack, 'SecondTable');
    makePopulation(stack, 'Second', { intermediateTable: table });
    table.node.addDependency(makePopulation(stack, 'First'));
    const template = templateOf(stack);
    expect(cycleIn(template)).toBeUndefined();
    expect(levelsIn(template)).toEqual([['First'], ['Second']]);
  });

  test('a cycle of the user\'s own ends the ordering, and is left to CloudFormation to report', () => {
    const stack = makeStack();
    const tables = ['First', 'Second'].map((id) => makeTable(stack, `${id}Table`));
    const populations = tables.map((intermediateTable, index) => makePopulation(stack, `P${index}`, { intermediateTable }));
    tables.forEach((table, index) => table.node.addDependency(populations[1 - index]));
    expect(cycleIn(templateOf(stack))).toBeDefined();
  });
});
