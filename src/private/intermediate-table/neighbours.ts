import { Annotations, CfnResource, Stack, Stage } from 'aws-cdk-lib';
import { CfnIntermediateTable } from 'aws-cdk-lib/aws-cleanrooms';
import { IConstruct } from 'constructs';
import { excludeEachOther } from '../conditions';
import { finalProperties } from '../final-properties';
import { lateDependency } from '../late';
import { tokensIn } from '../tokens-in';
import { hasUnseenValue, templatesOf } from './replacement';
import { atOnce, TableName } from './table-name';

/** What tables of one app have to do with each other: all of it by the final template. */

const ID = 'cdk-cleanrooms-intermediate-table';

/** Returns the tables whose names stand in a table's query, or in the analysis template that it comes from. */
export const tablesReadBy = (table: CfnResource): TableName[] => atOnce(() => {
  const tokens = [
    ...tokensIn(table, 'populationAnalysisConfiguration'),
    ...templatesOf(table).flatMap((template) => tokensIn(template, 'source')),
  ];
  return [...new Set(tokens)].filter((token) => token instanceof TableName);
});

/** CloudFormation cannot see which tables a query reads: those have to be there first, and go last. */
export function orderAfterTablesRead(table: CfnResource): void {
  table.node.addDependency(lateDependency(() =>
    tablesReadBy(table).map(({ resource }) => resource).filter((other) => other !== table && Stage.of(other) === Stage.of(table))));
}

/** A name that stays while the query changes makes the next deploy fail. */
export function warnOfFixedName(table: IConstruct, resource: CfnResource): void {
  const paths = tablesReadBy(resource).filter(({ isVersioned }) => isVersioned).map(({ table: { node } }) => node.path);
  if (paths.length) {
    Annotations.of(table).addWarningV2(`${ID}:fixedName`,
      `versionedName is not true, and the query has the name of ${paths.join(', ')}, which is another one as soon as that query changes. CloudFormation `
      + 'replaces this table then, under the name that the old one still has, and fails. Use versionedName: true here, too.');
  }
}

/** The hash of a name that is to tell queries apart knows what synthesis knows. */
export function warnOfUnseenValues(table: IConstruct, resource: CfnResource): void {
  if (hasUnseenValue(resource)) {
    Annotations.of(table).addWarningV2(`${ID}:unseenValue`,
      'versionedName is true, and the query has values that are known only when deploying: a change of those changes the query and not the name, '
      + 'so that the deploy fails. Give them as parameters of the population.');
  }
}

/** What the service would refuse of one stack, whose tables are all there at once. */
export const namesakesOf = (resource: CfnIntermediateTable): string[] => atOnce(() => {
  const identities = identitiesBeside(resource);
  const own = identities.get(resource);
  const tables = [...identities.keys()];
  return tables.slice(0, tables.indexOf(resource)).filter((other) => identities.get(other) === own && !excludeEachOther(other, resource))
    .map(({ node }) => `tableName is ${JSON.stringify(finalProperties(resource).Name)}, which ${node.path} has, too, in the same membership. `
      + 'Give one of them another name.');
});

interface ValidationPass {
  readonly identities: ReadonlyMap<CfnIntermediateTable, string>;
  readonly asked: Set<CfnIntermediateTable>;
}

const passes = new WeakMap<Stack, ValidationPass>();

/** Returns what tells the tables of a stack apart, in order. One validation asks for each table once, so whoever asks again belongs to the next one. */
function identitiesBeside(resource: CfnIntermediateTable): ValidationPass['identities'] {
  const stack = Stack.of(resource);
  let pass = passes.get(stack);
  if (!pass || pass.asked.has(resource)) {
    const tables = stack.node.findAll().filter(CfnIntermediateTable.isCfnIntermediateTable);
    pass = { identities: new Map(tables.map((table) => [table, identityOf(table)])), asked: new Set() };
    passes.set(stack, pass);
  }
  pass.asked.add(resource);
  return pass.identities;
}

function identityOf(table: CfnIntermediateTable): string {
  const { Name, MembershipIdentifier } = finalProperties(table);
  return JSON.stringify([Name, MembershipIdentifier]);
}
