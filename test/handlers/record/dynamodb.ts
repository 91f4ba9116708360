import { createServer, request as send, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { CreateTableCommand, DeleteTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';

export type Fault = 'BEFORE' | 'AFTER' | 'HANGS' | 'HANGS_AFTER' | 'THROTTLED' | 'UNREADABLE';
type Operation = 'GetItem' | 'PutItem' | 'UpdateItem';
interface Forwarded { readonly status: number; readonly headers: IncomingMessage['headers']; readonly body: Buffer }

export const TABLE = 'record';

const json = (status: number, type: string, message: string): Forwarded => ({
  status,
  headers: { 'content-type': 'application/x-amz-json-1.0' },
  body: Buffer.from(JSON.stringify({ __type: `com.amazonaws.dynamodb.v20120810#${type}`, message })),
});
const FAILED = json(500, 'InternalServerError', 'Internal failure.');
const ANSWERS: Partial<Record<Fault, Forwarded>> = {
  BEFORE: FAILED,
  AFTER: FAILED,
  THROTTLED: json(400, 'ThrottlingException', 'Rate exceeded.'),
  UNREADABLE: { status: 403, headers: { 'content-type': 'text/html' }, body: Buffer.from('<html>Forbidden</html>') },
};

const listening = (server: Server): Promise<number> =>
  new Promise((resolve) => { server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port)); });

/** DynamoDB by dynalite, and before it what can happen on the way there and back. */
export class FaultyDynamoDB {
  asked: Operation[] = [];
  /** Of the next requests of each operation. */
  private faults: { readonly operation: Operation; readonly fault: Fault }[] = [];
  private readonly engine = (createRequire(__filename)('dynalite') as (options: object) => Server)({ createTableMs: 0, deleteTableMs: 0 });
  private readonly front = createServer((incoming, outgoing) => { void this.serve(incoming, outgoing); });
  private port = 0;
  client!: DynamoDBClient;

  async start(): Promise<void> {
    this.port = await listening(this.engine);
    this.client = new DynamoDBClient({
      endpoint: `http://127.0.0.1:${await listening(this.front)}`,
      region: 'eu-west-1',
      credentials: { accessKeyId: 'key', secretAccessKey: 'secret' },
      // The function's own, but for the seconds.
      maxAttempts: 2,
      requestHandler: { requestTimeout: 300, throwOnRequestTimeout: true },
    });
  }

  async createTable(): Promise<void> {
    await this.client.send(new CreateTableCommand({
      TableName: TABLE,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    }));
    this.asked = [];
  }

  async deleteTable(): Promise<void> {
    this.faults = [];
    await this.client.send(new DeleteTableCommand({ TableName: TABLE }));
  }

  async stop(): Promise<void> {
    this.client.destroy();
    this.front.closeAllConnections();
    await Promise.all([this.front, this.engine].map((server) => new Promise((resolve) => { server.close(resolve); })));
  }

  befalls(operation: Operation, ...next: Fault[]): void {
    this.faults.push(...next.map((fault) => ({ operation, fault })));
  }

  /** Hands a request on, and its answer back, unless something happens. */
  private async serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const body = Buffer.concat(await incoming.toArray() as Buffer[]);
    const operation = String(incoming.headers['x-amz-target']).split('.')[1] as Operation;
    this.asked.push(operation);
    const index = this.faults.findIndex((one) => one.operation === operation);
    const fault = index < 0 ? undefined : this.faults.splice(index, 1)[0].fault;
    const takesEffect = !fault || ['AFTER', 'HANGS_AFTER', 'UNREADABLE'].includes(fault);
    const answer = takesEffect ? await this.forward(incoming, body) : undefined;
    if (!fault?.startsWith('HANGS')) {
      const told = fault ? ANSWERS[fault]! : answer!;
      outgoing.writeHead(told.status, told.headers).end(told.body);
    }
  }

  private forward({ headers, method, url }: IncomingMessage, body: Buffer): Promise<Forwarded> {
    return new Promise((resolve, reject) => {
      send({ port: this.port, method, path: url, headers }, (response) => {
        const whole = (chunks: unknown[]) =>
          ({ status: response.statusCode!, headers: response.headers, body: Buffer.concat(chunks as Buffer[]) });
        response.toArray().then((chunks) => resolve(whole(chunks)), reject);
      }).on('error', reject).end(body);
    });
  }
}
