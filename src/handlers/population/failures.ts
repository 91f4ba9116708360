import type { Situation } from './run';
import { deadlineOf } from './run';
import type { Failure, PopulationOutput } from '../../contract/workflow';
import type { Details, LiveVersion, Table } from '../clean-rooms/clean-rooms';
import { desiredOf } from '../record/desired';
import type { AnalysisType, FinishedAttempt, PopulateAttempt } from '../record/table-record';
import { describe, type ServiceError } from '../service-error';
import { bytesOf, sentence, shortened } from '../text';

/**
 * How many bytes of JSON the words of what happened may take: the response to CloudFormation has 4,096, and up to 1,500 of them
 * are the stack's names, the remedy, the ids and where to look.
 */
const MAX_WHAT_BYTES = 2_500;

type Named = Pick<PopulateAttempt, 'analysisId' | 'analysisType' | 'execution'>;

/** Returns a failure in words that name the service's own error, the table, the query and where to look. */
export function failure({ run }: Pick<Situation, 'run'>, error: string, what: string, remedy?: string, attempt?: Named, retryable: boolean | null = null): Failure {
  const { membershipIdentifier, intermediateTableIdentifier } = run.table;
  const analysisId = attempt?.analysisId;
  const sentences = [
    sentence(shortened(what, (shorter) => bytesOf(JSON.stringify(shorter)) <= MAX_WHAT_BYTES)),
    remedy,
    `Intermediate table ${intermediateTableIdentifier}, membership ${membershipIdentifier}.`,
    analysisId && `${nameOf(attempt.analysisType, true)} ${analysisId}: see Clean Rooms console > Collaborations > Analyses.`,
    `Execution ${attempt?.execution ?? run.execution}.`,
  ];
  return { error, cause: sentences.filter(Boolean).join(' '), analysisId: analysisId ?? '', retryable };
}

/** Returns the same failure, with what else is to be said. */
export const adding = (reason: Failure, more: string): Failure => ({ ...reason, cause: `${reason.cause} ${more}` });

export const nameOf = (type: AnalysisType, begins = false): string => `${begins ? 'P' : 'p'}rotected ${type === 'JOB' ? 'job' : 'query'}`;

const REMEDIES: Record<string, string> = {
  INVALID_QUERY: 'Correct the table\'s stored query or the parameters that it is given.',
  INVALID_CONFIGURATION: 'Check compute, the payer account and the collaboration\'s settings.',
  FIELD_VALIDATION_FAILED: 'Correct the fields that are named.',
  ResourceNotFoundException: 'Does it still exist in this membership, account and region?',
  AccessDeniedException: 'Only the table\'s owner may populate it; check permissions boundaries, service control policies and, with a customer key, the key\'s policy.',
};

/** Returns the failure of a call that asking again cannot mend. */
export function refused(situation: Situation, operation: string, error: ServiceError, attempt?: Named): Failure {
  const remedy = REMEDIES[error.reason ?? ''] ?? REMEDIES[error.code];
  return failure(situation, error.code, `${operation} failed. ${describe(error)}`, remedy, attempt);
}

const BLOCKED = ['DISALLOWED_BY_DATA_PROVIDER', 'BASE_TABLE_REMOVED'];

/** Returns why no populate can be made of the table; undefined where one can. */
export function blocked(situation: Situation, table: Table): Failure | undefined {
  if (!BLOCKED.includes(table.status)) {
    return undefined;
  }
  const remedy = table.status === 'BASE_TABLE_REMOVED'
    ? 'A table that the stored query reads is no longer in the collaboration: restore it, or change the query.'
    : 'A data provider no longer allows this table: ask them to, or change the query.';
  return failure(situation, table.status, `The table cannot be populated. ${table.status}: ${table.statusReason ?? 'no reason given'}`, remedy);
}

const WORDS: Record<string, string> = { FAILED: 'Failed', CANCELLED: 'Cancelled', TIMED_OUT: 'TimedOut' };

