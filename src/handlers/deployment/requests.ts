import { requestHash, signedAt, type CloudFormationEvent } from './events';
import { readProperties, readTarget, type Target } from './properties';
import { fingerprintOf, hash } from '../../contract/hashing';
import { ANSWER_MARGIN_SECONDS, MIN_TIMEOUT_SECONDS, resourceTimeoutSeconds, WAIT_CONDITION_LIMIT_SECONDS } from '../../contract/time';
import { endRequest, requestOf, type DeploymentRequest, type TableRecord } from '../record/table-record';

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
  const sentAt = signedAt(ResponseURL) ?? arrivedAt;
  const common = { request, logicalId, signedAt: sentAt, execution: executionArn(target.stateMachineArn, executionName(executionPrefix, request)) };
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

export const executionName = (prefix: string, request: string): string => `${prefix}-${request}`;

const executionArn = (stateMachineArn: string, name: string): string => `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${name}`;

const answerBy = (sentAt: number, limitSeconds: number): number => sentAt + (limitSeconds - ANSWER_MARGIN_SECONDS) * 1_000;

const MAX_REQUESTS = 10;
/** More than a rollback goes back. */
const MAX_WAIT_HANDLES = 50;

/** Records what an event asks for; returns the same record where the event changes nothing. */
export function recordRequest(record: TableRecord, { request, waitHandleUrl }: Asked, now: number): TableRecord {
  const known = newestOf(record, request.logicalId);
  const isKnown = known && [known.request, known.replaces].includes(request.request);
  if (isKnown || (known && known.signedAt > request.signedAt) || rivalOf(record, request, now)) {
    return record;
  }
  const { requests, waitHandles = [] } = record;
  const handle = waitHandleUrl && hash(waitHandleUrl, 16);
  const listening = handle && !waitHandles.includes(handle)
    ? { listens: true, answerBy: answerBy(request.signedAt, WAIT_CONDITION_LIMIT_SECONDS) } : {};
  const recorded: DeploymentRequest = { ...request, ...listening, replaces: known?.request };
  return {
    ...record,
    requests: newestRequests([recorded, ...requests.filter(({ logicalId }) => logicalId !== request.logicalId)]),
    // One that comes again is the newest again: a stack may try many updates in vain.
    ...(handle ? { waitHandles: [handle, ...waitHandles.filter((other) => other !== handle)].slice(0, MAX_WAIT_HANDLES) } : {}),
  };
}

const newestOf = ({ requests }: TableRecord, logicalId: string): DeploymentRequest | undefined =>
  requests.find((request) => request.logicalId === logicalId);

/** Sorts, the newest first, and keeps the last ten. Of the others the newest that populates stays: the data follows it. */
function newestRequests(requests: readonly DeploymentRequest[]): readonly DeploymentRequest[] {
  const sorted = [...requests].sort((a, b) => b.signedAt - a.signedAt);
  const desired = sorted.find(({ action }) => action === 'POPULATE');
  return sorted.filter((request, index) => index < MAX_REQUESTS || request === desired);
}

/** Returns the open request of another resource that populates the same table, as only a template can bring about whose conditions are wrong. */
export function rivalOf({ requests }: TableRecord, { action, logicalId }: DeploymentRequest, now: number): DeploymentRequest | undefined {
  return action === 'RELEASE' ? undefined
    : requests.find((other) => other.action === 'POPULATE' && other.logicalId !== logicalId && !other.ended && now < other.answerBy);
}

/**
 * What is to be done about an event once it is on record.
 * - `RUN`: it is its logical id's newest; its run is to be there.
 * - `SUPERSEDED`: there is a newer one.
 * - `CONFLICT`: another resource populates the same table at the same time.
 * - `ABANDONED`: CloudFormation was told already that it failed.
 */
export type Verdict =
  | 'RUN'
  | 'SUPERSEDED'
  | 'CONFLICT'
  | 'ABANDONED';

export function verdictOf(record: TableRecord, { request }: Asked, now: number): Verdict {
  const recorded = requestOf(record, request.execution);
  if (recorded) {
    return recorded.isAbandoned ? 'ABANDONED' : 'RUN';
  }
  const newest = newestOf(record, request.logicalId);
  const isNewer = newest && (newest.signedAt > request.signedAt || newest.replaces === request.request);
  return !isNewer && rivalOf(record, request, now) ? 'CONFLICT' : 'SUPERSEDED';
}

/** Ends a request that has no run. A run that was started all the same finds that here; one that has ended by itself stays as it is. */
export function abandonRequest(record: TableRecord, execution: string): TableRecord {
  const request = requestOf(record, execution);
  if (!request || request.ended) {
    return record;
  }
  const ended = endRequest(record, execution, false);
  return { ...ended, requests: ended.requests.map((each) => (each.execution === execution ? { ...each, isAbandoned: true } : each)) };
}
