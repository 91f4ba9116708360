import * as fc from 'fast-check';
import { NO_TROUBLE, Trouble, troubles } from './trouble';
import { BEHAVIOUR_POSITIONS, Behaviours, QueryPlan } from '../../simulator/clean-rooms';
import type { ExecutionNames } from '../../simulator/events/targets';

/** Which of the templates is deployed: each makes the table of other parameters. */
export type Template = 'a' | 'b';

/** Beside what is deployed, so many seconds into it. */
export type Beside =
  /** A schedule comes due: the plain one, or the one with parameters of its own. */
  | 'refresh'
  | 'refresh of its own'
  /** A person populates in the console, with other parameters or with the same. */
  | 'stranger'
  | 'stranger with the same'
  /** A person stops whatever runs. */
  | 'stop'
  /** A person cancels the update. */
  | 'cancel';

export type Operation =
  /** `breaks`: another resource fails, while the population runs or after it. `touched`: with another timeout. */
  | {
    readonly kind: 'deploy';
    readonly template: Template;
    readonly touched?: boolean;
    readonly breaks?: 'meanwhile' | 'later';
    readonly beside?: Beside;
    readonly afterSeconds?: number;
  }
  | { readonly kind: 'refresh'; readonly which: readonly ('plain' | 'of its own')[]; readonly beside?: Beside; readonly afterSeconds?: number }
  /** A person populates in the console, and goes on with the next step. */
  | { readonly kind: 'by hand' }
  | { readonly kind: 'delete'; readonly whileRefreshing: boolean };

export interface Step extends Trouble {
  readonly operation: Operation;
  /** How the step's queries run. */
  readonly query: QueryPlan;
}

/** One life of a stack, with all that goes wrong in it. */
export interface Schedule {
  readonly seed: number;
  readonly timeoutMinutes: number;
  readonly cancelOnTimeout: boolean;
  readonly behaviours: Behaviours;
  readonly cloud: {
    readonly iamPropagationSeconds: number;
    /** Each second host's clock is so far off. */
    readonly clockSkewSeconds: number;
    readonly eventDeliveries: number;
    readonly eventDeliveredAgainAfterSeconds: number;
    readonly eventExecutionNames: ExecutionNames;
    readonly deliverAgainAfterSeconds?: number;
    readonly requestIds: 'fresh' | 'reused';
    readonly cancellation: 'at-once' | 'when-finished';
  };
  readonly steps: readonly Step[];
}

const template = fc.constantFrom<Template>('a', 'b');
const moment = fc.constantFrom(1, 20, 45, 100, 240);

const beside = fc.constantFrom<Beside>('refresh', 'refresh', 'refresh of its own', 'stranger', 'stranger', 'stranger with the same', 'stop', 'cancel');
const which = fc.constantFrom<'plain' | 'of its own'>('plain', 'plain', 'of its own');
const touched = fc.constantFrom(false, false, false, true);

const operation: fc.Arbitrary<Operation> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('deploy' as const), template, touched }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('deploy' as const), template, touched, breaks: fc.constantFrom('later' as const, 'meanwhile' as const) }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('deploy' as const), template, touched, beside, afterSeconds: moment }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('deploy' as const), template, breaks: fc.constantFrom('later' as const, 'meanwhile' as const), beside, afterSeconds: moment }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('refresh' as const), which: fc.array(which, { minLength: 1, maxLength: 3 }) }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('refresh' as const), which: fc.array(which, { minLength: 1, maxLength: 2 }), beside, afterSeconds: moment }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'by hand' as const }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('delete' as const), whileRefreshing: fc.boolean() }) },
);

const error = { code: 'SPARK_ERROR', message: 'x'.repeat(5_000) };

const query: fc.Arbitrary<QueryPlan> = fc.oneof(
  { weight: 6, arbitrary: success(fc.constantFrom<number | 'never'>(0, 0, 0, 0, 25, 25, 200, 'never')) },
  {
    weight: 2,
    arbitrary: fc.record({ durationSeconds: seconds(), outcome: fc.constantFrom('FAILED' as const, 'CANCELLED' as const, 'TIMED_OUT' as const) })
      .map((plan) => ({ ...plan, error })),
  },
  { weight: 1, arbitrary: fc.constant({ durationSeconds: 60, outcome: 'NEVER' as const }) },
);

