import { aws_iam as iam, IResource } from 'aws-cdk-lib';
import { IIntermediateTableRef } from 'aws-cdk-lib/aws-cleanrooms';
import { IKeyRef } from 'aws-cdk-lib/aws-kms';
import { IntermediateTablePopulation } from './intermediate-table-population';
import { IntermediateTablePopulationOptions } from './population-props';

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
   * The table's name, for the SQL of other tables and of whoever queries this one.
   *
   * @throws if the table is of another app, and its name was not given
   */
  readonly tableName: string;

  /**
   * The KMS key that the table's data is encrypted with.
   *
   * @default - none was given
   */
  readonly encryptionKey?: IKeyRef;

  /**
   * Populates the table when the stack deploys, and on schedules.
   */
  addPopulation(id: string, options?: IntermediateTablePopulationOptions): IntermediateTablePopulation;

  /**
   * Lets `grantee` query the table, and read the results: by SQL queries and PySpark jobs, as far as the table allows them; by SQL queries if
   * it is of another app. What else a query reads needs permissions of its own.
   */
  grantQuery(grantee: iam.IGrantable): iam.Grant;
}
