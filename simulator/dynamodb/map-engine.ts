import { ApiError } from '../runtime/json-server';

type AttributeValue = Readonly<Record<string, unknown>>;
type Item = Readonly<Record<string, AttributeValue>>;

interface Table {
  readonly key: string;
  readonly items: Map<string, Item>;
}

interface Request {
  readonly TableName: string;
  readonly Key?: Item;
  readonly Item?: Item;
  readonly ConditionExpression?: string;
  readonly UpdateExpression?: string;
  readonly ProjectionExpression?: string;
  readonly ExpressionAttributeNames?: Readonly<Record<string, string>>;
  readonly ExpressionAttributeValues?: Readonly<Record<string, AttributeValue>>;
}

/** DynamoDB as a map: the requests and expressions that the library's record uses. Any other is an error; dynalite knows them all. */
export class MapEngine {
  private readonly tables = new Map<string, Table>();

  /** Throws ApiError where DynamoDB would refuse. */
  async call(operation: string, input: object): Promise<object> {
    const request = JSON.parse(JSON.stringify(input)) as Request;
    switch (operation) {
      case 'CreateTable': return this.create(request as never);
      case 'DeleteTable': return this.drop(request);
      case 'DescribeTable': return this.describe(request);
      case 'Scan': return { Items: [...this.tableOf(request).items.values()] };
      case 'GetItem': return { Item: projected(this.itemOf(request), request) };
      case 'DeleteItem': return this.put(request, () => undefined);
      case 'PutItem': return this.put(request, () => request.Item);
      case 'UpdateItem': return this.put(request, (item) => updated({ ...item, ...request.Key }, request));
      default: throw unknown(operation);
    }
  }

  private create({ TableName, KeySchema }: { TableName: string; KeySchema: { AttributeName: string }[] }): object {
    this.tables.set(TableName, { key: KeySchema[0].AttributeName, items: new Map() });
    return {};
  }

  private drop({ TableName }: Request): object {
    this.tables.delete(TableName);
    return {};
  }

  private describe(request: Request): object {
    return { Table: { TableStatus: 'ACTIVE', KeySchema: [{ AttributeName: this.tableOf(request).key }] } };
  }

  private tableOf({ TableName }: Request): Table {
    const table = this.tables.get(TableName);
    if (table) return table;
    throw new ApiError('com.amazonaws.dynamodb.v20120810#ResourceNotFoundException', 'Requested resource not found');
  }

  private itemOf(request: Request): Item | undefined {
    const { items, key } = this.tableOf(request);
    return items.get(keyIn((request.Key ?? request.Item)!, key));
  }

  private put(request: Request, change: (item: Item | undefined) => Item | undefined): object {
    const { items, key } = this.tableOf(request);
    const known = this.itemOf(request);
    if (!holds(known, request)) {
      throw new ApiError('com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException', 'The conditional request failed');
    }
    const item = change(known);
    const id = keyIn((request.Key ?? request.Item)!, key);
    if (item) items.set(id, item);
    else items.delete(id);
    return {};
  }
}

const unknown = (what: string): Error => new Error(`The map that stands in for DynamoDB has no ${what}; see simulator/dynamodb/map-engine.ts.`);

const keyIn = (item: Item, key: string): string => JSON.stringify(item[key]);

const nameOf = (name: string, { ExpressionAttributeNames: names = {} }: Request): string => names[name] ?? name;

function projected(item: Item | undefined, request: Request): Item | undefined {
  const { ProjectionExpression: expression } = request;
  if (!item || expression === undefined) return item;
  const names = expression.split(',').map((name) => nameOf(name.trim(), request));
  return Object.fromEntries(names.filter((name) => name in item).map((name) => [name, item[name]]));
}

function holds(item: Item | undefined, request: Request): boolean {
  const { ConditionExpression: condition, ExpressionAttributeValues: values = {} } = request;
  if (condition === undefined) return true;
  const absent = /^attribute_not_exists\((#?\w+)\)$/.exec(condition);
  if (absent) return item?.[nameOf(absent[1], request)] === undefined;
  const equal = /^(#?\w+) = (:\w+)$/.exec(condition);
  if (!equal) throw unknown(`condition "${condition}"`);
  return JSON.stringify(item?.[nameOf(equal[1], request)]) === JSON.stringify(values[equal[2]]);
}

function updated(item: Item, request: Request): Item {
  const { UpdateExpression: expression = '', ExpressionAttributeValues: values = {} } = request;
  const parts = /^SET (.+?)(?: ADD (#?\w+) (:\w+))?$/.exec(expression);
  if (!parts) throw unknown(`update "${expression}"`);
  const set = parts[1].split(',').map((assignment) => {
    const [name, value] = assignment.split('=').map((text) => text.trim());
    return [nameOf(name, request), values[value]] as const;
  });
  const [, , counter, by] = parts;
  const added = counter ? [[nameOf(counter, request), sum(item[nameOf(counter, request)], values[by])] as const] : [];
  return { ...item, ...Object.fromEntries([...set, ...added]) };
}

function sum(number: AttributeValue = { N: '0' }, by: AttributeValue): AttributeValue {
  return { N: String(Number(number.N) + Number(by.N)) };
}
