import type { Answer } from '../service-error';
import type { CleanRooms } from './clean-rooms';
import type { In } from './run-state';
import type { Line } from '../record/line';
import type { PopulationRecord } from '../record/population-record';

/** What a step asks the outside world. */
export interface Outside {
  readonly cleanRooms: CleanRooms;
  readonly record: RecordStore;
  readonly statusOf: (executionArn: string) => Promise<ExecutionStatus>;
  readonly clock: Clock;
  /** A number from 0 to below 1. */
  readonly chance: () => number;
}

export type ExecutionStatus = 'RUNNING' | 'ENDED' | 'UNKNOWN';

/** Step Functions' clock: the moment of the step, and what has passed since by the host's own stopwatch, whatever its clock says. */
export interface Clock {
  readonly entered: number;
  readonly now: () => number;
  readonly pause: (seconds: number) => Promise<void>;
  /** Until the step has to hand back to the machine, in seconds. */
  readonly lingers: () => number;
}

export interface RecordStore {
  /** Of an upstream population, where the table of its stack is named. */
  read(key: string, table?: string): Promise<Answer<PopulationRecord>>;
  change(key: string, change: (record: PopulationRecord) => PopulationRecord): Promise<Answer<PopulationRecord>>;
  readLine(): Promise<Answer<Line>>;
  changeLine(change: (line: Line) => Line): Promise<Answer<Line>>;
  /** How a run is about to end, for a step that breaks off after that: its own item, since the next run changes the population's. */
  saveEnding(execution: string, ending: In<'CLOSE'>, expires: number): Promise<Answer<unknown>>;
  readEnding(execution: string): Promise<Answer<In<'CLOSE'> | undefined>>;
  /** Whether this execution is the first that the event has started. */
  takeEvent(key: string, event: string, execution: string, expires: number): Promise<Answer<boolean>>;
}
