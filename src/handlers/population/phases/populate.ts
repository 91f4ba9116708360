import type { Populated, Query, Table, Version } from '../clean-rooms';
import { untilNextCheck, untilNextLook } from '../pacing';
import type { Population, RunState, Watermark } from '../run-state';
import { describe, kindOf } from '../service-error';
import type { Answer, ServiceError } from '../service-error';
import { askAgain, elapsed, ifBlocked, inDoubt, to, waitFor, type Outside } from '../step';
import { ifQueryWasLost } from './lost';
import { nextAttempt, nextCheck, takeTurn, unchanged } from './turn';

const LIST = 'ListIntermediateTableVersions';

/**
 * Populates once. The API has no idempotency token, so before every populate, and again some seconds after an answer
 * that leaves its effect in doubt, the run looks for a version that began since the run did, and adopts it.
 */
export async function populate(state: RunState, outside: Outside): Promise<RunState> {
  if (await outside.isTwin(state)) {
    return await takeTurn(state, outside) ?? unchanged(state, outside);
  }
  // What is in doubt may have to be adopted, and cancelled, first. Otherwise a run that waits asks Clean Rooms nothing.
  const waiting = state.doubtSince === undefined ? await takeTurn(state, outside) : undefined;
  if (waiting) {
    return waiting;
  }
  const versions = await outside.cleanRooms.listVersions(state.population);
  if (!versions.ok) {
    return askAgain(state, LIST, versions.error, outside);
  }
  const fresh = versionsSince(state.since!, versions.value);
  const adopted = await adopt(state, fresh, outside);
  if (adopted) {
    return adopted;
  }
  if (inDoubt(state, outside.now())) {
    return waitFor(state, untilNextLook(elapsed(state, outside.now()) - state.doubtSince!), outside.now());
  }
  const blocked = await ifQueryWasLost(state, versions.value, outside)
    ?? (state.doubtSince === undefined ? undefined : await takeTurn(state, outside))
    ?? await awaitRunning(state, versions.value, outside);
  if (blocked) {
    return blocked;
  }
  const answer = await outside.cleanRooms.populate(state.population);
  return answer.ok ? querying(state, answer.value, outside) : afterRefusal(state, answer.error, outside);
}

/** Versions that began after the run did, newest first. */
export function versionsSince(since: Watermark, versions: readonly Version[]): Version[] {
  return versions
    .filter(({ createTime, versionId }) => createTime >= since.createTime && !since.versionIds.includes(versionId))
    .sort((a, b) => b.createTime - a.createTime);
}

/**
 * The run goes on with a version that began since it did with its parameters, where there is one:
 * its own, where a populate's answer was lost, otherwise one that somebody else has completed in the meantime.
 */
async function adopt(state: RunState, fresh: readonly Version[], outside: Outside): Promise<RunState | undefined> {
  for (const version of fresh) {
    const query = await queryOf(state, version, outside);
    if (adoptable(state, version, query)) {
      return querying(state, version, outside);
    }
  }
  return undefined;
}

/** The query that made the version, with the version's parameters where the query does not show its own. */
async function queryOf({ population, doubtSince }: RunState, version: Version, { cleanRooms }: Outside): Promise<Answer<Query>> {
  const query = await cleanRooms.getQuery(population, version.analysisId);
  if (!query.ok || query.value.parameters || version.status !== 'POPULATE_SUCCESS') {
    return query;
  }
  const table = await cleanRooms.getTable(population);
  const live = table.ok && table.value.live?.versionId === version.versionId ? table.value.live : undefined;
  // A live version that shows none was made without any, or shows none at all: in doubt that is not to be told.
  const unshown = doubtSince === undefined ? {} : undefined;
  return { ok: true, value: { ...query.value, parameters: live && (live.parameters ?? unshown) } };
}

/** With a populate in doubt, a version whose parameters cannot be read is taken for its own: paying twice is the worse mistake. */
export function adoptable(state: RunState, version: Pick<Version, 'status'>, query: Answer<Query>): boolean {
  const made = query.ok ? query.value.parameters : undefined;
  if (state.doubtSince !== undefined) {
    return made === undefined || includes(made, state.population);
  }
  return version.status === 'POPULATE_SUCCESS' && made !== undefined && includes(made, state.population)
    && Object.keys(made).length === Object.keys(state.population.parameters ?? {}).length;
}

/** The service may add the stored query's defaults to what it was given. */
const includes = (made: Readonly<Record<string, string>>, { parameters = {} }: Population): boolean =>
  Object.entries(parameters).every(([name, value]) => made[name] === value);

/** Waits while the table is being populated by somebody else: a schedule, a person, another stack. */
async function awaitRunning(state: RunState, versions: readonly Version[], outside: Outside): Promise<RunState | undefined> {
  for (const version of versions.filter(({ status }) => status === 'POPULATE_STARTED')) {
    const query = await outside.cleanRooms.getQuery(state.population, version.analysisId);
    if (!query.ok || !ENDED.includes(query.value.status)) {
      return waitFor(state, Math.max(nextAttempt(state, outside), ageWait(query, outside)), outside.now(), {
        waitingFor: `another population of the table is running (version ${version.versionId}, protected query ${version.analysisId})`,
      });
    }
  }
  return undefined;
}

export const ENDED = ['SUCCESS', 'FAILED', 'CANCELLED', 'TIMED_OUT'];

const ageWait = (query: Answer<Query>, { now }: Outside): number =>
  query.ok && query.value.createTime ? untilNextCheck((now() - query.value.createTime) / 1000) : 0;

function querying(state: RunState, { analysisId, versionId }: Populated, outside: Outside): RunState {
  const now = outside.now();
  return waitFor(to('QUERY', state, { analysisId, versionId, doubtSince: undefined, queryingSince: elapsed(state, now), waitingFor: undefined }),
    nextCheck(state, 0, outside), now);
}

async function afterRefusal(state: RunState, error: ServiceError, outside: Outside): Promise<RunState> {
  const now = outside.now();
  if (error.doubtful) {
    return waitFor(state, untilNextLook(0), now, {
      doubtSince: elapsed(state, now), waitingFor: `PopulateIntermediateTable answered ${describe(error)}: it may have been accepted`,
    });
  }
  // An answer that it was not accepted settles any earlier doubt's wait, not the doubt itself.
  const kind = kindOf(error);
  if (kind !== 'CONFLICT' && kind !== 'QUOTA') {
    return askAgain(state, 'PopulateIntermediateTable', error, outside);
  }
  const table = kind === 'CONFLICT' ? await outside.cleanRooms.getTable(state.population) : undefined;
  return afterConflict(state, error, table, outside);
}

/** A conflict passes when the running population ends, unless the table's status says that it cannot. */
export function afterConflict(state: RunState, error: ServiceError, table: Answer<Table> | undefined, outside: Outside): RunState {
  const blocked = table?.ok ? ifBlocked(state, table.value) : undefined;
  return blocked ?? waitFor(state, nextAttempt(state, outside), outside.now(), {
    waitingFor: `PopulateIntermediateTable answered ${describe(error)}`,
  });
}
