import { App, Duration, Stack } from 'aws-cdk-lib';
import { Schedule } from 'aws-cdk-lib/aws-events';
import type { Bar } from './picture';
import { QueryPlan } from '../../simulator/clean-rooms';
import { expiresAt, liveAt } from '../../simulator/clean-rooms/population';
import { Cloud } from '../../simulator/cloud';
import { readStack } from '../../simulator/cloudformation/assembly';
import { AllowedAnalysis, IntermediateTable, Membership, StoredQuery } from '../../src';
import { sources } from '../../test/support/sources';

// CDK's own validation of a template takes seconds, and adds nothing here.
process.env.CDK_VALIDATION = 'false';

const MEMBERSHIP = 'a1b2c3d4-5678-90ab-cdef-111111111111';
const STACK = 'Audiences';
export const MINUTE = 60_000;
export const DAY = 24 * 60 * MINUTE;

/** An account in the simulator, and a stack in it. */
export class Account {
  public readonly cloud = new Cloud({
    start: Date.UTC(2026, 9, 26), sources: sources(), cleanRooms: { defaultPlan: { durationSeconds: 300, outcome: 'SUCCESS' } },
  });

  constructor() {
    this.cloud.joinCollaboration(MEMBERSHIP);
  }

  public readonly now = (): number => this.cloud.clock.now();
  /** Lets time pass until a moment. */
  public readonly until = (at: number): Promise<void> => this.cloud.advance((at - this.now()) / 1000);
  private readonly idOf = (start: string) =>
    [...this.cloud.stack(STACK).resources.keys()].find((id) => id.startsWith(start) && /^[0-9A-F]{8}$/.test(id.slice(start.length)))!;
  private readonly tableId = (table: string) => this.cloud.stack(STACK).resources.get(this.idOf(table))!.physicalId;
  private readonly populations = (table: string) => this.cloud.cleanRooms.populations(this.tableId(table));

  public async deploy(build: (stack: Stack) => void): Promise<void> {
    const app = new App({ analyticsReporting: false });
    build(new Stack(app, STACK));
    await this.cloud.deploy(readStack(app.synth().directory, STACK));
  }

  /** How the table's next query is going to run; the others take five minutes. */
  public plan(table: string, minutes: number, outcome: QueryPlan['outcome'] = 'SUCCESS'): void {
    this.cloud.cleanRooms.planQuery({ durationSeconds: 60 * minutes, outcome }, this.tableId(table));
  }

  /** Lets the schedule of the table's population come due, and all end that it begins. */
  public async refresh(table: string): Promise<void> {
    this.cloud.fireRule(this.idOf(`${table}PopulationSchedule`));
    await this.cloud.settle();
  }

  /** When the stack, or a resource of it by the beginning of its logical id, came to a status. */
  public when(id: string, status: RegExp, since = 0): number {
    return this.cloud.stack(STACK).events.find((event) => event.time >= since && event.logicalId.startsWith(id) && status.test(event.status))!.time;
  }

  public queries(table: string, since = 0): Bar[] {
    return this.populations(table).filter(({ acceptedAt }) => acceptedAt >= since)
      .map(({ acceptedAt: from, endsAt: to, outcome }) => ({ from, to, kind: outcome === 'SUCCESS' ? 'query' : 'lost' }));
  }

  /** What queries of the table read, one version after the other, from a moment to another. */
  public data(table: string, from: number, to: number): Bar[] {
    const live = this.populations(table).filter(({ outcome }) => outcome === 'SUCCESS');
    const versions = live.map((version, index): Bar => (
      { from: liveAt(version), to: Math.min(expiresAt(version), ...live.slice(index + 1).map(liveAt), to), kind: 'live', words: `version ${index + 1}` }));
    const gaps = [{ to: from }, ...versions].map((before, index): Bar => ({ from: before.to, to: versions[index]?.from ?? to, kind: 'nothing' }));
    return [...versions, ...gaps].filter((bar) => bar.to > bar.from && bar.to > from).map((bar) => ({ ...bar, from: Math.max(bar.from, from) }));
  }
}

/** A table; `Account` knows its population by the id `Population`. */
export const table = (stack: Stack, name: string): IntermediateTable => new IntermediateTable(stack, name, {
  membership: Membership.fromMembershipIdentifier(stack, `${name}Membership`, MEMBERSHIP),
  tableName: name.toLowerCase(),
  query: StoredQuery.fromSql('SELECT segment, COUNT(*) AS people FROM visitors GROUP BY segment'),
  allowedAnalyses: [AllowedAnalysis.ANY_QUERY],
});

export const daily = Schedule.rate(Duration.days(1));
