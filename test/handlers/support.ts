import { fingerprintOf } from '../../src/contract/hashing';
import type { Definition } from '../../src/contract/population';
import type { Failure, PopulationOutput } from '../../src/contract/workflow';
import type { Details, Table, Version } from '../../src/handlers/population/clean-rooms';
import type { Moment, Move } from '../../src/handlers/population/moves';
import type { In, Known, Phase, RunState } from '../../src/handlers/population/run-state';
import type { Line } from '../../src/handlers/record/line';
import { EMPTY, type Deployment, type Made, type PopulationRecord, type Sent } from '../../src/handlers/record/population-record';
import type { Answer, ServiceError } from '../../src/handlers/service-error';

export const DEFINITION: Definition = {
  population: { membershipIdentifier: 'membership', intermediateTableIdentifier: 'table', parameters: { region: 'north' } },
  change: {},
  timeoutSeconds: 3_300,
  cancelOnTimeout: true,
  record: 'audience',
};
export const FINGERPRINT = fingerprintOf(DEFINITION);
export const TABLE_ID = 'membership/table';

export const MACHINE_ARN = 'arn:aws:states:eu-west-1:111122223333:stateMachine:Audience';
export const EXECUTION_ARN = executionArn('run-1');
export const STARTED_AT = Date.UTC(2026, 10, 22, 9);

export function executionArn(name: string): string {
  return `${MACHINE_ARN.replace(':stateMachine:', ':execution:')}:${name}`;
}

/** So many seconds after the run's start. */
export const after = (seconds: number, chance = 0): Moment => ({ now: STARTED_AT + seconds * 1_000, chance });

/** Within the time; past the run's own, when it winds up; and past all of it. */
export const IN_TIME = after(100);
export const LATE = after(3_300);
export const TOO_LATE = after(3_600);

export const DEPLOYMENT: Deployment = {
  request: 'request-1',
  requestedAt: STARTED_AT - 2_000,
  execution: EXECUTION_ARN,
  logicalId: 'Audience',
  action: 'POPULATE',
  definition: DEFINITION,
  fingerprint: FINGERPRINT,
  mode: 'ON_CHANGE',
  changed: false,
  answerBy: STARTED_AT + 3_570_000,
};
export const LATER: Deployment = { ...DEPLOYMENT, request: 'request-2', execution: executionArn('run-2'), requestedAt: STARTED_AT + 60_000 };

export const SENT: Sent = {
  execution: EXECUTION_ARN,
  at: STARTED_AT + 10_000,
  table: { membershipIdentifier: 'membership', intermediateTableIdentifier: 'table' },
  parameters: { region: 'north' },
  fingerprint: FINGERPRINT,
  deploys: false,
  analysisType: 'QUERY',
  mayHaveDefaults: false,
  before: { versions: { createTime: 0, ids: [] }, analyses: { createTime: 0, ids: [] } },
};
export const KNOWN: Known = { ...SENT, analysisId: 'analysis-1', versionId: 'version-1' };
/** Of a run that has ended without a word. */
export const DEAD = executionArn('dead');

export const MADE: Made = {
  versionId: 'version-1',
  analysisId: 'analysis-1',
  analysisType: 'QUERY',
  fingerprint: FINGERPRINT,
  execution: EXECUTION_ARN,
  deploys: false,
  sentAt: STARTED_AT + 10_000,
  populatedAt: STARTED_AT + 70_000,
  durationMillis: 60_000,
  billedCrpuHours: 0.5,
};

export const OUTPUT: PopulationOutput = {
  versionId: 'version-1',
  analysisId: 'analysis-1',
  analysisType: 'QUERY',
  status: 'POPULATED',
  populatedAt: new Date(STARTED_AT + 70_000).toISOString(),
  durationMillis: 60_000,
  billedCrpuHours: 0.5,
};
export const FAILURE: Failure = { error: 'PopulationTimedOut', cause: 'Too late.', analysisId: '', retryable: null };

