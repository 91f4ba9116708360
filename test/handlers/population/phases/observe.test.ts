import { liveIn, observing } from '../../../../src/handlers/population/phases/observe';
import { DEFINITION, details, ERRORS, IN_TIME, inShort, LATE, MADE, ok, recordWith, stateIn, stateOf, tableWith, UNKNOWN } from '../../support';
import { World } from '../../world';

type Facts = Parameters<typeof observing.decide>[1];
const decided = (facts: object, at = IN_TIME) =>
  observing.decide(stateIn('OBSERVE', { definition: { ...DEFINITION, keepsVersion: true } }), { table: tableWith('1'), record: ok(recordWith()), ...facts } as Facts, at);

describe('a look', () => {
  test.each<[string, object, typeof IN_TIME, string]>([
    ['ends, and writes no version parameter', {}, IN_TIME, 'CLOSE UNCHANGED'],
    ['ends without a version, too', { table: tableWith() }, IN_TIME, 'CLOSE UNCHANGED'],
    ['is repeated where the table cannot be read', { table: UNKNOWN }, IN_TIME, 'waits in OBSERVE'],
    ['is repeated where the record cannot be read', { record: UNKNOWN }, IN_TIME, 'waits in OBSERVE'],
    ['fails where there is no such table', { table: ERRORS.missing }, IN_TIME, 'CLOSE ResourceNotFoundException'],
    ['fails when its time is up', { table: UNKNOWN }, LATE, 'CLOSE PopulationTimedOut'],
  ])('%s', (_what, facts, at, expected) => {
    expect(inShort(decided(facts, at))).toBe(expected);
  });

  test('tells how old the live version is: by the record, or by its query', () => {
    expect(stateOf(decided({ record: ok(recordWith({ made: [MADE] })) })).live).toMatchObject({ madeAt: MADE.populatedAt });
    expect(stateOf(decided({ details: details('SUCCESS', { createTime: 5, durationMillis: 2 }) })).live).toMatchObject({ madeAt: 7 });
    expect(stateOf(decided({ details: UNKNOWN })).live).toEqual({ madeAt: undefined, expiresAt: undefined });
  });

  test('takes nobody\'s turn and writes nothing', async () => {
    const world = new World();
    world.rooms.accept({});
    const run = world.start('look', { observe: true }, { ...DEFINITION, keepsVersion: true });
    await world.play();
    expect(run.ended?.output?.status).toBe('UNCHANGED');
    expect(world.documents.writes).toBe(0);
    expect(world.parameter).toBeUndefined();
  });
});

describe('the live version', () => {
  const table = (more: object = {}) => ({ status: 'POPULATE_SUCCESS', analysisType: 'QUERY' as const, mayHaveDefaults: false, ...more });
  const live = { versionId: 'v', analysisId: 'a', analysisType: 'QUERY' as const };
  test.each<[string, ReturnType<typeof table>, object | undefined]>([
    ['is what the table shows', table({ live }), live],
    ['is none where it shows none', table(), undefined],
    ['is none where its data has expired, whatever is shown', table({ live, status: 'RETENTION_PERIOD_EXPIRED' }), undefined],
    ['is none past its time', table({ live: { ...live, expiresAt: 5 } }), undefined],
    ['is there during a refresh, and after a failed one', table({ live: { ...live, expiresAt: 6 }, status: 'POPULATE_FAILED' }), { ...live, expiresAt: 6 }],
  ])('%s', (_what, shown, expected) => {
    expect(liveIn(shown, 5)).toEqual(expected);
  });
});
