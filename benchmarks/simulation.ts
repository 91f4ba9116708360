import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { App, Duration, Stack } from 'aws-cdk-lib';
import { CfnIntermediateTable } from 'aws-cdk-lib/aws-cleanrooms';
import { runtimeSdk } from './peers/bundle';
import { Candidate, PopulationOptions } from './peers/candidate';
import { WORKSPACE } from './workspace';
import { Cloud, CloudOptions } from '../simulator/cloud';
import { readStack, StackSource } from '../simulator/cloudformation/assembly';

// CDK's own validation of each template takes seconds, and tells nothing about what is compared here.
process.env.CDK_VALIDATION = 'false';

export const STACK = 'Bench';
const MEMBERSHIP = 'a1b2c3d4-5678-90ab-cdef-111111111111';

/** A stack with so many tables, each with one population. */
function buildStack(candidate: Candidate, populations: number, options: PopulationOptions, name: string): App {
  const app = new App({ analyticsReporting: false, outdir: mkdtempSync(join(WORKSPACE, 'cdk.out-')) });
  const stack = new Stack(app, name);
  const populate = candidate.open(stack, options);
  for (let index = 0; index < populations; index++) {
    populate(`Population${index}`, makeTable(stack, `Table${index}`));
  }
  return app;
}

export function synthesize(candidate: Candidate, populations: number, options: PopulationOptions = {}, name = STACK): StackSource {
  return readStack(buildStack(candidate, populations, options, name).synth().directory, name);
}

function makeTable(stack: Stack, id: string): CfnIntermediateTable {
  return new CfnIntermediateTable(stack, id, {
    membershipIdentifier: MEMBERSHIP,
    name: `${stack.stackName}_${id}`,
    analysisRules: [{ type: 'CUSTOM', policy: { v1: { custom: { allowedAnalyses: ['ANY_QUERY'] } } } }],
    populationAnalysisConfiguration: { sqlParameters: { queryString: 'SELECT 1' } },
  });
}

/** An account whose queries all succeed after so long. */
export function openCloud(query: Duration, options: CloudOptions = {}): Cloud {
  const cloud = new Cloud({
    ...options,
    lambdaModules: runtimeSdk(),
    cleanRooms: { ...options.cleanRooms, defaultPlan: { durationSeconds: query.toSeconds(), outcome: 'SUCCESS' } },
  });
  cloud.joinCollaboration(MEMBERSHIP);
  return cloud;
}
