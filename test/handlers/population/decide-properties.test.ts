import * as fc from 'fast-check';
import {
  after, attemptWith, CHANGED, DEFINITION, DEPLOY, deploying, details, downstreamOf, ERRORS, finishedWith, MINE, OF_DEPLOYMENT, ok, OTHER,
  OWN, releasing, situationOf, TABLE, tableWith, version,
} from './support';
import type { RunInput } from '../../../src/contract/workflow';
import { NO_VERSION } from '../../../src/handlers/failures';
import { decide } from '../../../src/handlers/population/decide';
import type { Seen } from '../../../src/handlers/population/observe';
import type { Situation } from '../../../src/handlers/population/run';
import { desiredOf, hasFailed, isWanted, openRequestOf } from '../../../src/handlers/record/desired';
import { EMPTY, type DeploymentRequest } from '../../../src/handlers/record/table-record';

const of = fc.constantFrom;
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 1 });
const orError = <T>(arbitrary: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 4, arbitrary }, { weight: 1, arbitrary: of(...Object.values(ERRORS)) });
const result = <T>(...values: readonly T[]) => orError(of(...values.map(ok)));

const request = fc.record({
  logicalId: of('Audience', 'Old', 'New'),
  execution: of(OWN, OTHER, DEPLOY),
  definition: of(DEFINITION, CHANGED, downstreamOf({ population: 'Up' }), { ...DEFINITION, timeoutSeconds: 60, cancelOnTimeout: false }),
  mode: of('ON_CHANGE', 'ALWAYS', 'IF_UNPOPULATED', 'NEVER'),
  signedAt: fc.integer({ min: -9_000, max: 60 }).map(after),
  answerBy: of(after(30), after(3_570)),
  ended: maybe(of('SUCCEEDED', 'FAILED')),
  request: of('request-1', 'request-2'),
  isRelease: fc.boolean(),
}).map(({ isRelease, execution, definition, mode, ...common }): DeploymentRequest =>
  (isRelease ? releasing({ execution, ...common }) : deploying(execution, { definition, mode, ...common })));

const requests = fc.uniqueArray(request, { maxLength: 3, selector: ({ logicalId }) => logicalId })
  .map((all) => all.sort((a, b) => b.signedAt - a.signedAt));
const attempt = fc.record({
  state: of('INTENDED', 'STARTED'),
  execution: of(OWN, OTHER),
  request: of('request-1', 'request-2'),
  schedule: maybe(of('Nightly', 'Weekly', 'Gone')),
  fingerprint: of(deploying().fingerprint, 'another'),
  deadlineAt: of(-900, 59, 3_300, 5_000).map(after),
  isUnverified: maybe(of(true)),
  cancellation: maybe(of({ error: 'Superseded', cause: 'c', analysisId: '', retryable: null })),
}).map((more) => attemptWith(more));
const input = of<RunInput>({}, { afterUpstream: true }, { observe: true }, { event: 'e' },
  { schedule: 'Nightly' }, { schedule: 'Weekly' }, { schedule: 'Gone' }, { parameters: { region: 'west' } }, OF_DEPLOYMENT, OF_DEPLOYMENT);
const hints = fc.record({
  eventTaken: fc.boolean(),
  reported: fc.boolean(),
  succeededAt: of(60, 900).map(after),
  deniedSinceAt: of(after(0)),
  upstreamSinceAt: of(after(0)),
}, { requiredKeys: [] });

const finished = fc.record({ versionId: of('version-1', 'version-2'), intendedAt: of(-60, 10).map(after), succeeded: fc.boolean() })
  .map(finishedWith);
const seconds = of(0, 60, 300, 3_299, 3_300, 3_510, 9_000);
const situation: fc.Arbitrary<Situation> = fc.record({
  requests,
  lease: maybe(fc.record({ holder: of(OWN, OWN, OTHER), untilAt: of(50, 9_999).map(after) })),
  attempt: maybe(attempt),
  history: fc.array(finished, { maxLength: 2 }),
  more: fc.record({ input, hints, seconds, chance: of(0, 0.99), admittedTo: maybe(of('QUERY', 'JOB')) }),
  isRenewed: fc.boolean(),
  outcome: maybe(of({ output: NO_VERSION })),
}).map(({ more, isRenewed, outcome, ...record }) =>
  situationOf(record, { ...more, outcome, hasLease: isRenewed && record.lease?.holder === OWN }));

