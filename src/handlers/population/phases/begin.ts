import type { PopulationRecord } from '../../record/population-record';
import { firstError, type Answer } from '../../service-error';
import { deploying } from '../begin';
import { askAgain, fail, go, timedOut, timeIsUp, type Move, type Phase } from '../moves';
import { failure } from '../outcome';
import type { In } from '../run-state';
import { standDown } from './given-up';

interface Facts {
  /** Of a deployment's run. */
  readonly record?: Answer<PopulationRecord>;
  /** Whether this is the first run of its event. */
  readonly isFirst?: Answer<boolean>;
}

/** EventBridge delivers an event within a day. */
const EVENTS_LIVE = 2 * 86_400;

/** What a run is of, and whether there is to be one. */
export const beginning: Phase<In<'BEGIN'>, Facts> = {
  async facts({ cause, definition, event, execution, startedAt }, { record }) {
    return {
      record: cause === 'DEPLOYMENT' ? await record.read(definition.record) : undefined,
      isFirst: event === undefined ? undefined
        : await record.takeEvent(definition.record, event, execution, Math.round(startedAt / 1_000) + EVENTS_LIVE),
    };
  },

  decide(state, { record, isFirst }, at) {
    const error = firstError(record, isFirst);
    if (error) {
      const reason = () => failure(state, 'RecordUnavailable', `The record in DynamoDB cannot be read. ${timedOut(state, at.now).cause}`,
        'A function in a VPC needs an endpoint for DynamoDB.');
      return timeIsUp(state, at.now) ? fail(state, reason()) : askAgain(state, 'DynamoDB', error, at);
    }
    // The event has come before: that run populates, or has.
    if (isFirst?.ok && !isFirst.value) {
      return go({ ...state, phase: 'OBSERVE', cause: 'OBSERVE' });
    }
    return record?.ok ? ofDeployment(state, record.value) : begun(state);
  },
};

/** A reference that is not to the newest deployment on record, and to this very execution, is to nothing. */
function ofDeployment(state: In<'BEGIN'>, record: PopulationRecord): Move {
  const { deployment } = record;
  if (deployment?.execution !== state.execution || deployment.abandoned) {
    return standDown(state, record, failure(state, 'Superseded', deployment
      ? 'CloudFormation has gone on to another deployment of this population, as a rollback does.'
      : 'The deployment is not on record: was its item deleted? Deploy again.'));
  }
  return begun(deploying(state, deployment));
}

function begun(state: In<'BEGIN'>): Move {
  const { event: _, ...run } = state;
  switch (state.cause) {
    case 'OBSERVE': return go({ ...run, phase: 'OBSERVE' });
    case 'AFTER_UPSTREAM': return go({ ...run, phase: 'UPSTREAM' });
    default: return go({ ...run, phase: 'TURN' });
  }
}
