import type { TableIdentifiers } from '../contract/definition';
import type { Failure, PopulationOutput } from '../contract/workflow';
import type { Details, LiveVersion, Table } from './clean-rooms/clean-rooms';
import type { Overspent } from './record/billing';
import type { AnalysisType, FinishedAttempt, PopulateAttempt } from './record/table-record';
import { describe, type ServiceError } from './service-error';
import { bytesOf, sentence, shortened } from './text';

/**
 * How many bytes of JSON the words of what happened may take: the response to CloudFormation has 4,096, and up to 1,500 of them
 * are the stack's names, the remedy, the ids and where to look.
 */
const MAX_WHAT_BYTES = 2_500;

/** Whose failure it is. */
interface OfRun {
  readonly run: { readonly execution: string; readonly table: TableIdentifiers };
}
export type OfAttempt = Pick<PopulateAttempt, 'analysisId' | 'analysisType' | 'execution'>;

/** Returns a failure in words that name the service's own error, the table, the query and where to look. */
export function failure(
  { run }: OfRun, error: string, what: string, remedy?: string, attempt?: OfAttempt, retryable: boolean | null = null,
): Failure {
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
  AccessDeniedException: 'Only the table\'s owner may populate it; check permissions boundaries, service control policies and, '
    + 'with a customer key, the key\'s policy.',
};

/** Returns the failure of a call that asking again cannot mend. */
export function refused(situation: OfRun, operation: string, error: ServiceError, attempt?: OfAttempt): Failure {
  const remedy = REMEDIES[error.reason ?? ''] ?? REMEDIES[error.code];
  return failure(situation, error.code, `${operation} failed. ${describe(error)}`, remedy, attempt);
}

const BLOCKED: Partial<Record<string, string>> = {
  DISALLOWED_BY_DATA_PROVIDER: 'A data provider no longer allows this table: ask them to, or change the query.',
  BASE_TABLE_REMOVED: 'A table that the stored query reads is no longer in the collaboration: restore it, or change the query.',
};

/** Returns why no populate can be made of the table; undefined where one can. */
export function blocked(situation: OfRun, { status, statusReason = 'no reason given' }: Table): Failure | undefined {
  const remedy = BLOCKED[status];
  return remedy === undefined ? undefined : failure(situation, status, `The table cannot be populated. ${status}: ${statusReason}`, remedy);
}

/** Returns why no populate may be paid for now; undefined where one may. */
export function overspent(situation: OfRun, spent?: Overspent): Failure | undefined {
  const named = spent?.attempts.map(({ succeeded, versionId, analysisId, analysisType, billedCrpuHours = 'an unknown bill' }) =>
    `${succeeded ? `version ${versionId}` : `${nameOf(analysisType)} ${analysisId}, without success`} (${billedCrpuHours})`);
  return spent && failure(situation, 'BillingLimitReached', `Nothing was populated: populates of this table were billed ${spent.crpuHours} `
    + `CRPU-hours in the last 24 hours, and maxBilledCrpuHoursPerDay is ${spent.limit}. From ${new Date(spent.freeAt).toISOString()} on there is `
    + `room again.${named!.length ? ` The last of them: ${named!.join('; ')}.` : ''}`, 'Raise maxBilledCrpuHoursPerDay if so much is meant to be paid.');
}

const WORDS: Record<string, string> = { FAILED: 'Failed', CANCELLED: 'Cancelled', TIMED_OUT: 'TimedOut' };

/**
 * Returns the failure of a query that ended without success, with the service's own code and message. The message may quote parameters:
 * where their values are not at hand to be masked, it stays unsaid.
 */
export function unsuccessful(situation: OfRun, attempt: PopulateAttempt, { status, error }: Details, mayQuote: boolean): Failure {
  const said = error ? ` ${error.code}${mayQuote ? `: ${error.message}` : '.'}` : ' The service gives no reason.';
  const retryable = error?.retryable ?? null;
  const again = retryable === null ? '' : ` Clean Rooms says that the same request ${
    retryable ? 'may succeed if it is sent again' : 'would fail again'}.`;
  return failure(situation, `Protected${attempt.analysisType === 'JOB' ? 'Job' : 'Query'}${WORDS[status] ?? status}`,
    `The ${nameOf(attempt.analysisType)} ended as ${status}.${sentence(said)}${again}`,
    'The table keeps the version that it had.', attempt, retryable);
}

export const superseded = (situation: OfRun, attempt?: OfAttempt): Failure => failure(situation, 'Superseded',
  'CloudFormation has gone on to another deployment of this population, as a rollback does.', undefined, attempt);

export const released = (situation: OfRun, attempt?: OfAttempt): Failure =>
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
  const figures = finished?.populatedAt !== undefined ? finished : { durationMillis, billedCrpuHours, populatedAt: endOf(details) };
  return outputOf({ ...figures, ...live }, 'UNCHANGED');
}

/** What a run answers that leaves a table without any version alone. */
export const NO_VERSION: PopulationOutput = {
  versionId: '', analysisId: '', analysisType: 'QUERY', status: 'UNCHANGED', populatedAt: '', durationMillis: null, billedCrpuHours: null,
};
