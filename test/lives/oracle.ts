import type { Sent } from './cloudformation';
import type { Execution } from './executions';
import { short } from './executions';
import type { Population, Populations } from './life';
import type { Process } from './processes';
import type { Change } from './stack';
import { parametersOf, type Query } from './stand-in-rooms';
import type { World } from './world';
import { parametersHash } from '../../src/contract/hashing';
import type { TableRecord } from '../../src/handlers/record/table-record';

export interface Violation {
  readonly kind: string;
  readonly text: string;
  readonly at: number;
}

/** What the template says of a table. */
export interface Said {
  /** Undefined where it says nothing any more. */
  readonly population?: Population;
  readonly since: number;
  readonly isPending: boolean;
}

/** Holds a life to the promises, by what the stand-ins see: never by what the library says of itself. */
export class Oracle {
  public readonly violations: Violation[] = [];
  public readonly template = new Map<string, Said>();
  /** When each version went live, by table. */
  public readonly lived = new Map<string, { readonly at: number; readonly query: Query }[]>();
  public readonly stackFailures: { readonly during: string; readonly changes: readonly Change[]; readonly at: number }[] = [];

  constructor(private readonly world: World) {}

  public bad(kind: string, text: string): void {
    const { time: { now: at }, life: { events } } = this.world;
    // What somebody has taken out of the record is not known any more.
    if (events.some((event) => event.type === 'FORGET' && event.at <= at) && ['PAID_TWICE', 'PAYS_UNASKED', 'CANCELS_WANTED'].includes(kind)) {
      return;
    }
    this.violations.push({ kind, text, at });
    this.world.log(`!!! ${kind} ${text}`);
  }

  public templateSays(populations: Populations, isPending: boolean): void {
    const { now } = this.world.time;
    const byTable = new Map(Object.values(populations).map((population) => [population.table, population]));
    for (const table of new Set([...this.template.keys(), ...byTable.keys()])) {
      const population = byTable.get(table);
      const before = this.template.get(table);
      const isSame = before?.population && population && before.population.definition === population.definition
        && JSON.stringify(before.population.schedules) === JSON.stringify(population.schedules);
      this.template.set(table, { population, since: isSame ? before.since : now, isPending });
    }
  }

  public stackFailed(during: 'DEPLOY' | 'ROLLBACK', changes: readonly Change[]): void {
    this.stackFailures.push({ during, changes, at: this.world.time.now });
  }

  public said(where: string, text: string): void {
    if (text.includes('secret-')) {
      this.bad('LEAKS', `${where}: ${text.slice(0, 200)}`);
    }
  }

  /** Promise 3: success means queryable, with this population's own parameters. */
  public answered(sent: Sent): void {
    const { type, population, answer, isOvertaken } = sent;
    if (type === 'Delete') {
      if (!answer!.isSuccess) {
        this.bad('DELETE_FAILS', `${sent.number} ${answer!.reason}`);
      }
      this.judgeDelete(sent);
      return;
    }
    if (answer!.isSuccess && population.mode === 'ON_CHANGE' && !isOvertaken && !this.hasStrangers()) {
      const versions = this.lived.get(population.table) ?? [];
      // Another one may have gone live while the answer was on its way.
      const recent = versions.filter((_, index) => index === versions.length - 1 || versions[index + 1].at > this.world.time.now - 120);
      if (!recent.some(({ query }) => baseOf(query) === population.definition)) {
        this.bad('FALSE_SUCCESS', `${sent.number} wants ${population.definition}, live is ${versions[versions.length - 1]?.query.makes}`);
      }
      if (answer!.data.versionId && !versions.some(({ query }) => query.versionId === answer!.data.versionId)) {
        this.bad('FALSE_VERSION', `${sent.number} is told ${answer!.data.versionId}, which has never been live`);
      }
    }
  }

