import { propertiesWith } from './support';
import { fingerprintOf, physicalIdOf } from '../../../src/handlers/deployment/request';
import { POPULATION } from '../support';

const COMPUTE = { type: 'CR.1X', number: 4, properties: { spark: { 'spark.sql.shuffle.partitions': '10', 'spark.a': 'b' } } };
const BASE = propertiesWith({ population: { compute: COMPUTE, analysisPayerAccountId: '111122223333' } });
const changed = (population: object, more = {}) =>
  ({ ...BASE, Population: JSON.stringify({ ...JSON.parse(BASE.Population), ...population }), ...more });

describe('the fingerprint of what a populate makes', () => {
  test.each([
    ['the table', changed({ intermediateTableIdentifier: 'another' })],
    ['the membership', changed({ membershipIdentifier: 'another' })],
    ['a parameter\'s value', changed({ parameters: { region: 'south' } })],
    ['a parameter more', changed({ parameters: { region: 'north', year: '2026' } })],
    ['no parameters', changed({ parameters: undefined })],
    ['the worker type', changed({ compute: { ...COMPUTE, type: 'CR.4X' } })],
    ['the number of workers', changed({ compute: { ...COMPUTE, number: 8 } })],
    ['a Spark property', changed({ compute: { ...COMPUTE, properties: { spark: { 'spark.a': 'c' } } } })],
    ['the payer', changed({ analysisPayerAccountId: '444455556666' })],
    ['a trigger', changed({}, { Change: '{"triggers":["2"]}' })],
    ['the key', changed({}, { Change: '{"triggers":["1"],"kmsKey":"arn:key"}' })],
    ['the absence of all further changes', changed({}, { Change: undefined })],
  ])('changes with %s', (_what, properties) => {
    expect(fingerprintOf(properties)).not.toBe(fingerprintOf(BASE));
  });

  test.each([
    ['the timeout', changed({ timeoutSeconds: 60 })],
    ['cancelOnTimeout', changed({ cancelOnTimeout: false })],
    ['the place among the stack\'s populations', changed({ slot: 3 })],
    ['what a later library adds to the population', changed({ addedLater: true })],
    ['what a later library adds to the properties', changed({}, { AddedLater: 'true' })],
    ['the mode', changed({}, { PopulateOnDeploy: 'ALWAYS' })],
    ['the wait handle', changed({}, { WaitHandle: 'https://wait.example' })],
    ['the state machine', changed({}, { StateMachineArn: 'arn:another' })],
    ['the order of the population\'s keys', { ...BASE, Population: JSON.stringify(Object.fromEntries(Object.entries(JSON.parse(BASE.Population) as object).reverse())) }],
    ['the order of keys further in', changed({ compute: { number: 4, properties: { spark: { 'spark.a': 'b', 'spark.sql.shuffle.partitions': '10' } }, type: 'CR.1X' } })],
  ])('does not change with %s', (_what, properties) => {
    expect(fingerprintOf(properties)).toBe(fingerprintOf(BASE));
  });

  test('takes no further changes for an empty list of them', () => {
    expect(fingerprintOf({ ...BASE, Change: undefined })).toBe(fingerprintOf({ ...BASE, Change: '{}' }));
  });

  test('does not change with a release of this library: everybody\'s tables would be populated', () => {
    expect(fingerprintOf(BASE)).toMatch(/^[0-9a-f]{16}$/);
    expect(fingerprintOf(BASE)).toBe('55ee260cdcecf06c');
  });
});

test('the physical id is of the table alone', () => {
  expect(physicalIdOf(POPULATION)).toBe('11111111-2222-4333-8444-555555555555/aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee');
  expect(physicalIdOf({ ...POPULATION, parameters: { region: 'south' }, timeoutSeconds: 60 })).toBe(physicalIdOf(POPULATION));
  expect(physicalIdOf({ ...POPULATION, membershipIdentifier: 'another' })).not.toBe(physicalIdOf(POPULATION));
});
