import { CleanRooms, CleanRoomsOptions, IntermediateTable, listen, ListeningServer, Membership } from '../../../simulator/clean-rooms';
import { OPERATIONS } from '../../../simulator/clean-rooms/model';
import { problemsIn } from '../../../simulator/clean-rooms/validation';
import type { Clock } from '../../../simulator/clock';
import { seededRandom } from '../../../simulator/random';

/** Time that passes when the test says so. */
export class ManualClock implements Clock {
  private current = Date.UTC(2026, 10, 22, 9);
  private sleepers: { readonly until: number; readonly wake: () => void }[] = [];

  now(): number {
    return this.current;
  }

  sleep(ms: number): Promise<void> {
    return new Promise((wake) => this.sleepers.push({ until: this.current + ms, wake }));
  }

  advance(seconds: number): void {
    this.current += seconds * 1000;
    this.sleepers.filter(({ until }) => until <= this.current).forEach(({ wake }) => wake());
    this.sleepers = this.sleepers.filter(({ until }) => until > this.current);
  }
}

export interface Reply {
  readonly status: number;
  readonly error: string | null;
  // The tests read answers as any other client without types would.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly body: any;
}

export interface Request {
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
  /** Sent as it is. */
  readonly rawBody?: string;
  readonly authorization?: string | null;
  readonly signal?: AbortSignal;
}

export const SIGNED_BY = 'AKIATESTER';

export function signature({ accessKeyId = SIGNED_BY, region = 'eu-west-1', service = 'cleanrooms' } = {}): string {
  return `AWS4-HMAC-SHA256 Credential=${accessKeyId}/20261122/${region}/${service}/aws4_request, SignedHeaders=host;x-amz-date, Signature=0a1b2c`;
}

/** A Clean Rooms with one collaboration, membership, base table and intermediate table, and a client for it. */
export class Harness {
  static async start(options: Partial<CleanRoomsOptions> = {}): Promise<Harness> {
    const clock = new ManualClock();
    const service = new CleanRooms({ clock, random: seededRandom(7), ...options });
    return new Harness(clock, service, await listen(service));
  }

  readonly membership: Membership;
  readonly associationId: string;
  readonly table: IntermediateTable;

  private constructor(readonly clock: ManualClock, readonly service: CleanRooms, readonly server: ListeningServer) {
    const { resources } = service;
    const collaboration = resources.createCollaboration({ name: 'Campaign' });
    this.membership = resources.createMembership({ collaborationIdentifier: collaboration.id });
    const configuredTable = resources.createConfiguredTable({ name: 'purchases' });
    this.associationId = resources.createConfiguredTableAssociation({
      membershipIdentifier: this.membership.id, configuredTableIdentifier: configuredTable.id, name: 'purchases',
    }).id;
    this.table = this.addTable('audience');
  }

  addTable(name: string, queryString = 'SELECT id FROM purchases WHERE region = :region', defaultParameters?: Record<string, string>): IntermediateTable {
    return this.service.resources.createIntermediateTable({
      membershipIdentifier: this.membership.id,
      name,
      populationAnalysisConfiguration: { sqlParameters: { queryString } },
      defaultParameters,
    });
  }

  /** A table that a PySpark job populates. */
  addJobTable(name: string, script = 'spark.table("purchases")', defaultParameters?: Record<string, string>): IntermediateTable {
    const membershipIdentifier = this.membership.id;
    const template = this.service.resources.createAnalysisTemplate({ membershipIdentifier, name, queryString: script, defaultParameters });
    return this.service.resources.createIntermediateTable({
      membershipIdentifier, name, populationAnalysisConfiguration: { jobParameters: { analysisTemplateArn: template.arn } },
    });
  }

  async send({ method, path, body, rawBody, authorization = signature(), signal }: Request): Promise<Reply> {
    const response = await fetch(this.server.url + path, {
      method,
      signal,
      headers: authorization === null ? {} : { authorization },
      body: rawBody ?? (body === undefined ? undefined : JSON.stringify(body)),
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type') === 'application/json';
    return { status: response.status, error: response.headers.get('x-amzn-errortype'), body: isJson ? JSON.parse(text) : text };
  }

  path(table: IntermediateTable = this.table): string {
    return `/memberships/${this.membership.id}/intermediateTables/${table.id}`;
  }

  queryPath(analysisId: string): string {
    return `/memberships/${this.membership.id}/protectedQueries/${analysisId}`;
  }

  populate(body?: unknown, table?: IntermediateTable): Promise<Reply> {
    return this.send({ method: 'POST', path: `${this.path(table)}/populate`, body });
  }

  async getTable(table?: IntermediateTable): Promise<Reply['body']> {
    return (await this.ok({ method: 'GET', path: this.path(table) }, 'GetIntermediateTable')).intermediateTable;
  }

  async versions(query = '', table?: IntermediateTable): Promise<Reply['body']> {
    return this.ok({ method: 'GET', path: `${this.path(table)}/versions${query}` }, 'ListIntermediateTableVersions');
  }

  async query(analysisId: string): Promise<Reply['body']> {
    return (await this.ok({ method: 'GET', path: this.queryPath(analysisId) }, 'GetProtectedQuery')).protectedQuery;
  }

  cancel(analysisId: string): Promise<Reply> {
    return this.send({ method: 'PATCH', path: this.queryPath(analysisId), body: { targetStatus: 'CANCELLED' } });
  }

  /** An answer that has to be a success, and to fit the model's output shape. */
  async ok(request: Request, operation: string): Promise<Reply['body']> {
    const reply = await this.send(request);
    expect({ status: reply.status, body: reply.body }).toMatchObject({ status: 200 });
    const output = OPERATIONS.find(({ name }) => name === operation)!.output.shape;
    expect(problemsIn(reply.body, output)).toEqual([]);
    return reply.body;
  }

  stop(): Promise<void> {
    return this.server.close();
  }
}
