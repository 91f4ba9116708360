import { CfnParameter, NestedStack, Stack } from 'aws-cdk-lib';
import { CfnAnalysisTemplate, CfnMembership } from 'aws-cdk-lib/aws-cleanrooms';
import { AllowedAnalysis, StoredQuery } from '../../src';
import { weak } from '../../src/private/references';
import { makeApp, makePopulation, makeStack, makeTable, templateOf } from '../support/stacks';
import { makeIntermediateTable, TableProps } from '../support/tables';
import { resourceOf } from '../support/template';

const OF_MEMBERSHIP = { 'Fn::GetAtt': ['Membership', 'MembershipIdentifier'] };
const membershipIn = (stack: Stack) => new CfnMembership(stack, 'Membership', { collaborationIdentifier: 'c', queryLogStatus: 'ENABLED' });

/** A membership and an analysis template in a stack, and a table that is made of them in another one. */
function stacksWith(propsOf: (template: CfnAnalysisTemplate) => TableProps = () => ({})) {
  const app = makeApp({ context: { '@aws-cdk/core:defaultCrossStackReferences': 'strong' } });
  const [upstream, downstream] = ['Upstream', 'Downstream'].map((id) => new Stack(app, id));
  const membership = membershipIn(upstream);
  const { attrMembershipIdentifier: identifier } = membership;
  const template = new CfnAnalysisTemplate(upstream, 'Template', {
    membershipIdentifier: identifier, name: 'template', format: 'SQL', source: { text: 'SELECT 1' },
  });
  makeIntermediateTable(downstream, 'Table', { membership, ...propsOf(template) });
  return { upstream, downstream, identifier };
}

test.each<[string, Parameters<typeof stacksWith>[0]]>([
  ['a membership', () => ({})],
  ['a query of an analysis template', (template) => ({ query: StoredQuery.fromAnalysisTemplate(template) })],
  ['a query of an analysis template\'s ARN', (template) => ({ query: StoredQuery.fromAnalysisTemplateArn(template.attrArn) })],
  ['an analysis that may be run on it', (template) => ({ allowedAnalyses: [AllowedAnalysis.fromAnalysisTemplate(template)] })],
])('a table holds on to nothing in another stack that may be replaced: %s', (_, propsOf) => {
  const { upstream, downstream } = stacksWith(propsOf);
  const text = JSON.stringify([upstream, downstream].map(templateOf));
  expect(text).not.toMatch(/Fn::ImportValue|"Export"/);
  expect(text).toContain('{"Fn::GetStackOutput":{"StackName":"Upstream"');
  expect(downstream.dependencies).toEqual([upstream]);
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
  const { upstream, downstream, identifier } = stacksWith();
  const stacks = [upstream, downstream, new Stack(upstream.node.root, 'Third')];
  const arn = `arn:aws:cleanrooms:eu-west-1:123456789012:membership/${identifier}`;
  stacks.forEach((stack) => new CfnParameter(stack, 'Arn', { default: weak(stack, arn) }));
  const [own, ...others] = stacks.map((stack) => JSON.stringify(templateOf(stack).Parameters!.Arn.Default));
  expect(own).toContain(JSON.stringify(OF_MEMBERSHIP));
  const weakly = expect.stringContaining('{"Fn::GetStackOutput":');
  expect(others).toEqual([weakly, weakly]);
});

test('what is weak already is strong again in the stack that has it', () => {
  const { upstream, downstream, identifier } = stacksWith();
  const weakThere = weak(downstream, identifier);
  expect(weakThere).toBe(weak(downstream, identifier));
  expect(upstream.resolve(weak(upstream, weakThere))).toEqual(OF_MEMBERSHIP);
});

test.each<[string, (top: Stack) => Stack, (top: Stack) => Stack]>([
  ['into a nested one', (top) => top, (top) => new NestedStack(top, 'Nested')],
  ['out of a nested one', (top) => new NestedStack(top, 'Nested'), (top) => top],
])('within one top stack nested ones have parameters and outputs, which hold on to nothing: %s', (_, upstreamIn, downstreamIn) => {
  const top = makeStack();
  const [upstream, downstream] = [upstreamIn(top), downstreamIn(top)];
  makePopulation(downstream, 'Population', { intermediateTable: makeTable(upstream) });
  expect(JSON.stringify([top, upstream, downstream].map(templateOf))).not.toMatch(/Fn::GetStackOutput|Fn::ImportValue|"Export"/);
});

test('within a stack a reference is what it was, and what is known stays as it is', () => {
  const stack = makeStack();
  makeIntermediateTable(stack, 'Table', { membership: membershipIn(stack) });
  expect(resourceOf(templateOf(stack), 'AWS::CleanRooms::IntermediateTable').Properties.MembershipIdentifier).toEqual(OF_MEMBERSHIP);
  expect(weak(stack, 'text')).toBe('text');
});
