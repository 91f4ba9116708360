import type { Upstream } from '../../../src/contract/population';
import { dueOf, isDeployedElsewhere, lineage, upstreamDiffers, type Due, type Seen } from '../../../src/handlers/population/lineage';
import { EMPTY, type Made, type PopulationRecord } from '../../../src/handlers/record/population-record';
import { MADE } from '../support';

const made = (versionId: string, upstream?: Made['upstream'], more: Partial<Made> = {}): Made => ({ ...MADE, versionId, upstream, ...more });
const recordOf = (...versions: Made[]): PopulationRecord => ({ ...EMPTY, made: versions });

interface Built {
  readonly after?: readonly number[];
  readonly direct?: boolean;
  readonly sameStack?: boolean;
  readonly versions?: readonly Made[];
  readonly turn?: Seen['turn'];
}

const seen = (name: string, liveId: string | undefined, { after = [], direct = true, sameStack = true, versions = [], turn }: Built = {}): Seen => {
  const upstream: Upstream = {
    membershipIdentifier: 'membership', intermediateTableIdentifier: name, recordTable: 'records', record: name, after, direct, sameStack,
  };
  return { upstream, record: recordOf(...versions), liveId, turn };
};

const due = (live: string | undefined, versions: readonly Made[], upstream: readonly Seen[]): Due => dueOf(recordOf(...versions), live, upstream);

describe('a table on one other', () => {
  const own = [made('own-1', { a: 'a-1' })];
  test.each<[string, string | undefined, readonly Made[], Seen, Due]>([
    ['is not due while that has the version it was built from', 'own-1', own, seen('a', 'a-1'), 'NO'],
    ['is due once that has another', 'own-1', own, seen('a', 'a-2'), 'NOW'],
    ['waits while that is being populated', 'own-1', own, seen('a', 'a-2', { turn: 'RUNNING' }), 'LATER'],
    ['does not wait for a run there that has ended', 'own-1', own, seen('a', 'a-2', { turn: 'ENDED' }), 'NOW'],
    ['knows nothing where nobody can tell whether a run there has ended', 'own-1', own, seen('a', 'a-2', { turn: 'UNKNOWN' }), 'UNKNOWN'],
    ['is not due where that has no version: there is nothing to build on', 'own-1', own, seen('a', undefined), 'NO'],
    ['is due where it was never populated', undefined, [], seen('a', 'a-1'), 'NOW'],
    ['is not due where neither was ever populated', undefined, [], seen('a', undefined), 'NO'],
    ['is due where nobody knows what it was built from', 'own-1', [made('own-1')], seen('a', 'a-1'), 'NOW'],
    ['goes by its newest known version where somebody else\'s is live', 'stranger', own, seen('a', 'a-1'), 'NO'],
    ['and is due after that', 'stranger', own, seen('a', 'a-2'), 'NOW'],
    ['goes by its last version where it has expired', undefined, own, seen('a', 'a-1'), 'NO'],
    ['goes by the live version, not by the newest', 'own-1', [made('own-2', { a: 'a-2' }), ...own], seen('a', 'a-2'), 'NOW'],
  ])('%s', (_what, live, versions, upstream, expected) => {
    expect(due(live, versions, [upstream])).toBe(expected);
  });
});

describe('a table at the end of a chain', () => {
  /** a → b → own. */
  const chain = (a: string, b: Partial<Built>, live = 'b-1') => [
    seen('a', a, { direct: false }), seen('b', live, { after: [0], versions: [made('b-1', { a: 'a-1' }), made('b-2', { a: 'a-2' })], ...b }),
  ];
  const own = [made('own-1', { b: 'b-1' })];
  test.each<[string, readonly Seen[], Due]>([
    ['is not due while only the first has something new: the table between is', chain('a-2', {}), 'NO'],
    ['is due once the table between has', chain('a-2', {}, 'b-2'), 'NOW'],
    ['waits where the table between is due again', chain('a-3', {}, 'b-2'), 'LATER'],
    ['waits where the first is being populated', [seen('a', 'a-2', { direct: false, turn: 'RUNNING' }), chain('a-2', {}, 'b-2')[1]], 'LATER'],
  ])('%s', (_what, upstream, expected) => {
    expect(due('own-1', own, upstream)).toBe(expected);
  });
});

