import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { Parameters } from '../../../src/contract/definition';
import { eventKey, fromItem, pointerKey, runKey, SCHEMA, tableKey, toItem, toTableRecord } from '../../../src/handlers/record/items';
import { EMPTY, type FinishedAttempt, type PopulateRequest, type TableRecord } from '../../../src/handlers/record/table-record';

const NIGHT = Date.UTC(2026, 10, 23, 3);
/** A parameter may be called as a moment of ours is, and look like one. */
const LIKE_MOMENTS: Parameters = { startAt: '2026-11-23T03:00:00.000Z', sortBy: '2026-11-23T03:00:00.000Z', Ref: 'x', deadlineAt: '5' };

const REQUEST: PopulateRequest = {
  request: 'd195c3d6b85db9a62883714a',
  logicalId: 'AudiencePopulation',
  signedAt: NIGHT,
  execution: 'arn:run',
  answerBy: NIGHT + 3_570_000,
  ended: 'SUCCEEDED',
  action: 'POPULATE',
  mode: 'ON_CHANGE',
  definition: {
    parameters: LIKE_MOMENTS,
    compute: { type: 'CR.1X', number: 4, properties: { spark: { 'spark.startAt': '2026-11-23T03:00:00.000Z', 'expiresAt': '2026-11-23T03:00:00.000Z' } } },
    triggers: ['2026-11-23T03:00:00.000Z', ''],
    timeoutSeconds: 3_300,
    cancelOnTimeout: true,
    schedules: [{ name: 'RunAt', parameters: LIKE_MOMENTS }],
    upstream: [{ population: 'Daily' }],
  },
  fingerprint: 'fingerprint',
};

const FINISHED: FinishedAttempt = {
  succeeded: true,
  versionId: 'version-1',
  analysisId: 'analysis-1',
  analysisType: 'QUERY',
  isDeploy: true,
  fingerprint: 'fingerprint',
  definitionFingerprint: 'fingerprint',
  intendedAt: NIGHT,
  populatedAt: NIGHT + 60_000,
  durationMillis: 60_000,
  billedCrpuHours: 0.53,
  upstream: { 'm/t': 'version-0' },
};

const RECORD: TableRecord = {
  requests: [REQUEST],
  syntheses: ['2026-11-23'],
  lease: { holder: 'arn:run', untilAt: NIGHT },
  attempt: {
    token: 'token',
    state: 'STARTED',
    execution: 'arn:run',
    isDeploy: false,
    request: 'd195c3d6b85db9a62883714a',
    parameters: LIKE_MOMENTS,
    fingerprint: 'fingerprint',
    definitionFingerprint: 'fingerprint',
    parameterNames: ['startAt'],
    parametersHash: 'hash',
    mayHaveDefaults: true,
    analysisType: 'JOB',
    intendedAt: NIGHT,
    deadlineAt: NIGHT + 1,
    before: { versions: { createdAt: NIGHT, ids: ['v'] }, analyses: { createdAt: 0, ids: [] } },
    cancellation: { error: 'E', cause: 'c', analysisId: 'a', retryable: null },
  },
  history: [FINISHED],
  billing: [{ lastAt: NIGHT, crpuHours: 0.53 }],
  queryDefaults: LIKE_MOMENTS,
  waitHandles: ['a1b2'],
};