  /** Promise 6: what the resource has running is cancelled before CloudFormation goes on to delete the table. */
  private judgeDelete({ population: { table, cancelOnTimeout }, at, number }: Sent): void {
    const { rooms, time, life } = this.world;
    const isTooEarly = (query: Query) => query.table === table && query.by !== 'stranger' && cancelOnTimeout !== false && ['SUBMITTED', 'STARTED'].includes(query.status);
    if (!this.template.get(table)?.population && time.now - at < 300 && !life.faults.length) {
      rooms.queries.filter(isTooEarly).forEach(({ id, by }) => this.bad('DELETE_TOO_EARLY', `${number}: ${id} of ${short(by)} runs on`));
    }
  }

  /** A failure means that nothing of ours goes live afterwards, and that nothing of it is made. */
  public wentLive(query: Query): void {
    const { time, cloudFormation, executions } = this.world;
    const { table, by, at } = query;
    this.lived.set(table, [...this.lived.get(table) ?? [], { at: time.now, query }]);
    const own = executions.find(by);
    const said = this.template.get(table);
    for (const sent of cloudFormation.sent) {
      const { execution, answer, answeredAt, population, isOvertaken, type } = sent;
      if (!answer || answer.isSuccess || isOvertaken || type === 'Delete') {
        continue;
      }
      const isOwned = own?.status !== 'ABORTED' && !/may (still )?(go live|be running)|PopulationFunctionFailed/.test(answer.reason);
      if (execution === by && isOwned && said?.population?.definition !== baseOf(query)) {
        this.bad('LIVE_AFTER_FAILURE', `${query.id} ${query.makes} of ${sent.number}`);
      }
      const isNewest = cloudFormation.sent.filter((each) => each.population.table === table && each.at < at).pop() === sent;
      const isRecorded = !/cannot be reached|could not be started/.test(answer.reason);
      const isOfIt = baseOf(query) === population.definition && population.table === table;
      if (at > answeredAt! + 15 && own && !own.input.deployment && isOfIt && isNewest && isRecorded) {
        this.bad('MADE_AFTER_FAILURE', `${query.id} ${query.makes} by ${short(by)}, of ${sent.number}, which failed at ${answeredAt!.toFixed(0)}`);
      }
    }
    if (own?.ended?.failure && !own.input.deployment && !/may (still )?go live|PopulationFunctionFailed/.test(own.ended.failure.cause + own.ended.failure.error)) {
      this.bad('LIVE_AFTER_RUN', `${query.id} ${query.makes} of ${short(by)}, which failed as ${own.ended.failure.error}`);
    }
    const isStale = said?.population && at > said.since + 30 && said.population.definition !== baseOf(query) && !said.isPending;
    if (own && !own.input.deployment && isStale && !this.isExcused()) {
      this.bad('STALE_MADE', `${query.id} ${query.makes}, sent at ${at.toFixed(0)} by ${short(by)}; the template says ${said.population!.definition}`);
    }
  }

  public recordChanged(key: string, document: Readonly<Record<string, unknown>>): void {
    const { attempt } = document as Partial<TableRecord>;
    this.world.log(`writes ${inBrief(key, document as Partial<TableRecord>)}`);
    if (!key.startsWith('table ') || attempt?.state !== 'STARTED') {
      return;
    }
    const query = this.world.rooms.queries.find(({ id }) => id === attempt.analysisId);
    // An equal one of the same three minutes may be taken, and any where nothing shows parameters while it runs: known, and accepted.
    const isEqual = query && attempt.parametersHash === parametersHash(query.parameters);
    const isKnown = query?.by === 'stranger' && (this.world.life.conditions.shows !== 'ALWAYS' || isEqual);
    if (query && !isKnown && query.by !== attempt.execution && !this.violations.some(({ text }) => text.startsWith(`${query.id} of`))) {
      this.bad(query.by === 'stranger' ? 'ADOPTS_STRANGER' : 'ADOPTS_ANOTHERS', `${query.id} of ${short(query.by)}, ${query.makes}, is taken for ${short(attempt.execution)}'s`);
    }
  }

