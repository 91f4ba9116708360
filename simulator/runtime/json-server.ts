import { createServer, IncomingMessage, Server } from 'node:http';
import { Answer, Ending, endingBy, send } from './answer';
import type { Clock } from '../clock';
import type { Faults } from '../faults';

/** An error as the AWS JSON protocols carry it. */
export class ApiError extends Error {
  /** @param members what the error says besides its message */
  constructor(readonly code: string, message: string, readonly status = 400, readonly members: object = {}) {
    super(message);
    this.name = code;
  }
}

export interface ApiCall {
  readonly operation: string;
  readonly input: Record<string, unknown>;
  readonly accessKeyId: string;
}

type Serve = (call: ApiCall) => object | Promise<object>;

/** What may go wrong with a server's requests. */
export interface Weather {
  readonly clock: Clock;
  readonly faults: Faults;
}

/** Serves AWS JSON 1.0 and 1.1: one path, the operation in `X-Amz-Target`. */
export function jsonServer(serve: Serve, weather?: Weather): Server {
  return createServer((request, response) => {
    void endingOf(serve, request, weather).then((ending) => send(ending, request, response));
  });
}

async function endingOf(serve: Serve, request: IncomingMessage, weather?: Weather): Promise<Ending> {
  const operation = String(request.headers['x-amz-target']).split('.').at(-1)!;
  const body = await readBody(request);
  const answered = (): Promise<Answer> => answer(serve, operation, body, request);
  if (!weather) return answered();
  const { delaySeconds, ending } = weather.faults.next(operation);
  if (delaySeconds > 0) await weather.clock.sleep(delaySeconds * 1000);
  if (!ending) return answered();
  return endingBy(ending, answered, ({ code, message = `Injected ${code}.`, members, status = statusOf(code) }) =>
    asAnswer(status, { ...members, __type: code, message }));
}

async function answer(serve: Serve, operation: string, body: string, request: IncomingMessage): Promise<Answer> {
  try {
    return asAnswer(200, await serve({ operation, input: JSON.parse(body || '{}') as Record<string, unknown>, accessKeyId: accessKeyOf(request) }));
  } catch (error) {
    const { name, message, status = 400, members } = error as Error & Partial<Pick<ApiError, 'status' | 'members'>>;
    return asAnswer(status, { ...members, __type: name, message });
  }
}

function asAnswer(status: number, body: object): Answer {
  return { status, headers: { 'content-type': 'application/x-amz-json-1.0' }, body: JSON.stringify(body) };
}

/** Of the JSON protocols' errors only the service's own faults are no 400. */
function statusOf(code: string): number {
  return /^(InternalServerError|InternalFailure|InternalServerException|ServiceException)$/.test(code) ? 500 : code === 'ServiceUnavailable' ? 503 : 400;
}

export function readBody(request: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.once('end', () => resolve(Buffer.concat(chunks).toString()));
    request.once('error', reject);
  });
}

export function accessKeyOf(request: IncomingMessage): string {
  const found = /Credential=([^/]+)\//.exec(request.headers.authorization ?? '');
  if (!found) throw new ApiError('MissingAuthenticationToken', 'Missing Authentication Token', 403);
  return found[1];
}
