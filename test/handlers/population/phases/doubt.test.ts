import * as fc from 'fast-check';
import { doubt } from '../../../../src/handlers/population/phases/doubt';
import type { In } from '../../../../src/handlers/population/run-state';
import {
  after, DEAD, deploying, details, ERRORS, IN_TIME, inShort, KNOWN, LATE, LATER, ok, recordWith, SENT, stateIn, stateOf, TOO_LATE, UNKNOWN,
} from '../../support';

type Facts = Parameters<typeof doubt.decide>[1];
const NOTHING = { record: ok(recordWith({ sent: SENT })), versions: ok([]), analyses: ok([]), found: [] };
const decided = (change: Partial<In<'DOUBT'>>, facts: object, at = IN_TIME) => doubt.decide(stateIn('DOUBT', change), { ...NOTHING, ...facts } as Facts, at);

const candidate = { analysisId: 'analysis-7', versionId: 'version-7', createTime: SENT.at + 1_000 };
const found = (answer: object, createTime = candidate.createTime) => ({ found: [{ candidate: { ...candidate, createTime }, details: answer }] });
const OWN = found(details('STARTED', { parameters: { region: 'north' } }));
const OTHERS = found(details('STARTED', { parameters: { region: 'south' } }));
const SOON = after(20);
const OVER = after(101);
const ELSEWHERE: Partial<In<'DOUBT'>> = { sent: { ...SENT, execution: DEAD, table: { membershipIdentifier: 'old', intermediateTableIdentifier: 'old' } } };

describe('a populate in doubt', () => {
  test.each<[string, Partial<In<'DOUBT'>>, object, typeof IN_TIME, string]>([
    ['is looked for', {}, {}, SOON, 'waits in DOUBT'],
    ['is found by its parameters', {}, OWN, SOON, 'QUERY'],
    ['is not somebody else\'s', {}, OTHERS, SOON, 'waits in DOUBT'],
    ['is found although others are found before it', {}, { found: [...OTHERS.found, ...OWN.found] }, SOON, 'QUERY'],
    ['may be what cannot be read: it is asked for again', {}, found(UNKNOWN), SOON, 'waits in DOUBT'],
    ['also when the doubt should be over', {}, found(UNKNOWN), OVER, 'waits in DOUBT'],
    ['may be what shows no parameters, if nothing better comes', {}, found(details('STARTED')), SOON, 'waits in DOUBT'],
    ['is taken for that when the doubt is over', {}, found(details('STARTED')), OVER, 'QUERY'],
    ['was not accepted where only others\' is found until then', {}, OTHERS, OVER, 'LOOK'],
    ['was not accepted where nothing is found until then', {}, {}, OVER, 'LOOK'],
    ['is looked for on and on where the versions cannot be listed', {}, { versions: UNKNOWN }, OVER, 'waits in DOUBT'],
    ['or the queries', {}, { analyses: ERRORS.throttled }, OVER, 'waits in DOUBT'],
    ['or neither may be', { deniedSince: 0 }, { versions: ERRORS.denied }, OVER, 'waits in DOUBT'],
    ['is looked for although the record does not answer', {}, { record: UNKNOWN, ...OWN }, SOON, 'QUERY'],
    ['is cancelled where nobody waits any more', deploying, { ...OWN, record: ok(recordWith({ sent: SENT, deployment: LATER })) }, SOON, 'CANCEL for Superseded'],
    ['is looked for where nobody waits any more', deploying, { record: ok(recordWith({ sent: SENT, deployment: LATER })) }, SOON, 'waits in DOUBT for Superseded'],
    ['ends the run where nobody waits and it was not accepted', deploying, { record: ok(recordWith({ sent: SENT, deployment: LATER })) }, OVER, 'CLOSE Superseded'],
    ['that was sent shortly before the deadline is looked for after it', { sent: { ...SENT, at: LATE.now - 5_000 } },
      { record: ok(recordWith({ sent: { ...SENT, at: LATE.now - 5_000 } })) }, LATE, 'waits in DOUBT for PopulationTimedOut'],
    ['and cancelled when it is found', {}, OWN, LATE, 'CANCEL for PopulationTimedOut'],
    ['ends the run past all time', {}, {}, TOO_LATE, 'CLOSE PopulationTimedOut'],
    ['ends the run past all time, whatever is not known', {}, { versions: UNKNOWN, analyses: UNKNOWN, record: UNKNOWN }, TOO_LATE, 'CLOSE PopulationTimedOut'],
    ['of another run with other data is cancelled when it is found', { sent: { ...SENT, execution: DEAD, fingerprint: 'other' } },
      { ...OWN, record: ok(recordWith({ sent: { ...SENT, execution: DEAD } })) }, SOON, 'CANCEL'],
    ['of a table that is gone holds nobody up', ELSEWHERE, { versions: ERRORS.missing, record: ok(recordWith({ sent: ELSEWHERE.sent })) }, SOON, 'LOOK'],
    ['that a step which broke off has settled gives way to what that has sent', {}, { record: ok(recordWith({ sent: { ...KNOWN, at: SENT.at + 95_000 } })) }, OVER,
      'QUERY'],
  ])('%s', (_what, change, facts, at, expected) => {
    expect(inShort(decided(change, facts, at))).toBe(expected);
  });

  test('whose end nobody knows is said to run, perhaps, and stays on record', () => {
    const closed = stateOf(decided({}, { versions: UNKNOWN }, TOO_LATE)) as In<'CLOSE'>;
    expect(closed.ended.failure?.cause).toContain('A populate may have been sent, whose answer was lost: it may be running, and may go live.');
    expect(closed.settled).toBeUndefined();
  });

  test('that is taken unread is known to be', () => {
    expect(stateOf(decided({}, found(details('STARTED')), OVER))).toMatchObject({ sent: { analysisId: 'analysis-7', versionId: 'version-7', unread: true } });
    expect(stateOf(decided({}, OWN, SOON))).toMatchObject({ sent: { analysisId: 'analysis-7', unread: false } });
  });

  test('is never given up before its time while anything about it is unknown', () => {
    const answer = fc.constantFrom(UNKNOWN, ERRORS.throttled, ERRORS.internal, ok([]));
    fc.assert(fc.property(answer, answer, fc.integer({ min: 0, max: 3_000 }), (versions, analyses, seconds) => {
      const phase = stateOf(decided({}, { versions, analyses }, after(seconds))).phase;
      expect(phase).toBe(versions.ok && analyses.ok && seconds >= 100 ? 'LOOK' : 'DOUBT');
    }));
  });
});
