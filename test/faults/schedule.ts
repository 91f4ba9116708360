import * as fc from 'fast-check';
import { BEHAVIOUR_POSITIONS, Behaviours, Fault, FaultRule, OperationName, QueryPlan } from '../../simulator/clean-rooms';
import type { FaultRule as AnyFaultRule } from '../../simulator/faults';
import type { PutFault } from '../../simulator/cloudformation/inbox';
import type { ExecutionNames } from '../../simulator/events/targets';
import type { LambdaFaultKind } from '../../simulator/lambda/faults';

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

/** Where a Lambda function breaks, in which of its invocations from the step's start. */
export interface Crash {
  readonly function: 'Population' | 'Deployment';
  readonly invocation: number;
  readonly kind: LambdaFaultKind;
}

export interface Step {
  readonly operation: Operation;
  /** How the step's queries run. */
  readonly query: QueryPlan;
  readonly faults: readonly FaultRule[];
  /** Of DynamoDB, and of the Step Functions API. */
  readonly recordFaults: readonly AnyFaultRule[];
  readonly stepFunctionsFaults: readonly AnyFaultRule[];
  /** How long the step's first events lie in the deployment function's queue. */
  readonly queued: readonly number[];
  readonly crashes: readonly Crash[];
  /** The population function does not start for as long as the step takes. */
  readonly dead: boolean;
  /** What becomes of the step's first PUTs to CloudFormation. */
  readonly puts: readonly (PutFault | null)[];
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
  return fc.constantFrom(30, 5, 60, 30, 5, 60, 30, 5, 120, 120, 250, 590);
}

const apiOperation = fc.constantFrom<OperationName | '*'>(
  'PopulateIntermediateTable', 'PopulateIntermediateTable', 'GetIntermediateTable', 'ListIntermediateTableVersions', 'GetProtectedQuery', 'UpdateProtectedQuery', '*',
);

/** What may have had its effect, and what certainly had none. */
const when = fc.constantFrom('before' as const, 'after' as const);
const fault: fc.Arbitrary<Fault> = fc.oneof(
  fc.record({ kind: fc.constant('error' as const), code: fc.constant('InternalServerException'), when }),
  fc.record({ kind: fc.constant('reset' as const), when }),
  fc.record({ kind: fc.constant('hang' as const), when }),
  fc.record({ kind: fc.constant('reply' as const), when, status: fc.constantFrom(502, 503, 504), body: fc.constant('<html>Bad gateway</html>') }),
  fc.record({ kind: fc.constant('delay' as const), seconds: fc.constantFrom(3, 14.9, 20) }),
  fc.constantFrom<Fault>({ kind: 'reply', status: 403, body: '<html>Forbidden</html>' }, { kind: 'reply', status: 429, body: '{}', contentType: 'application/json' }),
  fc.constantFrom<Fault>({ kind: 'cut' }, { kind: 'cut', connectionBreaks: true }),
  fc.constant<Fault>({ kind: 'error', code: 'ThrottlingException' }),
  fc.constant<Fault>({ kind: 'error', code: 'AccessDeniedException', message: 'Not yet.' }),
  fc.constant<Fault>({ kind: 'error', code: 'ValidationException', members: { reason: 'IAM_SYNCHRONIZATION_DELAY' } }),
);

const faultRule: fc.Arbitrary<FaultRule> = fc.oneof(
  fc.record({ operation: apiOperation, fault, occurrences: fc.constantFrom([1], [2], [3], [5], [1, 2], [2, 4]) }),
  fc.record({ operation: apiOperation, fault, first: fc.constantFrom(1, 3) }),
  fc.record({ operation: apiOperation, fault, forSeconds: fc.constantFrom(60, 150) }),
);

/** Of the other two services: what they refuse, and what may have taken effect. */
const otherFault: fc.Arbitrary<Fault> = fc.oneof(
  fc.record({ kind: fc.constant('error' as const), code: fc.constant('InternalServerError'), when }),
  fc.record({ kind: fc.constant('reset' as const), when }),
  fc.record({ kind: fc.constant('hang' as const), when }),
  fc.constantFrom<Fault>({ kind: 'error', code: 'ThrottlingException' }, { kind: 'cut' }, { kind: 'reply', status: 503, body: '<html>Bad gateway</html>' }),
);
const striking = (names: readonly string[]): fc.Arbitrary<AnyFaultRule> => {
  const named = fc.constantFrom(...names);
  return fc.oneof(
    fc.record({ operation: named, fault: otherFault, occurrences: fc.constantFrom([1], [2], [3], [5], [8], [1, 2], [2, 4], [7, 8, 9]) }),
    fc.record({ operation: named, fault: otherFault, first: fc.constantFrom(1, 3, 12) }),
    fc.record({ operation: named, fault: otherFault, forSeconds: fc.constantFrom(10, 40, 150) }),
  );
};
const recordFault = striking(['PutItem', 'PutItem', 'GetItem', '*']);
const stepFunctionsFault = striking(['StartExecution', 'DescribeExecution', '*']);

