import { bytesOf, sentence, shortened } from '../text';
import type { Query } from './clean-rooms';
import type { Failure, Next, PopulationOutput, RunState } from './run-state';
import { describe, type ServiceError } from './service-error';

/**
 * How many bytes of JSON the words of what happened may take: the response to CloudFormation has 4,096, and up to 1,500 of them
 * are the stack's names, the remedy, the ids and where to look.
 */
const LONGEST_WHAT = 2_500;

/** Where a run ends: by a report to CloudFormation where one waits for it, otherwise right away. */
const ending = (state: RunState, next: Next): Pick<RunState, 'phase' | 'next' | 'wait'> =>
  ({ phase: 'END', next: state.deployment ? 'REPORT' : next, wait: 0 });

export function succeed(state: RunState, output: PopulationOutput): RunState {
  return { ...state, ...ending(state, 'SUCCEED'), output, failure: undefined };
}

export function fail(state: RunState, reason: Failure): RunState {
  return { ...state, ...ending(state, 'FAIL'), failure: reason, output: undefined };
}

/** A failure in words that name the service's own error, the table, the query and where to look. */
export function failure(state: RunState, error: string, what: string, remedy?: string): Failure {
  const { membershipIdentifier, intermediateTableIdentifier } = state.population;
  const sentences = [
    sentence(shortened(what, (shorter) => bytesOf(JSON.stringify(shorter)) <= LONGEST_WHAT)),
    remedy,
    `Intermediate table ${intermediateTableIdentifier}, membership ${membershipIdentifier}.`,
    state.analysisId && `Protected query ${state.analysisId}: see Clean Rooms console > Collaborations > Analyses.`,
    state.executionArn && `Execution ${state.executionArn}.`,
  ];
  return { error, cause: sentences.filter(Boolean).join(' '), analysisId: state.analysisId ?? '' };
}

const REMEDIES: Record<string, string> = {
  INVALID_QUERY: 'Correct the table\'s stored query or the parameters that it is given.',
  INVALID_CONFIGURATION: 'Check compute, the payer account and the collaboration\'s settings.',
  FIELD_VALIDATION_FAILED: 'Correct the fields that are named.',
  ResourceNotFoundException: 'Does the table still exist in this membership, account and region?',
  AccessDeniedException: 'Only the table\'s owner may populate it; check permissions boundaries, service control policies and, with a customer key, the key\'s policy.',
};

/** The failure of a call that asking again cannot mend. */
export function refused(state: RunState, operation: string, error: ServiceError): Failure {
  return failure(state, error.code, `${operation} failed. ${describe(error)}`, REMEDIES[error.reason ?? ''] ?? REMEDIES[error.code]);
}

export function populated(state: RunState, query: Query): PopulationOutput {
  return describeVersion({ versionId: state.versionId!, analysisId: state.analysisId! }, 'POPULATED', query);
}

/** The output for a version that is live; without its query's figures where they cannot be had. */
export function describeVersion(
  version: { readonly versionId: string; readonly analysisId: string },
  status: PopulationOutput['status'],
  query?: Query,
): PopulationOutput {
  const finished = endOf(query);
  return {
    versionId: version.versionId,
    analysisId: version.analysisId,
    analysisType: 'QUERY',
    status,
    populatedAt: finished === undefined ? '' : new Date(finished).toISOString(),
    durationMillis: query?.durationMillis ?? null,
    billedCrpuHours: query?.billedCrpuHours ?? null,
  };
}

/** When a query ended, by the service's clock. */
export const endOf = (query?: Query): number | undefined =>
  query?.createTime === undefined ? undefined : query.createTime + (query.durationMillis ?? 0);

/** What a run answers that leaves a table without any version alone. */
export const NO_VERSION: PopulationOutput = {
  versionId: '', analysisId: '', analysisType: 'QUERY', status: 'UNCHANGED', populatedAt: '', durationMillis: null, billedCrpuHours: null,
};
