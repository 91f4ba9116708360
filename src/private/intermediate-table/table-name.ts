import { createHash } from 'crypto';
import { CfnResource, IResolvable, IResolveContext, Lazy, Stack, Token, Tokenization } from 'aws-cdk-lib';
import { CfnAnalysisTemplate, IAnalysisTemplateRef } from 'aws-cdk-lib/aws-cleanrooms';
import { IConstruct } from 'constructs';
import { known } from '../problem';

const LONGEST_NAME = 100;
const HASH_LENGTH = 8;

/** A table's name as it will be in the template, whoever gave it. SQL that has it tells which table it reads. */
export class TableName implements IResolvable {
  public readonly creationStack = [];

  constructor(public readonly table: IConstruct, public readonly resource: CfnResource, public readonly isVersioned: boolean) {}

  public resolve(_context: IResolveContext): unknown {
    return propertiesOf(this.resource).Name;
  }

  public toString(): string {
    return Token.asString(this);
  }
}

export const tablesNamedIn = (text: string | undefined): TableName[] =>
  [...new Set(text === undefined ? [] : Tokenization.reverseString(text).tokens)].filter((token) => token instanceof TableName);

/**
 * The name and a hash of what replaces the table: CloudFormation makes the new table before it deletes the old one, and in a
 * collaboration a name is used once. Never change what goes into the hash: an upgrade of this library would replace all tables.
 */
export function versionedName(name: string, resource: () => CfnResource, template?: IAnalysisTemplateRef): string {
  let hashing = false;
  return Lazy.uncachedString({
    produce: () => {
      // The hash is of the table's properties, of which the name is one.
      if (hashing) {
        return name;
      }
      hashing = true;
      try {
        const { Name, MembershipIdentifier, PopulationAnalysisConfiguration } = rendered(resource());
        const hash = hashOf({ Name, MembershipIdentifier, PopulationAnalysisConfiguration, Template: replacingProperties(template) });
        return `${shortened(name)}_${hash}`;
      } finally {
        hashing = false;
      }
    },
  });
}

let seen: Map<CfnResource, Record<string, unknown>> | undefined;

/**
 * As they will be in the template: overrides and what aspects have done are in it.
 *
 * Nothing changes while a name is worked out, which takes the names of all tables upstream: each is looked at once.
 */
export function propertiesOf(resource: CfnResource): Record<string, unknown> {
  if (!seen) {
    seen = new Map();
    try {
      return propertiesOf(resource);
    } finally {
      seen = undefined;
    }
  }
  const properties = seen.get(resource) ?? rendered(resource);
  seen.set(resource, properties);
  return properties;
}

function rendered(resource: CfnResource): Record<string, unknown> {
  const { Resources } = Stack.of(resource).resolve(resource._toCloudFormation());
  return (Object.values(Resources)[0] as { Properties?: Record<string, unknown> }).Properties ?? {};
}

/** Of a template of this app, whose ARN does not tell that CloudFormation is going to replace it. */
function replacingProperties(template?: IAnalysisTemplateRef): object | undefined {
  if (!CfnAnalysisTemplate.isCfnAnalysisTemplate(template)) {
    return undefined;
  }
  const { Description, Tags, ...replacing } = propertiesOf(template);
  return replacing;
}

const hashOf = (value: object): string => createHash('sha256').update(canonical(value)).digest('hex').slice(0, HASH_LENGTH);

/** JSON with sorted keys and nothing undefined: languages hand over maps in orders of their own. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner) => (inner && typeof inner === 'object' && !Array.isArray(inner)
    ? Object.fromEntries(Object.entries(inner).sort(([one], [other]) => (one < other ? -1 : 1)))
    : inner));
}

/** So much of the name that the hash has room, without half a character at the end. */
const shortened = (name: string): string =>
  (known(name) ? name.slice(0, LONGEST_NAME - HASH_LENGTH - 1).replace(/[\uD800-\uDBFF]$/, '') : name);
