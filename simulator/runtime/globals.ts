import { format } from 'node:util';
import { HttpClient } from './http-client';
import { World } from './world';

type Callback = (...args: unknown[]) => void;

/** What shadows Node's globals inside a sandbox: time, randomness, output and the process are the world's. */
export function globalsOf(world: World, client: HttpClient): Record<string, unknown> {
  const globals: Record<string, unknown> = {
    ...timersOf(world),
    Date: dateOf(world),
    Math: Object.create(Math, { random: { value: world.random } }) as Math,
    performance: { now: () => world.clock.now(), timeOrigin: 0, mark: () => undefined, measure: () => undefined },
    AbortSignal: abortSignalOf(world),
    Promise: promise(),
    console: consoleOf(world),
    process: processOf(world),
    fetch: client.fetch,
  };
  globals.globalThis = new Proxy(globalThis, {
    get: (target, key) => (typeof key === 'string' && key in globals ? globals[key] : Reflect.get(target, key) as unknown),
  });
  globals.global = globals.globalThis;
  return globals;
}

export function timersOf({ clock, gate }: World): Record<string, (...args: never[]) => unknown> {
  const start = (repeat: boolean) => (callback: Callback, ms = 0, ...args: unknown[]): TimerHandle => {
    const handle = new TimerHandle();
    const schedule = (): void => {
      handle.stop = timer(() => {
        if (repeat) schedule();
        callback(...args);
      });
    };
    const timer = (run: () => void): (() => void) => {
      // Node takes 1 ms for anything less, and JavaScript code counts on time to pass in a loop of timers.
      const set = clock.setTimer(() => gate(() => { if (!handle.cleared) run(); }), Math.max(1, ms));
      return () => clock.clearTimer(set);
    };
    handle.refresh = () => { handle.stop(); schedule(); return handle; };
    schedule();
    return handle;
  };
  const clear = (handle?: TimerHandle): void => {
    if (!(handle instanceof TimerHandle)) return;
    handle.cleared = true;
    handle.stop();
  };
  return {
    setTimeout: start(false),
    setInterval: start(true),
    setImmediate: (callback: Callback, ...args: unknown[]) => setImmediate(() => gate(() => { clock.touch(); callback(...args); })),
    clearTimeout: clear,
    clearInterval: clear,
  };
}

class TimerHandle {
  cleared = false;
  stop: () => void = () => undefined;
  refresh: () => this = () => this;
  ref(): this { return this; }
  unref(): this { return this; }
  hasRef(): boolean { return true; }
}

function dateOf({ clock, clockSkewMillis = 0 }: World): DateConstructor {
  const now = (): number => clock.now() + clockSkewMillis;
  return new Proxy(Date, {
    construct: (target, args: [], newTarget) => Reflect.construct(target, args.length > 0 ? args : [now()], newTarget) as Date,
    apply: () => new Date(now()).toString(),
    get: (target, key) => (key === 'now' ? now : Reflect.get(target, key) as unknown),
  });
}

function abortSignalOf(world: World): typeof AbortSignal {
  const timeout = (ms: number): AbortSignal => {
    const controller = new AbortController();
    const reason = new DOMException('The operation was aborted due to timeout', 'TimeoutError');
    world.clock.setTimer(() => world.gate(() => controller.abort(reason)), ms);
    return controller.signal;
  };
  return new Proxy(AbortSignal, { get: (target, key) => (key === 'timeout' ? timeout : Reflect.get(target, key) as unknown) });
}

/** Node 20 lacks `Promise.withResolvers`, which the interpreter of state machines calls, and which Lambda's Node 22 and 24 have. */
function promise(): PromiseConstructor {
  const withResolvers = (): object => {
    let resolve, reject;
    const made = new Promise((res, rej) => { resolve = res; reject = rej; });
    return { promise: made, resolve, reject };
  };
  return 'withResolvers' in Promise ? Promise : new Proxy(Promise, {
    get: (target, key, receiver) => (key === 'withResolvers' ? withResolvers : Reflect.get(target, key, receiver) as unknown),
  });
}

function consoleOf(world: World): Record<string, Callback> {
  const levels = ['debug', 'log', 'info', 'warn', 'error', 'trace'];
  return Object.fromEntries(levels.map((level) => [level, (...args: unknown[]) => world.print(level, format(...args))]));
}

function processOf(world: World): typeof process {
  const write = (level: string) => ({ write: (text: string) => { world.print(level, text.trimEnd()); return true; } });
  const own: Record<string, unknown> = {
    env: world.env,
    exit: (code = 0) => world.exit(code),
    // Such warnings are about this machine's Node, not about the one that the function runs on.
    emitWarning: () => undefined,
    stdout: write('stdout'),
    stderr: write('stderr'),
  };
  // A listener on the real process would outlive the sandbox.
  for (const listen of ['on', 'once', 'addListener']) own[listen] = () => undefined;
  return new Proxy(process, { get: (target, key) => (typeof key === 'string' && key in own ? own[key] : Reflect.get(target, key) as unknown) });
}
