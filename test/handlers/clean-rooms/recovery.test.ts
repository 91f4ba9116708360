import * as fc from 'fast-check';
import { parametersHash } from '../../../src/contract/hashing';
import type { Analysis, CleanRooms, Details, Table } from '../../../src/handlers/clean-rooms/clean-rooms';
import {
  beforeOf, candidatesOf, compareParameters, matchCandidate, newestOf, observeCandidates, type Match,
} from '../../../src/handlers/clean-rooms/recovery';
import { EMPTY } from '../../../src/handlers/record/table-record';
import type { Result } from '../../../src/handlers/service-error';
import { after, attemptWith, details, ERRORS, finishedWith, liveVersion, ok, TABLE, tableWith, version } from '../population/support';

const analysis = (name: string, createdAt: number): Analysis => ({ id: `analysis-${name}`, status: 'STARTED', createdAt });

test('the newest of a list is its last moment, with what is of the hour before it', () => {
  const items = [{ id: 'old', createdAt: after(-3_601) }, { id: 'hour', createdAt: after(-3_600) }, { id: 'last', createdAt: after(0) }];
  expect(newestOf(items)).toEqual({ createdAt: after(0), ids: ['hour', 'last'] });
  expect(newestOf([])).toEqual({ createdAt: 0, ids: [] });
});

describe('a candidate', () => {
  const before = beforeOf([version('old', after(10))], [analysis('old', after(10)), analysis('cancelled', after(9))]);
  const record = { ...EMPTY, history: [finishedWith({ analysisId: 'analysis-known' })] };
  test.each<[string, ReturnType<typeof version>[], Analysis[], unknown[]]>([
    ['is a version and its query', [version('new', after(31))], [analysis('new', after(31))], [['analysis-new', 'version-new']]],
    ['is a version whose query is not listed yet', [version('new', after(31))], [], [['analysis-new', 'version-new']]],
    ['is a query whose version is not listed yet, or never', [], [analysis('new', after(31))], [['analysis-new', undefined]]],
    ['is what came in the same moment as the last before', [version('new', after(10))], [], [['analysis-new', 'version-new']]],
    ['is the older one first', [version('second', after(32))], [analysis('first', after(31))],
      [['analysis-first', undefined], ['analysis-second', 'version-second']]],
    ['is not what was there before', [version('old', after(10))], [analysis('old', after(10)), analysis('cancelled', after(9))], []],
    ['is not what is older', [version('older', after(9))], [analysis('older', after(9))], []],
    ['is not what stands in history as somebody\'s', [version('known', after(31))], [analysis('known', after(31))], []],
    ['is not a new version of a query that was there before', [{ ...version('new', after(31)), analysisId: 'analysis-cancelled' }], [], []],
  ])('%s', (_what, versions, analyses, expected) => {
    const candidates = candidatesOf(attemptWith({ before }), record, versions, analyses);
    expect(candidates.map(({ analysisId, versionId }) => [analysisId, versionId])).toEqual(expected);
  });

  test('is nothing of what was there, however the lists lag', () => {
    const names = fc.uniqueArray(fc.tuple(fc.nat(20).map(String), fc.nat(60)), { selector: ([name]) => name });
    const versionsOf = (all: [string, number][]) => all.map(([name, at]) => version(name, after(at)));
    const analysesOf = (all: [string, number][]) => all.map(([name, at]) => analysis(name, after(at)));
    fc.assert(fc.property(names, fc.func(fc.boolean()), fc.func(fc.boolean()), (all, isListed, isBefore) => {
      const were = all.filter(([name]) => isBefore(name));
      const attempt = attemptWith({ before: beforeOf(versionsOf(were), analysesOf(were)) });
      const candidates = candidatesOf(attempt, EMPTY, versionsOf(all.filter(([name]) => isListed(name))), analysesOf(all));
      const ids = candidates.map(({ analysisId }) => analysisId);
      expect(new Set(ids).size).toBe(ids.length);
      expect(were.filter(([name]) => ids.includes(`analysis-${name}`))).toEqual([]);
      expect([...candidates].sort((a, b) => a.createdAt - b.createdAt)).toEqual(candidates);
    }));
  });
});