  /** What is wanted is never cancelled in its time. */
  public asksToCancel(query: Query, by: Process): void {
    const { time, life } = this.world;
    const own = this.world.executions.find(query.by);
    const said = this.template.get(query.table);
    if (query.by === 'stranger') {
      if (life.conditions.shows === 'ALWAYS' && query.makes === 'S') {
        this.bad('CANCELS_STRANGER', `${query.id} by ${by.name}`);
      }
      return;
    }
    if (!own || own.status === 'ABORTED' || !said?.population || time.now <= said.since + 6) {
      return;
    }
    const { timeoutSeconds = 3_300 } = said.population;
    const isLate = time.now >= own.startedAt + timeoutSeconds - 300;
    const isLateForCloudFormation = own.input.deployment && time.millis() > Date.parse(own.input.deployment.answerBy) - 290_000;
    if (wantedBy(own, said.population) === query.makes && !isLate && !isLateForCloudFormation && !this.lastFailed(query.table)) {
      this.bad('CANCELS_WANTED', `${query.id} ${query.makes} of ${short(query.by)} by ${by.name}`);
    }
  }

  public executionEnded({ id, state }: Execution): void {
    if (JSON.stringify(state).length > MAX_STATE_BYTES) {
      this.bad('STATE_TOO_LARGE', short(id));
    }
    this.said(`state of ${short(id)}`, JSON.stringify({ ...state, execution: undefined }));
  }

  public hasStrangers = (): boolean => this.world.life.events.some(({ type }) => type === 'STRANGER');

  /** Of the deploy that the template's newest request was part of. */
  private lastFailed(table: string): boolean {
    const last = this.world.cloudFormation.sent.filter(({ population, type }) => population.table === table && type !== 'Delete').pop();
    return last?.answer?.isSuccess === false;
  }

  /** Whether something has befallen that may leave things as they are: what is stopped by hand, fails, or is not reached for long. */
  public isExcused(): boolean {
    const { events, faults, conditions } = this.world.life;
    return (conditions.failing?.length ?? 0) > 0 || events.some(({ type }) => ['STOP', 'STRANGER', 'FORGET'].includes(type))
      || conditions.neverFits !== undefined || conditions.gone !== undefined
      || faults.some((fault) => fault.kind === 'OUTAGE' && fault.seconds > 500)
      || this.world.executions.all.some(({ ended }) => ended?.failure?.error === 'PopulationFunctionFailed');
  }
}

/** Of Step Functions. */
const MAX_STATE_BYTES = 262_144;

/** What was written, for people. */
function inBrief(key: string, { requests, lease, attempt }: Partial<TableRecord>): string {
  const asked = requests?.map(({ action, logicalId, execution, ended = 'open' }) => `${action} ${logicalId} ${execution.slice(-24, -20)} ${ended}`).join(', ');
  const populating = attempt && `${attempt.state} ${attempt.analysisId ?? ''} of ${short(attempt.execution)}${attempt.cancellation ? ` ${attempt.cancellation.error}` : ''}`;
  return `${short(key)}${requests ? ` [${asked}] lease ${lease ? short(lease.holder) : '-'} attempt ${populating ?? '-'}` : ''}`;
}

/** Without what a run has brought of its own. */
export const baseOf = ({ makes }: Query): string => makes.split('|')[0];

/** Returns what a run is to make by the template, in the words of a life. */
export function wantedBy({ input: { schedule, parameters } }: Execution, { definition, schedules }: Population): string | undefined {
  const further = parameters?.further?.replace('secret-', '') ?? (schedule === undefined ? '' : schedules?.[schedule]);
  return further === undefined ? undefined : further ? `${definition}|${further}` : definition;
}

export const inputMaking = (further: string) => ({ parameters: { further: parametersOf(`-|${further}`).further } });
