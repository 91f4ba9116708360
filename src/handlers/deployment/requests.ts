import { requestHash, signedAt, type CloudFormationEvent } from './events';
import { readProperties, readTarget, type Target } from './properties';
import { tableId } from '../../contract/definition';
import { fingerprintOf, hash } from '../../contract/hashing';
import { ANSWER_MARGIN_SECONDS, MIN_TIMEOUT_SECONDS, resourceTimeoutSeconds, WAIT_CONDITION_LIMIT_SECONDS } from '../../contract/time';
import type { DeploymentRequest, TableRecord } from '../record/table-record';

/** What an event asks for. */
export interface Asked extends Target {
  readonly request: DeploymentRequest;
  /** The handle that the event brings: a wait condition listens there, unless it has listened before. */
  readonly waitHandleUrl?: string;
}

/** Reads an event. Where its URL does not tell when it was sent, its arrival counts. @throws InvalidDefinition */
export function askedBy(event: CloudFormationEvent, executionPrefix: string, arrivedAt: number): Asked {
  const { RequestType, ResponseURL, LogicalResourceId: logicalId, ResourceProperties, OldResourceProperties } = event;
  const target = readTarget(ResourceProperties);
  const request = requestHash(event);
  const execution = `${target.stateMachineArn.replace(':stateMachine:', ':execution:')}:${executionPrefix}-${request}`;
  const sentAt = signedAt(ResponseURL) ?? arrivedAt;
  const common = { request, logicalId, signedAt: sentAt, execution };
  if (RequestType === 'Delete') {
    const timeoutSeconds = Number(ResourceProperties.TimeoutSeconds) || MIN_TIMEOUT_SECONDS;
    return { ...target, request: { ...common, action: 'RELEASE', answerBy: answerBy(sentAt, resourceTimeoutSeconds(timeoutSeconds)) } };
  }
  const { definition, mode, synthesis, waitHandleUrl } = readProperties(ResourceProperties);
  return {
    ...target,
    waitHandleUrl: waitHandleUrl === OldResourceProperties?.WaitHandle ? undefined : waitHandleUrl,
    request: {
      ...common,
      action: 'POPULATE',
      answerBy: answerBy(sentAt, resourceTimeoutSeconds(definition.timeoutSeconds)),
      mode,
      definition,
      fingerprint: fingerprintOf(definition),
      synthesis,
    },
  };
}

const answerBy = (sentAt: number, limitSeconds: number): number => sentAt + (limitSeconds - ANSWER_MARGIN_SECONDS) * 1_000;

const MAX_REQUESTS = 10;
/** More than a rollback goes back. */
const MAX_WAIT_HANDLES = 50;

/** Records what an event asks for; returns the same record where the event changes nothing. */
export function recordRequest(record: TableRecord, { request, waitHandleUrl }: Asked, now: number): TableRecord {
  const known = newestOf(record, request.logicalId);
  if (known?.request === request.request || isSuperseded(request, known) || rivalOf(record, request, now)) {
    return record;
  }
  const { requests, waitHandles = [] } = record;
  const handle = waitHandleUrl && hash(waitHandleUrl, 16);
  const listening = handle && !waitHandles.includes(handle)
    ? { listens: true, answerBy: answerBy(request.signedAt, WAIT_CONDITION_LIMIT_SECONDS) } : {};
  const recorded: DeploymentRequest = { ...request, ...listening, execution: executionOf(record, request), replaces: known?.request };
  return {
    ...record,
    requests: newestRequests([recorded, ...requests.filter(({ logicalId }) => logicalId !== request.logicalId)]),
    // One that comes again is the newest again: a stack may try many updates in vain.
    ...(handle ? { waitHandles: [handle, ...waitHandles.filter((other) => other !== handle)].slice(0, MAX_WAIT_HANDLES) } : {}),
  };
}

/**
 * A Delete whose table another resource goes on populating, as after a rename, runs on that one's machine: CloudFormation deletes its own
 * as soon as it is answered, and with it all that is left to do.
 */
function executionOf({ requests }: TableRecord, { action, logicalId, execution }: DeploymentRequest): string {
  const heir = action === 'RELEASE' ? requests.find((other) => other.action === 'POPULATE' && other.logicalId !== logicalId) : undefined;
  return heir ? heir.execution.replace(/[^:]+$/, execution.split(':').at(-1)!) : execution;
}

export const newestOf = ({ requests }: TableRecord, logicalId: string): DeploymentRequest | undefined =>
  requests.find((request) => request.logicalId === logicalId);

const isSuperseded = ({ request, signedAt: sentAt }: DeploymentRequest, newest?: DeploymentRequest): boolean =>
  newest !== undefined && (newest.signedAt > sentAt || newest.replaces === request);

/** Sorts, the newest first, and keeps ten. Releases go first: a rename that fails often does not push out what it goes back to. */
function newestRequests(requests: readonly DeploymentRequest[]): readonly DeploymentRequest[] {
  const sorted = [...requests].sort((a, b) => b.signedAt - a.signedAt);
  const kept = ['POPULATE', 'RELEASE'].flatMap((action) => sorted.filter((request) => request.action === action)).slice(0, MAX_REQUESTS);
  return sorted.filter((request) => kept.includes(request));
}

/** Returns another resource's open request to populate the same table, which synthesis could not see, as with conditions. */
const rivalOf = ({ requests }: TableRecord, { action, logicalId }: DeploymentRequest, now: number): DeploymentRequest | undefined =>
  (action === 'RELEASE' ? undefined
    : requests.find((other) => other.action === 'POPULATE' && other.logicalId !== logicalId && !other.ended && now < other.answerBy));

/** Returns why an event has no run; undefined where it is its logical id's newest on record, and its run is to be there. */
export function refusalOf(record: TableRecord, { request, table }: Asked, now: number): string | undefined {
  const newest = newestOf(record, request.logicalId);
  if (newest?.request === request.request) {
    return undefined;
  }
  const rival = isSuperseded(request, newest) ? undefined : rivalOf(record, request, now);
  return rival
    ? `Table ${tableId(table)} is being populated by ${rival.logicalId}, and ${request.logicalId} is to populate it, too. Keep one of them.`
    : 'Superseded: CloudFormation has gone on to another deployment of this population, whose event came before this one.';
}