describe('a table at the end of a diamond', () => {
  /** a → b, a → c; b and c → own. */
  const diamond = (a: string, b: string, c: string, turn?: Seen['turn']) => [
    seen('a', a, { direct: false }),
    seen('b', b, { after: [0], versions: [made('b-1', { a: 'a-1' }), made('b-2', { a: 'a-2' })] }),
    seen('c', c, { after: [0], versions: [made('c-1', { a: 'a-1' }), made('c-2', { a: 'a-2' })], turn }),
  ];
  const own = [made('own-1', { b: 'b-1', c: 'c-1' })];
  test.each<[string, readonly Seen[], Due]>([
    ['waits while one side is new and the other still due', diamond('a-2', 'b-2', 'c-1'), 'LATER'],
    ['waits while the other side is being populated', diamond('a-2', 'b-2', 'c-1', 'RUNNING'), 'LATER'],
    ['is due once both sides are new', diamond('a-2', 'b-2', 'c-2'), 'NOW'],
    ['is not due before', diamond('a-1', 'b-1', 'c-1'), 'NO'],
  ])('%s', (_what, upstream, expected) => {
    expect(due('own-1', own, upstream)).toBe(expected);
  });
});

describe('a deploy', () => {
  test.each<[string, Made | undefined, Seen, boolean]>([
    ['sees another version than the one built from', made('own', { a: 'a-1' }), seen('a', 'a-2'), true],
    ['sees that it is the same', made('own', { a: 'a-1' }), seen('a', 'a-1'), false],
    ['pays nothing for an upstream table that has just been added', made('own', { b: 'b-1' }), seen('a', 'a-1'), false],
    ['nor where lineage was never recorded', made('own'), seen('a', 'a-1'), false],
    ['nor for one without a version', made('own', { a: 'a-1' }), seen('a', undefined), false],
    ['nor for what somebody else has made of it', undefined, seen('a', 'a-2'), false],
    ['nor for what is only further up', made('own', { a: 'a-1' }), seen('a', 'a-2', { direct: false }), false],
  ])('%s', (_what, own, upstream, expected) => {
    expect(upstreamDiffers(own, [upstream])).toBe(expected);
  });
});

describe('lineage', () => {
  test('has what is built on directly and has a version', () => {
    expect(lineage([seen('a', 'a-1', { direct: false }), seen('b', 'b-1'), seen('c', undefined)])).toEqual({ b: 'b-1' });
  });

  test('is nothing where nothing is upstream', () => {
    expect(lineage([])).toBeUndefined();
    expect(lineage([seen('a', undefined)])).toBeUndefined();
  });
});

describe('a deploy elsewhere', () => {
  const deployed = [made('a-2', undefined, { deploys: true })];
  test.each<[string, Seen, boolean]>([
    ['has made what is live upstream', seen('a', 'a-2', { sameStack: false, versions: deployed }), true],
    ['is not one of this stack, which CloudFormation orders', seen('a', 'a-2', { versions: deployed }), false],
    ['has not made it where a schedule has', seen('a', 'a-2', { sameStack: false, versions: [made('a-2')] }), false],
    ['is of the past where another version is live', seen('a', 'a-3', { sameStack: false, versions: [made('a-3'), ...deployed] }), false],
    ['does not matter further up', seen('a', 'a-2', { sameStack: false, direct: false, versions: deployed }), false],
  ])('%s', (_what, upstream, expected) => {
    expect(isDeployedElsewhere([upstream])).toBe(expected);
  });
});
