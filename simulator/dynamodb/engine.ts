import type { Server } from 'node:http';
import { createRequire } from 'node:module';
import { Readable } from 'node:stream';
import type { Activity } from '../clock';
import { ApiError } from '../runtime/json-server';

type Dynalite = (options: { createTableMs: number; updateTableMs: number; deleteTableMs: number }) => Server;

interface Answer {
  readonly status: number;
  readonly body: string;
}

/** What dynalite wants to see before it serves a request; who may call was decided before. */
const HEADERS = {
  'content-type': 'application/x-amz-json-1.0',
  'x-amz-date': '20261122T090000Z',
  'authorization': 'AWS4-HMAC-SHA256 Credential=simulated, SignedHeaders=host, Signature=simulated',
};
const LONGEST_REAL_MILLIS = 300_000;

/** DynamoDB by dynalite, in memory. It works in real time, for which virtual time stands still. */
export class Engine {
  private server?: Server;

  constructor(private readonly activity: Activity) {}

  /** Throws ApiError where DynamoDB would refuse. */
  async call(operation: string, input: object): Promise<object> {
    this.activity.enter();
    try {
      const { status, body } = await this.answer(operation, JSON.stringify(input));
      const output = JSON.parse(body) as object & { __type?: string; message?: string };
      if (status === 200) return output;
      throw new ApiError(output.__type!, output.message ?? '', status);
    } finally {
      this.activity.leave();
    }
  }

  private answer(operation: string, body: string): Promise<Answer> {
    // Most clouds have no table, and loading takes a while.
    this.server ??= (createRequire(__filename)('dynalite') as Dynalite)({ createTableMs: 0, updateTableMs: 0, deleteTableMs: 0 });
    const { server } = this;
    return new Promise((resolve, reject) => {
      // Virtual time would stand still for good.
      const lost = setTimeout(() => reject(new Error(`dynalite does not answer ${operation} ${body}`)), LONGEST_REAL_MILLIS);
      const request = Object.assign(Readable.from([Buffer.from(body)]), {
        method: 'POST', url: '/', headers: { ...HEADERS, 'x-amz-target': `DynamoDB_20120810.${operation}` },
      });
      server.emit('request', request, {
        statusCode: 200,
        setHeader: () => undefined,
        end(text: string) {
          clearTimeout(lost);
          resolve({ status: this.statusCode, body: text });
        },
      });
    });
  }
}
