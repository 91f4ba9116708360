import { isThrottlingError, isTransientError, MAXIMUM_RETRY_DELAY, Retry } from '@smithy/core/retry';
import type { SdkError } from '@smithy/types';
import { exchange, Exchanged, ExchangeRequest } from '../runtime/exchange';
import type { World } from '../runtime/world';

export interface ClientConfig {
  readonly maxAttempts?: number;
  readonly requestHandler?: { readonly requestTimeout?: number };
}

/** What makes a command's request, and reads its answer. */
export interface Protocol<Command> {
  request(command: Command, region: string): Omit<ExchangeRequest, 'headers'> & { readonly headers?: Readonly<Record<string, string>>; readonly service: string };
  output(command: Command, body: Record<string, unknown>): unknown;
  /** The code of an error, wherever this protocol has it; the SDK says `UnknownError` where it is missing. */
  errorCode(answer: Exchanged, body: Record<string, unknown>): string | undefined;
}

/** A client of AWS's SDK: it asks as often, gives up as early, and fails with the same errors. */
export class Client<Command> {
  constructor(private readonly world: World, private readonly protocol: Protocol<Command>, private readonly config: ClientConfig) {}

  async send(command: Command): Promise<unknown> {
    const { maxAttempts = 3 } = this.config;
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.ask(command);
      } catch (thrown) {
        const error = thrown as SdkError;
        const isThrottled = isThrottlingError(error);
        if (attempt === maxAttempts || !(isThrottled || isTransientError(error))) throw error;
        const base = isThrottled ? Retry.throttlingDelay() : Retry.delay();
        await this.sleep(Math.floor(this.world.random() * Math.min(base * 2 ** (attempt - 1), MAXIMUM_RETRY_DELAY)));
      }
    }
  }

  private async ask(command: Command): Promise<unknown> {
    const { env } = this.world;
    const { service, headers, ...request } = this.protocol.request(command, env.AWS_REGION);
    const credential = `Credential=${env.AWS_ACCESS_KEY_ID}/20261122/${env.AWS_REGION}/${service}/aws4_request`;
    const authorization = `AWS4-HMAC-SHA256 ${credential}, SignedHeaders=host, Signature=simulated`;
    const answer = await this.inTime(exchange(this.world, { ...request, headers: { ...headers, authorization } }));
    const metadata = { $metadata: { httpStatusCode: answer.status } };
    const body = parsed(answer);
    if (answer.status < 300) return { ...this.protocol.output(command, body) as object, ...metadata };
    const name = this.protocol.errorCode(answer, body) ?? 'UnknownError';
    throw Object.assign(new Error(String(body.message ?? body.Message ?? name)), body, metadata, {
      name, $fault: answer.status < 500 ? 'client' : 'server', $response: { statusCode: answer.status },
    });
  }

  /** The request goes on in the service, as it does on AWS. */
  private inTime<T>(answered: Promise<T>): Promise<T> {
    const millis = this.config.requestHandler?.requestTimeout;
    if (millis === undefined) return answered;
    return new Promise((resolve, reject) => {
      const timer = this.world.clock.setTimer(() => this.world.gate(() => {
        reject(Object.assign(new Error(`Request timed out after ${millis} ms`), { name: 'TimeoutError' }));
      }), millis);
      void answered.then(resolve, reject).finally(() => this.world.clock.clearTimer(timer));
    });
  }

  private sleep(millis: number): Promise<void> {
    return new Promise((resolve) => { this.world.clock.setTimer(() => this.world.gate(resolve), Math.max(1, millis)); });
  }
}

/** Throws what the SDK's parser does, with the status that tells whose fault it was. */
function parsed({ status, body }: Exchanged): Record<string, unknown> {
  if (body === '') return {};
  try {
    return JSON.parse(body) as Record<string, unknown>;
  } catch (error) {
    throw Object.assign(error as Error, { $response: { statusCode: status }, $metadata: { httpStatusCode: status } });
  }
}
