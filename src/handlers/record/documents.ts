import { randomUUID } from 'crypto';
import { DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { RECORD_EXPIRES, RECORD_KEY } from '../../contract/names';
import { answered, type Answer } from '../service-error';

/** Documents by id, in one DynamoDB table. Every read is consistent, every write conditional. */
export interface Documents {
  /** Undefined where there is none. Of another stack's table, where one is named. */
  read<T>(id: string, table?: string): Promise<Answer<T | undefined>>;
  /**
   * Brings the document to what `change` makes of it, which is asked again when somebody else was faster; the same object, or undefined
   * where there is none, means that nothing is to be written. It has to be indifferent to having been applied before: a write whose answer
   * was lost is looked at again.
   */
  change<T extends object>(id: string, change: (document: T | undefined) => T | undefined, lives?: Lifetime): Promise<Answer<T | undefined>>;
}

export interface Lifetime {
  /** When DynamoDB may delete the document: seconds since the epoch. */
  readonly expires: number;
}

interface Stored<T> {
  readonly document?: T;
  readonly revision?: string;
}

const ATTEMPTS = 6;

export function documents(client: DynamoDBClient, TableName: string, pause: (millis: number) => Promise<void>): Documents {
  const get = async <T>(id: string, table = TableName): Promise<Stored<T>> => {
    const { Item } = await client.send(new GetItemCommand({ TableName: table, Key: { [RECORD_KEY]: { S: id } }, ConsistentRead: true }));
    return Item ? { document: JSON.parse(Item.document.S!) as T, revision: Item.revision.S } : {};
  };
  /** Whether the write is in; not where somebody else was faster. */
  const put = async (id: string, document: object, before?: string, lives?: Lifetime): Promise<boolean> => {
    const revision = randomUUID();
    try {
      await client.send(new PutItemCommand({
        TableName,
        Item: {
          [RECORD_KEY]: { S: id },
          document: { S: JSON.stringify(document) },
          revision: { S: revision },
          ...(lives ? { [RECORD_EXPIRES]: { N: String(lives.expires) } } : {}),
        },
        ConditionExpression: before ? 'revision = :before' : 'attribute_not_exists(revision)',
        ExpressionAttributeValues: before ? { ':before': { S: before } } : undefined,
      }));
      return true;
    } catch (error) {
      if ((error as Error).name === 'ConditionalCheckFailedException') {
        return false;
      }
      throw error;
    }
  };
  return {
    read: (id, table) => answered(async () => (await get<never>(id, table)).document),
    async change<T extends object>(id: string, change: (document: T | undefined) => T | undefined, lives?: Lifetime) {
      for (let attempt = 1; ; attempt++) {
        const answer = await answered(async () => {
          const { document, revision } = await get<T>(id);
          const changed = change(document);
          const done = changed === document || changed === undefined || await put(id, changed, revision, lives);
          return done ? { document: changed } : undefined;
        });
        if (answer.ok && answer.value) {
          return { ok: true, value: answer.value.document };
        }
        if (attempt === ATTEMPTS) {
          return answer.ok ? { ok: false, error: CONTENDED } : answer;
        }
        // Those who were as fast are not to be so again.
        await pause(20 * 2 ** attempt * (0.5 + Math.random()));
      }
    },
  };
}

const CONTENDED = {
  code: 'RecordContended', message: `Others changed the document at the same time, ${ATTEMPTS} times in a row.`, doubtful: true,
};

/** A client that tells soon when DynamoDB cannot be reached, as from a VPC without an endpoint. */
export function dynamoDBClient(): DynamoDBClient {
  return new DynamoDBClient({
    maxAttempts: 2, requestHandler: { connectionTimeout: 2_000, requestTimeout: 4_000, throwOnRequestTimeout: true },
  });
}
