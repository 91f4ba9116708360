import { tableOf, type PopulationRecord } from '../../record/population-record';
import { describe, type Answer } from '../../service-error';
import { sentence } from '../../text';
import type { Details } from '../clean-rooms';
import { allIsOver, askAgain, fail, go, lingering, runOf, timedOut, timeIsUp, type Moment, type Move, type Phase } from '../moves';
import { adding, finishedBy, isOver, nameOf } from '../outcome';
import { LOOKS_EVERY } from '../pacing';
import type { In } from '../run-state';
import { givenUp } from './given-up';
import { ending, isLeftover, isOwnTable } from './turn';

interface Facts {
  readonly details: Answer<Details>;
  readonly record: Answer<PopulationRecord>;
  /** Undefined where there was nothing to ask for. */
  readonly asked?: Answer<void>;
}

/** Asks for the query to be cancelled, again and again until it has ended: one request may be lost, or refused for a moment. */
export const cancel: Phase<In<'CANCEL'>, Facts> = {
  async facts({ sent, definition }, { cleanRooms, record }) {
    const named = tableOf(sent);
    const details = await cleanRooms.getAnalysis(named, sent.analysisType, sent.analysisId);
    const known = await record.read(definition.record);
    const isUnderWay = details.ok && (isOver(details.value) || details.value.status === 'CANCELLING');
    return { details, record: known, asked: isUnderWay ? undefined : await cleanRooms.cancel(named, sent.analysisType, sent.analysisId) };
  },

  decide(state, { details, record, asked }, at) {
    const { sent } = state;
    const giveUp = state.giveUp ?? (record.ok ? givenUp(state, record.value) : undefined);
    if (details.ok && details.value.status === 'SUCCESS') {
      return succeeded({ ...state, giveUp }, details.value, at);
    }
    const said = !asked ? state.said : asked.ok ? 'Its cancellation was asked for.' : `Cancelling it was refused: ${sentence(describe(asked.error))}`;
    const cancelling = { ...state, giveUp, said };
    if (details.ok && isOver(details.value)) {
      const { status, billedCrpuHours: billedInVain } = details.value;
      return giveUp ? fail({ ...state, settled: sent }, adding(giveUp, `${said ?? ''} It is now ${status}.`.trim()), { billedInVain }) : settledBy(state);
    }
    if (giveUp ? allIsOver(state, at.now) : timeIsUp(state, at.now)) {
      return stillRunning(cancelling, details, at);
    }
    // What was left behind may not be there to read any more, as in a membership that was replaced.
    return !giveUp && !details.ok ? askAgain(cancelling, 'Cancelling', details.error, at, () => settledBy(state)) : lingering(cancelling, LOOKS_EVERY, at);
  },
};

const settledBy = (state: In<'CANCEL'>): Move => go({ ...runOf(state), settled: state.sent, phase: 'LOOK' });

/** It was paid for. Who is still waited for counts it; for the others it has to be live before anybody else decides. */
function succeeded(state: In<'CANCEL'>, details: Details, { now }: Moment): Move {
  const { sent, giveUp, cause } = state;
  const leftover = isLeftover(state, sent);
  if (leftover && (cause === 'RELEASE' || !isOwnTable(state, sent))) {
    return settledBy(state);
  }
  const isOurs = !leftover && giveUp?.error === 'PopulationTimedOut';
  return go({ ...runOf(state), phase: 'PUBLISH', sent, since: now, finished: finishedBy(details), giveUp: isOurs ? undefined : giveUp });
}

function stillRunning(state: In<'CANCEL'>, details: Answer<Details>, { now }: Moment): Move {
  const { giveUp, said = '', sent } = state;
  const status = details.ok ? details.value.status : 'running, as far as is known';
  if (!giveUp && isLeftover(state, sent)) {
    // Whoever began it has said so. A rollback whose data are still live is not to fail of it.
    return state.cause === 'RELEASE' ? ending(state, now)
      : go({ ...runOf(state), phase: 'LOOK', waitingFor: `an earlier population's ${nameOf(sent.analysisType)} is ${status}. ${said}`.trim() });
  }
  return fail(state, adding(giveUp ?? timedOut(state, now),
    `${said} The ${nameOf(sent.analysisType)} is still ${status}, and may go live: cancel it in the console if it should not.`.trim()));
}
