import { createServer, Server } from 'node:http';
import { Clock } from '../clock';
import { readBody } from '../runtime/json-server';

/** Something that a Lambda function put to a presigned URL. */
export interface ReceivedPut {
  readonly time: number;
  readonly kind: 'custom resource' | 'wait condition';
  /** The custom resource, or the wait condition's handle. */
  readonly logicalId: string;
  readonly bytes: number;
  readonly body: string;
  /** The event that it answers. */
  readonly event?: Record<string, unknown>;
}

/** How one PUT goes wrong: refused, accepted but answered so, or cut off before or after its effect. */
export type PutFault = { readonly status: number; readonly after?: boolean } | { readonly reset: 'before' | 'after' };

interface Slot {
  readonly put: Omit<ReceivedPut, 'time' | 'bytes' | 'body'>;
  readonly receive: (body: string) => void;
}

/** The S3 buckets in which CloudFormation receives responses and signals. */
export class Inbox {
  readonly received: ReceivedPut[] = [];
  readonly server: Server;
  private readonly slots = new Map<string, Slot>();
  private puts = 0;

  /** @param faultFor what happens to the nth PUT, counted from 1 */
  constructor(private readonly clock: Clock, private readonly region: string, private readonly faultFor: (nth: number) => PutFault | undefined) {
    this.server = createServer((request, response) => {
      void readBody(request).then((body) => {
        const slot = this.slots.get(request.url!);
        const fault = this.faultFor(++this.puts);
        const effect = (): void => { if (slot) this.accept(slot, body); };
        if (fault && 'reset' in fault) {
          if (fault.reset === 'after') effect();
          request.socket.destroy();
          return;
        }
        if (!fault || fault.after) effect();
        response.writeHead(fault?.status ?? (slot && request.method === 'PUT' ? 200 : 403)).end();
      });
    });
  }

  hosts(): string[] {
    return [this.host('custom-resource-response'), this.host('waitcondition')];
  }

  /** A URL to put to. What arrives there is handed on each time; S3 does not refuse a second PUT. */
  open(put: Slot['put'], token: string, receive: (body: string) => void): string {
    const host = this.host(put.kind === 'custom resource' ? 'custom-resource-response' : 'waitcondition');
    const signedAt = new Date(this.clock.now()).toISOString().replace(/[-:]|\.\d+/g, '');
    const path = `/${encodeURIComponent(token)}?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Date=${signedAt}&X-Amz-Expires=86399&X-Amz-Signature=simulated`;
    this.slots.set(path, { put, receive });
    return `https://${host}${path}`;
  }

  private accept(slot: Slot, body: string): void {
    this.received.push({ ...slot.put, time: this.clock.now(), bytes: Buffer.byteLength(body), body });
    slot.receive(body);
  }

  private host(purpose: string): string {
    return `cloudformation-${purpose}-${this.region.replaceAll('-', '')}.s3.${this.region}.amazonaws.com`;
  }
}
