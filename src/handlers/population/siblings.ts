import { ListExecutionsCommand, type SFNClient } from '@aws-sdk/client-sfn';
import { releaseMark, RELEASE } from '../execution-name';
import type { Runs } from './phases/upstream';
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
  readonly stopDate?: number;
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
    const running = await list(client, `${machine[1]}:stateMachine:${machine[2]}`, 'RUNNING');
    return running ? siblingsOf(self, releaseMark(state.population), running) : ALONE;
  };
}

/** Reads the newest runs of another population's state machine; one that cannot be asked counts as idle. */
export function runsFrom(client: () => SFNClient) {
  return async (stateMachineArn: string): Promise<Runs> => {
    const newest = (await list(client, stateMachineArn))?.filter(({ name }) => !name.includes(RELEASE)) ?? [];
    return {
      running: newest.some(({ stopDate }) => stopDate === undefined),
      lastStart: Math.max(0, ...newest.map(({ startDate }) => startDate)),
      lastEnd: Math.max(0, ...newest.map(({ stopDate }) => stopDate ?? 0)),
    };
  };
}

async function list(client: () => SFNClient, stateMachineArn: string, statusFilter?: 'RUNNING'): Promise<Execution[] | undefined> {
  try {
    const { executions = [] } = await client().send(new ListExecutionsCommand({ stateMachineArn, statusFilter, maxResults: 100 }));
    return executions.map(({ executionArn, name, startDate, stopDate }) => ({
      executionArn: executionArn!, name: name!, startDate: startDate?.getTime() ?? 0, stopDate: stopDate?.getTime(),
    }));
  } catch (error) {
    console.warn(JSON.stringify({ message: 'ListExecutions failed; going on without it', error: (error as Error).name }));
    return undefined;
  }
}
