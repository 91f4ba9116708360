import { Annotations, CfnResource, Stack, Stage, Tokenization } from 'aws-cdk-lib';
import { IParameterRef } from 'aws-cdk-lib/aws-ssm';
import { IConstruct } from 'constructs';
import { excludeEachOther } from './conditions';
import { orderAfterTablesRead, tablesReadBy } from './intermediate-table/neighbours';
import { comesAfter, mayFollow, NeighbourPopulation, populationsWith, registerPopulation } from './populations';
import { known } from './problem';
import { identityOf } from './table';
import { referenceOf } from './tokens-in';

/** What is wrong between populations of one app, by the final template. */

const ID = 'cdk-cleanrooms-intermediate-table';

/** Makes a population known to the others of its app, and has synthesis tell what is wrong between them. */
export function joinNeighbours(population: NeighbourPopulation): void {
  registerPopulation(population);
  if (CfnResource.isCfnResource(population.table)) {
    orderAfterTablesRead(population.table);
  }
  population.scope.node.addValidation({
    validate: () => {
      warnOfUnordered(population);
      const others = earlierThan(population);
      return [...sharedTable(population, others), ...sharedParameter(population, others)];
    },
  });
}

/** Returns the populations that were made before and may be deployed together with this one. */
function earlierThan(population: NeighbourPopulation): NeighbourPopulation[] {
  const all = populationsWith(population.scope);
  return all.slice(0, all.indexOf(population)).filter(({ scope, customResource }) =>
    Stage.of(scope) === Stage.of(population.scope) && !excludeEachOther(customResource, population.customResource));
}

/** One version is live: whichever populates last decides which data that is. */
function sharedTable(population: NeighbourPopulation, others: readonly NeighbourPopulation[]): string[] {
  const first = others.find(({ table }) => tableOf(table) === tableOf(population.table));
  return first
    ? [`intermediateTable is the one that ${first.scope.node.path} populates: one version is live, and versionId of the other is not. `
      + `Keep ${first.scope.node.path} alone, and give it further parameters by addSchedule(), or give the two conditions that exclude each other.`]
    : [];
}

/** Whichever ends last decides which table's version it holds. */
function sharedParameter(population: NeighbourPopulation, others: readonly NeighbourPopulation[]): string[] {
  const first = others.find(({ scope, versionParameter }) => versionParameter && population.versionParameter
    && parameterOf(versionParameter, Stack.of(scope)) === parameterOf(population.versionParameter, Stack.of(population.scope)));
  return first ? [`versionParameter is the one that ${first.scope.node.path} writes. Give each population a parameter of its own.`] : [];
}

function tableOf(table: NeighbourPopulation['table']): string {
  const { membershipIdentifier, intermediateTableIdentifier } = identityOf(table);
  const ids = `${membershipIdentifier}/${intermediateTableIdentifier}`;
  return known(ids) ? ids : table.node.addr;
}

/** Returns the resource of a parameter of the app, or a name within a stack. */
function parameterOf({ parameterRef: { parameterName } }: IParameterRef, stack: Stack): string {
  const target = referenceOf(Tokenization.reverseCompleteString(parameterName))?.target;
  return target?.node.addr ?? `${stack.node.addr} ${JSON.stringify(stack.resolve(parameterName))}`;
}

/** A deploy may populate the table before there is anything to read. */
function warnOfUnordered(population: NeighbourPopulation): void {
  const read: IConstruct[] = CfnResource.isCfnResource(population.table) ? tablesReadBy(population.table).map(({ resource }) => resource) : [];
  const missing = populationsWith(population.scope).filter((other) => other !== population && read.includes(other.table)
    && mayFollow(population, other) && !comesAfter(population, other) && !excludeEachOther(population.customResource, other.customResource));
  if (missing.length) {
    Annotations.of(population.scope).addWarningV2(`${ID}:unorderedPopulation`,
      `refreshAfter lacks ${missing.map(({ scope }) => scope.node.path).join(', ')}, although the query reads what that populates: a deploy may populate this `
      + 'table before there is anything to read. Add it to refreshAfter.');
  }
}
