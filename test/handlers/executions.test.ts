import type { SFNClient } from '@aws-sdk/client-sfn';
import { executions } from '../../src/handlers/deployment/step-functions';
import { describeExecution, executionStatus } from '../../src/handlers/executions';

const RUN = 'arn:aws:states:eu-west-1:111122223333:execution:Audience:run-1';
type Command = { readonly constructor: { readonly name: string }; readonly input: object };

/** A Step Functions that gives one answer, or throws one thing. */
function stepFunctions(answer: object): { readonly client: SFNClient; readonly asked: [string, object][] } {
  const asked: [string, object][] = [];
  const send = async ({ constructor: { name }, input }: Command) => {
    asked.push([name, input]);
    if (answer instanceof Error) {
      throw answer;
    }
    return answer;
  };
  return { client: { send } as unknown as SFNClient, asked };
}

const refused = (name: string, httpStatusCode = 400) => Object.assign(new Error('No.'), { name, $fault: 'client', $metadata: { httpStatusCode } });
const GONE = refused('ExecutionDoesNotExist');

describe('the status of an execution', () => {
  test.each([
    ['runs', { status: 'RUNNING' }, 'RUNNING'],
    ['is about to run again', { status: 'PENDING_REDRIVE' }, 'RUNNING'],
    ['succeeded', { status: 'SUCCEEDED' }, 'ENDED'],
    ['failed', { status: 'FAILED' }, 'ENDED'],
    ['timed out', { status: 'TIMED_OUT' }, 'ENDED'],
    ['was stopped', { status: 'ABORTED' }, 'ENDED'],
    ['is not there, or not any more', GONE, 'ENDED'],
    ['has a status that nobody knows yet', { status: 'PAUSED' }, 'UNKNOWN'],
    ['is in an answer without a status', {}, 'UNKNOWN'],
    ['cannot be asked for so often', refused('ThrottlingException'), 'UNKNOWN'],
    ['may not be asked for', refused('AccessDeniedException'), 'UNKNOWN'],
    ['is behind a fault', refused('InternalServerError', 500), 'UNKNOWN'],
    ['is in an answer that cannot be read', new SyntaxError('Unexpected token <'), 'UNKNOWN'],
    ['is named in a way that is refused', refused('InvalidArn'), 'UNKNOWN'],
  ])('that %s is told, and unknown is neither of the others', async (_what, answer, expected) => {
    const { client, asked } = stepFunctions(answer);
    expect(await executionStatus(client, RUN)).toBe(expected);
    expect(asked).toEqual([['DescribeExecutionCommand', { executionArn: RUN }]]);
  });
});

describe('an execution\'s description', () => {
  test('is Step Functions\'', async () => {
    const described = { status: 'SUCCEEDED', output: '{}' };
    expect(await describeExecution(stepFunctions(described).client, RUN)).toEqual({ ok: true, value: described });
  });

  test('is an answer also where there is none, which a fault is not', async () => {
    expect(await describeExecution(stepFunctions(GONE).client, RUN)).toEqual({ ok: true, value: undefined });
    expect(await describeExecution(stepFunctions(refused('InternalServerError', 500)).client, RUN)).toMatchObject({ ok: false, error: { code: 'InternalServerError', doubtful: true } });
  });
});

describe('starting an execution', () => {
  const starting = (answer: object) => {
    const { client, asked } = stepFunctions(answer);
    return { asked, started: executions(client).start('arn:machine', 'run-1', { deployment: { request: 'r' } }) };
  };

  test('hands over its input', async () => {
    const { asked, started } = starting({ executionArn: RUN });
    expect(await started).toEqual({ ok: true, value: undefined });
    expect(asked).toEqual([['StartExecutionCommand', { stateMachineArn: 'arn:machine', name: 'run-1', input: '{"deployment":{"request":"r"}}' }]]);
  });

  test('is done where there is one of this name', async () => {
    expect(await starting(refused('ExecutionAlreadyExists')).started).toEqual({ ok: true, value: undefined });
  });

  test('is refused with any other error', async () => {
    expect(await starting(refused('StateMachineDoesNotExist')).started).toMatchObject({ ok: false, error: { code: 'StateMachineDoesNotExist', message: 'No.', doubtful: false } });
  });
});
