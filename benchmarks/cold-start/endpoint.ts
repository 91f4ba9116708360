import { createServer, IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What AWS's services would answer to a function's first requests: only their form counts here. */
function answerTo({ method, url = '', headers }: IncomingMessage): object {
  const target = String(headers['x-amz-target'] ?? '');
  if (target.endsWith('StartExecution')) {
    return { executionArn: 'arn:aws:states:us-east-1:111122223333:execution:m:e', startDate: 1 };
  }
  if (url.startsWith('/2015-03-31/functions/')) {
    return { IsComplete: false };
  }
  if (method === 'POST') {
    return { analysisId: 'a', analysisType: 'QUERY', versionId: 'v' };
  }
  return url.endsWith('/versions') ? { intermediateTableVersionSummaries: [] }
    : url.includes('/protectedQueries/') ? { protectedQuery: { id: 'q', status: 'STARTED' } }
      : { intermediateTable: { id: 't', status: 'CREATED' } };
}

export interface Endpoint {
  readonly url: string;
  requests(): number;
  close(): void;
}

/** One address for all services. */
export async function openEndpoint(): Promise<Endpoint> {
  let requests = 0;
  const server = createServer((request, response) => {
    requests++;
    request.resume().once('end', () => response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answerTo(request))));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests: () => requests,
    close: () => { server.closeAllConnections(); server.close(); },
  };
}
