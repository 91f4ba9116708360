import { CfnResource, IResolvable, IResolveContext, Lazy, Stack, Token } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';
import { finalProperties } from '../final-properties';
import { fail, known } from '../problem';
import { replacementHash } from './replacement';

const LONGEST_NAME = 100;
const HASH_LENGTH = 8;

/** Stands for a table's name as the template is going to have it, whoever gives it. SQL that has it tells which table it reads. */
export class TableName implements IResolvable {
  public readonly creationStack = [];

  constructor(public readonly table: IConstruct, public readonly resource: CfnResource, public readonly isVersioned: boolean) {}

  public resolve({ scope, documentPath }: IResolveContext): unknown {
    if (names && decidesNothing(documentPath)) {
      return '';
    }
    const name = atOnce(() => nameOf(this.resource));
    // A parameter is another one, or none, in another stack, and the stack's own name is another one.
    if (typeof name !== 'string' && Stack.of(scope) !== Stack.of(this.resource)) {
      const fault = `tableName of ${this.table.node.path} is ${JSON.stringify(name)}, which has a meaning in the stack of that table only`;
      fail(scope.node.path, fault, 'Give that table a name that is known at synthesis, or put both into one stack.');
    }
    return name;
  }

  public toString(): string {
    return Token.asString(this);
  }
}

/** The names that have been worked out already, while something is that takes more than one. */
let names: Map<CfnResource, unknown> | undefined;

/** Works something out by the template as it is now: nothing changes meanwhile, so that each table's name is worked out once. */
export function atOnce<T>(work: () => T): T {
  if (names) {
    return work();
  }
  names = new Map();
  try {
    return work();
  } finally {
    names = undefined;
  }
}

function nameOf(resource: CfnResource): unknown {
  if (!names!.has(resource)) {
    names!.set(resource, finalProperties(resource).Name);
  }
  return names!.get(resource);
}

/** Returns whether no table's name depends on what stands there: a table's own tags may have its name. */
const decidesNothing = ([,, section, property]: string[]): boolean =>
  section !== undefined && (section !== 'Properties' || /^(tags|description)$/i.test(property));

/**
 * Returns the name with a hash of what replaces the table: CloudFormation makes the new one before it deletes the old one, and in a collaboration
 * a name is used once.
 */
export function versionedName(name: string, resource: () => CfnResource): string {
  let isHashing = false;
  return Lazy.uncachedString({
    produce: () => {
      // The hash is of the table's properties, of which the name is one.
      if (isHashing) {
        return name;
      }
      isHashing = true;
      try {
        return `${shortened(name)}_${atOnce(() => replacementHash(resource(), HASH_LENGTH))}`;
      } finally {
        isHashing = false;
      }
    },
  });
}

/** Cuts off what the hash leaves no room for, without half a character at the end. */
const shortened = (name: string): string =>
  (known(name) ? name.slice(0, LONGEST_NAME - HASH_LENGTH - 1).replace(/[\uD800-\uDBFF]$/, '') : name);
