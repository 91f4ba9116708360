import { spawnSync } from 'child_process';

export interface RunOptions {
  readonly cwd: string;
  readonly env?: NodeJS.ProcessEnv;
}

const TAIL = 60;
const MAX_OUTPUT_BYTES = 256 * 1024 * 1024;

/** Runs a program and answers what it printed; what it said of its failure is the error's message. */
export function run(command: string, args: readonly string[], { cwd, env }: RunOptions): string {
  const { status, signal, error, stdout, stderr } = spawnSync(command, args, {
    cwd,
    // jsii's end-of-life banner of an older Node drowns what matters.
    env: { ...process.env, JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION: process.versions.node.split('.')[0], ...env },
    encoding: 'utf8',
    maxBuffer: MAX_OUTPUT_BYTES,
  });
  if (error) {
    throw error;
  }
  if (status !== 0) {
    const said = `${stdout}\n${stderr}`.trimEnd().split('\n').slice(-TAIL).join('\n');
    throw new Error(`\`${[command, ...args].join(' ')}\` in ${cwd} ended with ${signal ?? `exit code ${status}`}:\n${said}`);
  }
  return stdout;
}

/** Whether a program is there and says yes. */
export function succeeds(command: string, ...args: string[]): boolean {
  return spawnSync(command, args, { stdio: 'ignore' }).status === 0;
}
