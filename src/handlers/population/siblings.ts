import { ListExecutionsCommand, type SFNClient } from '@aws-sdk/client-sfn';
import { releaseMark, RELEASE } from '../execution-name';
import type { RunState } from './run-state';

/** What the other running executions of the same state machine mean for this run. */
export interface Siblings {
  /** A run that began before this one, and so goes first. */
  readonly ahead: boolean;
  /** Runs besides this one and besides releases. */
  readonly others: boolean;
  /** The custom resource of this table is being deleted: runs end and cancel what they started. */
  readonly released: boolean;
}

export interface Execution {
  readonly executionArn: string;
  readonly name: string;
  readonly startDate: number;
}

export const ALONE: Siblings = { ahead: false, others: false, released: false };

/** All runs agree on their order: by the service's start date, then by name. A run that the list does not show yet is the youngest. */
export function siblingsOf(self: string, release: string, running: readonly Execution[]): Siblings {
  const isRelease = ({ name }: Execution) => name.includes(RELEASE);
  const order = ({ startDate, executionArn }: Execution) => `${String(startDate).padStart(16, '0')} ${executionArn}`;
  const me = running.find(({ executionArn }) => executionArn === self);
  const others = running.filter((execution) => execution !== me && !isRelease(execution));
  return {
    ahead: others.some((other) => !me || order(other) < order(me)),
    others: others.length > 0,
    released: running.some(({ name, executionArn }) => executionArn !== self && name.includes(release)),
  };
}

/**
 * Reads the siblings from Step Functions. It knows nothing where it cannot ask: Clean Rooms' own answers
 * then have to do, which show a running population as soon as its version is listed.
 */
export function siblingsFrom(client: () => SFNClient) {
  return async (state: RunState): Promise<Siblings> => {
    const self = state.executionArn;
    const machine = self?.match(/^(arn:[^:]+:states:[^:]*:[^:]*):execution:([^:]+):[^:]+$/);
    if (!self || !machine) {
      return ALONE;
    }
    try {
      const { executions = [] } = await client().send(new ListExecutionsCommand({
        stateMachineArn: `${machine[1]}:stateMachine:${machine[2]}`, statusFilter: 'RUNNING', maxResults: 100,
      }));
      return siblingsOf(self, releaseMark(state.population), executions.map(({ executionArn, name, startDate }) => ({
        executionArn: executionArn!, name: name!, startDate: startDate?.getTime() ?? 0,
      })));
    } catch (error) {
      console.warn(JSON.stringify({ message: 'ListExecutions failed; going on without it', error: (error as Error).name }));
      return ALONE;
    }
  };
}
