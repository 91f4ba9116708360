import { joined, left, type PopulationRecord, type Sent } from '../../record/population-record';
import type { Answer } from '../../service-error';
import { following } from '../begin';
import { askAgain, elapsed, fail, go, succeed, timedOut, timeIsUp, waiting, type Move, type Phase } from '../moves';
import { NO_VERSION } from '../outcome';
import { untilTurn } from '../pacing';
import type { In, Known, RunState } from '../run-state';
import { givenUp } from './given-up';

interface Facts {
  readonly record: Answer<PopulationRecord>;
}

/** Further back a run asks nothing: those before it do. */
const ASKS_FROM_PLACE = 2;

/** Waits for the runs of the same population that came before, each of which may have ended without a word. */
export const turn: Phase<In<'TURN'>, Facts> = {
  async facts({ definition, execution }, outside) {
    const { record } = outside;
    let answer = await record.change(definition.record, (known) => joined(known, execution));
    while (answer.ok) {
      const holder = answer.value.turns[0];
      if (holder === execution || answer.value.turns.indexOf(execution) > ASKS_FROM_PLACE || await outside.statusOf(holder) !== 'ENDED') {
        return { record: answer };
      }
      answer = await record.change(definition.record, (known) => left(known, holder));
    }
    return { record: answer };
  },

  decide(before, { record }, at) {
    if (!record.ok) {
      return timeIsUp(before, at.now) ? ending(before, at.now) : askAgain(before, 'The record', record.error, at);
    }
    const state = following(before, record.value);
    const given = givenUp(state, record.value);
    if (given) {
      return fail(state, { ...given, cause: `Nothing was populated. ${given.cause}` });
    }
    const place = record.value.turns.indexOf(state.execution);
    if (place === 0) {
      return record.value.sent ? settling(state, record.value.sent) : go({ ...state, phase: 'LOOK' });
    }
    return timeIsUp(state, at.now) ? ending(state, at.now)
      : waiting(state, untilTurn(place, elapsed(state, at.now)), at, 'an earlier run of this population is still running');
  },
};

/** The custom resource goes whatever still runs: the stack is never held up for long. */
export const ending = (state: RunState, now: number): Move => (state.cause === 'RELEASE' ? succeed(state, NO_VERSION) : fail(state, timedOut(state, now)));

/**
 * A run before this one has ended with a populate that nobody saw the end of. What would have come of this run anyway goes on as its own;
 * what makes other data is cancelled, so that it does not go live after this one.
 */
export function settling(state: RunState, sent: Sent): Move {
  if (!sent.analysisId) {
    return go({ ...state, phase: 'DOUBT', sent } as In<'DOUBT'>);
  }
  return isWanted(state, sent)
    ? go({ ...state, phase: 'QUERY', sent: sent as Known, since: sent.at } as In<'QUERY'>)
    : go({ ...state, phase: 'CANCEL', sent: sent as Known } as In<'CANCEL'>);
}

export const isWanted = (state: RunState, sent: Sent): boolean =>
  state.cause !== 'RELEASE' && sent.fingerprint === state.fingerprint
  && sent.table.intermediateTableIdentifier === state.definition.population.intermediateTableIdentifier;
