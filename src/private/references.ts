import {
  CfnCondition, CfnOutput, CfnResource, IResolvable, Lazy, Reference, ReferenceStrength, Stack, StringConcat, Token, Tokenization,
} from 'aws-cdk-lib';
import { IIntermediateTableRef, IntermediateTableReference } from 'aws-cdk-lib/aws-cleanrooms';
import { IConstruct } from 'constructs';
import { identityOf, replacingProperties } from './table';
import { referenceOf } from './tokens-in';
import type { TableIdentifiers } from '../contract/definition';
import { canonical, hash } from '../contract/hashing';

/** The tokens of each stack that reads: CDK keeps in such a token what it is for that stack, and has to find the same one again. */
const tokens = new WeakMap<Stack, Map<Reference, IResolvable>>();

/**
 * Returns the value as the scope's stack may read it: as a weak reference if another stack has the resource. What an export says cannot change
 * while another stack imports it, and so nothing could be replaced that it refers to.
 */
export const weak = (scope: IConstruct, value: string): string =>
  Tokenization.reverseString(value).mapTokens({ mapToken: (token) => weakToken(Stack.of(scope), token) }).join(new StringConcat()) as string;

function weakToken(stack: Stack, token: IResolvable): IResolvable {
  const reference = referenceOf(token);
  if (!reference) {
    return token;
  }
  // Within a top stack nested ones have parameters and outputs, which nothing holds on to.
  if (topOf(Stack.of(reference.target)) === topOf(stack)) {
    return reference;
  }
  const ofStack = tokens.get(stack) ?? new Map<Reference, IResolvable>();
  const known = ofStack.get(reference) ?? weakened(outOfNested(reference));
  tokens.set(stack, ofStack.set(reference, known));
  return known;
}

const weakened = (reference: Reference): IResolvable =>
  Tokenization.reverseCompleteString(Stack.consumeReference(Token.asString(reference), ReferenceStrength.WEAK))!;

/** Returns a reference by the top stack of the resource's own: CDK exports what it takes out of a nested stack, however it is referred to. */
function outOfNested(reference: Reference): Reference {
  const stack = Stack.of(reference.target);
  if (!stack.nestedStackResource) {
    return reference;
  }
  const id = `Weak${hash(canonical(stack.resolve(reference)), 8)}`;
  const output = stack.node.tryFindChild(id) as CfnOutput | undefined ?? new CfnOutput(stack, id, { value: Token.asString(reference) });
  return outOfNested((stack.nestedStackResource as CfnResource).getAtt(`Outputs.${output.logicalId}`));
}

const topOf = (stack: Stack): Stack => (stack.nestedStackParent ? topOf(stack.nestedStackParent) : stack);

/** Returns a table's identity as a construct of any stack may refer to it. */
export function identityIn(scope: IConstruct, table: IIntermediateTableRef): IntermediateTableReference {
  const { membershipIdentifier, intermediateTableIdentifier, intermediateTableArn } = identityOf(table);
  return {
    membershipIdentifier: weak(scope, membershipIdentifier),
    intermediateTableIdentifier: weak(scope, intermediateTableIdentifier),
    intermediateTableArn: weak(scope, intermediateTableArn),
  };
}

/** Returns the same where it is too early to say: the table's properties may be set until the template is written. */
export const lazyIdentityIn = (scope: IConstruct, table: IIntermediateTableRef): TableIdentifiers => ({
  membershipIdentifier: Lazy.string({ produce: () => identityIn(scope, table).membershipIdentifier }),
  intermediateTableIdentifier: Lazy.string({ produce: () => identityIn(scope, table).intermediateTableIdentifier }),
});

/**
 * Makes the template of a resource change when CloudFormation replaces the table of another stack that it refers to: a weak reference has
 * the same text as before, and a stack whose template has not changed is not updated.
 */
export function followTable({ node }: IConstruct, table: IIntermediateTableRef): void {
  const resource = node.defaultChild as CfnResource;
  if (CfnResource.isCfnResource(table) && table.stack !== resource.stack) {
    const replacing = Lazy.string({ produce: () => hash(canonical(replacingProperties(table)), 16) });
    resource.addMetadata('cdk-cleanrooms-intermediate-table:table', replacing);
  }
}

/** Returns what tells one expression from another where neither's value is known: the same for equal ones of one stack. */
export function expressionOf(scope: IConstruct, value: string): unknown {
  const stack = Stack.of(scope);
  // Two stacks may have one logical id.
  const elsewhere = Tokenization.reverseString(value).tokens
    .map(referenceOf).flatMap((reference) => (reference ? [Stack.of(reference.target)] : [])).filter((other) => other !== stack);
  return [stack.resolve(value), ...elsewhere.map(({ node }) => node.addr)];
}

/** Returns the condition under which what a value refers to is there, if it is of the scope's stack and has one. */
export function conditionOf(scope: IConstruct, value: string): CfnCondition | undefined {
  const stack = Stack.of(scope);
  const ids = logicalIdsIn(stack.resolve(value));
  return ids.size === 0 ? undefined : stack.node.findAll()
    .filter((child): child is CfnResource => CfnResource.isCfnResource(child) && child.stack === stack)
    .find((resource) => resource.cfnOptions.condition && ids.has(stack.resolve(resource.logicalId)))?.cfnOptions.condition;
}

/** Returns the logical ids in the intrinsics of a resolved value. */
function logicalIdsIn(value: unknown): Set<string> {
  if (typeof value !== 'object' || value === null) {
    return new Set();
  }
  return new Set(Object.entries(value).flatMap(([key, inner]) => {
    switch (key) {
      case 'Ref': return [inner as string];
      case 'Fn::GetAtt': return [Array.isArray(inner) ? inner[0] as string : String(inner).split('.')[0]];
      case 'Fn::Sub': return [...String(Array.isArray(inner) ? inner[0] : inner).matchAll(/\$\{(\w+)/g)].map(([, id]) => id);
      default: return [...logicalIdsIn(inner)];
    }
  }));
}
