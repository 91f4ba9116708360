import type { MachineState } from '../../../contract/workflow';
import { leftLine, withRoom, type Line } from '../../record/line';
import { left, madeOf, withMade, withoutSent, type PopulationRecord } from '../../record/population-record';
import type { Answer } from '../../service-error';
import { allIsOver, askAgain, go, waiting, type Phase } from '../moves';
import { failure } from '../outcome';
import type { In } from '../run-state';

const MOST_STAMPS = 5;
/** A run takes half a day at most. */
const KEPT_SECONDS = 86_400;

/** All that a run leaves behind, in one write: whom it lets pass, and what came of it. */
export function closing(state: In<'CLOSE'>) {
  const { execution, settled, made, adopted, shown, deployment, cause, ended, definition, upstream } = state;
  return (before: PopulationRecord): PopulationRecord => {
    const gone = left(withoutSent(before, settled), execution);
    const record = withMade(gone, made);
    const old = adopted && madeOf(record, adopted.versionId);
    const further = shown && Object.fromEntries(Object.entries(shown).filter(([name]) => !(name in (definition.population.parameters ?? {}))));
    const isCarriedOut = cause === 'DEPLOYMENT' && deployment && ended.output && before.deployment?.request === deployment.request;
    return same(before, {
      ...record,
      ...(ended.failure && upstream ? { tried: upstream } : {}),
      ...(old ? { made: record.made.map((each) => (each === old ? { ...old, upstream: adopted.upstream } : each)) } : {}),
      ...(further && Object.keys(further).length ? { defaults: { ...record.defaults, ...further } } : {}),
      ...(isCarriedOut ? { carriedOut: { fingerprint: deployment.fingerprint, stamps: stamped(record.carriedOut?.stamps, deployment.stamp) } } : {}),
    });
  };
}

const same = (before: PopulationRecord, after: PopulationRecord): PopulationRecord =>
  (JSON.stringify(before) === JSON.stringify(after) ? before : after);

const stamped = (stamps: readonly string[] | undefined, stamp?: string): readonly string[] | undefined =>
  (stamp === undefined || stamps?.includes(stamp) ? stamps : [stamp, ...stamps ?? []].slice(0, MOST_STAMPS));

interface Facts {
  readonly record: Answer<PopulationRecord>;
  readonly line: Answer<Line>;
}

export const close: Phase<In<'CLOSE'>, Facts> = {
  async facts(state, { record, clock }) {
    const { execution, settled } = state;
    const line = await record.changeLine((known) => {
      const gone = leftLine(known, execution);
      // A query has ended: another may begin.
      return settled?.execution === execution && !state.roomMade ? withRoom(gone) : gone;
    });
    if (state.cause === 'OBSERVE') {
      return { line, record: { ok: true, value: { turns: [], made: [] } } };
    }
    // Before it is forgotten that the run has had its turn and its populate: should this step break off, the next one ends alike.
    const saved = await record.saveEnding(execution, state, Math.round(clock.now() / 1_000) + KEPT_SECONDS);
    return { line, record: saved.ok ? await record.change(state.definition.record, closing(state)) : saved };
  },

  decide(state, { record, line }, at) {
    if (record.ok || allIsOver(state, at.now)) {
      const { ended, billedInVain, live, execution, startedAt, deadline, limit, definition, fingerprint, cause } = state;
      return go({ execution, startedAt, deadline, limit, definition, fingerprint, cause, live, phase: 'END', ended, billedInVain });
    }
    const known = { ...state, roomMade: line.ok };
    return askAgain(known, 'The record', record.error, at, () => waiting(known, 10, at));
  },
};

/** After the machine has written the SSM parameter, or could not: a parameter that tells of another version is no success. */
export function kept(state: In<'KEEP'>, { unkept }: MachineState): In<'CLOSE'> {
  const refused = unkept && failure(state, 'VersionParameterNotWritten',
    `Version ${state.ended.output?.versionId} is live, but the SSM parameter could not be written. ${unkept.Error}: ${unkept.Cause}`,
    'Does the parameter exist, of type String, and may the state machine\'s role write it?');
  return { ...state, phase: 'CLOSE', ended: refused ? { failure: refused } : state.ended };
}
