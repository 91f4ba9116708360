import type { Definition, Upstream } from '../../../src/contract/definition';
import { fingerprintOf, parametersHash } from '../../../src/contract/hashing';
import type { RunInput } from '../../../src/contract/workflow';
import type { Details, LiveVersion, Table, Version } from '../../../src/handlers/clean-rooms/clean-rooms';
import type { Action } from '../../../src/handlers/population/actions';
import type { Run, Situation } from '../../../src/handlers/population/run';
import { toTableRecord } from '../../../src/handlers/record/items';
import type {
  DeploymentRequest, FinishedAttempt, PopulateAttempt, PopulateRequest, ReleaseRequest, TableRecord,
} from '../../../src/handlers/record/table-record';
import type { Result, ServiceError } from '../../../src/handlers/service-error';

const STARTED_AT = Date.UTC(2026, 10, 23, 6);
/** So many seconds after the run began. */
export const after = (seconds: number): number => STARTED_AT + seconds * 1_000;

export const MACHINE_ARN = 'arn:aws:states:eu-west-1:111122223333:stateMachine:Audience';
export const executionArn = (name: string): string => `${MACHINE_ARN.replace(':stateMachine:', ':execution:')}:${name}`;
export const [OWN, OTHER, DEPLOY] = ['own', 'other', 'deploy'].map(executionArn);

export const TABLE = { membershipIdentifier: 'membership', intermediateTableIdentifier: 'table' };
export const RUN: Run = { execution: OWN, startedAt: STARTED_AT, table: TABLE, logicalId: 'Audience', keepsVersion: false, input: {} };

export const DEFINITION: Definition = {
  parameters: { region: 'north' },
  timeoutSeconds: 3_300,
  cancelOnTimeout: true,
  schedules: [{ name: 'Nightly' }, { name: 'Weekly', parameters: { region: 'west' } }],
};
export const CHANGED: Definition = { ...DEFINITION, triggers: ['2'] };
export const downstreamOf = (...upstream: readonly Upstream[]): Definition => ({ ...DEFINITION, upstream });
export const FINGERPRINT = fingerprintOf(DEFINITION);

/** A deploy that ended well an hour ago. */
export const requestWith = (more: Partial<PopulateRequest> = {}): PopulateRequest => ({
  request: 'request-1',
  logicalId: 'Audience',
  signedAt: after(-3_600),
  execution: DEPLOY,
  answerBy: after(-30),
  action: 'POPULATE',
  mode: 'ON_CHANGE',
  definition: DEFINITION,
  fingerprint: fingerprintOf(more.definition ?? DEFINITION),
  ended: 'SUCCEEDED',
  ...more,
});
export const DEPLOYED = requestWith();
/** One that is open. */
export const deploying = (execution = OWN, more: Partial<PopulateRequest> = {}): PopulateRequest =>
  requestWith({ request: 'request-2', signedAt: after(-5), execution, answerBy: after(3_570), ended: undefined, ...more });
export const releasing = (more: Partial<ReleaseRequest> = {}): DeploymentRequest => {
  const { request, logicalId, signedAt, execution, answerBy } = deploying();
  return { request, logicalId, signedAt, execution, answerBy, action: 'RELEASE', ...more };
};
/** The input of a deployment's run. */
export const OF_DEPLOYMENT: RunInput = { deployment: { request: 'request-2', answerBy: new Date(after(3_570)).toISOString() } };

export const MINE = { lease: { holder: OWN, untilAt: after(200) } };
export const THEIRS = { lease: { holder: OTHER, untilAt: after(200) } };
export const LAPSED = { lease: { holder: OTHER, untilAt: after(50) } };

export const attemptWith = (more: Partial<PopulateAttempt> = {}): PopulateAttempt => ({
  token: 'token',
  state: 'STARTED',
  execution: OWN,
  isDeploy: false,
  request: 'request-1',
  fingerprint: FINGERPRINT,
  definitionFingerprint: FINGERPRINT,
  parameterNames: ['region'],
  parametersHash: parametersHash(DEFINITION.parameters),
  mayHaveDefaults: false,
  analysisType: 'QUERY',
  intendedAt: after(30),
  deadlineAt: after(3_300),
  before: { versions: { createdAt: 0, ids: [] }, analyses: { createdAt: 0, ids: [] } },
  ...(more.state === 'INTENDED' ? {} : { analysisId: 'analysis-1', versionId: 'version-1' }),
  ...more,
});
export const INTENDED = attemptWith({ state: 'INTENDED' });

