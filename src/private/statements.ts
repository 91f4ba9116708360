import { ArnFormat, aws_iam as iam, Stack } from 'aws-cdk-lib';
import { IIntermediateTableRef } from 'aws-cdk-lib/aws-cleanrooms';
import { CfnStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct, IConstruct } from 'constructs';
import { Member, upstreamOf } from './member';
import { acknowledgeWildcards } from './nag';
import { identityOf } from './table';

/** What the population function may do, for some populations of all that its role has permissions for. */
export function populationStatements(scope: Construct, members: readonly Member[], all: readonly Member[]): iam.PolicyStatement[] {
  // The state of upstream tables is read, too; those of this role's own populations are in its policies already.
  const upstream = unique(members.flatMap((member) => upstreamOf(member))).filter((member) => !all.includes(member));
  const tables = unique(members.map(({ table }) => identityOf(table).intermediateTableArn));
  const memberships = unique(members.map(({ table }) => membershipArn(scope, table)));
  const keys = unique(members.flatMap((member) => member.kmsKeyArn() ?? []));
  const statements = [
    // In one statement, to save characters: what queries and jobs are of is a membership, never a table.
    allow([...TABLES, ...ANALYSES].map(cleanRooms), [...tables, ...memberships]),
    allow([cleanRooms('PopulateIntermediateTable')], memberships.flatMap(readByQueries)),
    allow(['states:DescribeExecution'], [...members, ...upstream].map(({ machine }) => executionArns(machine))),
  ];
  if (upstream.length) {
    statements.push(
      allow(['GetIntermediateTable', 'GetProtectedQuery', 'GetProtectedJob'].map(cleanRooms),
        unique(upstream.flatMap(({ table }) => [identityOf(table).intermediateTableArn, membershipArn(scope, table)]))),
      allow(['dynamodb:GetItem'], unique(upstream.map(({ recordArn }) => recordArn))),
    );
  }
  if (keys.length) {
    // https://docs.aws.amazon.com/clean-rooms/latest/userguide/data-encryption.html
    statements.push(new iam.PolicyStatement({
      actions: ['kms:DescribeKey', 'kms:GenerateDataKey', 'kms:Decrypt'],
      resources: keys,
      conditions: { StringEquals: { 'kms:ViaService': `cleanrooms.${Stack.of(scope).region}.amazonaws.com` } },
    }));
  }
  return statements;
}

/** What the deployment function may do, and EventBridge for schedules. */
export function starterStatements(members: readonly Member[]): iam.PolicyStatement[] {
  return [
    allow(['states:StartExecution'], members.map(({ machine }) => machine.attrArn)),
    allow(['states:DescribeExecution'], members.map(({ machine }) => executionArns(machine))),
  ];
}

export function acknowledge(scope: Construct, group: readonly Member[]): void {
  acknowledgeWildcards(scope, unique(group.map(({ table }) => membershipArn(scope, table))).flatMap(readByQueries),
    'Only Clean Rooms knows which associations and ID mapping tables a stored query reads.');
  acknowledgeWildcards(scope, unique(group.flatMap((member) => [member, ...upstreamOf(member)])).map(({ machine }) => executionArns(machine)),
    'Executions have no names that are known beforehand.');
}

const TABLES = ['PopulateIntermediateTable', 'GetIntermediateTable', 'ListIntermediateTableVersions'];
/** Queries, and the jobs of tables that PySpark populates. */
const ANALYSES = ['GetProtectedQuery', 'ListProtectedQueries', 'UpdateProtectedQuery', 'GetProtectedJob', 'ListProtectedJobs', 'UpdateProtectedJob'];

/** Optional resources of populating, for the tables that the stored query reads, whose ids a template does not have. */
const readByQueries = (membership: string): string[] => [`${membership}/configuredtableassociation/*`, `${membership}/idmappingtable/*`];

const allow = (actions: string[], resources: string[]) => new iam.PolicyStatement({ actions, resources });
const cleanRooms = (action: string) => `cleanrooms:${action}`;
const unique = <T>(values: T[]) => [...new Set(values)];

const executionArns = (machine: CfnStateMachine): string =>
  Stack.of(machine).formatArn({ service: 'states', resource: 'execution', resourceName: `${machine.attrName}:*`, arnFormat: ArnFormat.COLON_RESOURCE_NAME });

const membershipArn = (scope: IConstruct, table: IIntermediateTableRef): string =>
  Stack.of(scope).formatArn({
    service: 'cleanrooms',
    region: table.env.region,
    account: table.env.account,
    resource: 'membership',
    resourceName: identityOf(table).membershipIdentifier,
  });
