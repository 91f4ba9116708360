import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type { FinishedAttempt, PopulateAttempt, TableRecord } from './table-record';
import { tableId, type TableIdentifiers } from '../../contract/definition';
import { RECORD_EXPIRES, RECORD_KEY } from '../../contract/names';
import type { Ended } from '../../contract/workflow';

/** Attributes that a person can read in the console: AWS's own typed values, and moments as texts. */

/** The layout of items: one that is newer is not misread. */
export const SCHEMA = 1;

export type Item = Record<string, AttributeValue>;

export const tableKey = (table: TableIdentifiers): string => `table ${tableId(table)}`;
export const pointerKey = (logicalId: string): string => `population ${logicalId}`;
export const runKey = (execution: string): string => `run ${execution}`;
export const eventKey = (event: string): string => `event ${event}`;

/** Which table the population of a logical id populates, and since when. */
export interface Pointer {
  /** Undefined once its custom resource is deleted. */
  readonly table?: TableIdentifiers;
  /** When CloudFormation sent the request that says so. */
  readonly signedAt: number;
}

/**
 * A run: whom its end is told, which only the deployment function reads (a response URL is a credential), and how it ended, which is
 * written once, by whoever ended its attempt.
 */
export interface RunItem {
  readonly outcome?: Ended;
  /** Of a deployment's run: which table's record has its request. */
  readonly table?: TableIdentifiers;
  /** A release succeeds however it ends. */
  readonly action?: 'POPULATE' | 'RELEASE';
  /** Resources that wait, and have not been told yet. */
  readonly responses?: readonly PendingResponse[];
  /** The URL of a wait condition's handle, which has not been told yet. */
  readonly waitHandleUrl?: string;
}

/** What a response names besides its result. */
export interface PendingResponse {
  readonly url: string;
  readonly StackId: string;
  readonly RequestId: string;
  readonly LogicalResourceId: string;
  readonly PhysicalResourceId: string;
}

/** Whoever may still wait then was given up by CloudFormation long ago, and no run lives as long. */
const RUN_ITEM_DAYS = 2;

export const runItemExpiresAt = (now: number): number => now + RUN_ITEM_DAYS * 86_400_000;

export function toItem(key: string, document: object, version: number, expiresAt?: number): Item {
  const expires = expiresAt === undefined ? {} : { [RECORD_EXPIRES]: Math.floor(expiresAt / 1_000) };
  const attributes = { [RECORD_KEY]: key, schema: SCHEMA, version, ...expires, ...toTexts(document) as object };
  return marshall(attributes, { removeUndefinedValues: true });
}

/** @throws if the item is of a newer layout */
export function fromItem(item: Item): { readonly document: Record<string, unknown>; readonly version: number } {
  const { [RECORD_KEY]: key, schema, version, [RECORD_EXPIRES]: _, ...document } = unmarshall(item);
  if (typeof schema === 'number' && schema > SCHEMA) {
    throw new NewerSchema(`The item "${key}" has schema ${schema}, and this version of the library knows ${SCHEMA}. `
      + 'Deploy the newer one again.');
  }
  return { document: toMoments(document) as Record<string, unknown>, version: typeof version === 'number' ? version : 0 };
}

/** Is as final as what a service refuses. */
class NewerSchema extends Error {
  readonly name = 'RecordIsNewer';
  readonly $fault = 'client';
  readonly $metadata = { httpStatusCode: 400 };
}

const isMoment = (name: string): boolean => /(At|By)$/.test(name);
const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
/** Users' own names and values stay as they are, since a parameter may be called `startAt`; and so does what a run has answered. */
const isVerbatim = (name: string): boolean => ['parameters', 'spark', 'queryDefaults', 'outcome'].includes(name);

const toTexts = (value: unknown, name = ''): unknown =>
  (typeof value === 'number' && isMoment(name) ? new Date(value).toISOString() : deeply(value, name, toTexts));

const toMoments = (value: unknown, name = ''): unknown =>
  (typeof value === 'string' && isMoment(name) && ISO.test(value) ? Date.parse(value) : deeply(value, name, toMoments));

function deeply(value: unknown, name: string, change: (value: unknown, name: string) => unknown): unknown {
  if (Array.isArray(value)) {
    return value.map((each) => change(each, ''));
  }
  return value && typeof value === 'object' && !isVerbatim(name)
    ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, change(inner, key)]))
    : value;
}

const UNKNOWN = {
  analysisType: 'QUERY', isDeploy: false, fingerprint: 'unknown', definitionFingerprint: 'unknown', intendedAt: 0,
} as const;
const UNKNOWN_FINISHED: FinishedAttempt = { ...UNKNOWN, succeeded: false, analysisId: 'unknown' };
const UNKNOWN_ATTEMPT: PopulateAttempt = {
  ...UNKNOWN,
  token: 'unknown',
  state: 'INTENDED',
  execution: 'unknown',
  request: 'unknown',
  parameterNames: [],
  parametersHash: 'unknown',
  mayHaveDefaults: true,
  deadlineAt: 0,
  before: { versions: { createdAt: 0, ids: [] }, analyses: { createdAt: 0, ids: [] } },
};

/** Returns the record, where an older version of the library, or a person in the console, may have left something out of it. */
export function toTableRecord(known: Partial<TableRecord> = {}): TableRecord {
  const { requests = [], syntheses = [], history = [], billing, attempt, ...others } = known;
  return {
    ...others,
    requests: requests.filter((request) => request.action === 'RELEASE' || request.definition as unknown),
    syntheses,
    history: history.map((finished) => ({ ...UNKNOWN_FINISHED, ...finished })),
    ...(billing ? { billing: billing.filter(({ lastAt, crpuHours }) => Number.isFinite(lastAt + crpuHours)) } : {}),
    ...(attempt ? { attempt: { ...UNKNOWN_ATTEMPT, ...attempt } } : {}),
  };
}
