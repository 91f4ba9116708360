import { CfnCondition, CfnResource, Lazy, Reference, ReferenceStrength, Stack, Tokenization } from 'aws-cdk-lib';
import { IIntermediateTableRef, IntermediateTableReference } from 'aws-cdk-lib/aws-cleanrooms';
import { IConstruct } from 'constructs';
import { identityOf } from './table';
import type { TableIdentifiers } from '../contract/definition';

/** By the stack that refers and the token of what it refers to: CDK keeps in each such reference what it has become. */
const references = new WeakMap<Stack, Map<string, string>>();

/**
 * Returns a reference that does not hold on to what it refers to, where that is in another stack: a strong one keeps a table from being
 * replaced, and a stack from being deleted, as long as somebody reads it.
 */
export function weak(scope: IConstruct, value: string): string {
  const stack = Stack.of(scope);
  const reference = Tokenization.reverse(value, { failConcat: false });
  if (!reference || !Reference.isReference(reference) || Stack.of(reference.target) === stack) {
    return value;
  }
  const ofStack = references.get(stack) ?? new Map<string, string>();
  references.set(stack, ofStack);
  const known = ofStack.get(value) ?? Stack.consumeReference(value, ReferenceStrength.WEAK);
  ofStack.set(value, known);
  return known;
}

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

/** Returns what tells one expression from another where neither's value is known: the same for equal ones of one stack. */
export function expressionOf(scope: IConstruct, value: string): unknown {
  const stack = Stack.of(scope);
  // Two stacks may have one logical id.
  const elsewhere = Tokenization.reverseString(value).tokens
    .filter((token) => Reference.isReference(token)).map(({ target }) => Stack.of(target)).filter((other) => other !== stack);
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
