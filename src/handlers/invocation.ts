import type { CleanRooms } from './clean-rooms/clean-rooms';
import type { Store } from './record/store';

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

const sleep = (millis: number): Promise<void> => new Promise((resolve) => { setTimeout(resolve, millis); });

/** Returns a clock that begins with the machine's: the host's own may be wrong by minutes; its stopwatch is not. */
export function clockOf(now: string, pollSeconds: number): Clock {
  const begun = performance.now();
  const passed = () => performance.now() - begun;
  const entered = Date.parse(now);
  return {
    now: () => entered + passed(),
    pause: (seconds) => sleep(seconds * 1_000),
    pollSecondsLeft: () => pollSeconds - passed() / 1_000,
  };
}

/**
 * Ends a step after so long, whatever timeout somebody has given its function: the lease rests on that. A step that is over asks for
 * nothing more, not even where Lambda thaws it with the next one.
 *
 * @throws if the step takes longer
 */
export async function stepLimit<T>(seconds: number, ports: Ports, step: (ports: Ports) => Promise<T>): Promise<T> {
  let isOver = false;
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      isOver = true;
      reject(new StepTookTooLong(`The step took longer than ${seconds} seconds.`));
    }, seconds * 1_000);
  });
  try {
    return await Promise.race([step(guarded(ports, () => isOver)), limit]);
  } finally {
    isOver = true;
    clearTimeout(timer);
  }
}

class StepTookTooLong extends Error {
  readonly name = 'StepTookTooLong';
}

/** A request of a step that is over never comes back. */
const guarded = (ports: Ports, isOver: () => boolean): Ports => ({
  ...ports, cleanRooms: guardedAll(ports.cleanRooms, isOver), store: guardedAll(ports.store, isOver),
});

function guardedAll<T extends object>(service: T, isOver: () => boolean): T {
  return new Proxy(service, {
    get: (target, name) => (...given: unknown[]) => (isOver() ? new Promise(() => undefined)
      : (target as Record<string | symbol, (...given: unknown[]) => unknown>)[name](...given)),
  });
}
