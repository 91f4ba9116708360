import { ParameterDefinition, Template } from './assembly';
import type { ParameterStore } from '../ssm';

type Given = Readonly<Record<string, unknown>>;
type Written = Readonly<Record<string, string>>;

/** The values of a template's parameters in one deployment. */
export interface ParameterValues {
  /** As given, as they were before, or by default. */
  readonly written: Written;
  /** What `Ref` returns: lists as lists, names of Systems Manager's parameters as their values. */
  readonly resolved: Readonly<Record<string, unknown>>;
}

export const NO_PARAMETERS: ParameterValues = { written: {}, resolved: {} };

/**
 * Finds each parameter's value as `cdk deploy` does: what is given, else what the stack has (also where the default has changed
 * since), else the default. `ParameterValues` in https://github.com/aws/aws-cdk-cli,
 * `packages/@aws-cdk/toolkit-lib/lib/api/deployments/cfn-api.ts`
 */
export function parameterValues(template: Template, given: Given, previous: Written, ssm: ParameterStore): ParameterValues {
  const definitions = template.Parameters ?? {};
  const unknown = Object.keys(given).filter((name) => !(name in definitions));
  if (unknown.length > 0) throw new Error(`Parameters: [${unknown.join(', ')}] do not exist in the template`);
  const values = Object.entries(definitions).map(
    ([name, { Default }]): [string, unknown] => [name, given[name] ?? previous[name] ?? Default],
  );
  const missing = values.filter(([, value]) => value === undefined).map(([name]) => name);
  if (missing.length > 0) throw new Error(`Parameters: [${missing.join(', ')}] must have values`);
  const written = Object.fromEntries(values.map(([name, value]) => [name, String(value)]));
  for (const [name, value] of Object.entries(written)) check(name, value, definitions[name]);
  const resolved = Object.fromEntries(Object.entries(written).map(([name, value]) => [name, resolve(value, definitions[name].Type, ssm)]));
  return { written, resolved };
}

/** Types: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html */
function resolve(value: string, type: string, ssm: ParameterStore): unknown {
  const stored = /^AWS::SSM::Parameter::Value<(.+)>$/.exec(type);
  if (!stored) return isList(type) ? itemsOf(value) : value;
  const found = ssm.get(value);
  // https://github.com/aws-samples/aws-cross-account-cicd-pipeline/issues/40
  if (found === undefined) throw new Error(`Unable to fetch parameters [${value}] from parameter store for this account.`);
  return resolve(found, stored[1], ssm);
}

function isList(type: string): boolean {
  return type === 'CommaDelimitedList' || type.startsWith('List<');
}

function itemsOf(value: string): string[] {
  return value.split(',').map((item) => item.trim());
}

/** Wording: https://github.com/aws/aws-cli/issues/7750 and https://github.com/ministackorg/ministack/pull/1648 */
function check(name: string, value: string, definition: ParameterDefinition): void {
  const items = isList(definition.Type) ? itemsOf(value) : [value];
  const broken = items.map((item) => brokenConstraint(item, definition)).find((constraint) => constraint !== undefined);
  if (broken === undefined) return;
  const { ConstraintDescription: description } = definition;
  throw new Error(description ? `Parameter ${name} failed to satisfy constraint: ${description}` : `Parameter '${name}' must ${broken}`);
}

function brokenConstraint(value: string, definition: ParameterDefinition): string | undefined {
  const { Type, AllowedValues, AllowedPattern, MinLength, MaxLength, MinValue, MaxValue } = definition;
  if (AllowedValues && !AllowedValues.map(String).includes(value)) return 'be one of AllowedValues';
  if (AllowedPattern !== undefined && !new RegExp(`^(?:${AllowedPattern})$`).test(value)) return `match pattern ${AllowedPattern}`;
  if (value.length < Number(MinLength ?? 0)) return `contain at least ${MinLength} characters`;
  if (value.length > Number(MaxLength ?? Infinity)) return `contain at most ${MaxLength} characters`;
  if (!/\bNumber\b/.test(Type)) return undefined;
  if (value.trim() === '' || Number.isNaN(Number(value))) return 'be a number';
  if (Number(value) < Number(MinValue ?? -Infinity)) return `be a number not less than ${MinValue}`;
  return Number(value) > Number(MaxValue ?? Infinity) ? `be a number not greater than ${MaxValue}` : undefined;
}
