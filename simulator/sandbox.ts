import { readFileSync, statSync } from 'node:fs';
import * as fs from 'node:fs';
import { createRequire, isBuiltin } from 'node:module';
import { dirname, resolve } from 'node:path';
import { Script } from 'node:vm';
import { globalsOf, timersOf } from './runtime/globals';
import { HttpClient, httpClient } from './runtime/http-client';
import { World } from './runtime/world';

type Exports = Record<string, unknown>;
type Require = (specifier: string) => unknown;

type Compiled = (...args: unknown[]) => void;

/** Compiled once a process: a script is the same in every sandbox, only what it is given differs. By file, and by what is in it. */
const COMPILED = { byFile: new Map<string, Compiled>(), byCode: new Map<string, Compiled>() };

/**
 * Evaluates a CommonJS file, with a world of its own in place of Node's globals and network.
 * @param stubs modules by name that are replaced, because nothing in this world calls them
 */
export function loadModule(file: string, world: World, stubs: Record<string, unknown> = {}, client: HttpClient = httpClient(world)): Exports {
  const globals = globalsOf(world, client);
  const builtins: Record<string, unknown> = { ...virtualBuiltins(world), http: client.http, https: client.https };
  const loaded = new Map<string, { exports: Exports }>();

  const load = (path: string): Exports => {
    const known = loaded.get(path);
    if (known) return known.exports;
    const module = { exports: {} as Exports };
    loaded.set(path, module);
    const requireFromHost = createRequire(path);
    const requireHere: Require = (specifier) => {
      const name = specifier.replace(/^node:/, '');
      if (name in builtins) return builtins[name];
      if (specifier in stubs) return stubs[specifier];
      if (world.modules && specifier in world.modules) return load(world.modules[specifier]);
      if (specifier.startsWith('.')) return loadAny(requireFromHost.resolve(specifier));
      return requireFromHost(isBuiltin(specifier) ? name : specifier);
    };
    const importHere = async (specifier: string): Promise<unknown> => requireHere(specifier);
    compile(path, Object.keys(globals))(module.exports, requireHere, module, path, dirname(path), importHere, ...Object.values(globals));
    return module.exports;
  };
  const loadAny = (path: string): unknown => (path.endsWith('.json') ? JSON.parse(readFileSync(path, 'utf8')) : load(path));
  return load(resolve(file));
}

function compile(path: string, names: string[]): Compiled {
  const key = `${path} ${statSync(path).mtimeMs}`;
  const known = COMPILED.byFile.get(key) ?? compileCode(path, names);
  COMPILED.byFile.set(key, known);
  return known;
}

function compileCode(path: string, names: string[]): Compiled {
  // A script has no import() of its own; in CommonJS it means a require that answers later.
  const code = readFileSync(path, 'utf8').replace(/(?<![\w$.])import\(/g, '__import(');
  // Each synthesis copies the bundles to a folder of its own.
  const known = COMPILED.byCode.get(code);
  if (known) return known;
  const parameters = ['exports', 'require', 'module', '__filename', '__dirname', '__import', ...names].join(', ');
  const script = new Script(`(function (${parameters}) {${code}\n})`, { filename: path });
  const compiled = script.runInThisContext() as Compiled;
  COMPILED.byCode.set(code, compiled);
  return compiled;
}

function virtualBuiltins(world: World): Record<string, unknown> {
  const timers = timersOf(world);
  const start = timers.setTimeout as (run: (value: unknown) => void, ms?: number, value?: unknown) => unknown;
  const sleep = (ms?: number, value?: unknown): Promise<unknown> => new Promise((done) => start(done, ms, value));
  return {
    'timers': { ...timers, promises: { setTimeout: sleep } },
    'timers/promises': { setTimeout: sleep },
    ...filesOf(),
  };
}

/** A Lambda environment has no ~/.aws, and looking for it takes real time that would hold virtual time up. */
function filesOf(): Record<string, unknown> {
  const isConfiguration = (path: unknown): boolean => /[\\/]\.aws[\\/]/.test(String(path));
  const missing = (path: unknown): Error => Object.assign(new Error(`ENOENT: no such file or directory, open '${String(path)}'`), { code: 'ENOENT' });
  const promises = {
    ...fs.promises,
    readFile: async (...args: Parameters<typeof fs.promises.readFile>) => {
      if (isConfiguration(args[0])) throw missing(args[0]);
      return fs.promises.readFile(...args);
    },
  };
  const readFile = (path: unknown, ...rest: unknown[]): void => {
    const callback = rest.at(-1) as (error: Error) => void;
    if (isConfiguration(path)) process.nextTick(callback, missing(path));
    else (fs.readFile as (...args: unknown[]) => void)(path, ...rest);
  };
  return { 'fs': { ...fs, readFile, promises, default: { ...fs, readFile, promises } }, 'fs/promises': { ...promises, default: promises } };
}
