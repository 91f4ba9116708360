import type { PopulationRecord } from '../../record/population-record';
import { describe, type Answer } from '../../service-error';
import { sentence } from '../../text';
import type { Details } from '../clean-rooms';
import { allIsOver, fail, go, lingering, runOf, timedOut, timeIsUp, type Phase } from '../moves';
import { adding, nameOf } from '../outcome';
import { LOOKS_EVERY } from '../pacing';
import type { In } from '../run-state';
import { givenUp } from './given-up';
import { finishedBy } from './query';
import { isOver } from './ready';
import { ending } from './turn';

interface Facts {
  readonly details: Answer<Details>;
  readonly record: Answer<PopulationRecord>;
  /** Undefined where there was nothing to ask for. */
  readonly asked?: Answer<void>;
}

/** Asks for the query to be cancelled, again and again until it has ended: one request may be lost, or refused for a moment. */
export const cancel: Phase<In<'CANCEL'>, Facts> = {
  async facts({ sent, definition }, { cleanRooms, record }) {
    const named = { ...sent.table, parameters: sent.parameters };
    const details = await cleanRooms.getAnalysis(named, sent.analysisType, sent.analysisId);
    const known = await record.read(definition.record);
    const isUnderWay = details.ok && (isOver(details.value) || details.value.status === 'CANCELLING');
    return { details, record: known, asked: isUnderWay ? undefined : await cleanRooms.cancel(named, sent.analysisType, sent.analysisId) };
  },

  decide(state, { details, record, asked }, at) {
    const { sent } = state;
    const giveUp = state.giveUp ?? (record.ok ? givenUp(state, record.value) : undefined);
    if (details.ok && details.value.status === 'SUCCESS') {
      // It was paid for. Who is still waited for counts it; for the others it has to be live before anybody else decides.
      const isOurs = giveUp?.error === 'PopulationTimedOut';
      return go({ ...runOf(state), phase: 'PUBLISH', sent, since: at.now, finished: finishedBy(details.value), giveUp: isOurs ? undefined : giveUp, leftover: !giveUp });
    }
    const said = !asked ? state.said : asked.ok ? ' Its cancellation was asked for.' : ` Cancelling it was refused: ${sentence(describe(asked.error))}`;
    if (details.ok && isOver(details.value)) {
      const settled = { ...runOf(state), settled: sent };
      const { status, billedCrpuHours: billedInVain } = details.value;
      return giveUp ? fail({ ...state, settled: sent }, adding(giveUp, `${said ?? ''} It is now ${status}.`.trim()), { billedInVain }) : go({ ...settled, phase: 'LOOK' });
    }
    if (giveUp ? allIsOver(state, at.now) : timeIsUp(state, at.now)) {
      return giveUp || state.cause !== 'RELEASE'
        ? fail(state, adding(giveUp ?? timedOut(state, at.now),
          `${said ?? ''} The ${nameOf(sent.analysisType)} is still ${details.ok ? details.value.status : 'running, as far as is known'}, and may go live: cancel it in the console if it should not.`.trim()))
        : ending(state, at.now);
    }
    return lingering({ ...state, giveUp, said }, LOOKS_EVERY, at);
  },
};