const request = fc.integer({ min: 1, max: 12 });
/** Two steps of one run at a time. */
const overlapping: fc.Arbitrary<Crash> = fc.record({
  function: fc.constant('Population' as const),
  invocation: fc.integer({ min: 1, max: 6 }),
  kind: fc.constantFrom(0.2, 0.6, 2, 5, 20).map((seconds) => ({ at: 'connection' as const, seconds })),
});
const breaking: fc.Arbitrary<Crash> = fc.record({
  function: fc.constantFrom('Population' as const, 'Population' as const, 'Deployment' as const),
  invocation: fc.integer({ min: 1, max: 6 }),
  kind: fc.oneof(
    fc.constantFrom<LambdaFaultKind>(
      { at: 'service' }, { at: 'start' }, { at: 'return' }, { at: 'timeoutBeforeReturn' },
      { at: 'throttled' }, { at: 'throttled', forSeconds: 60 }, { at: 'throttled', forSeconds: 240 }, { at: 'service', forSeconds: 200 },
    ),
    fc.record({ at: fc.constantFrom('beforeRequest' as const, 'afterRequest' as const, 'timeoutBeforeRequest' as const, 'timeoutAfterRequest' as const), request }),
  ),
});

const crash = fc.oneof({ weight: 6, arbitrary: breaking }, { weight: 1, arbitrary: overlapping });

const putFault = fc.constantFrom<PutFault | null>(null, { status: 503 }, { status: 500, after: true }, { reset: 'before' }, { reset: 'after' });

type Trouble = Omit<Step, 'operation' | 'query'>;

const NO_TROUBLE: Trouble = { faults: [], recordFaults: [], stepFunctionsFaults: [], queued: [], crashes: [], dead: false, puts: [] };

const trouble = {
  faults: fc.array(faultRule, { maxLength: 2 }),
  recordFaults: fc.array(recordFault, { maxLength: 2 }),
  stepFunctionsFaults: fc.array(stepFunctionsFault, { maxLength: 1 }),
  queued: fc.array(fc.constantFrom(0, 0, 0, 20, 100, 400), { maxLength: 2 }),
  crashes: fc.array(crash, { maxLength: 3 }),
  dead: fc.nat(24).map((dice) => dice === 24),
  puts: fc.array(putFault, { maxLength: 3 }),
};

/** All at once seldom lets anything go well; one thing alone shows what that does. */
const troubles: fc.Arbitrary<Trouble> = fc.oneof(
  { weight: 3, arbitrary: fc.constant(NO_TROUBLE) },
  { weight: 6, arbitrary: fc.oneof(...Object.keys(trouble).map((name) => fc.record({ [name]: trouble[name as keyof Trouble] as fc.Arbitrary<unknown> })))
    .map((one) => ({ ...NO_TROUBLE, ...one })) },
  { weight: 3, arbitrary: fc.record(trouble) },
);

const step: fc.Arbitrary<Step> = fc.tuple(operation, query, troubles).map(([what, plan, one]) => ({ operation: what, query: plan, ...one }));

/** Nothing goes wrong, and nobody comes in between: what is asked for has to be done. */
export function isCalm({ operation: what, query: { outcome, durationSeconds, liveAfterSeconds = 0 }, ...rest }: Step): boolean {
  const disturbed = 'beside' in what || 'breaks' in what || 'whileRefreshing' in what;
  return !disturbed && outcome === 'SUCCESS' && durationSeconds! <= 60 && typeof liveAfterSeconds === 'number' && liveAfterSeconds <= 25
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
      ({ ...made, ...(isPlain ? { query: PLAIN_QUERY, ...NO_TROUBLE } : {}), operation: operationOfFirst })),
    fc.array(step, { minLength: 1, maxLength: 3 }),
  ).map(([create, others]) => [create, ...others]),
});
