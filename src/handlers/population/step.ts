import { begin } from './begin';
import type { Moment, Move, Phase } from './moves';
import type { Outside } from './outside';
import { beginning } from './phases/begin';
import { cancel } from './phases/cancel';
import { close, kept } from './phases/close';
import { doubt } from './phases/doubt';
import { look } from './phases/look';
import { observing } from './phases/observe';
import { publish } from './phases/publish';
import { query } from './phases/query';
import { ready } from './phases/ready';
import { send } from './phases/send';
import { turn } from './phases/turn';
import { afterUpstream } from './phases/upstream';
import type { In, Phase as Name, RunState } from './run-state';
import type { MachineState, Next } from '../../contract/workflow';

type Phases = { readonly [P in Exclude<Name, 'KEEP' | 'END'>]: Phase<In<P>, never> };

const PHASES = {
  BEGIN: beginning,
  UPSTREAM: afterUpstream,
  OBSERVE: observing,
  TURN: turn,
  LOOK: look,
  READY: ready,
  SEND: send,
  DOUBT: doubt,
  QUERY: query,
  PUBLISH: publish,
  CANCEL: cancel,
  CLOSE: close,
} as unknown as Phases;

/** A step that breaks off leaves the machine with the state before it: what counts is on record by then. */
const MOST_MOVES = 200;
const ASKS_AGAIN_AFTER = 5;

/**
 * One step of the machine: gathers what has to be known, decides on it, and goes on, as long as there is nothing to wait for but a moment.
 * All longer waiting is the machine's.
 */
export async function step(machine: MachineState<RunState>, outside: Outside): Promise<MachineState<RunState>> {
  let state = machine.run ?? begin(machine);
  if (machine.crash) {
    // The step before this one may have put all on record that there was to be said, and not have lived to say it.
    const ending = await outside.record.readEnding(state.execution);
    if (!ending.ok) {
      return { ...machine, next: 'WAIT', wait: ASKS_AGAIN_AFTER };
    }
    state = ending.value ?? state;
  }
  if (state.phase === 'KEEP') {
    state = kept(state, machine);
  }
  for (let moves = 0; moves < MOST_MOVES; moves++) {
    if (state.phase === 'END' || state.phase === 'KEEP') {
      return after(machine, state, state.phase === 'END' ? 'END' : 'KEEP_VERSION');
    }
    const move = await moved(state, outside);
    if ('go' in move) {
      state = move.go;
    } else if (move.lingers && outside.clock.lingers() > move.wait) {
      state = move.state;
      await outside.clock.pause(move.wait);
    } else {
      return after(machine, move.state, 'WAIT', move.lingers ? 1 : move.wait);
    }
  }
  return after(machine, state, 'WAIT', 1);
}

async function moved(state: Exclude<RunState, In<'KEEP'> | In<'END'>>, outside: Outside): Promise<Move> {
  const phase = PHASES[state.phase] as Phase<RunState, unknown>;
  const facts = await phase.facts(state, outside);
  const at: Moment = { now: outside.clock.now(), chance: outside.chance() };
  return phase.decide(state, facts, at);
}

function after({ execution, definition }: MachineState, run: RunState, next: Next, wait = 0): MachineState<RunState> {
  return {
    execution,
    definition,
    run,
    next,
    wait: Math.max(1, Math.round(wait)),
    ended: 'ended' in run ? run.ended : undefined,
    crashes: { wait: -3 },
  };
}
