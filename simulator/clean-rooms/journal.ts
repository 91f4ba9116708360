import type { OperationName } from './model';

export interface RequestRecord {
  /** Virtual milliseconds, at arrival. */
  readonly time: number;
  readonly method: string;
  readonly path: string;
  /** Unknown where no operation is at the path. */
  operation?: OperationName;
  /** Unknown where the request was not signed for us. */
  accessKeyId?: string;
  /** The body as it was received. */
  readonly body: string;
  /** What the client got; `undefined` while it still waits. */
  status?: number | 'reset' | 'hung';
  errorCode?: string;
}

/** A populate that had its effect, whatever the client then got to hear. */
export interface AcceptedPopulate {
  readonly time: number;
  /** When its request arrived, which may be served late. */
  readonly requestedAt: number;
  readonly membershipId: string;
  readonly tableId: string;
  readonly analysisId: string;
  readonly versionId: string;
  readonly accessKeyId: string;
  /** The body exactly as received; `{}` where there was none. */
  readonly body: unknown;
}

/** Everything that was asked of the API. */
export class Journal {
  readonly requests: RequestRecord[] = [];
  private readonly accepted: AcceptedPopulate[] = [];

  addAcceptedPopulate(populate: AcceptedPopulate): void {
    this.accepted.push(populate);
  }

  /** Of all tables, or of one; what a person did by hand is not among them. */
  acceptedPopulates(tableId?: string): AcceptedPopulate[] {
    return this.accepted.filter((populate) => tableId === undefined || populate.tableId === tableId);
  }

  /** Requests by virtual second since the epoch. */
  requestsPerSecond(operation?: OperationName): Map<number, number> {
    const counts = new Map<number, number>();
    for (const request of this.requests) {
      if (operation !== undefined && request.operation !== operation) continue;
      const second = Math.floor(request.time / 1000);
      counts.set(second, (counts.get(second) ?? 0) + 1);
    }
    return counts;
  }

  busiestSecond(operation?: OperationName): number {
    return Math.max(0, ...this.requestsPerSecond(operation).values());
  }
}
