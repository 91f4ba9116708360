/**
 * Values that users give are pasted into JSON texts, by CloudFormation and by EventBridge, neither of which escapes them: a quotation mark
 * would end the string that it stands in. What is not harmless as it is goes in base64, behind this prefix.
 */
export const ENCODED = 'base64:';

/**
 * What was given, byte for byte: the keys and values that are encoded, at any depth. Not to be done twice, since what comes out may begin
 * with the prefix: who hands the value on hands on what came in.
 */
export function decoded<T>(value: T): T {
  return decodedAny(value) as T;
}

function decodedAny(value: unknown): unknown {
  if (typeof value === 'string') {
    return value.startsWith(ENCODED) ? Buffer.from(value.slice(ENCODED.length), 'base64').toString('utf8') : value;
  }
  if (Array.isArray(value)) {
    return value.map(decodedAny);
  }
  return value && typeof value === 'object'
    ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [decodedAny(key), decodedAny(inner)]))
    : value;
}