describe('an item', () => {
  test('is read as it was written, with parameters that are called as moments are', () => {
    expect(fromItem(toItem('table m/t', RECORD, 3))).toEqual({ document: RECORD, version: 3 });
  });

  test('shows a person when things were, and leaves alone what is the user\'s', () => {
    const { requests: [request], attempt, lease, history, billing, schema, version, id } = unmarshall(toItem('table m/t', RECORD, 3));
    expect([id, schema, version]).toEqual(['table m/t', SCHEMA, 3]);
    expect(request).toMatchObject({ signedAt: '2026-11-23T03:00:00.000Z', answerBy: '2026-11-23T03:59:30.000Z', definition: { timeoutSeconds: 3_300, parameters: LIKE_MOMENTS } });
    expect(attempt).toMatchObject({ intendedAt: '2026-11-23T03:00:00.000Z', before: { versions: { createdAt: '2026-11-23T03:00:00.000Z' } } });
    expect([lease.untilAt, billing[0].lastAt]).toEqual(['2026-11-23T03:00:00.000Z', '2026-11-23T03:00:00.000Z']);
    expect(history[0]).toMatchObject({ populatedAt: '2026-11-23T03:01:00.000Z', billedCrpuHours: 0.53 });
  });

  test('has the output of a run as it was answered: its time is a text', () => {
    const outcome = { output: { versionId: 'v', analysisId: 'a', analysisType: 'QUERY', status: 'POPULATED', populatedAt: '2026-11-23T03:00:00.000Z', durationMillis: null, billedCrpuHours: null } };
    expect(fromItem(toItem('run arn', { outcome }, 1)).document).toEqual({ outcome });
  });

  test('leaves out what is not there', () => {
    expect(Object.keys(toItem('table m/t', { ...EMPTY, lease: undefined }, 1)).sort()).toEqual(['history', 'id', 'requests', 'schema', 'syntheses', 'version']);
  });

  test('has no expiry in its document', () => {
    const item = toItem('run arn', { action: 'RELEASE' }, 1, NIGHT + 1_999);
    expect(item.expires).toEqual({ N: String(NIGHT / 1_000 + 1) });
    expect(fromItem(item).document).toEqual({ action: 'RELEASE' });
  });

  test.each([[SCHEMA + 1, true], [SCHEMA, false], [0, false]])('of layout %d is refused in words, or read', (schema, isRefused) => {
    const item = { ...toItem('table m/t', EMPTY, 3), schema: { N: String(schema) } };
    const reading = () => fromItem(item);
    return isRefused
      ? expect(reading).toThrow(`The item "table m/t" has schema ${schema}, and this version of the library knows ${SCHEMA}. Deploy the newer one again.`)
      : expect(reading().document).toEqual(EMPTY);
  });

  test('without a layout or a version, as somebody may have made it by hand, is read as the first', () => {
    expect(fromItem({ id: { S: 'x' }, requests: { L: [] } })).toEqual({ document: { requests: [] }, version: 0 });
  });

  test('is found by what it is of', () => {
    const table = { membershipIdentifier: 'm', intermediateTableIdentifier: 't' };
    expect([tableKey(table), pointerKey('Audience'), runKey('arn'), eventKey('e')]).toEqual(['table m/t', 'population Audience', 'run arn', 'event e']);
  });
});

describe('a table\'s record', () => {
  test('is whole where the item is', () => {
    expect(toTableRecord(RECORD)).toEqual(RECORD);
  });

  test('is empty where there is none, or nothing in it', () => {
    expect([toTableRecord(undefined), toTableRecord({})]).toEqual([EMPTY, EMPTY]);
  });

  test.each(['requests', 'syntheses', 'history', 'lease', 'attempt', 'waitHandles', 'queryDefaults', 'billing'] as const)('can do without %s', (name) => {
    const { [name]: _, ...rest } = RECORD;
    expect(toTableRecord(rest)).toMatchObject({ requests: expect.any(Array), syntheses: expect.any(Array), history: expect.any(Array) });
  });

  test('has no request of which nobody knows what it asks for: its run says that there is none', () => {
    const { definition: _, ...incomplete } = REQUEST;
    const release = { ...incomplete, action: 'RELEASE' } as const;
    expect(toTableRecord({ requests: [incomplete as PopulateRequest, release, REQUEST] }).requests).toEqual([release, REQUEST]);
  });

  test('counts no bill of an hour that nobody knows, or of a sum that nobody knows', () => {
    expect(toTableRecord({ billing: [{ lastAt: NIGHT } as never, { crpuHours: 1 } as never, RECORD.billing![0]] }).billing).toEqual(RECORD.billing);
  });

  test('takes an attempt of which nothing is known for an intent of long ago, which is looked for and given up', () => {
    expect(toTableRecord({ attempt: {} as never }).attempt).toMatchObject({ state: 'INTENDED', intendedAt: 0, deadlineAt: 0, before: { versions: { ids: [] } } });
    expect(toTableRecord({ attempt: { ...RECORD.attempt!, before: undefined as never } }).attempt).toMatchObject({ token: 'token' });
  });

  test('takes an end of which nothing is known for nobody\'s', () => {
    expect(toTableRecord({ history: [{ versionId: 'v' } as never] }).history).toEqual([
      expect.objectContaining({ versionId: 'v', succeeded: false, definitionFingerprint: 'unknown', intendedAt: 0 }),
    ]);
  });
});
