import type { IncomingHttpHeaders, IncomingMessage, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CleanRoomsClient } from '@aws-sdk/client-cleanrooms';
import { CleanRooms, createCleanRoomsServer, type IntermediateTable } from '../../../simulator/clean-rooms';
import type { RequestRecord } from '../../../simulator/clean-rooms/journal';
import { seededRandom } from '../../../simulator/random';
import type { Populate } from '../../../src/handlers/clean-rooms/clean-rooms';
import { ManualClock } from '../../simulator/clean-rooms/harness';

/** A simulated Clean Rooms behind real HTTP, with one table. */
export class Rooms {
  static async start(): Promise<Rooms> {
    const clock = new ManualClock();
    const service = new CleanRooms({ clock, random: seededRandom(11) });
    const headers: IncomingHttpHeaders[] = [];
    const server = createCleanRoomsServer(service).prependListener('request', (request: IncomingMessage) => { headers.push(request.headers); });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new Rooms(clock, service, server, headers);
  }

  readonly table: IntermediateTable;

  private constructor(
    readonly clock: ManualClock,
    readonly service: CleanRooms,
    private readonly server: Server,
    /** Of each request, in order. */
    readonly headers: IncomingHttpHeaders[],
  ) {
    const { resources } = service;
    const { id: membershipIdentifier } = resources.createMembership({
      collaborationIdentifier: resources.createCollaboration({ name: 'Campaign' }).id,
    });
    const { id: configuredTableIdentifier } = resources.createConfiguredTable({ name: 'purchases' });
    resources.createConfiguredTableAssociation({ membershipIdentifier, configuredTableIdentifier, name: 'purchases' });
    this.table = resources.createIntermediateTable({
      membershipIdentifier, name: 'audience', populationAnalysisConfiguration: { sqlParameters: { queryString: 'SELECT id FROM purchases WHERE region = :region' } },
    });
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  get identifiers() {
    return { membershipIdentifier: this.table.membership.id, intermediateTableIdentifier: this.table.id };
  }

  get tablePath(): string {
    return `/memberships/${this.table.membership.id}/intermediateTables/${this.table.id}`;
  }

  /** What a run asks the table to be populated with. */
  populate(change: Partial<Populate> = {}): Populate {
    return { ...this.identifiers, parameters: { region: 'north' }, ...change };
  }

  requests(operation?: string): RequestRecord[] {
    return this.service.journal.requests.filter((request) => operation === undefined || request.operation === operation);
  }

  stop(): Promise<void> {
    this.server.closeAllConnections();
    return new Promise((resolve) => this.server.close(() => resolve()));
  }
}

export const clientOf = ({ url }: Rooms, maxAttempts = 1): CleanRoomsClient =>
  new CleanRoomsClient({ endpoint: url, region: 'eu-west-1', credentials: { accessKeyId: 'AKIATESTER', secretAccessKey: 'secret' }, maxAttempts });
