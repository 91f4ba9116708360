import { CfnResource, Duration, Fn, NestedStack, Stack } from 'aws-cdk-lib';
import { Schedule } from 'aws-cdk-lib/aws-events';
import { CfnKey } from 'aws-cdk-lib/aws-kms';
import { CfnTopic } from 'aws-cdk-lib/aws-sns';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { Construct } from 'constructs';
import { IntermediateTable, IntermediateTablePopulation } from '../../src';
import { cycleIn, neededBy } from '../support/cycles';
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

  test('each custom resource waits for the policy of its membership', () => {
    for (const id of idsOf(template, 'Custom::IntermediateTablePopulation')) {
      expect(neededBy(template, id).filter((each) => each.includes('MembershipPolicy'))).toHaveLength(1);
    }
  });
});

test('a version parameter whose first value is another population\'s version is no circle', () => {
  const stack = makeStack();
  const { versionId } = makePopulation(stack, 'First');
  makePopulation(stack, 'Second', { versionParameter: new StringParameter(stack, 'Version', { stringValue: versionId }) });
  expect(cycleIn(templateOf(stack))).toBeUndefined();
});

test('a chain of fifty tables is in order, and takes as many resources and as much text for the last as for the second', () => {
  const chain = (length: number) => {
    const stack = makeStack();
    let upstream: IntermediateTablePopulation[] = [];
    for (let index = 0; index < length; index++) {
      upstream = [makePopulation(stack, `P${String(index).padStart(2, '0')}`, { refreshAfter: upstream })];
    }
    const template = templateOf(stack);
    expect(cycleIn(template)).toBeUndefined();
    return [Object.keys(template.Resources).length, JSON.stringify(template).length];
  };
  const [[two, shorter], [three, short], [fifty, long]] = [2, 3, 50].map(chain);
  expect(fifty).toBe(two + 48 * (three - two));
  expect(long).toBeLessThan(shorter + 48 * (short - shorter + 10));
});
