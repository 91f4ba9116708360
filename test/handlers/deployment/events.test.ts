import { eventOf, propertiesWith, TABLE_ID } from './support';
import { isResult, requestHash, responseTo, signedAt } from '../../../src/handlers/deployment/events';

test.each<[string, Parameters<typeof requestHash>[0], boolean]>([
  ['is the same for an event that is delivered again', { RequestId: 'a', ResponseURL: 'b', RequestType: 'Create' }, true],
  ['differs for a retried deployment, which reuses the RequestId', { RequestId: 'a', ResponseURL: 'bc', RequestType: 'Create' }, false],
  ['differs for another request', { RequestId: 'ab', ResponseURL: 'b', RequestType: 'Create' }, false],
  ['differs for the request\'s rollback', { RequestId: 'a', ResponseURL: 'b', RequestType: 'Delete' }, false],
])('the hash of a request %s', (_what, request, isSame) => {
  expect(requestHash(request) === requestHash({ RequestId: 'a', ResponseURL: 'b', RequestType: 'Create' })).toBe(isSame);
});

test('the hash of a request does not run its parts together', () => {
  const [one, two] = [{ RequestId: 'a', ResponseURL: 'bc' }, { RequestId: 'ab', ResponseURL: 'c' }];
  expect(requestHash({ ...one, RequestType: 'Create' })).not.toBe(requestHash({ ...two, RequestType: 'Create' }));
});

test.each([
  ['the date that its URL was signed at', 'X-Amz-Date=20261123T060102Z&X-Amz-Expires=7200', Date.UTC(2026, 10, 23, 6, 1, 2)],
  ['that date where it ends the URL', 'X-Amz-Expires=7200&X-Amz-Date=20261123T060102Z', Date.UTC(2026, 10, 23, 6, 1, 2)],
  ['two hours before its URL expires', 'AWSAccessKeyId=A&Expires=1795420800&Signature=s', 1_795_420_800_000 - 7_200_000],
  ['unknown where only a duration is told', 'X-Amz-Expires=1795420800&X-Amz-Signature=s', undefined],
  ['unknown where the date is none', 'X-Amz-Date=2026-11-23T06:01:02Z', undefined],
  ['unknown where nothing is told', 'Signature=s', undefined],
])('CloudFormation sent an event at %s', (_what, query, expected) => {
  expect(signedAt(`https://bucket.s3.amazonaws.com/stack?${query}`)).toBe(expected);
});

describe('who is answered', () => {
  test('is the event\'s own resource, under its table, also where the rest of the properties cannot be read', () => {
    const event = eventOf('Update', { properties: propertiesWith({ Parameters: 'x' as never }) });
    const { ResponseURL: url, StackId, RequestId, LogicalResourceId } = event;
    expect(responseTo(event)).toEqual({ url, StackId, RequestId, LogicalResourceId, PhysicalResourceId: TABLE_ID });
  });

  test('has the physical id that a deleted resource has, whatever its table', () => {
    expect(responseTo(eventOf('Delete')).PhysicalResourceId).toBe('physical-id');
  });

  test.each([
    ['is missing', undefined], ['is empty', ''], ['is no text', { Ref: 'x' }],
  ])('has the physical id that is there where the table %s', (_what, IntermediateTableIdentifier) => {
    const properties = { ...propertiesWith(), IntermediateTableIdentifier };
    expect(responseTo(eventOf('Update', { properties })).PhysicalResourceId).toBe('physical-id');
    expect(responseTo(eventOf('Create', { properties })).PhysicalResourceId).toBe('AudiencePopulation');
  });
});

test('a resource with an execution asks for a result', () => {
  expect(isResult(eventOf('Create', { properties: { Execution: 'arn:run' } }))).toBe(true);
  expect(isResult(eventOf('Create'))).toBe(false);
});
