import { isModeledError, shapeNamed } from './model';
import type { Problem } from './validation';

/** An error as it goes over the wire: type, HTTP status, and the members of its body. */
export class ServiceError extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly members: Record<string, unknown> = {},
    readonly status: number = modeledStatus(code),
  ) {
    super(message);
    this.name = code;
  }
}

function modeledStatus(code: string): number {
  if (!isModeledError(code)) {
    throw new Error(`"${code}" is not an error of the Clean Rooms model; give its HTTP status too.`);
  }
  return shapeNamed(code).error!.httpStatusCode;
}

export function conflict(message: string, resourceId: string, reason: 'ALREADY_EXISTS' | 'SUBRESOURCES_EXIST' | 'INVALID_STATE'): ServiceError {
  return new ServiceError('ConflictException', message, { resourceId, reason });
}

export function quotaExceeded(quotaName: string, quotaValue: number): ServiceError {
  return new ServiceError('ServiceQuotaExceededException', `The quota "${quotaName}" of ${quotaValue} is used up.`, { quotaName, quotaValue });
}

export type ModeledResourceType = 'COLLABORATION' | 'MEMBERSHIP' | 'CONFIGURED_TABLE' | 'CONFIGURED_TABLE_ASSOCIATION';

/** The model's ResourceType knows neither intermediate tables nor queries, so the nearest of its four values stands for them. */
export function notFound(what: string, resourceId: string, resourceType: ModeledResourceType): ServiceError {
  return new ServiceError('ResourceNotFoundException', `${what} ${resourceId} does not exist.`, { resourceId, resourceType });
}

export function invalidConfiguration(message: string): ServiceError {
  return new ServiceError('ValidationException', message, { reason: 'INVALID_CONFIGURATION' });
}

export function invalidFields(problems: Problem[]): ServiceError {
  const list = problems.map(({ name, message }) => `Value at '${name}' failed to satisfy constraint: ${message}`);
  return new ServiceError(
    'ValidationException',
    `${problems.length} validation error${problems.length === 1 ? '' : 's'} detected: ${list.join('; ')}`,
    { reason: 'FIELD_VALIDATION_FAILED', fieldList: problems.map(({ name, message }) => ({ name, message })) },
  );
}

/** What restJson1 servers answer to a body that does not even have the right types. */
export function unreadable(message: string): ServiceError {
  return new ServiceError('SerializationException', message, {}, 400);
}

export function throttled(status: number): ServiceError {
  return new ServiceError('ThrottlingException', 'Rate exceeded', {}, status);
}
