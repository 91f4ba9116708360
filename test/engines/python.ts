import { ChildProcessWithoutNullStreams, spawn, spawnSync } from 'child_process';
import { createHash } from 'crypto';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync } from 'fs';
import { join } from 'path';
import { createInterface } from 'readline';
import { succeeds } from '../languages/shell';

const SCRIPTS = join(__dirname, 'python');
const REQUIREMENTS = join(SCRIPTS, 'requirements.txt');
/** Git ignores it. */
const FOLDER = join(__dirname, '../../.engines');

/**
 * The Python that has the engines, installed below the project unless they are there already; undefined where there is no Python
 * of 3.10 or later, or where its packages cannot be had.
 */
export function pythonWithEngines(): string | undefined {
  const name = createHash('sha256').update(readFileSync(REQUIREMENTS)).digest('hex').slice(0, 12);
  const environment = join(FOLDER, name);
  const python = join(environment, 'bin/python');
  if (existsSync(python)) {
    return python;
  }
  if (!succeeds('python3', '-c', 'import sys; sys.exit(sys.version_info < (3, 10))')) {
    return undefined;
  }
  // Whatever was pinned before, and what an interrupted run has left.
  (existsSync(FOLDER) ? readdirSync(FOLDER) : []).forEach((old) => rmSync(join(FOLDER, old), { recursive: true, force: true }));
  const unfinished = `${environment}.unfinished`;
  const installed = succeeds('python3', '-m', 'venv', unfinished)
    && succeeds(join(unfinished, 'bin/python'), '-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-deps', '--requirement', REQUIREMENTS);
  if (installed) {
    renameSync(unfinished, environment);
  }
  return installed ? python : undefined;
}

/** What belongs to no test must not reach one: neither a person's credentials nor their proxies and settings. */
export const cleanEnvironment = (more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv => ({
  PATH: process.env.PATH,
  HOME: FOLDER,
  PYTHONDONTWRITEBYTECODE: '1',
  AWS_ACCESS_KEY_ID: 'AKIAENGINES',
  AWS_SECRET_ACCESS_KEY: 'secret',
  AWS_CONFIG_FILE: '/dev/null',
  AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
  AWS_EC2_METADATA_DISABLED: 'true',
  ...more,
});

/** A Python program that answers each line of JSON with one, in whatever order. */
export class PythonProgram {
  private readonly child: ChildProcessWithoutNullStreams;
  private readonly waiting = new Map<number, { resolve(answer: unknown): void; reject(error: Error): void }>();
  private said = '';
  private asked = 0;

  constructor(python: string, script: string, args: readonly string[], env: NodeJS.ProcessEnv = {}) {
    this.child = spawn(python, [join(SCRIPTS, script), ...args], { env: cleanEnvironment(env) });
    this.child.stderr.on('data', (text) => { this.said = `${this.said}${text}`.slice(-20_000); });
    createInterface({ input: this.child.stdout }).on('line', (line) => this.hear(line));
    this.child.once('exit', () => [...this.waiting.keys()].forEach((id) => this.answered(id, { error: `${script} has ended:\n${this.said}` })));
  }

  ask<T>(question: object): Promise<T> {
    const id = ++this.asked;
    this.child.stdin.write(`${JSON.stringify({ id, ...question })}\n`);
    return new Promise((resolve, reject) => this.waiting.set(id, { resolve: resolve as (answer: unknown) => void, reject }));
  }

  /** What it has printed to its error stream of late. */
  log(): string {
    return this.said;
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.child.once('exit', resolve));
    if (this.child.exitCode === null) {
      this.child.kill();
      await ended;
    }
  }

  private hear(line: string): void {
    const { id, ...said } = JSON.parse(line) as { id: number; answer?: unknown; error?: string };
    this.answered(id, said);
  }

  private answered(id: number, { answer, error }: { answer?: unknown; error?: string }): void {
    const { resolve, reject } = this.waiting.get(id)!;
    this.waiting.delete(id);
    if (error === undefined) {
      resolve(answer);
    } else {
      reject(new Error(error));
    }
  }
}

/** The version of an installed package. */
export const versionOf = (python: string, name: string): string =>
  spawnSync(python, ['-c', `import importlib.metadata as m; print(m.version("${name}"))`], { encoding: 'utf8' }).stdout.trim();
