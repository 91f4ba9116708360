import { Duration } from 'aws-cdk-lib';
import { Schedule as Rate } from 'aws-cdk-lib/aws-events';
import type { Operation, Schedule, Step, Template } from './schedule';
import { Cloud } from '../../simulator/cloud';
import type { StackSource } from '../../simulator/cloudformation/assembly';
import type { PutFault } from '../../simulator/cloudformation/inbox';
import type { DeployResult } from '../../simulator/cloudformation/service';
import { logicalId, MARKER, MEMBERSHIP, SCHEDULE, Scene, STACK, stackOf } from '../e2e/support';

/** A schedule as it went. */
export interface Played {
  readonly cloud: Cloud;
  /** What the deploys of a template ended with. */
  readonly deploys: readonly { readonly template: Template; readonly result: DeployResult }[];
  /** The stack's events, those of deleted stacks, too. */
  readonly reasons: readonly { readonly logicalId: string; readonly status: string; readonly reason: string }[];
  /** Something threw that nothing may throw, such as a deadlock. */
  readonly broken?: Error;
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
  public readonly deploys: { template: Template; result: DeployResult }[] = [];
  public readonly reasons: { logicalId: string; status: string; reason: string }[] = [];
  private puts: (PutFault | null)[] = [];

  constructor(private readonly schedule: Schedule) {
    this.cloud = new Cloud({
      seed: schedule.seed,
      behaviours: { ...schedule.cloud, putFault: () => this.puts.shift() ?? undefined },
      cleanRooms: { behaviours: schedule.behaviours, limits: { concurrentQueries: 2 } },
      onStackEvent: ({ logicalId: id, status, reason = '' }) => this.reasons.push({ logicalId: id, status, reason }),
    });
    this.cloud.joinCollaboration(MEMBERSHIP);
  }

  public async take(step: Step): Promise<void> {
    const { cloud } = this;
    cloud.cleanRooms.defaultPlan = step.query;
    step.faults.forEach((fault) => cloud.cleanRooms.faults.inject(fault));
    cloud.faults.push(...step.crashes.map(({ function: name, invocation, kind }) =>
      ({ ...kind, function: FUNCTIONS[name], invocation: this.invocationsOf(FUNCTIONS[name]) + invocation })));
    if (step.dead) {
      cloud.faults.push({ function: FUNCTIONS.Population, at: 'start' });
    }
    this.puts = [...step.puts];
    await this.perform(step.operation);
    cloud.cleanRooms.faults.clear();
    cloud.faults.length = 0;
    this.puts = [];
  }

  /** What is delivered late has come by then, and what runs has ended. */
  public async end(): Promise<void> {
    await this.cloud.advance(900);
    await this.cloud.settle();
  }

  private async perform(operation: Operation): Promise<void> {
    const { cloud } = this;
    switch (operation.kind) {
      case 'deploy':
        await this.deploy(operation.template, operation.breaks);
        break;
      case 'deploy and refresh': {
        const deploying = this.deploy(operation.template);
        await cloud.advance(operation.afterSeconds);
        this.refresh();
        await deploying;
        break;
      }
      case 'deploy and stop': {
        const deploying = this.deploy(operation.template);
        await cloud.advance(operation.afterSeconds);
        cloud.executions().filter(({ status }) => status === 'RUNNING').forEach(({ arn }) => cloud.stepFunctions.stop(arn, 'Stopped', 'By hand.'));
        await deploying;
        break;
      }
      case 'refresh':
        Array.from({ length: operation.times }, () => this.refresh());
        break;
      case 'by hand':
        return this.populateByHand();
      case 'delete':
        if (operation.whileRefreshing) {
          this.refresh();
          await cloud.advance(40);
        }
        if (this.exists()) {
          await cloud.destroy(STACK);
        }
    }
    await cloud.settle();
  }

  private async deploy(template: Template, breaks?: 'meanwhile' | 'later'): Promise<void> {
    // CloudFormation would only let it be deleted.
    if (this.exists() && /_FAILED$/.test(this.cloud.stack(STACK).status)) {
      return;
    }
    const result = await this.cloud.deploy(breaking(stackOf(this.scene(template)), breaks));
    this.deploys.push({ template, result });
  }

  private scene(template: Template): Scene {
    return {
      parameters: { segment: `${MARKER} ${template}` },
      timeout: Duration.minutes(this.schedule.timeoutMinutes),
      cancelOnTimeout: this.schedule.cancelOnTimeout,
      schedule: Rate.rate(Duration.days(1)),
    };
  }

  private refresh(): void {
    const rule = logicalId(stackOf(this.scene('a')), SCHEDULE);
    if (this.exists() && this.cloud.stack(STACK).resources.has(rule)) {
      this.cloud.fireRule(rule);
    }
  }

  private populateByHand(): void {
    const table = this.exists() ? this.cloud.stack(STACK).resources.get('Table') : undefined;
    try {
      if (table) {
        this.cloud.cleanRooms.populateByHand(table.physicalId, { segment: 'by hand' });
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
