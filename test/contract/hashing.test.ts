import * as fc from 'fast-check';
import { canonical, fingerprintOf, hash } from '../../src/contract/hashing';
import type { Definition } from '../../src/contract/population';

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

test('a hash is the beginning of a SHA-256, so that names do not change with the library', () => {
  expect(hash('audience', 16)).toBe('adf0e0999386dae7');
  expect(hash('audience', 8)).toBe('adf0e099');
});

describe('the fingerprint of what a populate makes', () => {
  const COMPUTE = { type: 'CR.1X', number: 4, properties: { spark: { 'spark.sql.shuffle.partitions': '10', 'spark.a': 'b' } } };
  const BASE: Definition = {
    population: { membershipIdentifier: 'm', intermediateTableIdentifier: 't', parameters: { region: 'north' }, compute: COMPUTE, analysisPayerAccountId: '111122223333' },
    change: { triggers: ['1'] },
    timeoutSeconds: 3_300,
    cancelOnTimeout: true,
    record: 'r',
  };
  const populating = (population: object): Definition => ({ ...BASE, population: { ...BASE.population, ...population } });

  test.each([
    ['the table', populating({ intermediateTableIdentifier: 'another' })],
    ['the membership', populating({ membershipIdentifier: 'another' })],
    ['a parameter\'s value', populating({ parameters: { region: 'south' } })],
    ['a parameter more', populating({ parameters: { region: 'north', year: '2026' } })],
    ['no parameters', populating({ parameters: undefined })],
    ['the worker type', populating({ compute: { ...COMPUTE, type: 'CR.4X' } })],
    ['the number of workers', populating({ compute: { ...COMPUTE, number: 8 } })],
    ['a Spark property', populating({ compute: { ...COMPUTE, properties: { spark: { 'spark.a': 'c' } } } })],
    ['the payer', populating({ analysisPayerAccountId: '444455556666' })],
    ['a trigger', { ...BASE, change: { triggers: ['2'] } }],
    ['the key', { ...BASE, change: { triggers: ['1'], kmsKey: 'arn:key' } }],
    ['the absence of all further changes', { ...BASE, change: {} }],
  ])('changes with %s', (_what, definition) => {
    expect(fingerprintOf(definition)).not.toBe(fingerprintOf(BASE));
  });

  test.each([
    ['the timeout', { ...BASE, timeoutSeconds: 60 }],
    ['cancelOnTimeout', { ...BASE, cancelOnTimeout: false }],
    ['the key on record', { ...BASE, record: 'another' }],
    ['what it is built on', { ...BASE, upstream: [] }],
    ['whether an SSM parameter keeps the version', { ...BASE, keepsVersion: true }],
    ['what a later library adds to the definition', { ...BASE, addedLater: true }],
    ['the order of keys', { change: BASE.change, population: Object.fromEntries(Object.entries(BASE.population).reverse()) as unknown as Definition['population'] }],
  ])('does not change with %s', (_what, definition) => {
    expect(fingerprintOf(definition)).toBe(fingerprintOf(BASE));
  });

  test('does not change with a release of this library: everybody\'s tables would be populated', () => {
    expect(fingerprintOf(BASE)).toBe('037372ce87d6c038');
  });
});
