import type { Ended } from './report';
import type { Request } from './start';
import type { RunInput } from '../population/run-state';
import { sentence } from '../text';

/** "Step Functions Execution Status Change": https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html */
export interface ExecutionStatusChange {
  readonly source: 'aws.states';
  readonly detail: {
    readonly executionArn: string;
    readonly status: string;
    readonly input?: string | null;
    readonly error?: string | null;
    readonly cause?: string | null;
  };
}

/**
 * An execution that was stopped, timed out or broke cannot report its own end. One that failed by its own Fail state has reported,
 * unless reporting is what failed.
 */
export function unreported({ detail }: ExecutionStatusChange): Ended | undefined {
  const { status, error, cause, executionArn } = detail;
  const reported = status === 'SUCCEEDED' || status === 'RUNNING' || (status === 'FAILED' && !!error && !/^(States\.|Unreported)/.test(error));
  const input = detail.input ? JSON.parse(detail.input) as RunInput : undefined;
  if (reported || !input?.deployment) {
    return undefined;
  }
  const words = sentence(`The execution ended as ${status}${error ? ` with ${error}` : ''}${cause ? `: ${cause}` : ''}`);
  return {
    execution: executionArn,
    deployment: input.deployment as Request,
    failure: { error: 'ExecutionEnded', analysisId: '', cause: `${words} Execution ${executionArn}. A population that it had started may still be running.` },
  };
}
