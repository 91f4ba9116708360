import { CloudFormation } from './cloudformation';
import { Executions, short, type Execution } from './executions';
import { judgeTheEnd } from './judgement';
import type { Life, LifeEvent, StepFault } from './life';
import { Oracle } from './oracle';
import { Processes, type Process } from './processes';
import { machineArn, MEMBERSHIP, Stack } from './stack';
import { parametersOf, StandInRooms } from './stand-in-rooms';
import { StandInStore } from './stand-in-store';
import { chances, VirtualTime } from './time';
import { DEPLOYMENT_FUNCTION_TIMEOUT_SECONDS, MAX_POLL_SECONDS, STEP_LIMIT_SECONDS, STEP_SHUTDOWN_SECONDS } from '../../src/contract/time';
import type { Ended, RunInput } from '../../src/contract/workflow';
import type { Ports as DeploymentPorts } from '../../src/handlers/deployment/ports';
import { endOf, report } from '../../src/handlers/deployment/report';
import type { Ports } from '../../src/handlers/invocation';
import { tableKey } from '../../src/handlers/record/items';

/** One life of one stack: the real handlers among stand-ins, in one process, on a virtual clock. */
export class World {
  public static async play(life: Life, isLogged = false): Promise<World> {
    const world = new World(life, isLogged);
    for (const event of life.events) {
      world.time.after(event.at, () => world.happens(event));
    }
    await world.time.run(life.ends);
    judgeTheEnd(world, world.oracle);
    return world;
  }

  public readonly time = new VirtualTime();
  public readonly lines: string[] = [];
  public readonly oracle: Oracle;
  public readonly processes: Processes;
  public readonly rooms: StandInRooms;
  public readonly store: StandInStore;
  public readonly executions: Executions;
  public readonly stack: Stack;
  public readonly cloudFormation: CloudFormation;
  /** What the SSM parameters hold, by logical id. */
  public readonly versionParameters = new Map<string, string>();
  private readonly chance = chances(1);
  /** As the function ends itself, and as Lambda does. */
  public readonly functionSeconds: number;
  private runs = 0;

  constructor(public readonly life: Life, private readonly isLogged = false) {
    const { time, log } = this;
    this.functionSeconds = Math.min(STEP_LIMIT_SECONDS, life.conditions.functionTimeout ?? Infinity);
    this.oracle = new Oracle(this);
    this.processes = new Processes(time, life.faults, chances(2), log);
    this.store = new StandInStore((key, document) => this.oracle.recordChanged(key, document));
    this.rooms = new StandInRooms(time, life.conditions, this.typeOf, {
      accepted: () => undefined,
      wentLive: (query) => this.oracle.wentLive(query),
      asksToCancel: (query, by) => {
        log(`${by.name} cancels ${query.id}`);
        this.oracle.asksToCancel(query, by);
      },
      log,
    });
    this.cloudFormation = new CloudFormation(this);
    this.stack = new Stack(time, this.cloudFormation);
    this.executions = new Executions({
      time,
      processes: this.processes,
      functionSeconds: this.functionSeconds,
      faults: life.faults.filter((fault): fault is StepFault => 'step' in fault),
      log,
      portsFor: this.portsFor,
      report: (execution, ended, done) => this.report(execution.id, ended, REPORT_RETRIES, done),
      putVersion: ({ key }, versionId) => this.versionParameters.set(key.logicalId, versionId),
      isDeleted: ({ key }) => !this.stack.machines.has(key.logicalId),
      ended: (execution) => this.executionEnded(execution),
      threw: (error) => this.oracle.bad('THROWS', error.stack ?? error.message),
    });
  }

  public log = (line: string): void => {
    if (this.isLogged) {
      this.lines.push(`${this.time.now.toFixed(1).padStart(8)}  ${line}`);
    }
  };

  public deploymentPorts = (process: Process): DeploymentPorts => ({
    store: this.store.forProcess(process),
    startExecution: (arn, name, input) => process.request({ of: 'executions', name: 'start', act: () => this.start(arn, name, input) }),
    put: async (url, body) => {
      const put = await process.request({ of: 'cloudformation', name: 'put', act: () => ({ ok: true, value: this.cloudFormation.put(url, body) }) });
      if (!put.ok) {
        throw new Error('The URL did not answer.');
      }
    },
    clock: {
      now: this.time.millis,
      pause: (millis) => process.pause(millis / 1_000),
      remainingMillis: () => (DEPLOYMENT_FUNCTION_TIMEOUT_SECONDS - process.passed()) * 1_000,
    },
    names: { executionPrefix: 'cfn', recordTable: 'record', logGroup: 'logs' },
    log: (message, details) => this.oracle.said(`log of ${message}`, JSON.stringify(details)),
  });

