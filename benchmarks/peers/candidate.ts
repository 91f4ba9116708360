import { Duration, Stack } from 'aws-cdk-lib';
import { CfnIntermediateTable } from 'aws-cdk-lib/aws-cleanrooms';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';

export interface PopulationOptions {
  readonly schedule?: Schedule;
  /** How long the query may take. */
  readonly longest?: Duration;
}

export type Populate = (id: string, table: CfnIntermediateTable) => void;

/** One way to populate intermediate tables from a CDK app. */
export interface Candidate {
  readonly name: string;
  /** Makes what the populations of a stack share; the result adds one population. */
  readonly open: (stack: Stack, options: PopulationOptions) => Populate;
}

/** What the peers' functions may do: with wildcards, as nobody who writes it on an afternoon lists ARNs. */
export const mayPopulate = (): PolicyStatement => new PolicyStatement({
  actions: ['cleanrooms:PopulateIntermediateTable', 'cleanrooms:GetProtectedQuery'], resources: ['*'],
});

export const propertiesOf = (table: CfnIntermediateTable) => ({
  MembershipIdentifier: table.membershipIdentifier,
  IntermediateTableIdentifier: table.attrIntermediateTableIdentifier,
});

/** The target is made only where there is a schedule. */
export function addRule(stack: Stack, id: string, schedule: Schedule | undefined, target: () => Parameters<Rule['addTarget']>[0]): void {
  if (schedule) {
    new Rule(stack, `${id}Schedule`, { schedule, targets: [target()!] });
  }
}
