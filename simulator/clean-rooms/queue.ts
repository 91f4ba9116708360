import type { Limits } from './limits';
import type { Outcome, Population } from './population';
import { AnalysisType, analysisTypeOf } from './resource-types';

/**
 * Brings what was accepted up to `now`: whoever waits for a slot starts in the order of acceptance, at the moment when one came
 * free. Time needs no timers this way; a query's status is worked out when somebody asks.
 */
export function settle(accepted: readonly Population[], limits: Limits, now: number): void {
  const ofType = (type: AnalysisType): Population[] => accepted.filter(({ table }) => analysisTypeOf(table) === type);
  settleOne(ofType('QUERY'), limits.concurrentQueries, limits, now);
  settleOne(ofType('JOB'), limits.concurrentJobs, limits, now);
}

function settleOne(accepted: readonly Population[], slots: number, limits: Limits, now: number): void {
  for (const population of accepted) {
    if (population.startedAt !== undefined || population.cancelledAt !== undefined) continue;
    const startsAt = Math.max(population.acceptedAt + limits.submittedSeconds * 1000, slotFreeAt(accepted, slots));
    if (startsAt > now) return;
    start(population, startsAt, limits);
  }
}

function slotFreeAt(accepted: readonly Population[], slots: number): number {
  const ends = accepted.filter(({ startedAt }) => startedAt !== undefined).map(({ endsAt }) => endsAt);
  return ends.sort((a, b) => b - a)[slots - 1] ?? -Infinity;
}

function start(population: Population, startsAt: number, limits: Limits): void {
  const { durationSeconds, outcome } = population.plan;
  const endless = outcome === 'NEVER' || durationSeconds > limits.queryTimeoutSeconds;
  population.startedAt = startsAt;
  population.endsAt = startsAt + (endless ? limits.queryTimeoutSeconds : durationSeconds) * 1000;
  population.outcome = endless || outcome === 'TIMED_OUT' ? timedOut(population) : outcome;
}

/** Jobs have no status for it. */
function timedOut({ table }: Population): Outcome {
  return analysisTypeOf(table) === 'JOB' ? 'FAILED' : 'TIMED_OUT';
}

export function cancel(population: Population, limits: Limits, now: number): void {
  population.cancelledAt = now;
  population.endsAt = now + limits.cancellingSeconds * 1000;
  population.outcome = 'CANCELLED';
}
