import { desiredOf } from './desired';
import type { BilledHour, FinishedAttempt, TableRecord } from './table-record';
import type { Compute } from '../../contract/definition';

/** What a table's populates have been billed: what a limit for 24 hours has to know, however many they were. */

const MINUTE_MILLIS = 60_000;
const HOUR_MILLIS = 60 * MINUTE_MILLIS;
const DAY_MILLIS = 24 * HOUR_MILLIS;
/** So many clock hours may be touched by 24 hours. */
const MAX_HOURS = 25;

/**
 * Adds what an attempt was billed, however it ended. A bill that is not shown is not nothing: it counts as what its workers cost for as long
 * as it took.
 */
export function addToBilling(record: TableRecord, finished: FinishedAttempt, now: number): TableRecord {
  const { intendedAt, populatedAt = now, durationMillis = now - intendedAt, billedCrpuHours } = finished;
  const hours = Math.min(Math.max(durationMillis, MINUTE_MILLIS), DAY_MILLIS) / HOUR_MILLIS;
  const bill = { lastAt: populatedAt, crpuHours: billedCrpuHours ?? hours * crpusOf(desiredOf(record)?.definition.compute) };
  const { billing = [] } = record;
  const same = [bill, ...billing.filter(({ lastAt }) => hourOf(lastAt) === hourOf(populatedAt))];
  const sum = { lastAt: Math.max(...same.map(({ lastAt }) => lastAt)), crpuHours: sumOf(same) };
  const sorted = [sum, ...billing.filter((each) => !same.includes(each))].sort((a, b) => b.lastAt - a.lastAt);
  return { ...record, billing: sorted.slice(0, MAX_HOURS) };
}

/** Why nothing more may be paid for: what the last 24 hours were billed, for which attempts, and when that is below the limit again. */
export interface Overspent {
  readonly crpuHours: number;
  readonly limit: number;
  readonly attempts: readonly FinishedAttempt[];
  readonly freeAt: number;
}

/** Returns by what the definition's limit is reached; undefined where it is not, or where there is none. */
export function overspentOf({ record, now }: { readonly record: TableRecord; readonly now: number }): Overspent | undefined {
  const { billing = [], history } = record;
  const { maxBilledCrpuHoursPerDay: limit = Infinity } = desiredOf(record)?.definition ?? {};
  const isCounted = (at: number) => now - at < DAY_MILLIS;
  const counted = billing.filter(({ lastAt }) => isCounted(lastAt));
  // Of the newest hours: once the one that reaches the limit is a day old, so are those before it.
  const reaching = counted.find((_, index) => sumOf(counted.slice(0, index + 1)) >= limit);
  return reaching && {
    crpuHours: sumOf(counted),
    limit,
    attempts: history.filter(({ populatedAt, intendedAt }) => isCounted(populatedAt ?? intendedAt)),
    freeAt: reaching.lastAt + DAY_MILLIS,
  };
}

const hourOf = (at: number): number => Math.floor(at / HOUR_MILLIS);

/** Rounded, since 0.7 and 0.1 would be less than 0.8. */
const sumOf = (hours: readonly BilledHour[]): number => Math.round(hours.reduce((sum, { crpuHours }) => sum + crpuHours, 0) * 1e6) / 1e6;

/** Returns the CRPUs of a query: AWS documents two for a worker of CR.1X, of which 16 are its default; the others' are inferred from their vCPUs. */
const crpusOf = ({ type = 'CR.1X', number = 16 }: Compute = {}): number => 2 * Number(/\d+/.exec(type)?.[0] ?? 1) * number;
