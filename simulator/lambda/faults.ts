/** Where a Lambda invocation goes wrong. Requests are counted from 1, over all hosts, within one invocation. */
export type LambdaFaultKind =
  /**
   * Lambda itself answers with an error, of its own or for want of concurrency; no code runs. Asynchronous events go back to the queue.
   * With `forSeconds`, so do all further invocations in the time from the first one that it strikes.
   */
  | { readonly at: 'service' | 'throttled'; readonly forSeconds?: number }
  /** The runtime crashes before the handler is called. */
  | { readonly at: 'start' }
  /** The environment dies just before, or just after the answer to, its nth request. */
  | { readonly at: 'beforeRequest' | 'afterRequest'; readonly request: number }
  /** All work done, then the environment dies in place of returning. */
  | { readonly at: 'return' }
  /** The nth request, or the return, never comes about, until the function's own timeout. */
  | { readonly at: 'timeoutBeforeRequest' | 'timeoutAfterRequest'; readonly request: number }
  | { readonly at: 'timeoutBeforeReturn' }
  /** The connection to whoever waits for the result breaks after so many seconds: the invocation goes on, beside the one that is tried instead. */
  | { readonly at: 'connection'; readonly seconds: number };

interface Target {
  /** Matched against the function's logical id: the id itself, or the start of it. */
  readonly function: string;
}

export type InvocationFault = LambdaFaultKind & Target & {
  /** Which invocation of that function, counted from 1. @default every one */
  readonly invocation?: number;
};

/** An asynchronous event that sits in Lambda's queue before it is delivered, so that a later one may overtake it. */
export type QueueFault = Target & {
  readonly at: 'queue';
  readonly seconds: number;
  /** Which of the function's events, counted from 1. @default every one */
  readonly event?: number;
  /** Only events with this in their payload are concerned, and counted. */
  readonly payload?: RegExp;
};

export type LambdaFault = InvocationFault | QueueFault;

/** An invocation, or an event, that met a fault. */
export interface LambdaFaultHit {
  readonly time: number;
  readonly function: string;
  readonly fault: LambdaFault;
}

/** What has struck so far, of faults that anybody may add at any time. */
export class LambdaFaults {
  readonly hits: LambdaFaultHit[] = [];
  private readonly struckAt = new Map<LambdaFault, number>();
  private readonly eventsSeen = new Map<LambdaFault, number>();

  constructor(private readonly faults: readonly LambdaFault[], private readonly now: () => number) {}

  ofInvocation(logicalId: string, invocation: number): InvocationFault | undefined {
    const fault = this.of(logicalId).find((candidate): candidate is InvocationFault => candidate.at !== 'queue' && this.strikes(candidate, invocation));
    if (!fault) return undefined;
    if (!this.struckAt.has(fault)) this.struckAt.set(fault, this.now());
    this.hit(logicalId, fault);
    return fault;
  }

  /** How long an event waits in the queue. */
  queueSeconds(logicalId: string, payload: string): number {
    const concerned = this.of(logicalId).filter((fault): fault is QueueFault => fault.at === 'queue' && (fault.payload?.test(payload) ?? true));
    for (const fault of concerned) this.eventsSeen.set(fault, (this.eventsSeen.get(fault) ?? 0) + 1);
    const strikes = concerned.find((fault) => (fault.event ?? this.eventsSeen.get(fault)) === this.eventsSeen.get(fault));
    if (strikes) this.hit(logicalId, strikes);
    return strikes?.seconds ?? 0;
  }

  private hit(logicalId: string, fault: LambdaFault): void {
    this.hits.push({ time: this.now(), function: logicalId, fault });
  }

  private of(logicalId: string): LambdaFault[] {
    return this.faults.filter((fault) => logicalId.startsWith(fault.function));
  }

  private strikes(fault: InvocationFault, invocation: number): boolean {
    const first = (fault.invocation ?? invocation) === invocation;
    if (!('forSeconds' in fault) || fault.forSeconds === undefined) return first;
    const since = this.struckAt.get(fault);
    return since === undefined ? first : this.now() < since + fault.forSeconds * 1000;
  }
}
