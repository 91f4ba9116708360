import { Token } from 'aws-cdk-lib';

/** Whether something can be said of the value at synthesis. */
export const known = (value: unknown): boolean => !Token.isUnresolved(value);

/** Everything that fails at synthesis does so here: what names the construct's path, what is wrong with it, and what to do. */
export function fail(path: string, fault: string, remedy: string): never {
  throw new Error(`${path}: ${fault}. ${remedy}`);
}

/** A property has a value that it must not have. */
export const problem = (path: string, prop: string, value: unknown, remedy: string): never => fail(path, `${prop} is ${shown(value)}`, remedy);

/** JSON has no NaN, and no word for what is missing. */
const shown = (value: unknown): string => (typeof value === 'number' || value === undefined ? String(value) : JSON.stringify(value));
