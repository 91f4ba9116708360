import type { IncomingMessage, ServerResponse } from 'node:http';
import type { EndingFault } from '../faults';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What becomes of a request. */
export type Ending = (Answer & { readonly connectionBreaks?: boolean }) | 'reset' | 'hung';

export type ErrorFault = Extract<EndingFault, { kind: 'error' }>;

/** How a fault ends a request that would have been answered otherwise. */
export async function endingBy(
  fault: EndingFault, answered: () => Answer | Promise<Answer>, errorOf: (fault: ErrorFault) => Answer,
): Promise<Ending> {
  if (fault.kind === 'cut') {
    const answer = await answered();
    return { ...answer, body: answer.body.slice(0, Math.ceil(answer.body.length / 2)), connectionBreaks: fault.connectionBreaks };
  }
  if (fault.when === 'after') await answered();
  switch (fault.kind) {
    case 'reset': return 'reset';
    case 'hang': return 'hung';
    case 'reply': return { status: fault.status, headers: { 'content-type': fault.contentType ?? 'text/html' }, body: fault.body };
    case 'error': return errorOf(fault);
  }
}

/** A client that is left hanging gets nothing. */
export function send(ending: Ending, request: IncomingMessage, response: ServerResponse): void {
  if (ending === 'hung') return;
  if (ending === 'reset') {
    reset(request);
  } else if (ending.connectionBreaks) {
    // More is announced than ever comes.
    response.writeHead(ending.status, { ...ending.headers, 'content-length': String(Buffer.byteLength(ending.body) + 1) });
    response.write(ending.body, () => request.socket.destroy());
  } else {
    response.writeHead(ending.status, ending.headers).end(ending.body);
  }
}

/** Sockets in memory know no reset; to their peer, an end amid the answer is the same. */
function reset({ socket }: IncomingMessage): void {
  if (typeof socket.resetAndDestroy === 'function') socket.resetAndDestroy();
  else socket.destroy();
}
