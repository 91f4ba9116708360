import { joined, left, tableId, type PopulationRecord, type Sent } from '../../record/population-record';
import type { Answer } from '../../service-error';
import { following } from '../begin';
import { askAgain, elapsed, fail, go, succeed, timedOut, timeIsUp, waiting, type Move, type Phase } from '../moves';
import { NO_VERSION } from '../outcome';
import { untilTurn } from '../pacing';
import type { In, Known, Run, RunState } from '../run-state';
import { givenUp, standDown } from './given-up';

interface Facts {
  readonly record: Answer<PopulationRecord>;
}

/** So many ask at a time whether the first has ended without a word, however many wait: those further back do it now and then. */
const ASK_AT_A_TIME = 2;
const asks = (place: number, chance: number): boolean => chance < ASK_AT_A_TIME / place;

/** Waits for the runs of the same population that came before, each of which may have ended without a word. */
export const turn: Phase<In<'TURN'>, Facts> = {
  async facts({ definition, execution }, outside) {
    const { record } = outside;
    let answer = await record.change(definition.record, (known) => joined(known, execution));
    while (answer.ok) {
      const holder = answer.value.turns[0];
      const place = answer.value.turns.indexOf(execution);
      if (place === 0 || !asks(place, outside.chance()) || await outside.statusOf(holder) !== 'ENDED') {
        return { record: answer };
      }
      answer = await record.change(definition.record, (known) => left(known, holder));
    }
    return { record: answer };
  },

  decide(before, { record }, at) {
    if (!record.ok) {
      return timeIsUp(before, at.now) ? ending(before, at.now, record) : askAgain(before, 'The record', record.error, at);
    }
    const { sent } = record.value;
    const state = sent && !isLeftover(before, sent) ? before : following(before, record.value);
    const given = givenUp(state, record.value);
    if (given) {
      return standDown(state, record.value, given);
    }
    const place = record.value.turns.indexOf(state.execution);
    if (place === 0) {
      return sent ? settling(state, sent) : go({ ...state, phase: 'LOOK' });
    }
    return timeIsUp(state, at.now) ? ending(state, at.now)
      : waiting(state, untilTurn(place, elapsed(state, at.now)), at, 'an earlier run of this population is still running');
  },
};

/** Of a run whose time is up. The custom resource goes whatever still runs: the stack is never held up for long. */
export function ending(state: RunState, now: number, record?: Answer<PopulationRecord>): Move {
  if (state.cause === 'RELEASE') {
    return succeed(state, NO_VERSION);
  }
  const more = record && !record.ok ? ' Whether a step that broke off had sent a populate cannot be told: if so, it may go live.' : '';
  return fail(state, timedOut(state, now, more));
}

/**
 * A run before this one has ended with a populate that nobody saw the end of, or a step of this one has. What makes other data is cancelled,
 * so that it does not go live after this one; what does not is waited for.
 */
export function settling(state: Run, sent: Sent): Move {
  if (!sent.analysisId) {
    return go({ ...state, phase: 'DOUBT', sent } as In<'DOUBT'>);
  }
  return isWanted(state, sent)
    ? go({ ...state, phase: 'QUERY', sent: sent as Known, since: sent.at } as In<'QUERY'>)
    : go({ ...state, phase: 'CANCEL', sent: sent as Known } as In<'CANCEL'>);
}

/** What a run has sent itself, in a step that broke off, it goes on with, whatever has been deployed since: it populates once. */
export const isWanted = (state: Run, sent: Sent): boolean =>
  !isLeftover(state, sent) || (state.cause !== 'RELEASE' && sent.fingerprint === state.fingerprint && isOwnTable(state, sent));

/** A run that has ended without a word left it behind, maybe long ago: this one decides for itself afterwards. */
export const isLeftover = (state: Run, sent: Sent): boolean => sent.execution !== state.execution;

export const isOwnTable = ({ definition }: Run, { table }: Sent): boolean => tableId(table) === tableId(definition.population);
