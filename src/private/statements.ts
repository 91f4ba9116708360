import { aws_iam as iam, Stack } from 'aws-cdk-lib';
import { IIntermediateTableRef } from 'aws-cdk-lib/aws-cleanrooms';
import { Construct, IConstruct } from 'constructs';
import { identityIn } from './references';

/** What populations are allowed, by what they name. */

/** Returns the ARN of a table's membership, as the policies of a stack have it. */
export const membershipOf = (scope: IConstruct, table: IIntermediateTableRef): string => Stack.of(scope).formatArn({
  service: 'cleanrooms',
  region: table.env.region,
  account: table.env.account,
  resource: 'membership',
  resourceName: identityIn(scope, table).membershipIdentifier,
});

/** Lets the population function populate every intermediate table of a membership. In one statement, to save characters. */
export const populateStatements = (_: Construct, membership: string): iam.PolicyStatement[] =>
  [allow([...TABLES, ...ANALYSES], [membership, `${membership}/intermediatetable/*`, ...readByQueries(membership)])];

/** Lets it read the live versions of a membership's tables. */
export const readStatements = (_: Construct, membership: string): iam.PolicyStatement[] =>
  [allow(['cleanrooms:GetIntermediateTable'], [membership, `${membership}/intermediatetable/*`])];

/** https://docs.aws.amazon.com/clean-rooms/latest/userguide/data-encryption.html */
export const keyStatements = (scope: Construct, key: string): iam.PolicyStatement[] =>
  [throughService(scope, 'cleanrooms', ['kms:DescribeKey', 'kms:GenerateDataKey', 'kms:Decrypt'], key)];

export const recordStatements = (table: string): iam.PolicyStatement[] => [allow(['dynamodb:GetItem'], [table])];

/**
 * Lets somebody use a record's key through DynamoDB, which does so on behalf of who reads and writes. Writing decrypts, too.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html#dynamodb-kms-authz
 */
export const recordKeyStatements = (scope: Construct, key: string, use: 'READ' | 'WRITE'): iam.PolicyStatement[] =>
  [throughService(scope, 'dynamodb', use === 'READ' ? KEY_OF_READS : [...KEY_OF_READS, ...KEY_OF_WRITES], key)];

const KEY_OF_READS = ['kms:Decrypt', 'kms:DescribeKey'];
const KEY_OF_WRITES = ['Encrypt', 'ReEncryptFrom', 'ReEncryptTo', 'GenerateDataKey', 'GenerateDataKeyWithoutPlaintext'].map((action) => `kms:${action}`);

export const writeStatements = (_: Construct, parameter: string): iam.PolicyStatement[] => [allow(['ssm:PutParameter'], [parameter])];

/** There is no narrower resource: https://docs.aws.amazon.com/lambda/latest/dg/services-xray.html */
export const tracingStatements = (): iam.PolicyStatement[] => [allow(['xray:PutTraceSegments', 'xray:PutTelemetryRecords'], ['*'])];

const TABLES = ['PopulateIntermediateTable', 'GetIntermediateTable', 'ListIntermediateTableVersions'].map((action) => `cleanrooms:${action}`);
/** Queries, and the jobs of tables that PySpark populates: they are of a membership, never of a table. */
const ANALYSES = ['GetProtectedQuery', 'ListProtectedQueries', 'UpdateProtectedQuery', 'GetProtectedJob', 'ListProtectedJobs', 'UpdateProtectedJob']
  .map((action) => `cleanrooms:${action}`);

/** Optional resources of populating, for the tables that the stored query reads, whose ids a template does not have. */
const readByQueries = (membership: string): string[] => [`${membership}/configuredtableassociation/*`, `${membership}/idmappingtable/*`];

const throughService = (scope: Construct, service: string, actions: string[], key: string) => new iam.PolicyStatement({
  actions,
  resources: [key],
  conditions: { StringEquals: { 'kms:ViaService': `${service}.${Stack.of(scope).region}.amazonaws.com` } },
});

const allow = (actions: string[], resources: string[]) => new iam.PolicyStatement({ actions, resources });
