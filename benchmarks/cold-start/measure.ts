import { fork } from 'node:child_process';
import { join } from 'node:path';
import { Endpoint, openEndpoint } from './endpoint';
import { bytesOf, Subject, subjects } from './functions';
import { inTurns, median } from '../statistics';
import { ROOT, WORKSPACE } from '../workspace';

export interface ColdStart {
  readonly name: string;
  readonly bytes: number;
  readonly needsRuntimeSdk: boolean;
  /** Medians, in milliseconds. */
  readonly load: number;
  readonly call: number;
  readonly total: number;
  /** Of both: it depends less on what else the machine does. */
  readonly cpu: number;
}

interface Timing {
  readonly load: number;
  readonly call: number;
  readonly cpu: number;
}

/** Each function in fresh processes: how long it takes to load, and for its first call to come back from a server on this machine. */
export async function measureColdStarts(rounds: number, functions = subjects()): Promise<ColdStart[]> {
  const endpoint = await openEndpoint();
  try {
    const timings = await inTurns(functions, rounds, (subject) => start(subject, endpoint));
    return [...timings].map(([subject, all]) => ({
      name: subject.name,
      bytes: bytesOf(subject),
      needsRuntimeSdk: subject.needsRuntimeSdk ?? false,
      load: median(all.map(({ load }) => load)),
      call: median(all.map(({ call }) => call)),
      total: median(all.map(({ load, call }) => load + call)),
      cpu: median(all.map(({ cpu }) => cpu)),
    }));
  } finally {
    endpoint.close();
  }
}

function start(subject: Subject, endpoint: Endpoint): Promise<Timing> {
  const before = endpoint.requests();
  const env = {
    PATH: process.env.PATH,
    // No configuration of this machine's own, and the packages that Lambda's runtime would have.
    HOME: WORKSPACE,
    NODE_PATH: join(ROOT, 'node_modules'),
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'key',
    AWS_SECRET_ACCESS_KEY: 'secret',
    AWS_SESSION_TOKEN: 'token',
    AWS_LAMBDA_FUNCTION_NAME: 'probe',
    AWS_ENDPOINT_URL: endpoint.url,
    ...subject.env,
  };
  const child = fork(join(__dirname, 'probe.js'), [subject.file, subject.handler, JSON.stringify(subject.event)], { env, execArgv: [] });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`${subject.name}: the process ended with ${code} before its first call had.`)));
    child.once('message', (timing) => {
      if (subject.name !== 'empty handler' && endpoint.requests() === before) {
        reject(new Error(`${subject.name}: its first call did not reach the server.`));
      }
      child.removeAllListeners('exit').once('exit', () => resolve(timing as Timing));
    });
  });
}
