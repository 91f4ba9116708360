import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { Parameters } from '../../../src/contract/definition';
import { eventKey, fromItem, pointerKey, runKey, SCHEMA, tableKey, toItem, toTableRecord } from '../../../src/handlers/record/items';
import { EMPTY, type PopulateRequest, type TableRecord } from '../../../src/handlers/record/table-record';
import { attemptWith, DEFINITION, finishedWith, requestWith } from '../population/support';

const [NIGHT, TEXT] = [Date.UTC(2026, 10, 23, 3), '2026-11-23T03:00:00.000Z'];
/** A parameter may be called as a moment of ours is, and look like one. */
const LIKE_MOMENTS: Parameters = { startAt: TEXT, sortBy: TEXT, Ref: 'x', deadlineAt: '5' };

const REQUEST = requestWith({
  signedAt: NIGHT,
  answerBy: NIGHT + 3_570_000,
  definition: {
    ...DEFINITION,
    parameters: LIKE_MOMENTS,
    compute: { type: 'CR.1X', number: 4, properties: { spark: { 'spark.startAt': TEXT, 'expiresAt': TEXT } } },
    triggers: [TEXT, ''],
    schedules: [{ name: 'RunAt', parameters: LIKE_MOMENTS }],
  },
});
const RECORD: TableRecord = {
  requests: [REQUEST],
  syntheses: ['2026-11-23'],
  lease: { holder: 'arn:run', untilAt: NIGHT },
  attempt: attemptWith({
    parameters: LIKE_MOMENTS,
    intendedAt: NIGHT,
    before: { versions: { createdAt: NIGHT, ids: ['v'] }, analyses: { createdAt: 0, ids: [] } },
    cancellation: { error: 'E', cause: 'c', analysisId: 'a', retryable: null },
  }),
  history: [finishedWith({ populatedAt: NIGHT + 60_000, upstream: { 'm/t': 'version-0' } })],
  billing: [{ lastAt: NIGHT, crpuHours: 0.53 }],
  queryDefaults: LIKE_MOMENTS,
  waitHandles: ['a1b2'],
};

describe('an item', () => {
  test('is read as it was written, with parameters that are called as moments are', () => {
    expect(fromItem(toItem('table m/t', RECORD, 3))).toEqual({ document: RECORD, version: 3 });
  });

  test('shows a person when things were, and leaves alone what is the user\'s', () => {
    expect(unmarshall(toItem('table m/t', RECORD, 3))).toMatchObject({
      id: 'table m/t',
      schema: SCHEMA,
      version: 3,
      requests: [{ signedAt: TEXT, answerBy: '2026-11-23T03:59:30.000Z', definition: { timeoutSeconds: 3_300, parameters: LIKE_MOMENTS } }],
      attempt: { intendedAt: TEXT, before: { versions: { createdAt: TEXT } } },
      lease: { untilAt: TEXT },
      billing: [{ lastAt: TEXT }],
      history: [{ populatedAt: '2026-11-23T03:01:00.000Z', billedCrpuHours: 0.5 }],
    });
  });

  test('has the output of a run as it was answered: its time is a text', () => {
    const outcome = { output: { versionId: 'v', status: 'POPULATED', populatedAt: TEXT, durationMillis: null } };
    expect(fromItem(toItem('run arn', { outcome }, 1)).document).toEqual({ outcome });
  });

  test('leaves out what is not there', () => {
    const names = Object.keys(toItem('table m/t', { ...EMPTY, lease: undefined }, 1)).sort();
    expect(names).toEqual(['history', 'id', 'requests', 'schema', 'syntheses', 'version']);
  });

  test('has no expiry in its document', () => {
    const item = toItem('run arn', { action: 'RELEASE' }, 1, NIGHT + 1_999);
    expect(item.expires).toEqual({ N: String(NIGHT / 1_000 + 1) });
    expect(fromItem(item).document).toEqual({ action: 'RELEASE' });
  });

  test('of a newer layout is refused in words, one of this or an older one is read', () => {
    const ofLayout = (schema: number) => fromItem({ ...toItem('table m/t', EMPTY, 3), schema: { N: String(schema) } });
    expect(() => ofLayout(SCHEMA + 1)).toThrow(`The item "table m/t" has schema ${SCHEMA + 1}, and this version of the library knows `
      + `${SCHEMA}. Deploy the newer one again.`);
    expect([ofLayout(SCHEMA).document, ofLayout(0).document]).toEqual([EMPTY, EMPTY]);
  });

  test('without a layout or a version, as somebody may have made it by hand, is read as the first', () => {
    expect(fromItem({ id: { S: 'x' }, requests: { L: [] } })).toEqual({ document: { requests: [] }, version: 0 });
  });

  test('is found by what it is of', () => {
    const table = tableKey({ membershipIdentifier: 'm', intermediateTableIdentifier: 't' });
    expect([table, pointerKey('A'), runKey('arn'), eventKey('e')]).toEqual(['table m/t', 'population A', 'run arn', 'event e']);
  });
});

describe('a table\'s record', () => {
  test('is whole where the item is, and empty where there is none, or nothing in it', () => {
    expect([toTableRecord(RECORD), toTableRecord(undefined), toTableRecord({})]).toEqual([RECORD, EMPTY, EMPTY]);
  });

  test.each(Object.keys(RECORD) as (keyof TableRecord)[])('can do without %s', (name) => {
    const { [name]: _, ...rest } = RECORD;
    expect(toTableRecord(rest)).toEqual({ ...EMPTY, ...rest });
  });

  test('has no request of which nobody knows what it asks for: its run says that there is none', () => {
    const { definition: _, ...incomplete } = REQUEST;
    const release = { ...incomplete, action: 'RELEASE' } as const;
    expect(toTableRecord({ requests: [incomplete as PopulateRequest, release, REQUEST] }).requests).toEqual([release, REQUEST]);
  });

  test('counts no bill of an hour that nobody knows, or of a sum that nobody knows', () => {
    const billing = [{ lastAt: NIGHT }, { crpuHours: 1 }, ...RECORD.billing!] as never;
    expect(toTableRecord({ billing }).billing).toEqual(RECORD.billing);
  });

  test('takes an attempt of which nothing is known for an intent of long ago, which is looked for and given up', () => {
    const unknown = { state: 'INTENDED', intendedAt: 0, deadlineAt: 0, before: { versions: { ids: [] } } };
    expect(toTableRecord({ attempt: {} as never }).attempt).toMatchObject(unknown);
  });

  test('takes an end of which nothing is known for nobody\'s', () => {
    const unknown = expect.objectContaining({ versionId: 'v', succeeded: false, definitionFingerprint: 'unknown', intendedAt: 0 });
    expect(toTableRecord({ history: [{ versionId: 'v' } as never] }).history).toEqual([unknown]);
  });
});
