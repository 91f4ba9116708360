import {
  after, attemptWith, CHANGED, DEFINITION, DEPLOYED, deploying, downstreamOf, ERRORS, finishedWith, inShort, LIVE, MINE, NONE,
  OF_DEPLOYMENT, ok, OTHER, OWN, refusal, releasing, requestWith, situationOf, TABLE, tableWith, version,
} from './support';
import { fingerprintOf, parametersHash } from '../../../src/contract/hashing';
import type { RunInput } from '../../../src/contract/workflow';
import type { Analysis } from '../../../src/handlers/clean-rooms/clean-rooms';
import type { Action } from '../../../src/handlers/population/actions';
import type { Seen } from '../../../src/handlers/population/observe';
import { endUnchanged, populateIfDue } from '../../../src/handlers/population/populating';
import type { Situation } from '../../../src/handlers/population/run';
import { EMPTY, type TableRecord } from '../../../src/handlers/record/table-record';
import type { SeenUpstream } from '../../../src/handlers/upstream/upstream';

type Given = Partial<TableRecord> & { readonly at?: number; readonly input?: RunInput } & Pick<Partial<Situation>, 'hints' | 'admittedTo'>;

const admitted = ({ at = 60, input, hints = {}, admittedTo = 'QUERY', ...record }: Given = {}) =>
  situationOf({ ...MINE, requests: [DEPLOYED], ...record }, { seconds: at, input, hints, admittedTo });
const analysis = (name: string, status: string): Analysis => ({ id: `analysis-${name}`, status, createdAt: after(-100) });
const lists = (versions: ReturnType<typeof version>[] = [], analyses: Analysis[] = []): Seen['lists'] =>
  ({ versions: ok(versions), analyses: ok(analyses) });
const up = (more: Partial<SeenUpstream> = {}): Seen =>
  ({ upstream: ok([{ id: 'm/up', liveId: 'u1', record: EMPTY, isElsewhere: false, isAtWork: false, ...more }]) });
const DOWNSTREAM = { requests: [requestWith({ definition: downstreamOf({ population: 'Up' }) })] };
/** What the limit allows was billed when the run began, and it has two days. */
const CAPPED = { ...DEFINITION, maxBilledCrpuHoursPerDay: 5, timeoutSeconds: 2 * 86_400 };
const LIMITED = { requests: [requestWith({ definition: CAPPED })], billing: [{ lastAt: after(0), crpuHours: 5 }] };
const blockedBy = (status: string) => ({ table: tableWith('1', { status, statusReason: 'purchases is gone' }) });
const begun = [version('1', after(-100), 'POPULATE_STARTED')];

const DONE = { history: [finishedWith({ intendedAt: after(1) })] };
const job = tableWith(undefined, { analysisType: 'JOB' });
const upstream = [{ population: 'Up' }];
const AT_WORK = { ...NONE, ...up({ isAtWork: true }) };

