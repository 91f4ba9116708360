import { resultProperties, responseTo, type CloudFormationEvent } from './events';
import { deadlineWithin, retryUntil, type Ports } from './ports';
import { responseFor } from './report';
import { parsedData, responseBody, signalled, type Result as Response } from './response';
import { RETRY_SECONDS } from '../../contract/time';
import type { PendingResponse, RunItem } from '../record/items';
import { changeRunItem } from '../record/store';
import { describe } from '../service-error';
import { sentence } from '../text';

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
export const withResponse = (run: RunItem | undefined, to: PendingResponse): RunItem | undefined =>
  (!run || run.outcome || run.responses?.some(({ url }) => url === to.url) ? run : { ...run, responses: [...run.responses ?? [], to] });
