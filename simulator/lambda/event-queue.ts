import { VirtualClock } from '../clock';
import { LambdaFaults } from './faults';
import { LambdaServiceError } from './service-error';

/** What becomes of asynchronous events that fail. */
export interface AsyncConfiguration {
  readonly retries?: number;
  readonly maxAgeSeconds?: number;
}

export interface EventQueueOptions {
  readonly clock: VirtualClock;
  readonly faults: LambdaFaults;
  readonly invoke: (arn: string, payload: string) => Promise<unknown>;
}

/** AWS retries a failed asynchronous invocation after one minute, then after two more. */
const ASYNC_RETRY_MILLIS = [60_000, 120_000];
/** An event that could not be delivered goes back to the queue, for longer and longer. */
const [FIRST_BACKOFF_MILLIS, LONGEST_BACKOFF_MILLIS] = [1000, 300_000];
const LONGEST_EVENT_AGE_SECONDS = 6 * 3600;

/**
 * Lambda's queue of asynchronous events.
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
 */
export class EventQueue {
  private readonly configurations = new Map<string, AsyncConfiguration>();

  constructor(private readonly options: EventQueueOptions) {}

  /** By the function's name. */
  configure(name: string, configuration: AsyncConfiguration): void {
    this.configurations.set(name, configuration);
  }

  /** After a failure of the code, Lambda tries again so many times; after one of its own, until the event is too old. */
  async deliver({ arn, name, logicalId }: Readonly<Record<'arn' | 'name' | 'logicalId', string>>, payload: string): Promise<void> {
    const { clock, faults, invoke } = this.options;
    const { retries = ASYNC_RETRY_MILLIS.length, maxAgeSeconds = LONGEST_EVENT_AGE_SECONDS } = this.configurations.get(name) ?? {};
    const tooOldAt = clock.now() + maxAgeSeconds * 1000;
    const queued = faults.queueSeconds(logicalId, payload) * 1000;
    if (queued > 0) await clock.sleep(queued);
    let failures = 0;
    for (let backoff = FIRST_BACKOFF_MILLIS; clock.now() <= tooOldAt;) {
      try {
        await invoke(arn, payload);
        return;
      } catch (error) {
        if (error instanceof LambdaServiceError && error.isTransient) {
          await clock.sleep(backoff);
          backoff = Math.min(2 * backoff, LONGEST_BACKOFF_MILLIS);
        } else {
          if (failures >= retries) return;
          await clock.sleep(ASYNC_RETRY_MILLIS[failures++]);
        }
      }
    }
  }
}
