import type { Failure } from '../../../contract/workflow';
import { tableId, type PopulationRecord } from '../../record/population-record';
import { failure } from '../outcome';
import type { RunState } from '../run-state';

/** Why nobody waits for the run any more; undefined where somebody does, or where nobody knows. */
export function givenUp(state: RunState, record: PopulationRecord): Failure | undefined {
  const { cause, deployment, definition } = state;
  if (cause !== 'RELEASE' && record.released?.includes(tableId(definition.population))) {
    return failure(state, 'Released', 'The custom resource is being deleted.');
  }
  const isNewest = !deployment || !record.deployment || (record.deployment.request === deployment.request && !record.deployment.abandoned);
  return isNewest ? undefined : failure(state, 'Superseded', 'CloudFormation has gone on to another deployment of this population, as a rollback does.');
}
