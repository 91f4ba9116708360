import { embeddedMetrics, measurements } from '../../../src/handlers/population/metrics';
import { NO_VERSION } from '../../../src/handlers/population/outcome';
import { EXECUTION_ARN, MACHINE_ARN, STARTED_AT, stateIn } from '../support';

const NOW = STARTED_AT + 90_400;
const POPULATED = { ...NO_VERSION, versionId: 'v', status: 'POPULATED' as const, billedCrpuHours: 0.5 };
const timedOut = { error: 'PopulationTimedOut', cause: '', analysisId: '' };

describe('measurements', () => {
  test('of a population are its count, time, bill and the version\'s age and life', () => {
    const live = { madeAt: NOW - 10_000, expiresAt: NOW + 86_400_000 };
    expect(measurements(stateIn('END', { output: POPULATED, live }), NOW))
      .toEqual({ Populated: 1, Duration: 90, BilledCrpuHours: 0.5, SecondsSincePopulated: 10, SecondsUntilExpiry: 86_400 });
  });

  test('of a run that changed nothing are the version\'s only', () => {
    expect(measurements(stateIn('END', { output: { ...POPULATED, status: 'UNCHANGED' }, live: { madeAt: NOW - 10_000 } }), NOW)).toEqual({ SecondsSincePopulated: 10 });
  });

  test('leave out a bill that is not known', () => {
    expect(measurements(stateIn('END', { output: { ...POPULATED, billedCrpuHours: null } }), NOW)).toEqual({ Populated: 1, Duration: 90 });
  });

  test('count time-outs apart from other failures', () => {
    expect(measurements(stateIn('END', { failure: timedOut }), NOW)).toEqual({ TimedOut: 1 });
    expect(measurements(stateIn('END', { failure: { ...timedOut, error: 'ProtectedQueryFailed' } }), NOW)).toEqual({});
  });

  test('are never negative: clocks differ, and a version may have expired', () => {
    expect(measurements(stateIn('END', { live: { madeAt: NOW + 5_000, expiresAt: NOW - 5_000 } }), NOW)).toEqual({ SecondsSincePopulated: 0, SecondsUntilExpiry: 0 });
  });

  test('take a table without a version for one that has expired, where measuring is what the run is for', () => {
    expect(measurements(stateIn('END', { observe: true, output: NO_VERSION }), NOW)).toEqual({ SecondsUntilExpiry: 0 });
    expect(measurements(stateIn('END', { output: NO_VERSION }), NOW)).toEqual({});
  });
});

describe('the log line', () => {
  test('is what CloudWatch takes metrics from, by state machine', () => {
    expect(embeddedMetrics(stateIn('END', { failure: timedOut, executionArn: EXECUTION_ARN }), NOW)).toEqual({
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
    const line = embeddedMetrics(stateIn('END', { output: POPULATED, failure: timedOut, live }), NOW) as { _aws: { CloudWatchMetrics: { Metrics: { Unit?: string }[] }[] } };
    const { Metrics } = line._aws.CloudWatchMetrics[0];
    expect(Metrics).toHaveLength(6);
    expect(Metrics.every(({ Unit }) => ['Count', 'Seconds', 'None'].includes(Unit!))).toBe(true);
  });

  test.each([
    ['before the end', stateIn('QUERY', { live: { madeAt: 0 } })],
    ['without anything measured', stateIn('END')],
    ['without an execution', stateIn('END', { failure: timedOut, executionArn: undefined })],
  ])('is not written %s', (_what, state) => {
    expect(embeddedMetrics(state, NOW)).toBeUndefined();
  });
});
