/** What is known only when deploying. No text of a template has this character. */
const UNKNOWN = '\u0000';

/**
 * Returns a resolved value without how it is expressed: texts that are joined are one text, and what is known only when deploying is one and
 * the same, whatever refers to it. A logical id, an export and CDK's ways of referring change while the value that they stand for stays.
 */
export function knownValues(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(knownValues);
  }
  if (typeof value !== 'object' || value === null) {
    return value;
  }
  const [[name, argument] = [], ...more] = Object.entries(value) as [string, unknown][];
  return name !== undefined && more.length === 0 && isIntrinsic(name)
    ? valueOfIntrinsic(name, argument)
    : Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, knownValues(inner)]));
}

/** Returns whether the query, or what else it is, may be another one although the template stays the same. */
export function hasUnknown(value: unknown): boolean {
  const json = JSON.stringify(knownValues(value)) ?? '';
  return json.includes(JSON.stringify(UNKNOWN).slice(1, -1)) || json.includes('{{resolve:');
}

const isIntrinsic = (name: string): boolean => name === 'Ref' || name.startsWith('Fn::');

function valueOfIntrinsic(name: string, argument: unknown): unknown {
  switch (name) {
    case 'Ref': return argument === 'AWS::NoValue' ? undefined : UNKNOWN;
    case 'Fn::Join': return joined(...argument as [string, unknown]);
    case 'Fn::Sub': return Array.isArray(argument) ? substituted(...argument as [string, Record<string, unknown>]) : substituted(argument as string);
    case 'Fn::If': return [UNKNOWN, ...(argument as unknown[]).slice(1).map(knownValues)];
    default: return UNKNOWN;
  }
}

function joined(delimiter: string, list: unknown): unknown {
  const parts = knownValues(list);
  return Array.isArray(parts) && parts.every((part) => typeof part === 'string') ? parts.join(delimiter) : [delimiter, parts];
}

function substituted(text: string, variables: Record<string, unknown> = {}): string {
  return text.replace(/\$\{([^!}]+)\}/g, (_, name: string) => {
    const value = knownValues(variables[name.trim()]);
    return value === undefined ? UNKNOWN : typeof value === 'string' ? value : JSON.stringify(value);
  });
}
