import type { Upstream } from '../../../../src/contract/population';
import type { Seen } from '../../../../src/handlers/population/lineage';
import { afterUpstream, seeUpstream } from '../../../../src/handlers/population/phases/upstream';
import type { In } from '../../../../src/handlers/population/run-state';
import {
  after, DEAD, DEFINITION, executionArn, EXECUTION_ARN, IN_TIME, inShort, LATE, MADE, ok, recordWith, stateIn, stateOf, tableWith, UNKNOWN,
} from '../../support';
import { World } from '../../world';

const UPSTREAM: Upstream = {
  membershipIdentifier: 'membership', intermediateTableIdentifier: 'a', recordTable: 'records', record: 'a', after: [], direct: true, sameStack: false,
};
const seen = (liveId: string, more: Partial<Seen> = {}): Seen => ({ upstream: UPSTREAM, record: recordWith({ turns: [] }), liveId, ...more });
const DEPLOYED = { record: recordWith({ turns: [], made: [{ ...MADE, versionId: 'a-2', deploys: true }] }) };
const RECORD = recordWith({ turns: [], made: [{ ...MADE, upstream: { a: 'a-1' } }] });

type Facts = Parameters<typeof afterUpstream.decide>[1];
const CHAIN: Partial<In<'UPSTREAM'>> = { cause: 'AFTER_UPSTREAM', definition: { ...DEFINITION, keepsVersion: true } };
const decided = (facts: object, at = IN_TIME) =>
  afterUpstream.decide(stateIn('UPSTREAM', CHAIN), { table: tableWith('1'), record: ok(RECORD), upstream: ok([seen('a-1')]), ...facts } as Facts, at);

describe('after the end of an upstream table\'s run', () => {
  test.each<[string, object, typeof IN_TIME, string]>([
    ['nothing new there changes nothing here', {}, IN_TIME, 'CLOSE UNCHANGED'],
    ['a new version there is built on here', { upstream: ok([seen('a-2')]) }, IN_TIME, 'TURN'],
    ['a run that is still there is left to start this one again', { upstream: ok([seen('a-2', { turn: 'RUNNING' })]) }, IN_TIME, 'CLOSE UNCHANGED'],
    ['a run that may still be there is asked for again', { upstream: ok([seen('a-2', { turn: 'UNKNOWN' })]) }, IN_TIME, 'waits in UPSTREAM'],
    ['that is said when the time is up', { upstream: ok([seen('a-2', { turn: 'UNKNOWN' })]) }, LATE, 'CLOSE PopulationTimedOut'],
    ['what cannot be read is asked for again', { upstream: UNKNOWN }, IN_TIME, 'waits in UPSTREAM'],
    ['its own table, too', { table: UNKNOWN }, IN_TIME, 'waits in UPSTREAM'],
    ['and its own record', { record: UNKNOWN }, IN_TIME, 'waits in UPSTREAM'],
    ['until the time is up', { upstream: UNKNOWN }, LATE, 'CLOSE PopulationTimedOut'],
    ['a deploy there may be followed by one here: it is waited for', { upstream: ok([seen('a-2', DEPLOYED)]) }, IN_TIME, 'waits in UPSTREAM'],
    ['not for ever', { upstream: ok([seen('a-2', DEPLOYED)]) }, after(700), 'TURN'],
    ['a step that broke off had the turn: it is gone on from there', { record: ok({ ...RECORD, turns: [EXECUTION_ARN] }) }, IN_TIME, 'TURN'],
  ])('%s', (_what, facts, at, expected) => {
    expect(inShort(decided(facts, at))).toBe(expected);
  });

  test('a run that changes nothing writes no version parameter: it has nobody\'s turn', () => {
    expect(stateOf(decided({}))).toMatchObject({ phase: 'CLOSE', cause: 'OBSERVE' });
  });
});

describe('who populates an upstream table', () => {
  const turnOf = async (turns: readonly string[], statuses: Record<string, 'RUNNING' | 'ENDED' | 'UNKNOWN'>) => {
    const world = new World();
    world.documents.set('records a', recordWith({ turns }));
    Object.entries(statuses).forEach(([execution, status]) => world.statuses.set(execution, status));
    const answer = await seeUpstream(stateIn('UPSTREAM', { definition: { ...DEFINITION, upstream: [UPSTREAM] } }), world.outside());
    return answer.ok ? answer.value[0].turn : answer;
  };
  const NEXT = executionArn('next');

  test.each<[string, readonly string[], Record<string, 'RUNNING' | 'ENDED' | 'UNKNOWN'>, Seen['turn']]>([
    ['nobody', [], {}, undefined],
    ['who has the turn', [DEAD], { [DEAD]: 'RUNNING' }, 'RUNNING'],
    ['who comes after one that has ended without a word', [DEAD, NEXT], { [DEAD]: 'ENDED', [NEXT]: 'RUNNING' }, 'RUNNING'],
    ['nobody who has ended', [DEAD], { [DEAD]: 'ENDED' }, undefined],
    ['perhaps somebody', [DEAD, NEXT], { [DEAD]: 'UNKNOWN' }, 'UNKNOWN'],
  ])('%s', async (_what, turns, statuses, expected) => {
    expect(await turnOf(turns, statuses)).toBe(expected);
  });
});
