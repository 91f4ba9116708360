import { DynamoDBClient, GetItemCommand, PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import {
  eventKey, fromItem, pointerKey, runItemExpiresAt, runKey, SCHEMA, tableKey, toItem, toTableRecord, type Pointer, type RunItem,
} from './items';
import type { DeploymentRequest, TableRecord } from './table-record';
import { tableId, type TableIdentifiers } from '../../contract/definition';
import { RECORD_EXPIRES, RECORD_KEY } from '../../contract/names';
import type { Ended } from '../../contract/workflow';
import { tryCall, type Result, type ServiceError } from '../service-error';

/** A document as it was read. */
export interface Stored<T> {
  /** Undefined where there is none. */
  readonly document?: T;
  /** 0 where there is none. */
  readonly version: number;
}

/** The stack's record, one DynamoDB table. Every read is consistent, every write conditional. */
export interface Store {
  /** Reads a document; of another stack's record, where its table is named. */
  read<T extends object>(key: string, recordTable?: string): Promise<Result<Stored<T>>>;
  /** Writes the document if it still has this version. False: it was changed meanwhile, or this very write has come through before. */
  write(key: string, document: object, version: number, expiresAt?: number): Promise<Result<boolean>>;
  /** Reads of which table a deployment's run is and how a run ended, and nothing else of its item: not whom to answer. */
  readRun(execution: string): Promise<Result<Pick<RunItem, 'table' | 'outcome'>>>;
  /** Records how a run ended. First writer wins. */
  recordOutcome(execution: string, outcome: Ended, now: number): Promise<Result<void>>;
}

export function dynamoDBStore(client: DynamoDBClient, TableName: string): Store {
  const keyed = (key: string) => ({ [RECORD_KEY]: { S: key } });
  return {
    read: <T>(key: string, recordTable = TableName) => tryCall(async () => {
      const { Item } = await client.send(new GetItemCommand({ TableName: recordTable, Key: keyed(key), ConsistentRead: true }));
      return (Item ? fromItem(Item) : { version: 0 }) as Stored<T>;
    }),
    write: (key, document, version, expiresAt) => tryCall(() => unlessConditionFails(() => client.send(new PutItemCommand({
      TableName,
      Item: toItem(key, document, version + 1, expiresAt),
      ConditionExpression: version === 0 ? 'attribute_not_exists(version)' : 'version = :version',
      ExpressionAttributeValues: version === 0 ? undefined : { ':version': { N: String(version) } },
    })))),
    readRun: (execution) => tryCall(async () => {
      const { Item } = await client.send(new GetItemCommand({
        TableName,
        Key: keyed(runKey(execution)),
        ConsistentRead: true,
        ProjectionExpression: 'outcome, #table, #schema',
        ExpressionAttributeNames: { '#table': 'table', '#schema': 'schema' },
      }));
      return Item ? fromItem(Item).document : {};
    }),
    recordOutcome: (execution, outcome, now) => tryCall(async () => {
      await unlessConditionFails(() => client.send(new UpdateItemCommand({
        TableName,
        Key: keyed(runKey(execution)),
        UpdateExpression: `SET outcome = :outcome, ${RECORD_EXPIRES} = :expires, #schema = :schema ADD version :one`,
        ConditionExpression: 'attribute_not_exists(outcome)',
        ExpressionAttributeNames: { '#schema': 'schema' },
        ExpressionAttributeValues: marshall({
          ':outcome': outcome, ':expires': Math.floor(runItemExpiresAt(now) / 1_000), ':schema': SCHEMA, ':one': 1,
        }, { removeUndefinedValues: true }),
      })));
    }),
  };
}

async function unlessConditionFails(write: () => Promise<unknown>): Promise<boolean> {
  try {
    await write();
    return true;
  } catch (error) {
    if ((error as Error).name === 'ConditionalCheckFailedException') {
      return false;
    }
    throw error;
  }
}

const MAX_TRIES = 6;

/**
 * Changes a document, again where somebody else was faster; the same document, or undefined, means that nothing is to be written.
 * The change has to be idempotent: a write whose answer was lost is looked at again.
 */
export async function changeDocument<T extends object>(
  store: Store, key: string, change: (document: T | undefined) => T | undefined, { pause, expiresAt }: Changing,
): Promise<Result<T | undefined>> {
  for (let tries = 1; ; tries++) {
    const read = await store.read<T>(key);
    const { document, version } = read.ok ? read.value : { version: 0 } as Stored<T>;
    const changed = read.ok ? change(document) : undefined;
    const written: Result<boolean> = !read.ok ? read
      : changed === undefined || changed === document ? { ok: true, value: true } : await store.write(key, changed, version, expiresAt);
    if (written.ok && written.value) {
      return { ok: true, value: changed };
    }
    if (tries === MAX_TRIES) {
      return written.ok ? { ok: false, error: CONTENDED } : written;
    }
    // Backs off with jitter so that contending writers do not collide again.
    await pause(20 * 2 ** tries * (0.5 + Math.random()));
  }
}

/** Changes a table's item, which is an empty one where there is none; the same means that nothing is to be written. */
export async function changeTableRecord(
  store: Store, table: TableIdentifiers, change: (record: TableRecord) => TableRecord, changing: Changing,
): Promise<Result<TableRecord>> {
  const changed = await changeDocument<TableRecord>(store, tableKey(table), (document) => {
    const record = toTableRecord(document);
    const after = change(record);
    return after === record ? document : after;
  }, changing);
  return changed.ok ? { ok: true, value: toTableRecord(changed.value) } : changed;
}

/** Changes a run's item, which then lives on for a while; the same, or undefined, means that nothing is to be written. */
export const changeRunItem = <T extends RunItem | undefined>(
  store: Store, execution: string, change: (run: RunItem | undefined) => T, { pause, now }: Changing & { readonly now: () => number },
): Promise<Result<T>> =>
  changeDocument(store, runKey(execution), change, { pause, expiresAt: runItemExpiresAt(now()) }) as Promise<Result<T>>;

/** Points from a request's logical id to its table once it has ended well, for populations of other stacks; never for an older request. */
export const changePointer = (
  store: Store, table: TableIdentifiers, { signedAt, action, logicalId }: DeploymentRequest, changing: Changing,
): Promise<Result<unknown>> => changeDocument<Pointer>(store, pointerKey(logicalId), (known) => {
  if (action === 'RELEASE') {
    return known?.table && tableId(known.table) === tableId(table) ? { signedAt } : known;
  }
  return known && known.signedAt > signedAt ? known : { table, signedAt };
}, changing);

/** EventBridge delivers an event within a day. */
const EVENT_DAYS = 2;

/** Returns which execution an event has started first; undefined where that cannot be read. */
export async function claimEvent(store: Store, event: string, execution: string, now: number): Promise<string | undefined> {
  await store.write(eventKey(event), { execution }, 0, now + EVENT_DAYS * 86_400_000);
  const read = await store.read<{ execution: string }>(eventKey(event));
  return read.ok ? read.value.document?.execution : undefined;
}

export interface Changing {
  /** Milliseconds. */
  readonly pause: (millis: number) => Promise<void>;
  readonly expiresAt?: number;
}

const CONTENDED: ServiceError = {
  code: 'RecordContended', message: `Others changed the item at the same time, ${MAX_TRIES} times in a row.`, outcomeUnknown: true,
};

/** Returns a client that tells soon when DynamoDB cannot be reached, as from a VPC without an endpoint. */
export function dynamoDBClient(): DynamoDBClient {
  return new DynamoDBClient({
    maxAttempts: 2, requestHandler: { connectionTimeout: 2_000, requestTimeout: 4_000, throwOnRequestTimeout: true },
  });
}