describe('a candidate is read with', () => {
  const [south, north] = [{ region: 'south' }, { region: 'north' }];
  const ofSouth = details('SUCCESS', { parameters: south });
  const live = (name: string) => tableWith(name, { live: liveVersion(name, { parameters: north }) });

  test.each<[string, Result<Details>, Result<Table>, Result<Details>]>([
    ['its own parameters, where it shows them', ofSouth, live('new'), ofSouth],
    ['its version\'s, once that is live', details('SUCCESS'), live('new'), details('SUCCESS', { parameters: north })],
    ['none while it runs', details('STARTED'), live('new'), details('STARTED')],
    ['none where another version is live', details('SUCCESS'), live('other'), details('SUCCESS')],
    ['an error where it cannot be read', ERRORS.unknown, live('new'), ERRORS.unknown],
    ['an error where the table cannot be read, which might show them', details('SUCCESS'), ERRORS.throttled, ERRORS.throttled],
  ])('%s', async (_what, shown, table, expected) => {
    const lists = { listVersions: async () => ok([version('new', after(31))]), listAnalyses: async () => ok([]) };
    const rooms = { ...lists, getAnalysis: async () => shown, getTable: async () => table } as unknown as CleanRooms;
    const observed = await observeCandidates(rooms, TABLE, attemptWith(), EMPTY);
    expect(observed).toEqual(ok([{ candidate: expect.objectContaining({ analysisId: 'analysis-new' }), details: expected }]));
  });
});

const same = details('STARTED', { parameters: { region: 'north' } });
test.each<[string, number, ReturnType<typeof details>, Match]>([
  ['the same parameters', 1, same, 'MATCH'],
  ['the same parameters, late', 1_000, same, 'MATCH'],
  ['a clock that differs', -10, same, 'MATCH'],
  ['what began before the intent', -11, same, 'MISMATCH'],
  ['other parameters', 1, details('STARTED', { parameters: { region: 'south' } }), 'MISMATCH'],
  ['no parameters that are shown', 190, details('STARTED'), 'UNVERIFIED'],
  ['no parameters that are shown, of after the lease', 191, details('STARTED'), 'MISMATCH'],
  ['what cannot be read', 1, ERRORS.unknown, 'UNREADABLE'],
  ['what is gone', 1, ERRORS.missing, 'UNREADABLE'],
  ['what cannot be read, of before the intent', -11, ERRORS.unknown, 'MISMATCH'],
])('a candidate with %s (%d s after the intent) is what the table says', (_what, age, shown, match) => {
  const candidate = { analysisId: 'a', createdAt: after(30 + age) };
  expect(matchCandidate(attemptWith({ intendedAt: after(30) }), { candidate, details: shown })).toBe(match);
});

const SENT = { region: 'north' };
test.each<[string, Record<string, string> | undefined, Record<string, string>, boolean, Record<string, string> | undefined, string]>([
  ['are equal', SENT, SENT, false, undefined, 'EQUAL'],
  ['are none, and none were given', {}, {}, false, undefined, 'EQUAL'],
  ['are not shown', undefined, SENT, true, undefined, 'NOT_SHOWN'],
  ['have another value', { region: 'south' }, SENT, true, undefined, 'OTHER'],
  ['lack one', {}, SENT, true, undefined, 'OTHER'],
  ['have one more, of a query without defaults', { ...SENT, year: '2026' }, SENT, false, undefined, 'OTHER'],
  ['have one more, which may be a default', { ...SENT, year: '2026' }, SENT, true, undefined, 'NOT_SHOWN'],
  ['have one more, which is a default', { ...SENT, year: '2026' }, SENT, true, { year: '2026', day: '1' }, 'EQUAL'],
  ['have one more, which is none of the defaults', { ...SENT, month: '1' }, SENT, true, { year: '2026' }, 'OTHER'],
  ['have one more, with another value than the default', { ...SENT, year: '2025' }, SENT, true, { year: '2026' }, 'OTHER'],
  ['have a default where none was given', { year: '2026' }, {}, true, { year: '2026' }, 'EQUAL'],
])('the parameters of a version %s', (_what, shown, sent, mayHaveDefaults, queryDefaults, expected) => {
  const attempt = { parameterNames: Object.keys(sent), parametersHash: parametersHash(sent), mayHaveDefaults };
  expect(compareParameters(shown, attempt, queryDefaults)).toBe(expected);
});
