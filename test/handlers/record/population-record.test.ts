import {
  EMPTY, isSent, joined, left, madeOf, tableId, withMade, withoutSent, type PopulationRecord,
} from '../../../src/handlers/record/population-record';
import { KNOWN, MADE, SENT } from '../support';

describe('turns', () => {
  test('are in the order of coming, each once', () => {
    const two = joined(joined(EMPTY, 'a'), 'b');
    expect(two.turns).toEqual(['a', 'b']);
    expect(joined(two, 'a')).toBe(two);
  });

  test('pass on when one leaves, and not when a stranger does', () => {
    const two: PopulationRecord = { ...EMPTY, turns: ['a', 'b'] };
    expect(left(two, 'a').turns).toEqual(['b']);
    expect(left(two, 'c')).toBe(two);
  });
});

describe('what was made', () => {
  const versions = (count: number) => Array.from({ length: count }, (_, index) => ({ ...MADE, versionId: `version-${index}` }));

  test('is newest first, and told twice stands once', () => {
    const record = [...versions(2)].reduce<PopulationRecord>(withMade, EMPTY);
    expect(record.made.map(({ versionId }) => versionId)).toEqual(['version-1', 'version-0']);
    expect(withMade(record, versions(1)[0])).toBe(record);
    expect(withMade(record)).toBe(record);
  });

  test('is forgotten after ten more', () => {
    const record = versions(12).reduce<PopulationRecord>(withMade, EMPTY);
    expect(record.made).toHaveLength(10);
    expect(madeOf(record, 'version-1')).toBeUndefined();
    expect(madeOf(record, 'version-2')).toMatchObject({ versionId: 'version-2' });
  });
});

describe('the intent', () => {
  const record: PopulationRecord = { ...EMPTY, sent: SENT };

  test('is of one execution and one moment', () => {
    expect(isSent(record, SENT)).toBe(true);
    expect(isSent(record, { ...SENT, at: SENT.at + 1 })).toBe(false);
    expect(isSent(record, { ...SENT, execution: 'other' })).toBe(false);
    expect(isSent(EMPTY, SENT)).toBe(false);
  });

  test('goes when it is settled, and not when another one is', () => {
    expect(withoutSent(record, SENT).sent).toBeUndefined();
    expect(withoutSent(record, { ...SENT, at: SENT.at + 1 })).toBe(record);
    expect(withoutSent(record)).toBe(record);
  });
});

describe('a populate that is settled and was never seen live', () => {
  const begun = (...known: number[]) => known.reduce<PopulationRecord>((record, index) => {
    const sent = { ...KNOWN, at: index, versionId: `version-${index}` };
    return withoutSent({ ...record, sent }, sent);
  }, EMPTY);

  test('is known, should its version go live', () => {
    const { populatedAt, durationMillis, billedCrpuHours, ...rest } = MADE;
    expect(madeOf(begun(1), 'version-1')).toEqual({ ...rest, sentAt: 1 });
    expect(begun(1).made).toEqual([]);
  });

  test('is what was made once it is put on record as that, and stands once', () => {
    const record = withMade(begun(1, 2), { ...MADE, versionId: 'version-1' });
    expect([madeOf(record, 'version-1'), record.unseen?.map(({ versionId }) => versionId)]).toEqual([MADE, ['version-2']]);
    expect(withMade(begun(1), MADE).unseen).toBeUndefined();
  });

  test('is forgotten after three more', () => {
    expect(begun(1, 2, 3, 4).unseen?.map(({ versionId }) => versionId)).toEqual(['version-4', 'version-3', 'version-2']);
  });

  test.each([['the service has not told its ids', SENT], ['it may be somebody else\'s', { ...KNOWN, unread: true }]])('is nothing where %s', (_, sent) => {
    expect(withoutSent({ ...EMPTY, sent }, sent)).toEqual(EMPTY);
  });
});

test('a table\'s id is of its membership and itself', () => {
  expect(tableId(SENT.table)).toBe('membership/table');
});
