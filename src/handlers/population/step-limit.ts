import type { Ports } from './ports';

/**
 * Ends a step after so long, whatever timeout somebody has given its function: the lease rests on that. A step that is over asks for nothing
 * more, not even where Lambda thaws it with the next one.
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
