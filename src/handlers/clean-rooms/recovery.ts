import { isOver, type Analysis, type CleanRooms, type Details, type Named, type Version } from './clean-rooms';
import type { Parameters } from '../../contract/definition';
import { parametersHash } from '../../contract/hashing';
import { RECOVERY_SECONDS } from '../../contract/time';
import type { Before, Newest, PopulateAttempt, TableRecord } from '../record/table-record';
import type { Result } from '../service-error';

/** Finding what came of an intent whose answer is not known: a query that was not there before it, and that is nobody's on record. */

export interface Candidate {
  readonly analysisId: string;
  readonly versionId?: string;
  readonly createdAt: number;
}

export interface CandidateSeen {
  readonly candidate: Candidate;
  readonly details: Result<Details>;
}

/** An hour: lists lag by seconds, and what is older than that was there. */
export const RECENT_MILLIS = 3_600_000;

/** Returns the newest moment of a list, and what is of that hour. Only the service's own times are compared with it: clocks differ. */
export function newestOf(items: readonly { readonly id: string; readonly createdAt: number }[]): Newest {
  const createdAt = items.reduce((newest, item) => Math.max(newest, item.createdAt), 0);
  return { createdAt, ids: items.filter((item) => item.createdAt >= createdAt - RECENT_MILLIS).map(({ id }) => id) };
}

export const beforeOf = (versions: readonly Version[], analyses: readonly Analysis[]): Before => ({
  versions: newestOf(versions.map(({ versionId: id, createdAt }) => ({ id, createdAt }))),
  analyses: newestOf(analyses),
});

/** Returns a version that is listed as begun, unless its query is known to be over; or a query that is not over. */
export function runningOf(versions: readonly Version[], analyses: readonly Analysis[]): string | undefined {
  const isKnownOver = (analysisId: string) => analyses.some((each) => each.id === analysisId && isOver(each));
  const version = versions.find(({ status, analysisId }) => status === 'POPULATE_STARTED' && !isKnownOver(analysisId));
  return version?.analysisId ?? analyses.find((each) => !isOver(each))?.id;
}

const isNewer = (id: string, createdAt: number, than: Newest): boolean => createdAt >= than.createdAt && !than.ids.includes(id);

/** Returns what was not there before, in either list: one of them may lag, and the version of a cancelled query may never be listed. */
export function candidatesOf(
  { before }: PopulateAttempt, { history }: TableRecord, versions: readonly Version[], analyses: readonly Analysis[],
): Candidate[] {
  const isAnothers = (id: string) => before.analyses.ids.includes(id) || history.some(({ analysisId }) => analysisId === id);
  const listed = versions
    .filter(({ versionId, analysisId, createdAt }) => isNewer(versionId, createdAt, before.versions) && !isAnothers(analysisId))
    .map(({ versionId, analysisId, createdAt }) => ({ versionId, analysisId, createdAt }));
  const others = analyses
    .filter(({ id, createdAt }) => isNewer(id, createdAt, before.analyses) && !isAnothers(id))
    .filter(({ id }) => listed.every(({ analysisId }) => analysisId !== id))
    .map(({ id, createdAt }) => ({ analysisId: id, createdAt }));
  return [...listed, ...others].sort((a, b) => a.createdAt - b.createdAt);
}

export type Match =
  | 'MATCH'
  /** Nothing speaks against it, and nothing shows that it is. */
  | 'UNVERIFIED'
  | 'MISMATCH'
  | 'UNREADABLE';

/** By how much the clocks of two AWS services may differ. */
const CLOCK_SKEW_MILLIS = 10_000;

/** Tells whose it is. One made with other parameters is somebody else's, however early it is found. */
export function matchCandidate(attempt: PopulateAttempt, { candidate, details }: CandidateSeen, queryDefaults?: Parameters): Match {
  const age = candidate.createdAt - attempt.intendedAt;
  if (age < -CLOCK_SKEW_MILLIS) {
    return 'MISMATCH';
  }
  if (!details.ok) {
    return 'UNREADABLE';
  }
  switch (compareParameters(details.value.parameters, attempt, queryDefaults)) {
    case 'EQUAL': return 'MATCH';
    case 'OTHER': return 'MISMATCH';
    default: return age <= RECOVERY_SECONDS * 1_000 + CLOCK_SKEW_MILLIS ? 'UNVERIFIED' : 'MISMATCH';
  }
}

type Sent = Pick<PopulateAttempt, 'parameterNames' | 'parametersHash' | 'mayHaveDefaults'>;

/** Tells whose parameters these are: the service may show those that were given, those and the stored query's defaults, or none. */
export function compareParameters(
  shown: Parameters | undefined, attempt: Sent, queryDefaults?: Parameters,
): 'EQUAL' | 'OTHER' | 'NOT_SHOWN' {
  if (shown === undefined) {
    return 'NOT_SHOWN';
  }
  const given = Object.fromEntries(Object.entries(shown).filter(([name]) => attempt.parameterNames.includes(name)));
  const further = Object.entries(furtherParameters(shown, attempt));
  if (parametersHash(given) !== attempt.parametersHash || (further.length && !attempt.mayHaveDefaults)) {
    return 'OTHER';
  }
  if (further.length && !queryDefaults) {
    return 'NOT_SHOWN';
  }
  return further.every(([name, value]) => queryDefaults?.[name] === value) ? 'EQUAL' : 'OTHER';
}

/** Returns what the stored query has added to the parameters that it was given. */
export const furtherParameters = (shown: Parameters, { parameterNames }: Pick<Sent, 'parameterNames'>): Parameters =>
  Object.fromEntries(Object.entries(shown).filter(([name]) => !parameterNames.includes(name)));

/** More than these cannot have begun in the moments that count. */
const MAX_CANDIDATES = 6;

/** Reads what may have come of the intent, and whose parameters it shows. */
export async function observeCandidates(
  cleanRooms: CleanRooms, table: Named, attempt: PopulateAttempt, record: TableRecord,
): Promise<Result<readonly CandidateSeen[]>> {
  const versions = await cleanRooms.listVersions(table, attempt.before.versions.createdAt);
  const analyses = await cleanRooms.listAnalyses(table, attempt.analysisType, attempt.before.analyses.createdAt);
  if (!versions.ok || !analyses.ok) {
    return versions.ok ? analyses as Result<never> : versions;
  }
  const found: CandidateSeen[] = [];
  for (const candidate of candidatesOf(attempt, record, versions.value, analyses.value).slice(0, MAX_CANDIDATES)) {
    const details = await cleanRooms.getAnalysis(table, attempt.analysisType, candidate.analysisId);
    found.push({ candidate, details: await withLiveParameters(cleanRooms, table, candidate.analysisId, details) });
  }
  return { ok: true, value: found };
}

/** Adds the version's parameters where the query does not show its own. */
async function withLiveParameters(
  cleanRooms: CleanRooms, named: Named, analysisId: string, details: Result<Details>,
): Promise<Result<Details>> {
  if (!details.ok || details.value.parameters || details.value.status !== 'SUCCESS') {
    return details;
  }
  const table = await cleanRooms.getTable(named);
  const live = table.ok && table.value.live?.analysisId === analysisId ? table.value.live : undefined;
  return table.ok ? { ok: true, value: { ...details.value, parameters: live?.parameters } } : table;
}
