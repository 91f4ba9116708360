import * as fc from 'fast-check';
import type { Fault, FaultRule, OperationName } from '../../simulator/clean-rooms';
import type { PutFault } from '../../simulator/cloudformation/inbox';
import type { FaultRule as AnyFaultRule } from '../../simulator/faults';
import type { LambdaFaultKind } from '../../simulator/lambda/faults';

/** Where a Lambda function breaks, in which of its invocations from the step's start. */
export interface Crash {
  readonly function: 'Population' | 'Deployment';
  readonly invocation: number;
  readonly kind: LambdaFaultKind;
}

/** What goes wrong in a step. */
export interface Trouble {
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
const recordFault = striking(['PutItem', 'PutItem', 'UpdateItem', 'GetItem', '*']);
const stepFunctionsFault = striking(['StartExecution', 'DescribeExecution', '*']);

/** A run's first step populates in about its 15th request. */
const request = fc.oneof(fc.integer({ min: 1, max: 24 }), fc.integer({ min: 13, max: 18 }));
/** Two steps of one run at a time. */
const overlapping: fc.Arbitrary<Crash> = fc.record({
  function: fc.constant('Population' as const),
  invocation: fc.constantFrom(1, 1, 1, 2, 2, 3, 4, 5, 6),
  kind: fc.constantFrom(0.2, 0.6, 2, 5, 20).map((after) => ({ at: 'connection' as const, seconds: after })),
});
const breaking: fc.Arbitrary<Crash> = fc.record({
  function: fc.constantFrom('Population' as const, 'Population' as const, 'Deployment' as const),
  invocation: fc.constantFrom(1, 1, 1, 2, 2, 3, 4, 5, 6),
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

export const NO_TROUBLE: Trouble = { faults: [], recordFaults: [], stepFunctionsFaults: [], queued: [], crashes: [], dead: false, puts: [] };

const kinds = {
  faults: fc.array(faultRule, { maxLength: 2 }),
  recordFaults: fc.array(recordFault, { maxLength: 2 }),
  stepFunctionsFaults: fc.array(stepFunctionsFault, { maxLength: 1 }),
  queued: fc.array(fc.constantFrom(0, 0, 0, 20, 100, 400), { maxLength: 2 }),
  crashes: fc.array(crash, { maxLength: 3 }),
  dead: fc.nat(24).map((dice) => dice === 24),
  puts: fc.array(putFault, { maxLength: 3 }),
};

const oneKind: fc.Arbitrary<Trouble> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ faults: fc.array(faultRule, { minLength: 1, maxLength: 2 }) }) },
  { weight: 2, arbitrary: fc.record({ recordFaults: kinds.recordFaults }) },
  { weight: 1, arbitrary: fc.record({ stepFunctionsFaults: kinds.stepFunctionsFaults }) },
  { weight: 1, arbitrary: fc.record({ queued: kinds.queued }) },
  { weight: 3, arbitrary: fc.record({ crashes: fc.array(crash, { minLength: 1, maxLength: 2 }) }) },
  { weight: 1, arbitrary: fc.record({ puts: kinds.puts }) },
).map((one) => ({ ...NO_TROUBLE, ...one }));

/** All at once seldom lets anything go well; one thing alone shows what that does. */
export const troubles: fc.Arbitrary<Trouble> = fc.oneof(
  { weight: 3, arbitrary: fc.constant(NO_TROUBLE) },
  { weight: 6, arbitrary: oneKind },
  { weight: 3, arbitrary: fc.record(kinds) },
);
