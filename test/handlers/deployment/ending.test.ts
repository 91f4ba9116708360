import { FAILURE, OUTPUT } from './support';
import { endOf, resultOf } from '../../../src/handlers/deployment/ending';

const RUN = 'arn:aws:states:eu-west-1:111122223333:execution:Audience:run-1';

describe('the end of an execution, by what Step Functions says of it', () => {
  test('is its output', () => {
    expect(endOf(RUN, { status: 'SUCCEEDED', output: JSON.stringify(OUTPUT) })).toEqual({ output: OUTPUT });
  });

  test('is the failure that its run has told', () => {
    expect(endOf(RUN, { status: 'FAILED', error: 'ProtectedQueryFailed', cause: 'OOM' }))
      .toEqual({ failure: { error: 'ProtectedQueryFailed', cause: 'OOM', analysisId: '', retryable: null } });
    expect(endOf(RUN, { status: 'FAILED', error: 'StatesRuntime', cause: null })).toMatchObject({ failure: { error: 'StatesRuntime', cause: '' } });
  });

  test.each([
    ['is stopped', { status: 'ABORTED' }, 'The execution ended as ABORTED.'],
    ['is stopped by somebody with a reason', { status: 'ABORTED', error: 'Stopped', cause: 'cost' }, 'The execution ended as ABORTED with Stopped: cost.'],
    ['timed out', { status: 'TIMED_OUT', error: null, cause: null }, 'The execution ended as TIMED_OUT.'],
    ['failed for its role', { status: 'FAILED', error: 'States.Runtime', cause: 'No path' }, 'The execution ended as FAILED with States.Runtime: No path.'],
    ['failed since reporting did', { status: 'FAILED', error: 'Unreported' }, 'The execution ended as FAILED with Unreported.'],
    ['failed without an error', { status: 'FAILED', error: '' }, 'The execution ended as FAILED.'],
  ])('is told with status, execution and what may go on where it %s', (_what, execution, words) => {
    expect(endOf(RUN, execution)).toEqual({
      failure: { error: 'ExecutionEnded', cause: `${words} Execution ${RUN}. A population that it had started may still be running.`, analysisId: '', retryable: null },
    });
  });

  test.each(['RUNNING', 'PENDING_REDRIVE', 'SOMETHING_NEW', undefined])('is not there while it is %s', (status) => {
    expect(endOf(RUN, { status })).toBeUndefined();
  });

  test('cannot be told where its output is left out', () => {
    expect(endOf(RUN, { status: 'SUCCEEDED', output: null })).toBeUndefined();
  });
});

describe('what CloudFormation is told', () => {
  test('is the output, as attributes: what is not known is an empty text, as CloudFormation has no null', () => {
    expect(resultOf(RUN, { output: OUTPUT })).toEqual({ Status: 'SUCCESS', Data: { ...OUTPUT, billedCrpuHours: '', durationMillis: 0, Execution: RUN } });
  });

  test('is the failure, and where to look', () => {
    expect(resultOf(RUN, { failure: FAILURE })).toEqual({ Status: 'FAILED', Reason: `ProtectedQueryFailed: OOM: Out of memory. Query analysis-1. Execution ${RUN}.` });
  });

  test('names the execution once', () => {
    const failure = { ...FAILURE, cause: `Too late, see ${RUN}` };
    expect(resultOf(RUN, { failure })).toEqual({ Status: 'FAILED', Reason: `ProtectedQueryFailed: Too late, see ${RUN}.` });
  });

  test('is never an empty cause', () => {
    expect(resultOf(RUN, { failure: { ...FAILURE, cause: '' } })).toEqual({ Status: 'FAILED', Reason: `ProtectedQueryFailed. Execution ${RUN}.` });
  });
});
