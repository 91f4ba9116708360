import { spawn } from 'child_process';
import { join } from 'path';
import { Identifiers, synthesize, TABLE_PROPERTIES } from './app';
import { Moto } from './moto';
import { ACCOUNT, REGION, Scene } from './world';
import { cleanEnvironment } from '../python';
import { Finding } from '../report';

const CDK = join(__dirname, '../../../node_modules/aws-cdk/bin/cdk');
const STACK = 'Audiences';

interface Output {
  readonly code: number | null;
  readonly text: string;
}

/** The CDK CLI as people run it: bootstrap, deploy, diff, deploy of a change, destroy. */
export async function cdkCli(python: string): Promise<Finding[]> {
  const moto = await Moto.start(python);
  try {
    return await session(moto);
  } finally {
    await moto.stop();
  }
}

async function session(moto: Moto): Promise<Finding[]> {
  const identifiers = makeTable(moto);
  const app = (scene: Scene) => ['--app', synthesize(STACK, identifiers, scene)];
  const [north, south] = [app({ parameters: { region: 'north' } }), app({ parameters: { region: 'south' } })];
  const cdk = (...args: string[]) => run(moto, args);
  const findings: Finding[] = [];
  const found = (what: string, { code, text }: Output, ...checks: readonly (readonly [boolean, string])[]) => {
    const problems = checks.filter(([holds]) => !holds).map(([, problem]) => problem);
    findings.push({ what, problems: problems.length ? [...problems, `exit code ${code}`, ...text.split('\n').slice(-40)] : [] });
  };

  const bootstrapped = await cdk('bootstrap', `aws://${ACCOUNT}/${REGION}`);
  found('cdk bootstrap', bootstrapped, ok(bootstrapped));
  const deployed = await cdk('deploy', ...north, '--require-approval', 'never');
  found('cdk deploy: the stack is there, its assets are uploaded, its population has answered', deployed, ok(deployed),
    [await answered(moto), 'No answer came to CloudFormation, or no good one.']);
  const unchanged = await cdk('diff', ...north, '--fail');
  found('cdk diff of what is deployed: no differences', unchanged, ok(unchanged), [/There were no differences/.test(unchanged.text), 'There are differences.']);
  const changed = await cdk('diff', ...south, '--fail');
  found('cdk diff of other parameters: the population, nothing else', changed, [changed.code === 1, 'It ended well.'],
    same(changedIn(changed), ['Custom::IntermediateTablePopulation']));
  const updated = await cdk('deploy', ...south, '--require-approval', 'never', '--method', 'direct', '--no-previous-parameters');
  found('cdk deploy of other parameters, without a change set', updated, ok(updated));
  const destroyed = await cdk('destroy', ...south, '--force');
  const { Stacks: left } = await moto.aws('cloudformation', 'describe_stacks');
  found('cdk destroy', destroyed, ok(destroyed), [(left as { StackName: string }[]).every(({ StackName }) => StackName !== STACK), 'The stack is still there.']);
  return findings;
}

function makeTable({ rooms: { resources } }: Moto): Identifiers {
  const { id: membershipIdentifier } = resources.createMembership({ collaborationIdentifier: resources.createCollaboration({ name: STACK }).id });
  return { membershipIdentifier, intermediateTableIdentifier: resources.createIntermediateTable({ membershipIdentifier, ...TABLE_PROPERTIES }).id };
}

const ok = ({ code }: Output) => [code === 0, 'It failed.'] as const;
const same = (actual: string[], expected: string[]) =>
  [JSON.stringify(actual) === JSON.stringify(expected), `${JSON.stringify(actual)} instead of ${JSON.stringify(expected)}`] as const;
const changedIn = ({ text }: Output): string[] => [...text.matchAll(/^\[[~+-]\] (\S+)/gm)].map(([, type]) => type).sort();

/** moto calls a stack complete before its custom resources have answered. */
async function answered(moto: Moto): Promise<boolean> {
  for (let seconds = 0; seconds < 600; seconds++) {
    const answers = await moto.ask<{ Status: string }[]>({ do: 'answered' });
    if (answers.length) {
      return answers[0].Status === 'SUCCESS';
    }
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
  return false;
}

function run(moto: Moto, args: readonly string[]): Promise<Output> {
  // By name: of a template that is uploaded to an address of numbers, moto takes the first number for the bucket.
  const env = cleanEnvironment({ AWS_ENDPOINT_URL: moto.url.replace('127.0.0.1', 'localhost'), AWS_REGION: REGION, CDK_DISABLE_CLI_TELEMETRY: '1' });
  const child = spawn(process.execPath, [CDK, ...args, '--ci', '--no-notices', '--no-color'], { env });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (said) => { text += said; });
  }
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, text }));
  });
}
