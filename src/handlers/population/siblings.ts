import { ListExecutionsCommand, type SFNClient } from '@aws-sdk/client-sfn';
import { fingerprintIn, isDeployment, releaseMark, RELEASE } from '../execution-name';
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
  /** A later deployment of other data has begun: CloudFormation rolls this run's deployment back, and does not wait for it any more. */
  readonly superseded: boolean;
  /** Whether the list shows this run yet: others that began with it may be missing, too. */
  readonly listed: boolean;
}

export interface Execution {
  readonly executionArn: string;
  readonly name: string;
  readonly startDate: number;
  readonly stopDate?: number;
}

export const ALONE: Siblings = { ahead: false, others: false, released: false, superseded: false, listed: true };

/** All runs agree on their order: by the service's start date, then by name. A run that the list does not show yet is the youngest. */
export function siblingsOf(self: string, release: string, running: readonly Execution[]): Siblings {
  const isRelease = ({ name }: Execution) => name.includes(RELEASE);
  const me = running.find(({ executionArn }) => executionArn === self);
  const others = running.filter((execution) => execution !== me && !isRelease(execution));
  return {
    ahead: others.some((other) => !me || isBefore(other, me)),
    others: others.length > 0,
    released: running.some(({ name, executionArn }) => executionArn !== self && name.includes(release)),
    superseded: me !== undefined && others.some((other) => supersedes(other, me)),
    listed: me !== undefined,
  };
}

const supersedes = (other: Execution, me: Execution): boolean =>
  isDeployment(me.name) && isDeployment(other.name) && isBefore(me, other) && fingerprintIn(other.name) !== fingerprintIn(me.name);

const isBefore = (a: Execution, b: Execution): boolean => order(a) < order(b);
const order = ({ startDate, executionArn }: Execution): string => `${String(startDate).padStart(16, '0')} ${executionArn}`;

/** EventBridge names an execution after the event that starts it. That is not documented: other names tell of no event. */
const eventOf = (name: string): string | undefined => name.match(/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?=_)/)?.[0];

/** Whether an event that was delivered more than once has started a run before this one. */
export function isTwin(self: string, newest: readonly Execution[]): boolean {
  const me = newest.find(({ executionArn }) => executionArn === self);
  const event = me && eventOf(me.name);
  return event !== undefined && newest.some((other) => eventOf(other.name) === event && isBefore(other, me!));
}

/**
 * Reads the siblings from Step Functions. It knows nothing where it cannot ask: Clean Rooms' own answers
 * then have to do, which show a running population as soon as its version is listed.
 */
export function siblingsFrom(client: () => SFNClient) {
  return async (state: RunState): Promise<Siblings> => {
    const address = addressOf(state);
    const running = address && await list(client, address.machine, 'RUNNING');
    return running ? siblingsOf(address.self, releaseMark(state.population), running) : ALONE;
  };
}

/** Reads whether a run of the same event came first; only runs that an event has started are looked for. */
export function twinsFrom(client: () => SFNClient) {
  return async (state: RunState): Promise<boolean> => {
    const address = addressOf(state);
    return address !== undefined && eventOf(address.name) !== undefined && isTwin(address.self, await list(client, address.machine) ?? []);
  };
}

/** Which execution the run is, and of which state machine; undefined where its ARN is not one that AWS gives. */
function addressOf({ executionArn }: RunState): { self: string; machine: string; name: string } | undefined {
  const [self, prefix, machine, name] = executionArn?.match(/^(arn:[^:]+:states:[^:]*:[^:]*):execution:([^:]+):([^:]+)$/) ?? [];
  return self ? { self, machine: `${prefix}:stateMachine:${machine}`, name } : undefined;
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