  public start(arn: string, name: string, input: RunInput) {
    const logicalId = arn.replace(/^.*:IntermediateTable-/, '');
    const key = this.stack.machines.get(logicalId);
    return key ? this.executions.start(arn, name, key, input)
      : { ok: false as const, error: { code: 'StateMachineDoesNotExist', message: 'it does not exist', outcomeUnknown: false } };
  }

  private portsFor = (process: Process, execution: Execution, enteredAt: number): Ports => {
    const { time } = this;
    const [enteredMillis, begunAt] = [time.millis() - (time.now - enteredAt) * 1_000, time.now];
    return {
      store: this.store.forProcess(process),
      cleanRooms: this.rooms.forProcess(process, execution.id),
      chance: this.chance,
      clock: {
        now: () => Math.round(enteredMillis + (time.now - begunAt) * 1_000),
        pause: process.pause,
        pollSecondsLeft: () => Math.min(MAX_POLL_SECONDS, this.functionSeconds - STEP_SHUTDOWN_SECONDS) - (time.now - begunAt),
      },
    };
  };

  private report(execution: string, ended: Ended, retries: readonly number[], done: (isDone: boolean) => void): void {
    this.processes.spawn(`report of ${short(execution)}`, DEPLOYMENT_FUNCTION_TIMEOUT_SECONDS, (process) => report(execution, ended, this.deploymentPorts(process)), ({ how }) => {
      const [seconds, ...left] = retries;
      if (how === 'RETURNED' || seconds === undefined) {
        done(how === 'RETURNED');
      } else {
        this.time.after(seconds, () => this.report(execution, ended, left, done));
      }
    });
  }

  private executionEnded(execution: Execution): void {
    const { id, status, ended } = execution;
    this.oracle.executionEnded(execution);
    if (!/:cfn-[^:]+$/.test(id)) {
      this.startThoseBuiltOn(execution);
      return;
    }
    const told = endOf({ executionArn: id, status, error: ended?.failure?.error, cause: ended?.failure?.cause });
    if (told) {
      this.time.after(2, () => this.report(id, told, [60, 120], () => undefined));
    }
  }

  /** By the rules of `src/private/chain.ts`: however a run ended that no deploy has started. */
  private startThoseBuiltOn({ id, key }: Execution): void {
    for (const [logicalId, { upstream, isDeaf }] of Object.entries(this.stack.populations)) {
      if (upstream?.includes(key.logicalId) && !isDeaf) {
        this.time.after(1.5, () => this.start(machineArn(logicalId), `after-${++this.runs}`, { afterUpstream: true, event: `end of ${id}` }));
      }
    }
  }

  private happens(event: LifeEvent): void {
    switch (event.type) {
      case 'DEPLOY':
        return this.stack.deploy(event);
      case 'RUN': {
        const name = this.stack.nameOf(event.population);
        return void (name && this.start(machineArn(name), `hand-${++this.runs}`, event.input ?? {}));
      }
      case 'SCHEDULE':
        return this.fireRule(event.population, event.schedule, event.again);
      case 'STOP': {
        const running = this.executions.all.filter(({ status }) => status === 'RUNNING');
        return running.length ? this.executions.stop(running[event.which % running.length]) : undefined;
      }
      case 'FORGET':
        return this.store.forget(tableKey({ membershipIdentifier: MEMBERSHIP, intermediateTableIdentifier: event.table }), event.member);
      case 'STRANGER':
        return void this.rooms.accept(event.table, parametersOf(event.makes), 'stranger');
    }
  }

  private fireRule(population: string, schedule: string, again?: number): void {
    const name = this.stack.nameOf(population);
    if (name === undefined || this.stack.populations[name].schedules?.[schedule] === undefined) {
      return;
    }
    const event = `event-${++this.runs}`;
    const start = () => this.start(machineArn(name), `rule-${++this.runs}`, { schedule, event });
    start();
    if (again !== undefined) {
      this.time.after(again, start);
    }
  }

  private typeOf = (table: string) => {
    const events = this.life.events.flatMap((event) => (event.type === 'DEPLOY' ? Object.values(event.populations) : []));
    return events.some((population) => population.table === table && population.isJob) ? 'JOB' as const : 'QUERY' as const;
  };
}

/** For about an hour, as the machine's. */
const REPORT_RETRIES = [5, 10, 20, 40, ...Array.from({ length: 56 }, () => 60)];
