import * as fc from 'fast-check';
import { canonical, fingerprintIn, hash, KEEP, populateMark, releaseMark, requestHash } from '../../src/handlers/execution-name';

const TABLE = { membershipIdentifier: 'm-1', intermediateTableIdentifier: 't-1' };
const EVENT = { RequestId: 'request-1', ResponseURL: 'https://cloudformation.example/1?signature=a', RequestType: 'Create' };
/** Of the length that the construct gives. */
const PREFIX = 'cfn-0a1b2c3d';

describe('canonical', () => {
  const shuffled = (value: unknown): unknown => (value && typeof value === 'object' && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).reverse().map(([key, inner]) => [key, shuffled(inner)]))
    : value);

  test('is the same for any order of keys, at any depth', () => {
    const nested = fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.integer(), fc.dictionary(fc.string(), fc.string())));
    fc.assert(fc.property(nested, (value) => canonical(shuffled(value)) === canonical(value)));
  });

  test('keeps every value, and the order of lists', () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => {
      expect(JSON.parse(canonical(value))).toEqual(JSON.parse(JSON.stringify(value)));
    }));
    expect(canonical(['b', 'a'])).not.toBe(canonical(['a', 'b']));
  });

  test('takes a member that is undefined for one that is absent, but not for one that is null', () => {
    expect(canonical({ a: undefined, b: 1 })).toBe(canonical({ b: 1 }));
    expect(canonical({ a: null, b: 1 })).not.toBe(canonical({ b: 1 }));
  });
});

describe('hash', () => {
  test('is the beginning of a SHA-256, so that names do not change with the library', () => {
    expect(hash('audience', 16)).toBe('adf0e0999386dae7');
    expect(hash('audience', 8)).toBe('adf0e099');
  });
});

describe('requestHash', () => {
  test('is the same for an event that is delivered again', () => {
    expect(requestHash({ ...EVENT })).toBe(requestHash(EVENT));
  });

  test.each([
    ['a retried deployment, which reuses the RequestId', { ResponseURL: 'https://cloudformation.example/1?signature=b' }],
    ['another request', { RequestId: 'request-2' }],
    ['the request\'s rollback', { RequestType: 'Delete' }],
  ])('differs for %s', (_what, change) => {
    expect(requestHash({ ...EVENT, ...change })).not.toBe(requestHash(EVENT));
  });

  test('does not run its parts together', () => {
    expect(requestHash({ ...EVENT, RequestId: 'a', ResponseURL: 'bc' })).not.toBe(requestHash({ ...EVENT, RequestId: 'ab', ResponseURL: 'c' }));
  });
});

describe('marks', () => {
  const fingerprint = hash('anything', 16);
  const names = {
    populate: `${PREFIX}${populateMark(fingerprint)}${requestHash(EVENT)}`,
    keep: `${PREFIX}${KEEP}${requestHash(EVENT)}`,
    release: `${PREFIX}${releaseMark(TABLE)}${requestHash(EVENT)}`,
  };

  test.each(Object.entries(names))('a %s execution\'s name is within what Step Functions allows', (_kind, name) => {
    expect(name).toMatch(/^[0-9A-Za-z_-]{1,80}$/);
  });

  test('only a populate\'s name tells a fingerprint', () => {
    expect(fingerprintIn(names.populate)).toBe(fingerprint);
    expect(fingerprintIn(names.keep)).toBeUndefined();
    expect(fingerprintIn(names.release)).toBeUndefined();
    expect(fingerprintIn('Audience-nightly-8d1c')).toBeUndefined();
  });

  test('a release is marked by its table', () => {
    expect(releaseMark({ ...TABLE })).toBe(releaseMark(TABLE));
    expect(releaseMark({ ...TABLE, intermediateTableIdentifier: 't-2' })).not.toBe(releaseMark(TABLE));
    expect(releaseMark({ ...TABLE, membershipIdentifier: 'm-2' })).not.toBe(releaseMark(TABLE));
  });
});
