import { createRequire } from 'node:module';
import type { RunOptions, StateMachine, StateMachineDefinition } from 'aws-local-stepfunctions' with { 'resolution-mode': 'import' };
import { VirtualClock } from '../clock';
import { Random } from '../random';
import { Network } from '../runtime/network';
import { loadModule, REALM_JSON } from '../sandbox';

/** How an execution, or a task, fails: `Error` and `Cause` of the Amazon States Language. */
export class StateError extends Error {
  constructor(name: string, cause: string) {
    super(cause);
    this.name = name;
  }
}

export type TaskRunner = (resource: string, input: string) => Promise<string>;

export interface Run {
  /** The output as JSON text; rejects with StateError. */
  readonly result: Promise<string>;
  abort(): void;
}

export interface RunRequest {
  readonly definition: string;
  readonly input: string;
  readonly context: object;
  readonly runTask: TaskRunner;
  readonly onTransition: () => void;
}

type Asl = Record<string, unknown> & { States: Record<string, AslState> };
type AslState = Record<string, unknown> & { Type: string; Resource?: string; Branches?: Asl[]; Iterator?: Asl; ItemProcessor?: Asl };
type Library = { StateMachine: typeof StateMachine };
type Overrides = NonNullable<RunOptions['overrides']>['taskResourceLocalHandlers'];

/** Step Functions' longest task; the interpreter would give up after a minute. */
const NO_TASK_TIMEOUT = 99_999_999;

/** Runs state machines by aws-local-stepfunctions, with its waits, pauses and timestamps on virtual time. */
export class Interpreter {
  private readonly library: Library;

  constructor(clock: VirtualClock, network: Network, random: Random) {
    const file = createRequire(__filename).resolve('aws-local-stepfunctions');
    this.library = loadModule(file, {
      clock,
      network,
      env: {},
      random: () => random.next(),
      gate: (deliver) => deliver(),
      isAlive: () => true,
      print: () => undefined,
      exit: () => undefined,
      beforeRequest: () => undefined,
      // Every task gets a handler of ours, so the SDK that would call AWS is never used; loading it takes a while.
    }, { '@aws-sdk/client-lambda': {}, '@aws-sdk/credential-providers': {} }) as unknown as Library;
  }

  run({ definition, input, context, runTask, onTransition }: RunRequest): Run {
    const machine = REALM_JSON.parse(definition) as Asl;
    const handlers: Overrides = {};
    prepare(machine, handlers, runTask);
    const run = new this.library.StateMachine(machine as unknown as StateMachineDefinition, { validationOptions: { noValidate: true } })
      .run(REALM_JSON.parse(input) as never, {
        overrides: { taskResourceLocalHandlers: handlers },
        context: REALM_JSON.parse(JSON.stringify(context)) as never,
      });
    const counted = countTransitions(run.eventLogs, onTransition);
    const result = run.result.then((output) => JSON.stringify(output), (error: Error) => { throw asStateError(error); });
    // The events arrive a little later than the end that they tell of.
    return { result: result.finally(() => counted), abort: run.abort };
  }
}

function prepare(machine: Asl, handlers: NonNullable<Overrides>, runTask: TaskRunner): void {
  for (const [name, state] of Object.entries(machine.States)) {
    if (state.Type === 'Task') {
      if (state.TimeoutSeconds === undefined && state.TimeoutSecondsPath === undefined) state.TimeoutSeconds = NO_TASK_TIMEOUT;
      handlers[name] = async (input) => REALM_JSON.parse(await runTask(state.Resource!, JSON.stringify(input))) as never;
    }
    const nested = [...state.Branches ?? [], state.Iterator, state.ItemProcessor].filter((inner) => inner !== undefined);
    nested.forEach((inner) => prepare(inner, handlers, runTask));
  }
}

async function countTransitions(events: AsyncGenerator<{ type: string }>, onTransition: () => void): Promise<void> {
  // AWS bills a retry as a transition, too.
  for await (const { type } of events) if (type === 'StateEntered' || type === 'StateRetried') onTransition();
}

/** The interpreter wraps what a state threw. */
function asStateError(error: Error): StateError {
  const thrown = (error.cause ?? error) as Error;
  const known: Record<string, string> = { ExecutionTimeoutError: 'States.Timeout' };
  return new StateError(known[thrown.name] ?? thrown.name, thrown.message);
}
