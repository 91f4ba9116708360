/** The longest that a value gets which is only known when deploying: a pseudo parameter, or an ARN of a table. */
const PSEUDO_PARAMETER = 14;
const OTHER = 150;

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
    return longestSize((argument as unknown[])[1]);
  }
  if (intrinsic === 'Ref' || intrinsic.startsWith('Fn::')) {
    return String(argument).startsWith('AWS::') ? PSEUDO_PARAMETER : OTHER;
  }
  return Object.entries(fragment).reduce((total, [key, value]) => total + key.length + longestSize(value) + 4, 2);
}
