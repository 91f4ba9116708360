import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { putter } from '../../../src/handlers/deployment/response';

/** Stands for S3, where the presigned URL leads. */
let received: { method?: string; url?: string; headers: IncomingHttpHeaders; body: string }[] = [];
let answers: ((response: ServerResponse) => void)[] = [];
let waits: number[] = [];
const put = putter(async (millis) => { waits.push(millis); });
let server: Server;
let url: string;

const status = (code: number) => (response: ServerResponse) => { response.writeHead(code).end(); };
const reset = (response: ServerResponse) => { response.socket?.destroy(); };

beforeEach(async () => {
  [received, waits] = [[], []];
  server = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray() as Buffer[]).toString();
    received.push({ method: request.method, url: request.url, headers: request.headers, body });
    (answers.shift() ?? status(200))(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/bucket/key?X-Amz-Signature=s3cret`;
});

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

test('PUTs the body with the empty content type that the URL is signed for', async () => {
  const body = '{"Status":"SUCCESS","Reason":"表"}';
  await put(url, body);
  const headers = { 'content-type': '', 'content-length': String(Buffer.byteLength(body)) };
  expect(received).toMatchObject([{ method: 'PUT', url: '/bucket/key?X-Amz-Signature=s3cret', body, headers }]);
});

test.each<[string, (response: ServerResponse) => void]>([['500', status(500)], ['403', status(403)], ['a broken connection', reset]])(
  'tries again after %s, later and later', async (_what, failing) => {
    answers = [failing, failing];
    await put(url, '{}');
    expect(received).toHaveLength(3);
    expect(waits).toEqual([1_000, 2_000]);
  });

test('gives up after five tries, in words without the URL, which is a credential', async () => {
  answers = Array.from({ length: 5 }, () => status(503));
  const problem = await put(url, '{}').catch((error: Error) => error);
  expect(received).toHaveLength(5);
  expect(String(problem)).toContain('answered status 503, 5 times');
  expect(String(problem)).not.toContain('s3cret');
  expect(String((problem as Error).stack)).not.toContain('127.0.0.1');
});
