import type { Fault, Outage, RequestFault } from './life';
import type { VirtualTime } from './time';
import type { ServiceError } from '../../src/handlers/service-error';

/** How a request could be answered that did not go well. */
export const UNKNOWN: ServiceError = { code: 'InternalServerException', message: 'an internal error', outcomeUnknown: true };
export const THROTTLED: ServiceError = { code: 'ThrottlingException', message: 'Rate exceeded', throttled: true, outcomeUnknown: false };

export type Answer<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: ServiceError };

export interface Request<T> {
  /** What faults call it. */
  readonly name: string;
  readonly of: Outage['of'] | 'executions' | 'cloudformation';
  readonly table?: string;
  readonly act: () => Answer<T>;
  /** What the SDK answers that has asked again. */
  readonly again?: T;
}

export type End<T> =
  | { readonly how: 'RETURNED'; readonly value: T }
  | { readonly how: 'THREW'; readonly error: Error }
  | { readonly how: 'CRASHED' };

/** Invocations of functions: every request of theirs takes a moment, and may be what a fault befalls. */
export class Processes {
  public readonly requests: { readonly name: string; readonly process: string }[] = [];
  private readonly counts = new Map<string, number>();
  private readonly outages: readonly Outage[];
  private readonly faults: readonly RequestFault[];

  constructor(
    readonly time: VirtualTime, faults: readonly Fault[], private readonly chance: () => number, private readonly log: (line: string) => void,
  ) {
    this.outages = faults.filter((fault): fault is Outage => fault.kind === 'OUTAGE');
    this.faults = faults.filter((fault): fault is RequestFault => 'request' in fault || 'nth' in fault);
  }

  /** Runs a function's code for at most so long; `done` hears once how it ended. */
  public spawn<T>(name: string, lifeSeconds: number, body: (process: Process) => Promise<T>, done: (end: End<T>) => void): Process {
    let isOver = false;
    const process = new Process(name, this, (end) => {
      if (!isOver) {
        isOver = true;
        done(end as End<T>);
      }
    });
    this.time.after(lifeSeconds, () => process.die());
    body(process).then((value) => process.end({ how: 'RETURNED', value }), (error: Error) => process.end({ how: 'THREW', error }));
    return process;
  }

  public request<T>(process: Process, request: Request<T>): Promise<Answer<T>> {
    return new Promise((resolve) => {
      if (!process.isAlive) {
        return; // A request of a step that is over never comes back.
      }
      const number = this.requests.push({ name: request.name, process: process.name });
      const nth = (this.counts.get(request.name) ?? 0) + 1;
      this.counts.set(request.name, nth);
      const fault = this.faults.find((each) => each.request === number || (each.of === request.name && each.nth === nth));
      if (fault) {
        this.log(`** ${fault.kind} ${fault.seconds ?? ''} at request ${number}, ${request.name} ${nth} of ${process.name}`);
      }
      this.carryOut(process, request, fault, resolve);
    });
  }

  private carryOut<T>(process: Process, request: Request<T>, fault: RequestFault | undefined, resolve: (answer: Answer<T>) => void): void {
    const { time } = this;
    const latency = 0.03 + 0.15 * this.chance();
    const seconds = fault?.seconds ?? 1;
    const act = () => this.duringOutage(request) ?? request.act();
    const answerAfter = (delay: number, answer: Answer<T>) => time.after(delay, () => resolve(answer));
    const failed = (error: ServiceError): Answer<T> => ({ ok: false, error });
    switch (fault?.kind) {
      case undefined: return time.after(latency, () => process.isAlive && answerAfter(latency, act()));
      case 'CRASH_BEFORE': return time.after(latency, () => process.die());
      case 'CRASH_AFTER': return time.after(latency, () => { act(); process.die(); });
      case 'FREEZE_BEFORE': return time.after(seconds, () => process.isAlive && answerAfter(latency, act()));
      case 'FREEZE_AFTER': return time.after(latency, () => answerAfter(seconds, act()));
      case 'FREEZE_CRASH': return time.after(seconds, () => { if (process.isAlive) { act(); process.die(); } });
      case 'LOST': return time.after(latency, () => { act(); answerAfter(seconds, failed(UNKNOWN)); });
      case 'LOST_ONCE': return time.after(latency, () => {
        const answer = act();
        answerAfter(seconds, request.again !== undefined && answer.ok ? { ok: true, value: request.again } : failed(UNKNOWN));
      });
      case 'REJECTED': return answerAfter(seconds, failed(UNKNOWN));
      case 'THROTTLED': return answerAfter(latency, failed(THROTTLED));
      case 'LATE':
        time.after(seconds, () => {
          const answer = act();
          if (seconds < GIVEN_UP_SECONDS) {
            answerAfter(latency, answer);
          }
        });
        return seconds < GIVEN_UP_SECONDS ? undefined : answerAfter(GIVEN_UP_SECONDS, failed(UNKNOWN));
    }
  }

  private duringOutage<T>({ of, name, table, act }: Request<T>): Answer<T> | undefined {
    const { now } = this.time;
    const outage = this.outages.find((each) => each.of === of && (each.operation ?? name) === name && (each.table ?? table) === table
      && now >= each.from && now < each.from + each.seconds);
    if (outage && of === 'store' && this.chance() < 0.3) {
      act();
    }
    return outage && { ok: false, error: UNKNOWN };
  }
}

const GIVEN_UP_SECONDS = 15;

export class Process {
  public isAlive = true;
  public readonly begunAt: number;

  constructor(public readonly name: string, private readonly all: Processes, public readonly end: (end: End<unknown>) => void) {
    this.begunAt = all.time.now;
  }

  public die(): void {
    this.isAlive = false;
    this.end({ how: 'CRASHED' });
  }

  public request = <T>(request: Request<T>): Promise<Answer<T>> => this.all.request(this, request);

  public pause = (seconds: number): Promise<void> => new Promise((resolve) => this.all.time.after(seconds, resolve));

  public passed = (): number => this.all.time.now - this.begunAt;
}
