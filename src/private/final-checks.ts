import { CfnResource, Stack } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';
import { nameValues, type Texts } from './custom-resource-properties';
import { MAX_PARAMETERS_BYTES } from '../contract/custom-resource';
import type { IntermediateTablePopulationProps } from '../population-props';

/** What can be said of a population once everything is known: of values that are known only when deploying, still nothing. */

export interface Checked {
  readonly scope: IConstruct;
  readonly props: IntermediateTablePopulationProps;
  readonly schedules: ReadonlyMap<string, Texts | undefined>;
  /** Its custom resource. */
  readonly resource: CfnResource;
}

/** Returns what is wrong with a population, each in words that name its construct. */
export const finalFaults = (population: Checked): string[] =>
  [...unfilledIn(population), ...oversizeOf(population), ...leftUnder(population)].map((fault) => `${population.scope.node.path}: ${fault}`);

/** Dynamic references that CloudFormation leaves as they are: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html */
const UNFILLED = /\{\{resolve:(secretsmanager|ssm-secure):/;

function unfilledIn({ scope, props, schedules }: Checked): string[] {
  const { parameters, compute, analysisPayerAccountId, triggers } = props;
  const { sparkProperties } = compute ?? {};
  const given = { parameters, compute: { sparkProperties }, analysisPayerAccountId, triggers, schedules: Object.fromEntries(schedules) };
  return leavesOf(Stack.of(scope).resolve(given)).filter(([, text]) => UNFILLED.test(text)).map(([prop, text]) =>
    `${prop} is ${JSON.stringify(text)}. CloudFormation does not fill this in for custom resources, and there it would be no secret. `
    + 'Give a plain value, or one by StringParameter.valueForStringParameter().');
}

type Leaf = readonly [prop: string, text: string];

/** Returns the texts within a resolved value, by the names of their properties: those of intrinsic functions are in none of their own. */
function leavesOf(value: unknown, prop = ''): Leaf[] {
  if (typeof value === 'string') {
    return [[prop, value]];
  }
  if (typeof value !== 'object' || value === null) {
    return [];
  }
  return Object.entries(value).flatMap(([key, inner]) =>
    leavesOf(inner, Array.isArray(value) || key.startsWith('Fn::') ? prop : [prop, key].filter(Boolean).join('.')));
}

function oversizeOf({ scope, props, schedules }: Checked): string[] {
  const bytes = [props.parameters, ...schedules.values()].map((parameters) => nameValues(parameters)).filter(Boolean)
    .reduce((total, list) => total + Buffer.byteLength(JSON.stringify(Stack.of(scope).resolve(list), withoutIntrinsics)), 0);
  return bytes <= MAX_PARAMETERS_BYTES ? [] : [
    `the size of parameters, those of schedules included, is ${bytes} bytes. Give at most ${MAX_PARAMETERS_BYTES}, which the record can hold: `
    + 'let the stored query read the rest from a table.',
  ];
}

/** What is known only when deploying does not count. */
const withoutIntrinsics = (_key: string, value: unknown): unknown =>
  (value && typeof value === 'object' && Object.keys(value).some((key) => key === 'Ref' || key.startsWith('Fn::')) ? '' : value);

/** Where the table's condition is false, whatever refers to it makes the whole template invalid. */
function leftUnder({ props: { intermediateTable: table }, resource }: Checked): string[] {
  const condition = CfnResource.isCfnResource(table) ? table.cfnOptions.condition : undefined;
  const holder = condition && holderIn(Stack.of(table), resource);
  return holder && !holder.cfnOptions.condition ? [
    `its table ${table.node.path} has the condition ${condition.node.id}, and ${holder === resource ? 'the population' : holder.node.path} has none. `
    + 'Give the condition to all resources of the population, too, as by an Aspect on it, or to the nested stack that it is in.',
  ] : [];
}

/** Returns what a stack has of a resource: itself, or the nested stack that it is in, directly or not. */
function holderIn(stack: Stack, resource?: CfnResource): CfnResource | undefined {
  return !resource || resource.stack === stack ? resource : holderIn(stack, resource.stack.nestedStackResource as CfnResource | undefined);
}
