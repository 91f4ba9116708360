import type { ResultProperties } from '../../contract/custom-resource';
import { tableId } from '../../contract/definition';
import { hash } from '../../contract/hashing';
import type { PendingResponse } from '../record/items';

/** What CloudFormation sends: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-requests.html */
export interface CloudFormationEvent {
  readonly RequestType: 'Create' | 'Update' | 'Delete';
  readonly ResponseURL: string;
  readonly StackId: string;
  readonly RequestId: string;
  readonly LogicalResourceId: string;
  readonly PhysicalResourceId?: string;
  readonly ResourceType?: string;
  readonly ResourceProperties: Readonly<Record<string, unknown>>;
  readonly OldResourceProperties?: Readonly<Record<string, unknown>>;
}

/** Returns whether the event is of the resource that reads what a wait condition has waited for. */
export const isResult = (event: CloudFormationEvent): boolean => event.ResourceProperties.Execution !== undefined;

export const resultProperties = (event: CloudFormationEvent): ResultProperties => event.ResourceProperties as unknown as ResultProperties;

/**
 * Returns whom to answer. The physical id is the table's, errors included, or CloudFormation would "delete" a table that lives; a resource
 * whose table is not known keeps the id that it has.
 */
export function responseTo(event: CloudFormationEvent): PendingResponse {
  const { RequestType, ResponseURL: url, StackId, RequestId, LogicalResourceId, PhysicalResourceId = LogicalResourceId } = event;
  const { MembershipIdentifier: membershipIdentifier, IntermediateTableIdentifier: intermediateTableIdentifier } = event.ResourceProperties;
  const table = isId(membershipIdentifier) && isId(intermediateTableIdentifier)
    ? tableId({ membershipIdentifier, intermediateTableIdentifier }) : PhysicalResourceId;
  return { url, StackId, RequestId, LogicalResourceId, PhysicalResourceId: RequestType === 'Delete' ? PhysicalResourceId : table };
}

const isId = (value: unknown): value is string => typeof value === 'string' && value !== '';

type Identity = Pick<CloudFormationEvent, 'RequestId' | 'ResponseURL' | 'RequestType'>;

/**
 * Returns what is equal for deliveries of one event, and for no other. CloudFormation may deliver one event twice, and reuses a RequestId
 * for a retried deployment, whose ResponseURL differs (https://github.com/aws/aws-cdk/issues/35957).
 */
export const requestHash = ({ RequestId, ResponseURL, RequestType }: Identity): string =>
  hash([RequestId, ResponseURL, RequestType].join('\n'), 24);

/** The older way to sign a URL says when it expires: https://docs.aws.amazon.com/AmazonS3/latest/userguide/RESTAuthentication.html */
const URL_LIFETIME_MILLIS = 2 * 3_600_000;

/** Returns when CloudFormation signed the response URL, in milliseconds, by its own clock. Undefined where the URL does not tell. */
export function signedAt(url: string): number | undefined {
  const [, ...date] = /[?&]X-Amz-Date=(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z(?:&|$)/.exec(url) ?? [];
  if (date.length) {
    const [year, month, ...rest] = date.map(Number);
    return Date.UTC(year, month - 1, ...rest);
  }
  const [, expires] = /[?&]Expires=(\d{10})(?:&|$)/.exec(url) ?? [];
  return expires ? Number(expires) * 1_000 - URL_LIFETIME_MILLIS : undefined;
}
