import type { IntermediateTable, Parameters } from './resource-types';

export type Outcome = 'SUCCESS' | 'FAILED' | 'CANCELLED' | 'TIMED_OUT';
export type QueryStatus = Outcome | 'SUBMITTED' | 'STARTED' | 'CANCELLING';

/** How a query is going to run. */
export interface QueryPlan {
  readonly durationSeconds: number;
  /** NEVER: it does not end by itself, only by AWS's own time-out. */
  readonly outcome: Outcome | 'NEVER';
  readonly error?: { readonly code: string; readonly message: string };
  /** Of a failure with an error: whether the same request may succeed if sent again. @default AWS does not say */
  readonly retryable?: boolean;
  /** From success until the version is the table's live one. @default 0 */
  readonly liveAfterSeconds?: number | 'never';
}

export interface WorkerCompute {
  readonly type?: string;
  readonly number?: number;
  readonly properties?: { readonly spark?: Record<string, string> };
}

/** One accepted populate: a protected query and the version that it makes, which begin and end together. */
export interface Population {
  readonly analysisId: string;
  readonly versionId: string;
  readonly table: IntermediateTable;
  readonly acceptedAt: number;
  readonly plan: QueryPlan;
  readonly parameters: Parameters;
  /** The stored query's own values for what was not given. */
  readonly defaults: Parameters;
  readonly compute?: WorkerCompute;
  readonly payerAccountId?: string;
  readonly kmsKeyArn?: string;
  /** Known once a slot for it was free. */
  startedAt?: number;
  endsAt: number;
  outcome?: Outcome;
  /** When the retention period is over, though it came from nobody's calendar. */
  expiredAt?: number;
  cancelledAt?: number;
}

export function queryStatus(population: Population, now: number): QueryStatus {
  if (isOver(population, now)) return population.outcome!;
  if (population.cancelledAt !== undefined) return 'CANCELLING';
  return population.startedAt === undefined ? 'SUBMITTED' : 'STARTED';
}

export function isOver(population: Population, now: number): boolean {
  return population.endsAt <= now;
}

export function succeeded(population: Population, now: number): boolean {
  return isOver(population, now) && population.outcome === 'SUCCESS';
}

export function isLive(population: Population, now: number): boolean {
  return succeeded(population, now) && liveAt(population) <= now;
}

export function liveAt({ endsAt, plan }: Population): number {
  return plan.liveAfterSeconds === 'never' ? Infinity : endsAt + (plan.liveAfterSeconds ?? 0) * 1000;
}

export function expiresAt(population: Population): number {
  return population.expiredAt ?? population.endsAt + population.table.retentionInDays * 24 * 3600 * 1000;
}

export function isExpired(population: Population, now: number): boolean {
  return expiresAt(population) <= now;
}

/** The version that queries read: the last one to go live. */
export function liveVersion(populations: readonly Population[], now: number): Population | undefined {
  return populations
    .filter((population) => isLive(population, now))
    .reduce<Population | undefined>((last, next) => (last && liveAt(last) > liveAt(next) ? last : next), undefined);
}

export function merged({ parameters, defaults }: Population): Parameters {
  return { ...defaults, ...parameters };
}

/** CRPUs of one worker, by its type; 16 workers of the smallest are the default 32. */
const WORKER_CRPUS: Record<string, number> = { 'CR.1X': 2, 'CR.4X': 8, 'CR.8X': 16 };
const MINIMUM_BILLED_MILLIS = 60_000;

export function durationMillis(population: Population): number {
  return population.startedAt === undefined ? 0 : population.endsAt - population.startedAt;
}

/** CRPU-hours; AWS bills $2.00 for one. */
export function billedUnits(population: Population): number {
  const { type = 'CR.1X', number = 16 } = population.compute ?? {};
  return population.startedAt === undefined ? 0
    : WORKER_CRPUS[type] * number * Math.max(durationMillis(population), MINIMUM_BILLED_MILLIS) / 3_600_000;
}

/** The most queries of these that were under way, waiting included, at any one moment. */
export function mostAtOnce(populations: readonly Population[]): number {
  return Math.max(0, ...populations.map(({ acceptedAt }) =>
    populations.filter((other) => other.acceptedAt <= acceptedAt && other.endsAt > acceptedAt).length));
}
