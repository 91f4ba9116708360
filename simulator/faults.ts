import type { Clock } from './clock';

/** Whether the request still has its effect. */
export type When = 'before' | 'after';

export type Fault =
  /** An error that the service has, with any members; with `status` any other one. */
  | {
    readonly kind: 'error';
    readonly when?: When;
    readonly code: string;
    readonly message?: string;
    readonly members?: Record<string, unknown>;
    readonly status?: number;
  }
  /** What a proxy in between may say: not the API's format, such as a page of HTML, or a status without an error type. */
  | { readonly kind: 'reply'; readonly when?: When; readonly status: number; readonly body: string; readonly contentType?: string }
  /** The service's own answer, of which the second half is missing; where the connection breaks, the client can tell. */
  | { readonly kind: 'cut'; readonly connectionBreaks?: boolean }
  /** The connection breaks. */
  | { readonly kind: 'reset'; readonly when?: When }
  /** Never answered. */
  | { readonly kind: 'hang'; readonly when?: When }
  /** Served late. */
  | { readonly kind: 'delay'; readonly seconds: number };

export interface FaultRule<Operation extends string = string> {
  readonly operation: Operation | '*';
  readonly fault: Fault;
  /** Which requests, counted from 1 since the rule was given. @default all of them */
  readonly occurrences?: readonly number[];
  /** The first so many. */
  readonly first?: number;
  /** Those in the first so many seconds. */
  readonly forSeconds?: number;
}

export type EndingFault = Exclude<Fault, { kind: 'delay' }>;

export interface Trouble {
  readonly delaySeconds: number;
  readonly ending?: EndingFault;
}

/** A request that met a fault. */
export interface Hit<Operation extends string = string> {
  readonly time: number;
  readonly operation: Operation;
  readonly fault: Fault;
}

interface ActiveRule<Operation extends string> extends FaultRule<Operation> {
  readonly since: number;
  seen: number;
}

/** What goes wrong, and when: nothing is left to chance. */
export class Faults<Operation extends string = string> {
  readonly hits: Hit<Operation>[] = [];
  private rules: ActiveRule<Operation>[] = [];

  constructor(private readonly clock: Clock) {}

  /** Returns how to end the fault. */
  inject(rule: FaultRule<Operation>): () => void {
    const active = { ...rule, since: this.clock.now(), seen: 0 };
    this.rules.push(active);
    return () => { this.rules = this.rules.filter((other) => other !== active); };
  }

  clear(): void {
    this.rules = [];
  }

  /** The trouble that this request meets: every delay, and the first rule's ending. */
  next(operation: Operation): Trouble {
    const concerned = this.rules.filter((rule) => rule.operation === '*' || rule.operation === operation);
    concerned.forEach((rule) => { rule.seen++; });
    const faults = concerned.filter((rule) => this.applies(rule)).map(({ fault }) => fault);
    const delays = faults.filter((fault) => fault.kind === 'delay');
    const ending = faults.find((fault) => fault.kind !== 'delay');
    for (const fault of ending ? [...delays, ending] : delays) this.hits.push({ time: this.clock.now(), operation, fault });
    return { delaySeconds: delays.reduce((sum, { seconds }) => sum + seconds, 0), ending };
  }

  private applies({ occurrences, first = Infinity, forSeconds = Infinity, since, seen }: ActiveRule<Operation>): boolean {
    return seen <= first && this.clock.now() < since + forSeconds * 1000 && (occurrences?.includes(seen) ?? true);
  }
}

/** Returns the error that a request is to end with, of a service that is not asked over a connection: no other fault can be played there. */
export function errorIn(ending?: EndingFault): (EndingFault & { readonly kind: 'error' }) | undefined {
  if (ending && ending.kind !== 'error') throw new Error(`Nothing here can end by a fault of the kind "${ending.kind}", only by an error.`);
  return ending;
}