/** What a phase adds to a run. */
const ADDED: { readonly [P in Phase]: object } = {
  BEGIN: {},
  UPSTREAM: {},
  OBSERVE: { cause: 'OBSERVE' },
  TURN: {},
  LOOK: {},
  READY: { analysisType: 'QUERY', mayHaveDefaults: false },
  SEND: { sent: SENT },
  DOUBT: { sent: SENT },
  QUERY: { sent: KNOWN, since: STARTED_AT + 10_000 },
  PUBLISH: { sent: KNOWN, since: STARTED_AT + 70_000, finished: { populatedAt: STARTED_AT + 70_000, durationMillis: 60_000, billedCrpuHours: 0.5 } },
  CANCEL: { sent: KNOWN },
  KEEP: { ended: { output: OUTPUT } },
  CLOSE: { ended: { output: OUTPUT } },
  END: { ended: { output: OUTPUT } },
};

export function stateIn<P extends Phase>(phase: P, change: Partial<In<P>> = {}): In<P> {
  return {
    execution: EXECUTION_ARN,
    startedAt: STARTED_AT,
    deadline: LATE.now,
    limit: LATE.now + 210_000,
    definition: DEFINITION,
    fingerprint: FINGERPRINT,
    cause: 'ORDINARY',
    phase,
    ...ADDED[phase],
    ...change,
  } as unknown as In<P>;
}

/** The same as a deployment's run. */
export const deploying = { cause: 'DEPLOYMENT', deployment: DEPLOYMENT } as const;
/** And of a custom resource that goes. */
export const releasing = { cause: 'RELEASE', deployment: { ...DEPLOYMENT, action: 'RELEASE' } } as const;

export const recordWith = (change: Partial<PopulationRecord> = {}): PopulationRecord => ({ ...EMPTY, turns: [EXECUTION_ARN], ...change });
export const lineOf = (...entries: Line['entries']): Line => ({ entries, room: 0, full: false });

export const ok = <T>(value: T): Answer<T> => ({ ok: true, value });
export const refusal = (code: string, more: Partial<ServiceError> = {}): { readonly ok: false; readonly error: ServiceError } =>
  ({ ok: false, error: { code, message: 'No.', doubtful: false, ...more } });

/** What a call can end with, as the edge hands it over. */
export const ERRORS = {
  throttled: refusal('ThrottlingException', { throttled: true }),
  denied: refusal('AccessDeniedException', { reason: 'INSUFFICIENT_PERMISSIONS' }),
  settling: refusal('ValidationException', { reason: 'IAM_SYNCHRONIZATION_DELAY' }),
  invalid: refusal('ValidationException', { reason: 'INVALID_QUERY' }),
  missing: refusal('ResourceNotFoundException'),
  conflict: refusal('ConflictException', { reason: 'INVALID_STATE' }),
  quota: refusal('ServiceQuotaExceededException', { quotaName: 'concurrent-queries' }),
  internal: refusal('InternalServerException', { doubtful: true }),
  unreadable: refusal('HTTP 403', { message: 'the answer could not be read', doubtful: true }),
};
export const UNKNOWN = ERRORS.unreadable;

export const version = (name: string, createTime: number, status = 'POPULATE_SUCCESS'): Version =>
  ({ versionId: `version-${name}`, analysisId: `analysis-${name}`, createTime, status });

export const details = (status: string, more: Partial<Details> = {}): Answer<Details> => ok({ status, ...more });

export const tableWith = (liveName?: string, more: Partial<Table> = {}): Answer<Table> => ok({
  status: liveName ? 'POPULATE_SUCCESS' : 'CREATED',
  analysisType: 'QUERY',
  mayHaveDefaults: false,
  live: liveName ? { versionId: `version-${liveName}`, analysisId: `analysis-${liveName}`, analysisType: 'QUERY' } : undefined,
  ...more,
});

/** The state that a move leads to, wherever it waits. */
export const stateOf = (move: Move): RunState => ('go' in move ? move.go : move.state);

/** A move in short: the phase that is gone on with at once, or waited in; and why a run ends. */
export function inShort(move: Move): string {
  const state = stateOf(move);
  const ended = 'ended' in state ? ` ${state.ended.failure?.error ?? (state.ended.output?.status)}` : '';
  const giveUp = 'giveUp' in state && state.giveUp ? ` for ${state.giveUp.error}` : '';
  return `${'go' in move ? '' : 'lingers' in move ? 'lingers in ' : 'waits in '}${state.phase}${giveUp}${ended}`;
}
