import { DescribeExecutionCommand, type SFNClient } from '@aws-sdk/client-sfn';
import { answered, type Answer } from './service-error';

/** What Step Functions says of an execution. */
export interface Execution {
  readonly status?: string;
  /** As JSON. */
  readonly output?: string | null;
  readonly error?: string | null;
  readonly cause?: string | null;
}

/** `UNKNOWN` is neither of the others: ask again. */
export type ExecutionStatus = 'RUNNING' | 'ENDED' | 'UNKNOWN';

/** Undefined where there is no such execution, or none any more: Step Functions keeps them for 90 days. */
export async function describeExecution(client: SFNClient, executionArn: string): Promise<Answer<Execution | undefined>> {
  const answer = await answered(() => client.send(new DescribeExecutionCommand({ executionArn })));
  return !answer.ok && answer.error.code === 'ExecutionDoesNotExist' ? { ok: true, value: undefined } : answer;
}

export async function executionStatus(client: SFNClient, executionArn: string): Promise<ExecutionStatus> {
  const answer = await describeExecution(client, executionArn);
  return answer.ok ? statusIn(answer.value) : 'UNKNOWN';
}

/** Of an answer: an execution that is not there has ended. */
export function statusIn(execution: Execution | undefined): ExecutionStatus {
  switch (execution?.status) {
    case 'RUNNING':
    case 'PENDING_REDRIVE':
      return 'RUNNING';
    case 'SUCCEEDED':
    case 'FAILED':
    case 'TIMED_OUT':
    case 'ABORTED':
      return 'ENDED';
    default:
      return execution ? 'UNKNOWN' : 'ENDED';
  }
}
