import type { Conditions } from './life';
import { THROTTLED, type Answer, type Process } from './processes';
import type { VirtualTime } from './time';
import type { Parameters } from '../../src/contract/definition';
import type { CleanRooms, Details, Populate, Populated, Table, Version } from '../../src/handlers/clean-rooms/clean-rooms';
import type { AnalysisType } from '../../src/handlers/record/table-record';
import type { ServiceError } from '../../src/handlers/service-error';

export interface Query {
  readonly id: string;
  readonly versionId: string;
  readonly table: string;
  readonly type: AnalysisType;
  readonly parameters: Parameters;
  /** What it makes, in the words of the life. */
  readonly makes: string;
  /** The execution whose step sent it, or a stranger. */
  readonly by: string;
  readonly at: number;
  status: 'SUBMITTED' | 'STARTED' | 'CANCELLING' | 'CANCELLED' | 'FAILED' | 'SUCCESS';
  endedAt?: number;
  liveAt?: number;
}

export const isRunning = ({ status }: Query): boolean => ['SUBMITTED', 'STARTED', 'CANCELLING'].includes(status);

export interface RoomsListener {
  accepted(query: Query): void;
  wentLive(query: Query): void;
  asksToCancel(query: Query, by: Process): void;
  log(line: string): void;
}

/** Clean Rooms: one membership, any number of tables. */
export class StandInRooms {
  public readonly queries: Query[] = [];
  public readonly live = new Map<string, Query>();

  constructor(
    private readonly time: VirtualTime, private readonly conditions: Conditions, private readonly typeOf: (table: string) => AnalysisType,
    private readonly listener: RoomsListener,
  ) {}

  public forProcess(process: Process, by: string): CleanRooms {
    const ask = <T>(name: string, table: string, act: () => Answer<T>) =>
      process.request<T>({ of: 'rooms', name, table, act: () => this.refusal(table) ?? act() });
    return {
      getTable: ({ intermediateTableIdentifier: table }) => ask('getTable', table, () => answered(this.table(table))),
      listVersions: ({ intermediateTableIdentifier: table }) => ask('listVersions', table, () => answered(this.listed(table).map((query) => this.version(query)))),
      listAnalyses: ({ intermediateTableIdentifier: table }, type) => ask('listAnalyses', table, () => answered(
        this.listed(table).filter((query) => query.type === type).map(({ id, status, at }) => ({ id, status, createdAt: this.clock(at) })))),
      populate: (population, type) => ask('populate', population.intermediateTableIdentifier, () => this.populate(population, type, by)),
      getAnalysis: (_, type, id) => {
        const query = this.find(id, type);
        return ask('getAnalysis', query.table, () => answered(this.details(query)));
      },
      cancel: (_, type, id) => {
        const query = this.find(id, type);
        return ask('cancel', query.table, () => this.cancel(query, process));
      },
    };
  }

  public accept(table: string, parameters: Parameters, by: string): Query {
    const { time, queries, conditions: { querySeconds, slow } } = this;
    const makes = madeOf(parameters);
    const query: Query = {
      id: `q${queries.length + 1}`, versionId: `v${queries.length + 1}`, table, type: this.typeOf(table), parameters, makes, by, at: time.now, status: 'SUBMITTED',
    };
    queries.push(query);
    this.listener.log(`Clean Rooms accepts ${query.id}: ${table} ${makes} by ${by}`);
    this.listener.accepted(query);
    const takes = slow?.[makes] ?? querySeconds;
    const begin = () => {
      if (query.status !== 'SUBMITTED') {
        return;
      }
      if (this.started(query.type).length >= this.quota(query.type)) {
        time.after(5, begin);
        return;
      }
      query.status = 'STARTED';
      time.after(takes, () => this.end(query));
    };
    time.after(Math.min(2, takes / 2), begin);
    return query;
  }

  private started = (type: AnalysisType): Query[] => this.queries.filter((query) => query.type === type && ['STARTED', 'CANCELLING'].includes(query.status));
  private quota = (type: AnalysisType): number => (type === 'JOB' ? 1 : this.conditions.quota);

  private end(query: Query): void {
    if (query.status !== 'STARTED') {
      return;
    }
    query.endedAt = this.time.now;
    query.status = this.conditions.failing?.includes(query.makes) ? 'FAILED' : 'SUCCESS';
    this.listener.log(`Clean Rooms: ${query.id} ${query.status}`);
    if (query.status === 'SUCCESS') {
      this.time.after(this.conditions.liveLag, () => {
        query.liveAt = this.time.now;
        this.live.set(query.table, query);
        this.listener.wentLive(query);
      });
    }
  }

