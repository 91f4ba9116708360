import {
  after, attemptWith, DEPLOYED, deploying, ERRORS, finishedWith, inShort, INTENDED, LAPSED, LIVE, MINE, NONE, OF_DEPLOYMENT, ok, OTHER,
  OWN, releasing, requestWith, situationOf, TABLE, tableWith, THEIRS, UNREAD,
} from './support';
import type { Ended } from '../../../src/contract/workflow';
import { NO_VERSION } from '../../../src/handlers/failures';
import { decide, rowFor, ROWS } from '../../../src/handlers/population/decide';
import type { Seen } from '../../../src/handlers/population/observe';
import type { Situation } from '../../../src/handlers/population/run';
import type { TableRecord } from '../../../src/handlers/record/table-record';

/** What is the case, what is known, what was seen, and what is done; of the row itself, or of another one that is near. */
type Case = readonly [boolean, string, Situation, Seen, string];
const hit = (what: string, situation: Situation, seen: Seen, action: string): Case => [true, what, situation, seen, action];
const miss = (what: string, situation: Situation, seen: Seen, action: string): Case => [false, `not: ${what}`, situation, seen, action];

const POPULATED: Ended = { output: { ...NO_VERSION, versionId: 'version-1', status: 'POPULATED' } };
const REFUSED = { error: 'ValidationException', cause: 'No.', analysisId: '', retryable: null };
const requests = [DEPLOYED];
const own = attemptWith();
const others = attemptWith({ execution: OTHER });
/** Nobody wants it any more. */
const unwanted = attemptWith({ execution: OTHER, fingerprint: 'another' });
const FAILED = [requestWith({ ended: 'FAILED' })];
const OTHERS_OPEN = [deploying(OTHER)];
/** The new name's request, and the Delete of the old one, which is this run. */
const RENAMED = [releasing({ ended: 'SUCCEEDED', logicalId: 'Old' }), DEPLOYED];
const TAKEN = { lease: { holder: OTHER, untilAt: after(3_600) } };
const since = finishedWith({ intendedAt: after(10) });

const [HOLDING, BESIDE] = [{ ...MINE, attempt: own }, { ...THEIRS, attempt: others }];
const [RELEASED, OLD, ENDED] = [releasing({ ended: 'SUCCEEDED' }), releasing({ logicalId: 'Old' }), deploying(OWN, { ended: 'FAILED' })];
const WELL = deploying(OWN, { ended: 'SUCCEEDED' });
const MADE = { history: [finishedWith()] };
const [LOOK, EVENT] = [{ input: { observe: true } }, { input: { event: 'e' } }];
const NEW_TABLE = { ...TABLE, intermediateTableIdentifier: 'new' };

type Given = Parameters<typeof situationOf>[1];
const by = situationOf;
const of = (record: Partial<TableRecord>, more: Given = {}) => by({ requests, ...record }, more);
const ofDeploy = (record: Partial<TableRecord> = {}, more: Given = {}) =>
  by({ requests: [deploying()], ...record }, { input: OF_DEPLOYMENT, ...more });
const ofDelete = (record: Partial<TableRecord> = {}, more: Given = {}) => ofDeploy({ requests: [releasing()], ...record }, more);

