import { unreported } from '../../../src/handlers/deployment/watchdog';
import { DEPLOYMENT, EXECUTION_ARN } from '../support';

const INPUT = JSON.stringify({ deployment: DEPLOYMENT });
const change = (status: string, more: object = {}) => ({ source: 'aws.states' as const, detail: { executionArn: EXECUTION_ARN, status, input: INPUT, ...more } });

test.each([
  ['is stopped', change('ABORTED')],
  ['is stopped by somebody with a reason', change('ABORTED', { error: 'Stopped', cause: 'cost' })],
  ['timed out', change('TIMED_OUT')],
  ['failed for its role', change('FAILED', { error: 'States.Runtime' })],
  ['failed since reporting did', change('FAILED', { error: 'Unreported' })],
  ['failed without an error', change('FAILED')],
  ['failed with an empty error', change('FAILED', { error: '' })],
])('an execution that %s has not reported', (_what, event) => {
  expect(unreported(event)).toMatchObject({ execution: EXECUTION_ARN, deployment: DEPLOYMENT, failure: { error: 'ExecutionEnded' } });
});

test.each([
  ['succeeded', change('SUCCEEDED')],
  ['runs', change('RUNNING')],
  ['failed by its own Fail state', change('FAILED', { error: 'ProtectedQueryFailed', cause: 'OOM' })],
  ['failed with an error that only looks like another', change('FAILED', { error: 'StatesRuntime' })],
])('an execution that %s has reported, or will', (_what, event) => {
  expect(unreported(event)).toBeUndefined();
});

test.each([
  ['no deployment', '{}'],
  ['only parameters', '{"parameters":{"region":"north"}}'],
  ['an input that the event leaves out', null],
  ['no input', undefined],
])('nobody waits for an execution with %s', (_what, input) => {
  expect(unreported(change('ABORTED', { input }))).toBeUndefined();
});

test('the words name status, error, cause, execution, and what may go on', () => {
  const cause = unreported(change('FAILED', { error: 'States.Runtime', cause: 'No path' }))?.failure?.cause;
  expect(cause).toBe(
    `The execution ended as FAILED with States.Runtime: No path. Execution ${EXECUTION_ARN}. A population that it had started may still be running.`);
  expect(unreported(change('TIMED_OUT'))?.failure?.cause).toContain('The execution ended as TIMED_OUT.');
});
