import * as fc from 'fast-check';
import type { Definition } from '../../src/contract/definition';
import { canonical, fingerprintOf, hash, parametersHash } from '../../src/contract/hashing';

const shuffled = (value: unknown): unknown => (value && typeof value === 'object' && !Array.isArray(value)
  ? Object.fromEntries(Object.entries(value).reverse().map(([key, inner]) => [key, shuffled(inner)]))
  : value);

test('canonical JSON is the same for any order of keys, at any depth', () => {
  const nested = fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.integer(), fc.dictionary(fc.string(), fc.string())));
  fc.assert(fc.property(nested, (value) => canonical(shuffled(value)) === canonical(value)));
});

test('canonical JSON keeps every value, and the order of lists, but not what is undefined', () => {
  fc.assert(fc.property(fc.jsonValue(), (value) => {
    expect(JSON.parse(canonical(value))).toEqual(JSON.parse(JSON.stringify(value)));
  }));
  expect(canonical(['b', 'a'])).not.toBe(canonical(['a', 'b']));
  expect(canonical({ a: undefined, b: 1 })).toBe(canonical({ b: 1 }));
  expect(canonical({ a: null, b: 1 })).not.toBe(canonical({ b: 1 }));
});

test('a hash is the beginning of a SHA-256, so that names do not change with the library', () => {
  expect([hash('audience', 16), hash('audience', 8)]).toEqual(['adf0e0999386dae7', 'adf0e099']);
});

describe('the fingerprint of what a populate makes', () => {
  const COMPUTE = { type: 'CR.1X', number: 4, properties: { spark: { 'spark.sql.shuffle.partitions': '10', 'spark.a': 'b' } } };
  const BASE: Definition = {
    parameters: { region: 'north', year: '2026' },
    compute: COMPUTE,
    analysisPayerAccountId: '111122223333',
    kmsKey: 'arn:key',
    triggers: ['1', '2'],
    timeoutSeconds: 3_300,
    cancelOnTimeout: true,
  };
  const BARE: Definition = { timeoutSeconds: 3_300, cancelOnTimeout: true };

  test.each<[string, Partial<Definition>]>([
    ['a parameter\'s value', { parameters: { region: 'south', year: '2026' } }],
    ['a parameter more', { parameters: { ...BASE.parameters, day: '1' } }],
    ['a parameter less', { parameters: { region: 'north' } }],
    ['a parameter that is empty', { parameters: { region: 'north', year: '' } }],
    ['no parameters', { parameters: undefined }],
    ['the worker type', { compute: { ...COMPUTE, type: 'CR.4X' } }],
    ['the number of workers', { compute: { ...COMPUTE, number: 8 } }],
    ['a Spark property', { compute: { ...COMPUTE, properties: { spark: { 'spark.a': 'c' } } } }],
    ['no compute', { compute: undefined }],
    ['the payer', { analysisPayerAccountId: '444455556666' }],
    ['no payer', { analysisPayerAccountId: undefined }],
    ['the key', { kmsKey: 'arn:another' }],
    ['no key', { kmsKey: undefined }],
    ['a trigger', { triggers: ['1', '3'] }],
    ['the order of triggers', { triggers: ['2', '1'] }],
    ['no triggers', { triggers: undefined }],
  ])('changes with %s', (_what, change) => {
    expect(fingerprintOf({ ...BASE, ...change })).not.toBe(fingerprintOf(BASE));
  });

  test.each<[string, Partial<Definition>]>([
    ['the timeout', { timeoutSeconds: 60 }],
    ['cancelOnTimeout', { cancelOnTimeout: false }],
    ['a limit of what is billed', { maxBilledCrpuHoursPerDay: 5 }],
    ['what it is built on', { upstream: [{ population: 'Daily' }] }],
    ['its schedules, parameters included', { schedules: [{ name: 'Nightly', parameters: { region: 'west' } }] }],
    ['what a later library adds to the definition', { addedLater: true } as object],
    ['the order of parameters', { parameters: { year: '2026', region: 'north' } }],
    ['the order of Spark properties', { compute: { ...COMPUTE, properties: shuffled(COMPUTE.properties) as never } }],
  ])('does not change with %s', (_what, change) => {
    expect(fingerprintOf({ ...BASE, ...change })).toBe(fingerprintOf(BASE));
  });

  test('is the same for what is absent and what is empty', () => {
    expect(fingerprintOf({ ...BARE, parameters: {}, compute: {}, triggers: [] })).toBe(fingerprintOf(BARE));
    expect(fingerprintOf(BARE, {})).toBe(fingerprintOf(BARE));
    expect(parametersHash({})).toBe(parametersHash());
  });

  test('counts what a run brings as if the definition had it, by name', () => {
    const parameters = { region: 'west', year: '2026', day: '1' };
    expect(fingerprintOf(BASE, { region: 'west', day: '1' })).toBe(fingerprintOf({ ...BASE, parameters }));
    expect(fingerprintOf(BASE, { region: 'north' })).toBe(fingerprintOf(BASE));
    expect(fingerprintOf(BASE, { region: 'west' })).not.toBe(fingerprintOf(BASE));
  });

  test('does not change with a release of this library: everybody\'s tables would be populated', () => {
    expect(fingerprintOf(BASE)).toBe('886324b5ac09fb82');
    expect(fingerprintOf(BARE)).toBe('1d6a52d5f82ca836');
    expect(parametersHash(BASE.parameters)).toBe('0d0a5a3dc71997a3');
  });
});
