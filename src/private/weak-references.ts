import { IResolvable, Reference, ReferenceStrength, Stack, StringConcat, Token, Tokenization } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';
import { referenceOf } from './tokens-in';

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
  if (Stack.of(reference.target) === stack) {
    return reference;
  }
  const ofStack = tokens.get(stack) ?? new Map<Reference, IResolvable>();
  const known = ofStack.get(reference) ?? weakened(reference);
  tokens.set(stack, ofStack.set(reference, known));
  return known;
}

const weakened = (reference: Reference): IResolvable =>
  Tokenization.reverseCompleteString(Stack.consumeReference(Token.asString(reference), ReferenceStrength.WEAK))!;
