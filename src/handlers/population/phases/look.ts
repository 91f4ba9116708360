import { NOBODY, placeToLook, type Line } from '../../record/line';
import { isOpen, untilMoment } from '../../record/moments';
import { withMade, withoutSent, type Made, type PopulationRecord } from '../../record/population-record';
import { firstError, type Answer } from '../../service-error';
import type { LiveVersion, Table } from '../clean-rooms';
import { dueOf, lineage, upstreamDiffers, type Seen } from '../lineage';
import { askAgain, elapsed, fail, go, lingering, succeed, timeIsUp, waiting, type Moment, type Move, type Phase } from '../moves';
import { blocked, failure, NO_VERSION, unchanged } from '../outcome';
import type { Outside } from '../outside';
import { LOOKS_PASS_EVERY, NEXT_IN_LINE, untilLineLook } from '../pacing';
import { hurries, reachPlace, type Place } from '../place';
import type { In, Run } from '../run-state';
import { deployPopulates } from '../whether';
import { givenUp, standDown } from './given-up';
import { freshness, liveIn, madeLive, readTable, type TableFacts } from './observe';
import { ending, isLeftover, settling } from './turn';
import { seeUpstream } from './upstream';

interface Facts {
  readonly line: Answer<Line>;
  readonly record: Answer<PopulationRecord>;
  /** Once it is this run's place. */
  readonly looked?: TableFacts & { readonly upstream: Answer<readonly Seen[]> };
}

/** It is not worth waiting longer for one who does not move. */
const WAITS_TO_LOOK = 120;

/** Reads the table before anything is done to it: is there anything to do, can it be done, and what is there already. */
export const look: Phase<In<'LOOK'>, Facts> = {
  async facts(state, outside) {
    const { cause, definition, settled, made } = state;
    const record = await outside.record.change(definition.record, (known) => withMade(withoutSent(known, settled), made));
    if (!record.ok || cause === 'RELEASE') {
      return { line: { ok: true, value: NOBODY }, record };
    }
    const { line, isReached } = await reaching(state, outside);
    if (!isReached) {
      return { line, record };
    }
    const looked = await readTable(state, outside, record);
    // A chain is decided by all that is upstream; what is built on it directly is its lineage.
    const upstream = await seeUpstream(state, outside, cause === 'AFTER_UPSTREAM' ? undefined : ({ direct }) => direct);
    return { line, record, looked: { ...looked, upstream } };
  },

  decide(state, { line, record, looked }, at) {
    const given = record.ok ? givenUp(state, record.value) : undefined;
    if (given && record.ok) {
      return standDown(state, record.value, given);
    }
    // A step that broke off has gone further than this. What others have left behind was waited for until the time was up.
    if (record.ok && record.value.sent && !(timeIsUp(state, at.now) && isLeftover(state, record.value.sent))) {
      return settling(state, record.value.sent);
    }
    if (state.cause === 'RELEASE' && record.ok) {
      return succeed(state, NO_VERSION);
    }
    const unrecorded = firstError(record, line);
    const error = unrecorded ?? firstError(looked?.table, looked?.upstream);
    if (timeIsUp(state, at.now) && (error || !looked)) {
      return ending(state, at.now, record);
    }
    if (error) {
      return askAgain(state, unrecorded ? 'The record' : 'GetIntermediateTable', error, at);
    }
    if (!looked || !record.ok || !looked.table.ok || !looked.upstream.ok) {
      return inPlace(state, line.ok ? line.value : NOBODY, at);
    }
    return decided(state, looked.table.value, record.value, looked, looked.upstream.value, at);
  },
};

async function reaching(state: Run, outside: Outside): Promise<Place> {
  const isInHaste = hurries(state, outside.clock.now());
  const isNext = (known: Line, now: number) =>
    (placeToLook(known, state.execution) === 0 && !isOpen(known, now)) || elapsed(state, now) > WAITS_TO_LOOK;
  const { line, isReached } = await reachPlace(state, outside, 'NEW', isNext, isLight(state));
  return { line, isReached: isReached || (line.ok && isInHaste) };
}

