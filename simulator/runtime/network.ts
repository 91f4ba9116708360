import { Server, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { VirtualClock } from '../clock';
import { MemorySocket } from './stream-pair';

export type Gate = (deliver: () => void) => void;

const OPEN: Gate = (deliver) => deliver();

/**
 * Hosts by name, reached over HTTP without the machine's own network: nothing leaves the process, nothing depends on ports,
 * and every byte in flight is a timer on virtual time.
 */
export class Network {
  private readonly hosts = new Map<string, Server>();
  private readonly open = new Set<MemorySocket>();

  /** @param latencyMillis from client to server, and the same back. */
  constructor(private readonly clock: VirtualClock, readonly latencyMillis = 10) {}

  serve(host: string, server: Server): void {
    // Idle connections live as long as their owners, or a client's next call might race with our hanging up.
    server.keepAliveTimeout = 0;
    server.headersTimeout = 0;
    server.requestTimeout = 0;
    server.timeout = 0;
    // Clients correct their own clocks by the servers'.
    server.prependListener('request', (_request, response: ServerResponse) => {
      response.setHeader('date', new Date(this.clock.now()).toUTCString());
    });
    this.hosts.set(host, server);
  }

  serverOf(host: string): Server | undefined {
    return this.hosts.get(host);
  }

  /** A client's end of a new connection; `undefined` where there is no such host. */
  connect(host: string, gate: Gate = OPEN): Socket | undefined {
    const server = this.hosts.get(host);
    if (!server) return undefined;
    const [near, far] = this.pair(gate, OPEN);
    server.emit('connection', far);
    return near as unknown as Socket;
  }

  /** A connection on which nothing ever comes back: what is left to code whose machine died. */
  blackHole(): Socket {
    const [near] = this.pair(() => undefined, () => undefined);
    return near as unknown as Socket;
  }

  /** Cuts every connection. Node's HTTP parsers would keep all of the cloud in memory for as long as their connections are open. */
  close(): void {
    for (const socket of this.open) socket.destroy();
  }

  private pair(nearGate: Gate, farGate: Gate): [MemorySocket, MemorySocket] {
    const near = this.socket(nearGate);
    const far = this.socket(farGate);
    near.join(far);
    far.join(near);
    return [near, far];
  }

  private socket(gate: Gate): MemorySocket {
    const socket = new MemorySocket(this.clock, this.latencyMillis, gate);
    this.open.add(socket);
    socket.once('close', () => this.open.delete(socket));
    return socket;
  }
}
