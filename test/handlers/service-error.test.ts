import { describe as inWords, kindOf, toServiceError, type ErrorKind } from '../../src/handlers/service-error';

/** What the SDK throws: an Error with a name, the model's members and the status of the answer, where there was one. */
const thrown = (name: string, httpStatusCode?: number, members: object = {}): Error =>
  Object.assign(new Error('No.'), { name, $fault: 'client', $metadata: { httpStatusCode } }, members);

const kindOfThrown = (error: unknown): ErrorKind => kindOf(toServiceError(error));

describe('the kind of a modeled error', () => {
  test.each<[string, number, object, ErrorKind]>([
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
  ])('%s with status %i and %j is %s', (name, status, members, kind) => {
    expect(kindOfThrown(thrown(name, status, members))).toBe(kind);
  });
});

describe('the kind of any other error', () => {
  test.each<[string, number | undefined, ErrorKind]>([
    ['TooManyRequestsException', 429, 'TRANSIENT'],
    ['UnrecognizedClientException', 403, 'DENIED'],
    ['InvalidClientTokenId', 403, 'DENIED'],
    ['InvalidSignatureException', 403, 'DENIED'],
    ['ExpiredTokenException', 403, 'DENIED'],
    ['SerializationException', 400, 'NOT_RETRYABLE'],
    ['RequestTimeout', 408, 'TRANSIENT'],
    ['ServiceUnavailable', 503, 'TRANSIENT'],
    ['TimeoutError', undefined, 'TRANSIENT'],
    // A success whose body breaks off.
    ['SyntaxError', 200, 'TRANSIENT'],
  ])('%s with status %p is %s', (name, status, kind) => {
    expect(kindOfThrown(thrown(name, status))).toBe(kind);
  });

  test('a network error is transient, and goes by the system\'s code', () => {
    const reset = Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
    expect(toServiceError(reset)).toMatchObject({ code: 'ECONNRESET', message: 'socket hang up', outcomeUnknown: true });
    expect(kindOfThrown(reset)).toBe('TRANSIENT');
  });

  test.each([['a text', 'gone'], ['nothing', undefined], ['null', null]])('%s that is thrown is transient, and named unknown', (_what, value) => {
    expect(toServiceError(value)).toMatchObject({ code: 'UnknownError', message: String(value), outcomeUnknown: true });
    expect(kindOfThrown(value)).toBe('TRANSIENT');
  });
});

describe('an answer that nobody can read', () => {
  /** What the SDK throws where a body is no JSON, or names no error. */
  const unreadable = (name: string, statusCode: number, message: string): Error =>
    Object.assign(new SyntaxError(message), { name, $response: { statusCode }, $metadata: { attempts: 1 } });
  const unnamed = (httpStatusCode: number): Error => Object.assign(new Error('UnknownError'), { name: 'UnknownError', $fault: 'client', $metadata: { httpStatusCode } });

  test.each<[string, Error, string]>([
    ['a 403 page of HTML', unreadable('SyntaxError', 403, 'Unexpected token < in JSON at position 0'), 'HTTP 403'],
    ['a 404 page of HTML', unreadable('SyntaxError', 404, 'Unexpected token <'), 'HTTP 404'],
    ['a success whose body was cut', unreadable('SyntaxError', 200, 'Unexpected end of JSON input'), 'HTTP 200'],
    ['a 400 without a type', unnamed(400), 'HTTP 400'],
    ['a 503 without a type', unnamed(503), 'HTTP 503'],
  ])('decides nothing: %s', (_what, error, code) => {
    expect(toServiceError(error)).toMatchObject({ code, message: 'the answer could not be read', outcomeUnknown: true });
    expect(kindOfThrown(error)).toBe('TRANSIENT');
  });

  test('is told with its status, not with the parser\'s complaint', () => {
    expect(inWords(toServiceError(unreadable('SyntaxError', 403, 'Unexpected token <')))).toBe('HTTP 403: the answer could not be read');
  });

  test('with status 429 is throttling all the same, and did nothing', () => {
    expect(toServiceError(unnamed(429))).toMatchObject({ code: 'HTTP 429', throttled: true, outcomeUnknown: false });
    expect(toServiceError(unreadable('SyntaxError', 429, 'Unexpected token <'))).toMatchObject({ throttled: true, outcomeUnknown: false });
  });
});

describe('throttling', () => {
  test.each([
    'BandwidthLimitExceeded', 'EC2ThrottledException', 'LimitExceededException', 'PriorRequestNotComplete', 'ProvisionedThroughputExceededException',
    'RequestLimitExceeded', 'RequestThrottled', 'RequestThrottledException', 'SlowDown', 'ThrottledException', 'Throttling', 'ThrottlingException',
    'TooManyRequestsException', 'TransactionInProgressException',
  ])('is known by each name that the SDK knows: %s', (name) => {
    expect(toServiceError(thrown(name, 400))).toMatchObject({ throttled: true, outcomeUnknown: false });
    expect(kindOfThrown(thrown(name, 400))).toBe('TRANSIENT');
  });
});

describe('doubt', () => {
  test.each([400, 402, 403, 404, 409, 429, 499])('an answer of %i means that the service did nothing', (status) => {
    expect(toServiceError(thrown('AnyException', status)).outcomeUnknown).toBe(false);
  });

  test.each([200, 302, 408, 500, 502, 503, 504, undefined])('an answer of %p leaves what the service did in doubt', (status) => {
    expect(toServiceError(thrown('AnyException', status)).outcomeUnknown).toBe(true);
  });
});

describe('an error in words', () => {
  test('has code, reason, message and the names of the fields, never their values', () => {
    const error = thrown('ValidationException', 400, {
      reason: 'FIELD_VALIDATION_FAILED', fieldList: [{ name: 'parameters', message: 'secret-value is too long' }, {}, { name: 'computeConfiguration' }],
    });
    expect(inWords(toServiceError(error))).toBe('ValidationException (FIELD_VALIDATION_FAILED): No. (fields: parameters, computeConfiguration)');
  });

  test.each([
    [{ quotaName: 'concurrent queries' }, 'quota concurrent queries'],
    [{ quotaName: 'concurrent queries', quotaValue: 2 }, 'quota concurrent queries of 2'],
    [{ quotaName: 'vCPUs', quotaValue: '512' }, 'quota vCPUs of 512'],
  ])('has the name of the quota, and its value where the service tells it: %j', (members, words) => {
    expect(inWords(toServiceError(thrown('ServiceQuotaExceededException', 402, members)))).toBe(`ServiceQuotaExceededException (${words}): No.`);
  });

  test('has no empty brackets', () => {
    expect(inWords(toServiceError(thrown('ThrottlingException', 429)))).toBe('ThrottlingException: No.');
  });
});
