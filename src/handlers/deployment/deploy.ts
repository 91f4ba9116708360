import { askedBy, nameOf, type Asked } from './asked';
import { definitionOf, propertiesOf, signedAt, targetOf, type CloudFormationEvent } from './event';
import { isListening, verdictOf, withAsked, withoutRun } from './newest';
import type { Names, Outside } from './outside';
import { responseBody, type Result } from './response';
import { settled } from './settling';
import { EXECUTION_ATTRIBUTE } from '../../contract/custom-resource';
import { SETTLES } from '../../contract/time';
import type { RunInput } from '../../contract/workflow';
import { awaitedFor, awaitedId, type Awaited, type ResponseTarget } from '../record/awaited';
import { tableId, type Deployment, type PopulationRecord } from '../record/population-record';
import { describe, type Answer, type ServiceError } from '../service-error';
import { sentence } from '../text';

/** Puts the event on record and starts its run, which answers; or answers at once. All of it may be done again. */
export async function deploy(event: CloudFormationEvent, outside: Outside): Promise<void> {
  const { RequestType: requestType, RequestId: requestId } = event;
  const { names: { logGroup }, log, put } = outside;
  const outcome = await begun(event, outside).catch((error: Error) => ({ refused: `${error.name}: ${error.message}` }));
  log('refused' in outcome ? 'not started' : 'started', { requestType, requestId, ...outcome });
  const result = answerTo(event, outcome, logGroup);
  if (result) {
    const target = identified(event);
    await put(target.url, responseBody(target, result));
  }
}

/** What became of an event: its execution, and whether its resource waits for that; or why it has none. */
type Outcome = { readonly execution: string; readonly listens: boolean } | { readonly refused: string };

/** Undefined where the run answers. */
export function answerTo({ RequestType }: CloudFormationEvent, outcome: Outcome, logGroup: string): Result | undefined {
  if ('refused' in outcome) {
    // A delete goes through whatever happens: nothing of the table's data depends on it.
    return RequestType === 'Delete'
      ? { Status: 'SUCCESS', Data: {} }
      : { Status: 'FAILED', Reason: `${sentence(outcome.refused)} See the log group ${logGroup}.` };
  }
  return outcome.listens ? { Status: 'SUCCESS', Data: { [EXECUTION_ATTRIBUTE]: outcome.execution } } : undefined;
}

async function begun(event: CloudFormationEvent, outside: Outside): Promise<Outcome> {
  const { documents, time, names } = outside;
  const deadline = time.now() + SETTLES * 1000;
  const within: Within = (ask) => settled(deadline, ask, time);
  const asked = await askedOf(event, outside, within);
  if (!asked.ok) {
    return { refused: unrecorded(asked.error, names) };
  }
  const recorded = await within(() => documents.change<PopulationRecord>(recordOf(asked.value), (known) => withAsked(known, asked.value)));
  if (!recorded.ok) {
    return { refused: unrecorded(recorded.error, names) };
  }
  const verdict = verdictOf(recorded.value, asked.value);
  if (verdict !== 'RUN') {
    return { refused: REFUSED[verdict] };
  }
  const listens = isListening(recorded.value, asked.value);
  const deployment = recorded.value!.deployment!;
  const { execution } = deployment;
  // On record before the run is there, which may end at once.
  const awaited = await within(() => documents.change<Awaited>(
    awaitedId(execution), (known) => known ?? awaitedBy(asked.value, listens, event), awaitedFor(time.now())));
  const started = awaited.ok ? await within(() => start(asked.value, deployment, outside)) : awaited;
  if (started.ok) {
    return { execution, listens };
  }
  // CloudFormation is going to hear that it failed: a run that was started all the same has to find that on record.
  const marked = await documents.change<PopulationRecord>(recordOf(asked.value), (known) => withoutRun(known, deployment.request));
  return { refused: awaited.ok ? unstarted(execution, started.error, marked.ok) : unrecorded(awaited.error, names) };
}

type Within = <T>(ask: () => Promise<Answer<T>>) => Promise<Answer<T>>;

/** Where the event does not tell when it was sent, the arrival of its first delivery counts. */
async function askedOf(event: CloudFormationEvent, { documents, time, names }: Outside, within: Within): Promise<Answer<Asked>> {
  const by = (requestedAt: number): Asked => askedBy(event, names.executionPrefix, requestedAt);
  const signed = signedAt(event.ResponseURL);
  if (signed !== undefined) {
    return { ok: true, value: by(signed) };
  }
  const now = time.now();
  const awaited = await within(() => documents.read<Awaited>(awaitedId(by(now).deployment.execution)));
  return awaited.ok ? { ok: true, value: by(awaited.value?.requestedAt ?? now) } : awaited;
}

/** Either the resource waits for the run, or the wait condition does. */
const awaitedBy = ({ table, deployment: { requestedAt, action } }: Asked, listens: boolean, event: CloudFormationEvent): Awaited => ({
  requestedAt, action, ...(listens ? { responses: [], waitHandle: propertiesOf(event).WaitHandle } : { responses: [targetOf(event, table)] }),
});

function start({ stateMachineArn }: Asked, { request, answerBy }: Deployment, { executions, names }: Outside): Promise<Answer<void>> {
  const input: RunInput = { deployment: { request, answerBy: new Date(answerBy).toISOString() } };
  return executions.start(stateMachineArn, nameOf(names.executionPrefix, request), input);
}

const recordOf = ({ deployment }: Asked): string => deployment.definition.record;

const REFUSED = {
  OVERTAKEN: 'Superseded: CloudFormation has gone on to another deployment of this population, whose event came before this one.',
  ABANDONED: 'The population could not be started when this event came for the first time.',
};

const unstarted = (execution: string, error: ServiceError, surely: boolean): string =>
  `${sentence(`The population could not be started. ${describe(error)}`)} Execution ${execution}.${surely ? '' : ' It may run all the same.'}`;

const unrecorded = (error: ServiceError, { recordTable }: Names): string =>
  `${sentence(`The record of populations cannot be reached. ${describe(error)}`)} It is the DynamoDB table ${recordTable}, `
  + 'for which a function in a VPC needs an endpoint. Nothing was started.';

/** Errors are answered under the same physical id. */
function identified(event: CloudFormationEvent): ResponseTarget {
  try {
    return targetOf(event, tableId(definitionOf(propertiesOf(event)).population));
  } catch {
    return targetOf(event);
  }
}
