import { DOUBT } from '../../../contract/time';
import { aside } from '../../record/line';
import { isSent, tableOf, type PopulationRecord, type Sent } from '../../record/population-record';
import { firstError, type Answer } from '../../service-error';
import type { Analysis, Details, Table, Version } from '../clean-rooms';
import { candidates, defaultsOf, judge, type Candidate, type Judgement } from '../doubt';
import { allIsOver, askAgain, fail, go, runOf, timedOut, timeIsUp, waiting, type Moment, type Move, type Phase } from '../moves';
import { adding } from '../outcome';
import type { Outside } from '../outside';
import { untilNextLook } from '../pacing';
import type { In, Known } from '../run-state';
import { givenUp } from './given-up';
import { isOwnTable, isWanted, settling } from './turn';

interface Facts {
  readonly record: Answer<PopulationRecord>;
  readonly versions: Answer<readonly Version[]>;
  readonly analyses: Answer<readonly Analysis[]>;
  readonly found: readonly { readonly candidate: Candidate; readonly details: Answer<Details> }[];
}

/** More than these cannot have begun in the moments that count. */
const MOST_CANDIDATES = 6;

/** Looks for what was not there before the intent, and is its own by all that shows. */
export const doubt: Phase<In<'DOUBT'>, Facts> = {
  async facts({ definition, execution, sent }, outside) {
    const { record, cleanRooms } = outside;
    await record.changeLine((line) => aside(line, execution));
    const { analysisType, before } = sent;
    const named = tableOf(sent);
    const recorded = await record.read(definition.record);
    const versions = await cleanRooms.listVersions(named, before.versions.createTime);
    const analyses = await cleanRooms.listAnalyses(named, analysisType, before.analyses.createTime);
    const listed = versions.ok && analyses.ok ? candidates(before, versions.value, analyses.value) : [];
    const found = [];
    for (const candidate of listed.slice(0, MOST_CANDIDATES)) {
      found.push({ candidate, details: await detailsOf(sent, candidate, outside) });
    }
    return { record: recorded, versions, analyses, found };
  },

  decide(state, facts, at) {
    const { record } = facts;
    if (record.ok && record.value.sent && !isSent(record.value, state.sent)) {
      // A step that broke off has settled this one, and gone further.
      return settling(runOf(state), record.value.sent);
    }
    const given = state.giveUp ?? (record.ok ? givenUp(state, record.value) : undefined)
      ?? (timeIsUp(state, at.now) ? timedOut(state, at.now) : undefined);
    const doubting = { ...state, giveUp: given };
    if (allIsOver(state, at.now)) {
      return fail(state, adding(given ?? timedOut(state, at.now), 'A populate may have been sent, whose answer was lost: it may be running, and may go live.'));
    }
    const unread = firstError(facts.versions, facts.analyses);
    if (unread) {
      // What cannot be listed is asked for again until the end: it may be running. Of a table that was replaced there may be nothing to list.
      return askAgain(doubting, 'Looking for the population in doubt', unread, at,
        () => (isOwnTable(state, state.sent) ? waiting(doubting, 10, at) : notAccepted(doubting)));
    }
    return settled(doubting, facts, at);
  },
};

/** With the version's parameters where the query does not show its own. */
async function detailsOf(sent: Sent, { analysisId, versionId }: Candidate, { cleanRooms }: Outside): Promise<Answer<Details>> {
  const named = tableOf(sent);
  const details = await cleanRooms.getAnalysis(named, sent.analysisType, analysisId);
  if (!details.ok || details.value.parameters || details.value.status !== 'SUCCESS') {
    return details;
  }
  const table: Answer<Table> = await cleanRooms.getTable(named);
  const live = table.ok && (table.value.live?.versionId === versionId || table.value.live?.analysisId === analysisId) ? table.value.live : undefined;
  return table.ok ? { ok: true, value: { ...details.value, parameters: live?.parameters } } : table;
}

function settled(state: In<'DOUBT'>, { record, found }: Facts, at: Moment): Move {
  const { sent } = state;
  const defaults = defaultsOf(sent, record);
  const judged = found.map(({ candidate, details }) => ({ candidate, judgement: judge(sent, candidate, details, defaults) }));
  const by = (wanted: Judgement) => judged.find(({ judgement }) => judgement === wanted)?.candidate;
  const own = by('OWN');
  if (own) {
    return known(state, own, false, at);
  }
  const age = (at.now - sent.at) / 1_000;
  if (age < DOUBT || by('UNKNOWN')) {
    return waiting(state, untilNextLook(age, DOUBT), at);
  }
  const possible = by('POSSIBLE');
  return possible ? known(state, possible, true, at) : notAccepted(state);
}

function known(state: In<'DOUBT'>, { analysisId, versionId }: Candidate, unread: boolean, { now }: Moment): Move {
  const sent: Known = { ...state.sent, analysisId, versionId, unread };
  const run = runOf(state);
  return go(state.giveUp || !isWanted(state, sent)
    ? { ...run, phase: 'CANCEL', sent, giveUp: state.giveUp }
    : { ...run, phase: 'QUERY', sent, since: now });
}

function notAccepted(state: In<'DOUBT'>): Move {
  const run = { ...runOf(state), settled: state.sent };
  return state.giveUp ? fail({ ...run, phase: 'LOOK' }, state.giveUp) : go({ ...run, phase: 'LOOK' });
}
