import { createRequire } from 'node:module';
import { VirtualClock } from '../clock';
import { Random } from '../random';
import { MOST_BYTES, StateError } from './history';
import { Interpreter, Run, TaskRunner } from './interpreter';
import { ApiError } from '../runtime/json-server';

export type ExecutionStatus = 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';

export interface StateMachineConfiguration {
  readonly arn: string;
  readonly name: string;
  readonly logicalId: string;
  readonly roleArn: string;
  /** Amazon States Language, as JSON text. */
  readonly definition: string;
}

export interface Execution {
  readonly arn: string;
  readonly name: string;
  readonly stateMachineArn: string;
  readonly input: string;
  readonly startDate: number;
  /** The access key of who has started it, where that was code in Lambda. */
  readonly startedBy?: string;
  status: ExecutionStatus;
  stopDate?: number;
  output?: string;
  error?: string;
  cause?: string;
  /** What AWS bills. */
  transitions: number;
  /** How long its history is. */
  events: number;
}

export interface StepFunctionsOptions {
  readonly clock: VirtualClock;
  readonly random: Random;
  readonly interpreter: Interpreter;
  /** Runs a task on behalf of a state machine. */
  readonly runTask: (machine: StateMachineConfiguration, execution: Execution, ...task: Parameters<TaskRunner>) => Promise<string>;
  readonly onStatusChange: (execution: Execution) => void;
  /** How long ListExecutions goes without new executions and new statuses. @default 0 */
  readonly listLagMillis?: number;
}

interface Started extends Execution {
  run?: Run;
  readonly waiting: (() => void)[];
}

interface ListRequest {
  readonly stateMachineArn: string;
  readonly statusFilter?: string;
  readonly maxResults?: number;
  readonly nextToken?: string;
}

type Validator = (definition: object, options: object) => { isValid: boolean; errorsText(separator: string): string };
const validate = createRequire(__filename)('asl-validator') as Validator;

/** Definitions found valid in this process. */
const VALID = new Set<string>();