  private populate({ intermediateTableIdentifier: table, parameters = {} }: Populate, type: AnalysisType, by: string): Answer<Populated> {
    const { conflicts, queues, neverFits } = this.conditions;
    if (type !== this.typeOf(table)) {
      return refused({ code: 'ValidationException', reason: 'INVALID_CONFIGURATION' });
    }
    const running = this.queries.filter((query) => query.type === type && isRunning(query));
    if (neverFits?.includes(table)) {
      return refused({ code: 'ServiceQuotaExceededException', quotaName: 'vCPUs of concurrent SQL queries', quotaValue: '512' });
    }
    if (running.length >= this.quota(type) && !queues) {
      return refused({ code: 'ServiceQuotaExceededException', quotaName: 'Concurrent SQL queries', quotaValue: String(this.quota(type)) });
    }
    if (conflicts && running.some((query) => query.table === table)) {
      return refused({ code: 'ConflictException', reason: 'INVALID_STATE' });
    }
    const query = this.accept(table, parameters, by);
    return answered({ analysisId: query.id, versionId: query.versionId, analysisType: type });
  }

  private cancel(query: Query, by: Process): Answer<void> {
    if (!['SUBMITTED', 'STARTED'].includes(query.status)) {
      return refused({ code: 'ConflictException', reason: 'INVALID_STATE' });
    }
    this.listener.asksToCancel(query, by);
    query.status = 'CANCELLING';
    this.time.after(this.conditions.cancelSeconds, () => {
      query.status = 'CANCELLED';
      query.endedAt = this.time.now;
    });
    return answered(undefined);
  }

  private table(table: string): Table {
    const live = this.live.get(table);
    const isPopulating = this.queries.some((query) => query.table === table && isRunning(query));
    return {
      name: table,
      status: isPopulating ? 'POPULATE_STARTED' : live ? 'POPULATE_SUCCESS' : 'CREATED',
      analysisType: this.typeOf(table),
      mayHaveDefaults: false,
      live: live && {
        versionId: live.versionId, analysisId: live.id, analysisType: live.type, parameters: this.conditions.shows === 'NEVER' ? undefined : live.parameters,
      },
    };
  }

  private listed(table: string): Query[] {
    return this.queries.filter((query) => query.table === table && query.at + this.conditions.listLag <= this.time.now).reverse();
  }

  private version(query: Query): Version {
    const status = query.status === 'SUCCESS' ? 'POPULATE_SUCCESS' : isRunning(query) ? 'POPULATE_STARTED' : 'POPULATE_FAILED';
    return { versionId: query.versionId, analysisId: query.id, status, createdAt: this.clock(query.at) };
  }

  private details(query: Query): Details {
    const failed = query.status === 'FAILED' ? { code: 'INVALID', message: 'the query has failed', retryable: false } : undefined;
    return {
      status: query.status,
      createdAt: this.clock(query.at),
      parameters: this.conditions.shows === 'ALWAYS' ? query.parameters : undefined,
      durationMillis: query.endedAt && Math.round((query.endedAt - query.at) * 1_000),
      error: failed,
    };
  }

  private find(id: string, type: AnalysisType): Query {
    const found = this.queries.find((query) => query.id === id && query.type === type);
    if (!found) {
      throw new Error(`Nobody knows the ${type} ${id}.`);
    }
    return found;
  }

  /** The service tells whole seconds, by its own clock. */
  private clock = (at: number): number => Math.floor((this.time.millis() - this.time.now * 1_000) / 1_000 + at + (this.conditions.skew ?? 0)) * 1_000;

  private refusal(table: string): Answer<never> | undefined {
    const { time: { now }, conditions: { deniedUntil = 0, gone } } = this;
    return now < deniedUntil ? refused({ code: 'AccessDeniedException' })
      : now >= (gone?.[table] ?? Infinity) ? refused({ code: 'ResourceNotFoundException' }) : undefined;
  }
}

/** What parameters make, in the words of a life: `A`, or `A|p` with a further one. */
export const madeOf = ({ definition, further }: Parameters): string => [definition, further].filter(Boolean).join('|').replace(/secret-/g, '');
export const parametersOf = (makes: string): Parameters => {
  const [definition, further] = makes.split('|');
  return { definition: `secret-${definition}`, ...(further ? { further: `secret-${further}` } : {}) };
};

const answered = <T>(value: T): Answer<T> => ({ ok: true, value });
const refused = (error: Partial<ServiceError>): { readonly ok: false; readonly error: ServiceError } =>
  ({ ok: false, error: { ...THROTTLED, throttled: false, code: '', message: 'refused', ...error } });
