import {
  after, DEFINITION, deploying, downstreamOf, finishedWith, liveVersion, MINE, OF_DEPLOYMENT, OTHER, releasing, requestWith, situationOf,
} from './support';
import { fingerprintOf } from '../../../src/contract/hashing';
import type { RunInput } from '../../../src/contract/workflow';
import { whetherDue, type Due } from '../../../src/handlers/population/populating';
import { EMPTY, type FinishedAttempt, type PopulateRequest, type TableRecord } from '../../../src/handlers/record/table-record';
import type { SeenUpstream } from '../../../src/handlers/upstream/upstream';

const live = liveVersion('1');
const weekly = finishedWith({ fingerprint: fingerprintOf(DEFINITION, { region: 'west' }) });
const since = finishedWith({ versionId: 'version-2', intendedAt: after(0) });
const upstreamWith = (liveId?: string): SeenUpstream[] => [{ id: 'm/up', liveId, record: EMPTY, isElsewhere: false, isAtWork: false }];
const builtFrom = (id: string) => finishedWith({ upstream: { 'm/up': id } });
const due = (record: Partial<TableRecord>, input: RunInput, ...seen: readonly unknown[]) =>
  whetherDue(situationOf({ ...MINE, ...record }, { input }), ...seen as [typeof live, SeenUpstream[]]);

describe('a deploy', () => {
  const DOWNSTREAM: Partial<PopulateRequest> = { definition: downstreamOf({ population: 'Up' }) };
  const cases: [string, Partial<PopulateRequest>, readonly FinishedAttempt[], unknown[], Due][] = [
    ['no version is live', {}, [finishedWith()], [undefined], 'YES'],
    ['the live version is the wanted one', {}, [finishedWith()], [live], 'NO'],
    ['the live version has another definition', {}, [finishedWith({ definitionFingerprint: 'another' })], [live], 'YES'],
    ['the live version is somebody else\'s', {}, [finishedWith()], [liveVersion('2')], 'YES'],
    ['a schedule has made the live version, with parameters of its own', {}, [weekly], [live], 'NO'],
    ['the live version is the wanted one, of 90 days ago', {}, [finishedWith({ intendedAt: after(-7_776_000) })], [live], 'NO'],
    ['it ended well before, and another version is live', {}, [since], [live], 'YES'],
    ['NEVER, no version is live', { mode: 'NEVER' }, [], [undefined], 'NO'],
    ['IF_UNPOPULATED, no version is live', { mode: 'IF_UNPOPULATED' }, [], [undefined], 'YES'],
    ['IF_UNPOPULATED, any version is live', { mode: 'IF_UNPOPULATED' }, [], [live], 'NO'],
    ['ALWAYS, in a new synthesis', { mode: 'ALWAYS', synthesis: 's2' }, [finishedWith()], [live], 'YES'],
    ['ALWAYS, in a new synthesis, and done since it began', { mode: 'ALWAYS', synthesis: 's2' }, [since], [liveVersion('2')], 'NO'],
    ['ALWAYS, in a synthesis that was carried out: a rollback to it', { mode: 'ALWAYS', synthesis: 's1' }, [finishedWith()], [live], 'NO'],
    ['ALWAYS, without a synthesis', { mode: 'ALWAYS' }, [finishedWith()], [live], 'NO'],
    ['ALWAYS, in a synthesis that was carried out, and other data is live', { mode: 'ALWAYS', synthesis: 's1' }, [], [live], 'YES'],
    ['upstream tables are not read where they do not matter', DOWNSTREAM, [], [live], 'YES'],
    ['upstream tables have to be read', DOWNSTREAM, [builtFrom('u1')], [live], 'ASK_UPSTREAM'],
    ['an upstream table has another version', DOWNSTREAM, [builtFrom('u1')], [live, upstreamWith('u2')], 'YES'],
    ['an upstream table has the same', DOWNSTREAM, [builtFrom('u1')], [live, upstreamWith('u1')], 'NO'],
    ['an upstream table has none any more', DOWNSTREAM, [builtFrom('u1')], [live, upstreamWith()], 'NO'],
    ['an upstream table was just added', DOWNSTREAM, [finishedWith()], [live, upstreamWith('u2')], 'NO'],
    ['it was done since it began, whatever came upstream', DOWNSTREAM, [since], [liveVersion('2')], 'NO'],
  ];

  test.each(cases)('%s', (_what, more, history, seen, expected) => {
    expect(due({ requests: [deploying(undefined, more)], syntheses: ['s1'], history }, OF_DEPLOYMENT, ...seen)).toBe(expected);
  });

  test.each(cases)('is what a Delete goes on as: %s', (_what, more, history, seen, expected) => {
    const desired = deploying(OTHER, { logicalId: 'New', ended: 'SUCCEEDED', ...more });
    const requests = [releasing({ logicalId: 'Old', ended: 'SUCCEEDED' }), desired];
    expect(due({ requests, syntheses: ['s1'], history }, OF_DEPLOYMENT, ...seen)).toBe(expected);
  });
});

describe('any other run', () => {
  const AFTER_UPSTREAM = { afterUpstream: true };
  test.each<[string, RunInput, readonly FinishedAttempt[], unknown[], Due]>([
    ['populates, whatever is live', {}, [finishedWith()], [live], 'YES'],
    ['populates once', {}, [since], [live], 'NO'],
    ['populates where it was done with other parameters', { schedule: 'Weekly' }, [since], [live], 'YES'],
    ['does not where it was done with its schedule\'s', { schedule: 'Weekly' }, [{ ...weekly, intendedAt: after(1) }], [live], 'NO'],
    ['does not where it was done with the same parameters, whoever brought them', { parameters: { region: 'west' } },
      [{ ...weekly, intendedAt: after(1) }], [live], 'NO'],
    ['of an upstream table asks it', AFTER_UPSTREAM, [since], [live], 'ASK_UPSTREAM'],
    ['of an upstream table populates where that has another version', AFTER_UPSTREAM, [builtFrom('u1')], [live, upstreamWith('u2')], 'YES'],
    ['of an upstream table does not where it has the same', AFTER_UPSTREAM, [builtFrom('u1')], [live, upstreamWith('u1')], 'NO'],
    ['of an upstream table populates where it was never built from it', AFTER_UPSTREAM, [finishedWith()], [live, upstreamWith('u1')],
      'YES'],
    ['of an upstream table does not where that has none', AFTER_UPSTREAM, [builtFrom('u1')], [live, upstreamWith()], 'NO'],
  ])('%s', (_what, input, history, seen, expected) => {
    expect(due({ requests: [requestWith({ definition: downstreamOf({ population: 'Up' }) })], history }, input, ...seen)).toBe(expected);
  });
});
