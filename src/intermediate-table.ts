import { Arn, ArnFormat, aws_cleanrooms as cleanrooms, aws_iam as iam, Fn, Lazy, Resource, Stack, Token } from 'aws-cdk-lib';
import { IntermediateTableReference } from 'aws-cdk-lib/aws-cleanrooms';
import { IKeyRef } from 'aws-cdk-lib/aws-kms';
import { propertyInjectable } from 'aws-cdk-lib/core/lib/prop-injectable';
import { Construct, Dependable } from 'constructs';
import { IIntermediateTable } from './i-intermediate-table';
import { IntermediateTablePopulation } from './intermediate-table-population';
import { IntermediateTableAttributes, IntermediateTableProps } from './intermediate-table-props';
import { IntermediateTablePopulationOptions } from './population-props';
import { AnalysisKind, kindsOf } from './private/intermediate-table/analysis-kinds';
import { analysisRulesOf, lostControls } from './private/intermediate-table/analysis-rules';
import { namesakesOf, orderAfterTablesRead, warnOfFixedName, warnOfUnseenValues } from './private/intermediate-table/neighbours';
import { grantFinalKey, grantKey, grantQueryOf } from './private/intermediate-table/query-grant';
import { membershipIdentifierOf } from './private/intermediate-table/references';
import { TableName, versionedName } from './private/intermediate-table/table-name';
import { bindQuery, requireKey, requireName, validateTableProps } from './private/intermediate-table/validation';
import { problem } from './private/problem';
import { weak } from './private/references';
import { requireOptions } from './private/type-checks';
import { requireIdentifier, requireTableArn } from './private/validation';

/** What tables of this app and of others have in common. */
abstract class IntermediateTableBase extends Resource implements IIntermediateTable {
  public abstract readonly intermediateTableArn: string;
  public abstract readonly intermediateTableIdentifier: string;
  public abstract readonly membershipIdentifier: string;
  public abstract readonly tableName: string;
  public abstract readonly encryptionKey?: IKeyRef;

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
   * Lets `grantee` query the table, and read the results: by SQL queries and PySpark jobs, as far as the table allows them; by SQL queries if
   * it is of another app. What else a query reads needs permissions of its own.
   */
  public abstract grantQuery(grantee: iam.IGrantable): iam.Grant;
}

/**
 * An AWS Clean Rooms intermediate table: a stored query, and the data that a population makes by it.
 *
 * CloudFormation creates it empty: see `addPopulation()`. What waits for the table, by `node.addDependency(table)`, does not wait for its data:
 * give the population for that.
 *
 * @resource AWS::CleanRooms::IntermediateTable
 * @see https://docs.aws.amazon.com/clean-rooms/latest/userguide/working-with-intermediate-tables.html
 */
@propertyInjectable
export class IntermediateTable extends IntermediateTableBase {
  /**
   * What property injectors know this construct by.
   */
  public static readonly PROPERTY_INJECTION_ID: string = 'cdk-cleanrooms-intermediate-table.IntermediateTable';

  /**
   * Refers to a table of the stack's account and region by its identifiers.
   *
   * @throws if an identifier is neither a UUID nor a token
   */
  public static fromIntermediateTableAttributes(scope: Construct, id: string, attrs: IntermediateTableAttributes): IIntermediateTable {
    requireOptions(`${scope.node.path}/${id}`, 'attrs', attrs ?? null);
    const { membershipIdentifier, intermediateTableIdentifier } = attrs;
    requireIdentifier(scope, id, 'membershipIdentifier', membershipIdentifier);
    requireIdentifier(scope, id, 'intermediateTableIdentifier', intermediateTableIdentifier);
    const intermediateTableArn = Stack.of(scope).formatArn({
      service: 'cleanrooms',
      resource: 'membership',
      resourceName: `${membershipIdentifier}/intermediatetable/${intermediateTableIdentifier}`,
    });
    return new ImportedTable(scope, id, { ...attrs, intermediateTableArn });
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

  /**
   * The KMS key that the table's data is encrypted with, if one was given.
   */
  public readonly encryptionKey?: IKeyRef;

  private readonly resource: cleanrooms.CfnIntermediateTable;
  private readonly analysisKinds: AnalysisKind[];

  /**
   * @throws if a value is outside the limits that its property names, or if values contradict each other
   */
  constructor(scope: Construct, id: string, props: IntermediateTableProps) {
    super(scope, id, { physicalName: Lazy.string({ produce: () => this.tableName }) });
    validateTableProps(this, props);
    const { queryString, analysisTemplateArn: arn } = bindQuery(this, props);
    this.encryptionKey = props.encryptionKey;
    this.analysisKinds = kindsOf(props.allowedAnalyses);
    const resource = this.resource = new cleanrooms.CfnIntermediateTable(this, 'Resource', {
      membershipIdentifier: weak(this, membershipIdentifierOf(props.membership)),
      name: props.versionedName ? versionedName(props.tableName, () => this.resource) : props.tableName,
      populationAnalysisConfiguration: { sqlParameters: { queryString, analysisTemplateArn: arn && weak(this, arn) } },
      analysisRules: analysisRulesOf(this, props),
      kmsKeyArn: props.encryptionKey?.keyRef.keyArn,
      description: props.description,
    });
    resource.applyRemovalPolicy(props.removalPolicy);
    // What waits for the table does not wait for what populates it.
    Dependable.implement(this, { dependencyRoots: [resource] });
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
        return [...namesakesOf(resource), ...lostControls(resource, props)];
      },
    });
  }

  /**
   * Lets `grantee` query the table, and read the results: by SQL queries and PySpark jobs, as far as the table allows them. What else a query
   * reads needs permissions of its own.
   */
  public grantQuery(grantee: iam.IGrantable): iam.Grant {
    grantFinalKey(this.resource, grantee);
    return grantQueryOf(this, grantee, this.analysisKinds);
  }
}

/** The parts of an ARN that is only known when deploying. */
function partsOf(arn: string): string[] {
  return [1, 2, 3].map((index) => Fn.select(index, Fn.split('/', arn)));
}

type ImportedAttributes = IntermediateTableAttributes & IntermediateTableReference;

/** A table of another app. */
class ImportedTable extends IntermediateTableBase {
  public readonly intermediateTableArn: string;
  public readonly intermediateTableIdentifier: string;
  public readonly membershipIdentifier: string;
  public readonly encryptionKey?: IKeyRef;

  constructor(scope: Construct, id: string, private readonly attrs: ImportedAttributes, environmentFromArn?: string) {
    super(scope, id, { environmentFromArn });
    this.intermediateTableArn = attrs.intermediateTableArn;
    this.intermediateTableIdentifier = attrs.intermediateTableIdentifier;
    this.membershipIdentifier = attrs.membershipIdentifier;
    this.encryptionKey = attrs.encryptionKey;
    if (attrs.tableName !== undefined) {
      requireName(this, attrs.tableName);
    }
    if (attrs.encryptionKey !== undefined) {
      requireKey(this, attrs.encryptionKey);
    }
  }

  public get tableName(): string {
    return this.attrs.tableName
      ?? problem(this.node.path, 'tableName', undefined, 'Give it to IntermediateTable.fromIntermediateTableAttributes().');
  }

  public grantQuery(grantee: iam.IGrantable): iam.Grant {
    const key = this.encryptionKey && grantKey(this, grantee, this.encryptionKey.keyRef.keyArn);
    const query = grantQueryOf(this, grantee, ['Query']);
    return key ? query.combine(key) : query;
  }
}
