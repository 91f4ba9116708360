import { asked, entered, filled } from '../../record/line';
import { isSent, joined, withoutSent, type PopulationRecord, type Sent } from '../../record/population-record';
import { describe, kindOf, type Answer } from '../../service-error';
import type { Populated } from '../clean-rooms';
import { askAgain, elapsed, go, lingering, waiting, type Moment, type Move, type Phase } from '../moves';
import { FIRST_LOOK_AFTER, untilNextAttempt } from '../pacing';
import type { In, Known, Run, RunState } from '../run-state';
import { givenUp } from './given-up';

interface Facts {
  /** With the intent, if nothing spoke against it. */
  readonly record: Answer<PopulationRecord>;
  /** Undefined where it was not sent. */
  readonly answer?: Answer<Populated>;
}

/** Where many ask, one's requests of a second are over before the next one's. */
export const APART = 1;

/** The intent, then the request: a step that breaks in between, or finds an intent without an answer, knows that it is in doubt. */
export const send: Phase<In<'SEND'>, Facts> = {
  async facts(state, { record, cleanRooms, clock }) {
    const { definition, sent, execution } = state;
    const intended = await record.change(definition.record, (known) => intending(known, state));
    if (!intended.ok || !isSent(intended.value, sent)) {
      return { record: intended };
    }
    const answer = await cleanRooms.populate(definition.population, sent.analysisType);
    if (answer.ok) {
      await record.change(definition.record, (known) => identified(known, sent, answer.value));
      await record.changeLine((line) => entered(asked(line, clock.now()), execution, 'SUBMITTED'));
    } else if (!answer.error.doubtful) {
      await record.change(definition.record, (known) => withoutSent(known, sent));
      await (kindOf(answer.error) === 'QUOTA' ? record.changeLine((line) => filled(asked(line, clock.now()))) : undefined);
    }
    return { record: intended, answer };
  },

  decide(state, { record, answer }, at) {
    const { sent } = state;
    const { analysisType: type, mayHaveDefaults } = sent;
    const attempted = { ...withoutIntent(state), attempts: sent.attempt, phase: 'READY', analysisType: type, mayHaveDefaults } as const;
    if (!answer) {
      return record.ok ? go({ ...attempted, phase: 'TURN' } as RunState) : askAgain(attempted, 'The record', record.error, at);
    }
    if (answer.ok) {
      const { analysisId, versionId, analysisType } = answer.value;
      const known: Known = { ...sent, analysisId, versionId, analysisType };
      return lingering({ ...withoutIntent(state), attempts: sent.attempt, phase: 'QUERY', sent: known, since: at.now }, FIRST_LOOK_AFTER, at);
    }
    return answer.error.doubtful
      ? waiting({ ...withoutIntent(state), attempts: sent.attempt, phase: 'DOUBT', sent }, 5, at,
        `PopulateIntermediateTable answered ${describe(answer.error)}: it may have been accepted`)
      : afterRefusal({ ...attempted, settled: sent }, answer.error, at);
  },
};

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

function withoutIntent(state: In<'SEND'>): Run {
  const { sent: _sent, phase: _phase, ...run } = state;
  return run;
}

/** A conflict passes when the running population ends, unless the table's status says that it cannot: that is looked at again. */
function afterRefusal(state: In<'READY'>, error: Parameters<typeof describe>[0], at: Moment): Move {
  const waitingFor = `PopulateIntermediateTable answered ${describe(error)}`;
  switch (kindOf(error)) {
    case 'QUOTA': return waiting({ ...state, askedAt: at.now }, 1, at, waitingFor);
    case 'CONFLICT': return waiting({ ...state, phase: 'LOOK' } as RunState, untilNextAttempt(elapsed(state, at.now), at.chance), at, waitingFor);
    default: return askAgain(state, 'PopulateIntermediateTable', error, at);
  }
}
