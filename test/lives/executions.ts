import type { StepFault } from './life';
import { type Answer, type Process, type Processes } from './processes';
import type { VirtualTime } from './time';
import { STATE_MACHINE_TIMEOUT_SECONDS } from '../../src/contract/time';
import type { Ended, MachineState, PopulationKey, RunInput } from '../../src/contract/workflow';
import { step, type Stepped } from '../../src/handlers/population/step';

export interface Execution {
  readonly id: string;
  readonly machine: string;
  readonly key: PopulationKey;
  readonly input: RunInput;
  readonly startedAt: number;
  readonly number: number;
  state: MachineState;
  /** How it ended, by itself. */
  ended?: Ended;
  status: 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'ABORTED' | 'TIMED_OUT';
  endedAt?: number;
  crashes: number;
  isReporting?: boolean;
}

/** What the world does for a machine. */
export interface Surroundings {
  readonly time: VirtualTime;
  readonly processes: Processes;
  readonly functionSeconds: number;
  readonly faults: readonly StepFault[];
  portsFor(process: Process, execution: Execution, enteredAt: number): Parameters<typeof step>[1];
  report(execution: Execution, ended: Ended, done: (isDone: boolean) => void): void;
  putVersion(execution: Execution, versionId: string): void;
  /** Of the execution's own machine, as it is now. */
  isDeleted(execution: Execution): boolean;
  ended(execution: Execution): void;
  threw(error: Error): void;
  log(line: string): void;
}

const NO_CRASH = -3;
const CRASH_STEP = 8;
const LONGEST_CRASH_WAIT = 61;
const UNINVOKED_WAIT = 10;
const BROKEN: Ended = { failure: { error: 'PopulationFunctionFailed', cause: 'The population function cannot run.', analysisId: '', retryable: null } };

/** Step Functions, with the loop of `src/private/workflow.ts`. */
export class Executions {
  public readonly all: Execution[] = [];
  private steps = 0;

  constructor(private readonly around: Surroundings) {}

  public find = (id: string): Execution | undefined => this.all.find((execution) => execution.id === id);

  public start(machine: string, name: string, key: PopulationKey, input: RunInput): Answer<void> {
    const { time, log } = this.around;
    const id = `${machine.replace(':stateMachine:', ':execution:')}:${name}`;
    if (this.find(id)) {
      return { ok: true, value: undefined };
    }
    const copied = JSON.parse(JSON.stringify(input)) as RunInput;
    const execution: Execution = {
      id,
      machine,
      key,
      input: copied,
      startedAt: time.now,
      number: this.all.length,
      status: 'RUNNING',
      crashes: NO_CRASH,
      state: { execution: { Id: id, StartTime: new Date(time.millis()).toISOString(), Input: copied }, population: key },
    };
    this.all.push(execution);
    log(`starts ${short(id)} ${JSON.stringify({ ...copied, deployment: undefined })}`);
    this.after(0.3, execution, () => this.advance(execution));
    time.after(STATE_MACHINE_TIMEOUT_SECONDS, () => this.over(execution, 'TIMED_OUT'));
    return { ok: true, value: undefined };
  }

  public stop(execution: Execution): void {
    this.around.log(`** somebody stops ${short(execution.id)}`);
    this.over(execution, 'ABORTED');
  }

  /** A transition: of a machine that is deleted there is none. */
  private after(seconds: number, execution: Execution, next: () => void): void {
    this.around.time.after(seconds, () => {
      if (execution.status !== 'RUNNING') {
        return;
      }
      if (this.around.isDeleted(execution)) {
        this.over(execution, 'ABORTED');
        return;
      }
      next();
    });
  }

