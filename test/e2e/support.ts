import { App, CfnResource, Duration, Stack } from 'aws-cdk-lib';
import { CfnIntermediateTable, CfnIntermediateTableProps } from 'aws-cdk-lib/aws-cleanrooms';
import { Schedule } from 'aws-cdk-lib/aws-events';
import { Cloud, CloudOptions } from '../../simulator/cloud';
import { readStack, StackSource } from '../../simulator/cloudformation/assembly';
import type { DeployResult } from '../../simulator/cloudformation/service';
import { IntermediateTablePopulation, IntermediateTablePopulationProps } from '../../src';
import { disagreements, noteDecision } from '../support/second-opinion';
import { functions } from '../support/sources';

// CDK's own validation of a template takes seconds; a test of its own turns it on.
process.env.CDK_VALIDATION = 'false';

export const STACK = 'App';
export const MEMBERSHIP = 'a1b2c3d4-5678-90ab-cdef-111111111111';
/** Stands in every parameter that these tests give, and must be seen nowhere. */
export const MARKER = 'xx-secret-marker-xx';

export interface Scene extends Partial<Omit<IntermediateTablePopulationProps, 'intermediateTable'>> {
  readonly table?: Partial<CfnIntermediateTableProps>;
  /** A resource that the population does not depend on, which fails after so many seconds. */
  readonly otherFailsAfter?: number;
  /** Fails once the population is there. */
  readonly laterFails?: boolean;
  readonly also?: (stack: Stack, population: IntermediateTablePopulation, table: CfnIntermediateTable) => void;
}

const synthesized = new Map<string, StackSource>();

/** The stack of a scene: a table and its population, synthesized once for each scene in a test file. */
export function stackOf(scene: Scene = {}): StackSource {
  const key = JSON.stringify(scene, (_, value: unknown) => value ?? 'none') + String(scene.also);
  const known = synthesized.get(key) ?? synthesize((stack) => buildScene(stack, scene));
  synthesized.set(key, known);
  return known;
}

export function synthesize(build: (stack: Stack) => void, name = STACK): StackSource {
  const app = new App({ analyticsReporting: false });
  build(new Stack(app, name));
  return readStack(app.synth().directory, name);
}

function buildScene(stack: Stack, { table: tableProps, otherFailsAfter, laterFails, also, ...props }: Scene): void {
  const table = makeTable(stack, 'Table', tableProps);
  const population = new IntermediateTablePopulation(stack, 'Audience', {
    intermediateTable: table, parameters: { segment: `${MARKER} a` }, ...props,
  });
  // There from the first deploy on, since a failing resource can only be updated into failure.
  const failing = { type: 'Test::Resource::Fails', properties: { Fail: String(otherFailsAfter !== undefined), Seconds: String(otherFailsAfter ?? 0) } };
  new CfnResource(stack, 'Other', failing);
  const later = new CfnResource(stack, 'Later', { type: 'Test::Resource::Fails', properties: { Fail: String(laterFails ?? false) } });
  later.node.addDependency(population);
  also?.(stack, population, table);
}

export function makeTable(stack: Stack, name: string, props: Partial<CfnIntermediateTableProps> = {}): CfnIntermediateTable {
  return new CfnIntermediateTable(stack, name, {
    membershipIdentifier: MEMBERSHIP,
    name,
    analysisRules: [{ type: 'CUSTOM', policy: { v1: { custom: { allowedAnalyses: ['ANY_QUERY'] } } } }],
    populationAnalysisConfiguration: { sqlParameters: { queryString: 'SELECT 1' } },
    ...props,
  });
}

const opened: Cloud[] = [];

/** An account that is a member of the tests' collaboration. */
export function openCloud(options: CloudOptions = {}): Cloud {
  const cloud = new Cloud({ ...functions(), ...options });
  cloud.joinCollaboration(MEMBERSHIP);
  cloud.iam.onDecision = noteDecision;
  opened.push(cloud);
  return cloud;
}

/** Closes the test's clouds, once what holds for every one of them was looked at. */
export async function closeClouds(): Promise<void> {
  for (const cloud of opened.splice(0)) {
    cloud.close();
    expect(sensitiveLines(cloud)).toEqual([]);
    expect(cloud.responses().filter(({ bytes }) => bytes > 4096)).toEqual([]);
    expect(cloud.cleanRooms.journal.requests.filter(({ errorCode }) => errorCode === 'SimulatorDefect')).toEqual([]);
  }
  expect(await disagreements()).toEqual([]);
}

/** Whatever a person or a log could get to see that has a parameter's value or CloudFormation's presigned URL in it. */
export function sensitiveLines(cloud: Cloud): string[] {
  const stacks = cloud.cloudFormation.names().map((name) => cloud.stack(name));
  const seen = [
    ...cloud.logs().map(({ text }) => text),
    ...cloud.responses().map(({ body }) => body),
    ...cloud.executions().flatMap(({ error, cause, output, name }) => [error, cause, output, name]),
    ...stacks.flatMap(({ events, outputs }) => [...events.map(({ reason }) => reason), JSON.stringify(outputs)]),
  ];
  return seen.filter((text): text is string => text !== undefined && (text.includes(MARKER) || text.includes('X-Amz-Signature')));
}

