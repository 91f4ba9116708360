import { desiredOf, hasFailed, openRequestOf } from '../../../src/handlers/record/desired';
import {
  addToHistory, attemptOfVersion, EMPTY, endRequest, releaseLease, requestOf, type DeploymentRequest, type FinishedAttempt, type TableRecord,
} from '../../../src/handlers/record/table-record';

const request = (logicalId: string, more: Partial<DeploymentRequest> = {}): DeploymentRequest => ({
  request: `request-${logicalId}`, logicalId, signedAt: 0, execution: `arn:${logicalId}`, answerBy: 1_000, action: 'POPULATE', ...more,
} as DeploymentRequest);
const release = (logicalId: string, more: Partial<DeploymentRequest> = {}) => request(logicalId, { ...more, action: 'RELEASE' } as never);

/** The newest first. */
const recordOf = (...requests: DeploymentRequest[]): TableRecord => ({ ...EMPTY, requests });

describe('the request that the data follows', () => {
  test.each<[string, DeploymentRequest[], string | undefined]>([
    ['none where there is none', [], undefined],
    ['none where all have released the table', [release('B'), release('A')], undefined],
    ['the only one', [request('A')], 'A'],
    ['the newest', [request('B'), request('A')], 'B'],
    ['the one that is left where a newer name has released the table', [release('B'), request('A')], 'A'],
    ['one that has failed, too', [request('B', { ended: 'FAILED' }), request('A')], 'B'],
  ])('is %s', (_what, requests, expected) => {
    expect(desiredOf(recordOf(...requests))?.logicalId).toBe(expected);
  });
});

describe('the open request', () => {
  test.each<[string, DeploymentRequest[], string | undefined]>([
    ['the newest, while its run has not ended', [request('B'), request('A')], 'B'],
    ['a release, too', [release('B'), request('A')], 'B'],
    ['none where that has ended, whatever the others are', [request('B', { ended: 'SUCCEEDED' }), request('A')], undefined],
    ['none where its time is over', [request('B', { answerBy: 500 })], undefined],
    ['none where there is none', [], undefined],
  ])('is %s', (_what, requests, expected) => {
    expect(openRequestOf(recordOf(...requests), 500)?.logicalId).toBe(expected);
  });
});

test.each<[string, Partial<DeploymentRequest>, number, boolean]>([
  ['is open', {}, 999, false],
  ['was not answered in time', {}, 1_000, true],
  ['ended badly', { ended: 'FAILED' }, 0, true],
  ['ended well', { ended: 'SUCCEEDED' }, 2_000, false],
])('a request that %s has failed, or not', (_what, more, now, expected) => {
  expect(hasFailed(request('A', more), now)).toBe(expected);
});

describe('the end of a request', () => {
  const synthesized = request('A', { synthesis: 's2' } as never);
  const record: TableRecord = { ...recordOf(request('B'), synthesized), syntheses: ['s1', 's2'] };

  test.each([[true, 'SUCCEEDED', ['s2', 's1']], [false, 'FAILED', ['s1', 's2']]])(
    'is of its execution\'s alone, and %s counts for its synthesis or not', (succeeded, ended, syntheses) => {
      expect(endRequest(record, 'arn:A', succeeded)).toEqual({ ...record, requests: [request('B'), { ...synthesized, ended }], syntheses });
    });

  test('is the first one: the same record is left where it has ended, or was replaced', () => {
    const ended = endRequest(record, 'arn:A', false);
    expect(endRequest(ended, 'arn:A', true)).toBe(ended);
    expect(endRequest(record, 'arn:C', true)).toBe(record);
  });

  test('is a success where it releases the table, and counts for no synthesis', () => {
    const before = { ...recordOf(release('A', { synthesis: 's3' } as never)), syntheses: ['s1'] };
    expect(endRequest(before, 'arn:A', false)).toMatchObject({ requests: [{ ended: 'SUCCEEDED' }], syntheses: ['s1'] });
  });

  test('leaves the last twenty syntheses', () => {
    const many = { ...recordOf(synthesized), syntheses: Array.from({ length: 20 }, (_, nth) => `old-${nth}`) };
    const { syntheses } = endRequest(many, 'arn:A', true);
    expect(syntheses).toHaveLength(20);
    expect([syntheses[0], syntheses[19]]).toEqual(['s2', 'old-18']);
  });

  test('is found by its execution', () => {
    expect(requestOf(record, 'arn:A')?.logicalId).toBe('A');
    expect(requestOf(record, 'arn:C')).toBeUndefined();
  });
});

test('a lease is given back by its holder alone', () => {
  const record: TableRecord = { ...EMPTY, lease: { holder: 'arn:A', untilAt: 1 } };
  expect(releaseLease(record, 'arn:A').lease).toBeUndefined();
  expect(releaseLease(record, 'arn:B')).toBe(record);
  expect(releaseLease(EMPTY, 'arn:A')).toBe(EMPTY);
});

describe('the history', () => {
  const finished = (nth: number, more: Partial<FinishedAttempt> = {}): FinishedAttempt => ({
    succeeded: true,
    versionId: `v${nth}`,
    analysisId: `a${nth}`,
    analysisType: 'QUERY',
    isDeploy: false,
    fingerprint: 'f',
    definitionFingerprint: 'd',
    intendedAt: nth,
    ...more,
  });
  const historyOf = (...all: FinishedAttempt[]) => all.reduce(addToHistory, EMPTY).history;

  test('has the newest first, by when they were intended', () => {
    expect(historyOf(finished(1), finished(3), finished(2)).map(({ versionId }) => versionId)).toEqual(['v3', 'v2', 'v1']);
  });

  test('has an attempt once, as it was told last', () => {
    expect(historyOf(finished(1, { succeeded: false }), finished(1))).toEqual([finished(1)]);
  });

  test('has the last ten that succeeded and the last ten that did not: failures push no version out', () => {
    const history = historyOf(finished(0), ...Array.from({ length: 30 }, (_, nth) => finished(nth + 1, { succeeded: false })));
    expect(history).toHaveLength(11);
    expect(history[10]).toEqual(finished(0));
    expect(historyOf(...Array.from({ length: 2_000 }, (_, nth) => finished(nth)))).toHaveLength(10);
  });

  test('tells an attempt by its version, and none by no version', () => {
    const record = { ...EMPTY, history: [finished(1, { versionId: undefined }), finished(2)] };
    expect(attemptOfVersion(record, 'v2')).toEqual(finished(2));
    expect([attemptOfVersion(record, 'v1'), attemptOfVersion(record, undefined)]).toEqual([undefined, undefined]);
  });
});
