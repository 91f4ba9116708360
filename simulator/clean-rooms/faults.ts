import type { Clock } from '../clock';
import type { OperationName } from './model';

/** Whether the request still has its effect. */
export type When = 'before' | 'after';

export type Fault =
  /** Any modeled error with any members, or with `status` any other one. A plain 500 is `InternalServerException`. */
  | {
    readonly kind: 'error';
    readonly when?: When;
    readonly code: string;
    readonly message?: string;
    readonly members?: Record<string, unknown>;
    readonly status?: number;
  }
  /** What a proxy in between may say: not the API's format. */
  | { readonly kind: 'reply'; readonly when?: When; readonly status: number; readonly body: string }
  /** The connection breaks. */
  | { readonly kind: 'reset'; readonly when?: When }
  /** Never answered. */
  | { readonly kind: 'hang'; readonly when?: When }
  /** Served late. */
  | { readonly kind: 'delay'; readonly seconds: number };

export interface FaultRule {
  readonly operation: OperationName | '*';
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

interface ActiveRule extends FaultRule {
  readonly since: number;
  seen: number;
}

/** What goes wrong, and when: nothing is left to chance. */
export class Faults {
  private rules: ActiveRule[] = [];

  constructor(private readonly clock: Clock) {}

  /** Returns how to end the fault. */
  inject(rule: FaultRule): () => void {
    const active = { ...rule, since: this.clock.now(), seen: 0 };
    this.rules.push(active);
    return () => { this.rules = this.rules.filter((other) => other !== active); };
  }

  clear(): void {
    this.rules = [];
  }

  /** The trouble that this request meets: every delay, and the first rule's ending. */
  next(operation: OperationName): Trouble {
    const concerned = this.rules.filter((rule) => rule.operation === '*' || rule.operation === operation);
    concerned.forEach((rule) => { rule.seen++; });
    const faults = concerned.filter((rule) => this.applies(rule)).map(({ fault }) => fault);
    return {
      delaySeconds: faults.reduce((sum, fault) => sum + (fault.kind === 'delay' ? fault.seconds : 0), 0),
      ending: faults.find((fault): fault is EndingFault => fault.kind !== 'delay'),
    };
  }

  private applies({ occurrences, first = Infinity, forSeconds = Infinity, since, seen }: ActiveRule): boolean {
    return seen <= first && this.clock.now() < since + forSeconds * 1000 && (occurrences?.includes(seen) ?? true);
  }
}
