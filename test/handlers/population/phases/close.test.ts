import * as fc from 'fast-check';
import { close, closing, kept } from '../../../../src/handlers/population/phases/close';
import type { In } from '../../../../src/handlers/population/run-state';
import { EMPTY } from '../../../../src/handlers/record/population-record';
import {
  DEAD, DEPLOYMENT, deploying, ERRORS, EXECUTION_ARN, FAILURE, IN_TIME, inShort, KNOWN, LATE, LATER, lineOf, MADE, ok, OUTPUT, recordWith, SENT,
  stateIn, TOO_LATE, UNKNOWN,
} from '../../support';

const closed = (change: Partial<In<'CLOSE'>>, record: object = {}) => closing(stateIn('CLOSE', change))(recordWith({ sent: KNOWN, ...record }));
const WELL = { ...deploying, made: MADE, settled: KNOWN };
const FAILED = { ended: { failure: FAILURE } };

describe('what a run leaves on record', () => {
  test('is its version, its deployment, and neither turn nor intent', () => {
    const record = closed(WELL, { turns: [EXECUTION_ARN, DEAD], deployment: DEPLOYMENT });
    expect(record).toMatchObject({ turns: [DEAD], made: [MADE], carriedOut: { fingerprint: DEPLOYMENT.fingerprint } });
    expect(record.sent).toBeUndefined();
  });

  test('is the intent, where its query may still run', () => {
    expect(closed({ ...deploying, ...FAILED }).sent).toEqual(KNOWN);
    expect(closed({ settled: { ...SENT, at: SENT.at + 1 } }).sent).toEqual(KNOWN);
  });

  test.each<[string, Partial<In<'CLOSE'>>, object]>([
    ['a deployment that failed', { ...deploying, ...FAILED }, { deployment: DEPLOYMENT }],
    ['a deployment that was overtaken', deploying, { deployment: LATER }],
    ['no deployment', {}, { deployment: DEPLOYMENT }],
  ])('%s is not carried out', (_what, change, record) => {
    expect(closed(change, { ...record, carriedOut: { fingerprint: 'before' } }).carriedOut).toEqual({ fingerprint: 'before' });
  });

  test('are the last stamps of ALWAYS, a rollback\'s once', () => {
    const stamped = (stamp: string | undefined, stamps: string[]) => {
      const deployment = { ...DEPLOYMENT, stamp };
      return closed({ ...deploying, deployment }, { deployment, carriedOut: { fingerprint: 'x', stamps } }).carriedOut?.stamps;
    };
    expect(stamped('f', ['e', 'd', 'c', 'b', 'a'])).toEqual(['f', 'e', 'd', 'c', 'b']);
    expect(stamped('d', ['e', 'd'])).toEqual(['e', 'd']);
    expect(stamped(undefined, ['e'])).toEqual(['e']);
  });

  test('are the stored query\'s defaults, without what was given', () => {
    expect(closed({ shown: { region: 'north', day: '1' } }).defaults).toEqual({ day: '1' });
    expect(closed({ shown: { region: 'north' } }).defaults).toBeUndefined();
  });

  test('is the lineage of a version that was kept without one', () => {
    const adopted = { versionId: MADE.versionId, upstream: { a: 'a-1' } };
    expect(closed({ adopted }, { made: [MADE] }).made).toEqual([{ ...MADE, upstream: { a: 'a-1' } }]);
    expect(closed({ adopted }, { made: [] }).made).toEqual([]);
  });

  test('is not written where it is there already', () => {
    const before = recordWith({ turns: [] });
    expect(closing(stateIn('CLOSE'))(before)).toBe(before);
  });

  test('applied twice is as if applied once, whatever there was', () => {
    const states = fc.record({
      ended: fc.constantFrom<In<'CLOSE'>['ended']>({ output: OUTPUT }, { failure: FAILURE }),
      made: fc.constantFrom(undefined, MADE),
      settled: fc.constantFrom(undefined, KNOWN, { ...KNOWN, at: 1 }),
      shown: fc.constantFrom(undefined, { day: '1' }),
      adopted: fc.constantFrom(undefined, { versionId: MADE.versionId, upstream: { a: 'a-1' } }),
      deployment: fc.constantFrom(undefined, DEPLOYMENT, { ...DEPLOYMENT, stamp: 's' }),
      upstream: fc.constantFrom(undefined, { a: 'a-1' }),
    });
    const records = fc.record({
      deployment: fc.constantFrom(DEPLOYMENT, LATER, undefined),
      turns: fc.constantFrom([], [EXECUTION_ARN], [EXECUTION_ARN, DEAD], [DEAD]),
      sent: fc.constantFrom(undefined, KNOWN),
      made: fc.constantFrom([], [MADE], Array.from({ length: 10 }, (_, index) => ({ ...MADE, versionId: `old-${index}` }))),
    });
    fc.assert(fc.property(states, records, fc.constantFrom('DEPLOYMENT' as const, 'ORDINARY' as const), (change, before, cause) => {
      const close1 = closing(stateIn('CLOSE', { ...change, cause } as Partial<In<'CLOSE'>>));
      const once = close1({ ...EMPTY, ...before });
      expect(close1(once)).toBe(once);
      expect(once.turns).not.toContain(EXECUTION_ARN);
    }));
  });
});

describe('a run that closes', () => {
  type Facts = Parameters<typeof close.decide>[1];
  test.each<[string, object, typeof IN_TIME, string]>([
    ['ends when that is on record', { record: ok(recordWith()) }, IN_TIME, 'END POPULATED'],
    ['asks again where that may not be', { record: UNKNOWN }, IN_TIME, 'waits in CLOSE POPULATED'],
    ['asks again also when its own time is up', { record: UNKNOWN }, LATE, 'waits in CLOSE POPULATED'],
    ['asks again whatever is answered', { record: ERRORS.missing }, IN_TIME, 'waits in CLOSE POPULATED'],
    ['ends past all time: CloudFormation has to be answered', { record: UNKNOWN }, TOO_LATE, 'END POPULATED'],
    ['does not wait for the line', { record: ok(recordWith()), line: UNKNOWN }, IN_TIME, 'END POPULATED'],
  ])('%s', (_what, facts, at, expected) => {
    expect(inShort(close.decide(stateIn('CLOSE'), { line: ok(lineOf()), ...facts } as Facts, at))).toBe(expected);
  });
});

describe('the version parameter', () => {
  const machine = { execution: { Id: EXECUTION_ARN, StartTime: '' }, definition: stateIn('KEEP').definition };

  test('that was written lets the run end well', () => {
    expect(kept(stateIn('KEEP'), machine)).toMatchObject({ phase: 'CLOSE', ended: { output: OUTPUT } });
  });

  test('that could not be written is told as a failure, with the turn still held', () => {
    const state = kept(stateIn('KEEP'), { ...machine, unkept: { Error: 'Ssm.ParameterNotFoundException', Cause: 'No.' } });
    expect(state).toMatchObject({ phase: 'CLOSE', ended: { failure: { error: 'VersionParameterNotWritten' } } });
    expect(state.ended.failure?.cause).toContain('Version version-1 is live, but the SSM parameter could not be written. Ssm.ParameterNotFoundException: No.');
  });
});
