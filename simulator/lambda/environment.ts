import { VirtualClock } from '../clock';
import { InvocationFault } from './faults';
import { exchangeClient } from '../runtime/exchange';
import { Network } from '../runtime/network';
import { World } from '../runtime/world';
import { loadModule } from '../sandbox';
import { sdkModules } from '../sdk/modules';

/** What a failed invocation answers: the body that Lambda gives along with `FunctionError`. */
export interface FunctionError {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace?: string[];
}

export class FunctionFailure extends Error {
  constructor(readonly error: FunctionError, readonly environmentDied: boolean) {
    super(error.errorMessage);
  }
}

export interface EnvironmentOptions {
  readonly clock: VirtualClock;
  readonly network: Network;
  /** @default 0 */
  readonly clockSkewMillis?: number;
  readonly random: () => number;
  readonly file: string;
  /** The file brings AWS's SDK along; otherwise the simulator's stands in. */
  readonly hasSdk: boolean;
  readonly handlerName: string;
  readonly env: Record<string, string>;
  readonly modules?: Readonly<Record<string, string>>;
  readonly print: (level: string, text: string) => void;
}

export interface Invocation {
  readonly requestId: string;
  readonly payload: string;
  readonly deadline: number;
  readonly functionName: string;
  readonly functionArn: string;
  readonly fault?: InvocationFault;
}

type Handler = (event: unknown, context: object, callback: (error: unknown, result?: unknown) => void) => unknown;

/** One execution environment: loaded once, used by one invocation at a time, frozen in between. */
export class Environment {
  private handler?: Handler;
  private alive = true;
  private frozen = true;
  private stalled = false;
  private readonly held: (() => void)[] = [];
  private requests = 0;
  private requestId = '';
  private fault?: InvocationFault;
  private fail?: (failure: FunctionFailure) => void;

  constructor(private readonly options: EnvironmentOptions) {}

  get accessKeyId(): string {
    return this.options.env.AWS_ACCESS_KEY_ID;
  }

  get isAlive(): boolean {
    return this.alive;
  }

  /** The handler's result as JSON text. */
  async invoke(invocation: Invocation): Promise<string> {
    const crashed = new Promise<never>((_, reject) => {
      this.fail = reject;
    });
    crashed.catch(() => undefined);
    this.requests = 0;
    this.requestId = invocation.requestId;
    this.fault = invocation.fault;
    this.thaw();
    const { clock } = this.options;
    const timeout = clock.setTimer(() => this.die(timedOut(invocation)), invocation.deadline - clock.now());
    try {
      return await Promise.race([this.run(invocation), crashed]);
    } finally {
      clock.clearTimer(timeout);
      this.frozen = true;
    }
  }

  private async run(invocation: Invocation): Promise<string> {
    if (this.fault?.at === 'start') this.crash();
    this.handler ??= this.load();
    const result = await this.call(this.handler, invocation);
    if (this.fault?.at === 'timeoutBeforeReturn') this.stall();
    if (this.fault?.at === 'return') this.crash();
    if (!this.alive || this.stalled) await new Promise(() => undefined);
    return result;
  }

  private load(): Handler {
    const name = this.options.handlerName.split('.').at(-1)!;
    let exports: Record<string, unknown>;
    try {
      const world = this.world();
      const { file, hasSdk } = this.options;
      exports = hasSdk ? loadModule(file, world) : loadModule(file, world, sdkModules(world), exchangeClient(world));
    } catch (error) {
      this.kill();
      throw new FunctionFailure(describe(error), true);
    }
    if (typeof exports[name] !== 'function') {
      this.kill();
      throw new FunctionFailure({ errorType: 'Runtime.HandlerNotFound', errorMessage: `${this.options.handlerName} is undefined or not exported` }, true);
    }
    return exports[name] as Handler;
  }

  private async call(handler: Handler, invocation: Invocation): Promise<string> {
    const context = {
      awsRequestId: invocation.requestId,
      functionName: invocation.functionName,
      functionVersion: '$LATEST',
      invokedFunctionArn: invocation.functionArn,
      logGroupName: `/aws/lambda/${invocation.functionName}`,
      logStreamName: `${new Date(this.options.clock.now()).toISOString().slice(0, 10).replaceAll('-', '/')}/[$LATEST]${this.options.env.AWS_ACCESS_KEY_ID}`,
      memoryLimitInMB: this.options.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
      callbackWaitsForEmptyEventLoop: true,
      getRemainingTimeInMillis: () => Math.max(0, invocation.deadline - this.options.clock.now()),
    };
    try {
      const result = await new Promise((resolve, reject) => {
        const returned = handler(JSON.parse(invocation.payload), context, (error, value) => (error ? reject(error as Error) : resolve(value)));
        if (handler.length < 3) resolve(returned);
      });
      return JSON.stringify(result) ?? 'null';
    } catch (error) {
      throw new FunctionFailure(describe(error), false);
    }
  }

  private world(): World {
    const { clock, clockSkewMillis, network, random, env, modules, print } = this.options;
    return {
      clock,
      clockSkewMillis,
      network,
      random,
      env,
      modules,
      gate: (deliver) => {
        if (!this.alive || this.stalled) return;
        if (this.frozen) this.held.push(deliver);
        else deliver();
      },
      isAlive: () => this.alive && !this.stalled,
      print: (level, text) => { if (this.alive) print(level, text); },
      exit: (code) => this.die(exited(this.requestId, code)),
      beforeRequest: () => this.beforeRequest(),
    };
  }

  private beforeRequest(): (() => void) | undefined {
    const { fault } = this;
    if (!fault || !('request' in fault) || ++this.requests !== fault.request) return undefined;
    switch (fault.at) {
      case 'beforeRequest': this.crash(); return undefined;
      case 'timeoutBeforeRequest': this.stall(); return undefined;
      case 'afterRequest': return () => this.crash();
      case 'timeoutAfterRequest': return () => this.stall();
    }
  }

  private die(error: FunctionError): void {
    this.kill();
    this.fail?.(new FunctionFailure(error, true));
  }

  private crash(): void {
    this.die(exited(this.requestId, 1));
  }

  /** Nothing reaches the code any more, but its time has not run out yet. */
  private stall(): void {
    this.stalled = true;
  }

  private kill(): void {
    this.alive = false;
    this.held.length = 0;
  }

  private thaw(): void {
    this.frozen = false;
    for (const deliver of this.held.splice(0)) deliver();
  }
}

function exited(requestId: string, code: number): FunctionError {
  return { errorType: 'Runtime.ExitError', errorMessage: `RequestId: ${requestId} Error: Runtime exited with error: exit status ${code}` };
}

function timedOut({ requestId, deadline }: Invocation): FunctionError {
  const at = new Date(deadline).toISOString();
  return { errorType: 'Sandbox.Timedout', errorMessage: `${at} ${requestId} Task timed out` };
}

function describe(error: unknown): FunctionError {
  // Thrown in another realm, so `instanceof Error` would not tell.
  const thrown = error as { name?: string; message?: string; stack?: string } | undefined;
  if (typeof thrown?.message !== 'string') return { errorType: typeof error, errorMessage: String(error), trace: [] };
  return { errorType: thrown.name ?? 'Error', errorMessage: thrown.message, trace: (thrown.stack ?? '').split('\n') };
}
