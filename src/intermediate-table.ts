import { Arn, ArnFormat, Fn, Resource, Stack, Token } from 'aws-cdk-lib';
import { IIntermediateTableRef, IntermediateTableReference } from 'aws-cdk-lib/aws-cleanrooms';
import { Construct } from 'constructs';
import { requireIdentifier, requireTableArn } from './private/validation';

/**
 * What identifies an intermediate table of this account and region.
 */
export interface IntermediateTableIdentifiers {
  /**
   * The identifier of the membership that the table belongs to: a UUID.
   */
  readonly membershipIdentifier: string;

  /**
   * The identifier of the table: a UUID.
   */
  readonly intermediateTableIdentifier: string;
}

/**
 * References to intermediate tables that this app does not define. A table that it does define, a `CfnIntermediateTable`,
 * is such a reference itself.
 */
export class IntermediateTable {
  /**
   * Refers to a table of the stack's account and region by its identifiers.
   *
   * @throws if an identifier is neither a UUID nor a token
   */
  public static fromIdentifiers(scope: Construct, id: string, identifiers: IntermediateTableIdentifiers): IIntermediateTableRef {
    const { membershipIdentifier, intermediateTableIdentifier } = identifiers;
    requireIdentifier(scope, id, 'membershipIdentifier', membershipIdentifier);
    requireIdentifier(scope, id, 'intermediateTableIdentifier', intermediateTableIdentifier);
    const intermediateTableArn = Stack.of(scope).formatArn({
      service: 'cleanrooms',
      resource: 'membership',
      resourceName: `${membershipIdentifier}/intermediatetable/${intermediateTableIdentifier}`,
    });
    return new ImportedTable(scope, id, { membershipIdentifier, intermediateTableIdentifier, intermediateTableArn });
  }

  /**
   * Refers to a table by its ARN, `arn:aws:cleanrooms:REGION:ACCOUNT:membership/MEMBERSHIP/intermediatetable/TABLE`.
   *
   * @throws if the ARN is neither of this form nor a token
   */
  public static fromArn(scope: Construct, id: string, arn: string): IIntermediateTableRef {
    requireTableArn(scope, id, arn);
    const resource = Arn.split(arn, ArnFormat.SLASH_RESOURCE_NAME).resourceName!;
    const [membershipIdentifier, , intermediateTableIdentifier] = Token.isUnresolved(resource) ? partsOf(arn) : resource.split('/');
    return new ImportedTable(scope, id, { membershipIdentifier, intermediateTableIdentifier, intermediateTableArn: arn }, arn);
  }

  private constructor() {}
}

/** The parts of an ARN that is only known when deploying. */
function partsOf(arn: string): string[] {
  return [1, 2, 3].map((index) => Fn.select(index, Fn.split('/', arn)));
}

class ImportedTable extends Resource {
  public readonly intermediateTableRef: IntermediateTableReference;

  constructor(scope: Construct, id: string, reference: IntermediateTableReference, environmentFromArn?: string) {
    super(scope, id, { environmentFromArn });
    this.intermediateTableRef = reference;
  }
}