/**
 * Returns the failure of a query that ended without success, with the service's own code and message. The message may quote parameters:
 * where their values are not at hand to be masked, it stays unsaid.
 */
export function unsuccessful(situation: Situation, attempt: PopulateAttempt, { status, error }: Details, mayQuote: boolean): Failure {
  const said = error && (mayQuote ? ` ${error.code}: ${error.message}` : ` ${error.code}.`);
  const again = error?.retryable === undefined ? ''
    : error.retryable ? ' Clean Rooms says that the same request may succeed if it is sent again.' : ' Clean Rooms says that the same request would fail again.';
  return failure(situation, `Protected${attempt.analysisType === 'JOB' ? 'Job' : 'Query'}${WORDS[status] ?? status}`,
    `The ${nameOf(attempt.analysisType)} ended as ${status}.${sentence(said ?? ' The service gives no reason.')}${again}`,
    'The table keeps the version that it had.', attempt, error?.retryable ?? null);
}

/** Returns why a run whose time is up ends. */
export function timedOut(situation: Situation, attempt?: Named, more = ''): Failure {
  const { run: { startedAt }, record, hints, now } = situation;
  const timeoutSeconds = desiredOf(record)?.definition.timeoutSeconds;
  const passed = Math.round((now - startedAt) / 1_000);
  const minutes = timeoutSeconds === undefined ? undefined : Math.round(timeoutSeconds / 6) / 10;
  const limit = minutes === undefined ? 'its time' : `its timeout of ${minutes} minute${minutes === 1 ? '' : 's'}`;
  const isCut = timeoutSeconds !== undefined && (deadlineOf(situation) - startedAt) / 1_000 < timeoutSeconds - 1;
  return failure(situation, 'PopulationTimedOut',
    `The population did not end within ${limit} (${passed} seconds).${isCut ? ' CloudFormation would not have waited any longer.' : ''} `
    + `At the end: ${hints.waitingFor ?? 'nothing had been answered'}.${more}`, 'Raise `timeout`, or give the query more workers.', attempt);
}

export const superseded = (situation: Situation, attempt?: Named): Failure => failure(situation, 'Superseded',
  'CloudFormation has gone on to another deployment of this population, as a rollback does.', undefined, attempt);

export const released = (situation: Situation, attempt?: Named): Failure =>
  failure(situation, 'Released', 'The custom resource is being deleted.', undefined, attempt);

/** Returns when a query ended, by the service's clock. */
export const endOf = (details?: Pick<Details, 'createdAt' | 'durationMillis'>): number | undefined =>
  (details?.createdAt === undefined ? undefined : details.createdAt + (details.durationMillis ?? 0));

type Figures = Pick<FinishedAttempt, 'versionId' | 'analysisId' | 'analysisType' | 'populatedAt' | 'durationMillis' | 'billedCrpuHours'>;

export const outputOf = (made: Figures, status: PopulationOutput['status']): PopulationOutput => ({
  versionId: made.versionId ?? '',
  analysisId: made.analysisId,
  analysisType: made.analysisType,
  status,
  populatedAt: made.populatedAt === undefined ? '' : new Date(made.populatedAt).toISOString(),
  durationMillis: made.durationMillis ?? null,
  billedCrpuHours: made.billedCrpuHours ?? null,
});

/** Returns the output of a run that leaves the live version as it is; without its query's figures where they cannot be had. */
export function unchanged(live: LiveVersion, finished?: FinishedAttempt, details?: Details): PopulationOutput {
  const { durationMillis, billedCrpuHours } = details ?? {};
  return outputOf(finished?.populatedAt !== undefined ? { ...finished, ...live } : { ...live, durationMillis, billedCrpuHours, populatedAt: endOf(details) }, 'UNCHANGED');
}

/** What a run answers that leaves a table without any version alone. */
export const NO_VERSION: PopulationOutput = {
  versionId: '', analysisId: '', analysisType: 'QUERY', status: 'UNCHANGED', populatedAt: '', durationMillis: null, billedCrpuHours: null,
};
