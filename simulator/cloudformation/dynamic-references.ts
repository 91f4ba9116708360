import type { EffectiveTemplate } from './evaluation';
import { ResourceFailure } from './stack';
import { isCustom } from './types';
import type { ParameterStore } from '../ssm';

/** Where values come from. */
export interface ReferenceSources {
  readonly ssm: ParameterStore;
  /** Texts of secrets, by name. */
  readonly secrets: ReadonlyMap<string, string>;
}

const REFERENCE = /\{\{resolve:(ssm|ssm-secure|secretsmanager):([^{}]+)\}\}/g;
const MOST_IN_A_TEMPLATE = 60;

/**
 * Fills in the dynamic references of a resource's properties, in which there are no intrinsic functions any more: those have seen
 * the text of the reference (https://github.com/aws-cloudformation/cfn-lint/issues/2181). In custom resources, secure values are
 * not filled in: the text goes to the function as it is (https://github.com/mixja/cfn-lambda-handler/issues/4 and
 * https://github.com/cloudcomponents/cdk-constructs/issues/84).
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html
 */
export function fillIn(value: unknown, type: string, sources: ReferenceSources): unknown {
  if (Array.isArray(value)) return value.map((item) => fillIn(item, type, sources));
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, fillIn(inner, type, sources)]));
  }
  if (typeof value !== 'string') return value;
  return value.replace(REFERENCE, (text, service: string, what: string) => {
    if (service === 'ssm') return parameter(what, sources.ssm);
    return service === 'secretsmanager' && !isCustom(type) ? secret(what, sources.secrets) : text;
  });
}

/** `name` or `name:version`. */
function parameter(what: string, ssm: ParameterStore): string {
  const [name, version] = what.split(':');
  const value = ssm.get(name, version === undefined ? undefined : Number(version));
  // https://github.com/aws-samples/data-mesh-datazone-cdk-cloudformation/issues/19
  if (value === undefined) throw new ResourceFailure(`Parameters: [ssm:${what}] cannot be found.`);
  return value;
}

/** `secret-id:SecretString:json-key:version-stage:version-id`, all but the first optional; the id is a name or an ARN. */
function secret(what: string, secrets: ReadonlyMap<string, string>): string {
  const [id] = /^(arn:[^:]*:secretsmanager:[^:]*:[^:]*:secret:)?[^:]*/.exec(what)!;
  const [, , key = '', stage = '', version = ''] = what.slice(id.length).split(':');
  if (version !== '' || !['', 'AWSCURRENT'].includes(stage)) {
    throw new ResourceFailure(`The simulator keeps only the current version of a secret: ${what}`);
  }
  const name = id.replace(/^arn:.*:secret:/, '');
  const text = secrets.get(name) ?? secrets.get(name.replace(/-[0-9A-Za-z]{6}$/, ''));
  if (text === undefined) throw new ResourceFailure("Secrets Manager can't find the specified secret.");
  if (key === '') return text;
  const value = (JSON.parse(text) as Record<string, unknown>)[key];
  if (value === undefined) throw new ResourceFailure('Could not find a value associated with JSONKey in SecretString');
  return String(value);
}

/** Refuses what CloudFormation refuses before it begins. */
export function rejectReferences({ Resources }: EffectiveTemplate, { ssm }: ReferenceSources): void {
  const found = Object.values(Resources).flatMap(({ Type: type, Properties }) =>
    written(Properties, `${type}/Properties`).map((reference) => ({ ...reference, type })));
  if (found.length > MOST_IN_A_TEMPLATE) {
    throw new Error(`Template error: ${found.length} dynamic references; a template may have ${MOST_IN_A_TEMPLATE}.`);
  }
  // Types that do support them are none that the simulator plays: https://github.com/aws/aws-cdk/issues/11858
  const secure = found.filter(({ service, type }) => service === 'ssm-secure' && !isCustom(type)).map(({ path }) => path);
  if (secure.length > 0) throw new Error(`SSM Secure reference is not supported in: [${secure.join(',')}]`);
  found.filter(({ service }) => service === 'ssm').forEach(({ what }) => parameter(what, ssm));
}

interface Written {
  readonly service: string;
  readonly what: string;
  readonly path: string;
}

/** References that are there before any function is evaluated. A list ends the path: https://github.com/aws/aws-cdk/issues/24904 */
function written(value: unknown, path: string, ended = false): Written[] {
  if (typeof value === 'string') return [...value.matchAll(REFERENCE)].map(([, service, what]) => ({ service, what, path }));
  if (Array.isArray(value)) return value.flatMap((item) => written(item, path, true));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    // What is encoded is no reference any more.
    if (key === 'Fn::Base64') return [];
    return written(inner, ended || key.startsWith('Fn::') ? path : `${path}/${key}`, ended);
  });
}
