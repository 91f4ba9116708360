import * as fc from 'fast-check';
import type { Settings } from './stack';
import { NO_TROUBLE, Trouble, troubles } from './trouble';
import { BEHAVIOUR_POSITIONS, Behaviours, QueryPlan } from '../../simulator/clean-rooms';
import type { ExecutionNames } from '../../simulator/events/targets';

/** Which of the templates is deployed. */
export interface Template {
  /** Each makes the table of other parameters. */
  readonly letter: 'a' | 'b' | 'z';
  /** What is otherwise than in the plain one: a timeout, what counts as other data, the table itself, or when a deploy populates. */
  readonly kind: 'plain' | 'touched' | 'trigger' | 'compute' | 'key' | 'another table' | 'never' | 'if unpopulated' | 'always';
  /** Another resource fails, while the population runs or after it. */
  readonly breaks?: 'meanwhile' | 'later';
}

/** What else there is: another population in the stack, or in another one; tables that are built on the first; a job in place of a query. */
export type Shape = 'alone' | 'two' | 'two stacks' | 'chain' | 'diamond' | 'job';

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
  | { readonly kind: 'deploy'; readonly template: Template; readonly beside?: Beside; readonly afterSeconds?: number }
  | { readonly kind: 'refresh'; readonly which: readonly ('plain' | 'of its own')[]; readonly beside?: Beside; readonly afterSeconds?: number }
  /** A person populates in the console, and goes on with the next step. */
  | { readonly kind: 'by hand' }
  | { readonly kind: 'delete'; readonly whileRefreshing: boolean };

export interface Step extends Trouble {
  readonly operation: Operation;
  /** How the step's queries run. */
  readonly query: QueryPlan;
  /** How long it takes until the next. */
  readonly gap: 'minutes' | 'an hour' | 'a day' | 'weeks' | 'months';
}

/** One life of a stack, with all that goes wrong in it. */
export interface Schedule {
  readonly seed: number;
  readonly settings: Settings;
  /** How many queries, and jobs, may run at a time. */
  readonly quota: number;
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

const kind = fc.constantFrom<Template['kind']>(
  'plain', 'plain', 'plain', 'plain', 'plain', 'plain', 'touched', 'touched', 'touched', 'trigger', 'compute', 'key', 'another table', 'never', 'if unpopulated', 'always',
);
const template: fc.Arbitrary<Template> = fc.record({ letter: fc.constantFrom('a' as const, 'b' as const), kind });
const broken: fc.Arbitrary<Template> = fc.record({
  letter: fc.constantFrom('a' as const, 'b' as const), kind, breaks: fc.constantFrom('later' as const, 'meanwhile' as const),
});
const moment = fc.constantFrom(1, 20, 45, 100, 240);

const beside = fc.constantFrom<Beside>('refresh', 'refresh', 'refresh of its own', 'stranger', 'stranger', 'stranger with the same', 'stop', 'cancel');
const which = fc.constantFrom<'plain' | 'of its own'>('plain', 'plain', 'of its own');

const operation: fc.Arbitrary<Operation> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('deploy' as const), template }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('deploy' as const), template: broken }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('deploy' as const), template, beside, afterSeconds: moment }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('deploy' as const), template: broken, beside, afterSeconds: moment }) },
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

const gap = fc.constantFrom<Step['gap']>('an hour', 'an hour', 'an hour', 'an hour', 'minutes', 'minutes', 'a day', 'weeks', 'months');

const step: fc.Arbitrary<Step> = fc.tuple(operation, query, troubles, gap)
  .map(([what, plan, one, until]) => ({ operation: what, query: plan, gap: until, ...one }));

/** How many populations a step may populate one after another. */
const POPULATIONS: Record<Shape, number> = { 'alone': 1, 'two': 2, 'two stacks': 2, 'chain': 2, 'diamond': 4, 'job': 1 };

/** Nothing goes wrong, and nobody comes in between: what is asked for has to be done. */
export function isCalm({ operation: what, query: { outcome, durationSeconds, liveAfterSeconds = 0 }, gap: _, ...rest }: Step, shape: Shape): boolean {
  const disturbed = 'beside' in what || ('template' in what && what.template.breaks) || 'whileRefreshing' in what;
  // Runs of one population take turns, within the timeout of each.
  const runs = POPULATIONS[shape] * (what.kind === 'refresh' ? what.which.length : 1);
  return !disturbed && outcome === 'SUCCESS' && typeof liveAfterSeconds === 'number' && runs * (durationSeconds! + liveAfterSeconds) <= 150
    && Object.values(rest).every((each) => (Array.isArray(each) ? each.every((one) => !one) : !each));
}

const behaviours = fc.record(Object.fromEntries(
  Object.entries(BEHAVIOUR_POSITIONS).map(([name, positions]) => [name, fc.constantFrom<unknown>(...positions)]),
)) as unknown as fc.Arbitrary<Behaviours>;

const first: Operation = { kind: 'deploy', template: { letter: 'a', kind: 'plain' } };

export const schedules: fc.Arbitrary<Schedule> = fc.record({
  seed: fc.nat(1_000_000),
  settings: fc.record({
    shape: fc.constantFrom<Shape>('alone', 'alone', 'alone', 'alone', 'alone', 'two', 'two stacks', 'chain', 'diamond', 'job'),
    timeoutMinutes: fc.constantFrom(4, 4, 4, 4, 10, 4, 4, 4, 4, 10, 65),
    cancelOnTimeout: fc.boolean(),
    isParameter: fc.boolean(),
  }),
  quota: fc.constantFrom(2, 1, 2, 5),
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
    fc.tuple(step, fc.boolean())
      .map(([made, isPlain]) => ({ ...made, ...(isPlain ? { ...NO_TROUBLE, query: PLAIN_QUERY } : {}), operation: first })),
    fc.array(step, { minLength: 1, maxLength: 3 }),
  ).map(([create, others]) => [create, ...others]),
}).map((schedule) => {
  const { steps, settings: { timeoutMinutes } } = schedule;
  return { ...schedule, steps: steps.map((each) => ({ ...each, query: shorter(each.query, timeoutMinutes) })) };
});

/** What never ends is looked at until the timeout, which is no news after the first minutes. */
function shorter(plan: QueryPlan, timeoutMinutes: number): QueryPlan {
  return plan.outcome === 'NEVER' && timeoutMinutes > 10 ? { durationSeconds: 250, outcome: 'FAILED', error } : plan;
}
