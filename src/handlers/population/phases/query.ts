import { leftLine, stateIn, waitingIn, withRoom, type Line } from '../../record/line';
import { tableOf, type PopulationRecord } from '../../record/population-record';
import type { Answer, ServiceError } from '../../service-error';
import type { Details } from '../clean-rooms';
import { askAgain, fail, go, lingering, runOf, timedOut, timeIsUp, waiting, type Moment, type Move, type Phase } from '../moves';
import { adding, finishedBy, isOver, nameOf, unsuccessful } from '../outcome';
import type { Clock, RecordStore } from '../outside';
import { LOOKS_EVERY, LOOKS_FOR_OTHERS_EVERY, NEXT_IN_LINE, untilQueuedLook } from '../pacing';
import { givingWay, takesMoment } from '../place';
import type { In } from '../run-state';
import { givenUp } from './given-up';
import { identified } from './send';
import { isLeftover } from './turn';

/** Undefined while others of the stack go first. */
type Facts = undefined | {
  readonly details: Answer<Details>;
  readonly record: Answer<PopulationRecord>;
  /** Of the stack, where that was asked for. */
  readonly line?: Answer<Line>;
};

/** A query may not be there to read in the first seconds after it was accepted. */
const SHOWS_AFTER = 120;
/** Those who wait for the room that a query has made ask in these seconds. */
const GIVES_WAY = 4;

/** Looks at the protected query that fills the version, and whether anybody still waits for it. */
export const query: Phase<In<'QUERY'>, Facts> = {
  async facts(state, outside) {
    const { definition, sent, inLine = true } = state;
    const { cleanRooms, record, clock } = outside;
    // Where the quota is known to be full, nothing waits in the service's own queue.
    if (inLine && !await takesMoment(state, outside, ({ full }) => full)) {
      return undefined;
    }
    const details = await cleanRooms.getAnalysis(tableOf(sent), sent.analysisType, sent.analysisId);
    const line = await tellLine(state, details, record, clock);
    const known = await record.read(definition.record);
    // A lost write: the next step of another run would be in doubt.
    const isLost = known.ok && known.value.sent && known.value.sent.analysisId === undefined;
    return { details, line, record: isLost ? await record.change(definition.record, (before) => identified(before, sent, sent)) : known };
  },

  decide(before, facts, at) {
    if (!facts) {
      return timeIsUp(before, at.now) ? outOfTime(before, at) : lingering(givingWay(before, at.now), NEXT_IN_LINE, at);
    }
    const { details, record, line } = facts;
    const state = { ...before, ...(line?.ok ? amid(line.value, before.execution) : {}), givesWaySince: undefined };
    if (details.ok && isOver(details.value)) {
      return ended({ ...state, roomMade: line?.ok }, details.value, at);
    }
    const given = record.ok ? givenUp(state, record.value) : undefined;
    if (given) {
      return go({ ...runOf(state), phase: 'CANCEL', sent: state.sent, giveUp: given });
    }
    if (timeIsUp(state, at.now)) {
      return outOfTime(state, at);
    }
    return details.ok ? running(state, details.value, at) : unread(state, details.error, at);
  },
};

/** The line hears that a query has begun, or ended; and is asked now and then whether anybody waits for this one's end. */
async function tellLine({ execution, inLine = true, crowded }: In<'QUERY'>, details: Answer<Details>, record: RecordStore, clock: Clock) {
  if (!details.ok || (details.value.status === 'SUBMITTED' && !isFirstLook(clock))) {
    return undefined;
  }
  if (isOver(details.value)) {
    return record.changeLine((line) => withRoom(leftLine(line, execution)));
  }
  if (inLine && details.value.status !== 'SUBMITTED') {
    return record.changeLine((line) => leftLine(line, execution));
  }
  return crowded || isFirstLook(clock) ? record.readLine() : undefined;
}

/** Where the service queues what is past the quota, nobody waits for another one's end. */
const amid = (line: Line, execution: string) => ({ inLine: stateIn(line, execution) !== undefined, crowded: line.full && waitingIn(line) > 0 });

const isFirstLook = ({ now, entered }: Clock): boolean => now() - entered < 1_000;

function ended(state: In<'QUERY'>, details: Details, at: Moment): Move {
  const { sent } = state;
  if (details.status === 'SUCCESS') {
    const published = { ...runOf(state), phase: 'PUBLISH', sent, since: at.now, finished: finishedBy(details) } as const;
    return state.crowded ? lingering(published, GIVES_WAY, at) : go(published);
  }
  return isLeftover(state, sent) ? go({ ...runOf(state), settled: sent, phase: 'LOOK' }) : fail(
    { ...state, settled: sent }, unsuccessful(state, sent.analysisType, details), { billedInVain: details.billedCrpuHours });
}

function running(state: In<'QUERY'>, { status }: Details, at: Moment): Move {
  const age = (at.now - state.since) / 1_000;
  const waitingFor = `the ${nameOf(state.sent.analysisType)} is ${status} after ${Math.round(age)} seconds`;
  return status === 'SUBMITTED'
    ? waiting(state, untilQueuedLook(age), at, waitingFor)
    : lingering(state, state.crowded ? LOOKS_FOR_OTHERS_EVERY : LOOKS_EVERY, at, waitingFor);
}

function unread(state: In<'QUERY'>, error: ServiceError, at: Moment): Move {
  if (error.code === 'ResourceNotFoundException' && at.now - state.since < SHOWS_AFTER * 1_000) {
    return waiting(state, LOOKS_EVERY, at);
  }
  // It runs and costs money, as far as anybody knows: it is not left to itself.
  return askAgain(state, `Get${state.sent.analysisType === 'JOB' ? 'ProtectedJob' : 'ProtectedQuery'}`, error, at,
    (giveUp) => go({ ...runOf(state), phase: 'CANCEL', sent: state.sent, giveUp: isLeftover(state, state.sent) ? undefined : giveUp }));
}

function outOfTime(state: In<'QUERY'>, { now }: Moment): Move {
  const reason = timedOut(state, now);
  return state.definition.cancelOnTimeout
    ? go({ ...runOf(state), phase: 'CANCEL', sent: state.sent, giveUp: reason })
    : fail({ ...state, settled: state.sent }, adding(reason, 'It was left running, as cancelOnTimeout is false, and may go live.'));
}
