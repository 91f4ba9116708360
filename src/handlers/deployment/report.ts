import { deadlineWithin, retryUntil, type Ports } from './ports';
import { responseBody, signalBody, type Result as Response } from './response';
import { EXECUTION_ATTRIBUTE, RESULT_ATTRIBUTE } from '../../contract/custom-resource';
import { RETRY_SECONDS } from '../../contract/time';
import type { Ended, PopulationOutput } from '../../contract/workflow';
import type { RunItem } from '../record/run-item';
import { changeRunItem, changeTableRecord } from '../record/store';
import { endRequest, releaseLease, type TableRecord } from '../record/table-record';
import { describe, type Result } from '../service-error';
import { sentence } from '../text';

/** Of "Step Functions Execution Status Change": https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html */
export interface ExecutionStatus {
  readonly executionArn: string;
  readonly status: string;
  readonly error?: string | null;
  readonly cause?: string | null;
}

/** Returns how an execution ended that could not say so itself; undefined where it has not, or has ended well. */
export function endOf({ executionArn, status, error, cause }: ExecutionStatus): Ended | undefined {
  if (!['FAILED', 'TIMED_OUT', 'ABORTED'].includes(status)) {
    return undefined;
  }
  // Whatever the population function has said, rather than Step Functions or the machine around it.
  const isOwn = status === 'FAILED' && !!error && !/^(States\.|Unreported)/.test(error);
  const words = sentence(`The execution ended as ${status}${error ? ` with ${error}` : ''}${cause ? `: ${cause}` : ''}`);
  const failure = isOwn ? { error, cause: cause ?? '' } : {
    error: 'ExecutionEnded',
    cause: `${words} Execution ${executionArn}. A population that it had started may still be running.`,
  };
  return { failure: { ...failure, analysisId: '', retryable: null } };
}

/** Tells everybody who waits for the run. Where nobody is on record nothing happens, whatever the execution says of itself. */
export async function report(execution: string, ended: Ended, { store, clock, put, log }: Ports): Promise<void> {
  // Whom it tells of an execution that was stopped is told by nobody else: Lambda itself tries for three minutes.
  const deadline = deadlineWithin(clock.now() + RETRY_SECONDS * 1_000, clock);
  const within = <T>(ask: () => Promise<Result<T>>) => retryUntil(deadline, ask, clock);
  const run = valueOf(execution, await within(() => changeRunItem(store, execution, (known) => recordEnd(known, ended), clock)));
  const closed = await (run?.table ? changeTableRecord(store, run.table, (record) => closeRun(record, execution, !!run.outcome?.output), clock) : undefined);
  const messages = run ? messagesOf(execution, run) : [];
  const told = await Promise.allSettled(messages.map(({ url, body }) => put(url, body)));
  const urls = messages.filter((_, index) => told[index].status === 'fulfilled').map(({ url }) => url);
  if (urls.length) {
    valueOf(execution, await changeRunItem(store, execution, (known) => removeNotified(known, urls), clock));
  }
  const failed = told.find((outcome) => outcome.status === 'rejected');
  if (failed) {
    throw failed.reason;
  }
  // CloudFormation has been told all the same, and the machine reports once more.
  valueOf(execution, closed);
  log('reported', { execution, told: urls.length, error: run?.outcome?.failure?.error });
}

function valueOf<T>(execution: string, result: Result<T> | undefined): T | undefined {
  if (result && !result.ok) {
    throw new Error(`The record of the execution ${execution} cannot be reached. ${describe(result.error)}`);
  }
  return result?.value;
}

/** Records how the run ended. First writer wins. A Delete's is told before its run is over, which may go on as a deploy's would. */
export const recordEnd = (run: RunItem | undefined, ended: Ended): RunItem | undefined =>
  (run && !run.outcome && run.action !== 'RELEASE' ? { ...run, outcome: ended } : run);

/** Closes what a run has left behind that could not do so itself. An attempt of its own is left to whoever takes the lease next. */
export function closeRun(record: TableRecord, execution: string, succeeded: boolean): TableRecord {
  const ended = endRequest(record, execution, succeeded);
  return record.attempt ? ended : releaseLease(ended, execution);
}

/** Removes those who have been told: their URLs are credentials. */
export function removeNotified(run: RunItem | undefined, urls: readonly string[]): RunItem | undefined {
  return run && {
    ...run,
    responses: run.responses?.filter(({ url }) => !urls.includes(url)),
    waitHandleUrl: run.waitHandleUrl !== undefined && urls.includes(run.waitHandleUrl) ? undefined : run.waitHandleUrl,
  };
}

/** Returns who has not been told yet, and what they are to hear. */
function messagesOf(execution: string, { action, responses = [], waitHandleUrl, outcome }: RunItem): readonly { url: string; body: string }[] {
  const response = action === 'RELEASE' ? RELEASED : responseFor(execution, outcome!);
  return [
    ...(waitHandleUrl ? [{ url: waitHandleUrl, body: signalBody(response) }] : []),
    ...responses.map((pending) => ({ url: pending.url, body: responseBody(pending, withResult(response)) })),
  ];
}

const RELEASED: Response = { Status: 'SUCCESS', Data: {} };

/** Returns what CloudFormation is told of a run's end. */
export function responseFor(execution: string, { output, failure }: Ended): Response {
  if (output) {
    return { Status: 'SUCCESS', Data: { ...attributesOf(output), [EXECUTION_ATTRIBUTE]: execution } };
  }
  const { error, cause } = failure!;
  const where = cause.includes(execution) ? '' : ` Execution ${execution}.`;
  return { Status: 'FAILED', Reason: `${sentence(cause ? `${error}: ${cause}` : error)}${where}` };
}

/** CloudFormation has no null: what is not known is an empty text. */
const attributesOf = (output: PopulationOutput): Record<string, string | number> =>
  Object.fromEntries(Object.entries(output).map(([name, value]) => [name, (value ?? '') as string | number]));

/** Adds all attributes as one, for the resource that reads what has been waited for, here or by a wait condition. */
const withResult = (response: Response): Response =>
  (response.Status === 'SUCCESS' ? { ...response, Data: { ...response.Data, [RESULT_ATTRIBUTE]: JSON.stringify(response.Data) } } : response);
