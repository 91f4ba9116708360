import { ArnFormat, Stack } from 'aws-cdk-lib';
import { IIntermediateTableRef } from 'aws-cdk-lib/aws-cleanrooms';
import * as iam from 'aws-cdk-lib/aws-iam';
import { CfnStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct, IConstruct } from 'constructs';
import { identityOf } from './definition';
import { levelsOf } from './levels';
import { acknowledgeWildcards } from './nag';

/** One population, as far as the stack's shared roles are concerned. */
export interface Member {
  readonly table: IIntermediateTableRef;
  readonly machine: CfnStateMachine;
  readonly kmsKeyArn?: string;
  /** What runs when the stack deploys, and so needs its permissions first. */
  readonly customResource: Construct;
  /** What it is built on. */
  readonly upstream: () => readonly Member[];
  /** Called at synthesis, before policies are made. */
  link(): void;
  /** Called at synthesis, at the end. */
  complete(): void;
}

export interface Roles {
  readonly population: iam.IRole;
  readonly starter: iam.IRole;
}

/**
 * A role takes 10,240 characters of inline policies, or managed policies of 6,144 each. A population takes about 300 of the
 * roles of either function: two ARNs, of up to 165 characters.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
 */
const MOST_INLINE = 28;
const MOST_MANAGED = 16;
const MOST_POLICIES = 10;

/**
 * Gives the shared roles what the populations need.
 *
 * A table may depend on another one's population, so one policy for all of them could depend on what depends on it: populations
 * share policies by their level in that order. Each custom resource depends on the policies of its own level only.
 */
export function permit(scope: Construct, roles: Roles, members: readonly Member[]): void {
  const kind = members.length <= MOST_INLINE ? iam.Policy : iam.ManagedPolicy;
  const groups = levelsOf(members).flatMap((level) => chunks(level, members.length <= MOST_INLINE ? MOST_INLINE : MOST_MANAGED));
  if (kind === iam.ManagedPolicy && groups.length > MOST_POLICIES) {
    throw new Error(`${Stack.of(scope).node.path}: ${members.length} populations need ${groups.length} managed policies on one role, of which IAM `
      + `allows ${MOST_POLICIES}. Spread the populations over several stacks.`);
  }
  groups.forEach((group, index) => {
    const suffix = index === 0 ? '' : String(index + 1);
    const policies = [
      new kind(scope, `PopulationPolicy${suffix}`, { roles: [roles.population], statements: populationStatements(scope, group, members) }),
      new kind(scope, `StarterPolicy${suffix}`, { roles: [roles.starter], statements: starterStatements(group) }),
    ];
    group.forEach(({ customResource }) => customResource.node.addDependency(...policies));
    acknowledge(scope, group);
  });
}

function populationStatements(scope: Construct, members: readonly Member[], all: readonly Member[]): iam.PolicyStatement[] {
  // The state of upstream tables is read, too; those of this role's own populations are in its policies already.
  const upstream = unique(members.flatMap(upstreamClosure)).filter((member) => !all.includes(member));
  const tables = unique(members.map(({ table }) => identityOf(table).intermediateTableArn));
  const memberships = unique(members.map(({ table }) => membershipArn(scope, table)));
  const keys = unique(members.flatMap(({ kmsKeyArn }) => kmsKeyArn ?? []));
  const statements = [
    allow(['PopulateIntermediateTable', 'GetIntermediateTable', 'ListIntermediateTableVersions'].map(cleanRooms), [...tables, ...memberships]),
    allow(['GetProtectedQuery', 'UpdateProtectedQuery'].map(cleanRooms), memberships),
    allow([cleanRooms('PopulateIntermediateTable')], memberships.flatMap(readByQueries)),
    allow(['states:ListExecutions'], members.map(({ machine }) => machine.attrArn)),
  ];
  if (upstream.length) {
    statements.push(
      allow(['GetIntermediateTable', 'GetProtectedQuery'].map(cleanRooms),
        unique(upstream.flatMap(({ table }) => [identityOf(table).intermediateTableArn, membershipArn(scope, table)]))),
      allow(['states:ListExecutions'], upstream.map(({ machine }) => machine.attrArn)),
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
    allow(['states:StartExecution', 'states:ListExecutions'], members.map(({ machine }) => machine.attrArn)),
    allow(['states:DescribeExecution'], members.map(({ machine }) => executionArns(machine))),
  ];
}

function acknowledge(scope: Construct, group: readonly Member[]): void {
  acknowledgeWildcards(scope, unique(group.map(({ table }) => membershipArn(scope, table))).flatMap(readByQueries),
    'Only Clean Rooms knows which associations and ID mapping tables a stored query reads.');
  acknowledgeWildcards(scope, group.map(({ machine }) => executionArns(machine)), 'Executions have no names that are known beforehand.');
}

/** Optional resources of populating, for the tables that the stored query reads, whose ids a template does not have. */
const readByQueries = (membership: string): string[] => [`${membership}/configuredtableassociation/*`, `${membership}/idmappingtable/*`];

const allow = (actions: string[], resources: string[]) => new iam.PolicyStatement({ actions, resources });
const cleanRooms = (action: string) => `cleanrooms:${action}`;
const unique = <T>(values: T[]) => [...new Set(values)];
const upstreamClosure = (member: Member): Member[] => member.upstream().flatMap((upstream) => [upstream, ...upstreamClosure(upstream)]);

const executionArns = (machine: CfnStateMachine): string =>
  Stack.of(machine).formatArn({ service: 'states', resource: 'execution', resourceName: `${machine.attrName}:*`, arnFormat: ArnFormat.COLON_RESOURCE_NAME });

const membershipArn = (scope: IConstruct, table: IIntermediateTableRef): string =>
  Stack.of(scope).formatArn({
    service: 'cleanrooms', region: table.env.region, account: table.env.account,
    resource: 'membership', resourceName: identityOf(table).membershipIdentifier,
  });

function chunks<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) => items.slice(index * size, (index + 1) * size));
}
