import { embeddedMetrics, measurements } from '../../../src/handlers/population/metrics';
import { NO_VERSION } from '../../../src/handlers/population/outcome';
import type { In } from '../../../src/handlers/population/run-state';
import { MACHINE_ARN, STARTED_AT, stateIn } from '../support';

const NOW = STARTED_AT + 90_400;
const POPULATED = { ...NO_VERSION, versionId: 'v', status: 'POPULATED' as const, billedCrpuHours: 0.5 };
const TIMED_OUT = { error: 'PopulationTimedOut', cause: '', analysisId: '', retryable: null };
const unchanged = { ended: { output: NO_VERSION } };
const failing = { ended: { failure: TIMED_OUT } };

describe('measurements', () => {
  test('of a population are its count, time, bill and the version\'s age and life', () => {
    const live = { madeAt: NOW - 10_000, expiresAt: NOW + 86_400_000 };
    expect(measurements(stateIn('END', { ended: { output: POPULATED }, live }), NOW))
      .toEqual({ Populated: 1, Duration: 90, BilledCrpuHours: 0.5, SecondsSincePopulated: 10, SecondsUntilExpiry: 86_400 });
  });

  test('of a run that changed nothing are the version\'s only', () => {
    const output = { ...POPULATED, status: 'UNCHANGED' as const };
    expect(measurements(stateIn('END', { ended: { output }, live: { madeAt: NOW - 10_000 } }), NOW)).toEqual({ SecondsSincePopulated: 10 });
  });

  test('leave out a bill that is not known', () => {
    expect(measurements(stateIn('END', { ended: { output: { ...POPULATED, billedCrpuHours: null } } }), NOW)).toEqual({ Populated: 1, Duration: 90 });
  });

  test('count time-outs apart from other failures', () => {
    expect(measurements(stateIn('END', failing), NOW)).toEqual({ TimedOut: 1 });
    expect(measurements(stateIn('END', { ended: { failure: { ...TIMED_OUT, error: 'ProtectedQueryFailed' } } }), NOW)).toEqual({});
  });

  test('tell the bill of what failed', () => {
    expect(measurements(stateIn('END', { ...failing, billedInVain: 2 }), NOW)).toMatchObject({ BilledCrpuHours: 2 });
  });

  test('are never negative: clocks differ, and a version may have expired', () => {
    const live = { madeAt: NOW + 5_000, expiresAt: NOW - 5_000 };
    expect(measurements(stateIn('END', { ...unchanged, live }), NOW)).toEqual({ SecondsSincePopulated: 0, SecondsUntilExpiry: 0 });
  });

  test('take a table without a version for one that has expired, where measuring is what the run is for', () => {
    expect(measurements(stateIn('END', { ...unchanged, cause: 'OBSERVE' }), NOW)).toEqual({ SecondsUntilExpiry: 0 });
    expect(measurements(stateIn('END', unchanged), NOW)).toEqual({});
  });
});

describe('the log line', () => {
  test('is what CloudWatch takes metrics from, by state machine', () => {
    expect(embeddedMetrics(stateIn('END', failing), NOW)).toEqual({
      _aws: {
        Timestamp: NOW,
        CloudWatchMetrics: [{ Namespace: 'CleanRoomsIntermediateTable', Dimensions: [['StateMachineArn']], Metrics: [{ Name: 'TimedOut', Unit: 'Count' }] }],
      },
      StateMachineArn: MACHINE_ARN,
      TimedOut: 1,
    });
  });

  test('names a unit for every metric', () => {
    const live = { madeAt: 0, expiresAt: 1 };
    const metricsOf = (ended: In<'END'>['ended']) => {
      const line = embeddedMetrics(stateIn('END', { ended, live }), NOW) as { _aws: { CloudWatchMetrics: { Metrics: { Name: string; Unit?: string }[] }[] } };
      return line._aws.CloudWatchMetrics[0].Metrics;
    };
    const Metrics = [...metricsOf({ output: POPULATED }), ...metricsOf(failing.ended)];
    expect(new Set(Metrics.map(({ Name }) => Name)).size).toBe(6);
    expect(Metrics.every(({ Unit }) => ['Count', 'Seconds', 'None'].includes(Unit!))).toBe(true);
  });

  test.each([
    ['before the end', stateIn('QUERY', { live: { madeAt: 0 } })],
    ['without anything measured', stateIn('END', unchanged)],
  ])('is not written %s', (_what, state) => {
    expect(embeddedMetrics(state, NOW)).toBeUndefined();
  });
});
