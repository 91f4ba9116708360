import * as http from 'node:http';
import { Duplex } from 'node:stream';
import { World } from './world';

type Callback = (response: http.IncomingMessage) => void;
type RequestArguments =
  | [options: http.RequestOptions | string | URL, callback?: Callback]
  | [url: string | URL, options: http.RequestOptions, callback?: Callback];
type Request = (...args: RequestArguments) => http.ClientRequest;
type Fetch = (input: string | URL, init?: RequestInit) => Promise<Response>;

export interface HttpClient {
  readonly http: object;
  readonly https: object;
  readonly fetch: Fetch;
}

/** Node's own HTTP client, connected to the world's network in place of the machine's. */
export function httpClient(world: World): HttpClient {
  const agent = new WorldAgent(world);
  const moduleFor = (defaultPort: number): { request: Request; get: Request } => {
    const request: Request = (...args) => {
      const { options, callback } = normalize(args);
      const onAnswer = world.beforeRequest();
      // TLS adds nothing here, and would cost a handshake: both protocols speak plainly.
      const sent = http.request({ ...options, protocol: 'http:', defaultPort, port: options.port ?? defaultPort, agent });
      if (onAnswer) sent.once('response', onAnswer);
      if (callback) sent.once('response', callback);
      return sent;
    };
    const get: Request = (...args) => {
      const sent = request(...args);
      sent.end();
      return sent;
    };
    return { request, get };
  };
  const secure = moduleFor(443);
  const plain = moduleFor(80);
  return {
    http: asModule({ ...http, ...plain }),
    https: asModule({ ...http, ...secure }),
    fetch: fetchThrough((url, init) => (new URL(url).protocol === 'https:' ? secure : plain).request(url, init)),
  };
}

function asModule(exports: object): object {
  return { ...exports, default: exports };
}

class WorldAgent extends http.Agent {
  constructor(private readonly world: World) {
    super({ keepAlive: true });
  }

  override createConnection({ host = 'localhost' }: { host?: string | null }): Duplex {
    if (!this.world.isAlive() || host === null) return this.world.network.blackHole();
    const socket = this.world.network.connect(host, this.world.gate);
    if (socket) return socket;
    const lost = this.world.network.blackHole();
    const error = Object.assign(new Error(`getaddrinfo ENOTFOUND ${host}`), { code: 'ENOTFOUND', syscall: 'getaddrinfo', hostname: host });
    process.nextTick(() => lost.destroy(error));
    return lost;
  }
}

function normalize(args: RequestArguments): { options: http.RequestOptions; callback?: Callback } {
  const [first, second, third] = args;
  const callback = [second, third].find((arg): arg is Callback => typeof arg === 'function');
  const given = typeof second === 'object' ? second : {};
  const options = typeof first === 'string' || first instanceof URL || 'href' in first
    ? { ...fromUrl(new URL(String(first))), ...given }
    : first;
  // Node lets `hostname` win over `host`; an agent looks at `host` only.
  return { options: { ...options, host: options.hostname ?? options.host }, callback };
}

function fromUrl(url: URL): http.RequestOptions {
  return { hostname: url.hostname, path: url.pathname + url.search, ...(url.port ? { port: url.port } : {}) };
}

function fetchThrough(request: (url: string, options: http.RequestOptions) => http.ClientRequest): Fetch {
  return (input, init = {}) => new Promise((resolve, reject) => {
    const headers = Object.fromEntries(new Headers(init.headers as Record<string, string>).entries());
    const body = init.body as string | Uint8Array | null | undefined;
    if (body && headers['content-length'] === undefined) headers['content-length'] = String(Buffer.byteLength(body as string));
    const sent = request(String(input), { method: init.method ?? 'GET', headers });
    init.signal?.addEventListener('abort', () => sent.destroy(init.signal!.reason as Error), { once: true });
    sent.once('error', (cause) => reject(Object.assign(new TypeError('fetch failed'), { cause })));
    sent.once('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.once('error', reject);
      response.once('end', () => {
        const empty = response.statusCode === 204 || response.statusCode === 304;
        const answered = { status: response.statusCode, headers: response.headers as Record<string, string> };
        resolve(new Response(empty ? null : Buffer.concat(chunks), answered));
      });
    });
    sent.end(body ?? undefined);
  });
}
