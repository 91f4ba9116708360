import type { Ended } from '../../../src/contract/workflow';
import { fromItem, runKey, toItem, type Item, runItemExpiresAt, type RunItem } from '../../../src/handlers/record/items';
import type { Store, Stored } from '../../../src/handlers/record/store';
import type { Result, ServiceError } from '../../../src/handlers/service-error';

/** What befalls a request. */
export interface Trouble {
  readonly error: ServiceError;
  /** The write is in all the same. */
  readonly isWritten?: boolean;
}

/** The record in memory, as items. */
export class FakeStore implements Store {
  readonly items = new Map<string, Item>();
  /** What was asked, such as `write table m/t`. */
  readonly asked: string[] = [];
  /** Decides what befalls a request; it may also do something before that one is served. */
  trouble: (request: string) => Trouble | undefined = () => undefined;

  get<T>(key: string): T | undefined {
    const item = this.items.get(key);
    return item && fromItem(item).document as T;
  }

  set(key: string, document: object): void {
    this.items.set(key, toItem(key, document, this.stored(key).version + 1));
  }

  /** Counts the writes of a document, or all. */
  writes(key = ''): number {
    return this.asked.filter((request) => request.startsWith(`write ${key}`)).length;
  }

  async read<T extends object>(key: string, recordTable?: string): Promise<Result<Stored<T>>> {
    return this.served(`read ${recordTable ? `${recordTable} ` : ''}${key}`, () => this.stored(key) as Stored<T>);
  }

  async write(key: string, document: object, version: number, expiresAt?: number): Promise<Result<boolean>> {
    return this.served(`write ${key}`, () => {
      const isFirst = this.stored(key).version === version;
      if (isFirst) {
        this.items.set(key, toItem(key, document, version + 1, expiresAt));
      }
      return isFirst;
    });
  }

  async readRun(execution: string): Promise<Result<Pick<RunItem, 'table' | 'outcome'>>> {
    return this.served(`read ${runKey(execution)}`, () => {
      const { table, outcome } = this.get<RunItem>(runKey(execution)) ?? {};
      return { table, outcome };
    });
  }

  async recordOutcome(execution: string, outcome: Ended, now: number): Promise<Result<void>> {
    const key = runKey(execution);
    return this.served(`write ${key}`, () => {
      const run = this.get<RunItem>(key);
      if (!run?.outcome) {
        this.items.set(key, toItem(key, { ...run, outcome }, this.stored(key).version + 1, runItemExpiresAt(now)));
      }
    });
  }

  private stored(key: string): Stored<object> {
    const item = this.items.get(key);
    return item ? fromItem(item) : { version: 0 };
  }

  private async served<T>(request: string, serve: () => T): Promise<Result<T>> {
    this.asked.push(request);
    const trouble = this.trouble(request);
    const value = !trouble || trouble.isWritten ? serve() : undefined;
    return trouble ? { ok: false, error: trouble.error } : { ok: true, value: value! };
  }
}

export const UNREACHABLE: ServiceError = { code: 'TimeoutError', message: 'Connection timed out after 2000 ms', outcomeUnknown: true };
export const THROTTLED: ServiceError = { code: 'ThrottlingException', message: 'Rate exceeded', throttled: true, outcomeUnknown: false };
