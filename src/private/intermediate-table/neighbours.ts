import { Annotations, aws_cleanrooms as cleanrooms, CfnResource, Stack, Stage } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';
import { propertiesOf, TableName } from './table-name';

/** What tables of one app have to do with each other. */

const ID = 'cdk-cleanrooms-intermediate-table';

/** CloudFormation cannot see which tables a query reads: those have to be there first, and go last. */
export function orderAfter(resource: CfnResource, upstream: readonly TableName[]): void {
  for (const { resource: other } of upstream.filter(({ table }) => Stage.of(table) === Stage.of(resource))) {
    resource.addResourceDependency(other);
  }
}

/** A name that stays while the query changes makes the next deploy fail. */
export function warnOfFixedName(table: IConstruct, upstream: readonly TableName[]): void {
  const paths = upstream.filter(({ isVersioned }) => isVersioned).map(({ table: { node } }) => node.path);
  if (paths.length) {
    Annotations.of(table).addWarningV2(`${ID}:fixedName`,
      `versionedName is not true, and the query has the name of ${paths.join(', ')}, which is another one as soon as that query changes. CloudFormation `
      + 'replaces this table then, under the name that the old one still has, and fails. Use versionedName: true here, too.');
  }
}

export function warnOfUnordered(population: IConstruct, missing: readonly IConstruct[]): void {
  if (missing.length) {
    Annotations.of(population).addWarningV2(`${ID}:unorderedPopulation`,
      `refreshAfter lacks ${missing.map(({ node }) => node.path).join(', ')}, although the query reads what that populates: a deploy may populate this `
      + 'table before there is anything to read. Add it to refreshAfter.');
  }
}

/** The hash of a name that is to tell queries apart knows what synthesis knows. */
export function warnOfUnseenValues(table: IConstruct, resource: CfnResource): void {
  const { SqlParameters } = propertiesOf(resource).PopulationAnalysisConfiguration as { SqlParameters?: { QueryString?: unknown } };
  const sql = SqlParameters?.QueryString;
  if (sql !== undefined && typeof sql !== 'string') {
    Annotations.of(table).addWarningV2(`${ID}:unseenValue`,
      'versionedName is true, and the query has values that are known only when deploying: a change of those changes the query and not the name, '
      + 'so that the deploy fails. Give them as parameters of the population.');
  }
}

/** What the service would refuse of one stack, whose tables are all there at once. */
export function namesakesOf(resource: cleanrooms.CfnIntermediateTable): string[] {
  const tables = Stack.of(resource).node.findAll().filter(cleanrooms.CfnIntermediateTable.isCfnIntermediateTable);
  const identityOf = (table: CfnResource): string => {
    const { Name, MembershipIdentifier } = propertiesOf(table);
    return JSON.stringify([Name, MembershipIdentifier]);
  };
  return tables.slice(0, tables.indexOf(resource)).filter((other) => identityOf(other) === identityOf(resource)).map(({ node }) =>
    `tableName is ${JSON.stringify(propertiesOf(resource).Name)}, which ${node.path} has, too, in the same membership. Give one of them another name.`);
}
