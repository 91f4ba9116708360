import type { Server } from 'node:http';
import { Engine } from './engine';
import { MapEngine } from './map-engine';
import { AttributeValue, plainItem } from './values';
import { VirtualClock } from '../clock';
import { Faults } from '../faults';
import { IamService } from '../iam/service';
import { ApiCall, ApiError, jsonServer } from '../runtime/json-server';

export interface DynamoDbRequest {
  readonly time: number;
  readonly operation: string;
  readonly accessKeyId: string;
  readonly input: Readonly<Record<string, unknown>>;
  /** What the service refused it with; `undefined` where it took effect. */
  error?: string;
}

export interface DynamoDbOptions {
  readonly clock: VirtualClock;
  readonly iam: IamService;
  readonly region: string;
  readonly account: string;
  /** dynalite, or a map that knows little and is fast. */
  readonly engine: 'dynalite' | 'map';
}

type Item = Record<string, AttributeValue>;

/**
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html#dynamodb-kms-authz
 * https://github.com/aws/aws-cdk/pull/19102: writing decrypts, too
 */
const READS = /^(GetItem|Query|Scan|BatchGetItem)$/;
const KEY_OF_READS = ['Decrypt', 'DescribeKey'];
const KEY_OF_WRITES = ['Encrypt', 'ReEncryptFrom', 'ReEncryptTo', 'GenerateDataKey', 'GenerateDataKeyWithoutPlaintext'];

/** DynamoDB's tables of one account and region. */
export class DynamoDbService {
  /** As functions sent them, in the order of arrival. */
  readonly requests: DynamoDbRequest[] = [];
  readonly faults: Faults;
  private readonly engine: Engine | MapEngine;
  private readonly tables = new Set<string>();
  /** Of tables that a customer's key encrypts, by table name. */
  private readonly keys = new Map<string, string>();

  constructor(private readonly options: DynamoDbOptions) {
    this.engine = options.engine === 'map' ? new MapEngine() : new Engine(options.clock.activity);
    this.faults = new Faults(options.clock);
  }

  /** The DynamoDB API, for what code in Lambda calls. */
  server(): Server {
    return jsonServer((call) => this.serve(call), { clock: this.options.clock, faults: this.faults });
  }

  arnOf(tableName: string): string {
    return `arn:aws:dynamodb:${this.options.region}:${this.options.account}:table/${tableName}`;
  }

  async createTable(definition: { readonly TableName: string } & Record<string, unknown>): Promise<void> {
    const { TableName } = definition;
    await this.engine.call('CreateTable', definition);
    await this.until(async () => {
      const { Table } = await this.engine.call('DescribeTable', { TableName }) as { Table: { TableStatus: string } };
      return Table.TableStatus === 'ACTIVE';
    });
    this.tables.add(TableName);
  }

  async deleteTable(TableName: string): Promise<void> {
    this.tables.delete(TableName);
    await this.engine.call('DeleteTable', { TableName });
    await this.until(() => this.engine.call('DescribeTable', { TableName }).then(() => false, () => true));
  }

  encrypt(tableName: string, keyArn?: string): void {
    if (keyArn) this.keys.set(tableName, keyArn);
    else this.keys.delete(tableName);
  }

  tableNames(): string[] {
    return [...this.tables];
  }

  /** Of one table or of all, as plain objects: a look from outside, past IAM, faults and the list of requests. */
  async items(tableName?: string): Promise<Record<string, unknown>[]> {
    const names = tableName === undefined ? this.tableNames() : [tableName];
    return (await Promise.all(names.map((name) => this.scan(name)))).flat().map(plainItem);
  }

  /** What somebody does by hand; `id` is the partition key. */
  async delete(id: string): Promise<void> {
    await Promise.all(this.tableNames().map((TableName) => this.engine.call('DeleteItem', { TableName, Key: { id: { S: id } } })));
  }

  private async scan(TableName: string): Promise<Item[]> {
    const items: Item[] = [];
    for (let ExclusiveStartKey: object | undefined; ;) {
      const page = await this.engine.call('Scan', { TableName, ConsistentRead: true, ExclusiveStartKey }) as { Items: Item[]; LastEvaluatedKey?: object };
      items.push(...page.Items);
      ExclusiveStartKey = page.LastEvaluatedKey;
      if (!ExclusiveStartKey) return items;
    }
  }

  private async serve({ operation, input, accessKeyId }: ApiCall): Promise<object> {
    const request: DynamoDbRequest = { time: this.options.clock.now(), operation, accessKeyId, input };
    this.requests.push(request);
    try {
      this.options.iam.authorizeKey(accessKeyId, `dynamodb:${operation}`, this.resourcesOf(input));
      this.authorizeUseOfKey(operation, input.TableName as string, accessKeyId);
      return await this.perform(operation, input);
    } catch (error) {
      request.error = (error as Error).name.split('#').at(-1);
      throw error;
    }
  }

  /** On behalf of who calls, as CDK grants it; DynamoDB's pages only say what the key's policy needs at a minimum. */
  private authorizeUseOfKey(operation: string, tableName: string, accessKeyId: string): void {
    const keyArn = this.keys.get(tableName);
    if (!keyArn) return;
    for (const action of READS.test(operation) ? KEY_OF_READS : [...KEY_OF_READS, ...KEY_OF_WRITES]) {
      this.options.iam.authorizeKey(accessKeyId, `kms:${action}`, [keyArn], { 'kms:ViaService': `dynamodb.${this.options.region}.amazonaws.com` });
    }
  }

  /**
   * Adds what dynalite does not know: the item that a condition did not hold for, if the request asks for it. Of two requests
   * of one instant it may show what the other has written since.
   * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateItem.html
   */
  private async perform(
    operation: string, { ReturnValuesOnConditionCheckFailure: returned, ...input }: Record<string, unknown>,
  ): Promise<object> {
    try {
      return await this.engine.call(operation, input);
    } catch (error) {
      if (!(error instanceof ApiError) || !/#ConditionalCheckFailedException$/.test(error.code) || returned !== 'ALL_OLD') throw error;
      throw new ApiError(error.code, error.message, error.status, await this.read(input));
    }
  }

  /** The item that a write names; it names it by the item itself, or by its key. */
  private async read({ TableName, Key, Item: item }: Record<string, unknown>): Promise<{ Item?: Item }> {
    const { Table } = await this.engine.call('DescribeTable', { TableName }) as { Table: { KeySchema: { AttributeName: string }[] } };
    const written = (Key ?? item) as Item;
    const key = Object.fromEntries(Table.KeySchema.map(({ AttributeName }) => [AttributeName, written[AttributeName]]));
    return this.engine.call('GetItem', { TableName, Key: key, ConsistentRead: true });
  }

  /** The tables, or the index, that a request names. */
  private resourcesOf({ TableName, IndexName, RequestItems = {} }: Record<string, unknown>): string[] {
    const tables = TableName === undefined ? Object.keys(RequestItems as object) : [TableName as string];
    const index = IndexName === undefined ? '' : `/index/${IndexName as string}`;
    return tables.length > 0 ? tables.map((name) => this.arnOf(name) + index) : ['*'];
  }

  /** In real time: dynalite makes and drops tables in the background. */
  private async until(holds: () => Promise<boolean>): Promise<void> {
    const { activity } = this.options.clock;
    activity.enter();
    try {
      while (!await holds()) await new Promise((resolve) => setImmediate(resolve));
    } finally {
      activity.leave();
    }
  }
}
