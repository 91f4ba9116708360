import { Annotations } from 'aws-cdk-lib';
import { IIntermediateTableRef } from 'aws-cdk-lib/aws-cleanrooms';
import { Construct, IConstruct } from 'constructs';
import { known } from './problem';
import { identityOf } from './table';

/** The first population of each table, by app. */
const populations = new WeakMap<IConstruct, Map<string, Construct>>();

/** Warns of a second population of one table: whichever populates last decides which data is live. */
export function warnIfShared(population: Construct, table: IIntermediateTableRef): void {
  const ofApp = populations.get(population.node.root) ?? new Map<string, Construct>();
  populations.set(population.node.root, ofApp);
  const key = keyOf(table);
  const first = ofApp.get(key);
  if (!first) {
    ofApp.set(key, population);
    return;
  }
  Annotations.of(population).addWarningV2('cdk-cleanrooms-intermediate-table:sharedTable',
    `${population.node.path} populates the table that ${first.node.path} populates: one version is live, and versionId of the other is not. `
    + `Keep ${first.node.path} alone, and give it further parameters by addSchedule().`);
}

function keyOf(table: IIntermediateTableRef): string {
  const { membershipIdentifier, intermediateTableIdentifier } = identityOf(table);
  const ids = `${membershipIdentifier}/${intermediateTableIdentifier}`;
  return known(ids) ? ids : table.node.addr;
}
