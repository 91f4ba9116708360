import { EventEmitter } from 'node:events';
import { Readable } from 'node:stream';
import type { HttpClient } from './http-client';
import type { World } from './world';

export interface ExchangeRequest {
  readonly host: string;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface Exchanged {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * One request to a host's server, without sockets: the server sees and answers what it sees and answers over HTTP, and as late.
 * Rejects as Node's own client does where the connection breaks. Never settles for code whose machine died.
 */
export function exchange(world: World, { host, method, path, headers, body }: ExchangeRequest): Promise<Exchanged> {
  const { clock, network } = world;
  const onAnswer = world.beforeRequest();
  return new Promise((resolve, reject) => {
    if (!world.isAlive()) return;
    const arrives = (settle: () => void): void => {
      clock.setTimer(() => world.gate(() => { clock.touch(); settle(); }), network.latencyMillis);
    };
    const server = network.serverOf(host);
    if (!server) {
      reject(Object.assign(new Error(`getaddrinfo ENOTFOUND ${host}`), { code: 'ENOTFOUND', syscall: 'getaddrinfo', hostname: host }));
      return;
    }
    const socket = new ServerSocket(() => arrives(() => reject(Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' }))));
    const response = new ServerSide((answer) => arrives(() => {
      onAnswer?.();
      if (world.isAlive()) resolve(answer);
    }));
    clock.setTimer(() => {
      clock.touch();
      const sent = Object.assign(Readable.from(body === '' ? [] : [Buffer.from(body)]), { method, url: path, headers: { host, ...headers }, socket });
      server.emit('request', sent, response);
    }, network.latencyMillis);
  });
}

/** What code that leaves AWS's SDK to the simulator reaches the network by. */
export function exchangeClient(world: World): HttpClient {
  const missing = new Proxy({}, { get: (_, name) => { throw new Error(`There is no http.${String(name)} here: see simulator/runtime/exchange.ts.`); } });
  const fetch = async (input: string | URL, init: RequestInit = {}): Promise<Response> => {
    const { host, pathname, search } = new URL(String(input));
    const headers = Object.fromEntries(new Headers(init.headers as Record<string, string>).entries());
    const request = { host, method: init.method ?? 'GET', path: pathname + search, headers, body: String(init.body ?? '') };
    const aborted = new Promise<never>((_, reject) => {
      init.signal?.addEventListener('abort', () => reject(init.signal!.reason as Error), { once: true });
    });
    const failed = (cause: unknown): never => { throw Object.assign(new TypeError('fetch failed'), { cause }); };
    const { status, headers: answered, body } = await Promise.race([exchange(world, request).catch(failed), aborted]);
    return new Response(status === 204 || status === 304 ? null : body, { status, headers: answered });
  };
  return { http: missing, https: missing, fetch };
}

/** What a server knows of its client: that it can hang up. */
class ServerSocket extends EventEmitter {
  destroyed = false;

  constructor(private readonly hungUp: () => void) {
    super();
  }

  destroy(): void {
    this.destroyed = true;
    this.hungUp();
  }
}

/** Of a `ServerResponse` what servers here call. */
class ServerSide {
  private status = 200;
  private readonly headers: Record<string, string> = {};
  private readonly chunks: string[] = [];

  constructor(private readonly done: (answer: Exchanged) => void) {}

  setHeader(name: string, value: string): void {
    this.headers[name] = value;
  }

  writeHead(status: number, headers: Record<string, string> = {}): this {
    this.status = status;
    Object.assign(this.headers, headers);
    return this;
  }

  write(chunk: string, written: () => void): void {
    this.chunks.push(chunk);
    queueMicrotask(written);
  }

  end(chunk = ''): void {
    this.done({ status: this.status, headers: this.headers, body: [...this.chunks, chunk].join('') });
  }
}
