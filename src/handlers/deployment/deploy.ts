import { responseTo, type CloudFormationEvent } from './events';
import { deadlineWithin, retryUntil, type Ports } from './ports';
import { closeRun, endRun, responseFor } from './report';
import { askedBy, newestOf, recordRequest, refusalOf, type Asked } from './requests';
import { responseBody, type Result as Response } from './response';
import { EXECUTION_ATTRIBUTE, RESULT_ATTRIBUTE } from '../../contract/custom-resource';
import { RETRY_SECONDS } from '../../contract/time';
import type { RunItem } from '../record/items';
import { changeRunItem, changeTableRecord } from '../record/store';
import type { DeploymentRequest } from '../record/table-record';
import { describe, type Result, type ServiceError } from '../service-error';
import { sentence } from '../text';

/** Puts the event on record and starts its run, which answers; or answers at once. All of it may be done again. */
export async function deploy(event: CloudFormationEvent, ports: Ports): Promise<void> {
  const { RequestType: requestType, RequestId: requestId } = event;
  const response = await begin(event, ports).catch((error: Error) => failed(`${error.name}: ${error.message}`, ports));
  ports.log(response ? 'answered' : 'the run answers', { requestType, requestId, response });
  if (response) {
    const to = responseTo(event);
    // A Delete goes through whatever happens: nothing of the table's data depends on it.
    await ports.put(to.url, responseBody(to, requestType === 'Delete' ? { Status: 'SUCCESS', Data: {} } : response));
  }
}

const failed = (words: string, { names: { logGroup } }: Ports): Response =>
  ({ Status: 'FAILED', Reason: `${sentence(words)} See the log group ${logGroup}.` });

/** Returns what is answered at once; undefined where the run's report answers. */
async function begin(event: CloudFormationEvent, ports: Ports): Promise<Response | undefined> {
  const { store, clock, names } = ports;
  const asked = askedBy(event, names.executionPrefix, clock.now());
  const { table, request: { logicalId, signedAt } } = asked;
  const deadline = deadlineWithin(signedAt + RETRY_SECONDS * 1_000, clock);
  const within = <T>(ask: () => Promise<Result<T>>) => retryUntil(deadline, ask, clock);
  const recorded = await within(() => changeTableRecord(store, table, (record) => recordRequest(record, asked, clock.now()), clock));
  const refusal = recorded.ok ? refusalOf(recorded.value, asked, clock.now()) : undefined;
  if (refusal) {
    return failed(refusal, ports);
  }
  const request = recorded.ok ? newestOf(recorded.value, logicalId)! : asked.request;
  const { execution } = request;
  // On record before the run is there, which may end at once.
  const noted = recorded.ok ? await within(() => noteRun(event, asked, request, ports)) : recorded;
  if (!noted.ok) {
    // The request may be on record all the same, and would be waited for.
    await changeTableRecord(store, table, (record) => closeRun(record, execution, false), clock);
    return failed(unrecorded(noted.error, names.recordTable), ports);
  }
  if (noted.value.outcome) {
    return responseFor(execution, noted.value.outcome);
  }
  const started = await within(() => startRun(request, ports));
  if (!started.ok) {
    return abandon(execution, started.error, ports);
  }
  ports.log('started', { execution });
  return request.listens ? { Status: 'SUCCESS', Data: { [EXECUTION_ATTRIBUTE]: execution, [RESULT_ATTRIBUTE]: '' } } : undefined;
}

/** Notes whom the run's end is told: either the resource waits for it, or a wait condition does. */
function noteRun(event: CloudFormationEvent, { table, waitHandleUrl }: Asked, request: DeploymentRequest, { store, clock }: Ports) {
  const { action, execution, listens } = request;
  const waiting: RunItem = listens ? { waitHandleUrl } : { responses: [responseTo(event)] };
  return changeRunItem(store, execution, (known = { table, action, ...waiting }) => known, clock);
}

function startRun({ request, execution, answerBy }: DeploymentRequest, ports: Ports): Promise<Result<void>> {
  const name = execution.split(':').at(-1)!;
  const stateMachineArn = execution.slice(0, -name.length - 1).replace(':execution:', ':stateMachine:');
  return ports.startExecution(stateMachineArn, name, { deployment: { request, answerBy: new Date(answerBy).toISOString() } });
}

/** Ends a run that could not be started. Should it have been, it finds that on record; should it have ended, what it has said counts. */
async function abandon(execution: string, error: ServiceError, ports: Ports): Promise<Response> {
  const words = `${sentence(`The population could not be started. ${describe(error)}`)} Execution ${execution}.`;
  const cause = `${words} See the log group ${ports.names.logGroup}.`;
  const { run } = await endRun(execution, { failure: { error: 'PopulationNotStarted', cause, analysisId: '', retryable: null } }, ports);
  return run.ok && run.value?.outcome ? responseFor(execution, run.value.outcome) : failed(`${words} It may run all the same.`, ports);
}

const unrecorded = (error: ServiceError, recordTable: string): string =>
  `${sentence(`The record of populations cannot be reached. ${describe(error)}`)} It is the DynamoDB table ${recordTable}, `
  + 'for which a function in a VPC needs an endpoint. Nothing was started.';
