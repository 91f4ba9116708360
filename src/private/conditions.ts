import { CfnCondition, CfnResource, Stack } from 'aws-cdk-lib';
import { finalResource } from './final-properties';
import { canonical } from '../contract/hashing';

/** Returns whether no deploy has both resources, by what their conditions say. Resources without conditions are in every deploy. */
export function excludeEachOther(one: CfnResource, other: CfnResource): boolean {
  const facts = factsOf(other);
  return Stack.of(one) === Stack.of(other) && factsOf(one).some((fact) => facts.some((each) => contradict(fact, each)));
}

/** Returns what is true wherever the resource is deployed. */
function factsOf(resource: CfnResource): unknown[] {
  const stack = Stack.of(resource);
  const expressions = new Map(stack.node.findAll().filter((node): node is CfnCondition => node instanceof CfnCondition)
    .map((condition) => [stack.resolve(condition.logicalId) as string, stack.resolve(condition.expression) as unknown]));
  const { Condition } = finalResource(resource);
  return Condition === undefined ? [] : conjunctsOf(expanded({ Condition }, expressions));
}

/** Replaces references to other conditions by what those say. */
function expanded(expression: unknown, expressions: Map<string, unknown>): unknown {
  if (Array.isArray(expression)) {
    return expression.map((part) => expanded(part, expressions));
  }
  if (typeof expression !== 'object' || expression === null) {
    return expression;
  }
  const { Condition: name } = expression as { readonly Condition?: unknown };
  return typeof name === 'string' && expressions.has(name)
    ? expanded(expressions.get(name), expressions)
    : Object.fromEntries(Object.entries(expression).map(([key, value]) => [key, expanded(value, expressions)]));
}

const operandsOf = (expression: unknown, operator: string): unknown[] | undefined =>
  (expression as Record<string, unknown[]> | undefined)?.[operator];

const conjunctsOf = (expression: unknown): unknown[] => operandsOf(expression, 'Fn::And')?.flatMap(conjunctsOf) ?? [expression];

function contradict(one: unknown, other: unknown): boolean {
  return denies(one, other) || denies(other, one) || differ(operandsOf(one, 'Fn::Equals'), operandsOf(other, 'Fn::Equals'));
}

function denies(one: unknown, other: unknown): boolean {
  const [denied] = operandsOf(one, 'Fn::Not') ?? [];
  return denied !== undefined && canonical(denied) === canonical(other);
}

/** Returns whether one value is said to equal two different texts. */
function differ(one: unknown[] = [], other: unknown[] = []): boolean {
  return one.some((value, index) => other.some((theirs, place) => {
    const [text, theirText] = [one[1 - index], other[1 - place]];
    return canonical(value) === canonical(theirs) && typeof text === 'string' && typeof theirText === 'string' && text !== theirText;
  }));
}
