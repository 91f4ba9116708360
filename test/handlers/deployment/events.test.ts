import { eventOf, propertiesWith, TABLE_ID } from './support';
import { isResult, requestHash, responseTo, signedAt } from '../../../src/handlers/deployment/events';

describe('the hash of a request', () => {
  const EVENT = { RequestId: 'request-1', ResponseURL: 'https://cloudformation.example/1?signature=a', RequestType: 'Create' as const };

  test('is the same for an event that is delivered again', () => {
    expect(requestHash({ ...EVENT })).toBe(requestHash(EVENT));
  });

  test.each([
    ['a retried deployment, which reuses the RequestId', { ResponseURL: 'https://cloudformation.example/1?signature=b' }],
    ['another request', { RequestId: 'request-2' }],
    ['the request\'s rollback', { RequestType: 'Delete' as const }],
  ])('differs for %s', (_what, change) => {
    expect(requestHash({ ...EVENT, ...change })).not.toBe(requestHash(EVENT));
  });

  test('does not run its parts together', () => {
    expect(requestHash({ ...EVENT, RequestId: 'a', ResponseURL: 'bc' })).not.toBe(requestHash({ ...EVENT, RequestId: 'ab', ResponseURL: 'c' }));
  });
});

describe('when CloudFormation sent an event', () => {
  const url = (query: string) => `https://bucket.s3.amazonaws.com/stack?${query}`;

  test.each([
    ['the date that its URL was signed at', 'X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Date=20261123T060102Z&X-Amz-Expires=7200', Date.UTC(2026, 10, 23, 6, 1, 2)],
    ['that date where it ends the URL', 'X-Amz-Expires=7200&X-Amz-Date=20261123T060102Z', Date.UTC(2026, 10, 23, 6, 1, 2)],
    ['two hours before its URL expires', 'AWSAccessKeyId=A&Expires=1795420800&Signature=s', 1_795_420_800_000 - 7_200_000],
    ['unknown where only a duration is told', 'X-Amz-Expires=1795420800&X-Amz-Signature=s', undefined],
    ['unknown where the date is none', 'X-Amz-Date=2026-11-23T06:01:02Z', undefined],
    ['unknown where nothing is told', 'Signature=s', undefined],
  ])('is %s', (_what, query, expected) => {
    expect(signedAt(url(query))).toBe(expected);
  });
});

describe('whom to answer', () => {
  const physicalId = (event: ReturnType<typeof eventOf>) => responseTo(event).PhysicalResourceId;

  test('is the event\'s own resource, under its table', () => {
    const { ResponseURL, StackId, RequestId, LogicalResourceId } = eventOf('Create');
    expect(responseTo(eventOf('Create'))).toEqual({ url: ResponseURL, StackId, RequestId, LogicalResourceId, PhysicalResourceId: TABLE_ID });
  });

  test('has the physical id of the table on every path: also where the rest of the properties cannot be read', () => {
    expect(physicalId(eventOf('Update', { properties: propertiesWith({ Parameters: 'x' as never }) }))).toBe(TABLE_ID);
  });

  test('has the physical id that a deleted resource has, whatever its table', () => {
    expect(physicalId(eventOf('Delete'))).toBe('physical-id');
  });

  test.each([
    ['is missing', undefined],
    ['is empty', ''],
    ['is no text', { Ref: 'x' }],
  ])('has the physical id that is there where the table %s', (_what, IntermediateTableIdentifier) => {
    const properties = { ...propertiesWith(), IntermediateTableIdentifier };
    expect(physicalId(eventOf('Update', { properties }))).toBe('physical-id');
    expect(physicalId(eventOf('Create', { properties }))).toBe('AudiencePopulation');
  });
});

test('a resource with an execution asks for a result', () => {
  expect(isResult(eventOf('Create', { more: { ResourceProperties: { Execution: 'arn:run' } } }))).toBe(true);
  expect(isResult(eventOf('Create'))).toBe(false);
});
