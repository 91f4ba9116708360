import { App, Aws, CfnCondition, CfnParameter, CfnResource, Fn, Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { makeStack, makeTable, synthesized } from '../../support/stacks';
import { makeIntermediateTable, sqlTable, TableProps } from '../../support/tables';

const named = (scope: Construct, id: string, props: TableProps = {}) => makeIntermediateTable(scope, id, { tableName: 'audience', ...props });

describe('promise 9: two tables of one name', () => {
  test.each<[string, (stack: Stack) => void]>([
    ['in one membership', (stack) => ['First', 'Second'].forEach((id) => named(stack, id))],
    ['of which one is an L1', (stack) => {
      makeTable(stack, 'First', { name: 'audience' });
      named(stack, 'Second');
    }],
  ])('%s fail at synthesis', (_, make) => {
    expect(() => synthesized(make)).toThrow(
      /\[Stack\/Second\] tableName is "audience", which Stack\/First.* has, too, in the same membership\. Give one of them another name\./);
  });

  test.each<[string, (stack: Stack) => void]>([
    ['with different hashes', (stack) => {
      sqlTable(stack, 'First', 'SELECT 1', { tableName: 'audience', versionedName: true });
      sqlTable(stack, 'Second', 'SELECT 2', { tableName: 'audience', versionedName: true });
    }],
    ['of memberships that are known only when deploying', (stack) => {
      makeTable(stack, 'First', { name: 'audience', membershipIdentifier: new CfnParameter(stack, 'M').valueAsString });
      named(stack, 'Second');
    }],
    ['whose conditions exclude each other', (stack) => {
      const large = new CfnCondition(stack, 'Large', { expression: Fn.conditionEquals(Aws.REGION, 'eu-west-1') });
      const small = new CfnCondition(stack, 'Small', { expression: Fn.conditionNot(large) });
      for (const [id, condition] of Object.entries({ First: large, Second: small })) {
        (named(stack, id).node.defaultChild as CfnResource).cfnOptions.condition = condition;
      }
    }],
    ['which are parameters of their own', (stack) =>
      ['First', 'Second'].forEach((id) => named(stack, id, { tableName: new CfnParameter(stack, `${id}Name`).valueAsString }))],
  ])('do not fail %s', (_, make) => {
    expect(() => synthesized(make)).not.toThrow();
  });

  test('are seen by each synthesis of an app anew', () => {
    const stack = makeStack();
    const synth = () => (stack.node.root as App).synth({ force: true });
    const early = new Construct(stack, 'Early');
    const [first, second] = ['audience', 'other'].map((tableName) => named(stack, tableName, { tableName }).node.defaultChild as CfnResource);
    expect(synth).not.toThrow();
    second.addPropertyOverride('Name', 'audience');
    expect(synth).toThrow('tableName is "audience"');
    first.addPropertyOverride('Name', 'another');
    expect(synth).not.toThrow();
    named(early, 'third', { tableName: 'another' });
    expect(synth).toThrow('[Stack/audience] tableName is "another", which Stack/Early/third');
  });
});
