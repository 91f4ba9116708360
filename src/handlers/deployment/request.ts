import { canonical, hash } from '../execution-name';
import type { Population } from '../population/run-state';

/** What the template hands to the custom resource. CloudFormation turns scalars into strings, so what has numbers is one JSON text. */
export interface PopulationProperties {
  readonly StateMachineArn: string;
  readonly Population: string;
  /** What besides the population makes a deploy repopulate, as JSON. */
  readonly Change?: string;
  readonly PopulateOnDeploy: 'ON_CHANGE' | 'ALWAYS' | 'IF_UNPOPULATED' | 'NEVER';
  /** Where a wait condition listens, when CloudFormation may have to wait for more than an hour. */
  readonly WaitHandle?: string;
}

export interface CloudFormationEvent {
  readonly RequestType: 'Create' | 'Update' | 'Delete';
  readonly ResponseURL: string;
  readonly StackId: string;
  readonly RequestId: string;
  readonly LogicalResourceId: string;
  readonly PhysicalResourceId?: string;
  readonly ResourceType?: string;
  readonly ResourceProperties: Record<string, unknown>;
  readonly OldResourceProperties?: Record<string, unknown>;
}

/** Of the resource that reads what a wait condition has waited for. */
export interface ResultProperties {
  readonly Execution: string;
  /** The wait condition's data: `{ "population": … }`. Of an earlier run, where this one had no wait condition of its own. */
  readonly Signal?: string;
}

export const isResult = (event: CloudFormationEvent): boolean => event.ResourceProperties.Execution !== undefined;

export const resultOf = (event: CloudFormationEvent): ResultProperties => event.ResourceProperties as unknown as ResultProperties;

export const propertiesOf = (event: CloudFormationEvent): PopulationProperties => event.ResourceProperties as unknown as PopulationProperties;

/** Of an update: what the resource had before it. */
export const oldPropertiesOf = (event: CloudFormationEvent): PopulationProperties | undefined =>
  event.OldResourceProperties as unknown as PopulationProperties | undefined;

export const populationOf = ({ Population: json }: PopulationProperties): Population => JSON.parse(json) as Population;

/** Of the table alone: the same on every path, errors included, or CloudFormation would "delete" a table that lives. */
export const physicalIdOf = ({ membershipIdentifier, intermediateTableIdentifier }: Population): string =>
  `${membershipIdentifier}/${intermediateTableIdentifier}`;

/**
 * A hash of what decides which data a populate makes. Never put in it what an upgrade of this library changes:
 * all its users would pay for a population.
 */
export function fingerprintOf(properties: PopulationProperties): string {
  const { membershipIdentifier, intermediateTableIdentifier, parameters, compute, analysisPayerAccountId } = populationOf(properties);
  const change = JSON.parse(properties.Change ?? '{}') as unknown;
  return hash(canonical({ membershipIdentifier, intermediateTableIdentifier, parameters, compute, analysisPayerAccountId, change }), 16);
}
