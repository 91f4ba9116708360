import { App, Stack } from 'aws-cdk-lib';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import type { Scene } from './world';
import { IntermediateTable, IntermediateTablePopulation } from '../../../src';

// CDK's own validation of a template takes seconds.
process.env.CDK_VALIDATION = 'false';

export interface Identifiers {
  readonly membershipIdentifier: string;
  readonly intermediateTableIdentifier: string;
}

export const parameterOf = (stackName: string): string => `/${stackName}/version`;

/** A stack with a population of a table that is there already, whose version it keeps in a parameter; answers the assembly's folder. */
export function synthesize(stackName: string, identifiers: Identifiers, { parameters }: Scene, outdir?: string): string {
  const app = new App({ analyticsReporting: false, outdir });
  const stack = new Stack(app, stackName);
  new IntermediateTablePopulation(stack, 'Audience', {
    intermediateTable: IntermediateTable.fromIntermediateTableAttributes(stack, 'Table', identifiers),
    parameters,
    versionParameter: new StringParameter(stack, 'Version', { parameterName: parameterOf(stackName), stringValue: 'none yet' }),
  });
  return app.synth().directory;
}

export const TABLE_PROPERTIES = { name: 'audience', populationAnalysisConfiguration: { sqlParameters: { queryString: 'SELECT 1' } } };
