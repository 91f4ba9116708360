import type { Beside, Operation, Schedule, Step, Template } from './schedule';
import { makeJobTable, NEIGHBOUR, neighbourOf, segmentOf, sourceOf, tableIn } from './stack';
import { Cloud } from '../../simulator/cloud';
import type { StackSource } from '../../simulator/cloudformation/assembly';
import type { PutFault } from '../../simulator/cloudformation/inbox';
import type { DeployResult } from '../../simulator/cloudformation/service';
import { logicalId, MEMBERSHIP, STACK } from '../e2e/support';
import { functions } from '../support/sources';

/** A schedule as it went. */
export interface Played {
  readonly schedule: Schedule;
  readonly cloud: Cloud;
  /** What the deploys of a template ended with. */
  readonly deploys: readonly Deploy[];
  /** Whose data is live an hour after each step. */
  readonly lives: readonly Live[];
  readonly taken: readonly Taken[];
  /** The stack's events, those of deleted stacks, too. */
  readonly reasons: readonly { readonly logicalId: string; readonly status: string; readonly reason: string }[];
  /** What became of PUTs to CloudFormation. */
  readonly putFaults: readonly PutFault[];
  /** Something threw that nothing may throw, such as a deadlock. */
  readonly broken?: Error;
}

export interface Deploy {
  readonly from: number;
  /** When it ended. */
  readonly at: number;
  readonly template: Template;
  readonly result: DeployResult;
}

/** A step as it went. */
export interface Taken {
  readonly step: Step;
  readonly from: number;
  readonly to: number;
  /** Nothing ran when it began, and the stack had not failed. */
  readonly isQuiet: boolean;
}

export interface Live {
  /** How many deploys there had been. */
  readonly deploys: number;
  readonly versionId?: string;
}

const PLAIN: Template = { letter: 'a', kind: 'plain' };
/** A month is longer than data is kept, three are longer than Step Functions remembers. */
const GAP_DAYS = { 'an hour': 0, 'a day': 1, 'weeks': 20, 'months': 95 };

const FUNCTIONS = { Population: 'IntermediateTablePopulationsPopulationFunction', Deployment: 'IntermediateTablePopulationsDeploymentFunction' };

export async function play(schedule: Schedule): Promise<Played> {
  const player = new Player(schedule);
  let broken: Error | undefined;
  try {
    for (const step of schedule.steps) {
      await player.take(step);
    }
    await player.end();
  } catch (error) {
    broken = error as Error;
  }
  player.cloud.close();
  return { ...player, broken };
}

class Player {
  public readonly cloud: Cloud;
  public readonly deploys: Deploy[] = [];
  public readonly lives: Live[] = [];
  public readonly taken: Taken[] = [];
  public readonly reasons: { logicalId: string; status: string; reason: string }[] = [];
  public readonly putFaults: PutFault[] = [];
  private puts: (PutFault | null)[] = [];

  /** Of a schedule that is about a job. */
  private readonly jobTable?: string;

  constructor(public readonly schedule: Schedule) {
    this.cloud = new Cloud({
      ...functions(),
      seed: schedule.seed,
      behaviours: {
        ...schedule.cloud,
        putFault: () => this.nextPut(),
        clockSkewMillis: (environment) => (environment % 2 ? 0 : schedule.cloud.clockSkewSeconds * 1000),
      },
      cleanRooms: { behaviours: schedule.behaviours, limits: { concurrentQueries: schedule.quota, concurrentJobs: schedule.quota } },
      onStackEvent: ({ logicalId: id, status, reason = '' }) => this.reasons.push({ logicalId: id, status, reason }),
    });
    this.cloud.joinCollaboration(MEMBERSHIP);
    this.jobTable = schedule.settings.shape === 'job' ? makeJobTable(this.cloud) : undefined;
  }

