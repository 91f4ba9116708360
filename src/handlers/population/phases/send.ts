import { INTENDS } from '../../../contract/time';
import { aside, asked, entered, filled, type Line } from '../../record/line';
import { isSent, joined, withoutSent, type PopulationRecord, type Sent } from '../../record/population-record';
import { describe, kindOf, type Answer, type ServiceError } from '../../service-error';
import type { Populated } from '../clean-rooms';
import { askAgain, elapsed, go, lingering, runOf, waiting, type Moment, type Move, type Phase } from '../moves';
import { FIRST_LOOK_AFTER, untilNextAttempt } from '../pacing';
import type { In } from '../run-state';
import { givenUp } from './given-up';

interface Facts {
  /** With the intent, if nothing spoke against it. */
  readonly record: Answer<PopulationRecord>;
  readonly sent: Sent;
  /** Undefined where it was not sent. */
  readonly answer?: Answer<Populated>;
}

/** The intent, then the request: a step that breaks in between, or finds an intent without an answer, knows that it is in doubt. */
export const send: Phase<In<'SEND'>, Facts> = {
  async facts(state, { record, cleanRooms, clock }) {
    const { definition, execution } = state;
    // What may be its own is looked for from now on.
    const sent = { ...state.sent, at: clock.now() };
    const intended = await record.change(definition.record, (known) => intending(known, { ...state, sent }));
    // Another one may be this run's own, of a step that was thought to have broken off, and may be at its request.
    if (!intended.ok || !isSent(intended.value, sent)) {
      return { record: intended, sent };
    }
    const isSlow = clock.now() - sent.at > INTENDS * 1_000;
    const answer = isSlow ? TOO_SLOW : await cleanRooms.populate(definition.population, sent.analysisType);
    if (answer.ok) {
      await record.change(definition.record, (known) => identified(known, sent, answer.value));
      await record.changeLine((line) => entered(asked(line, execution, clock.now()), execution, 'SUBMITTED'));
    } else if (!answer.error.doubtful) {
      await record.change(definition.record, (known) => withoutSent(known, sent));
    }
    if (!answer.ok) {
      await record.changeLine((line) => refused(line, execution, answer.error, clock.now()));
    }
    return { record: intended, sent, answer };
  },

  decide(state, { record, sent, answer }, at) {
    const run = runOf(state);
    const { analysisType, mayHaveDefaults } = sent;
    const attempted = { ...run, phase: 'READY', analysisType, mayHaveDefaults } as const;
    if (!answer) {
      return record.ok ? go({ ...run, phase: 'TURN' }) : askAgain(attempted, 'The record', record.error, at);
    }
    if (answer.ok) {
      return lingering({ ...run, phase: 'QUERY', sent: { ...sent, ...answer.value }, since: at.now, waitingFor: undefined }, FIRST_LOOK_AFTER, at);
    }
    if (answer.error.doubtful) {
      const waitingFor = `PopulateIntermediateTable answered ${describe(answer.error)}: it may have been accepted`;
      return waiting({ ...run, phase: 'DOUBT', sent }, 5, at, waitingFor);
    }
    return afterRefusal({ ...attempted, settled: sent }, answer.error, at);
  },
};

const TOO_SLOW: Answer<Populated> = {
  ok: false, error: { code: 'RecordSlow', message: 'the intent to populate took too long to write', throttled: true, doubtful: false },
};

/** Who is refused by the quota goes on being the next. What else was answered is this table's own affair, in which the others pass. */
function refused(line: Line, execution: string, error: ServiceError, at: number): Line {
  if (kindOf(error) === 'QUOTA') {
    return filled(asked(line, execution, at));
  }
  const known = asked(line, execution, at, error.doubtful ? 1 : 0);
  return error.throttled ? known : aside(known, execution);
}

/** Only where it is this run's turn, nobody has gone on without it, and nothing else is under way. */
export function intending(record: PopulationRecord, state: In<'SEND'>): PopulationRecord {
  const { sent, execution } = state;
  // Its turn may be gone with an item that somebody deleted: then it is the first to come.
  const present = joined(record, execution);
  const speaksAgainst = givenUp(state, record) || present.turns[0] !== execution || record.sent;
  return speaksAgainst ? record : { ...present, sent };
}

/** The ids that the service has answered, or that were found. */
export function identified(record: PopulationRecord, sent: Sent, { analysisId, versionId }: Pick<Sent, 'analysisId' | 'versionId'>): PopulationRecord {
  const isNews = isSent(record, sent) && record.sent?.analysisId !== analysisId;
  return isNews ? { ...record, sent: { ...record.sent, ...sent, analysisId, versionId } } : record;
}

/** A conflict passes when the running population ends, unless the table's status says that it cannot: that is looked at again. */
function afterRefusal(state: In<'READY'>, error: ServiceError, at: Moment): Move {
  const waitingFor = `PopulateIntermediateTable answered ${describe(error)}`;
  switch (kindOf(error)) {
    case 'QUOTA': return waiting({ ...state, askedAt: at.now }, 1, at, waitingFor);
    case 'CONFLICT': return waiting({ ...runOf(state), phase: 'LOOK' }, untilNextAttempt(elapsed(state, at.now), at.chance), at, waitingFor);
    default: return askAgain(state, 'PopulateIntermediateTable', error, at);
  }
}
