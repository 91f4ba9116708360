import { createRequire } from 'node:module';
import type { RunOptions, StateMachine, StateMachineDefinition } from 'aws-local-stepfunctions' with { 'resolution-mode': 'import' };
import { checkSize, History, RunEvent, StateError } from './history';
import { VirtualClock } from '../clock';
import { Random } from '../random';
import { Network } from '../runtime/network';
import { loadModule } from '../sandbox';

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
  readonly onProgress: (history: Pick<History, 'events' | 'transitions'>) => void;
}

type Asl = Record<string, unknown> & { States: Record<string, AslState> };
type AslState = Record<string, unknown> & { Type: string; Resource?: string; Branches?: Asl[]; Iterator?: Asl; ItemProcessor?: Asl };
/** `$$.State`. */
interface Entered {
  Name?: string;
  EnteredTime?: string;
  RetryCount?: number;
}
type Library = { StateMachine: typeof StateMachine };
type Overrides = NonNullable<RunOptions['overrides']>['taskResourceLocalHandlers'];

/** Step Functions' longest task; the interpreter would give up after a minute. */
const NO_TASK_TIMEOUT = 99_999_999;

/** Runs state machines by aws-local-stepfunctions, with its waits, pauses and timestamps on virtual time. */
export class Interpreter {
  private readonly library: Library;

  constructor(private readonly clock: VirtualClock, network: Network, random: Random) {
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

  run({ definition, input, context, runTask, onProgress }: RunRequest): Run {
    const machine = JSON.parse(definition) as Asl;
    const handlers: Overrides = {};
    const entered = JSON.parse('{}') as Entered;
    prepare(machine, handlers, countingRetries(runTask, entered));
    noteEntries(machine, entered, this.clock);
    const run = new this.library.StateMachine(machine as unknown as StateMachineDefinition, { validationOptions: { noValidate: true } })
      .run(JSON.parse(input) as never, {
        overrides: { taskResourceLocalHandlers: handlers },
        context: { ...JSON.parse(JSON.stringify(context)) as object, State: entered } as never,
      });
    const ended = run.result.then((output) => JSON.stringify(output), (error: Error) => { throw asStateError(error); });
    ended.catch(() => undefined);
    const followed = follow(run.eventLogs as AsyncGenerator<RunEvent>, onProgress).catch((error: Error) => {
      run.abort();
      throw error;
    });
    // The events arrive a little later than the end that they tell of.
    return { result: followed.then(() => ended), abort: run.abort };
  }
}

/** A task that fails may be tried again, in the same state. */
function countingRetries(runTask: TaskRunner, entered: Entered): TaskRunner {
  return async (...task) => {
    try {
      return await runTask(...task);
    } catch (error) {
      entered.RetryCount = (entered.RetryCount ?? 0) + 1;
      throw error;
    }
  };
}

function prepare(machine: Asl, handlers: NonNullable<Overrides>, runTask: TaskRunner): void {
  for (const [name, state] of Object.entries(machine.States)) {
    if (state.Type === 'Task') {
      if (state.TimeoutSeconds === undefined && state.TimeoutSecondsPath === undefined) state.TimeoutSeconds = NO_TASK_TIMEOUT;
      handlers[name] = async (input) => {
        const given = JSON.stringify(input);
        checkSize(name, given);
        const result = await runTask(state.Resource!, given);
        checkSize(name, result);
        return JSON.parse(result) as never;
      };
    }
    nestedIn(state).forEach((inner) => prepare(inner, handlers, runTask));
  }
}

/**
 * The interpreter knows no `$$.State`, but looks a state up in its machine at the moment of entering it, and hands the context's objects
 * on as they are. Branches that run at the same time share the one of whichever was entered last.
 */
function noteEntries(machine: Asl, entered: Entered, clock: VirtualClock): void {
  const states = machine.States;
  machine.States = new Proxy(states, {
    get: (_, name: string) => {
      if (name in states) Object.assign(entered, { Name: name, EnteredTime: new Date(clock.now()).toISOString(), RetryCount: 0 });
      return states[name];
    },
  });
  for (const state of Object.values(states)) nestedIn(state).forEach((inner) => noteEntries(inner, entered, clock));
}

function nestedIn({ Branches = [], Iterator: iterator, ItemProcessor }: AslState): Asl[] {
  return [...Branches, iterator, ItemProcessor].filter((inner) => inner !== undefined);
}

async function follow(events: AsyncGenerator<RunEvent>, onProgress: RunRequest['onProgress']): Promise<void> {
  const history = new History();
  for await (const event of events) {
    try {
      history.take(event);
    } finally {
      onProgress(history);
    }
  }
}

/** The interpreter wraps what a state threw. */
function asStateError(error: Error): StateError {
  const thrown = (error.cause ?? error) as Error;
  const known: Record<string, string> = { ExecutionTimeoutError: 'States.Timeout' };
  return new StateError(known[thrown.name] ?? thrown.name, thrown.message);
}