test.each<[string, Given, Seen, string]>([
  ['asks the table first, once it is admitted', {}, {}, 'OBSERVE table'],
  ['ends if nothing is due', DONE, LIVE, 'END UNCHANGED version-1'],
  ['asks the lists if something is', {}, NONE, 'OBSERVE lists'],
  ['populates', {}, { ...NONE, lists: lists() }, 'POPULATE'],
  ['is admitted for jobs, where the table turns out to be one', {}, { table: job }, 'REQUEST_ADMISSION JOB'],
  ['populates with a job', { admittedTo: 'JOB' }, { table: job, lists: lists() }, 'POPULATE'],
  ['asks again, unread', {}, { table: ERRORS.unknown }, 'WAIT 1'],
  ['fails, refused', {}, { table: ERRORS.missing }, 'END ResourceNotFoundException'],
  ['fails, its time being up, unread', { at: 3_300 }, { table: ERRORS.unknown }, 'END PopulationTimedOut'],
  ['fails, its time being up', { at: 3_300 }, NONE, 'END PopulationTimedOut'],
  ['still ends well if nothing is due, its time being up', { at: 3_300, ...DONE }, LIVE, 'END UNCHANGED version-1'],
  ['fails, disallowed', {}, blockedBy('DISALLOWED_BY_DATA_PROVIDER'), 'END DISALLOWED_BY_DATA_PROVIDER'],
  ['fails, with a table gone', {}, blockedBy('BASE_TABLE_REMOVED'), 'END BASE_TABLE_REMOVED'],
  ['fails before it asks for more, where the limit is reached', { ...LIMITED, at: 86_400 - 60 }, NONE, 'END BillingLimitReached'],
  ['populates, where it is a minute more than 24 hours', { ...LIMITED, at: 86_400 + 60 }, NONE, 'OBSERVE lists'],
  ['of a deploy fails, where the limit is reached',
    { ...LIMITED, requests: [deploying(OWN, { definition: CAPPED })], input: OF_DEPLOYMENT }, NONE, 'END BillingLimitReached'],
  ['waits for no upstream table, where the limit is reached',
    { ...LIMITED, requests: [requestWith({ definition: { ...CAPPED, upstream } })] }, NONE, 'END BillingLimitReached'],
  ['ends if nothing is due, the limit being reached', { ...LIMITED, ...DONE }, LIVE, 'END UNCHANGED version-1'],
  ['does not ask whether it may where nothing is due', DONE, blockedBy('BASE_TABLE_REMOVED'), 'END UNCHANGED version-1'],

  ['waits for a version that somebody has begun', {}, { ...NONE, lists: lists(begun) }, 'WAIT 8'],
  ['waits for a query of somebody\'s', {}, { ...NONE, lists: lists([], [analysis('1', 'STARTED')]) }, 'WAIT 8'],
  ['waits for a query that is being cancelled', {}, { ...NONE, lists: lists([], [analysis('1', 'CANCELLING')]) }, 'WAIT 8'],
  ['does not wait for a version whose query is over, whatever its state says', {},
    { ...NONE, lists: lists(begun, [analysis('1', 'CANCELLED')]) }, 'POPULATE'],
  ['does not wait for what is over', {},
    { ...NONE, lists: lists([version('1', after(-100), 'POPULATE_FAILED')], [analysis('1', 'FAILED')]) }, 'POPULATE'],
  ['asks again for versions, unread', {}, { ...NONE, lists: { versions: ERRORS.throttled, analyses: ok([]) } }, 'WAIT 1'],
  ['asks again for queries, unread', {}, { ...NONE, lists: { versions: ok([]), analyses: ERRORS.throttled } }, 'WAIT 1'],
  ['fails where it may not list', {}, { ...NONE, lists: { versions: ok([]), analyses: refusal('ValidationException') } },
    'END ValidationException'],

  ['asks upstream tables before the lists', DOWNSTREAM, NONE, 'OBSERVE upstream'],
  ['populates with what is live upstream', DOWNSTREAM, { ...NONE, ...up(), lists: lists() }, 'POPULATE'],
  ['waits for an upstream table that is at work', DOWNSTREAM, AT_WORK, 'WAIT 10'],
  ['for ten minutes', { ...DOWNSTREAM, at: 659, hints: { upstreamSinceAt: after(60) } }, AT_WORK, 'WAIT 10'],
  ['and no longer', { ...DOWNSTREAM, at: 660, hints: { upstreamSinceAt: after(60) } }, AT_WORK, 'OBSERVE lists'],
  ['waits as long as it has time, if an upstream table has started it',
    { ...DOWNSTREAM, at: 3_290, hints: { upstreamSinceAt: after(60) }, input: { afterUpstream: true } },
    AT_WORK, 'WAIT 10'],
  ['fails where its time is up, waiting', { ...DOWNSTREAM, at: 3_300, input: { afterUpstream: true } }, AT_WORK, 'END PopulationTimedOut'],
  ['waits for an upstream table that is due', DOWNSTREAM, { ...NONE, ...up({ dueSinceAt: after(0) }) }, 'WAIT 10'],
  ['asks again for upstream tables, unread', DOWNSTREAM, { ...NONE, upstream: ERRORS.unknown }, 'WAIT 1'],
  ['ends if an upstream table has started it for nothing',
    { ...DOWNSTREAM, history: [finishedWith({ upstream: { 'm/up': 'u1' } })], input: { afterUpstream: true } },
    { ...LIVE, ...up() }, 'END UNCHANGED version-1'],
])('a run that holds the lease and finds no attempt %s', (_what, given, seen, action) => {
  expect(inShort(populateIfDue(admitted(given), seen))).toBe(action);
});

test.each<[string, Given, string]>([
  ['queries, unless it knows better', {}, 'REQUEST_ADMISSION QUERY'],
  ['jobs, if it was one before', { history: [finishedWith({ analysisType: 'JOB' })] }, 'REQUEST_ADMISSION JOB'],
  ['nothing, its time being up', { at: 3_300 }, 'END PopulationTimedOut'],
])('a run asks to be admitted to %s', (_what, given, action) => {
  expect(inShort(populateIfDue({ ...admitted(given), admittedTo: undefined }, {}))).toBe(action);
});

