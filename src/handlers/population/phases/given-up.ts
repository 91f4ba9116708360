import type { Failure } from '../../../contract/workflow';
import { tableId, type PopulationRecord } from '../../record/population-record';
import { fail, go, runOf, type Move } from '../moves';
import { failure } from '../outcome';
import type { Known, RunState } from '../run-state';

/** Why nobody waits for the run any more; undefined where somebody does, or where nobody knows. */
export function givenUp(state: RunState, record: PopulationRecord): Failure | undefined {
  const { cause, definition, startedAt } = state;
  const table = tableId(definition.population);
  if (cause !== 'RELEASE' && record.released?.includes(table)) {
    return failure(state, 'Released', 'The custom resource is being deleted.');
  }
  const { deployment: newest } = record;
  if (newest && newest.requestedAt > startedAt && tableId(newest.definition.population) !== table) {
    return failure(state, 'Superseded', 'A deployment has put another table into this one\'s place.');
  }
  const isNewest = !state.deployment || !newest || (newest.request === state.deployment.request && !newest.abandoned);
  return isNewest ? undefined : failure(state, 'Superseded', 'CloudFormation has gone on to another deployment of this population, as a rollback does.');
}

/** Ends a run that nobody waits for, before it populates; what it has sent in a step that broke off is cancelled first. */
export function standDown(state: RunState, { sent }: PopulationRecord, reason: Failure): Move {
  if (sent?.execution !== state.execution) {
    return fail(state, { ...reason, cause: `Nothing was populated. ${reason.cause}` });
  }
  const run = { ...runOf(state), giveUp: reason };
  return go(sent.analysisId ? { ...run, phase: 'CANCEL', sent: sent as Known } : { ...run, phase: 'DOUBT', sent });
}
