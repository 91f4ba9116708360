import { createServer, IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { accessKeyOf } from './authorization';
import { ServiceError, throttled } from './errors';
import { leaveWaiting, serveLate } from './hanging';
import type { RequestRecord } from './journal';
import type { CleanRooms } from './service';
import { readInput, Route, route, writeError, writeOutput } from './wire';
import { Answer, Ending, endingBy, ErrorFault, send } from '../runtime/answer';

export interface ListeningServer {
  readonly url: string;
  close(): Promise<void>;
}

/** The API as an HTTP server that is not listening yet. */
export function createCleanRoomsServer(service: CleanRooms): Server {
  return createServer((request, response) => {
    service.activity.enter();
    void serve(service, request, response).finally(() => service.activity.leave());
  });
}

export async function listen(service: CleanRooms): Promise<ListeningServer> {
  const server = createCleanRoomsServer(service);
  // A client that comes back later, to a process that was busy, would find its connection closed in its hands.
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => new Promise((resolve) => {
      server.close(() => resolve());
      // Clients that wait for an answer that never comes would keep it open.
      server.closeAllConnections();
    }),
  };
}

async function serve(service: CleanRooms, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const record: RequestRecord = {
    time: service.clock.now(),
    method: request.method ?? '',
    path: request.url ?? '/',
    body: await bodyOf(request),
  };
  service.journal.requests.push(record);
  const ending = await endingOf(service, request, record).catch(answerError);
  record.status = typeof ending === 'string' ? ending : ending.status;
  record.errorCode = typeof ending === 'string' ? undefined : ending.headers['x-amzn-errortype'];
  if (ending === 'hung') leaveWaiting(service.activity, request.socket);
  else send(ending, request, response);
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

async function endingOf(service: CleanRooms, request: IncomingMessage, record: RequestRecord): Promise<Ending> {
  const [path, query = ''] = record.path.split(/\?(.*)/s);
  const routed = route(record.method, path);
  if (!routed) throw new ServiceError('UnknownOperationException', `No operation is at ${record.method} ${path}.`, {}, 404);
  record.operation = routed.operation.name;
  record.accessKeyId = accessKeyOf(request.headers.authorization, service.region);
  const trouble = service.faults.next(record.operation);
  await serveLate(service, request.socket, trouble.delaySeconds);
  const answered = (): Answer => {
    try {
      return answer(service, routed, new URLSearchParams(query), record);
    } catch (error) {
      return answerError(error);
    }
  };
  if (!trouble.ending) return answered();
  return endingBy(trouble.ending, answered, (fault) => injected(fault, service));
}

function answer(service: CleanRooms, routed: Route, query: URLSearchParams, { time, accessKeyId = '', body }: RequestRecord): Answer {
  const { name } = routed.operation;
  if (!service.throttle.admits(name)) throw throttled(service.behaviours.throttlingStatus);
  const input = readInput(routed, query, body);
  service.authorize(accessKeyId, name, input);
  const output = service.call(name, input);
  if (name === 'PopulateIntermediateTable') {
    const { membershipIdentifier: membershipId, intermediateTableIdentifier: tableId } = routed.labels;
    const ids = output as { analysisId: string; versionId: string };
    service.journal.addAcceptedPopulate({
      time: service.clock.now(),
      requestedAt: time,
      membershipId,
      tableId,
      analysisId: ids.analysisId,
      versionId: ids.versionId,
      accessKeyId,
      body: JSON.parse(body || '{}'),
    });
  }
  return writeOutput(routed.operation, output);
}

function injected({ code, message = `Injected ${code}.`, members, status }: ErrorFault, { behaviours }: CleanRooms): Answer {
  const known = code === 'ThrottlingException' ? behaviours.throttlingStatus : undefined;
  return writeError(new ServiceError(code, message, members, status ?? known));
}

/** A mistake of the simulator's own must not pass for one of AWS: it gets a code that AWS does not have. */
function answerError(error: unknown): Answer {
  return writeError(error instanceof ServiceError ? error : new ServiceError('SimulatorDefect', String((error as Error).stack ?? error), {}, 500));
}
