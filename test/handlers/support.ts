import type { CleanRooms, Populated, Query, Table, Version } from '../../src/handlers/population/clean-rooms';
import type { Runs } from '../../src/handlers/population/phases/upstream';
import type { Deployment, Phase, Population, RunState } from '../../src/handlers/population/run-state';
import type { Answer, ServiceError } from '../../src/handlers/population/service-error';
import { ALONE, type Siblings } from '../../src/handlers/population/siblings';
import type { Outside } from '../../src/handlers/population/step';

export const POPULATION: Population = {
  membershipIdentifier: '11111111-2222-4333-8444-555555555555',
  intermediateTableIdentifier: 'aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee',
  parameters: { region: 'north' },
  timeoutSeconds: 3300,
  cancelOnTimeout: true,
};

export const MACHINE_ARN = 'arn:aws:states:eu-west-1:111122223333:stateMachine:Audience';
export const EXECUTION_ARN = 'arn:aws:states:eu-west-1:111122223333:execution:Audience:run-1';
export const STARTED_AT = Date.UTC(2026, 10, 22, 9);

export const DEPLOYMENT: Deployment = { action: 'POPULATE', keep: [], mayPopulate: true };

/** A run in `phase`, so many seconds after its start. */
export function stateIn(phase: Phase, change: Partial<RunState> = {}): RunState {
  return {
    population: POPULATION, executionArn: EXECUTION_ARN, startedAt: STARTED_AT, waited: 0, phase, next: 'WAIT', wait: 0, ...KNOWN_IN[phase], ...change,
  };
}

const NOTHING_BEFORE = { createTime: 0, versionIds: [] };
const ACCEPTED = { since: NOTHING_BEFORE, analysisId: 'analysis-1', versionId: 'version-1', queryingSince: 10 };

const KNOWN_IN: Record<Phase, Partial<RunState>> = {
  LOOK: {},
  POPULATE: { since: NOTHING_BEFORE },
  QUERY: ACCEPTED,
  PUBLISH: { ...ACCEPTED, succeededSince: 70 },
  CANCEL: { ...ACCEPTED, cancellingSince: 3300, cancelledFor: { error: 'PopulationTimedOut', cause: 'Too late.', analysisId: 'analysis-1' } },
  RELEASE: {},
  END: {},
};

export const ok = <T>(value: T): Answer<T> => ({ ok: true, value });

export const refusal = (code: string, more: Partial<ServiceError> = {}): { ok: false; error: ServiceError } =>
  ({ ok: false, error: { code, message: 'No.', doubtful: false, ...more } });

/** The modeled errors and the others that a call can end with, as the edge hands them over. */
export const ERRORS = {
  throttled: refusal('ThrottlingException', { message: 'Rate exceeded' }),
  denied: refusal('AccessDeniedException', { reason: 'INSUFFICIENT_PERMISSIONS' }),
  unknownClient: refusal('UnrecognizedClientException'),
  settling: refusal('ValidationException', { reason: 'IAM_SYNCHRONIZATION_DELAY' }),
  invalidQuery: refusal('ValidationException', { reason: 'INVALID_QUERY', message: 'Column "age" does not exist.' }),
  missing: refusal('ResourceNotFoundException'),
  conflict: refusal('ConflictException', { reason: 'INVALID_STATE' }),
  quota: refusal('ServiceQuotaExceededException', { quotaName: 'concurrent-queries' }),
  internal: refusal('InternalServerException', { doubtful: true }),
  lost: refusal('TimeoutError', { doubtful: true, message: 'Request timed out.' }),
};

type Call = keyof CleanRooms;
export interface Answers {
  readonly getTable?: readonly Answer<Table>[];
  readonly listVersions?: readonly Answer<readonly Version[]>[];
  readonly listQueries?: readonly Answer<readonly string[]>[];
  readonly populate?: readonly Answer<Populated>[];
  readonly getQuery?: readonly Answer<Query>[];
  readonly cancelQuery?: readonly Answer<void>[];
}

/** A Clean Rooms that answers from a script. A call that the script does not have is an error: no step may ask more than it has to. */
export class ScriptedRooms implements CleanRooms {
  /** What was asked, in order. */
  readonly calls: string[] = [];
  private readonly left: { [name in Call]?: unknown[] };

  constructor(answers: Answers = {}) {
    this.left = Object.fromEntries(Object.entries(answers).map(([call, given]) => [call, [...given]]));
  }

  getTable = () => this.next<Table>('getTable');
  listVersions = () => this.next<readonly Version[]>('listVersions');
  listQueries = () => this.next<readonly string[]>('listQueries');
  populate = () => this.next<Populated>('populate');
  getQuery = (_: Population, analysisId: string) => this.next<Query>('getQuery', analysisId);
  cancelQuery = (_: Population, analysisId: string) => this.next<void>('cancelQuery', analysisId);

  /** The script's answers that nobody asked for. */
  unasked(): string[] {
    return Object.entries(this.left).flatMap(([call, answers]) => answers?.map(() => call) ?? []);
  }

  private async next<T>(call: Call, analysisId?: string): Promise<Answer<T>> {
    this.calls.push(analysisId ? `${call} ${analysisId}` : call);
    const answers = this.left[call] as Answer<T>[] | undefined;
    if (!answers?.length) {
      throw new Error(`The step asked ${call}, which the test's script does not expect. Asked so far: ${this.calls.join(', ')}.`);
    }
    return answers.shift()!;
  }
}

export interface Circumstances {
  readonly seconds?: number;
  readonly siblings?: Partial<Siblings>;
  readonly chance?: number;
  readonly slots?: number;
  /** The runs of upstream tables, by their state machine. */
  readonly runs?: Readonly<Record<string, Runs>>;
  /** Whether the run's event has started another one before. */
  readonly twin?: boolean;
}

/** The outside world, so many seconds after the run's start. */
export function outsideOf(cleanRooms: CleanRooms, circumstances: Circumstances = {}): Outside {
  const { seconds = 0, siblings = {}, chance = 0, slots = 1, runs = {}, twin = false } = circumstances;
  return {
    cleanRooms,
    siblings: async () => ({ ...ALONE, ...siblings }),
    runsOf: async (stateMachineArn) => runs[stateMachineArn],
    isTwin: async () => twin,
    now: () => STARTED_AT + seconds * 1000,
    chance: () => chance,
    slots,
  };
}

/** Takes a step in a scripted world, and sees to it that the script was played to its end. */
export async function step<T>(take: (outside: Outside) => Promise<T>, answers: Answers, circumstances?: Circumstances): Promise<T> {
  const rooms = new ScriptedRooms(answers);
  const taken = await take(outsideOf(rooms, circumstances));
  expect(rooms.unasked()).toEqual([]);
  return taken;
}

export const version = (name: string, createTime: number, status = 'POPULATE_STARTED'): Version =>
  ({ versionId: `version-${name}`, analysisId: `analysis-${name}`, createTime, status });

export const query = (status: string, more: Partial<Query> = {}): Answer<Query> => ok({ status, ...more });

export const tableWith = (liveName?: string, status = liveName ? 'POPULATE_SUCCESS' : 'CREATED'): Answer<Table> =>
  ok({ status, live: liveName ? { versionId: `version-${liveName}`, analysisId: `analysis-${liveName}` } : undefined });
