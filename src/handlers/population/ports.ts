import type { CleanRooms } from '../clean-rooms/clean-rooms';
import type { Store } from '../record/store';

/** What a step asks the outside world. */
export interface Ports {
  readonly cleanRooms: CleanRooms;
  readonly store: Store;
  readonly clock: Clock;
  /** Returns a number from 0 to below 1. */
  readonly chance: () => number;
}

/** Step Functions' clock: the moment of the step, and what has passed since by the host's own stopwatch, whatever its clock says. */
export interface Clock {
  readonly now: () => number;
  readonly pause: (seconds: number) => Promise<void>;
  /** Returns for how many seconds the step may still go on looking. */
  readonly pollSecondsLeft: () => number;
}
