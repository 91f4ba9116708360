import type { PopulationProperties, ResultProperties } from '../../contract/custom-resource';
import { hash } from '../../contract/hashing';
import type { Definition } from '../../contract/population';
import { decoded } from '../../contract/verbatim';
import type { ResponseTarget } from '../record/awaited';

/** What CloudFormation sends: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-requests.html */
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

/** Whether the event is of the resource that reads what a wait condition has waited for. */
export const isResult = (event: CloudFormationEvent): boolean => event.ResourceProperties.Execution !== undefined;

export const resultOf = (event: CloudFormationEvent): ResultProperties => event.ResourceProperties as unknown as ResultProperties;

export const propertiesOf = (event: CloudFormationEvent): PopulationProperties => event.ResourceProperties as unknown as PopulationProperties;

/** Of an update: what the resource had before it. */
export const oldPropertiesOf = (event: CloudFormationEvent): PopulationProperties | undefined =>
  event.OldResourceProperties as unknown as PopulationProperties | undefined;

/** @throws if it is no definition; without its text, which holds parameters. */
export function definitionOf({ Definition: json }: Pick<PopulationProperties, 'Definition'>): Definition {
  const definition = parsed(json) as Partial<Definition> | undefined;
  if (!definition?.record || !definition.population?.membershipIdentifier || !definition.population.intermediateTableIdentifier) {
    const problem = new Error('The property Definition of the custom resource is not the JSON of a population.');
    throw Object.assign(problem, { name: 'InvalidDefinition' });
  }
  return decoded(definition as Definition);
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

/** Whom to answer. A resource whose table is not known keeps the physical id that it has. */
export function targetOf(event: CloudFormationEvent, table?: string): ResponseTarget {
  const { ResponseURL: url, StackId, RequestId, LogicalResourceId, PhysicalResourceId } = event;
  const had = PhysicalResourceId ?? LogicalResourceId;
  return { url, StackId, RequestId, LogicalResourceId, PhysicalResourceId: event.RequestType === 'Delete' ? had : table ?? had };
}

/**
 * CloudFormation may deliver one event twice, and reuses a RequestId for a retried deployment, whose ResponseURL differs
 * (https://github.com/aws/aws-cdk/issues/35957): equal for deliveries of one event, and for no other.
 */
export const requestHash = ({ RequestId, ResponseURL, RequestType }: Pick<CloudFormationEvent, 'RequestId' | 'ResponseURL' | 'RequestType'>): string =>
  hash([RequestId, ResponseURL, RequestType].join('\n'), 24);

/** The older of the two ways to sign a URL says when it expires: https://docs.aws.amazon.com/AmazonS3/latest/userguide/RESTAuthentication.html */
const SIGNED_FOR_MILLIS = 2 * 3_600_000;

/** When CloudFormation sent the event, in milliseconds, by its own clock: its response URL was signed then. Undefined where that does not tell. */
export function signedAt(url: string): number | undefined {
  const [, ...date] = /[?&]X-Amz-Date=(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z(?:&|$)/.exec(url) ?? [];
  if (date.length) {
    const [year, month, ...rest] = date.map(Number);
    return Date.UTC(year, month - 1, ...rest);
  }
  const [, expires] = /[?&]Expires=(\d{10})(?:&|$)/.exec(url) ?? [];
  return expires ? Number(expires) * 1000 - SIGNED_FOR_MILLIS : undefined;
}
