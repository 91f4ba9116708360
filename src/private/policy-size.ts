/** The longest that values get which are only known when deploying: pseudo parameters, names of state machines, and ARNs of tables. */
const PSEUDO_PARAMETER = 14;
const NAME = 80;
const ARN = 152;

/** The most characters, white space aside, that a resolved piece of a template can take as the JSON that IAM counts. */
export function longestSize(fragment: unknown): number {
  if (typeof fragment !== 'object' || fragment === null) {
    return JSON.stringify(fragment).length;
  }
  if (Array.isArray(fragment)) {
    return fragment.reduce<number>((total, item) => total + longestSize(item) + 1, 2);
  }
  const [[intrinsic, argument] = ['', undefined]] = Object.entries(fragment);
  if (intrinsic === 'Fn::Join') {
    const [, parts] = argument as [string, unknown[]];
    return parts.reduce<number>((total, part) => total + (typeof part === 'string' ? part.length : longestSize(part)), 2);
  }
  if (intrinsic === 'Ref' || intrinsic.startsWith('Fn::')) {
    return longestValue(argument);
  }
  return Object.entries(fragment).reduce((total, [key, value]) => total + key.length + longestSize(value) + 4, 2);
}

/** Of what an intrinsic refers to, quotes included. */
function longestValue(referred: unknown): number {
  if (String(referred).startsWith('AWS::')) {
    return PSEUDO_PARAMETER;
  }
  return Array.isArray(referred) && referred[1] === 'Name' ? NAME : ARN;
}
