import { Stack } from './stack';

type Values = Readonly<Record<string, string>>;

/**
 * What the stacks of one account and region export to each other. An export has one owner, and stays as it is while another
 * stack imports it.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-importvalue.html
 */
export class Exports {
  constructor(private readonly stacks: () => Stack[]) {}

  values(): Values {
    return Object.assign({}, ...this.stacks().map((stack) => stack.exports)) as Values;
  }

  /**
   * Says why a stack cannot have these exports from now on. CloudFormation finds out at the end of an update, when all
   * resources have been updated: https://github.com/linz/geostore/issues/630
   */
  refusalOf(stack: Stack, exports: Values): string | undefined {
    for (const [name, importers] of this.importedFrom(stack)) {
      if (exports[name] !== stack.exports[name]) {
        return `Export ${name} cannot be ${name in exports ? 'updated' : 'deleted'} as it is in use by ${importers}`;
      }
    }
    for (const name of Object.keys(exports)) {
      // https://github.com/aws-amplify/amplify-cli/issues/1581
      const owner = this.others(stack).find((other) => name in other.exports);
      if (owner) return `Export with name ${name} is already exported by stack ${owner.name}`;
    }
    return undefined;
  }

  /** Says why a stack cannot be deleted, in the words of https://repost.aws/articles/ARrtwG71pqTYi3bGme27_3bg */
  refusalToDelete(stack: Stack): string | undefined {
    const [imported] = this.importedFrom(stack);
    return imported && `Delete canceled. Cannot delete export ${imported[0]} as it is in use by ${imported[1]}.`;
  }

  /** The stack's exports that are imported, each with who does. */
  private importedFrom(stack: Stack): [string, string][] {
    return Object.keys(stack.exports).flatMap((name): [string, string][] => {
      const importers = this.others(stack).filter(({ imports }) => imports.has(name));
      return importers.length > 0 ? [[name, importers.map((importer) => importer.name).join(' and ')]] : [];
    });
  }

  private others(stack: Stack): Stack[] {
    return this.stacks().filter((other) => other !== stack);
  }
}
