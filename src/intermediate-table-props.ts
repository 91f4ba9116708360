import { RemovalPolicy } from 'aws-cdk-lib';
import { IMembershipRef } from 'aws-cdk-lib/aws-cleanrooms';
import { IKeyRef } from 'aws-cdk-lib/aws-kms';
import { AdditionalAnalyses, AllowedAnalysis } from './allowed-analysis';
import { AggregationThreshold, ComparisonControls } from './privacy-controls';
import { StoredQuery } from './stored-query';

/**
 * What identifies an intermediate table of this account and region.
 */
export interface IntermediateTableAttributes {
  /**
   * The identifier of the membership that the table belongs to: a UUID.
   */
  readonly membershipIdentifier: string;

  /**
   * The identifier of the table: a UUID.
   */
  readonly intermediateTableIdentifier: string;

  /**
   * The table's name, for the SQL of other tables and of whoever queries it.
   *
   * @default - `tableName` cannot be read
   */
  readonly tableName?: string;

  /**
   * The KMS key that the table's data is encrypted with, for populations and queries of it.
   *
   * @default - an AWS owned key
   * @see https://docs.aws.amazon.com/clean-rooms/latest/userguide/data-encryption.html
   */
  readonly encryptionKey?: IKeyRef;
}

/**
 * Properties of an `IntermediateTable`.
 */
export interface IntermediateTableProps {
  /**
   * The membership that the table belongs to, of the stack's account and region: that of the member who can query.
   *
   * A `CfnMembership` is one; see `Membership` for those of other apps.
   */
  readonly membership: IMembershipRef;

  /**
   * The table's name, 1 to 100 characters. In the collaboration no other table, intermediate table or ID mapping table may have it.
   *
   * Others put it into their SQL: letters, digits and underscores need no quotes there, and words that SQL reserves are refused.
   */
  readonly tableName: string;

  /**
   * The query that the table is populated with. A changed query replaces the table: see `versionedName`.
   */
  readonly query: StoredQuery;

  /**
   * Whether the name ends in an underscore and a hash of 8 characters, of all that replaces the table: its name and its query. What does not fit
   * into 100 characters is cut off before.
   *
   * CloudFormation makes the new table before it deletes the old one, under a name that may be used once. With another name for each query
   * a changed query deploys: the new table is made and populated while the old one serves, and only then is that one deleted.
   * Take the name from `tableName` wherever it is needed. A value in the query that is known only when deploying is not part of the hash,
   * which is warned of; nor is the construct's own path: whoever renames or moves it gives it another `tableName` for that deploy.
   *
   * @default false
   */
  readonly versionedName?: boolean;

  /**
   * What may be run on the table. An empty list is a rule that allows nothing yet.
   *
   * @default - no analysis rule: nothing can be run on the table, nor can tables be built on it
   * @see https://docs.aws.amazon.com/clean-rooms/latest/userguide/intermediate-table-analysis-rule.html
   */
  readonly allowedAnalyses?: AllowedAnalysis[];

  /**
   * The accounts whose queries and jobs `AllowedAnalysis.ANY_QUERY` and `AllowedAnalysis.ANY_JOB` mean, each of 12 digits.
   *
   * @default - the stack's account where any query or job is allowed; none otherwise
   */
  readonly allowedAnalysisProviders?: string[];

  /**
   * The accounts that may receive results of what is run on the table, each of 12 digits. Where base tables are somebody else's, all of these
   * have to allow them, too.
   *
   * @default - those that the base tables allow
   */
  readonly allowedResultReceivers?: string[];

  /**
   * Whether further analyses may build on what is queried from the table. Where base tables are somebody else's, it cannot be laxer than theirs.
   *
   * @default - as the base tables say
   */
  readonly additionalAnalyses?: AdditionalAnalyses;

  /**
   * Columns that no result may show. Where base tables are somebody else's, theirs have to be among them.
   *
   * @default - those of the base tables
   */
  readonly disallowedOutputColumns?: string[];

  /**
   * Columns that identify the people whose privacy differential privacy protects, at least one.
   *
   * @default - no differential privacy
   * @see https://docs.aws.amazon.com/clean-rooms/latest/userguide/differential-privacy.html
   */
  readonly differentialPrivacyColumns?: string[];

  /**
   * How many different people each row of a result has to stand for. Clean Rooms takes one threshold, and only for queries; not beside
   * `differentialPrivacyColumns`. It needs aws-cdk-lib 2.269.0 or newer, which is told of at synthesis.
   *
   * @default - rows may stand for anybody
   * @see https://docs.aws.amazon.com/clean-rooms/latest/userguide/custom-min-agg-thresholds.html
   */
  readonly aggregationThresholds?: AggregationThreshold[];

  /**
   * Which columns queries may compare. Only for queries, and not beside `differentialPrivacyColumns`. It needs aws-cdk-lib 2.269.0 or newer,
   * which is told of at synthesis.
   *
   * @default - all columns may be compared
   * @see https://docs.aws.amazon.com/clean-rooms/latest/apireference/API_ComparisonControls.html
   */
  readonly comparisonControls?: ComparisonControls;

  /**
   * The KMS key, of the stack's region, that the table's data is encrypted with. Its key policy has to let Clean Rooms use it.
   * Populations of the table get the permissions that they need. A new key counts from the next populate on.
   *
   * @default - an AWS owned key
   * @see https://docs.aws.amazon.com/clean-rooms/latest/userguide/data-encryption.html
   */
  readonly encryptionKey?: IKeyRef;

  /**
   * A description, of up to 255 characters.
   *
   * @default - none
   */
  readonly description?: string;

  /**
   * What becomes of the table when it is no longer in the stack, or is replaced. One that is retained keeps its data, which costs storage, and
   * its name, under which no other table can be made.
   *
   * @default RemovalPolicy.DESTROY
   */
  readonly removalPolicy?: RemovalPolicy;
}
