import { Duration } from 'aws-cdk-lib';
import type { Stack } from 'aws-cdk-lib';
import { Schedule as Rate } from 'aws-cdk-lib/aws-events';
import type { Beside, Operation, Schedule, Step, Template } from './schedule';
import { Cloud } from '../../simulator/cloud';
import type { StackSource } from '../../simulator/cloudformation/assembly';
import type { PutFault } from '../../simulator/cloudformation/inbox';
import type { DeployResult } from '../../simulator/cloudformation/service';
import type { IntermediateTablePopulation } from '../../src';
import { functions } from '../support/sources';
import { logicalId, MARKER, MEMBERSHIP, SCHEDULE, Scene, STACK, stackOf } from '../e2e/support';

/** A schedule as it went. */
export interface Played {
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
  /** Nothing ran when it began. */
  readonly isQuiet: boolean;
}

export interface Live {
  /** How many deploys there had been. */
  readonly deploys: number;
  readonly versionId?: string;
}

/** The stack with a resource that fails: edited, since synthesis takes longer than a whole deploy. */
function breaking(source: StackSource, breaks?: 'meanwhile' | 'later'): StackSource {
  const { Other, Later, ...Resources } = source.template.Resources;
  const fail = (resource: typeof Other, fails: boolean) => ({ ...resource, Properties: { Fail: String(fails), Seconds: fails ? '90' : '0' } });
  return {
    ...source,
    template: { ...source.template, Resources: { ...Resources, Other: fail(Other, breaks === 'meanwhile'), Later: fail(Later, breaks === 'later') } },
  };
}

const addSecondSchedule = (_: Stack, population: IntermediateTablePopulation) => {
  population.addSchedule('Europe', Rate.rate(Duration.days(7)), { parameters: { region: 'EU' } });
};

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

  constructor(private readonly schedule: Schedule) {
    this.cloud = new Cloud({
      ...functions(),
      seed: schedule.seed,
      behaviours: {
        ...schedule.cloud,
        putFault: () => this.nextPut(),
        clockSkewMillis: (environment) => (environment % 2 ? 0 : schedule.cloud.clockSkewSeconds * 1000),
      },
      cleanRooms: { behaviours: schedule.behaviours, limits: { concurrentQueries: 2 } },
      onStackEvent: ({ logicalId: id, status, reason = '' }) => this.reasons.push({ logicalId: id, status, reason }),
    });
    this.cloud.joinCollaboration(MEMBERSHIP);
  }

  public async take(step: Step): Promise<void> {
    const { cloud } = this;
    const from = cloud.clock.now();
    const isQuiet = cloud.cleanRooms.populations().every(({ outcome, endsAt }) => outcome !== undefined && endsAt <= from);
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
    // What was left behind may go live yet.
    await cloud.advance(3600);
    await cloud.settle();
    const table = this.exists() ? cloud.stack(STACK).resources.get('Table') : undefined;
    this.lives.push({ deploys: this.deploys.length, versionId: table && cloud.cleanRooms.liveVersionId(table.physicalId) });
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
          this.beside(operation.beside, 'a');
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
      case 'stranger with the same': return this.populateByHand(`${MARKER} ${template}`);
      case 'stop': return cloud.executions().filter(({ status }) => status === 'RUNNING').forEach(({ arn }) => cloud.stepFunctions.stop(arn, 'Stopped', 'By hand.'));
      case 'cancel': return this.exists() && cloud.stack(STACK).status === 'UPDATE_IN_PROGRESS' ? cloud.cancelUpdate(STACK) : undefined;
    }
  }

  private async deploy({ template, touched, breaks }: Operation & { kind: 'deploy' }): Promise<void> {
    // CloudFormation would only let it be deleted.
    if (this.exists() && /_FAILED$/.test(this.cloud.stack(STACK).status)) {
      return;
    }
    const result = await this.cloud.deploy(breaking(stackOf(this.scene(template, touched)), breaks));
    this.deploys.push({ at: this.cloud.clock.now(), template, result });
  }

  private scene(template: Template, touched = false): Scene {
    return {
      parameters: { segment: `${MARKER} ${template}` },
      timeout: Duration.minutes(this.schedule.timeoutMinutes + (touched ? 1 : 0)),
      cancelOnTimeout: this.schedule.cancelOnTimeout,
      schedule: Rate.rate(Duration.days(1)),
      also: addSecondSchedule,
    };
  }

  private refresh(which: 'plain' | 'of its own'): void {
    const rule = logicalId(stackOf(this.scene('a')), which === 'plain' ? SCHEDULE : 'AudienceEurope');
    if (this.exists() && this.cloud.stack(STACK).resources.has(rule)) {
      this.cloud.fireRule(rule);
    }
  }

  private populateByHand(segment: string): void {
    const table = this.exists() ? this.cloud.stack(STACK).resources.get('Table') : undefined;
    try {
      if (table) {
        this.cloud.cleanRooms.populateByHand(table.physicalId, { segment });
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
