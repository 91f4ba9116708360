import { CfnParameter, NestedStack, Stack } from 'aws-cdk-lib';
import { CfnAnalysisTemplate, CfnMembership } from 'aws-cdk-lib/aws-cleanrooms';
import { AllowedAnalysis, StoredQuery } from '../../src';
import { weak } from '../../src/private/references';
import { makeApp, makePopulation, makeStack, makeTable, templateOf } from '../support/stacks';
import { makeIntermediateTable, TableProps } from '../support/tables';
import { CfnTemplate, resourceOf } from '../support/template';

/** A membership and an analysis template in a stack, and a table that is made of them in another one. */
function stacksWith(propsOf: (membership: CfnMembership, template: CfnAnalysisTemplate) => TableProps, strength = 'strong') {
  const app = makeApp({ context: { '@aws-cdk/core:defaultCrossStackReferences': strength } });
  const [upstream, downstream] = ['Upstream', 'Downstream'].map((id) => new Stack(app, id));
  const membership = new CfnMembership(upstream, 'Membership', { collaborationIdentifier: 'c', queryLogStatus: 'ENABLED' });
  const template = new CfnAnalysisTemplate(upstream, 'Template', {
    membershipIdentifier: membership.attrMembershipIdentifier, name: 'template', format: 'SQL', source: { text: 'SELECT 1' },
  });
  const table = makeIntermediateTable(downstream, 'Table', { membership, ...propsOf(membership, template) });
  return { upstream, downstream, membership, table };
}

const strongIn = ({ upstream, downstream }: ReturnType<typeof stacksWith>) => {
  const exports = Object.values(templateOf(upstream).Outputs ?? {}).filter((output) => 'Export' in output);
  return [exports, JSON.stringify(templateOf(downstream)).match(/Fn::ImportValue/g)];
};

const cases: [string, Parameters<typeof stacksWith>[0]][] = [
  ['a membership', () => ({})],
  ['a query of an analysis template', (_, template) => ({ query: StoredQuery.fromAnalysisTemplate(template) })],
  ['a query of an analysis template\'s ARN', (_, template) => ({ query: StoredQuery.fromAnalysisTemplateArn(template.attrArn) })],
  ['an analysis that may be run on it', (_, template) => ({ allowedAnalyses: [AllowedAnalysis.fromAnalysisTemplate(template)] })],
];

test.each(cases)('a table holds on to nothing in another stack that may be replaced: %s', (_, propsOf) => {
  const stacks = stacksWith(propsOf);
  expect(strongIn(stacks)).toEqual([[], null]);
  expect(JSON.stringify(templateOf(stacks.downstream))).toContain('{"Fn::GetStackOutput":{"StackName":"Upstream"');
  expect(stacks.downstream.dependencies).toEqual([stacks.upstream]);
});

/** CDK exports what it takes out of a nested stack, and says nothing of the strength that was asked for. */
test.each<[string, (top: Stack) => Stack, (top: Stack) => Stack]>([
  ['out of a nested one', (top) => new NestedStack(new NestedStack(top, 'Outer'), 'Inner'), (top) => top],
  ['into a nested one', (top) => top, (top) => new NestedStack(top, 'Nested')],
  ['out of one into another', (top) => new NestedStack(top, 'Nested'), (top) => new NestedStack(top, 'Nested')],
])('nor does a population, from stack to stack: %s', (_, upstreamIn, downstreamIn) => {
  const app = makeApp();
  const tops = ['Upstream', 'Downstream'].map((id) => new Stack(app, id));
  const [upstream, downstream] = [upstreamIn(tops[0]), downstreamIn(tops[1])];
  const intermediateTable = makeTable(upstream);
  makePopulation(downstream, 'Last', { refreshAfter: [makePopulation(upstream, 'First')] });
  makePopulation(downstream, 'Population', { intermediateTable });
  const text = JSON.stringify([...tops, upstream, downstream].map(templateOf));
  expect(text).not.toMatch(/Fn::ImportValue|"Export"/);
  expect(text).toContain('{"Fn::GetStackOutput":{"StackName":"Upstream"');
});

test('also in words that have more to them, and in each stack that reads them', () => {
  const { upstream, downstream, membership } = stacksWith(() => ({}));
  const third = new Stack(upstream.node.root, 'Third');
  const arn = `arn:aws:cleanrooms:eu-west-1:123456789012:membership/${membership.attrMembershipIdentifier}`;
  const valueIn = (stack: Stack) => new CfnParameter(stack, 'Arn', { default: weak(stack, arn) });
  [upstream, downstream, third].forEach(valueIn);
  const defaultIn = (template: CfnTemplate) => JSON.stringify(template.Parameters!.Arn.Default);
  expect(defaultIn(templateOf(upstream))).toContain('{"Fn::GetAtt":["Membership","MembershipIdentifier"]}');
  expect(defaultIn(templateOf(downstream))).toContain('{"Fn::GetStackOutput":');
  expect(defaultIn(templateOf(third))).toContain('{"Fn::GetStackOutput":');
});

test('what is weak already is strong again in the stack that has it', () => {
  const { upstream, downstream, membership } = stacksWith(() => ({}));
  const weakThere = weak(downstream, membership.attrMembershipIdentifier);
  expect(weakThere).toBe(weak(downstream, membership.attrMembershipIdentifier));
  expect(upstream.resolve(weak(upstream, weakThere))).toEqual({ 'Fn::GetAtt': ['Membership', 'MembershipIdentifier'] });
});

test('within a stack a reference is what it was, and what is known stays as it is', () => {
  const stack = makeStack();
  const membership = new CfnMembership(stack, 'Membership', { collaborationIdentifier: 'c', queryLogStatus: 'ENABLED' });
  makeIntermediateTable(stack, 'Table', { membership });
  expect(resourceOf(templateOf(stack), 'AWS::CleanRooms::IntermediateTable').Properties.MembershipIdentifier).toEqual({ 'Fn::GetAtt': ['Membership', 'MembershipIdentifier'] });
  expect(weak(stack, 'text')).toBe('text');
});
