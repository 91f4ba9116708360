import { Annotations, CfnResource, Stack, Stage, Tokenization } from 'aws-cdk-lib';
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
      return [...sharedTable(population), ...sharedParameter(population)];
    },
  });
}

/** Returns the first population that was made before, shares something with this one and may be deployed together with it. */
function earlierOne(population: NeighbourPopulation, shares: (other: NeighbourPopulation) => boolean): NeighbourPopulation | undefined {
  const all = populationsWith(population.scope);
  // Conditions last: a stack of a hundred has thousands of pairs.
  return all.slice(0, all.indexOf(population)).find((other) => Stage.of(other.scope) === Stage.of(population.scope) && shares(other)
    && !excludeEachOther(other.customResource, population.customResource));
}

/** One version is live: whichever populates last decides which data that is. */
function sharedTable(population: NeighbourPopulation): string[] {
  const table = tableOf(population.table);
  const first = earlierOne(population, (other) => tableOf(other.table) === table);
  return first
    ? [`intermediateTable is the one that ${first.scope.node.path} populates: one version is live, and versionId of the other is not. `
      + `Keep ${first.scope.node.path} alone, and give it further parameters by addSchedule(), or give the two conditions that exclude each other.`]
    : [];
}

/** Whichever ends last decides which table's version it holds. */
function sharedParameter(population: NeighbourPopulation): string[] {
  const parameter = parameterOf(population);
  const first = parameter && earlierOne(population, (other) => parameterOf(other) === parameter);
  return first ? [`versionParameter is the one that ${first.scope.node.path} writes. Give each population a parameter of its own.`] : [];
}

function tableOf(table: NeighbourPopulation['table']): string {
  const { membershipIdentifier, intermediateTableIdentifier } = identityOf(table);
  const ids = `${membershipIdentifier}/${intermediateTableIdentifier}`;
  return known(ids) ? ids : table.node.addr;
}

/** Returns the resource of its parameter, if that is of the app, or a name within a stack. */
function parameterOf({ scope, versionParameter }: NeighbourPopulation): string | undefined {
  const name = versionParameter?.parameterRef.parameterName;
  const target = name && referenceOf(Tokenization.reverseCompleteString(name))?.target;
  return target ? target.node.addr : name && `${Stack.of(scope).node.addr} ${JSON.stringify(Stack.of(scope).resolve(name))}`;
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
