import { publish } from '../../../src/handlers/population/phases/publish';
import { query } from '../../../src/handlers/population/phases/query';
import { givingWay, takesMoment } from '../../../src/handlers/population/place';
import type { In } from '../../../src/handlers/population/run-state';
import type { Line } from '../../../src/handlers/record/line';
import { after, DEAD, details, EXECUTION_ARN, IN_TIME, inShort, LATE, stateIn, stateOf } from '../support';
import { World } from '../world';

const OTHER = { execution: DEAD, state: 'NEW' } as const;
const NOT_YET: Line = { entries: [OTHER], room: 0, full: false, last: { execution: DEAD, from: after(10).now, isLight: false } };
const at = (seconds: number, line: Line = NOT_YET): World => {
  const world = new World();
  world.now = after(seconds).now;
  world.documents.set('line', line);
  jest.spyOn(world.rooms, 'getAnalysis').mockResolvedValue(details('SUBMITTED'));
  return world;
};

describe('a run past the line', () => {
  test.each<[string, World, boolean]>([
    ['waits for a second that is another one\'s', at(10.5), false],
    ['asks in one of its own', at(11), true],
    ['lets who is about to populate go first', at(11, { ...NOT_YET, entries: [{ ...OTHER, state: 'READY' }] }), false],
    ['asks at once where nobody is in line', at(10.5, { ...NOT_YET, entries: [] }), true],
  ])('%s', async (_what, world, expected) => {
    expect(await takesMoment(stateIn('PUBLISH'), world.outside())).toBe(expected);
  });

  test('does not wait for long', async () => {
    const state = givingWay(givingWay(stateIn('PUBLISH'), after(3).now), after(9).now);
    expect(await takesMoment(state, at(12.9, { ...NOT_YET, last: { ...NOT_YET.last!, from: after(12.5).now } }).outside())).toBe(false);
    expect(await takesMoment(state, at(13, { ...NOT_YET, last: { ...NOT_YET.last!, from: after(12.5).now } }).outside())).toBe(true);
  });

  test('does not wait for a line that cannot be read', async () => {
    const world = at(10.5);
    world.troubles.set(0, 'UNREAD');
    expect(await takesMoment(stateIn('PUBLISH'), world.outside())).toBe(true);
  });
});

describe('whether its query has begun', () => {
  const looks = async (world: World, change: Partial<In<'QUERY'>> = {}) => (await query.facts(stateIn('QUERY', change), world.outside())) !== undefined;

  test('is asked apart from what others ask, as long as it may wait in the service\'s own queue', async () => {
    expect(await looks(at(10.5))).toBe(false);
    expect(await looks(at(11))).toBe(true);
  });

  test('is asked at once where the service refuses what is past the quota, and whether it runs on always is', async () => {
    expect(await looks(at(10.5, { ...NOT_YET, full: true }))).toBe(true);
    expect(await looks(at(10.5), { inLine: false })).toBe(true);
  });

  test('is asked a little later where others go first, if there is time', () => {
    const held = query.decide(stateIn('QUERY'), undefined, IN_TIME);
    expect(inShort(held)).toBe('lingers in QUERY');
    expect(stateOf(held)).toMatchObject({ givesWaySince: IN_TIME.now });
    expect(inShort(query.decide(stateIn('QUERY'), undefined, LATE))).toBe('CANCEL for PopulationTimedOut');
  });

  test('counts its patience anew when it has asked', async () => {
    const state = stateIn('QUERY', { givesWaySince: after(1).now });
    expect(stateOf(query.decide(state, await query.facts(state, at(11).outside()), after(11)))).toMatchObject({ givesWaySince: undefined });
  });
});

test('whether its version is live is asked apart from what others ask', async () => {
  expect(await publish.facts(stateIn('PUBLISH'), at(10.5).outside())).toBeUndefined();
  expect(await publish.facts(stateIn('PUBLISH'), at(11).outside())).toBeDefined();
  const held = publish.decide(stateIn('PUBLISH'), undefined, IN_TIME);
  expect(inShort(held)).toBe('lingers in PUBLISH');
  expect(stateOf(held)).toMatchObject({ givesWaySince: IN_TIME.now });
});

test('the moment that is taken is marked', async () => {
  const world = at(11);
  await takesMoment(stateIn('PUBLISH'), world.outside());
  expect(world.documents.get('line')).toMatchObject({ last: { execution: EXECUTION_ARN, isLight: true } });
});
