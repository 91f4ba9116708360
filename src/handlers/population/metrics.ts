import { elapsed } from './moves';
import type { In, RunState } from './run-state';
import { METRIC_DIMENSION, METRIC_NAMESPACE } from '../../contract/names';

/** What a run that ends measures, by metric name. */
export function measurements(state: In<'END'>, now: number): Record<string, number> {
  const { ended: { output, failure }, live } = state;
  // What somebody else's run has made is counted there.
  const populated = output?.status === 'POPULATED' ? output : undefined;
  const measured: Record<string, number | undefined> = {
    Populated: populated && 1,
    TimedOut: failure?.error === 'PopulationTimedOut' ? 1 : undefined,
    Duration: populated && Math.round(elapsed(state, now)),
    BilledCrpuHours: populated?.billedCrpuHours ?? state.billedInVain,
    SecondsSincePopulated: live?.madeAt === undefined ? undefined : Math.max(0, Math.round((now - live.madeAt) / 1000)),
    SecondsUntilExpiry: untilExpiry(state, now),
  };
  return Object.fromEntries(Object.entries(measured).filter((entry): entry is [string, number] => entry[1] !== undefined));
}

/** A table without a live version has none left. */
function untilExpiry({ live, cause, ended: { output } }: In<'END'>, now: number): number | undefined {
  if (live?.expiresAt !== undefined) {
    return Math.max(0, Math.round((live.expiresAt - now) / 1000));
  }
  return cause === 'OBSERVE' && output?.versionId === '' ? 0 : undefined;
}

/** A log line that CloudWatch takes metrics from: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html */
export function embeddedMetrics(state: RunState, now: number): object | undefined {
  if (state.phase !== 'END') {
    return undefined;
  }
  const measured = measurements(state, now);
  const stateMachineArn = state.execution.replace(':execution:', ':stateMachine:').replace(/:[^:]+$/, '');
  if (!Object.keys(measured).length) {
    return undefined;
  }
  const Metrics = Object.keys(measured).map((Name) => ({ Name, Unit: UNITS[Name] }));
  return {
    _aws: { Timestamp: now, CloudWatchMetrics: [{ Namespace: METRIC_NAMESPACE, Dimensions: [[METRIC_DIMENSION]], Metrics }] },
    [METRIC_DIMENSION]: stateMachineArn,
    ...measured,
  };
}

const UNITS: Record<string, string> = {
  Populated: 'Count', TimedOut: 'Count', Duration: 'Seconds', BilledCrpuHours: 'None', SecondsSincePopulated: 'Seconds', SecondsUntilExpiry: 'Seconds',
};
