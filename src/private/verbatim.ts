import { Fn, Token, Tokenization } from 'aws-cdk-lib';
import { ENCODED } from '../contract/verbatim';

/** Neither JSON nor an EventBridge input template, which is JSON with variables in angle brackets, has a meaning of its own for these. */
const HARMLESS = /^[^"\\<>\p{Cc}]*$/u;

/**
 * A value that arrives byte for byte although it is pasted into JSON: each text that may do harm is encoded, keys too. CloudFormation has
 * no function that escapes, but one that makes base64. See `decoded()` for the other side.
 */
export function verbatim<T>(value: T): T {
  return encodedAny(value) as T;
}

function encodedAny(value: unknown): unknown {
  if (typeof value === 'string') {
    return encoded(value);
  }
  if (Array.isArray(value)) {
    // Of a list that comes when deploying not even the length is known: it can only be one text.
    return Token.isUnresolved(value) ? [encoded(Fn.join('\n', value))] : value.map(encodedAny);
  }
  return value && typeof value === 'object' && !Tokenization.isResolvable(value)
    ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [encoded(key), encodedAny(inner)]))
    : value;
}

function encoded(text: string): string {
  if (Token.isUnresolved(text)) {
    return `${ENCODED}${Fn.base64(text)}`;
  }
  return HARMLESS.test(text) && !text.startsWith(ENCODED) ? text : `${ENCODED}${Buffer.from(text, 'utf8').toString('base64')}`;
}

