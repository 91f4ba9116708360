import { responseTo, type CloudFormationEvent } from './events';
import { deadlineWithin, retryUntil, type Names, type Ports } from './ports';
import { abandonRequest, askedBy, executionName, recordRequest, rivalOf, verdictOf, type Asked } from './requests';
import { responseBody, type Result as Response } from './response';
import { EXECUTION_ATTRIBUTE, RESULT_ATTRIBUTE } from '../../contract/custom-resource';
import { tableId } from '../../contract/definition';
import { RETRY_SECONDS } from '../../contract/time';
import { changeRunItem, changeTableRecord } from '../record/store';
import { requestOf, type DeploymentRequest, type TableRecord } from '../record/table-record';
import { describe, type Result, type ServiceError } from '../service-error';
import { sentence } from '../text';

/** Puts the event on record and starts its run, which answers; or answers at once. All of it may be done again. */
export async function deploy(event: CloudFormationEvent, ports: Ports): Promise<void> {
  const { RequestType: requestType, RequestId: requestId } = event;
  const { names: { logGroup }, log, put } = ports;
  const beginning = await begin(event, ports).catch((error: Error) => ({ refused: `${error.name}: ${error.message}` }));
  log('refused' in beginning ? 'not started' : 'started', { requestType, requestId, ...beginning });
  const response = immediateResponse(event, beginning, logGroup);
  if (response) {
    const to = responseTo(event);
    await put(to.url, responseBody(to, response));
  }
}

/** What became of an event: its execution, and whether a wait condition listens for that one's end; or why there is none. */
type Beginning = { readonly execution: string; readonly listens: boolean } | { readonly refused: string };

/** Returns what is answered before the run ends; undefined where the run answers. */
function immediateResponse({ RequestType }: CloudFormationEvent, beginning: Beginning, logGroup: string): Response | undefined {
  if ('refused' in beginning) {
    // A Delete goes through whatever happens: nothing of the table's data depends on it.
    return RequestType === 'Delete'
      ? { Status: 'SUCCESS', Data: {} }
      : { Status: 'FAILED', Reason: `${sentence(beginning.refused)} See the log group ${logGroup}.` };
  }
  const { execution, listens } = beginning;
  return listens ? { Status: 'SUCCESS', Data: { [EXECUTION_ATTRIBUTE]: execution, [RESULT_ATTRIBUTE]: '' } } : undefined;
}

async function begin(event: CloudFormationEvent, ports: Ports): Promise<Beginning> {
  const { store, clock, names } = ports;
  const asked = askedBy(event, names.executionPrefix, clock.now());
  const { table, request: { execution, signedAt } } = asked;
  const deadline = deadlineWithin(signedAt + RETRY_SECONDS * 1_000, clock);
  const within = <T>(ask: () => Promise<Result<T>>) => retryUntil(deadline, ask, clock);
  const recorded = await within(() => changeTableRecord(store, table, (record) => recordRequest(record, asked, clock.now()), clock));
  const refused = recorded.ok && refusalOf(recorded.value, asked, clock.now());
  if (refused) {
    return { refused };
  }
  const request = recorded.ok ? requestOf(recorded.value, execution)! : asked.request;
  const listens = request.listens === true;
  // On record before the run is there, which may end at once.
  const noted = recorded.ok ? await within(() => noteRun(asked, listens, event, ports)) : recorded;
  const started = noted.ok ? await within(() => startRun(asked, request, ports)) : noted;
  if (started.ok) {
    return { execution, listens };
  }
  const closed = await changeTableRecord(store, table, (record) => abandonRequest(record, execution), clock);
  if (closed.ok && requestOf(closed.value, execution)?.ended && !requestOf(closed.value, execution)!.isAbandoned) {
    // The answer that it was started has been lost for as long as the run took.
    return { execution, listens };
  }
  return { refused: noted.ok ? unstarted(execution, started.error, closed.ok) : unrecorded(noted.error, names) };
}

/** Notes whom the run's end is told: either the resource waits for it, or the wait condition does. */
const noteRun = ({ table, request, waitHandleUrl }: Asked, listens: boolean, event: CloudFormationEvent, { store, clock }: Ports): Promise<Result<unknown>> =>
  changeRunItem(store, request.execution, (known) => known ?? {
    table, action: request.action, ...(listens ? { waitHandleUrl } : { responses: [responseTo(event)] }),
  }, clock);

const startRun = ({ stateMachineArn }: Asked, { request, answerBy }: DeploymentRequest, { startExecution, names }: Ports): Promise<Result<void>> =>
  startExecution(stateMachineArn, executionName(names.executionPrefix, request), { deployment: { request, answerBy: new Date(answerBy).toISOString() } });

/** Returns why the event has no run of its own; undefined where it has. */
function refusalOf(record: TableRecord, asked: Asked, now: number): string | undefined {
  switch (verdictOf(record, asked, now)) {
    case 'RUN':
      return undefined;
    case 'SUPERSEDED':
      return 'Superseded: CloudFormation has gone on to another deployment of this population, whose event came before this one.';
    case 'CONFLICT':
      return `The table ${tableId(asked.table)} is just being populated by the resource ${rivalOf(record, asked.request, now)?.logicalId} of this `
        + `stack, and ${asked.request.logicalId} is to populate it, too. Keep one of the two.`;
    case 'ABANDONED':
      return 'The population could not be started when this event came for the first time.';
  }
}

const unstarted = (execution: string, error: ServiceError, surely: boolean): string =>
  `${sentence(`The population could not be started. ${describe(error)}`)} Execution ${execution}.${surely ? '' : ' It may run all the same.'}`;

const unrecorded = (error: ServiceError, { recordTable }: Names): string =>
  `${sentence(`The record of populations cannot be reached. ${describe(error)}`)} It is the DynamoDB table ${recordTable}, `
  + 'for which a function in a VPC needs an endpoint. Nothing was started.';
