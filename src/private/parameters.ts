import { Stack } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';
import { MAX_PARAMETERS_BYTES } from '../contract/custom-resource';

/** What can be said of all that a user gives once everything is known: of values that are known only when deploying, still nothing. */

/** Returns what is wrong with the texts that a population is given, by the names that users know them by. */
export function faultsIn(scope: IConstruct, given: Readonly<Record<string, unknown>>): string[] {
  return leavesOf(Stack.of(scope).resolve(given)).filter(([, text]) => UNFILLED.test(text)).map(([prop, text]) =>
    `${scope.node.path}: ${prop} is ${JSON.stringify(text)}. CloudFormation does not fill this in for custom resources, and it would be no secret: `
    + 'parameters stand in the template and on record. Give another value, or one by StringParameter.valueForStringParameter().');
}

/** Dynamic references that CloudFormation leaves as they are: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html */
const UNFILLED = /\{\{resolve:(secretsmanager|ssm-secure)/;

/** Returns what is wrong with the size of a population's parameters, those of its schedules included. */
export function faultsOfSize(scope: IConstruct, lists: readonly unknown[]): string[] {
  const bytes = lists.filter((list) => list !== undefined)
    .reduce<number>((total, list) => total + Buffer.byteLength(JSON.stringify(Stack.of(scope).resolve(list), withoutIntrinsics)), 0);
  return bytes <= MAX_PARAMETERS_BYTES ? [] : [
    `${scope.node.path}: the size of parameters, those of schedules included, is ${bytes} bytes. `
    + `Give at most ${MAX_PARAMETERS_BYTES}: they are kept on record. Let the stored query read more from a table.`];
}

/** What is known only when deploying does not count. */
const withoutIntrinsics = (_key: string, value: unknown): unknown =>
  (value && typeof value === 'object' && !Array.isArray(value) && Object.keys(value).some((key) => key === 'Ref' || key.startsWith('Fn::')) ? '' : value);

type Leaf = readonly [prop: string, text: string];

function leavesOf(value: unknown, prop = ''): Leaf[] {
  if (typeof value === 'string') {
    return [[prop, value]];
  }
  if (typeof value !== 'object' || value === null) {
    return [];
  }
  return Object.entries(value).flatMap(([key, inner]) => leavesOf(inner, key.startsWith('Fn::') ? prop : [prop, key].filter(Boolean).join('.')));
}
