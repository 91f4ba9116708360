import type { Failure } from '../../../contract/workflow';
import { tableId, type PopulationRecord } from '../../record/population-record';
import { failure } from '../outcome';
import type { RunState } from '../run-state';

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
