import { isThrottlingError } from '@smithy/core/retry';
import type { SdkError } from '@smithy/types';

/** An error of a service as plain data, so that decisions on it are pure. */
export interface ServiceError {
  readonly code: string;
  readonly message: string;
  /** The model's `reason`: a closed list for ConflictException, ValidationException and AccessDeniedException. */
  readonly reason?: string;
  /** The names of the fields that did not validate; their values stay out of all messages. */
  readonly fields?: readonly string[];
  readonly quotaName?: string;
  readonly quotaValue?: string;
  /** The service has refused since it is asked too often, by whichever name. */
  readonly throttled?: boolean;
  /** The service may have done what it was asked for all the same: there was no answer, or none that can be read. */
  readonly outcomeUnknown: boolean;
}

/** What a call came to. A failed read is no answer: neither yes nor no. */
export type Result<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: ServiceError };

/**
 * What an error means for what to do next.
 * - `TRANSIENT`: a fault of the moment, throttling, or nothing that can be read: ask again.
 * - `IAM_PROPAGATING`: IAM has not caught up with a role that was just made.
 * - `DENIED`: either IAM has not caught up, or the permission is missing: ask again for some minutes.
 * - `QUOTA`: too many queries run at once: wait for one of them to end.
 * - `CONFLICT`: the table is not in a state in which it can be populated, most likely because it is being populated.
 * - `NOT_RETRYABLE`: asking again gives the same answer.
 */
export type ErrorKind =
  | 'TRANSIENT'
  | 'IAM_PROPAGATING'
  | 'DENIED'
  | 'QUOTA'
  | 'CONFLICT'
  | 'NOT_RETRYABLE';

export function kindOf(error: ServiceError): ErrorKind {
  if (error.outcomeUnknown || error.throttled) {
    return 'TRANSIENT';
  }
  switch (error.code) {
    case 'AccessDeniedException':
    // What a request gets while the credentials of a role that was just made are not known everywhere yet.
    case 'UnrecognizedClientException':
    case 'InvalidClientTokenId':
    case 'InvalidSignatureException':
    case 'ExpiredTokenException':
      return 'DENIED';
    case 'ServiceQuotaExceededException':
      return 'QUOTA';
    case 'ConflictException':
      return 'CONFLICT';
    case 'ValidationException':
      return error.reason === 'IAM_SYNCHRONIZATION_DELAY' ? 'IAM_PROPAGATING' : 'NOT_RETRYABLE';
    default:
      return 'NOT_RETRYABLE';
  }
}

/** The error in the service's own words: code, reason, message and the names of the fields at fault. */
export function describe(error: ServiceError): string {
  const quota = error.quotaName && `quota ${error.quotaName}${error.quotaValue === undefined ? '' : ` of ${error.quotaValue}`}`;
  const details = [error.reason, quota].filter(Boolean).join(', ');
  const fields = error.fields?.length ? ` (fields: ${error.fields.join(', ')})` : '';
  return `${error.code}${details ? ` (${details})` : ''}: ${error.message}${fields}`;
}

interface Thrown {
  readonly name?: string;
  readonly message?: string;
  readonly reason?: string;
  readonly code?: string;
  readonly quotaName?: string;
  readonly quotaValue?: number | string;
  readonly fieldList?: readonly { readonly name?: string }[];
  /** Of the errors that a service's own answer says; not of what came of a connection or a parser. */
  readonly $fault?: 'client' | 'server';
  readonly $metadata?: { readonly httpStatusCode?: number };
  readonly $response?: { readonly statusCode?: number };
}

/** The thrown thing as data. */
export function toServiceError(thrown: unknown): ServiceError {
  const error = (thrown ?? {}) as Thrown;
  const status = error.$metadata?.httpStatusCode ?? error.$response?.statusCode;
  const throttled = status === 429 || isThrottlingError(error as SdkError);
  const said = error.$fault !== undefined && error.name !== 'UnknownError';
  if (!said && status !== undefined) {
    // A proxy's page, or a body that was cut: the parser's complaint would tell nobody anything.
    return { code: `HTTP ${status}`, message: 'the answer could not be read', throttled, outcomeUnknown: !throttled };
  }
  const refused = said && status !== undefined && status >= 400 && status < 500 && status !== 408;
  return {
    code: error.name && error.name !== 'Error' ? error.name : error.code ?? 'UnknownError',
    message: error.message ?? String(thrown),
    reason: error.reason,
    fields: error.fieldList?.flatMap((field) => field.name ?? []),
    quotaName: error.quotaName,
    quotaValue: error.quotaValue === undefined ? undefined : String(error.quotaValue),
    throttled,
    outcomeUnknown: !refused && !throttled,
  };
}

export async function tryCall<T>(ask: () => Promise<T>): Promise<Result<T>> {
  try {
    return { ok: true, value: await ask() };
  } catch (thrown) {
    return { ok: false, error: toServiceError(thrown) };
  }
}

/** The first of these answers that is none; undefined where all that was asked is known. */
export function firstError(...answers: readonly (Result<unknown> | undefined)[]): ServiceError | undefined {
  const failed = answers.find((answer) => answer && !answer.ok);
  return failed && !failed.ok ? failed.error : undefined;
}
