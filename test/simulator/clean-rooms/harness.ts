import {
  CleanRooms, CleanRoomsOptions, IntermediateTable, listen, ListeningServer, Membership, Parameters as Values, QueryPlan,
} from '../../../simulator/clean-rooms';
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

export interface Ids {
  readonly analysisId: string;
  readonly versionId: string;
}

/** What a table or a query answers that is in no state for what is asked. */
export const INVALID_STATE = { status: 409, error: 'ConflictException', body: { reason: 'INVALID_STATE' } };

export const SIGNED_BY = 'AKIATESTER';

export function signature({ accessKeyId = SIGNED_BY, region = 'eu-west-1', service = 'cleanrooms' } = {}): string {
  const credential = `${accessKeyId}/20261122/${region}/${service}/aws4_request`;
  return `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=host;x-amz-date, Signature=0a1b2c`;
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

  addTable(name: string, queryString = 'SELECT id FROM purchases WHERE region = :region', defaultParameters?: Values): IntermediateTable {
    return this.service.resources.createIntermediateTable({
      membershipIdentifier: this.membership.id,
      name,
      populationAnalysisConfiguration: { sqlParameters: { queryString } },
      defaultParameters,
    });
  }

  /** A table that a PySpark job populates. */
  addJobTable(name: string, script = 'spark.table("purchases")', defaultParameters?: Values): IntermediateTable {
    const membershipIdentifier = this.membership.id;
    const template = this.service.resources.createAnalysisTemplate({ membershipIdentifier, name, queryString: script, defaultParameters });
    return this.service.resources.createIntermediateTable({
      membershipIdentifier, name, populationAnalysisConfiguration: { jobParameters: { analysisTemplateArn: template.arn } },
    });
  }

  async send({ method, path, body, rawBody, authorization = signature({ region: this.service.region }), signal }: Request): Promise<Reply> {
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

  /** Below the membership's path. */
  under(path: string): string {
    return `/memberships/${this.membership.id}${path}`;
  }

  path(table: IntermediateTable = this.table): string {
    return this.under(`/intermediateTables/${table.id}`);
  }

  queryPath(analysisId: string): string {
    return this.under(`/protectedQueries/${analysisId}`);
  }

  jobPath(analysisId: string): string {
    return this.under(`/protectedJobs/${analysisId}`);
  }

  populate(body?: unknown, table?: IntermediateTable): Promise<Reply> {
    return this.send({ method: 'POST', path: `${this.path(table)}/populate`, body });
  }

  /** A populate that is accepted. */
  async begin(plan?: QueryPlan, body?: unknown, table?: IntermediateTable): Promise<Ids> {
    if (plan) this.service.planQuery(plan);
    return this.ok({ method: 'POST', path: `${this.path(table)}/populate`, body }, 'PopulateIntermediateTable');
  }

  /** The same, whose query of a minute is over. */
  async populated(...populate: Parameters<Harness['begin']>): Promise<Ids> {
    const ids = await this.begin(...populate);
    this.clock.advance(100);
    return ids;
  }

  async getTable(table?: IntermediateTable): Promise<Reply['body']> {
    return (await this.read('GetIntermediateTable', this.path(table))).intermediateTable;
  }

  async versions(query = '', table?: IntermediateTable): Promise<Reply['body']> {
    return this.read('ListIntermediateTableVersions', `${this.path(table)}/versions${query}`);
  }

  async query(analysisId: string): Promise<Reply['body']> {
    return (await this.read('GetProtectedQuery', this.queryPath(analysisId))).protectedQuery;
  }

  async job(analysisId: string): Promise<Reply['body']> {
    return (await this.read('GetProtectedJob', this.jobPath(analysisId))).protectedJob;
  }

  cancel(analysisId: string, path = this.queryPath(analysisId)): Promise<Reply> {
    return this.send({ method: 'PATCH', path, body: { targetStatus: 'CANCELLED' } });
  }

  read(operation: string, path: string): Promise<Reply['body']> {
    return this.ok({ method: 'GET', path }, operation);
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
