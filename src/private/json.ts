import { Token, Tokenization } from 'aws-cdk-lib';

/**
 * JSON of what has tokens in it, each of which has to be a text that is harmless in JSON, or a number: see `verbatim()`. Unlike CDK's own
 * `toJsonString()` it leaves alone what stands within a token, such as what is to be made base64 of.
 */
export function tokenJson(value: unknown): string {
  const json = JSON.stringify(value, (_key, inner: unknown) => (typeof inner === 'number' && Token.isUnresolved(inner)
    ? `${NUMBER}${Tokenization.stringifyNumber(inner)}` : inner));
  return json.replace(NUMBERS, '$1');
}

const NUMBER = 'number:';
const NUMBERS = /"number:(\$\{Token\[[^\]]*\]\})"/g;
