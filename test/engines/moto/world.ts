import type { CleanRooms, QueryPlan } from '../../../simulator/clean-rooms';

export const REGION = 'us-east-1';
/** moto's own. */
export const ACCOUNT = '123456789012';

/** Whom a population function's code fails, and when: before its handler, or in place of returning. */
export interface Crash {
  readonly at: 'start' | 'return';
  /** Which invocations, counted from 1; all of them if none is given. */
  readonly invocations: readonly number[];
}

/** What a person says who stops an execution. */
export const STOPPED = { error: 'Stopped', cause: 'By a person.' };

export interface Scene {
  readonly parameters?: Record<string, string>;
}

export interface Ended {
  readonly status: string;
  readonly output?: unknown;
  readonly error?: string;
  readonly cause?: string;
}

/** What is compared: all else is the engines' own business. */
export interface Observed {
  /** What CloudFormation was told, in order. */
  readonly answers: readonly object[];
  /** How the executions ended, in the order of their starts. */
  readonly executions: readonly Ended[];
  readonly populates: number;
  readonly queries: readonly string[];
  readonly live: string;
  /** The SSM parameter's value. */
  readonly parameter: string;
}

/** One account in which a stack with one population is deployed: the simulator's, or moto's. */
export interface World {
  readonly rooms: CleanRooms;
  readonly tableId: string;
  readonly membershipId: string;
  crash(crash: Crash): Promise<void>;
  /** Creates or updates the stack, until CloudFormation has its answer, and those of a rollback. */
  deploy(scene: Scene): Promise<void>;
  /** Starts an execution as a person would, until it has ended. */
  run(input: object): Promise<void>;
  /** Starts one, and no more. */
  begin(input: object): Promise<void>;
  /** Waits until a query of the table runs; answers the newest execution. */
  running(): Promise<string>;
  stop(executionArn: string): Promise<void>;
  /** Deletes the stack, and waits until no execution runs any more. */
  destroy(): Promise<void>;
  observe(): Promise<Observed>;
  close(): Promise<void>;
}

/** Decides how the table's next query runs. */
export const plan = ({ rooms, tableId }: World, next: QueryPlan): void => rooms.planQuery(next, tableId);

/** How an execution ended. moto does not tell with what error, and why, somebody has stopped one. */
export function endedAs({ status, output, error, cause }: { status: string; output?: string; error?: string; cause?: string }): Ended {
  return { status, output: output && JSON.parse(output), ...(status === 'ABORTED' ? {} : { error, cause }) };
}

/** What is different in every account, by what it is. */
export function normalized(observed: Observed, { rooms, tableId, membershipId }: Pick<World, 'rooms' | 'tableId' | 'membershipId'>, executionArns: readonly string[]): Observed {
  const names = new Map([[tableId, '<table>'], [membershipId, '<membership>']]);
  rooms.populations(tableId).forEach(({ analysisId, versionId }, index) => names.set(analysisId, `<query ${index + 1}>`).set(versionId, `<version ${index + 1}>`));
  executionArns.forEach((arn, index) => names.set(arn, `<execution ${index + 1}>`));
  const text = [...names].reduce((json, [name, meaning]) => json.replaceAll(name, meaning), JSON.stringify(observed));
  return JSON.parse(text
    // What CloudFormation appends to generated names.
    .replace(/-(?=[0-9]*[A-Z])[A-Z0-9]{12,13}\b/g, '-<suffix>')
    // A hash of identifiers, among other things.
    .replace(/"[0-9a-f]{16}"/g, '"<hash>"')
    .replace(/RequestId: [0-9a-f-]+/g, 'RequestId: <request>')
    .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, '<time>')) as Observed;
}
