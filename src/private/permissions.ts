import { ArnFormat, aws_iam as iam, Stack } from 'aws-cdk-lib';
import { IIntermediateTableRef } from 'aws-cdk-lib/aws-cleanrooms';
import { CfnStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct, IConstruct } from 'constructs';
import { levelsOf } from './levels';
import { Member, upstreamOf } from './member';
import { acknowledgeWildcards } from './nag';
import { MOST_POLICIES, policyGroupsOf } from './policy-groups';
import { longestSize } from './policy-size';
import { fail } from './problem';
import { identityOf } from './table';
import { canonical, hash } from '../contract/hashing';

export interface Roles {
  readonly population: iam.IRole;
  readonly starter: iam.IRole;
}

/**
 * Gives the shared roles what the populations need.
 *
 * A table may depend on another one's population, so one policy for all of them could depend on what depends on it: populations
 * share policies by their level in that order. Each custom resource depends on the policies of its own level only.
 *
 * An update changes policies before it deletes what is no longer in the template, and a custom resource that is deleted still needs
 * its permissions. So an inline policy is another one as soon as it is for others: the old one goes after the custom resource.
 * Managed policies have no room for that: a role takes ten of them.
 */
export function permit(scope: Construct, roles: Roles, members: readonly Member[]): void {
  // The starter role's are always shorter.
  const sizeOf = (group: readonly Member[]) => sizeOfPolicy(scope, populationStatements(scope, group, members));
  const { managed, groups } = policyGroupsOf(levelsOf(members), sizeOf);
  if (managed && groups.length > MOST_POLICIES) {
    fail(Stack.of(scope).node.path, `${members.length} populations need ${groups.length} managed policies on one role, of which IAM allows ${MOST_POLICIES}`,
      'Spread the populations over several stacks, or over nested ones.');
  }
  groups.forEach((group, index) => {
    const suffix = managed ? index || '' : hash(canonical(group.map((member) => member.scope.node.addr).sort()), 8);
    const give = (role: iam.IRole, name: string, statements: iam.PolicyStatement[]) => (managed
      // Names of their own: CloudFormation cannot make a managed policy of an inline one.
      ? new iam.ManagedPolicy(scope, `${name}ManagedPolicy${suffix}`, { roles: [role], statements })
      : givenInline(role, new iam.Policy(scope, `${name}Policy${suffix}`, { statements })));
    const policies = [
      give(roles.population, 'Population', populationStatements(scope, group, members)),
      give(roles.starter, 'Starter', starterStatements(group)),
    ];
    group.forEach(({ customResource }) => customResource.node.addDependency(...policies));
    acknowledge(scope, group);
  });
}

// By the role, which may be one that somebody makes beforehand: see `iam.Role.customizeRoles()`.
function givenInline(role: iam.IRole, policy: iam.Policy): iam.Policy {
  role.attachInlinePolicy(policy);
  return policy;
}

function populationStatements(scope: Construct, members: readonly Member[], all: readonly Member[]): iam.PolicyStatement[] {
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

function starterStatements(members: readonly Member[]): iam.PolicyStatement[] {
  return [
    allow(['states:StartExecution'], members.map(({ machine }) => machine.attrArn)),
    allow(['states:DescribeExecution'], members.map(({ machine }) => executionArns(machine))),
  ];
}

function acknowledge(scope: Construct, group: readonly Member[]): void {
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
const sizeOfPolicy = (scope: Construct, statements: iam.PolicyStatement[]) =>
  longestSize(Stack.of(scope).resolve(new iam.PolicyDocument({ statements })));
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
