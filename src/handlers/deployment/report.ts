import { responseBody, signalBody, type Put, type Result } from './response';
import type { Request } from './start';
import type { Beginning, Failure, PopulationOutput, RunState } from '../population/run-state';
import { sentence } from '../text';

/** What the machine hands over at its end; `broken` where the population function could not even say what went wrong. */
export interface Ended {
  readonly execution?: string;
  readonly deployment?: Request;
  readonly output?: PopulationOutput;
  readonly failure?: Failure;
}

export function resultOf({ output, failure, execution = '', deployment }: Ended): Result {
  return output
    ? { Status: 'SUCCESS', Data: { ...attributes(output), Execution: execution, Definition: deployment?.definition ?? '' } }
    : { Status: 'FAILED', Reason: failure ? `${failure.error}: ${failure.cause}` : 'The run ended without a result.' };
}

/** CloudFormation has no null: what is not known is an empty text. */
export const attributes = (output: PopulationOutput): Record<string, string | number> =>
  Object.fromEntries(Object.entries(output).map(([name, value]) => [name, (value ?? '') as string | number]));

/** Tells everybody who waits for the run. */
export async function report(ended: Ended, put: Put): Promise<void> {
  const { response, waitHandle } = ended.deployment ?? {};
  const result = resultOf(ended);
  if (waitHandle) {
    await put(waitHandle, signalBody(result));
  }
  if (response) {
    await put(response.url, responseBody(response, ended.deployment?.action === 'RELEASE' ? { Status: 'SUCCESS', Data: {} } : result));
  }
}

/** What the machine's Report state hands over: the last state, or, where not even the first step could run, what the run began with. */
export type LastState = (RunState | (Beginning & Pick<RunState, 'failure'>)) & { readonly crash?: { readonly Error?: string; readonly Cause?: string } };

export function endedRun({ crash, ...state }: LastState): Ended {
  const { failure } = state;
  const [execution, deployment, output] = 'phase' in state
    ? [state.executionArn, state.deployment, state.output]
    : [state.execution.Id, state.execution.Input?.deployment, undefined];
  const cause = [failure?.cause, crash && sentence(`${crash.Error}: ${crash.Cause}`), execution && crash && `Execution ${execution}.`].filter(Boolean).join(' ');
  return { execution, deployment: deployment as Request | undefined, output, failure: failure && { ...failure, cause } };
}
