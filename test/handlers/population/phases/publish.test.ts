import { publish } from '../../../../src/handlers/population/phases/publish';
import type { In } from '../../../../src/handlers/population/run-state';
import {
  after, DEAD, deploying, details, ERRORS, FAILURE, inShort, KNOWN, LATER, MADE, ok, OUTPUT, recordWith, stateIn, stateOf, tableWith, TOO_LATE,
  UNKNOWN,
} from '../../support';

type Facts = Parameters<typeof publish.decide>[1];
const SOON = after(80);
const decided = (change: Partial<In<'PUBLISH'>>, facts: object, at = SOON) =>
  publish.decide(stateIn('PUBLISH', change), { record: ok(recordWith({ sent: KNOWN })), ...facts } as Facts, at);
const live = (parameters?: Record<string, string>) => {
  const table = tableWith('1');
  return table.ok ? ok({ ...table.value, live: { ...table.value.live!, parameters } }) : table;
};

const LIVE = { table: live({ region: 'north' }) };
const OLD = { table: tableWith('0') };
const UNREAD: Partial<In<'PUBLISH'>> = { sent: { ...KNOWN, unread: true } };
const LEFTOVER: Partial<In<'PUBLISH'>> = { sent: { ...KNOWN, execution: DEAD } };
const SUPERSEDED: Partial<In<'PUBLISH'>> = { giveUp: { ...FAILURE, error: 'Superseded' } };

describe('a version whose query has succeeded', () => {
  test.each<[string, Partial<In<'PUBLISH'>>, object, typeof SOON, string]>([
    ['is a success once it is live', {}, LIVE, SOON, 'CLOSE POPULATED'],
    ['is looked at until it is live', {}, OLD, SOON, 'lingers in PUBLISH'],
    ['is looked at less often after a minute', {}, OLD, after(200), 'waits in PUBLISH'],
    ['fails the run after a quarter of an hour', {}, OLD, after(970), 'CLOSE VersionNotLive'],
    ['fails the run past all time', {}, OLD, TOO_LATE, 'CLOSE VersionNotLive'],
    ['is asked for again where the table cannot be read', {}, { table: UNKNOWN }, SOON, 'waits in PUBLISH'],
    ['is asked for again where the table may not be read', { deniedSince: 0 }, { table: ERRORS.denied }, SOON, 'waits in PUBLISH'],
    ['fails the run where the table cannot be read until the end', {}, { table: UNKNOWN }, TOO_LATE, 'CLOSE VersionNotLive'],
    ['is not told before the record tells whether anybody waits', {}, { ...LIVE, record: UNKNOWN }, SOON, 'waits in PUBLISH'],
    ['is no success for a deployment that was overtaken', deploying, { ...LIVE, record: ok(recordWith({ deployment: LATER })) }, SOON, 'CLOSE Superseded'],
    ['has to be live also where nobody waits: others decide by it', SUPERSEDED, OLD, SOON, 'lingers in PUBLISH for Superseded'],
  ])('%s', (_what, change, facts, at, expected) => {
    expect(inShort(decided(change, facts, at))).toBe(expected);
  });

  test('is put on record as what it is', () => {
    expect(stateOf(decided({}, LIVE))).toMatchObject({ made: MADE, settled: KNOWN, ended: { output: OUTPUT }, live: { madeAt: MADE.populatedAt } });
  });

  test('is put on record also where the run fails', () => {
    expect(stateOf(decided(SUPERSEDED, LIVE))).toMatchObject({ made: MADE, settled: KNOWN, ended: { failure: { error: 'Superseded' } } });
  });

  test('goes into the parameter where there is one', () => {
    const definition = { ...stateIn('PUBLISH').definition, keepsVersion: true };
    expect(inShort(decided({ definition }, LIVE))).toBe('KEEP POPULATED');
  });
});

describe('a version that was taken for its own although nothing showed its parameters', () => {
  test.each<[string, object, string]>([
    ['is a success where they are equal', { ...LIVE, details: details('SUCCESS') }, 'CLOSE POPULATED'],
    ['is somebody else\'s where they are others', { table: live({ region: 'south' }), details: details('SUCCESS') }, 'LOOK'],
    ['is somebody else\'s where its query shows others', { table: live(), details: details('SUCCESS', { parameters: { region: 'south' } }) }, 'LOOK'],
    ['is a success where nothing ever shows them', { table: live(), details: details('SUCCESS') }, 'CLOSE POPULATED'],
    ['is asked for again where it cannot be read', { ...LIVE, details: UNKNOWN }, 'waits in PUBLISH'],
  ])('%s', (_what, facts, expected) => {
    expect(inShort(decided(UNREAD, facts))).toBe(expected);
  });

  test('tells no defaults: it may be somebody else\'s', () => {
    expect(stateOf(decided(UNREAD, { ...LIVE, details: details('SUCCESS') }))).not.toHaveProperty('shown', expect.anything());
    expect(stateOf(decided({}, LIVE))).toMatchObject({ shown: { region: 'north' } });
  });
});

describe('a version that a run has left behind without a word', () => {
  test.each<[string, Partial<In<'PUBLISH'>>, object, typeof SOON, string]>([
    ['is put on record, and this run decides', LEFTOVER, LIVE, SOON, 'LOOK'],
    ['also where this one\'s time is up: it is no success of its', { ...LEFTOVER, giveUp: FAILURE }, LIVE, SOON, 'LOOK'],
    ['is waited for', LEFTOVER, OLD, SOON, 'lingers in PUBLISH'],
    ['fails nobody where it was replaced long ago', LEFTOVER, OLD, after(70 + 120), 'LOOK'],
  ])('%s', (_what, change, facts, at, expected) => {
    expect(inShort(decided(change, facts, at))).toBe(expected);
  });

  test('is known as its run\'s', () => {
    expect(stateOf(decided(LEFTOVER, LIVE)).made).toMatchObject({ execution: DEAD, versionId: 'version-1' });
  });
});
