import type { Clock } from '../clock';
import type { Random } from '../random';
import { AuthorizationRequest, denied, Denial, KeyUseRequest, resourceArns } from './authorization';
import { Behaviours, DEFAULT_BEHAVIOURS } from './behaviours';
import { Journal } from './journal';
import { defaultLimits, Limits } from './limits';
import type { OperationName } from './model';
import { perform } from './operations';
import { accept, PopulateRequest, refusal } from './populate';
import { mostAtOnce, Population, QueryPlan } from './population';
import type { View } from './present';
import { settle } from './queue';
import type { ImposedStatus, IntermediateTable, Parameters } from './resource-types';
import { Resources } from './resources';
import { Store } from './store';
import { Throttle } from './throttle';
import type { Input } from './wire';
import { Faults } from '../faults';

/** Told of server-side work, so that virtual time stands still meanwhile. */
export interface ServerActivity {
  enter(): void;
  leave(): void;
  /** A client is left waiting, and time may move on although its request is open; `client` is its TCP port. */
  onHang?(client?: number): void;
  /** That client got its answer after all, or went away. */
  onSettled?(client?: number): void;
}

export interface CleanRoomsOptions {
  readonly clock: Clock;
  readonly random: Pick<Random, 'uuid'>;
  readonly activity?: ServerActivity;
  /** @default eu-west-1 */
  readonly region?: string;
  /** @default 111122223333 */
  readonly account?: string;
  readonly behaviours?: Partial<Behaviours>;
  readonly limits?: Partial<Limits>;
  /** How queries run that nobody planned. @default success after 60 seconds */
  readonly defaultPlan?: QueryPlan;
  readonly authorize?: (request: AuthorizationRequest) => Denial;
  readonly authorizeKey?: (request: KeyUseRequest) => Denial;
}

/** The Clean Rooms service of one account and region, in memory. */
export class CleanRooms {
  readonly region: string;
  readonly account: string;
  readonly clock: Clock;
  readonly activity: ServerActivity;
  readonly limits: Limits;
  readonly throttle: Throttle;
  readonly faults: Faults<OperationName>;
  readonly journal = new Journal();
  readonly resources: Resources;
  /** May be exchanged at any time. */
  behaviours: Behaviours;
  defaultPlan: QueryPlan;
  private readonly store = new Store();
  private plans: { tableId?: string; plan: QueryPlan }[] = [];

  constructor(private readonly options: CleanRoomsOptions) {
    const { clock, random, region = 'eu-west-1', account = '111122223333' } = options;
    this.region = region;
    this.account = account;
    this.clock = clock;
    this.activity = options.activity ?? { enter: () => undefined, leave: () => undefined };
    this.limits = { ...defaultLimits(region), ...options.limits };
    this.behaviours = { ...DEFAULT_BEHAVIOURS, ...options.behaviours };
    this.defaultPlan = options.defaultPlan ?? { durationSeconds: 60, outcome: 'SUCCESS' };
    this.throttle = new Throttle(clock, this.limits.requestsPerSecond);
    this.faults = new Faults(clock);
    this.resources = new Resources({
      store: this.store,
      random,
      limits: this.limits,
      arnPrefix: this.arnPrefix,
      settled: () => this.settled(),
    });
  }

  /** Plans how the next query, or the next one of this table, is going to run. Plans are used up in order. */
  planQuery(plan: QueryPlan, tableId?: string): void {
    this.plans.push({ plan, tableId });
  }

  /** An operation on valid input, as the API would perform it. */
  call(operation: OperationName, input: Input): object {
    return perform(operation, input, this, this.settled());
  }

  /** Throws where IAM would deny the call. */
  authorize(accessKeyId: string, operation: OperationName, input: Input): void {
    const resources = resourceArns(operation, input, this.arnPrefix, this.store, this.behaviours.checksAssociationArns);
    const denial = this.options.authorize?.({ accessKeyId, operation, resources }) ?? this.keyDenial(accessKeyId, operation, input);
    if (denial) throw denied(denial);
  }

  /** Throws what the API answers where it refuses. */
  populate(table: IntermediateTable, request: PopulateRequest = {}): Population {
    const situation = { ...this.settled(), limits: this.limits };
    const refused = refusal(table, request, situation);
    if (refused) throw refused;
    const ids = { analysisId: this.options.random.uuid(), versionId: this.options.random.uuid() };
    return accept(table, request, this.nextPlan(table.id), ids, situation);
  }

  /** What a person does in the console, past IAM and the journal. */
  populateByHand(tableId: string, parameters?: Parameters): Population {
    return this.populate(this.store.tableById(tableId), { parameters });
  }

  /** What others do to a table: another company, or the calendar. `undefined` takes it back. */
  imposeStatus(tableId: string, status: ImposedStatus | undefined, reason?: string): void {
    const { store, now } = this.settled();
    const table = store.tableById(tableId);
    table.imposed = status && { status, reason };
    const live = store.liveVersionOf(table, now);
    if (status === 'RETENTION_PERIOD_EXPIRED' && live) live.expiredAt = now;
  }

  setAccessBudget(associationId: string, analyses: number): void {
    this.store.association(associationId).accessBudget = analyses;
  }

  accessBudget(associationId: string): number | undefined {
    return this.store.association(associationId).accessBudget;
  }

  /** Every accepted population, by hand too, in order; of deleted tables, too. */
  populations(tableId?: string): readonly Population[] {
    return this.settled().store.populations.filter(({ table }) => tableId === undefined || table.id === tableId);
  }

  liveVersionId(tableId: string): string | undefined {
    const { store, now } = this.settled();
    return store.liveVersionOf(store.tableById(tableId), now)?.versionId;
  }

  maxConcurrentPopulations(tableId: string): number {
    return mostAtOnce(this.populations(tableId));
  }

  private get arnPrefix(): string {
    return `arn:aws:cleanrooms:${this.region}:${this.account}`;
  }

  /** The state as of now. */
  private settled(): View {
    const now = this.clock.now();
    settle(this.store.populations, this.limits, now);
    return { store: this.store, behaviours: this.behaviours, accountId: this.account, now };
  }

  private nextPlan(tableId: string): QueryPlan {
    const next = this.plans.find((planned) => planned.tableId === undefined || planned.tableId === tableId);
    this.plans = this.plans.filter((planned) => planned !== next);
    return next?.plan ?? this.defaultPlan;
  }

  private keyDenial(accessKeyId: string, operation: OperationName, input: Input): Denial {
    const keyArn = this.store.tables.get(input.intermediateTableIdentifier as string)?.kmsKeyArn;
    if (operation !== 'PopulateIntermediateTable' || keyArn === undefined) return undefined;
    const viaService = `cleanrooms.${this.region}.amazonaws.com`;
    return (['kms:DescribeKey', 'kms:GenerateDataKey', 'kms:Decrypt'] as const)
      .map((action) => this.options.authorizeKey?.({ accessKeyId, action, keyArn, viaService }))
      .find((denial) => denial !== undefined);
  }
}
