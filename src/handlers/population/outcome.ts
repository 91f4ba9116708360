import type { Failure, PopulationOutput } from '../../contract/workflow';
import type { Made } from '../record/population-record';
import { describe, type ServiceError } from '../service-error';
import { bytesOf, sentence, shortened } from '../text';
import type { Details, LiveVersion } from './clean-rooms';
import type { Finished, RunState } from './run-state';

/**
 * How many bytes of JSON the words of what happened may take: the response to CloudFormation has 4,096, and up to 1,500 of them
 * are the stack's names, the remedy, the ids and where to look.
 */
const LONGEST_WHAT = 2_500;

/** A failure in words that name the service's own error, the table, the query and where to look. */
export function failure(state: RunState, error: string, what: string, remedy?: string, retryable: boolean | null = null): Failure {
  const { membershipIdentifier, intermediateTableIdentifier } = state.definition.population;
  const analysis = 'sent' in state && state.sent.analysisId ? state.sent : undefined;
  const sentences = [
    sentence(shortened(what, (shorter) => bytesOf(JSON.stringify(shorter)) <= LONGEST_WHAT)),
    remedy,
    `Intermediate table ${intermediateTableIdentifier}, membership ${membershipIdentifier}.`,
    analysis && `${nameOf(analysis.analysisType, true)} ${analysis.analysisId}: see Clean Rooms console > Collaborations > Analyses.`,
    `Execution ${state.execution}.`,
  ];
  return { error, cause: sentences.filter(Boolean).join(' '), analysisId: analysis?.analysisId ?? '', retryable };
}

/** The same failure, with what else is to be said. */
export const adding = (reason: Failure, more: string): Failure => ({ ...reason, cause: `${reason.cause} ${more}` });

export const nameOf = (type: string, begins = false): string => `${begins ? 'P' : 'p'}rotected ${type === 'JOB' ? 'job' : 'query'}`;

const REMEDIES: Record<string, string> = {
  INVALID_QUERY: 'Correct the table\'s stored query or the parameters that it is given.',
  INVALID_CONFIGURATION: 'Check compute, the payer account and the collaboration\'s settings.',
  FIELD_VALIDATION_FAILED: 'Correct the fields that are named.',
  ResourceNotFoundException: 'Does it still exist in this membership, account and region?',
  AccessDeniedException: 'Only the table\'s owner may populate it; check permissions boundaries, service control policies and, with a customer key, the key\'s policy.',
};

/** The failure of a call that asking again cannot mend. */
export function refused(state: RunState, operation: string, error: ServiceError): Failure {
  return failure(state, error.code, `${operation} failed. ${describe(error)}`, REMEDIES[error.reason ?? ''] ?? REMEDIES[error.code]);
}

const BLOCKED = ['DISALLOWED_BY_DATA_PROVIDER', 'BASE_TABLE_REMOVED'];

/** Why no populate can be made of the table; undefined where one can. */
export function blocked(state: RunState, table: { readonly status: string; readonly statusReason?: string }): Failure | undefined {
  if (!BLOCKED.includes(table.status)) {
    return undefined;
  }
  const remedy = table.status === 'BASE_TABLE_REMOVED'
    ? 'A table that the stored query reads is no longer in the collaboration: restore it, or change the query.'
    : 'A data provider no longer allows this table: ask them to, or change the query.';
  return failure(state, table.status, `The table cannot be populated. ${table.status}: ${table.statusReason ?? 'no reason given'}`, remedy);
}

/** Of queries and jobs alike. */
const OVER = ['SUCCESS', 'FAILED', 'CANCELLED', 'TIMED_OUT'];
export const isOver = ({ status }: { readonly status: string }): boolean => OVER.includes(status);

const WORDS: Record<string, string> = { FAILED: 'Failed', CANCELLED: 'Cancelled', TIMED_OUT: 'TimedOut' };

/** The failure of a query that ended without success, with the service's own code and message. */
export function unsuccessful(state: RunState, type: string, { status, error }: Details): Failure {
  const why = error ? ` ${error.code}: ${error.message}` : ' The service gives no reason.';
  const again = error?.retryable === undefined ? ''
    : error.retryable ? ' Clean Rooms says that the same request may succeed if it is sent again.' : ' Clean Rooms says that the same request would fail again.';
  return failure(state, `Protected${type === 'JOB' ? 'Job' : 'Query'}${WORDS[status] ?? status}`,
    `The ${nameOf(type)} ended as ${status}.${sentence(why)}${again}`, 'The table keeps the version that it had.', error?.retryable ?? null);
}

/** When a query ended, by the service's clock. */
export const endOf = (details?: Pick<Details, 'createTime' | 'durationMillis'>): number | undefined =>
  (details?.createTime === undefined ? undefined : details.createTime + (details.durationMillis ?? 0));

export const finishedBy = (details: Details): Finished =>
  ({ populatedAt: endOf(details), durationMillis: details.durationMillis, billedCrpuHours: details.billedCrpuHours });

export const outputOf = (made: Made, status: PopulationOutput['status']): PopulationOutput => ({
  versionId: made.versionId,
  analysisId: made.analysisId,
  analysisType: made.analysisType,
  status,
  populatedAt: made.populatedAt === undefined ? '' : new Date(made.populatedAt).toISOString(),
  durationMillis: made.durationMillis ?? null,
  billedCrpuHours: made.billedCrpuHours ?? null,
});

/** The output of a run that leaves the live version as it is; without its query's figures where they cannot be had. */
export function unchanged(live: LiveVersion, made?: Made, details?: Details): PopulationOutput {
  const { durationMillis, billedCrpuHours } = details ?? {};
  return outputOf(made ?? {
    ...live, durationMillis, billedCrpuHours, populatedAt: endOf(details), fingerprint: '', execution: '', deploys: false, sentAt: 0,
  }, 'UNCHANGED');
}

/** What a run answers that leaves a table without any version alone. */
export const NO_VERSION: PopulationOutput = {
  versionId: '', analysisId: '', analysisType: 'QUERY', status: 'UNCHANGED', populatedAt: '', durationMillis: null, billedCrpuHours: null,
};
