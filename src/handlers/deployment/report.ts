import { responseTo, resultProperties, type CloudFormationEvent } from './events';
import { deadlineWithin, retryUntil, type Ports } from './ports';
import { parsedData, responseBody, signalBody, signalled, type Result as Response } from './response';
import { EXECUTION_ATTRIBUTE, RESULT_ATTRIBUTE } from '../../contract/custom-resource';
import { RETRY_SECONDS } from '../../contract/time';
import type { Ended, PopulationOutput } from '../../contract/workflow';
import type { PendingResponse, RunItem } from '../record/items';
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
export async function report(execution: string, ended: Ended, ports: Ports): Promise<void> {
  const { store, clock, put, log } = ports;
  // Whom it tells of an execution that was stopped is told by nobody else: Lambda itself tries for three minutes.
  const deadline = deadlineWithin(clock.now() + RETRY_SECONDS * 1_000, clock);
  const { run, closed } = await endRun(execution, ended, ports, (ask) => retryUntil(deadline, ask, clock));
  const messages = messagesOf(execution, ended, valueOf(execution, run));
  const told = await Promise.allSettled(messages.map(({ url, body }) => put(url, body)));
  const urls = messages.filter((_, index) => told[index].status === 'fulfilled').map(({ url }) => url);
  if (urls.length) {
    valueOf(execution, await changeRunItem(store, execution, (known) => removeNotified(known, urls), clock));
  }
  const failed = told.find((outcome) => outcome.status === 'rejected');
  if (failed) {
    throw failed.reason;
  }
  // CloudFormation has been told all the same. The machine reports once more.
  valueOf(execution, closed);
  log('reported', { execution, told: urls.length, error: ended.failure?.error });
}

/** Records how a run ended, and closes what it has left behind. A release's run that ends well does so itself: it may go on for others. */
export async function endRun(execution: string, ended: Ended, { store, clock }: Ports, within: Within = (ask) => ask()) {
  const mayGoOn = (action?: RunItem['action']) => action === 'RELEASE' && ended.output !== undefined;
  // First writer wins.
  const record = (known?: RunItem) => (!known || known.outcome || mayGoOn(known.action) ? known : { ...known, outcome: ended });
  const run = await within(() => changeRunItem(store, execution, record, clock));
  const { table, action, outcome } = (run.ok && run.value) || {};
  const closed: Result<unknown> = !table || mayGoOn(action) ? NOTHING_TO_CLOSE
    : await changeTableRecord(store, table, (known) => closeRun(known, execution, outcome?.output !== undefined), clock);
  return { run, closed };
}

type Within = <T>(ask: () => Promise<Result<T>>) => Promise<Result<T>>;

const NOTHING_TO_CLOSE = { ok: true, value: undefined } as const;

function valueOf<T>(execution: string, result: Result<T>): T {
  if (!result.ok) {
    throw new Error(`The record of the execution ${execution} cannot be reached. ${describe(result.error)}`);
  }
  return result.value;
}

/** Ends the run's request, and gives its lease back. An attempt is left to whoever takes the lease once it has run out. */
export function closeRun(record: TableRecord, execution: string, succeeded: boolean): TableRecord {
  const ended = endRequest(record, execution, succeeded);
  return record.attempt ? ended : releaseLease(ended, execution);
}

/** Removes those who have been told: their URLs are credentials. */
function removeNotified(run: RunItem | undefined, urls: readonly string[]): RunItem | undefined {
  return run && {
    ...run,
    responses: run.responses?.filter(({ url }) => !urls.includes(url)),
    waitHandleUrl: run.waitHandleUrl !== undefined && urls.includes(run.waitHandleUrl) ? undefined : run.waitHandleUrl,
  };
}

/** Returns who has not been told yet, and what they are to hear. */
function messagesOf(execution: string, ended: Ended, run: RunItem = {}): readonly { readonly url: string; readonly body: string }[] {
  const { responses = [], waitHandleUrl } = run;
  const response = responseFor(execution, run.outcome ?? ended, run.action);
  return [
    ...(waitHandleUrl ? [{ url: waitHandleUrl, body: signalBody(response) }] : []),
    ...responses.map((pending) => ({ url: pending.url, body: responseBody(pending, response) })),
  ];
}

/** Returns what CloudFormation is told of a run's end. A release succeeds however it ends. */
export function responseFor(execution: string, { output, failure }: Ended, action: RunItem['action'] = 'POPULATE'): Response {
  if (action === 'RELEASE') {
    return { Status: 'SUCCESS', Data: {} };
  }
  if (output) {
    const attributes = { ...attributesOf(output), [EXECUTION_ATTRIBUTE]: execution };
    return { Status: 'SUCCESS', Data: { ...attributes, [RESULT_ATTRIBUTE]: JSON.stringify(attributes) } };
  }
  const { error, cause } = failure!;
  const where = cause.includes(execution) ? '' : ` Execution ${execution}.`;
  return { Status: 'FAILED', Reason: `${sentence(cause ? `${error}: ${cause}` : error)}${where}` };
}

/** CloudFormation has no null: what is not known is an empty text. */
const attributesOf = (output: PopulationOutput): Record<string, string | number> =>
  Object.fromEntries(Object.entries(output).map(([name, value]) => [name, (value ?? '') as string | number]));

/** Answers with the version of a run that was waited for elsewhere: what `versionId` refers to then. */
export async function answerResult(event: CloudFormationEvent, ports: Ports): Promise<void> {
  const { RequestType, RequestId: requestId } = event;
  const to = responseTo(event);
  const response = RequestType === 'Delete' ? { Status: 'SUCCESS' as const, Data: {} } : await resultFor(event, to, ports);
  ports.log(response ? 'answered the result' : 'waits for the result', { requestId, execution: resultProperties(event).Execution });
  if (response) {
    await ports.put(to.url, responseBody(to, response));
  }
}

/** Returns what is told; undefined where the run's own report is going to tell. */
async function resultFor(event: CloudFormationEvent, to: PendingResponse, { store, clock }: Ports): Promise<Response | undefined> {
  const { Execution: execution, Result, Signal } = resultProperties(event);
  const known = [parsedData(Result), signalled(Signal)].find((data) => data?.Execution === execution);
  if (known) {
    return { Status: 'SUCCESS', Data: known };
  }
  const deadline = deadlineWithin(clock.now() + RETRY_SECONDS * 1_000, clock);
  const run = await retryUntil(deadline, () => changeRunItem(store, execution, (item) => withResponse(item, to), clock), clock);
  if (!run.ok) {
    const reason = sentence(`How the execution ${execution} ends cannot be told. ${describe(run.error)}`);
    return { Status: 'FAILED', Reason: `${reason} It goes on.` };
  }
  return run.value
    ? run.value.outcome && responseFor(execution, run.value.outcome)
    : { Status: 'FAILED', Reason: `What came of the execution ${execution} is not on record any more. Populate again.` };
}

/** Adds who asks to those who wait, unless the run has ended: then they are told at once. */
const withResponse = (run: RunItem | undefined, to: PendingResponse): RunItem | undefined =>
  (!run || run.outcome || run.responses?.some(({ url }) => url === to.url) ? run : { ...run, responses: [...run.responses ?? [], to] });
