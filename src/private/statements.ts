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
export const keyStatements = (scope: Construct, key: string): iam.PolicyStatement[] => [new iam.PolicyStatement({
  actions: ['kms:DescribeKey', 'kms:GenerateDataKey', 'kms:Decrypt'],
  resources: [key],
  conditions: { StringEquals: { 'kms:ViaService': `cleanrooms.${Stack.of(scope).region}.amazonaws.com` } },
})];

export const recordStatements = (_: Construct, table: string): iam.PolicyStatement[] => [allow(['dynamodb:GetItem'], [table])];

export const writeStatements = (_: Construct, parameter: string): iam.PolicyStatement[] => [allow(['ssm:PutParameter'], [parameter])];

const TABLES = ['PopulateIntermediateTable', 'GetIntermediateTable', 'ListIntermediateTableVersions'].map((action) => `cleanrooms:${action}`);
/** Queries, and the jobs of tables that PySpark populates: they are of a membership, never of a table. */
const ANALYSES = ['GetProtectedQuery', 'ListProtectedQueries', 'UpdateProtectedQuery', 'GetProtectedJob', 'ListProtectedJobs', 'UpdateProtectedJob']
  .map((action) => `cleanrooms:${action}`);

/** Optional resources of populating, for the tables that the stored query reads, whose ids a template does not have. */
const readByQueries = (membership: string): string[] => [`${membership}/configuredtableassociation/*`, `${membership}/idmappingtable/*`];

const allow = (actions: string[], resources: string[]) => new iam.PolicyStatement({ actions, resources });
