import { kindOf, type Answer, type ServiceError } from '../service-error';

/** Refused for now: another execution has to end first. */
const PASSING = ['ExecutionLimitExceeded'];

/** What is refused at first and may not be in a moment: permissions that are not in force yet, too many requests, faults, lost answers. */
export const mayPass = (error: ServiceError): boolean =>
  ['TRANSIENT', 'SETTLING', 'DENIED'].includes(kindOf(error)) || PASSING.includes(error.code);

export interface Time {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly pause: (millis: number) => Promise<void>;
}

const PAUSE_MILLIS = 4_000;

/** Asks again, until then, what can be asked twice. The last answer counts. */
export async function settled<T>(deadline: number, ask: () => Promise<Answer<T>>, { now, pause }: Time): Promise<Answer<T>> {
  for (;;) {
    const asked = now();
    const answer = await ask();
    const answered = now();
    // The next may take as long as this one did.
    if (answer.ok || !mayPass(answer.error) || answered + PAUSE_MILLIS + (answered - asked) > deadline) {
      return answer;
    }
    await pause(PAUSE_MILLIS);
  }
}
