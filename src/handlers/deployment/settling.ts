import { sleep } from './sleep';

/** What is refused at first and may not be in a moment: permissions that are not in force yet, and too many requests. */
const PASSING = ['AccessDeniedException', 'UnrecognizedClientException', 'ThrottlingException', 'TooManyRequestsException', 'ExecutionLimitExceeded'];

/** Whatever is not the service's own refusal may pass, too: a broken connection, a 500, an answer that cannot be read. */
export function mayPass({ name, $metadata }: Error & { readonly $metadata?: { readonly httpStatusCode?: number } }): boolean {
  const status = $metadata?.httpStatusCode ?? 0;
  return PASSING.includes(name) || status < 400 || status >= 500;
}

export interface Time {
  readonly now: () => number;
  readonly sleep: (millis: number) => Promise<void>;
}

const REAL: Time = { now: () => Date.now(), sleep };
const PAUSE_MILLIS = 4_000;

/** Asks again, within so many seconds, what can be asked twice: reading, and starting an execution whose name is the event's. */
export async function settling<T>(seconds: number, call: () => Promise<T>, time: Time = REAL): Promise<T> {
  const deadline = time.now() + seconds * 1_000;
  for (;;) {
    const asked = time.now();
    try {
      return await call();
    } catch (error) {
      const failed = time.now();
      const next = failed + PAUSE_MILLIS;
      // It may take as long as this one did.
      if (!mayPass(error as Error) || next + (failed - asked) > deadline) {
        throw error;
      }
      await time.sleep(PAUSE_MILLIS);
    }
  }
}
