import { CfnResource, Duration, Fn, NestedStack, Stack } from 'aws-cdk-lib';
import { CfnIntermediateTableProps } from 'aws-cdk-lib/aws-cleanrooms';
import { Schedule } from 'aws-cdk-lib/aws-events';
import { CfnKey } from 'aws-cdk-lib/aws-kms';
import { Tracing } from 'aws-cdk-lib/aws-lambda';
import { CfnTopic } from 'aws-cdk-lib/aws-sns';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { Construct } from 'constructs';
import { IntermediateTable, IntermediateTablePopulation, PopulationServices } from '../../src';
import { cycleIn, neededBy } from '../support/cycles';
import { makePopulation, makeTable, MEMBERSHIP, PopulationProps, synthesized } from '../support/stacks';
import { idOf, idsOf } from '../support/template';

const second = (stack: Stack, props: PopulationProps = {}) => makePopulation(stack, 'Second', props);
const ofTable = (stack: Stack, props: Partial<CfnIntermediateTableProps>, scope: Construct = stack) =>
  second(stack, { intermediateTable: makeTable(scope, 'SecondTable', props) });

/** How a second population can come to depend on a first one. */
const dependencies: [string, (stack: Stack, first: IntermediateTablePopulation) => unknown][] = [
  ['the table by addDependency', (stack, first) => {
    const table = makeTable(stack, 'SecondTable');
    table.node.addDependency(first);
    second(stack, { intermediateTable: table });
  }],
  ['the table by a token in its description', (stack, first) => ofTable(stack, { description: `From ${first.versionId}` })],
  ['the table through a third resource', (stack, first) =>
    ofTable(stack, { description: new CfnTopic(stack, 'Topic', { displayName: first.analysisId }).ref })],
  ['the table by Fn::Sub', (stack, first) => {
    const resource = stack.getLogicalId(first.node.findChild('Population').node.defaultChild as CfnResource);
    ofTable(stack, { description: Fn.sub(`From \${${resource}.versionId}`) });
  }],
  ['an imported table, whose identifier a third resource tells', (stack, first) => {
    const lookup = new CfnResource(stack, 'Lookup', { type: 'Custom::Lookup', properties: { After: first.versionId } });
    const intermediateTableIdentifier = lookup.getAtt('Id').toString();
    second(stack, {
      intermediateTable: IntermediateTable.fromIntermediateTableAttributes(stack, 'SecondTable', {
        membershipIdentifier: MEMBERSHIP, intermediateTableIdentifier,
      }),
    });
  }],
  ['a table in a nested stack', (stack, first) => ofTable(stack, { description: first.versionId }, new NestedStack(stack, 'Nested'))],
  ['a table whose nested stack reads the version out of another one', (stack, first) => {
    const topic = new CfnTopic(new NestedStack(stack, 'Other'), 'Topic', { displayName: first.versionId });
    ofTable(stack, { description: topic.ref }, new NestedStack(stack, 'Nested'));
  }],
  ['a table in a nested stack where another resource depends on it', (stack, first) => {
    const nested = new NestedStack(stack, 'Nested');
    new CfnTopic(nested, 'Topic', { displayName: first.versionId });
    ofTable(stack, {}, nested);
  }],
  ['the construct around both by addDependency', (stack, first) => {
    const around = new Construct(stack, 'Around');
    around.node.addDependency(first);
    ofTable(stack, {}, around);
  }],
  ['a table that uses the version of a population that takes hours', (stack) => {
    const timeout = Duration.hours(6);
    const long = makePopulation(stack, 'FirstLong', { timeout });
    const intermediateTable = makeTable(stack, 'SecondTable', { description: long.versionId });
    second(stack, { intermediateTable, timeout }).node.addDependency(long);
  }],
  ['the table through its key', (stack, first) =>
    ofTable(stack, { kmsKeyArn: new CfnKey(stack, 'Key', { description: first.versionId }).attrArn })],
  ['the given key only', (stack, first) => second(stack, { encryptionKey: new CfnKey(stack, 'Key', { description: first.versionId }) })],
  ['the table by the first one\'s state machine and schedule', (stack, first) => {
    const table = makeTable(stack, 'SecondTable', { description: first.stateMachine.stateMachineArn });
    table.node.addDependency(first.addSchedule('Hourly', Schedule.rate(Duration.hours(1))));
    second(stack, { intermediateTable: table });
  }],
  ['the population by addDependency', (stack, first) => second(stack).node.addDependency(first)],
  ['the population by a parameter', (stack, first) => second(stack, { parameters: { upstream: first.versionId } })],
  ['the population by a trigger', (stack, first) => second(stack, { triggers: [first.versionId] })],
  ['its version parameter, whose first value is the version', (stack, { versionId }) =>
    second(stack, { versionParameter: new StringParameter(stack, 'Version', { stringValue: versionId }) })],
];

test.each(dependencies)('CloudFormation can order populations of which one depends on another, after their policies: %s', (_, depend) => {
  const template = synthesized((stack) => depend(stack, makePopulation(stack, 'First')));
  expect(cycleIn(template)).toBeUndefined();
  const resources = idsOf(template, 'Custom::IntermediateTablePopulation');
  expect(resources.length).toBeGreaterThan(1);
  for (const id of resources) {
    expect(neededBy(template, id).filter((each) => each.includes('MembershipPolicy'))).toHaveLength(1);
  }
});

test('a custom resource that is deleted still has the watchdog, and what the options of the functions need', () => {
  const template = synthesized((stack) => {
    makePopulation(stack);
    PopulationServices.of(stack).configure({ tracing: Tracing.ACTIVE, recordEncryptionKey: new CfnKey(stack, 'Key') });
  });
  const functions = idsOf(template, 'AWS::Lambda::Function');
  const needed = [idOf(template, 'Custom::IntermediateTablePopulation'), ...functions].flatMap((id) => neededBy(template, id)).join(' ');
  for (const name of ['Watchdog', 'WatchdogPermission', 'TracingPolicy', 'RecordKeyPolicy']) {
    expect(needed).toMatch(new RegExp(`IntermediateTablePopulations${name}[0-9a-f]*[0-9A-F]{8}\\b`));
  }
});

test('a chain of fifty tables is in order, and takes as many resources and as much text for the last as for the second', () => {
  const [[two, shorter], [three, short], [fifty, long]] = [2, 3, 50].map((length) => {
    const template = synthesized((stack) => {
      let upstream: IntermediateTablePopulation[] = [];
      for (let index = 0; index < length; index++) {
        upstream = [makePopulation(stack, `P${String(index).padStart(2, '0')}`, { refreshAfter: upstream })];
      }
    });
    expect(cycleIn(template)).toBeUndefined();
    return [Object.keys(template.Resources).length, JSON.stringify(template).length];
  });
  expect(fifty).toBe(two + 48 * (three - two));
  expect(long).toBeLessThan(shorter + 48 * (short - shorter + 10));
});
