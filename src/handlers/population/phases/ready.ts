import { aside, placeToPopulate, type Line } from '../../record/line';
import { withoutSent, type Newest, type PopulationRecord, type Sent } from '../../record/population-record';
import { firstError, type Answer } from '../../service-error';
import type { Analysis, Version } from '../clean-rooms';
import { before, compared, defaultsOf, isNewer, newestOf, RECENT } from '../doubt';
import { askAgain, elapsed, go, lingering, succeed, timeIsUp, waiting, type Moment, type Move, type Phase } from '../moves';
import { isOver, unchanged } from '../outcome';
import type { Outside } from '../outside';
import { FIRST_IN_LINE, NEXT_IN_LINE, PASSES_EVERY, untilLineLook, untilNextAttempt, untilOwnTry } from '../pacing';
import { hurries, reachPlace, type Place } from '../place';
import type { In, Run } from '../run-state';
import { givenUp, standDown } from './given-up';
import { freshness, liveIn, readTable, type TableFacts } from './observe';
import { ending, settling } from './turn';

interface Facts {
  readonly line: Answer<Line>;
  readonly record: Answer<PopulationRecord>;
  /** Once it is this run's place: what the table has just before the intent. */
  readonly there?: There;
}

interface There {
  readonly versions: Answer<readonly Version[]>;
  readonly analyses: Answer<readonly Analysis[]>;
  /** Where somebody else has made a version meanwhile. */
  readonly others?: TableFacts;
}

/** Populates when it is this run's place in the line, there is room for a query, and nobody else is populating the table. */
export const ready: Phase<In<'READY'>, Facts> = {
  async facts(state, outside) {
    const { definition, settled } = state;
    const [record, { line, isReached }] = await Promise.all([
      outside.record.change(definition.record, (known) => withoutSent(known, settled)), reaching(state, outside),
    ]);
    const there = isReached && record.ok && !record.value.sent ? await whatIsThere(state, outside, record) : undefined;
    if (there && isTaken(there)) {
      await outside.record.changeLine((known) => aside(known, state.execution));
    }
    return { record, line, there };
  },

  decide(state, { record, line, there }, at) {
    const given = record.ok ? givenUp(state, record.value) : undefined;
    if (given && record.ok) {
      return standDown(state, record.value, given);
    }
    if (record.ok && record.value.sent) {
      return settling(state, record.value.sent);
    }
    if (timeIsUp(state, at.now)) {
      return ending(state, at.now, record);
    }
    const error = firstError(record, line);
    if (error) {
      return askAgain(state, 'The record', error, at);
    }
    return there ? populating(state, there, at) : inPlace(state, line.ok ? line.value : undefined, at);
  },
};

async function whatIsThere(state: In<'READY'>, outside: Outside, record: Answer<PopulationRecord>): Promise<There> {
  const { cleanRooms } = outside;
  const { definition: { population }, analysisType, seen } = state;
  const [versions, analyses] = await Promise.all([
    cleanRooms.listVersions(population, state.startedAt - RECENT),
    cleanRooms.listAnalyses(population, analysisType, state.startedAt - RECENT),
  ]);
  const isNew = versions.ok && seen && newerIn(versions.value, seen).length > 0;
  return { versions, analyses, others: isNew ? await readTable(state, outside, record) : undefined };
}

const newerIn = (versions: readonly Version[], seen: Newest): readonly Version[] =>
  versions.filter((each) => each.status === 'POPULATE_SUCCESS' && isNewer(identified(each), seen));

async function reaching(state: Run, outside: Outside): Promise<Place> {
  const chance = outside.chance();
  const isInHaste = state.askedAt === undefined && hurries(state, outside.clock.now());
  const { line, isReached } = await reachPlace(state, outside, 'READY', (known, now) => isNext(state, known, { now, chance }));
  return { line, isReached: isReached || (line.ok && isInHaste) };
}

