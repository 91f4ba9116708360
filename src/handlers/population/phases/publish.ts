import { begunBy, tableOf, type Made, type PopulationRecord } from '../../record/population-record';
import { firstError, type Answer } from '../../service-error';
import type { Details, LiveVersion, Table } from '../clean-rooms';
import { compared, defaultsOf } from '../doubt';
import { allIsOver, askAgain, fail, go, lingering, runOf, succeed, waiting, type Moment, type Move, type Phase } from '../moves';
import { adding, failure, nameOf, outputOf } from '../outcome';
import { LOOKS_EVERY, NEXT_IN_LINE } from '../pacing';
import { givingWay, takesMoment } from '../place';
import type { In } from '../run-state';
import { givenUp } from './given-up';
import { isLeftover } from './turn';

/** Undefined while others of the stack go first. */
type Facts = undefined | {
  readonly table: Answer<Table>;
  readonly record: Answer<PopulationRecord>;
  /** Of a query that was taken for its own although nothing showed its parameters. */
  readonly details?: Answer<Details>;
};

/** How long a version may take from its query's success until it is the live one. */
const GOES_LIVE_WITHIN = 900;
/** One that was left behind may have been live, and replaced, long ago. */
const LEFTOVER_GOES_LIVE_WITHIN = 120;

/** Success means that the version can be queried: it is the table's live one. */
export const publish: Phase<In<'PUBLISH'>, Facts> = {
  async facts(state, outside) {
    const { sent, definition } = state;
    const { cleanRooms, record } = outside;
    if (!await takesMoment(state, outside)) {
      return undefined;
    }
    const named = tableOf(sent);
    return {
      table: await cleanRooms.getTable(named),
      record: await record.read(definition.record),
      details: sent.unread ? await cleanRooms.getAnalysis(named, sent.analysisType, sent.analysisId) : undefined,
    };
  },

  decide(state, facts, at) {
    if (!facts) {
      return lingering(givingWay(state, at.now), NEXT_IN_LINE, at);
    }
    const { table, record, details } = facts;
    const giveUp = state.giveUp ?? (record.ok ? givenUp(state, record.value) : undefined);
    const publishing = { ...state, giveUp, givesWaySince: undefined };
    const error = firstError(table, record, details);
    if (error) {
      const reason = () => adding(giveUp ?? failure(state, 'VersionNotLive', 'The protected query succeeded, but whether its version is live cannot be read.'),
        'Its version may go live.');
      // A table that was replaced may not even be read any more, and nobody waits for it.
      return allIsOver(state, at.now) ? fail(state, reason()) : askAgain(publishing, 'GetIntermediateTable', error, at,
        () => (giveUp ? fail({ ...state, settled: state.sent }, reason()) : waiting(publishing, 10, at)));
    }
    const live = table.ok ? table.value.live : undefined;
    if (live?.analysisId !== state.sent.analysisId) {
      return notLive(publishing, table.ok ? table.value : undefined, at);
    }
    const shown = (details?.ok ? details.value.parameters : undefined) ?? live.parameters;
    if (state.sent.unread && compared(shown, state.sent.parameters, defaultsOf(state.sent, record)) === 'OTHER') {
      // Somebody else's after all. Its own was not accepted, or would have been found.
      return go({ ...runOf(state), settled: state.sent, phase: 'LOOK' });
    }
    return isLive(publishing, live);
  },
};

function isLive(state: In<'PUBLISH'>, live: LiveVersion): Move {
  const { sent, giveUp, finished } = state;
  const made: Made = { ...begunBy(sent, live.versionId), ...finished };
  const known = { ...state, made, settled: sent, live: { madeAt: finished.populatedAt, expiresAt: live.expiresAt } };
  if (isLeftover(state, sent)) {
    return go({ ...runOf(known), phase: 'LOOK' });
  }
  return giveUp
    ? fail(known, adding(giveUp, `The ${nameOf(sent.analysisType)} had succeeded before it could be cancelled.`), { shown: shownBy(state, live) })
    : succeed(known, outputOf(made, 'POPULATED'), { shown: shownBy(state, live) });
}

/** What tells the stored query's defaults. */
const shownBy = ({ sent }: In<'PUBLISH'>, { parameters }: LiveVersion) => (sent.unread ? undefined : parameters);

function notLive(state: In<'PUBLISH'>, table: Table | undefined, at: Moment): Move {
  const since = (at.now - state.since) / 1_000;
  const instead = table?.live ? `version ${table.live.versionId} is` : 'no version is';
  const id = state.sent.versionId ? ` ${state.sent.versionId}` : '';
  const what = `The ${nameOf(state.sent.analysisType)} succeeded, but ${Math.round(since)} seconds later its version${id} is not the table's live one: `
    + `${instead}, and the table's status is ${table?.status}.`;
  const leftover = isLeftover(state, state.sent);
  const isPast = since >= (leftover ? LEFTOVER_GOES_LIVE_WITHIN : GOES_LIVE_WITHIN) || allIsOver(state, at.now);
  if (!isPast) {
    return since < 60 ? lingering(state, LOOKS_EVERY, at, what) : waiting(state, Math.min(30, since / 10), at, what);
  }
  return leftover ? go({ ...runOf(state), settled: state.sent, phase: 'LOOK' }) : fail({ ...state, settled: state.sent }, adding(state.giveUp
    ?? failure(state, 'VersionNotLive', what, 'Was the table populated by somebody else at the same time?'), 'It may still go live.'));
}
