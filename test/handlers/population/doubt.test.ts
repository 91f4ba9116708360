import { before, candidates, compared, defaultsOf, isNewer, judge, newestOf, type Defaults, type Judgement } from '../../../src/handlers/population/doubt';
import { details, ok, recordWith, SENT, UNKNOWN, version } from '../support';

const HOUR = 3_600_000;
const AT = SENT.at;
const analysis = (name: string, createTime: number, status = 'STARTED') => ({ id: `analysis-${name}`, createTime, status });

describe('the newest of a list', () => {
  test('is its newest moment, with all that is of that hour', () => {
    expect(newestOf([{ id: 'old', createTime: 0 }, { id: 'new', createTime: 2 * HOUR }, { id: 'recent', createTime: HOUR }]))
      .toEqual({ createTime: 2 * HOUR, ids: ['new', 'recent'] });
  });

  test('of none is the beginning of time', () => {
    expect(newestOf([])).toEqual({ createTime: 0, ids: [] });
  });

  test('tells what is newer: not what was there, nor what is older, but what came in the same moment', () => {
    const newest = newestOf([{ id: 'a', createTime: 5 }]);
    expect(isNewer({ id: 'a', createTime: 5 }, newest)).toBe(false);
    expect(isNewer({ id: 'b', createTime: 4 }, newest)).toBe(false);
    expect(isNewer({ id: 'b', createTime: 5 }, newest)).toBe(true);
    expect(isNewer({ id: 'b', createTime: 6 }, newest)).toBe(true);
  });
});

describe('candidates', () => {
  const than = before([version('old', AT - HOUR)], [analysis('old', AT - HOUR)]);
  const ids = (...args: Parameters<typeof candidates>) => candidates(...args).map(({ analysisId, versionId }) => [analysisId, versionId]);

  test('are what either list has that was not there before: one of them may lag', () => {
    expect(ids(than, [version('old', AT - HOUR), version('new', AT)], [analysis('old', AT - HOUR)])).toEqual([['analysis-new', 'version-new']]);
    expect(ids(than, [version('old', AT - HOUR)], [analysis('old', AT - HOUR), analysis('new', AT)])).toEqual([['analysis-new', undefined]]);
  });

  test('are named once where both lists have it, the earliest first', () => {
    expect(ids(than, [version('b', AT + 2), version('a', AT + 1)], [analysis('a', AT + 1), analysis('b', AT + 2), analysis('c', AT)]))
      .toEqual([['analysis-c', undefined], ['analysis-a', 'version-a'], ['analysis-b', 'version-b']]);
  });

  test('are never of before: a version that is listed late was running when the intent was written', () => {
    expect(ids(than, [version('old-2', AT)], [])).toEqual([['analysis-old-2', 'version-old-2']]);
    expect(ids(before([], [analysis('old-2', AT - 5)]), [version('old-2', AT)], [analysis('old-2', AT - 5)])).toEqual([]);
  });
});

describe('whose a candidate is', () => {
  const NORTH = { region: 'north' };
  const judged = (createTime: number, answer: Parameters<typeof judge>[2], defaults: Defaults = 'NONE'): Judgement =>
    judge(SENT, { analysisId: 'analysis-1', createTime }, answer, defaults);
  test.each<[string, number, Parameters<typeof judge>[2], Judgement]>([
    ['its own, by equal parameters', AT + 1_000, details('STARTED', { parameters: NORTH }), 'OWN'],
    ['its own, however late the service took it', AT + 80_000, details('STARTED', { parameters: NORTH }), 'OWN'],
    ['its own, by a clock that differs by seconds', AT - 9_000, details('STARTED', { parameters: NORTH }), 'OWN'],
    ['somebody else\'s, by other parameters, however early it is found', AT + 1_000, details('STARTED', { parameters: { region: 'south' } }), 'OTHER'],
    ['somebody else\'s, by further parameters', AT + 1_000, details('STARTED', { parameters: { ...NORTH, day: '1' } }), 'OTHER'],
    ['somebody else\'s, by no parameters at all', AT + 1_000, details('STARTED', { parameters: {} }), 'OTHER'],
    ['somebody else\'s, of before the intent and listed late, although the parameters are equal', AT - 60_000, details('STARTED', { parameters: NORTH }), 'OTHER'],
    ['possibly its own, where nothing shows parameters', AT + 1_000, details('STARTED'), 'POSSIBLE'],
    ['somebody else\'s, where nothing shows parameters and it came too late', AT + 80_000, details('STARTED'), 'OTHER'],
    ['somebody else\'s, where nothing shows parameters and it came too early', AT - 60_000, details('STARTED'), 'OTHER'],
    ['unknown, where it cannot be read', AT + 1_000, UNKNOWN, 'UNKNOWN'],
    ['somebody else\'s, where it cannot be read and came before the intent', AT - 60_000, UNKNOWN, 'OTHER'],
  ])('%s', (_what, createTime, answer, expected) => {
    expect(judged(createTime, answer)).toBe(expected);
  });
});

describe('parameters that are shown, compared with those given', () => {
  const GIVEN = { region: 'north' };
  const MORE = { region: 'north', day: '1' };
  test.each<[string, Record<string, string> | undefined, Record<string, string> | undefined, Defaults, ReturnType<typeof compared>]>([
    ['none are shown', undefined, GIVEN, 'NONE', 'UNSHOWN'],
    ['none are shown and none were given', undefined, undefined, 'NONE', 'UNSHOWN'],
    ['equal ones', GIVEN, GIVEN, 'NONE', 'EQUAL'],
    ['no one of none', {}, undefined, 'NONE', 'EQUAL'],
    ['another value', { region: 'south' }, GIVEN, 'NONE', 'OTHER'],
    ['another value, whatever the defaults are', { region: 'south' }, GIVEN, undefined, 'OTHER'],
    ['one too few', {}, GIVEN, { region: 'north' }, 'OTHER'],
    ['one too many, of a query without defaults', MORE, GIVEN, 'NONE', 'OTHER'],
    ['one too many, of a query whose defaults nobody knows', MORE, GIVEN, undefined, 'UNSHOWN'],
    ['one more, which is the default', MORE, GIVEN, { day: '1' }, 'EQUAL'],
    ['one more, which is not the default', MORE, GIVEN, { day: '2' }, 'OTHER'],
    ['one more, which has no default', MORE, GIVEN, { hour: '1' }, 'OTHER'],
    ['a default that was given in another value', { region: 'north' }, { region: 'south' }, { region: 'north' }, 'OTHER'],
  ])('%s', (_what, shown, given, defaults, expected) => {
    expect(compared(shown, given, defaults)).toBe(expected);
  });
});

test('defaults are none of a query that can have none, those on record, or unknown', () => {
  const record = ok(recordWith({ defaults: { day: '1' } }));
  expect(defaultsOf({ mayHaveDefaults: false }, UNKNOWN)).toBe('NONE');
  expect(defaultsOf({ mayHaveDefaults: true }, record)).toEqual({ day: '1' });
  expect(defaultsOf({ mayHaveDefaults: true }, ok(recordWith()))).toBeUndefined();
  expect(defaultsOf({ mayHaveDefaults: true }, UNKNOWN)).toBeUndefined();
});