/** First in line: at once, unless the quota is known to be full; then when a query of the stack's own has ended, or now and then. */
function isNext(state: Run, line: Line, at: Moment): boolean {
  const triedLast = Math.max(state.askedAt ?? state.startedAt, line.askedAt ?? 0);
  return placeToPopulate(line, state.execution) === 0
    && (!line.full || line.room > 0 || at.now - triedLast >= 1_000 * untilOwnTry(elapsed(state, at.now), at.chance));
}

function inPlace(state: In<'READY'>, line: Line | undefined, at: Moment): Move {
  const place = line ? placeToPopulate(line, state.execution) : 1;
  return place <= 1
    ? lingering(state, place === 0 ? FIRST_IN_LINE : NEXT_IN_LINE, at)
    : waiting(state, untilLineLook(place, PASSES_EVERY, elapsed(state, at.now)), at, state.waitingFor ?? 'others of the stack go first');
}

const identified = ({ versionId: id, createTime }: Version) => ({ id, createTime });

function populating(state: In<'READY'>, { versions, analyses, others }: There, at: Moment): Move {
  if (!versions.ok) {
    return askAgain(state, 'ListIntermediateTableVersions', versions.error, at);
  }
  if (!analyses.ok) {
    return askAgain(state, state.analysisType === 'JOB' ? 'ListProtectedJobs' : 'ListProtectedQueries', analyses.error, at);
  }
  const known = { ...state, seen: state.seen ?? newestOf(versions.value.map(identified)) };
  if (others) {
    const taken = takeOver(known, newerIn(versions.value, known.seen), others, at);
    if (taken) {
      return taken;
    }
  }
  const running = runningOf(versions.value, analyses.value);
  if (running) {
    return waiting({ ...known, phase: 'LOOK' }, untilNextAttempt(elapsed(state, at.now), at.chance), at,
      `another population of the table is running (${running})`);
  }
  return go({ ...known, phase: 'SEND', sent: intent(known, before(versions.value, analyses.value), at.now) });
}

/** What somebody else has made since, with equal parameters, is what this run was to make, if it is live. */
function takeOver(state: In<'READY'>, newer: readonly Version[], { table, record, details }: TableFacts, at: Moment): Move | undefined {
  const error = firstError(table, record, details);
  if (error) {
    return askAgain(state, 'Reading a newer version', error, at);
  }
  const live = table.ok ? liveIn(table.value, at.now) : undefined;
  if (!live || !details?.ok || newer.every(({ versionId }) => versionId !== live.versionId)) {
    return undefined;
  }
  const defaults = defaultsOf(state, record);
  const isEqual = compared(details.value.parameters ?? live.parameters, state.definition.population.parameters, defaults) === 'EQUAL';
  return isEqual ? succeed({ ...state, live: freshness(live, undefined, details.value) }, unchanged(live, undefined, details.value)) : undefined;
}

const isTaken = ({ versions, analyses }: There): boolean => versions.ok && analyses.ok && runningOf(versions.value, analyses.value) !== undefined;

/** A version that is listed as begun, unless its query is known to be over; or a query that is not over. */
function runningOf(versions: readonly Version[], analyses: readonly Analysis[]): string | undefined {
  const isKnownOver = (analysisId: string) => analyses.some((each) => each.id === analysisId && isOver(each));
  const version = versions.find(({ status, analysisId }) => status === 'POPULATE_STARTED' && !isKnownOver(analysisId));
  return version?.analysisId ?? analyses.find((each) => !isOver(each))?.id;
}

function intent(state: In<'READY'>, than: Sent['before'], at: number): Sent {
  const { execution, definition: { population }, fingerprint, cause, upstream, analysisType, mayHaveDefaults } = state;
  const { membershipIdentifier, intermediateTableIdentifier, parameters } = population;
  return {
    execution,
    at,
    table: { membershipIdentifier, intermediateTableIdentifier },
    parameters,
    fingerprint,
    deploys: cause === 'DEPLOYMENT',
    analysisType,
    mayHaveDefaults,
    before: than,
    upstream,
  };
}
