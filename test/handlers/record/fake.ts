import type { Documents, Lifetime } from '../../../src/handlers/record/documents';
import type { Answer, ServiceError } from '../../../src/handlers/service-error';

export type Trouble =
  /** The request is refused, or lost on its way there. */
  | { readonly before: ServiceError }
  /** A change is made, and its answer lost: it is asked again. */
  | 'ASKED_AGAIN'
  /** A change is made, and no answer ever comes. */
  | { readonly after: ServiceError }
  /** Somebody else writes between the reading and the writing. */
  | { readonly meanwhile: () => void };

/** The record in memory: documents are kept as JSON, and `change` is asked again as often as somebody else was faster. */
export class FakeDocuments implements Documents {
  /** What was asked, such as `change line`. */
  readonly asked: string[] = [];
  readonly lives = new Map<string, Lifetime | undefined>();
  /** How many writes took effect. */
  writes = 0;
  private readonly stored = new Map<string, string>();
  private readonly troubles: { readonly id: string; readonly trouble: Trouble }[] = [];

  constructor(documents: Readonly<Record<string, object>> = {}) {
    Object.entries(documents).forEach(([id, document]) => this.set(id, document));
  }

  get<T>(id: string): T | undefined {
    const json = this.stored.get(id);
    return json === undefined ? undefined : JSON.parse(json) as T;
  }

  set(id: string, document: object): void {
    this.stored.set(id, JSON.stringify(document));
  }

  delete(id: string): void {
    this.stored.delete(id);
  }

  /** What befalls the next requests for the document, one each. */
  befalls(id: string, ...troubles: Trouble[]): void {
    this.troubles.push(...troubles.map((trouble) => ({ id, trouble })));
  }

  /** Documents of another stack's table are kept under `<table> <id>`. */
  async read<T>(id: string, table?: string): Promise<Answer<T | undefined>> {
    this.asked.push(`read ${id}`);
    const trouble = this.next(id);
    const error = typeof trouble !== 'string' && trouble && ('before' in trouble ? trouble.before : 'after' in trouble && trouble.after);
    return error ? { ok: false, error } : { ok: true, value: this.get<T>(table ? `${table} ${id}` : id) };
  }

  async change<T extends object>(id: string, change: (document: T | undefined) => T | undefined, lives?: Lifetime): Promise<Answer<T | undefined>> {
    this.asked.push(`change ${id}`);
    let trouble = this.next(id);
    for (;;) {
      if (typeof trouble === 'object' && 'before' in trouble) {
        return { ok: false, error: trouble.before };
      }
      const before = this.stored.get(id);
      const document = this.get<T>(id);
      const changed = change(document);
      if (changed === document || changed === undefined) {
        return { ok: true, value: changed };
      }
      if (typeof trouble === 'object' && 'meanwhile' in trouble) {
        trouble.meanwhile();
        trouble = undefined;
      }
      if (this.stored.get(id) === before) {
        this.set(id, changed);
        this.lives.set(id, lives);
        this.writes++;
        if (typeof trouble === 'object') {
          return { ok: false, error: trouble.after };
        }
        if (trouble !== 'ASKED_AGAIN') {
          return { ok: true, value: this.get<T>(id) };
        }
        trouble = undefined;
      }
    }
  }

  private next(id: string): Trouble | undefined {
    const index = this.troubles.findIndex((one) => one.id === id);
    return index < 0 ? undefined : this.troubles.splice(index, 1)[0].trouble;
  }
}

export const UNREACHABLE: ServiceError = { code: 'TimeoutError', message: 'Connection timed out after 2000 ms', doubtful: true };