describe('the attempt', () => {
  const before = lists([version('0', after(-100))], [analysis('0', 'SUCCESS')]);
  const attemptOf = (given: Given, seen: Seen = {}) =>
    populateIfDue(admitted(given), { ...NONE, lists: before, ...seen }) as Action & { type: 'POPULATE' };

  test('is of its run, with the parameters that it is sent with as names and a hash', () => {
    expect(attemptOf({})).toEqual({
      type: 'POPULATE',
      populate: { ...TABLE, parameters: DEFINITION.parameters },
      attempt: {
        ...attemptWith({ state: 'INTENDED', intendedAt: after(60) }),
        token: `${OWN} ${after(60)}`,
        before: { versions: { createdAt: after(-100), ids: ['version-0'] }, analyses: { createdAt: after(-100), ids: ['analysis-0'] } },
      },
    });
  });

  const parameters = { region: 'west' };
  const hashes = { fingerprint: fingerprintOf(DEFINITION, parameters), parametersHash: parametersHash(parameters) };
  const west = { populate: { parameters }, attempt: hashes };
  const [DEPLOY, done] = [{ input: OF_DEPLOYMENT }, { ended: 'SUCCEEDED' } as const];
  test.each<[string, Given, Seen, object]>([
    ['a schedule\'s parameters', { input: { schedule: 'Weekly' } }, {}, { ...west, attempt: { ...hashes, schedule: 'Weekly' } }],
    ['the input\'s', { input: { parameters } }, {}, { ...west, attempt: { ...hashes, parameters } }],
    ['the input\'s before the schedule\'s', { input: { schedule: 'Weekly', parameters: { region: 'east' } } }, {},
      { populate: { parameters: { region: 'east' } } }],
    ['the fingerprint of the definition alone, too', { input: { schedule: 'Weekly' } }, {},
      { attempt: { definitionFingerprint: DEPLOYED.fingerprint } }],
    ['what was deployed meanwhile', { requests: [requestWith({ request: 'request-9', definition: CHANGED })] }, {},
      { attempt: { request: 'request-9', fingerprint: fingerprintOf(CHANGED) } }],
    ['what is live upstream', DOWNSTREAM, up(), { attempt: { upstream: { 'm/up': 'u1' } } }],
    ['that it is a deploy\'s', { requests: [deploying()], ...DEPLOY }, {},
      { attempt: { isDeploy: true, request: 'request-2', deadlineAt: after(3_300) } }],
    ['that it is none where it follows a Delete up',
      { requests: [releasing({ ...done, logicalId: 'Old' }), deploying(OTHER, { ...done, request: 'r' })], ...DEPLOY }, {},
      { attempt: { isDeploy: false, request: 'r', deadlineAt: after(3_600) } }],
  ])('has %s', (_what, given, seen, expected) => {
    expect(attemptOf(given, seen)).toMatchObject(expected);
  });

  test('is sent with compute and payer, and without parameters where there are none', () => {
    const compute = { type: 'CR.1X', number: 4 };
    const definition = { timeoutSeconds: 60, cancelOnTimeout: true, compute, analysisPayerAccountId: '111122223333' };
    expect(attemptOf({ at: 30, requests: [requestWith({ definition })] }).populate)
      .toEqual({ ...TABLE, compute, analysisPayerAccountId: '111122223333' });
  });
});

const ended = (output: object) => ({ ended: { output } });
const figures = { populatedAt: new Date(after(-2_900)).toISOString(), durationMillis: 60_000, billedCrpuHours: 0.5 };
test.each<[string, Given, Seen, object]>([
  ['has no version where none is live', {}, NONE, { type: 'END', ...ended({ versionId: '', status: 'UNCHANGED' }) }],
  ['has its figures from the record', { history: [finishedWith()] }, LIVE, ended({ versionId: 'version-1', ...figures })],
  ['asks for the figures of what is not on record', {}, LIVE, { type: 'OBSERVE', what: 'liveAnalysis' }],
  ['has its figures from its query then', {}, { ...LIVE, liveAnalysis: ok({ status: 'SUCCESS', createdAt: 0, durationMillis: 5 }) },
    ended({ populatedAt: '1970-01-01T00:00:00.005Z', durationMillis: 5, billedCrpuHours: null })],
  ['goes without them where they cannot be had', {}, { ...LIVE, liveAnalysis: ERRORS.missing }, ended({ populatedAt: '' })],
  ['has no version where its data is gone', {}, { table: tableWith('1', { status: 'RETENTION_PERIOD_EXPIRED' }) },
    ended({ versionId: '' })],
  ['asks again, unread', {}, { table: ERRORS.unknown }, { type: 'WAIT' }],
  ['fails, its time being up, unread', { at: 3_300 }, { table: ERRORS.unknown }, { ended: { failure: { error: 'PopulationTimedOut' } } }],
  ['takes a deploy\'s version of unknown lineage as built from what is there',
    { requests: [deploying()], input: OF_DEPLOYMENT, history: [finishedWith()] },
    { ...LIVE, ...up() }, { assumedLineage: { versionId: 'version-1', upstream: { 'm/up': 'u1' } } }],
])('what is unchanged %s', (_what, given, seen, expected) => {
  expect(endUnchanged(admitted(given), seen)).toMatchObject(expected);
});
