/** An event of the interpreter's. */
export interface RunEvent {
  readonly type: string;
  readonly state?: { readonly name: string; readonly type: string; readonly output?: unknown };
}

/** How an execution, or a task, fails: `Error` and `Cause` of the Amazon States Language. */
export class StateError extends Error {
  constructor(name: string, cause: string) {
    super(cause);
    this.name = name;
  }
}

/** Ends the execution: no `Retry` and no `Catch` applies to it. */
class TerminalError extends StateError {
  readonly isRetryable = false;
  readonly isCatchable = false;
}

/** Of input, output and state, in UTF-8. */
export const MOST_BYTES = 256 * 1024;
/** The last one of which can only be the end. */
const MOST_EVENTS = 25_000;

/** Throws where a state's input or result is larger than Step Functions carries. */
export function checkSize(stateName: string, json: string): void {
  if (Buffer.byteLength(json) <= MOST_BYTES) return;
  throw new TerminalError('States.DataLimitExceeded', `The state/task '${stateName}' returned a result with a size exceeding the maximum number of bytes service limit.`);
}

/**
 * Events of AWS's history that one of the interpreter's stands for. A task is entered, scheduled, started; then it succeeds and is exited,
 * or fails and, retried, is scheduled and started again. https://docs.aws.amazon.com/step-functions/latest/apireference/API_HistoryEvent.html
 */
const EVENTS: Record<string, (stateType: string) => number> = {
  StateEntered: (type) => (type === 'Task' ? 3 : hasParts(type) ? 2 : 1),
  StateExited: (type) => (type === 'Task' || hasParts(type) ? 2 : 1),
  StateFailed: (type) => (type === 'Task' || hasParts(type) ? 1 : 0),
  StateRetried: (type) => (type === 'Task' ? 2 : 1),
  // It is exited, but has not succeeded.
  StateCaught: () => -1,
  MapIterationStarted: () => 1,
  MapIterationSucceeded: () => 1,
  MapIterationFailed: () => 1,
};

function hasParts(type: string): boolean {
  return type === 'Parallel' || type === 'Map';
}

/** What an execution has come to: its length, and what AWS bills. */
export class History {
  /** The start is the first. */
  events = 1;
  transitions = 0;

  /** Throws where the execution has come to an end by it. */
  take({ type, state }: RunEvent): void {
    this.events += EVENTS[type]?.(state!.type) ?? 0;
    if (this.events >= MOST_EVENTS) {
      this.events = MOST_EVENTS - 1;
      throw new TerminalError('States.Runtime', `The execution reached the maximum number of history events (${MOST_EVENTS}).`);
    }
    // AWS bills a retry as a transition, too.
    if (type === 'StateEntered' || type === 'StateRetried') this.transitions++;
    if (type === 'StateExited') checkSize(state!.name, JSON.stringify(state!.output) ?? '');
  }
}
