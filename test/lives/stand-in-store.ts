import type { Answer, Process } from './processes';
import type { Ended } from '../../src/contract/workflow';
import { fromItem, runKey, SCHEMA, toItem, type Item, runItemExpiresAt, type RunItem } from '../../src/handlers/record/items';
import type { Store, Stored } from '../../src/handlers/record/store';
import type { TableRecord } from '../../src/handlers/record/table-record';

interface Kept {
  readonly item: Item;
  readonly document: Readonly<Record<string, unknown>>;
  readonly version: number;
}

/** DynamoDB as the record uses it: items in their real form, conditions on their version. */
export class StandInStore {
  private readonly items = new Map<string, Kept>();

  /** `changed` hears of every document that was written. */
  constructor(private readonly changed: (key: string, document: Readonly<Record<string, unknown>>) => void) {}

  public document = (key: string): Readonly<Record<string, unknown>> | undefined => this.items.get(key)?.document;

  /** What a person does in the console. */
  public forget(key: string, member?: string): void {
    const kept = this.items.get(key);
    if (!kept || member === undefined) {
      this.items.delete(key);
      return;
    }
    const { [member]: _, ...item } = kept.item;
    this.keep(key, item);
  }

  public forProcess(process: Process): Store {
    const of = 'store';
    return {
      read: <T>(key: string, recordTable?: string) => process.request({ of, name: 'read', act: () => answered(this.read<T>(key, recordTable)) }),
      write: (key, document, version, expiresAt) => {
        const name = nameOf(key, document as Partial<TableRecord>);
        return process.request({ of, name, act: () => answered(this.write(key, document, version, expiresAt)), again: false });
      },
      readRun: (execution) => process.request({ of, name: 'readRun', act: () => answered(this.ownOf(execution)) }),
      recordOutcome: async (execution, outcome, now) => {
        const written = await process.request({ of, name: 'recordOutcome', act: () => answered(this.recordOutcome(execution, outcome, now)), again: true });
        return written.ok ? { ok: true, value: undefined } : written;
      },
    };
  }

  private read<T>(key: string, recordTable?: string): Stored<T> {
    if (recordTable !== undefined) {
      throw new Error('This world has one stack.');
    }
    const { document, version } = this.items.get(key) ?? { version: 0 };
    return { document: document as T | undefined, version };
  }

  private write(key: string, document: object, version: number, expiresAt?: number): boolean {
    if ((this.items.get(key)?.version ?? 0) !== version) {
      return false;
    }
    this.keep(key, toItem(key, document, version + 1, expiresAt));
    return true;
  }

  private ownOf(execution: string): Pick<RunItem, 'table' | 'outcome'> {
    const { table, outcome } = (this.document(runKey(execution)) ?? {}) as RunItem;
    return { table, outcome };
  }

  private recordOutcome(execution: string, outcome: Ended, now: number): boolean {
    const key = runKey(execution);
    const known = this.items.get(key);
    if (known?.document.outcome === undefined) {
      const item = toItem(key, { ...known?.document, outcome }, (known?.version ?? 0) + 1, runItemExpiresAt(now));
      this.keep(key, { ...item, schema: { N: String(SCHEMA) } });
    }
    return true;
  }

  private keep(key: string, item: Item): void {
    const { document, version } = fromItem(item);
    this.items.set(key, { item, document: frozen(document), version });
    this.changed(key, document);
  }
}

const answered = <T>(value: T): Answer<T> => ({ ok: true, value });

/** What faults call a write. */
function nameOf(key: string, { attempt }: Partial<TableRecord>): string {
  return key.startsWith('table ') && attempt ? `write ${attempt.state}` : `write ${key.split(' ')[0]}`;
}

/** Nobody may change what was read. */
function frozen<T>(value: T): T {
  if (value && typeof value === 'object' && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(frozen);
  }
  return value;
}
