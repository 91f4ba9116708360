import {
  after, attemptWith, details, finishedWith, liveVersion, MACHINE_ARN, MINE, ok, OTHER, RUN, situationOf, tableWith,
} from './population/support';
import type { Ended, PopulationOutput } from '../../src/contract/workflow';
import { NO_VERSION } from '../../src/handlers/failures';
import { embeddedMetrics, measuredOf, measurements, type Measured } from '../../src/handlers/metrics';
import type { Seen } from '../../src/handlers/population/observe';
import type { TableRecord } from '../../src/handlers/record/table-record';

const populated = (more: Partial<PopulationOutput> = {}): Ended =>
  ({ output: { ...NO_VERSION, status: 'POPULATED', billedCrpuHours: 0.5, ...more } });
const failed = (error: string): Ended => ({ failure: { error, cause: '', analysisId: '', retryable: null } });
const [UNCHANGED, FAILED] = [{ output: NO_VERSION }, failed('ProtectedQueryFailed')];
const FRESH = { madeAt: after(80), expiresAt: after(86_490) };
const fresh = { SecondsSincePopulated: 10, SecondsUntilExpiry: 86_400 };

test.each<[string, Ended, Measured, object]>([
  ['a population: count, time, bill, age and life', populated(), FRESH, { Populated: 1, Duration: 90, BilledCrpuHours: 0.5, ...fresh }],
  ['a run that changed nothing: age and life of the version', UNCHANGED, FRESH, fresh],
  ['a bill that is not known: none', populated({ billedCrpuHours: null }), {}, { Populated: 1, Duration: 90 }],
  ['time-outs, apart from other failures', failed('PopulationTimedOut'), {}, { TimedOut: 1 }],
  ['other failures: nothing, since Step Functions counts them', FAILED, {}, {}],
  ['the bill of what failed', FAILED, { billedInVain: 2 }, { BilledCrpuHours: 2 }],
  ['nothing negative: clocks differ, and a version may have expired', UNCHANGED, { madeAt: after(95), expiresAt: after(80) },
    { SecondsSincePopulated: 0, SecondsUntilExpiry: 0 }],
  ['no version, where the run is there to measure: as if it had expired', UNCHANGED, { hasNoVersion: true }, { SecondsUntilExpiry: 0 }],
])('are measured of %s', (_what, ended, measured, expected) => {
  expect(measurements(RUN, ended, measured, after(90))).toEqual(expected);
});

const LIVE = { table: tableWith('1', { live: liveVersion('1', { expiresAt: after(500) }) }) };
const figures = { liveAnalysis: ok({ status: 'SUCCESS', createdAt: 1, durationMillis: 2 }) };
const own = { ...MINE, attempt: attemptWith() };
const billed = (status: string): Seen => ({ analysis: details(status, { billedCrpuHours: 2 }) });
test.each<[string, Partial<TableRecord>, object, Seen, Measured]>([
  ['a version\'s age by the record', { history: [finishedWith()] }, {}, LIVE,
    { madeAt: after(-2_900), expiresAt: after(500), hasNoVersion: false }],
  ['a version\'s age by its query', {}, {}, { ...LIVE, ...figures }, { madeAt: 3, expiresAt: after(500), hasNoVersion: false }],
  ['nothing of a version whose data is gone', {}, {}, { table: tableWith('1', { status: 'RETENTION_PERIOD_EXPIRED' }) },
    { hasNoVersion: false }],
  ['that there is none, where it only measures', {}, { input: { observe: true } }, { table: tableWith() }, { hasNoVersion: true }],
  ['what a query of its own has cost in vain', own, {}, billed('FAILED'), { billedInVain: 2 }],
  ['not what another one\'s has', { ...MINE, attempt: attemptWith({ execution: OTHER }) }, {}, billed('FAILED'), {}],
  ['not what a success has', own, {}, billed('SUCCESS'), {}],
])('a step sees %s', (_what, record, more, seen, expected) => {
  expect(measuredOf({}, situationOf(record, more), seen)).toEqual(expected);
});

test('the log line is what CloudWatch takes metrics from, by state machine, with a unit for each', () => {
  expect(embeddedMetrics(RUN, UNCHANGED, {}, after(90))).toBeUndefined();
  const units = {
    Populated: 'Count', Duration: 'Seconds', BilledCrpuHours: 'None', SecondsSincePopulated: 'Seconds', SecondsUntilExpiry: 'Seconds',
  };
  const directive = {
    Namespace: 'CleanRoomsIntermediateTable',
    Dimensions: [['StateMachineArn']],
    Metrics: Object.entries(units).map(([Name, Unit]) => ({ Name, Unit })),
  };
  expect(embeddedMetrics(RUN, populated(), FRESH, after(90))).toMatchObject({
    _aws: { Timestamp: after(90), CloudWatchMetrics: [directive] }, StateMachineArn: MACHINE_ARN, Populated: 1, Duration: 90,
  });
});
