import { Arn, ArnFormat, aws_cleanrooms as cleanrooms, aws_iam as iam, Fn, IResource, Resource, Stack, Token } from 'aws-cdk-lib';
import { IIntermediateTableRef, IntermediateTableReference } from 'aws-cdk-lib/aws-cleanrooms';
import { Construct } from 'constructs';
import { IntermediateTablePopulation } from './intermediate-table-population';
import { IntermediateTableAttributes, IntermediateTableProps } from './intermediate-table-props';
import { IntermediateTablePopulationOptions } from './population-props';
import { analysisRulesOf } from './private/intermediate-table/analysis-rules';
import { namesakesOf, orderAfterTablesRead, warnOfFixedName, warnOfUnseenValues } from './private/intermediate-table/neighbours';
import { grantQueryOf } from './private/intermediate-table/query-grant';
import { membershipIdentifierOf } from './private/intermediate-table/references';
import { TableName, versionedName } from './private/intermediate-table/table-name';
import { bindQuery, validateTableProps } from './private/intermediate-table/validation';
import { requireIdentifier, requireTableArn } from './private/validation';
import { weak } from './private/weak-references';

/**
 * An intermediate table, of this app or of another one.
 */
export interface IIntermediateTable extends IResource, IIntermediateTableRef {
  /**
   * The table's ARN.
   *
   * @attribute
   */
  readonly intermediateTableArn: string;

  /**
   * The table's identifier: a UUID.
   *
   * @attribute
   */
  readonly intermediateTableIdentifier: string;

  /**
   * The identifier of the membership that the table belongs to: a UUID.
   */
  readonly membershipIdentifier: string;

  /**
   * Populates the table when the stack deploys, and on schedules.
   */
  addPopulation(id: string, options?: IntermediateTablePopulationOptions): IntermediateTablePopulation;

  /**
   * Lets `grantee` query the table, and read the results. What else a query reads needs permissions of its own.
   */
  grantQuery(grantee: iam.IGrantable): iam.Grant;
}

abstract class IntermediateTableBase extends Resource implements IIntermediateTable {
  public abstract readonly intermediateTableArn: string;
  public abstract readonly intermediateTableIdentifier: string;
  public abstract readonly membershipIdentifier: string;
  protected abstract readonly kmsKeyArn?: string;

  /** What constructs of CDK's own know the table by. */
  public get intermediateTableRef(): IntermediateTableReference {
    const { membershipIdentifier, intermediateTableIdentifier, intermediateTableArn } = this;
    return { membershipIdentifier, intermediateTableIdentifier, intermediateTableArn };
  }

  /**
   * Populates the table when the stack deploys, and on schedules.
   */
  public addPopulation(id: string, options: IntermediateTablePopulationOptions = {}): IntermediateTablePopulation {
    return new IntermediateTablePopulation(this, id, { ...options, intermediateTable: this });
  }

  /**
   * Lets `grantee` query the table, and read the results. What else a query reads needs permissions of its own.
   */
  public grantQuery(grantee: iam.IGrantable): iam.Grant {
    return grantQueryOf(this, grantee, this.kmsKeyArn);
  }
}

/**
 * An AWS Clean Rooms intermediate table: a stored query, and the data that a population makes by it.
 *
 * CloudFormation creates it empty: see `addPopulation()`.
 *
 * @resource AWS::CleanRooms::IntermediateTable
 * @see https://docs.aws.amazon.com/clean-rooms/latest/userguide/working-with-intermediate-tables.html
 */