/** Logical ids, as CDK makes them: the construct's path and a hash. */
export function logicalId(source: StackSource, path: string): string {
  const found = Object.keys(source.template.Resources).filter((id) => id.startsWith(path) && /^[0-9A-F]{8}$/.test(id.slice(path.length)));
  if (found.length !== 1) {
    throw new Error(`The template has ${found.length} resources ${path}: [${found.join(', ')}]`);
  }
  return found[0];
}

export const MACHINE = 'AudienceStateMachine';
export const RESOURCE = 'AudiencePopulation';
export const SCHEDULE = 'AudienceSchedule';
export const POPULATION_FUNCTION = 'IntermediateTablePopulationsPopulationFunction';
export const DEPLOYMENT_FUNCTION = 'IntermediateTablePopulationsDeploymentFunction';

/** Parameters whose data can be told apart, by a letter. */
export const segment = (letter: string) => ({ segment: `${MARKER} ${letter}` });

export const DAILY = { schedule: Schedule.rate(Duration.days(1)) };
/** What most tests deploy, and what they change it to. */
export const A: Scene = { ...DAILY, parameters: segment('a') };
export const B: Scene = { ...A, parameters: segment('b') };
export const FAILS = { durationSeconds: 60, outcome: 'FAILED', error: { code: 'BAD', message: 'Wrong.' } } as const;

export const physicalId = (cloud: Cloud, id: string): string => cloud.stack(STACK).resources.get(id)!.physicalId;
export const tableIn = (cloud: Cloud): string => physicalId(cloud, 'Table');
export const liveIn = (cloud: Cloud): string | undefined => cloud.cleanRooms.liveVersionId(tableIn(cloud));
export const populatesIn = (cloud: Cloud) => cloud.cleanRooms.journal.acceptedPopulates();

const letterOf = ({ segment: text = '-' }: { readonly segment?: string } = {}): string => text.slice(-1);
/** The letters of what was populated, in order; what a person did by hand is not among them. */
export const lettersIn = (cloud: Cloud): string =>
  populatesIn(cloud).map(({ body }) => letterOf((body as { parameters?: { segment?: string } }).parameters)).join('');
/** The letter of what can be queried. */
export const dataIn = (cloud: Cloud): string | undefined =>
  cloud.cleanRooms.populations(tableIn(cloud)).filter(({ versionId }) => versionId === liveIn(cloud))
    .map(({ parameters }) => letterOf(parameters))[0];
export const runningIn = (cloud: Cloud) => cloud.executions().filter(({ status }) => status === 'RUNNING');

/** The stack's only output: the version that a deploy ended with. */
export function versionIn({ outputs }: Pick<DeployResult, 'outputs'>): string {
  const values = Object.entries(outputs).filter(([name]) => name.startsWith('AudienceVersionId')).map(([, value]) => value);
  expect(values).toHaveLength(1);
  return values[0];
}

/** What the custom resource or its wait condition failed with. */
export function failureOf({ failures }: DeployResult): string {
  const own = failures.filter(({ logicalId: id }) => id.startsWith('Audience'));
  expect(own).toHaveLength(1);
  return own[0].reason;
}

/** Deploys the scene and expects it to succeed. */
export async function deploy(cloud: Cloud, scene: Scene = {}): Promise<DeployResult> {
  const result = await cloud.deploy(stackOf(scene));
  expect([result.status, result.failures]).toEqual([expect.stringMatching(/^(CREATE|UPDATE)_COMPLETE$/), []]);
  return result;
}

/** An account in which the scene is deployed. */
export async function cloudWith(scene: Scene = {}, options: CloudOptions = {}): Promise<Cloud> {
  const cloud = openCloud(options);
  await deploy(cloud, scene);
  return cloud;
}

/** Lets the scene's schedule come due and its run end. */
export async function refresh(cloud: Cloud, scene: Scene, schedule = SCHEDULE): Promise<void> {
  cloud.fireRule(logicalId(stackOf(scene), schedule));
  await cloud.settle();
}

/** Deploys the scene, expects it to be rolled back, and lets everything end that still runs. */
export async function failToDeploy(cloud: Cloud, scene: Scene): Promise<DeployResult> {
  const result = await cloud.deploy(stackOf(scene));
  expect(result.status).toBe('UPDATE_ROLLBACK_COMPLETE');
  await cloud.settle();
  return result;
}

/** Lets time pass until something holds; at most a day of it. */
export async function until(cloud: Cloud, holds: () => boolean, stepSeconds = 5): Promise<void> {
  for (let passed = 0; !holds(); passed += stepSeconds) {
    if (passed > 24 * 3600) {
      throw new Error(`In a day it never held: ${String(holds)}`);
    }
    await cloud.advance(stepSeconds);
  }
}
