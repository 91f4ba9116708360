import { createServer, IncomingMessage, Server } from 'node:http';

/** An error as the AWS JSON protocols carry it. */
export class ApiError extends Error {
  constructor(readonly code: string, message: string, readonly status = 400) {
    super(message);
    this.name = code;
  }
}

export interface ApiCall {
  readonly operation: string;
  readonly input: Record<string, unknown>;
  readonly accessKeyId: string;
}

/** Serves AWS JSON 1.0 and 1.1: one path, the operation in `X-Amz-Target`. */
export function jsonServer(serve: (call: ApiCall) => object | Promise<object>): Server {
  return createServer((request, response) => {
    const answer = (status: number, body: object): void => {
      response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' }).end(JSON.stringify(body));
    };
    readBody(request)
      .then((body) => serve({
        operation: String(request.headers['x-amz-target']).split('.').at(-1)!,
        input: JSON.parse(body || '{}') as Record<string, unknown>,
        accessKeyId: accessKeyOf(request),
      }))
      .then((output) => answer(200, output))
      .catch((error: Error & { status?: number }) => answer(error.status ?? 400, { __type: error.name, message: error.message }));
  });
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
