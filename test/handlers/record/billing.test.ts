import { addToBilling, overspentOf } from '../../../src/handlers/record/billing';
import type { FinishedAttempt, TableRecord } from '../../../src/handlers/record/table-record';
import { DEFINITION, finishedWith, requestWith } from '../population/support';

const MIDNIGHT = Date.UTC(2026, 10, 23);
/** On the day of the first bill, or on one of the next. */
const at = (hours: number, minutes = 0): number => MIDNIGHT + (hours * 60 + minutes) * 60_000;
const billed = (billedCrpuHours: number, populatedAt: number): FinishedAttempt =>
  finishedWith({ analysisId: `at ${populatedAt}`, billedCrpuHours, populatedAt });
const recordOf = (...bills: readonly FinishedAttempt[]): TableRecord =>
  bills.reduce((record, bill) => addToBilling(record, bill, at(0)), { requests: [], syntheses: [], history: [] } as TableRecord);

describe('what a table was billed', () => {
  test('is kept by clock hour, with when the last of it ended, the newest first', () => {
    expect(recordOf(billed(1, at(3, 59)), billed(2, at(4, 10)), billed(0.7, at(4, 5)), billed(0.1, at(4, 6))).billing).toEqual([
      { lastAt: at(4, 10), crpuHours: 2.8 }, { lastAt: at(3, 59), crpuHours: 1 },
    ]);
  });

  test('is kept of 25 clock hours, which is all that 24 hours touch', () => {
    const billing = recordOf(...Array.from({ length: 400 }, (_, index) => billed(1, at(0, 10 * index)))).billing!;
    expect(billing).toHaveLength(25);
    expect(billing.every(({ crpuHours }, index) => crpuHours === (index === 0 ? 4 : 6))).toBe(true);
  });

  const failed = { succeeded: false, intendedAt: at(2) };
  const unknown: Partial<FinishedAttempt> = { ...failed, billedCrpuHours: undefined, populatedAt: undefined, durationMillis: undefined };

  test.each<[string, Partial<FinishedAttempt>, object | undefined, number]>([
    ['nothing, where nothing is shown as billed', { billedCrpuHours: 0 }, undefined, 0],
    ['what failed, too', { billedCrpuHours: 2 }, undefined, 2],
    ['what its default of 32 CRPUs cost since it was intended, where nothing is shown', {}, undefined, 32],
    ['what they cost for as long as it took, where only that is shown', { durationMillis: 15 * 60_000 }, undefined, 8],
    ['what its own workers cost', {}, { type: 'CR.4X', number: 5 }, 40],
    ['a minute at least', { durationMillis: 1 }, { number: 30 }, 1],
    ['a day at most, after which a query has timed out', { intendedAt: 0 }, { number: 2 }, 96],
    ['workers of a type that says nothing as the smallest', {}, { type: 'LARGE', number: 2 }, 4],
  ])('counts %s', (_what, more, compute, crpuHours) => {
    const record: TableRecord = { requests: [requestWith({ definition: { ...DEFINITION, compute } })], syntheses: [], history: [] };
    expect(addToBilling(record, finishedWith({ ...unknown, ...more }), at(3)).billing).toEqual([{ lastAt: at(3), crpuHours }]);
  });
});

describe('a limit', () => {
  const limited = (record: TableRecord, maxBilledCrpuHoursPerDay: number | undefined, now: number) =>
    overspentOf({ record: { ...record, requests: [requestWith({ definition: { ...DEFINITION, maxBilledCrpuHoursPerDay } })] }, now });

  test.each<[string, readonly FinishedAttempt[], number | undefined, number, [crpuHours: number, freeAt: number] | undefined]>([
    ['is not reached where nothing was billed', [], 0.1, at(0), undefined],
    ['is not reached where there is none', [billed(1_000, at(0))], undefined, at(0), undefined],
    ['is not reached by less', [billed(0.99, at(0))], 1, at(1), undefined],
    ['is reached by as much', [billed(0.7, at(0)), billed(0.1, at(0))], 0.8, at(1), [0.8, at(24)]],
    ['is reached for 23 hours and 59 minutes', [billed(1, at(10))], 1, at(33, 59), [1, at(34)]],
    ['is free again to the minute', [billed(1, at(10))], 1, at(34), undefined],
    ['is free after 24 hours and a minute', [billed(1, at(10))], 1, at(34, 1), undefined],
    ['is reached until the last of a clock hour is a day old', [billed(1, at(10)), billed(1, at(10, 59))], 1, at(34, 58), [2, at(34, 59)]],
    ['is free once enough of it is a day old, and not all', [billed(1, at(1)), billed(1, at(3)), billed(1, at(5))], 2, at(6), [3, at(27)]],
    ['counts a bill that is larger than it', [billed(9, at(1)), billed(1, at(3))], 2, at(6), [10, at(25)]],
  ])('%s', (_what, bills, limit, now, overspent) => {
    const { crpuHours, freeAt } = limited(recordOf(...bills), limit, now) ?? {};
    expect(crpuHours === undefined ? undefined : [crpuHours, freeAt]).toEqual(overspent);
    expect(freeAt === undefined || limited(recordOf(...bills), limit, freeAt) === undefined).toBe(true);
  });

  test('that is reached names those attempts of the last 24 hours that history has', () => {
    const failed = finishedWith({ succeeded: false, populatedAt: undefined, intendedAt: at(2) });
    const [old, success] = [billed(1, at(1)), billed(1, at(3))];
    const record = { ...recordOf(success), history: [success, failed, old] };
    expect(limited(record, 1, at(25, 30))?.attempts).toEqual([success, failed]);
  });
});
