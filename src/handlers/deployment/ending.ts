import type { Result } from './response';
import { EXECUTION_ATTRIBUTE } from '../../contract/custom-resource';
import type { Ended, PopulationOutput } from '../../contract/workflow';
import { statusIn, type Execution } from '../executions';
import { sentence } from '../text';

/** How an execution ended, by what Step Functions says of it; undefined where it has not, or that cannot be told. */
export function endOf(executionArn: string, execution: Execution): Ended | undefined {
  if (statusIn(execution) !== 'ENDED') {
    return undefined;
  }
  const { status, output, error, cause } = execution;
  if (status === 'SUCCEEDED') {
    return output ? { output: JSON.parse(output) as PopulationOutput } : undefined;
  }
  if (status === 'FAILED' && isOwn(error)) {
    return { failure: { error, cause: cause ?? '', analysisId: '', retryable: null } };
  }
  const words = sentence(`The execution ended as ${status}${error ? ` with ${error}` : ''}${cause ? `: ${cause}` : ''}`);
  return {
    failure: {
      error: 'ExecutionEnded',
      cause: `${words} Execution ${executionArn}. A population that it had started may still be running.`,
      analysisId: '',
      retryable: null,
    },
  };
}

/** Whether the population function has said it, rather than Step Functions or the machine around it. */
const isOwn = (error?: string | null): error is string => !!error && !/^(States\.|Unreported)/.test(error);

/** What CloudFormation is told of it. */
export function resultOf(executionArn: string, { output, failure }: Ended): Result {
  if (output) {
    return { Status: 'SUCCESS', Data: { ...attributes(output), [EXECUTION_ATTRIBUTE]: executionArn } };
  }
  const { error, cause } = failure!;
  const where = cause.includes(executionArn) ? '' : ` Execution ${executionArn}.`;
  return { Status: 'FAILED', Reason: `${sentence(cause ? `${error}: ${cause}` : error)}${where}` };
}

/** CloudFormation has no null: what is not known is an empty text. */
const attributes = (output: PopulationOutput): Record<string, string | number> =>
  Object.fromEntries(Object.entries(output).map(([name, value]) => [name, (value ?? '') as string | number]));