export class IntermediateTable extends IntermediateTableBase {
  /**
   * Refers to a table of the stack's account and region by its identifiers.
   *
   * @throws if an identifier is neither a UUID nor a token
   */
  public static fromIntermediateTableAttributes(scope: Construct, id: string, attrs: IntermediateTableAttributes): IIntermediateTable {
    const { membershipIdentifier, intermediateTableIdentifier } = attrs;
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
  public static fromIntermediateTableArn(scope: Construct, id: string, intermediateTableArn: string): IIntermediateTable {
    requireTableArn(scope, id, intermediateTableArn);
    const resource = Arn.split(intermediateTableArn, ArnFormat.SLASH_RESOURCE_NAME).resourceName!;
    const [membershipIdentifier, , intermediateTableIdentifier] = Token.isUnresolved(resource) ? partsOf(intermediateTableArn) : resource.split('/');
    return new ImportedTable(scope, id, { membershipIdentifier, intermediateTableIdentifier, intermediateTableArn }, intermediateTableArn);
  }

  /**
   * The table's name, with its hash where there is one: for the SQL of other tables and of whoever queries this one. A token.
   *
   * A table in whose query it stands is created after this one, and deleted before it. In another stack it has to be a name that is known
   * at synthesis.
   */
  public readonly tableName: string;

  /**
   * The table's ARN.
   *
   * @attribute
   */
  public readonly intermediateTableArn: string;

  /**
   * The table's identifier: a UUID.
   *
   * @attribute
   */
  public readonly intermediateTableIdentifier: string;

  /**
   * The identifier of the membership that the table belongs to: a UUID.
   */
  public readonly membershipIdentifier: string;

  /**
   * The ARN of that membership.
   *
   * @attribute
   */
  public readonly membershipArn: string;

  /**
   * The identifier of the collaboration that the table belongs to: a UUID.
   *
   * @attribute
   */
  public readonly collaborationIdentifier: string;

  /**
   * The ARN of that collaboration.
   *
   * @attribute
   */
  public readonly collaborationArn: string;

  protected readonly kmsKeyArn?: string;

  /**
   * @throws if a value is outside the limits that its property names, or if values contradict each other
   */
  constructor(scope: Construct, id: string, props: IntermediateTableProps) {
    super(scope, id);
    validateTableProps(this, props);
    const { queryString, analysisTemplateArn: arn } = bindQuery(this, props);
    this.kmsKeyArn = props.encryptionKey?.keyRef.keyArn;
    const resource: cleanrooms.CfnIntermediateTable = new cleanrooms.CfnIntermediateTable(this, 'Resource', {
      membershipIdentifier: weak(this, membershipIdentifierOf(props.membership)),
      name: props.versionedName ? versionedName(props.tableName, () => resource) : props.tableName,
      populationAnalysisConfiguration: { sqlParameters: { queryString, analysisTemplateArn: arn && weak(this, arn) } },
      analysisRules: analysisRulesOf(this, props),
      kmsKeyArn: this.kmsKeyArn,
      description: props.description,
    });
    this.tableName = new TableName(this, resource, props.versionedName ?? false).toString();
    this.intermediateTableArn = resource.attrArn;
    this.intermediateTableIdentifier = resource.attrIntermediateTableIdentifier;
    this.membershipIdentifier = membershipIdentifierOf(props.membership);
    this.membershipArn = resource.attrMembershipArn;
    this.collaborationIdentifier = resource.attrCollaborationIdentifier;
    this.collaborationArn = resource.attrCollaborationArn;
    orderAfterTablesRead(resource);
    this.node.addValidation({
      validate: () => {
        if (props.versionedName) {
          warnOfUnseenValues(this, resource);
        } else {
          warnOfFixedName(this, resource);
        }
        return namesakesOf(resource);
      },
    });
  }
}

/** The parts of an ARN that is only known when deploying. */
function partsOf(arn: string): string[] {
  return [1, 2, 3].map((index) => Fn.select(index, Fn.split('/', arn)));
}

class ImportedTable extends IntermediateTableBase {
  public readonly intermediateTableArn: string;
  public readonly intermediateTableIdentifier: string;
  public readonly membershipIdentifier: string;
  protected readonly kmsKeyArn = undefined;

  constructor(scope: Construct, id: string, reference: IntermediateTableReference, environmentFromArn?: string) {
    super(scope, id, { environmentFromArn });
    this.intermediateTableArn = reference.intermediateTableArn;
    this.intermediateTableIdentifier = reference.intermediateTableIdentifier;
    this.membershipIdentifier = reference.membershipIdentifier;
  }
}
