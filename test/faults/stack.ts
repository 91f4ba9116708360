import { CfnParameter, CfnResource, Duration, Stack } from 'aws-cdk-lib';
import { Schedule as Rate } from 'aws-cdk-lib/aws-events';
import type { Shape, Template } from './schedule';
import type { Cloud } from '../../simulator/cloud';
import type { StackSource } from '../../simulator/cloudformation/assembly';
import { IntermediateTable, IntermediateTablePopulation, IntermediateTablePopulationProps, PopulateOnDeploy, WorkerType } from '../../src';
import { makeTable, MARKER, MEMBERSHIP, STACK, synthesize } from '../e2e/support';

/** What is the same in all templates of one schedule. */
export interface Settings {
  readonly shape: Shape;
  readonly timeoutMinutes: number;
  readonly cancelOnTimeout: boolean;
  /** The data's letter is a parameter of the template. */
  readonly isParameter: boolean;
}

/** The other stack of the account. */
export const NEIGHBOUR = 'Neighbour';

/** Of populations that the schedule is not about. */
const OTHER: Template = { letter: 'z', kind: 'plain' };

const KEY = 'arn:aws:kms:us-east-1:111122223333:key/a1b2c3d4-5678-90ab-cdef-333333333333';

export const segmentOf = ({ letter }: Template): string => `${MARKER} ${letter}`;

const known = new Map<string, StackSource>();

/** Synthesized once a process: that takes longer than a whole deploy. */
function synthesizedOnce(key: string, make: (stack: Stack) => void, name?: string): StackSource {
  const source = known.get(key) ?? synthesize(make, name);
  known.set(key, source);
  return source;
}

export function sourceOf(template: Template, settings: Settings, jobTable?: string): StackSource {
  const { breaks, ...lasting } = template;
  const key = JSON.stringify([settings.isParameter ? { ...lasting, letter: undefined } : lasting, settings, jobTable]);
  return breaking(synthesizedOnce(key, (stack) => build(stack, template, settings, jobTable)), breaks);
}

export const neighbourOf = (settings: Settings): StackSource => synthesizedOnce(
  `${NEIGHBOUR} ${settings.timeoutMinutes} ${settings.cancelOnTimeout}`,
  (stack) => populate(stack, 'Audience', OTHER, { ...settings, isParameter: false }), NEIGHBOUR);

export const makeJobTable = ({ cleanRooms: { resources } }: Cloud): string => {
  const template = resources.createAnalysisTemplate({ membershipIdentifier: MEMBERSHIP, name: 'score', queryString: 'spark.table("purchases")' });
  return resources.createIntermediateTable({
    membershipIdentifier: MEMBERSHIP, name: 'scores', populationAnalysisConfiguration: { jobParameters: { analysisTemplateArn: template.arn } },
  }).id;
};

/** Besides the one that all is about: who stands beside it, and who is built on it. */
function build(stack: Stack, template: Template, settings: Settings, jobTable?: string): void {
  const first = populate(stack, 'Audience', template, settings, {}, jobTable);
  first.addSchedule('Europe', Rate.rate(Duration.days(7)), { parameters: { region: 'EU' } });
  const given = { ...settings, isParameter: false };
  const also = (id: string, ...refreshAfter: IntermediateTablePopulation[]) => populate(stack, id, OTHER, given, { refreshAfter });
  switch (settings.shape) {
    case 'two': also('AudienceB'); break;
    case 'chain': also('AudienceB', first); break;
    case 'diamond': also('AudienceD', also('AudienceB', first), also('AudienceC', first)); break;
  }
  // There from the first deploy on, since a failing resource can only be updated into failure.
  const [, later] = ['Other', 'Later'].map((id) => new CfnResource(stack, id, { type: 'Test::Resource::Fails' }));
  later.node.addDependency(first);
}

function populate(
  stack: Stack, id: string, template: Template, { timeoutMinutes, cancelOnTimeout, isParameter }: Settings,
  more: Partial<IntermediateTablePopulationProps> = {}, jobTable?: string,
): IntermediateTablePopulation {
  const { kind } = template;
  const intermediateTable = jobTable === undefined
    ? makeTable(stack, id.replace('Audience', 'Table'), { name: `${stack.stackName}${id}${kind === 'another table' ? '2' : ''}`, kmsKeyArn: kind === 'key' ? KEY : undefined })
    : IntermediateTable.fromIntermediateTableAttributes(stack, 'Table', { membershipIdentifier: MEMBERSHIP, intermediateTableIdentifier: jobTable });
  return new IntermediateTablePopulation(stack, id, {
    intermediateTable,
    parameters: { segment: isParameter ? new CfnParameter(stack, 'Segment').valueAsString : segmentOf(template) },
    timeout: Duration.minutes(timeoutMinutes + (kind === 'touched' ? 1 : 0)),
    cancelOnTimeout,
    triggers: kind === 'trigger' ? ['another'] : undefined,
    compute: kind === 'compute' ? { workerType: WorkerType.CR_1X, workers: 8 } : undefined,
    populateOnDeploy: MODES[kind],
    schedule: Rate.rate(Duration.days(1)),
    ...more,
  });
}

const MODES: Partial<Record<Template['kind'], PopulateOnDeploy>> = {
  'never': PopulateOnDeploy.NEVER, 'if unpopulated': PopulateOnDeploy.IF_UNPOPULATED, 'always': PopulateOnDeploy.ALWAYS,
};

function breaking(source: StackSource, breaks?: Template['breaks']): StackSource {
  const { Other, Later, ...Resources } = source.template.Resources;
  if (!Other) return source;
  const fail = (resource: typeof Other, fails: boolean) => ({ ...resource, Properties: { Fail: String(fails), Seconds: fails ? '90' : '0' } });
  return {
    ...source,
    template: { ...source.template, Resources: { ...Resources, Other: fail(Other, breaks === 'meanwhile'), Later: fail(Later, breaks === 'later') } },
  };
}

/** The table that all is about, where there is one. */
export const tableIn = (cloud: Cloud): string | undefined =>
  (cloud.cloudFormation.names().includes(STACK) ? cloud.stack(STACK).resources.get('Table')?.physicalId : undefined);