const isLight = ({ definition }: Run): boolean => !definition.upstream?.length;

function inPlace(state: In<'LOOK'>, line: Line, at: Moment): Move {
  const before = placeToLook(line, state.execution);
  return before <= 1
    ? lingering(state, before === 0 ? untilMoment(line, at.now, isLight(state)) || NEXT_IN_LINE : NEXT_IN_LINE, at)
    : waiting(state, untilLineLook(before, LOOKS_PASS_EVERY, elapsed(state, at.now)), at, 'others of the stack go first');
}

function decided(state: In<'LOOK'>, table: Table, record: PopulationRecord, { details }: TableFacts, upstream: readonly Seen[], at: Moment): Move {
  const live = liveIn(table, at.now);
  const figures = details?.ok ? details.value : undefined;
  const made = madeLive(record, live, figures);
  const looked = { ...state, made, live: freshness(live, made, figures), upstream: lineage(upstream) };
  const due = whetherDue(looked, record, live, made, upstream);
  if (due === 'UNKNOWN') {
    return waiting(state, 5, at, 'nobody can tell whether an upstream table is being populated');
  }
  if (!due) {
    return succeed(looked, live ? unchanged(live, made, figures) : NO_VERSION, adoption(looked, live, made));
  }
  if (timeIsUp(state, at.now)) {
    return ending(state, at.now);
  }
  const problem = blocked(state, table) ?? unpayable(state, table);
  return problem ? fail(looked, problem) : go({ ...looked, phase: 'READY', analysisType: table.analysisType, mayHaveDefaults: table.mayHaveDefaults });
}

function whetherDue(state: In<'LOOK'>, record: PopulationRecord, live: LiveVersion | undefined, made: Made | undefined, upstream: readonly Seen[]): boolean | 'UNKNOWN' {
  const { cause, deployment, startedAt, fingerprint } = state;
  if (cause === 'DEPLOYMENT' && deployment) {
    return deployPopulates({
      deployment, carriedOut: record.carriedOut, isLive: live !== undefined, made, startedAt, upstreamDiffers: upstreamDiffers(made, upstream),
    });
  }
  if (cause === 'AFTER_UPSTREAM') {
    const due = dueOf(record, live?.versionId, upstream);
    return due === 'UNKNOWN' ? due : due === 'NOW';
  }
  // Begun after this run, and of the same definition: another run has done what this one was to do.
  return !(made && made.fingerprint === fingerprint && made.sentAt >= startedAt);
}

/** A deploy that keeps a version of unknown lineage takes it as built from what is there: only what comes after that is new. */
function adoption({ cause, upstream }: In<'LOOK'>, live?: LiveVersion, made?: Made) {
  const isUnknown = upstream && made && Object.keys(upstream).some((record) => made.upstream?.[record] === undefined);
  return cause === 'DEPLOYMENT' && live && isUnknown ? { adopted: { versionId: live.versionId, upstream: { ...upstream, ...made.upstream } } } : {};
}

/** What the service would refuse in words that do not tell of which kind the table is: only that shows what its compute may be. */
function unpayable(state: In<'LOOK'>, { analysisType }: Table) {
  const { type, number = 0 } = state.definition.population.compute ?? {};
  if (analysisType === 'QUERY') {
    return number > 400
      ? failure(state, 'InvalidCompute', `The table is populated by SQL, for which ${number} workers are too many.`, 'Give 2 to 400 `workers`.')
      : undefined;
  }
  const isPossible = !state.definition.population.compute || (type !== undefined && type !== 'CR.8X' && number >= 4);
  return isPossible ? undefined : failure(state, 'InvalidCompute', 'The table is populated by a PySpark job, for which its compute is not possible.',
    'Give both `workerType`, CR.1X or CR.4X, and `workers`, 4 to 1,024; or no compute at all.');
}
