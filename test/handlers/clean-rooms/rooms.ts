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
    const rooms = new Rooms();
    await new Promise<void>((resolve) => rooms.server.listen(0, '127.0.0.1', resolve));
    return rooms;
  }

  readonly clock = new ManualClock();
  readonly service = new CleanRooms({ clock: this.clock, random: seededRandom(11) });
  /** Of each request, in order. */
  readonly headers: IncomingHttpHeaders[] = [];
  readonly table: IntermediateTable;
  private readonly server: Server = createCleanRoomsServer(this.service)
    .prependListener('request', (request: IncomingMessage) => { this.headers.push(request.headers); });

  private constructor() {
    const { resources } = this.service;
    const collaborationIdentifier = resources.createCollaboration({ name: 'Campaign' }).id;
    const { id: membershipIdentifier } = resources.createMembership({ collaborationIdentifier });
    const { id: configuredTableIdentifier } = resources.createConfiguredTable({ name: 'purchases' });
    resources.createConfiguredTableAssociation({ membershipIdentifier, configuredTableIdentifier, name: 'purchases' });
    this.table = this.createTable('audience', 'SELECT id FROM purchases WHERE region = :region', membershipIdentifier);
  }

  createTable(name: string, queryString: string, membershipIdentifier = this.table.membership.id): IntermediateTable {
    const populationAnalysisConfiguration = { sqlParameters: { queryString } };
    return this.service.resources.createIntermediateTable({ membershipIdentifier, name, populationAnalysisConfiguration });
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

const credentials = { accessKeyId: 'AKIATESTER', secretAccessKey: 'secret' };
export const clientOf = ({ url }: Rooms): CleanRoomsClient =>
  new CleanRoomsClient({ endpoint: url, region: 'eu-west-1', credentials, maxAttempts: 1 });