/** Of machines and executions. https://docs.aws.amazon.com/step-functions/latest/apireference/API_CreateStateMachine.html */
const NAME = /^[^\s<>{}[\]?*"#%\\^|~`$&,;:/\u0000-\u001f\u007f-\u009f]{1,80}$/;
const NAME_RESERVED_MILLIS = 90 * 24 * 3600 * 1000;
const PAGE = 100;

/** Standard state machines and their executions. */
export class StepFunctionsService {
  private readonly machines = new Map<string, StateMachineConfiguration>();
  private readonly started = new Map<string, Started>();

  constructor(private readonly options: StepFunctionsOptions) {}

  /** Creates or updates; executions that run keep their definition. */
  deploy(machine: StateMachineConfiguration): void {
    if (!NAME.test(machine.name)) throw new ApiError('InvalidName', `Invalid Name: '${machine.name}'`);
    checkDefinition(machine.definition);
    this.machines.set(machine.arn, machine);
  }

  delete(arn: string): void {
    this.machines.delete(arn);
    for (const execution of this.executions(arn)) this.end(execution as Started, { status: 'ABORTED' });
  }

  machine(arn: string): StateMachineConfiguration {
    const machine = this.machines.get(arn);
    if (!machine) throw new ApiError('StateMachineDoesNotExist', `State Machine Does Not Exist: '${arn}'`);
    return machine;
  }

  /** Newest first. */
  executions(machineArn?: string): Execution[] {
    return [...this.started.values()].filter(({ stateMachineArn }) => !machineArn || stateMachineArn === machineArn).reverse();
  }

  start(machineArn: string, input = '{}', name = this.options.random.uuid(), startedBy?: string): Execution {
    const machine = this.machine(machineArn);
    if (!NAME.test(name)) throw new ApiError('InvalidName', `Invalid Name: '${name}'`);
    checkInput(input);
    const arn = `${machineArn.replace(':stateMachine:', ':execution:')}:${name}`;
    const { clock } = this.options;
    const namesake = this.started.get(arn);
    if (namesake && namesake.startDate + NAME_RESERVED_MILLIS > clock.now()) {
      if (namesake.status === 'RUNNING' && namesake.input === input) return namesake;
      throw new ApiError('ExecutionAlreadyExists', `Execution Already Exists: '${arn}'`);
    }
    const execution: Started = { arn, name, stateMachineArn: machineArn, input, startDate: clock.now(), startedBy, status: 'RUNNING', transitions: 0, events: 1, waiting: [] };
    // Executions are listed by their start, so a name that is used again moves to the end.
    this.started.delete(arn);
    this.started.set(arn, execution);
    this.options.onStatusChange(execution);
    this.run(machine, execution);
    return execution;
  }

  describe(executionArn: string): Execution {
    const execution = this.started.get(executionArn);
    if (!execution) throw new ApiError('ExecutionDoesNotExist', `Execution Does Not Exist: '${executionArn}'`);
    return execution;
  }

  list({ stateMachineArn, statusFilter, maxResults = PAGE, nextToken }: ListRequest): { executions: Execution[]; nextToken?: string } {
    this.machine(stateMachineArn);
    const visibleUntil = this.options.clock.now() - (this.options.listLagMillis ?? 0);
    const visible = this.executions(stateMachineArn)
      .filter(({ startDate }) => startDate <= visibleUntil)
      .map((execution) => (execution.stopDate !== undefined && execution.stopDate > visibleUntil
        ? { ...execution, status: 'RUNNING' as const, stopDate: undefined } : execution))
      .filter(({ status }) => !statusFilter || status === statusFilter);
    const from = nextToken ? Number(Buffer.from(nextToken, 'base64').toString()) : 0;
    if (!Number.isInteger(from)) throw new ApiError('InvalidToken', `Invalid Token: '${nextToken}'`);
    const to = from + (maxResults || PAGE);
    return { executions: visible.slice(from, to), ...(to < visible.length ? { nextToken: Buffer.from(String(to)).toString('base64') } : {}) };
  }

  stop(executionArn: string, error?: string, cause?: string): void {
    this.end(this.describe(executionArn) as Started, { status: 'ABORTED', error, cause });
  }

  /** Resolves when the execution has ended, whichever way. */
  async ended(executionArn: string): Promise<Execution> {
    const execution = this.describe(executionArn) as Started;
    if (execution.status === 'RUNNING') await new Promise<void>((resolve) => execution.waiting.push(resolve));
    return execution;
  }

  private run(machine: StateMachineConfiguration, execution: Started): void {
    const { interpreter, runTask } = this.options;
    execution.run = interpreter.run({
      definition: machine.definition,
      input: execution.input,
      context: {
        Execution: { Id: execution.arn, Name: execution.name, RoleArn: machine.roleArn },
        StateMachine: { Id: machine.arn, Name: machine.name },
      },
      runTask: (resource, input) => runTask(machine, execution, resource, input),
      onProgress: ({ transitions, events }) => Object.assign(execution, { transitions, events }),
    });
    execution.run.result.then(
      (output) => this.end(execution, { status: 'SUCCEEDED', output }),
      (thrown: StateError) => this.end(execution, {
        status: thrown.name === 'States.Timeout' && thrown.message === 'Execution timed out' ? 'TIMED_OUT' : 'FAILED',
        error: thrown.name,
        cause: thrown.message,
      }),
    );
  }

  private end(execution: Started, ending: Pick<Execution, 'status' | 'output' | 'error' | 'cause'>): void {
    if (execution.status !== 'RUNNING') return;
    Object.assign(execution, ending, { stopDate: this.options.clock.now(), events: execution.events + 1 });
    if (ending.status === 'ABORTED') execution.run?.abort();
    this.options.onStatusChange(execution);
    for (const proceed of execution.waiting.splice(0)) proceed();
  }
}

function checkDefinition(definition: string): void {
  // Checking takes longer than a whole deployment; what differs between most is only which resources they name, by ARNs, ids or logical ids.
  const shape = definition.replace(/arn:aws:[^"\\]+|\b\w+[0-9A-F]{8}(?=")|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'resource');
  if (VALID.has(shape)) return;
  const { isValid, errorsText } = validate(JSON.parse(definition) as object, { checkPaths: true, checkArn: true });
  if (!isValid) throw new ApiError('InvalidDefinition', `Invalid State Machine Definition: '${errorsText('; ')}'`);
  VALID.add(shape);
}

function checkInput(input: string): void {
  if (Buffer.byteLength(input) > MOST_BYTES) {
    throw new ApiError('ValidationException', `1 validation error detected: Value at 'input' failed to satisfy constraint: Member must have length less than or equal to ${MOST_BYTES}`);
  }
  if (parsed(input) === null) throw new ApiError('InvalidExecutionInput', `Invalid State Machine Execution Input: '${input}'`);
}

/** `null` where it is no JSON, either. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}