const up = { id: 'm/up', record: EMPTY };
const gone = tableWith('1', { status: 'BASE_TABLE_REMOVED' });
const all = {
  table: orError(of(tableWith(), tableWith('1'), tableWith('2'), tableWith('1', { analysisType: 'JOB' }), gone)),
  liveAnalysis: result({ status: 'SUCCESS', createdAt: 1 }),
  upstream: result([], [{ ...up, liveId: 'u', isElsewhere: true, isAtWork: false }], [{ ...up, isElsewhere: false, isAtWork: true }]),
  lists: fc.record({
    versions: result([], [version('9', 0, 'POPULATE_STARTED')]), analyses: result([], [{ id: 'a', status: 'STARTED', createdAt: 0 }]),
  }),
  analysis: orError(of(...['SUBMITTED', 'STARTED', 'CANCELLING', 'CANCELLED', 'FAILED', 'SUCCESS'].map((status) => details(status)))),
  candidates: result([], [{ candidate: { analysisId: 'a', createdAt: after(31) }, details: details('STARTED') }]),
  pointer: result(undefined, { signedAt: 0 }, { table: TABLE, signedAt: 0 }),
};
const everything = fc.record(all) as fc.Arbitrary<Required<Seen>>;
const something = fc.record(all, { requiredKeys: [] }) as fc.Arbitrary<Seen>;

const CHANGING = ['POPULATE', 'RECORD_STARTED', 'CLEAR_ATTEMPT', 'RECORD_CANCELLATION', 'CANCEL', 'FINISH'];

test('whatever is on record and was seen, something is decided; nothing is asked for again; and nobody acts without the lease', () => {
  fc.assert(fc.property(situation, something, (given, seen) => {
    const action = decide(given, seen);
    expect(action.type === 'OBSERVE' && action.what in seen).toBe(false);
    expect(CHANGING.includes(action.type) && !given.hasLease).toBe(false);
    expect(action.type === 'WAIT' && !(action.seconds > 0 && action.seconds <= 60)).toBe(false);
  }), { numRuns: 3_000 });
});

test('with everything seen, it is never asked for more, and once all time is over, nothing is waited for', () => {
  fc.assert(fc.property(situation, everything, (given, seen) => {
    const { type } = decide(given, seen);
    expect(type).not.toBe('OBSERVE');
    expect(type === 'WAIT' && given.now >= after(9_000)).toBe(false);
  }), { numRuns: 5_000 });
});

test('a populate is sent after no failure and beside nobody\'s attempt, request or query', () => {
  let count = 0;
  const ready = situation.map(({ record, ...others }): Situation =>
    ({ ...others, record: { ...record, ...MINE }, outcome: undefined, hasLease: true, admittedTo: 'QUERY' }));
  fc.assert(fc.property(ready, everything, (given, seen) => {
    const action = decide(given, seen);
    if (action.type === 'POPULATE') {
      count++;
      const { record, now } = given;
      expect([record.attempt, hasFailed(desiredOf(record)!, now)]).toEqual([undefined, false]);
      expect([given.run.execution, undefined]).toContain(openRequestOf(record, now)?.execution);
      expect([seen.lists.versions, seen.lists.analyses]).toEqual([ok([]), ok([])]);
      expect(isWanted(given, action.attempt)).toBe(true);
    }
  }), { numRuns: 20_000 });
  expect(count).toBeGreaterThan(0);
});

test('what is wanted, has time and can be read is not cancelled, whoever began it and whoever holds the lease', () => {
  fc.assert(fc.property(situation, everything, (given, seen) => {
    const { attempt: found } = given.record;
    if (found && !found.cancellation && isWanted(given, found) && given.now < found.deadlineAt && seen.analysis.ok) {
      expect(['CANCEL', 'RECORD_CANCELLATION']).not.toContain(decide(given, seen).type);
    }
  }), { numRuns: 5_000 });
});
