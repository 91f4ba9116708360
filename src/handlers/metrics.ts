import { METRIC_DIMENSION, METRIC_NAMESPACE } from '../contract/names';
import type { Ended } from '../contract/workflow';
import { liveVersionOf } from './clean-rooms/clean-rooms';
import { endOf } from './failures';
import type { Seen } from './population/observe';
import { isOwn, onlyMeasures, type Run, type Situation } from './population/run';
import { attemptOfVersion } from './record/table-record';

/** What a step has seen that is measured. */
export interface Measured {
  /** When the live version's data was made, and when it goes, in milliseconds. */
  readonly madeAt?: number;
  readonly expiresAt?: number;
  /** A run that only measures has found no version. */
  readonly hasNoVersion?: boolean;
  /** Of a query of this run that has ended without success. */
  readonly billedInVain?: number;
}

export function measuredOf(before: Measured, situation: Situation, { table, liveAnalysis, analysis }: Seen): Measured {
  const { record, now } = situation;
  const isInVain = isOwn(situation) && analysis?.ok && analysis.value.status !== 'SUCCESS';
  const billedInVain = isInVain ? analysis.value.billedCrpuHours : before.billedInVain;
  if (!table?.ok) {
    return { ...before, billedInVain };
  }
  const live = liveVersionOf(table.value, now);
  const details = liveAnalysis?.ok ? liveAnalysis.value : analysis?.ok ? analysis.value : undefined;
  const madeAt = attemptOfVersion(record, live?.versionId)?.populatedAt ?? endOf(details);
  return { madeAt: live && madeAt, expiresAt: live?.expiresAt, hasNoVersion: onlyMeasures(situation) && !live, billedInVain };
}

/** Returns what a run that ends measures, by metric name. */
export function measurements({ startedAt }: Run, { output, failure }: Ended, measured: Measured, now: number): Record<string, number> {
  const { madeAt, expiresAt, hasNoVersion, billedInVain } = measured;
  const seconds = (millis: number) => Math.max(0, Math.round(millis / 1_000));
  // What somebody else's run has made is counted there.
  const populated = output?.status === 'POPULATED' ? output : undefined;
  const values: Record<string, number | undefined> = {
    Populated: populated && 1,
    TimedOut: failure?.error === 'PopulationTimedOut' ? 1 : undefined,
    Duration: populated && seconds(now - startedAt),
    BilledCrpuHours: populated?.billedCrpuHours ?? billedInVain,
    SecondsSincePopulated: madeAt === undefined ? undefined : seconds(now - madeAt),
    SecondsUntilExpiry: expiresAt !== undefined ? seconds(expiresAt - now) : hasNoVersion ? 0 : undefined,
  };
  return Object.fromEntries(Object.entries(values).filter((entry): entry is [string, number] => entry[1] !== undefined));
}

const UNITS: Partial<Record<string, string>> = { Populated: 'Count', TimedOut: 'Count', BilledCrpuHours: 'None' };

/**
 * Returns a log line that CloudWatch takes metrics from:
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function embeddedMetrics(run: Run, ended: Ended, measured: Measured, now: number): object | undefined {
  const values = measurements(run, ended, measured, now);
  if (!Object.keys(values).length) {
    return undefined;
  }
  const Metrics = Object.keys(values).map((Name) => ({ Name, Unit: UNITS[Name] ?? 'Seconds' }));
  return {
    _aws: { Timestamp: now, CloudWatchMetrics: [{ Namespace: METRIC_NAMESPACE, Dimensions: [[METRIC_DIMENSION]], Metrics }] },
    [METRIC_DIMENSION]: run.execution.replace(':execution:', ':stateMachine:').replace(/:[^:]+$/, ''),
    ...values,
  };
}

