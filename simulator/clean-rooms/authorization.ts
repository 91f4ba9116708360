import { baseTables } from './base-tables';
import { ServiceError } from './errors';
import { OperationName, SIGNING_NAME } from './model';
import type { Store } from './store';
import type { Input } from './wire';

export interface AuthorizationRequest {
  readonly accessKeyId: string;
  readonly operation: OperationName;
  /** All of them have to be allowed. */
  readonly resources: string[];
}

/** With a customer's key, the caller itself has to be allowed to use it, through Clean Rooms. */
export interface KeyUseRequest {
  readonly accessKeyId: string;
  readonly action: 'kms:DescribeKey' | 'kms:GenerateDataKey' | 'kms:Decrypt';
  readonly keyArn: string;
  readonly viaService: string;
}

export type Denial = { readonly message: string } | undefined;

const CREDENTIAL = /^AWS4-HMAC-SHA256\s+Credential=([^/\s,]+)\/(\d{8})\/([^/]+)\/([^/]+)\/aws4_request\s*,\s*SignedHeaders=[^,\s]+\s*,\s*Signature=\S+/;

/** The access key of a Signature Version 4 header. That the signature is right is not checked, only that it is meant for us. */
export function accessKeyOf(header: string | undefined, region: string): string {
  if (!header) throw new ServiceError('MissingAuthenticationTokenException', 'Missing Authentication Token', {}, 403);
  const match = CREDENTIAL.exec(header);
  if (!match) throw new ServiceError('IncompleteSignatureException', 'The Authorization header is not an AWS4-HMAC-SHA256 signature.', {}, 403);
  const [, accessKeyId, , signedRegion, service] = match;
  if (service !== SIGNING_NAME) throw wrongScope('service', SIGNING_NAME, service);
  if (signedRegion !== region) throw wrongScope('region', region, signedRegion);
  return accessKeyId;
}

function wrongScope(what: string, expected: string, actual: string): ServiceError {
  return new ServiceError('InvalidSignatureException', `Credential should be scoped to correct ${what}: '${expected}', not '${actual}'.`, {}, 403);
}

/** The ARNs that IAM looks at: built from the request, since IAM is asked before anybody knows whether the resource exists. */
export function resourceArns(operation: OperationName, input: Input, arnPrefix: string, store: Store, withAssociations: boolean): string[] {
  const membership = `${arnPrefix}:membership/${input.membershipIdentifier}`;
  const tableId = input.intermediateTableIdentifier;
  if (tableId === undefined) return [membership];
  const table = store.tables.get(tableId as string);
  const associations = operation === 'PopulateIntermediateTable' && withAssociations && table ? baseTables(table, store) : [];
  return [membership, `${membership}/intermediatetable/${tableId}`, ...associations.map(({ arn }) => arn)];
}

export function denied(denial: NonNullable<Denial>): ServiceError {
  return new ServiceError('AccessDeniedException', denial.message);
}
