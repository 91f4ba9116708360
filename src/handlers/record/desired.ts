import type { DeploymentRequest, PopulateAttempt, PopulateRequest, TableRecord } from './table-record';
import type { Definition, Parameters } from '../../contract/definition';
import { fingerprintOf } from '../../contract/hashing';

/** What is wanted of a table, by what is on record: nothing else says what a run makes. */

/** Returns the request that the data is to follow: the newest that populates, whichever logical id it is of. */
export const desiredOf = ({ requests }: TableRecord): PopulateRequest | undefined =>
  requests.find((request): request is PopulateRequest => request.action === 'POPULATE');

/** Returns the newest request while its run has not ended: only that run may take the lease. */
export function openRequestOf({ requests: [newest] }: TableRecord, now: number): DeploymentRequest | undefined {
  return newest && !newest.ended && now < newest.answerBy ? newest : undefined;
}

/** Returns whether CloudFormation takes back what the request asked for: nothing begins until it has said what is wanted instead. */
export const hasFailed = ({ ended, answerBy }: DeploymentRequest, now: number): boolean =>
  (ended ? ended === 'FAILED' : now >= answerBy);

/** What a run is to make. */
export interface Target {
  readonly definition: Definition;
  readonly parameters: Parameters;
  readonly fingerprint: string;
  readonly definitionFingerprint: string;
}

type Own = Pick<PopulateAttempt, 'schedule' | 'parameters'>;

/** Returns what the newest request that populates makes of what a run brings of its own; undefined where it does not know the schedule. */
export function targetOf(record: TableRecord, { schedule, parameters }: Own): Target | undefined {
  const desired = desiredOf(record);
  const named = schedule === undefined ? undefined : desired?.definition.schedules?.find(({ name }) => name === schedule);
  if (!desired || (schedule !== undefined && !named)) {
    return undefined;
  }
  const { definition, fingerprint: definitionFingerprint } = desired;
  const own = { ...named?.parameters, ...parameters };
  return {
    definition,
    parameters: { ...definition.parameters, ...own },
    fingerprint: Object.keys(own).length ? fingerprintOf(definition, own) : definitionFingerprint,
    definitionFingerprint,
  };
}

/** Returns the target of the attempt's own run, if it would make the same again. */
export function sameTarget(record: TableRecord, attempt: PopulateAttempt): Target | undefined {
  const target = targetOf(record, attempt);
  return target?.fingerprint === attempt.fingerprint ? target : undefined;
}

/** Returns whether the attempt makes what is wanted. A request that has failed wants no attempt of its own. */
export function isWanted({ record, now }: { readonly record: TableRecord; readonly now: number }, attempt: PopulateAttempt): boolean {
  const desired = desiredOf(record);
  const isTakenBack = desired && hasFailed(desired, now) && attempt.request === desired.request;
  return !isTakenBack && sameTarget(record, attempt) !== undefined;
}