const TESTED: Record<string, readonly Case[]> = {
  'its event may have started another run before': [
    hit('a run of an event', of({}, EVENT), {}, 'CLAIM_EVENT'),
    hit('a run of an event, before what it measures', of({}, { input: { event: 'e', observe: true } }), {}, 'CLAIM_EVENT'),
    hit('a step after a crash, whose hints are gone', of({}, { input: { event: 'e' }, outcome: POPULATED }), {}, 'CLAIM_EVENT'),
    miss('it was the first', of({}, { input: { event: 'e' }, hints: { eventTaken: true } }), {}, 'ACQUIRE_LEASE'),
    miss('it was not', of({}, { input: { event: 'e' }, hints: { eventTaken: false } }), {}, 'OBSERVE table'),
  ],
  'it only measures': [
    hit('a look', of({}, LOOK), {}, 'OBSERVE table'),
    hit('a look while another one is at work', of(BESIDE, LOOK), NONE, 'END UNCHANGED'),
    hit('a look at what was never deployed', by({}, LOOK), NONE, 'END UNCHANGED'),
    hit('a look at a version', of({ history: [since] }, LOOK), LIVE, 'END UNCHANGED version-1'),
    hit('an event that has come before', of({}, { input: { event: 'e' }, hints: { eventTaken: false } }), NONE, 'END UNCHANGED'),
    miss('an ordinary run', of({}), {}, 'ACQUIRE_LEASE'),
  ],
  'its outcome is on record, and no attempt of its own': [
    hit('a step after a crash: all was written', of({}, { outcome: POPULATED }), {}, 'END POPULATED version-1'),
    hit('another has finished what it began', of(BESIDE, { outcome: { failure: REFUSED } }), {}, 'END ValidationException'),
    hit('the same, and is at work again', of({ ...THEIRS, history: [since] }, { outcome: POPULATED }), {}, 'END POPULATED version-1'),
    hit('its deploy has ended', ofDeploy({ requests: [WELL] }, { outcome: POPULATED }), {}, 'END POPULATED version-1'),
    hit('what it was refused comes after it', of({}, { outcome: POPULATED, refusal: REFUSED }), {}, 'END POPULATED version-1'),
    miss('a step after a crash between the two writes: both are done again', of(HOLDING, { outcome: POPULATED }), {}, 'OBSERVE analysis'),
  ],
  'its populate was refused for good': [
    hit('an invalid query', of(MINE, { refusal: REFUSED }), {}, 'END ValidationException'),
    miss('its intent is not cleared yet', of({ ...MINE, attempt: INTENDED }, { refusal: REFUSED }), {}, 'OBSERVE candidates'),
  ],
  'its Delete has ended, and nothing is wanted instead': [
    hit('a Delete', ofDelete({ requests: [RELEASED] }), {}, 'END UNCHANGED'),
    hit('the last deployment failed', ofDelete({ requests: [RELEASED, ...FAILED] }), {}, 'END UNCHANGED'),
    miss('another logical id\'s request stands', ofDelete({ requests: RENAMED }), {}, 'REPORT'),
    miss('it holds an attempt', ofDelete({ ...MINE, requests: [RELEASED], attempt: unwanted }), {}, 'REPORT'),
    miss('a step after a crash: not on record yet', ofDelete(), {}, 'RECORD_RELEASED'),
  ],
  'its Delete has ended, and CloudFormation may not know': [
    hit('a name is deleted whose table has another one', ofDelete({ requests: RENAMED }), {}, 'REPORT'),
    miss('it knows', ofDelete({ requests: RENAMED }, { hints: { reported: true } }), {}, 'ACQUIRE_LEASE'),
  ],
  'its request is not its logical id\'s newest, or has ended': [
    hit('a newer one has replaced it', ofDeploy({ requests: OTHERS_OPEN }), {}, 'END Superseded'),
    hit('the same, while it holds the lease without an attempt', ofDeploy({ ...MINE, requests: OTHERS_OPEN }), {}, 'END Superseded'),
    hit('it has ended, and its run\'s item is gone', ofDeploy({ requests: [ENDED] }), {}, 'END Superseded'),
    hit('the same, while another one is at work', ofDeploy({ ...THEIRS, requests: [ENDED], attempt: others }), {}, 'END Superseded'),
    hit('the record is gone', by({}, { input: OF_DEPLOYMENT }), {}, 'END Superseded'),
    miss('it finishes the attempt that it holds first', ofDeploy({ ...HOLDING, requests: OTHERS_OPEN }), {}, 'OBSERVE analysis'),
    miss('another one finishes its attempt first', ofDeploy({ ...THEIRS, requests: OTHERS_OPEN, attempt: own }), {}, 'WAIT 6'),
    miss('it follows a Delete up', ofDelete({ requests: RENAMED }, { hints: { reported: true } }), {}, 'ACQUIRE_LEASE'),
    miss('its request is on record beside a newer one of another logical id',
      ofDeploy({ requests: [deploying(OTHER, { logicalId: 'New' }), deploying()] }), {}, 'POLL 2'),
  ],
  'nothing says what it is to make': [
    hit('nothing was deployed', by({}), {}, 'OBSERVE pointer'),
    hit('its construct is just getting another table', by({}), { pointer: ok({ table: NEW_TABLE, signedAt: 0 }) }, 'END UNCHANGED'),
    hit('the pointer names this table', by({}), { pointer: ok({ table: TABLE, signedAt: 0 }) }, 'END NotDeployed'),
    hit('the pointer names none', by({}), { pointer: ok({ signedAt: 0 }) }, 'END NotDeployed'),
    hit('there is no pointer', by({}), { pointer: ok(undefined) }, 'END NotDeployed'),
    hit('the pointer cannot be read', by({}), { pointer: ERRORS.throttled }, 'WAIT 1'),
    hit('nor until its time is up', by({}, { seconds: 300 }), { pointer: ERRORS.throttled }, 'END PopulationTimedOut'),
    hit('only releases are on record', by({ requests: [releasing({ execution: OTHER, ended: 'SUCCEEDED' })] }), {}, 'OBSERVE pointer'),
    hit('a schedule that the record does not know', of({}, { input: { schedule: 'Gone' } }), NONE, 'END UNCHANGED'),
    miss('a schedule that it knows', of({}, { input: { schedule: 'Nightly' } }), {}, 'ACQUIRE_LEASE'),
    miss('a Delete', ofDelete(), {}, 'RECORD_RELEASED'),
    miss('it holds an attempt, which it finishes first', situationOf(HOLDING), {}, 'OBSERVE analysis'),
  ],
  'it is of a Delete, and no attempt is unwanted': [
    hit('nothing runs', ofDelete(), {}, 'RECORD_RELEASED'),
    hit('what runs is wanted by another logical id', ofDelete({ ...BESIDE, requests: [OLD, DEPLOYED] }), {}, 'RECORD_RELEASED'),
    hit('what runs cannot be stopped in five minutes', ofDelete(HOLDING, { seconds: 300 }), {}, 'RECORD_RELEASED'),
    hit('the last deployment failed', ofDelete({ requests: [OLD, ...FAILED] }), {}, 'RECORD_RELEASED'),
    miss('what runs is unwanted, and another one\'s', ofDelete(BESIDE), {}, 'WAIT 3'),
    miss('what runs is unwanted, and nobody\'s', ofDelete({ ...LAPSED, attempt: others }), {}, 'ACQUIRE_LEASE'),
    miss('what runs is unwanted, and it is found', ofDelete({ ...MINE, attempt: others }), {}, 'OBSERVE analysis'),
  ],
  'it is held back, and what it was to make was intended since it began, and succeeded': [
    hit('another one acts', of({ ...THEIRS, history: [since] }), {}, 'END UNCHANGED version-1'),
    hit('another one\'s request is open', by({ requests: OTHERS_OPEN, history: [since] }), {}, 'END UNCHANGED version-1'),
    hit('the last deployment failed', by({ requests: FAILED, history: [since] }), {}, 'END UNCHANGED version-1'),
    hit('a schedule\'s own parameters',
      of({ ...THEIRS, history: [{ ...since, fingerprint: 'c9a5' }, since] }, { input: { schedule: 'Nightly' } }),
      {}, 'END UNCHANGED version-1'),
    miss('it was intended before, whenever it went live',
      of({ ...THEIRS, history: [finishedWith({ intendedAt: after(-0.001), populatedAt: after(20) })] }), {}, 'WAIT 6'),
    miss('it was made with other parameters', of({ ...THEIRS, history: [since] }, { input: { schedule: 'Weekly' } }), {}, 'WAIT 6'),
    miss('it did not succeed', of({ ...THEIRS, history: [finishedWith({ succeeded: false, intendedAt: after(10) })] }), {}, 'WAIT 6'),
    miss('nobody holds it back', of({ history: [since] }), {}, 'ACQUIRE_LEASE'),
    miss('it is of a Delete', ofDelete({ ...THEIRS, requests: [OLD, DEPLOYED], history: [since], attempt: unwanted }), {}, 'WAIT 3'),
  ],
  'it is of a deploy, and another\'s attempt, which is wanted, is under way': [
    hit('a tag was changed during a refresh', ofDeploy({ ...THEIRS, attempt: others, ...MADE }), {}, 'OBSERVE table'),
    hit('the live version is the wanted one', ofDeploy({ ...THEIRS, attempt: others, ...MADE }), LIVE, 'END UNCHANGED version-1'),
    hit('the live version is not', ofDeploy({ ...THEIRS, attempt: others, ...MADE }), { table: tableWith('2') }, 'POLL 2'),
    hit('whether it is cannot be read', ofDeploy(BESIDE), UNREAD, 'POLL 2'),
    hit('the same, with the lease that has run out', ofDeploy({ ...MINE, attempt: others, ...MADE }), LIVE, 'END UNCHANGED version-1'),
    hit('something is due: the attempt is finished', ofDeploy({ ...MINE, attempt: others }), NONE, 'OBSERVE analysis'),
    hit('a crash: the lease is renewed first', ofDeploy({ ...MINE, attempt: others }, { hasLease: false }), NONE, 'ACQUIRE_LEASE'),
    miss('the attempt is not wanted', ofDeploy({ ...THEIRS, attempt: unwanted }), {}, 'POLL 2'),
    miss('the attempt is its own', ofDeploy(HOLDING), {}, 'OBSERVE analysis'),
    miss('the run is a schedule\'s', of(BESIDE), {}, 'WAIT 6'),
    miss('the lease has run out, and is not taken yet', ofDeploy({ ...LAPSED, attempt: others }), {}, 'ACQUIRE_LEASE'),
  ],
  'it is held back, and another run finishes what it has begun': [
    hit('that one writes its outcome', of({ ...TAKEN, attempt: own }, { seconds: 3_509 }), {}, 'WAIT 1'),
    hit('all has to be said', of({ ...TAKEN, attempt: own }, { seconds: 3_510 }), {}, 'END PopulationTimedOut'),
    miss('the attempt is another one\'s', of({ ...TAKEN, attempt: others }), {}, 'WAIT 6'),
  ],
  'it is held back': [
    hit('another one acts', of(THEIRS), {}, 'WAIT 6'),
    hit('another one has an attempt, and a deploy waits for it', ofDeploy({ ...THEIRS, attempt: unwanted }), {}, 'POLL 2'),
    hit('another one\'s request is open', by({ requests: OTHERS_OPEN }), {}, 'WAIT 6'),
    hit('another one\'s request is open, and a dead one\'s attempt waits for it',
      by({ ...LAPSED, requests: OTHERS_OPEN, attempt: others }), {}, 'WAIT 6'),
    hit('the last deployment failed', by({ requests: FAILED }), {}, 'WAIT 6'),
    hit('the last deployment was never ended', by({ requests: [deploying(OTHER, { answerBy: after(60) })] }), {}, 'WAIT 6'),
    hit('the lease goes back after a failure', by({ ...MINE, requests: FAILED }), {}, 'RELEASE_LEASE'),
    hit('its time is up', of(TAKEN, { seconds: 3_300 }), {}, 'END PopulationTimedOut'),
    hit('its time is up, after a failure', by({ requests: FAILED }, { seconds: 3_300 }), {}, 'END Superseded'),
    miss('the lease has run out', of(LAPSED), {}, 'ACQUIRE_LEASE'),
    miss('its request is the open one, and the holder has no attempt', ofDeploy(THEIRS), {}, 'ACQUIRE_LEASE'),
    miss('it holds the lease, and an attempt, after a failure', by({ ...MINE, requests: FAILED, attempt: own }), {}, 'OBSERVE analysis'),
    miss('after a failure nobody holds an attempt', by({ ...LAPSED, requests: FAILED, attempt: others }), {}, 'ACQUIRE_LEASE'),
  ],
  'it has not taken or renewed the lease': [
    hit('its first step', of({}), {}, 'ACQUIRE_LEASE'),
    hit('a step after a crash', of(MINE, { hasLease: false }), {}, 'ACQUIRE_LEASE'),
    hit('each step that has an attempt', of(HOLDING, { hasLease: false }), {}, 'ACQUIRE_LEASE'),
    hit('with an intent, too', of({ ...MINE, attempt: INTENDED }, { hasLease: false }), {}, 'ACQUIRE_LEASE'),
    miss('it has', of(HOLDING), {}, 'OBSERVE analysis'),
  ],
  'it holds the lease, without an attempt, and another\'s request is open': [
    hit('a deploy has come', by({ ...MINE, requests: OTHERS_OPEN }), {}, 'RELEASE_LEASE'),
    miss('its own is', ofDeploy(MINE), {}, 'REQUEST_ADMISSION QUERY'),
    miss('it has an attempt', by({ ...MINE, requests: OTHERS_OPEN, attempt: own }), {}, 'OBSERVE analysis'),
  ],
  'no attempt': [
    hit('it asks to be admitted', of(MINE), {}, 'REQUEST_ADMISSION QUERY'),
    hit('it is', of(MINE, { admittedTo: 'QUERY' }), {}, 'OBSERVE table'),
    hit('nothing is due', of({ ...MINE, history: [since] }, { admittedTo: 'QUERY' }), LIVE, 'END UNCHANGED version-1'),
  ],
  'an attempt is INTENDED': [
    hit('its own', of({ ...MINE, attempt: INTENDED }), {}, 'OBSERVE candidates'),
    hit('another one\'s', of({ ...MINE, attempt: { ...INTENDED, execution: OTHER } }), {}, 'OBSERVE candidates'),
  ],
  'an attempt is STARTED': [
    hit('its own', of(HOLDING), {}, 'OBSERVE analysis'),
    hit('another one\'s', of({ ...MINE, attempt: others }), {}, 'OBSERVE analysis'),
  ],
};