export const finishedWith = (more: Partial<FinishedAttempt> = {}): FinishedAttempt => ({
  succeeded: true,
  versionId: 'version-1',
  analysisId: 'analysis-1',
  analysisType: 'QUERY',
  isDeploy: false,
  fingerprint: FINGERPRINT,
  definitionFingerprint: FINGERPRINT,
  intendedAt: after(-3_000),
  populatedAt: after(-2_900),
  durationMillis: 60_000,
  billedCrpuHours: 0.5,
  ...more,
});

type Given = Partial<Omit<Situation, 'record' | 'run' | 'now'>> & { readonly seconds?: number; readonly input?: RunInput };

/** A minute after the run began: who is said to hold the lease has renewed it in this step. */
export const situationOf = (
  record: Partial<TableRecord> = { requests: [DEPLOYED] }, { seconds = 60, input = {}, ...more }: Given = {},
): Situation => ({
  run: { ...RUN, input },
  record: toTableRecord(record),
  hints: {},
  now: after(seconds),
  chance: 0,
  hasLease: record.lease?.holder === OWN,
  ...more,
});

export const ok = <T>(value: T): Result<T> => ({ ok: true, value });
export const refusal = (code: string, more: Partial<ServiceError> = {}) =>
  ({ ok: false, error: { code, message: 'No.', outcomeUnknown: false, ...more } }) as const;
export const ERRORS = {
  throttled: refusal('ThrottlingException', { throttled: true }),
  denied: refusal('AccessDeniedException'),
  invalid: refusal('ValidationException', { reason: 'INVALID_QUERY' }),
  missing: refusal('ResourceNotFoundException'),
  conflict: refusal('ConflictException', { reason: 'INVALID_STATE' }),
  quota: refusal('ServiceQuotaExceededException', { quotaName: 'concurrent queries', quotaValue: '2' }),
  unknown: refusal('HTTP 502', { outcomeUnknown: true }),
};

export const details = (status: string, more: Partial<Details> = {}): Result<Details> => ok({ status, ...more });
export const version = (name: string, createdAt: number, status = 'POPULATE_SUCCESS'): Version =>
  ({ versionId: `version-${name}`, analysisId: `analysis-${name}`, createdAt, status });
export const liveVersion = (name: string, more: Partial<LiveVersion> = {}): LiveVersion =>
  ({ versionId: `version-${name}`, analysisId: `analysis-${name}`, analysisType: 'QUERY', ...more });
export const tableWith = (name?: string, more: Partial<Table> = {}): Result<Table> => ok({
  name: 'audience',
  status: name ? 'POPULATE_SUCCESS' : 'CREATED',
  analysisType: 'QUERY',
  mayHaveDefaults: false,
  live: name ? liveVersion(name) : undefined,
  ...more,
});

/** Seen: a table with a live version, one without, and one that cannot be read. */
export const [LIVE, NONE, UNREAD] = [{ table: tableWith('1') }, { table: tableWith() }, { table: ERRORS.throttled }];

/** An action in a few words. */
export function inShort(action: Action): string {
  const endOf = ({ output, failure }: { output?: { status: string; versionId: string }; failure?: { error: string } }) =>
    failure?.error ?? `${output!.status} ${output!.versionId}`.trim();
  switch (action.type) {
    case 'OBSERVE': return `OBSERVE ${action.what}`;
    case 'WAIT': return `${action.polls ? 'POLL' : 'WAIT'} ${Math.round(action.seconds * 10) / 10}`;
    case 'REQUEST_ADMISSION': return `${action.type} ${action.kind}`;
    case 'RECORD_STARTED': return `${action.type} ${action.ids.analysisId}${action.ids.isUnverified ? ' unverified' : ''}`;
    case 'RECORD_CANCELLATION': return `CANCELLATION ${action.cancellation.error}`;
    case 'END': return `END ${endOf(action.ended)}`;
    case 'FINISH': return `FINISH ${endOf(action.outcome)}`;
    default: return action.type;
  }
}
