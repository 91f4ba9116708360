import { desiredOf, hasFailed, openRequestOf } from '../../../src/handlers/record/desired';
import {
  addToHistory, attemptOfVersion, EMPTY, endRequest, releaseLease, type DeploymentRequest, type FinishedAttempt, type TableRecord,
} from '../../../src/handlers/record/table-record';
import { finishedWith } from '../population/support';

const request = (logicalId: string, more: object = {}): DeploymentRequest => ({
  request: `request-${logicalId}`, logicalId, signedAt: 0, execution: `arn:${logicalId}`, answerBy: 1_000, action: 'POPULATE', ...more,
} as DeploymentRequest);
const release = (logicalId: string, more: object = {}) => request(logicalId, { ...more, action: 'RELEASE' });

/** The newest first. */
const recordOf = (...requests: DeploymentRequest[]): TableRecord => ({ ...EMPTY, requests });

test.each<[string, DeploymentRequest[], string | undefined, string | undefined]>([
  ['there is none', [], undefined, undefined],
  ['there is only one', [request('A')], 'A', 'A'],
  ['there are two', [request('B'), request('A')], 'B', 'B'],
  ['all have released the table', [release('B'), release('A')], undefined, 'B'],
  ['a newer name has released the table', [release('B'), request('A')], 'A', 'B'],
  ['the newest has failed', [request('B', { ended: 'FAILED' }), request('A')], 'B', undefined],
  ['the newest has ended well', [request('B', { ended: 'SUCCEEDED' }), request('A')], 'B', undefined],
  ['the time of the newest is over', [request('B', { answerBy: 500 })], 'B', undefined],
])('where %s, the request that the data follows and the one that is open are known', (_what, requests, desired, open) => {
  const record = recordOf(...requests);
  expect([desiredOf(record)?.logicalId, openRequestOf(record, 500)?.logicalId]).toEqual([desired, open]);
});

test.each<[string, object, number, boolean]>([
  ['is open', {}, 999, false],
  ['was not answered in time', {}, 1_000, true],
  ['ended badly', { ended: 'FAILED' }, 0, true],
  ['ended well', { ended: 'SUCCEEDED' }, 2_000, false],
])('a request that %s has failed, or not', (_what, more, now, expected) => {
  expect(hasFailed(request('A', more), now)).toBe(expected);
});

describe('the end of a request', () => {
  const synthesized = request('A', { synthesis: 's2' });
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
    const before = { ...recordOf(release('A', { synthesis: 's3' })), syntheses: ['s1'] };
    expect(endRequest(before, 'arn:A', false)).toMatchObject({ requests: [{ ended: 'SUCCEEDED' }], syntheses: ['s1'] });
  });

  test('leaves the last twenty syntheses', () => {
    const many = Array.from({ length: 20 }, (_, nth) => `old-${nth}`);
    expect(endRequest({ ...record, syntheses: many }, 'arn:A', true).syntheses).toEqual(['s2', ...many.slice(0, 19)]);
  });
});

test('a lease is given back by its holder alone', () => {
  const record: TableRecord = { ...EMPTY, lease: { holder: 'arn:A', untilAt: 1 } };
  expect(releaseLease(record, 'arn:A').lease).toBeUndefined();
  expect(releaseLease(record, 'arn:B')).toBe(record);
  expect(releaseLease(EMPTY, 'arn:A')).toBe(EMPTY);
});

describe('the history', () => {
  const finished = (nth: number, more: Partial<FinishedAttempt> = {}): FinishedAttempt =>
    finishedWith({ versionId: `v${nth}`, analysisId: `a${nth}`, intendedAt: nth, ...more });
  const historyOf = (...all: FinishedAttempt[]) => all.reduce(addToHistory, EMPTY).history;
  const times = <T>(count: number, make: (nth: number) => T): T[] => Array.from({ length: count }, (_, nth) => make(nth));

  test('has the newest first, by when they were intended, and an attempt once, as it was told last', () => {
    const history = historyOf(finished(1, { succeeded: false }), finished(3), finished(2), finished(1));
    expect(history).toEqual([finished(3), finished(2), finished(1)]);
  });

  test('has the last ten that succeeded and the last ten that did not: failures push no version out', () => {
    const history = historyOf(finished(0), ...times(30, (nth) => finished(nth + 1, { succeeded: false })));
    expect(history).toHaveLength(11);
    expect(history[10]).toEqual(finished(0));
    expect(historyOf(...times(2_000, (nth) => finished(nth)))).toHaveLength(10);
  });

  test('tells an attempt by its version, and none by no version', () => {
    const record = { ...EMPTY, history: [finished(1, { versionId: undefined }), finished(2)] };
    expect(['v2', 'v1', undefined].map((id) => attemptOfVersion(record, id))).toEqual([finished(2), undefined, undefined]);
  });
});
