/** An error of a service as plain data, so that decisions on it are pure. */
export interface ServiceError {
  readonly code: string;
  readonly message: string;
  /** The model's `reason`: a closed list for ConflictException, ValidationException and AccessDeniedException. */
  readonly reason?: string;
  /** The names of the fields that did not validate; their values stay out of all messages. */
  readonly fields?: readonly string[];
  readonly quotaName?: string;
  /** The service may have done what it was asked for all the same. */
  readonly doubtful: boolean;
}

export type Answer<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: ServiceError };

/**
 * What an error means for what to do next.
 * - `TRANSIENT`: a fault of the moment, or throttling: ask again.
 * - `SETTLING`: IAM has not caught up with a role that was just made.
 * - `DENIED`: either IAM has not caught up, or the permission is missing: ask again for some minutes.
 * - `QUOTA`: too many queries run at once: wait for one of them to end.
 * - `CONFLICT`: the table is not in a state in which it can be populated, most likely because it is being populated.
 * - `FINAL`: asking again gives the same answer.
 */
export type ErrorKind = 'TRANSIENT' | 'SETTLING' | 'DENIED' | 'QUOTA' | 'CONFLICT' | 'FINAL';

export function kindOf(error: ServiceError): ErrorKind {
  if (error.doubtful) {
    return 'TRANSIENT';
  }
  switch (error.code) {
    case 'ThrottlingException':
    case 'TooManyRequestsException':
      return 'TRANSIENT';
    case 'AccessDeniedException':
      return 'DENIED';
    case 'ServiceQuotaExceededException':
      return 'QUOTA';
    case 'ConflictException':
      return 'CONFLICT';
    case 'ValidationException':
      return error.reason === 'IAM_SYNCHRONIZATION_DELAY' ? 'SETTLING' : 'FINAL';
    // What a request gets while the credentials of a role that was just made are not known everywhere yet.
    case 'UnrecognizedClientException':
    case 'InvalidClientTokenId':
    case 'InvalidSignatureException':
    case 'ExpiredTokenException':
      return 'DENIED';
    default:
      return 'FINAL';
  }
}

/** The error in the service's own words: code, reason, message and the names of the fields at fault. */
export function describe(error: ServiceError): string {
  const details = [error.reason, error.quotaName && `quota ${error.quotaName}`].filter(Boolean).join(', ');
  const fields = error.fields?.length ? ` (fields: ${error.fields.join(', ')})` : '';
  return `${error.code}${details ? ` (${details})` : ''}: ${error.message}${fields}`;
}

interface Thrown {
  readonly name?: string;
  readonly message?: string;
  readonly reason?: string;
  readonly code?: string;
  readonly quotaName?: string;
  readonly fieldList?: readonly { readonly name?: string }[];
  readonly $metadata?: { readonly httpStatusCode?: number };
}

/** The thrown thing as data. Without an answer of 4xx nobody knows what the service did. */
export function toServiceError(thrown: unknown): ServiceError {
  const error = (thrown ?? {}) as Thrown;
  const status = error.$metadata?.httpStatusCode;
  const refused = status !== undefined && status >= 400 && status < 500 && status !== 408;
  const name = error.name && error.name !== 'Error' ? error.name : error.code ?? 'UnknownError';
  return {
    code: name,
    message: error.message ?? String(thrown),
    reason: error.reason,
    fields: error.fieldList?.flatMap((field) => field.name ?? []),
    quotaName: error.quotaName,
    doubtful: !refused,
  };
}