  private advance(execution: Execution): void {
    const { time, processes, faults, functionSeconds, portsFor, log } = this.around;
    const number = ++this.steps;
    const entered = time.now;
    const befalls = faults.filter((fault) => fault.step === number);
    befalls.forEach(({ kind, seconds }) => log(`** ${kind} ${seconds} at step ${number} of ${short(execution.id)}`));
    const notInvoked = befalls.find(({ kind }) => kind === 'NOT_INVOKED');
    if (notInvoked) {
      const isLate = this.isLate(execution);
      const again = () => this.after(UNINVOKED_WAIT, execution, () => this.advance(execution));
      this.after(isLate ? 0.1 : notInvoked.seconds, execution, () => (isLate ? this.giveUp(execution) : again()));
      return;
    }
    let isOver = false;
    const once = (next: () => void) => {
      if (!isOver) {
        isOver = true;
        this.after(0.05, execution, next);
      }
    };
    const { state } = execution;
    const begin = () => {
      if (execution.status !== 'RUNNING') {
        return;
      }
      const zombie = befalls.find(({ kind }) => kind === 'ZOMBIE');
      if (zombie) {
        time.after(zombie.seconds, () => once(() => this.crashed(execution)));
      }
      processes.spawn<Stepped>(`${short(execution.id)}@${number}`, functionSeconds, (process) => step(state, portsFor(process, execution, entered)), (end) => {
        if (end.how === 'THREW') {
          this.around.threw(end.error);
        }
        once(() => (end.how === 'RETURNED' ? this.decide(execution, end.value.state) : this.crashed(execution)));
      });
    };
    time.after(befalls.find(({ kind }) => kind === 'LATE_START')?.seconds ?? 0.02, begin);
  }

  private decide(execution: Execution, state: MachineState): void {
    execution.state = { ...JSON.parse(JSON.stringify(state)) as MachineState, execution: execution.state.execution };
    execution.crashes = state.crashes?.wait ?? NO_CRASH;
    switch (state.next) {
      case 'WAIT':
        return this.after(state.wait!, execution, () => this.advance(execution));
      case 'KEEP_VERSION':
        return this.after(0.2, execution, () => {
          this.around.putVersion(execution, state.ended!.output!.versionId);
          this.advance(execution);
        });
      default:
        return this.toReport(execution);
    }
  }

  private crashed(execution: Execution): void {
    execution.crashes += CRASH_STEP;
    execution.state = { ...execution.state, crash: { Error: 'Lambda.Unknown', Cause: 'crashed' }, crashes: { wait: execution.crashes } };
    if (execution.crashes > LONGEST_CRASH_WAIT || this.isLate(execution)) {
      this.giveUp(execution);
    } else {
      this.after(execution.crashes, execution, () => this.advance(execution));
    }
  }

  private isLate({ input }: Execution): boolean {
    return input.deployment !== undefined && this.around.time.millis() > Date.parse(input.deployment.answerBy);
  }

  private giveUp(execution: Execution): void {
    execution.state = { ...execution.state, ended: BROKEN, next: 'END' };
    this.toReport(execution);
  }

  private toReport(execution: Execution): void {
    const { input, state } = execution;
    if (!input.deployment) {
      return this.end(execution);
    }
    this.around.report(execution, state.ended!, (isDone) => this.after(0.05, execution, () => {
      if (!isDone) {
        this.over(execution, 'FAILED');
      } else if (state.next === 'REPORT') {
        this.advance(execution);
      } else {
        this.end(execution);
      }
    }));
  }

  private end(execution: Execution): void {
    execution.ended = execution.state.ended!;
    const { output, failure } = execution.ended;
    this.around.log(`ends ${short(execution.id)} ${output ? `${output.status} ${output.versionId}` : `${failure!.error}: ${failure!.cause.slice(0, 110)}`}`);
    this.over(execution, output ? 'SUCCEEDED' : 'FAILED');
  }

  private over(execution: Execution, status: Execution['status']): void {
    if (execution.status === 'RUNNING') {
      execution.status = status;
      execution.endedAt = this.around.time.now;
      this.around.ended(execution);
    }
  }
}

/** The name of the machine's population and of the execution, for people. */
export const short = (execution: string): string => execution.replace(/^.*:IntermediateTable-/, '').replace(/:cfn-(.{4}).*$/, ':cfn-$1');