const PLAIN_QUERY: QueryPlan = { durationSeconds: 5, outcome: 'SUCCESS' };

function success(liveAfterSeconds: fc.Arbitrary<number | 'never'>): fc.Arbitrary<QueryPlan> {
  return fc.record({ durationSeconds: seconds(), outcome: fc.constant('SUCCESS' as const), liveAfterSeconds });
}

/** Mostly short, since a look at a running query is like the one before: one that outlasts the shortest timeout, and one near the end of the next. */
function seconds(): fc.Arbitrary<number> {
  return fc.constantFrom(30, 5, 60, 30, 5, 60, 30, 5, 30, 5, 60, 30, 5, 60, 30, 5, 120, 120, 120, 250, 250, 590);
}

const step: fc.Arbitrary<Step> = fc.tuple(operation, query, troubles).map(([what, plan, one]) => ({ operation: what, query: plan, ...one }));

/** Nothing goes wrong, and nobody comes in between: what is asked for has to be done. */
export function isCalm({ operation: what, query: { outcome, durationSeconds, liveAfterSeconds = 0 }, ...rest }: Step): boolean {
  const disturbed = 'beside' in what || 'breaks' in what || 'whileRefreshing' in what;
  // Runs of one population take turns, within the timeout of each.
  const runs = what.kind === 'refresh' ? what.which.length : 1;
  return !disturbed && outcome === 'SUCCESS' && typeof liveAfterSeconds === 'number' && runs * (durationSeconds! + liveAfterSeconds) <= 150
    && Object.values(rest).every((each) => (Array.isArray(each) ? each.every((one) => !one) : !each));
}

const behaviours = fc.record(Object.fromEntries(
  Object.entries(BEHAVIOUR_POSITIONS).map(([name, positions]) => [name, fc.constantFrom<unknown>(...positions)]),
)) as unknown as fc.Arbitrary<Behaviours>;

const first: fc.Arbitrary<Operation> = fc.record({ kind: fc.constant('deploy' as const), template: fc.constant('a' as const) });

export const schedules: fc.Arbitrary<Schedule> = fc.record({
  seed: fc.nat(1_000_000),
  timeoutMinutes: fc.constantFrom(4, 4, 4, 4, 10, 4, 4, 4, 4, 10, 65),
  cancelOnTimeout: fc.boolean(),
  behaviours,
  cloud: fc.record({
    iamPropagationSeconds: fc.constantFrom(0, 0, 20, 60),
    clockSkewSeconds: fc.constantFrom(0, 0, 300, -300),
    eventDeliveries: fc.constantFrom(1, 1, 2),
    eventDeliveredAgainAfterSeconds: fc.constantFrom(0, 0, 1, 30, 400),
    eventExecutionNames: fc.constantFrom('by-event' as const, 'by-delivery' as const),
    deliverAgainAfterSeconds: fc.constantFrom(undefined, undefined, 0, 1, 30, 400),
    requestIds: fc.constantFrom('fresh' as const, 'reused' as const),
    cancellation: fc.constantFrom('at-once' as const, 'when-finished' as const),
  }),
  steps: fc.tuple(
    fc.tuple(step, first, fc.boolean()).map(([made, operationOfFirst, isPlain]) =>
      ({ ...made, ...(isPlain ? { ...NO_TROUBLE, query: PLAIN_QUERY } : {}), operation: operationOfFirst })),
    fc.array(step, { minLength: 1, maxLength: 3 }),
  ).map(([create, others]) => [create, ...others]),
}).map((schedule) => ({ ...schedule, steps: schedule.steps.map((each) => ({ ...each, query: shorter(each.query, schedule.timeoutMinutes) })) }));

/** What never ends is looked at until the timeout, which is no news after the first minutes. */
function shorter(plan: QueryPlan, timeoutMinutes: number): QueryPlan {
  return plan.outcome === 'NEVER' && timeoutMinutes > 10 ? { durationSeconds: 250, outcome: 'FAILED', error } : plan;
}