  public async take(step: Step): Promise<void> {
    const { cloud } = this;
    const from = cloud.clock.now();
    // A rollback that has failed is over when somebody deploys again.
    const isFailed = this.exists() && /_FAILED$/.test(cloud.stack(STACK).status);
    const isQuiet = !isFailed && cloud.cleanRooms.populations().every(({ outcome, endsAt }) => outcome !== undefined && endsAt <= from);
    cloud.cleanRooms.defaultPlan = step.query;
    step.faults.forEach((fault) => cloud.cleanRooms.faults.inject(fault));
    step.recordFaults.forEach((fault) => cloud.recordFaults.inject(fault));
    step.stepFunctionsFaults.forEach((fault) => cloud.stepFunctionsFaults.inject(fault));
    cloud.faults.push(...step.queued.flatMap((seconds, index) =>
      (seconds ? [{ at: 'queue' as const, function: FUNCTIONS.Deployment, seconds, event: index + 1, payload: /"RequestType"/ }] : [])));
    cloud.faults.push(...step.crashes.map(({ function: name, invocation, kind }) =>
      ({ ...kind, function: FUNCTIONS[name], invocation: this.invocationsOf(FUNCTIONS[name]) + invocation })));
    if (step.dead) {
      cloud.faults.push({ function: FUNCTIONS.Population, at: 'start' });
    }
    this.puts = [...step.puts];
    await this.perform(step.operation);
    this.taken.push({ step, from, to: cloud.clock.now(), isQuiet });
    cloud.cleanRooms.faults.clear();
    cloud.recordFaults.clear();
    cloud.stepFunctionsFaults.clear();
    cloud.faults.length = 0;
    this.puts = [];
    if (step.gap === 'minutes') {
      await cloud.advance(120);
      return;
    }
    // What was left behind may go live yet.
    await cloud.advance(3600);
    await cloud.settle();
    const table = tableIn(cloud);
    this.lives.push({ deploys: this.deploys.length, versionId: table && cloud.cleanRooms.liveVersionId(table) });
    await cloud.advance(GAP_DAYS[step.gap] * 86_400);
  }

  /** What is delivered late has come by then, and what runs has ended. */
  public async end(): Promise<void> {
    await this.cloud.advance(900);
    await this.cloud.settle();
  }

  private nextPut(): PutFault | undefined {
    const fault = this.puts.shift() ?? undefined;
    this.putFaults.push(...fault ? [fault] : []);
    return fault;
  }

  private async perform(operation: Operation): Promise<void> {
    const { cloud } = this;
    switch (operation.kind) {
      case 'deploy': {
        const deploying = this.deploy(operation);
        if (operation.beside) {
          await cloud.advance(operation.afterSeconds!);
          this.beside(operation.beside, operation.template);
        }
        await deploying;
        break;
      }
      case 'refresh':
        operation.which.forEach((which) => this.refresh(which));
        if (operation.beside) {
          await cloud.advance(operation.afterSeconds!);
          this.beside(operation.beside, PLAIN);
        }
        break;
      case 'by hand':
        return this.populateByHand('by hand');
      case 'delete':
        if (operation.whileRefreshing) {
          this.refresh('plain');
          await cloud.advance(40);
        }
        if (this.exists()) {
          await cloud.destroy(STACK);
        }
    }
    await cloud.settle();
  }

  private beside(what: Beside, template: Template): void {
    const { cloud } = this;
    switch (what) {
      case 'refresh': return this.refresh('plain');
      case 'refresh of its own': return this.refresh('of its own');
      case 'stranger': return this.populateByHand('by hand');
      case 'stranger with the same': return this.populateByHand(segmentOf(template));
      case 'stop': return cloud.executions().filter(({ status }) => status === 'RUNNING').forEach(({ arn }) => cloud.stepFunctions.stop(arn, 'Stopped', 'By hand.'));
      case 'cancel': return this.exists() && cloud.stack(STACK).status === 'UPDATE_IN_PROGRESS' ? cloud.cancelUpdate(STACK) : undefined;
    }
  }

  private async deploy({ template }: Operation & { kind: 'deploy' }): Promise<void> {
    const { cloud, schedule: { settings } } = this;
    // CloudFormation would only let it be deleted.
    if (this.exists() && /_FAILED$/.test(cloud.stack(STACK).status)) {
      return;
    }
    const isFirst = settings.shape === 'two stacks' && !cloud.cloudFormation.names().includes(NEIGHBOUR);
    const neighbour = isFirst ? cloud.deploy(neighbourOf(settings)) : undefined;
    const from = cloud.clock.now();
    const result = await cloud.deploy(this.source(template), undefined, settings.isParameter ? { parameters: { Segment: segmentOf(template) } } : {});
    this.deploys.push({ from, at: cloud.clock.now(), template, result });
    await neighbour;
  }

  private source(template: Template): StackSource {
    return sourceOf(template, this.schedule.settings, this.jobTable);
  }

  private refresh(which: 'plain' | 'of its own'): void {
    const rule = logicalId(this.source(PLAIN), which === 'plain' ? 'AudienceSchedule' : 'AudienceEurope');
    if (this.exists() && this.cloud.stack(STACK).resources.has(rule)) {
      this.cloud.fireRule(rule);
    }
  }

  private populateByHand(segment: string): void {
    const table = this.jobTable ?? tableIn(this.cloud);
    try {
      if (table) {
        this.cloud.cleanRooms.populateByHand(table, { segment });
      }
    } catch {
      // The console refuses what the API refuses.
    }
  }

  private exists(): boolean {
    return this.cloud.cloudFormation.names().includes(STACK);
  }

  private invocationsOf(name: string): number {
    return Math.max(0, ...this.cloud.lambda.invocations.filter((record) => record.function.startsWith(name)).map(({ invocation }) => invocation));
  }
}
