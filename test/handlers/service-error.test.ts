import { describe as inWords, kindOf, toServiceError, type ErrorKind } from '../../src/handlers/service-error';

/** What the SDK throws: an Error with a name, the model's members and the status of the answer, where there was one. */
const thrown = (name: string, httpStatusCode?: number, members: object = {}): Error =>
  Object.assign(new Error('No.'), { name, $fault: 'client', $metadata: { httpStatusCode } }, members);

const kindOfThrown = (error: unknown): ErrorKind => kindOf(toServiceError(error));

test.each<[string, number | undefined, object, ErrorKind]>([
  ['ThrottlingException', 429, {}, 'TRANSIENT'],
  ['ThrottlingException', 400, {}, 'TRANSIENT'],
  ['InternalServerException', 500, {}, 'TRANSIENT'],
  ['AccessDeniedException', 403, { reason: 'INSUFFICIENT_PERMISSIONS' }, 'DENIED'],
  ['AccessDeniedException', 403, {}, 'DENIED'],
  ['ServiceQuotaExceededException', 402, { quotaName: 'queries', quotaValue: 2 }, 'QUOTA'],
  ['ConflictException', 409, { reason: 'ALREADY_EXISTS' }, 'CONFLICT'],
  ['ConflictException', 409, { reason: 'SUBRESOURCES_EXIST' }, 'CONFLICT'],
  ['ConflictException', 409, { reason: 'INVALID_STATE' }, 'CONFLICT'],
  ['ResourceNotFoundException', 404, {}, 'NOT_RETRYABLE'],
  ['ValidationException', 400, { reason: 'IAM_SYNCHRONIZATION_DELAY' }, 'IAM_PROPAGATING'],
  ['ValidationException', 400, { reason: 'FIELD_VALIDATION_FAILED' }, 'NOT_RETRYABLE'],
  ['ValidationException', 400, { reason: 'INVALID_CONFIGURATION' }, 'NOT_RETRYABLE'],
  ['ValidationException', 400, { reason: 'INVALID_QUERY' }, 'NOT_RETRYABLE'],
  ['ValidationException', 400, {}, 'NOT_RETRYABLE'],
  ['TooManyRequestsException', 429, {}, 'TRANSIENT'],
  ['UnrecognizedClientException', 403, {}, 'DENIED'],
  ['InvalidClientTokenId', 403, {}, 'DENIED'],
  ['InvalidSignatureException', 403, {}, 'DENIED'],
  ['ExpiredTokenException', 403, {}, 'DENIED'],
  ['SerializationException', 400, {}, 'NOT_RETRYABLE'],
  ['RequestTimeout', 408, {}, 'TRANSIENT'],
  ['ServiceUnavailable', 503, {}, 'TRANSIENT'],
  ['TimeoutError', undefined, {}, 'TRANSIENT'],
  // A success whose body breaks off.
  ['SyntaxError', 200, {}, 'TRANSIENT'],
])('%s with status %p and %j is %s', (name, status, members, kind) => {
  expect(kindOfThrown(thrown(name, status, members))).toBe(kind);
});

const reset = Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
test.each<[string, unknown, string, string]>([
  ['a network error, which goes by the system\'s code', reset, 'ECONNRESET', 'socket hang up'],
  ['a text', 'gone', 'UnknownError', 'gone'],
  ['nothing', undefined, 'UnknownError', 'undefined'],
  ['null', null, 'UnknownError', 'null'],
])('%s that is thrown is transient', (_what, value, code, message) => {
  expect(toServiceError(value)).toMatchObject({ code, message, outcomeUnknown: true });
  expect(kindOfThrown(value)).toBe('TRANSIENT');
});

describe('an answer that nobody can read', () => {
  /** What the SDK throws where a body is no JSON, or names no error. */
  const unreadable = (statusCode: number): Error =>
    Object.assign(new SyntaxError('Unexpected token <'), { $response: { statusCode }, $metadata: { attempts: 1 } });
  const unnamed = (httpStatusCode: number): Error =>
    Object.assign(new Error('UnknownError'), { name: 'UnknownError', $fault: 'client', $metadata: { httpStatusCode } });

  test.each<[string, Error, string]>([
    ['a 403 page of HTML', unreadable(403), 'HTTP 403'],
    ['a 404 page of HTML', unreadable(404), 'HTTP 404'],
    ['a success whose body was cut', unreadable(200), 'HTTP 200'],
    ['a 400 without a type', unnamed(400), 'HTTP 400'],
    ['a 503 without a type', unnamed(503), 'HTTP 503'],
  ])('decides nothing, and is told with its status, not with the parser\'s complaint: %s', (_what, error, code) => {
    expect(toServiceError(error)).toMatchObject({ code, outcomeUnknown: true });
    expect(inWords(toServiceError(error))).toBe(`${code}: the answer could not be read`);
    expect(kindOfThrown(error)).toBe('TRANSIENT');
  });

  test.each([unnamed(429), unreadable(429)])('with status 429 is throttling all the same, and did nothing: %s', (error) => {
    expect(toServiceError(error)).toMatchObject({ code: 'HTTP 429', throttled: true, outcomeUnknown: false });
  });
});

test.each([
  'BandwidthLimitExceeded', 'EC2ThrottledException', 'LimitExceededException', 'PriorRequestNotComplete',
  'ProvisionedThroughputExceededException', 'RequestLimitExceeded', 'RequestThrottled', 'RequestThrottledException', 'SlowDown',
  'ThrottledException', 'Throttling', 'ThrottlingException', 'TooManyRequestsException', 'TransactionInProgressException',
])('throttling is known by each name that the SDK knows: %s', (name) => {
  expect(toServiceError(thrown(name, 400))).toMatchObject({ throttled: true, outcomeUnknown: false });
  expect(kindOfThrown(thrown(name, 400))).toBe('TRANSIENT');
});

test.each<[boolean, (number | undefined)[]]>([
  [false, [400, 402, 403, 404, 409, 429, 499]],
  [true, [200, 302, 408, 500, 502, 503, 504, undefined]],
])('that what the service did is in doubt is %p after an answer of %j', (isInDoubt, statuses) => {
  expect(statuses.map((status) => toServiceError(thrown('AnyException', status)).outcomeUnknown)).toEqual(statuses.map(() => isInDoubt));
});

const fieldList = [{ name: 'parameters', message: 'secret-value is too long' }, {}, { name: 'computeConfiguration' }];
test.each<[string, object, string]>([
  ['ValidationException', { reason: 'FIELD_VALIDATION_FAILED', fieldList },
    'ValidationException (FIELD_VALIDATION_FAILED): No. (fields: parameters, computeConfiguration)'],
  ['ServiceQuotaExceededException', { quotaName: 'queries' }, 'ServiceQuotaExceededException (quota queries): No.'],
  ['ServiceQuotaExceededException', { quotaName: 'queries', quotaValue: 2 }, 'ServiceQuotaExceededException (quota queries of 2): No.'],
  ['ServiceQuotaExceededException', { quotaName: 'vCPUs', quotaValue: '512' }, 'ServiceQuotaExceededException (quota vCPUs of 512): No.'],
  ['ThrottlingException', {}, 'ThrottlingException: No.'],
])('%s with %j in words has code, reason, quota and the names of the fields, never their values', (name, members, words) => {
  expect(inWords(toServiceError(thrown(name, 400, members)))).toBe(words);
});
