import { Token } from 'aws-cdk-lib';

/** Whether something can be said of the value at synthesis. */
export const known = (value: unknown): boolean => !Token.isUnresolved(value);

export function problem(path: string, prop: string, value: unknown, remedy: string): never {
  // JSON has no NaN.
  throw new Error(`${path}: ${prop} is ${typeof value === 'number' ? value : JSON.stringify(value)}. ${remedy}`);
}