test('every row is tested, in the order of the table', () => {
  expect(Object.keys(TESTED)).toEqual(ROWS.map(({ name }) => name));
});

describe.each(Object.entries(TESTED))('%s', (name, cases) => {
  test.each(cases.map(([isHit, ...given]) => [...given, isHit] as const))('%s', (_what, situation, seen, action, isHit) => {
    expect(inShort(decide(situation, seen))).toBe(action);
    expect(rowFor(situation).name === name).toBe(isHit);
  });
});

describe('the order of the rows matters:', () => {
  const decided = (rows: typeof ROWS, situation: Situation, seen: Seen): string => {
    try {
      return inShort(rows.find((row) => row.fits(situation))!.decide(situation, seen));
    } catch {
      return 'fails';
    }
  };
  const areDecidedOtherwise = (rows: typeof ROWS) =>
    Object.values(TESTED).flat().some(([, , situation, seen, action]) => decided(rows, situation, seen) !== action);
  /** Those that fit nothing that an earlier one decides. */
  const MAY_COME_FIRST = [
    ROWS[0].name,
    'its Delete has ended, and nothing is wanted instead',
    'it is of a Delete, and no attempt is unwanted',
    'it is held back, and another run finishes what it has begun',
  ];

  test.each(ROWS.map((row) => [row.name, row] as const))('%s', (name, row) => {
    const rest = ROWS.filter((each) => each !== row);
    expect(areDecidedOtherwise([...rest, row])).toBe(row !== ROWS[ROWS.length - 1]);
    expect(areDecidedOtherwise([row, ...rest])).toBe(!MAY_COME_FIRST.includes(name));
  });
});
