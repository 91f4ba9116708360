import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import { AddressInfo } from 'node:net';
import { resolve } from 'node:path';

/** What a function asks first. In a process of its own, since clients are made when a bundle is loaded. */
async function firstRequestOf(bundle: string, event: object): Promise<string> {
  const server = createServer();
  const asked = new Promise<string>((resolveWith) => {
    server.on('request', ({ method, url, headers }) => resolveWith(`${method} ${url} ${headers['x-amz-target'] ?? ''}`.trim()));
  });
  await new Promise<void>((listening) => { server.listen(0, listening); });
  const file = resolve('assets/handlers', `${bundle}.lambda/index.js`);
  const child = spawn(process.execPath, ['-e', `require(${JSON.stringify(file)}).handler(${JSON.stringify(event)})`], {
    env: {
      PATH: process.env.PATH,
      AWS_REGION: 'eu-west-1',
      AWS_ACCESS_KEY_ID: 'key',
      AWS_SECRET_ACCESS_KEY: 'secret',
      AWS_ENDPOINT_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    },
  });
  const first = await Promise.race([asked, new Promise<string>((ended) => { child.on('exit', (code) => ended(`nothing, and ended with ${code}`)); })]);
  child.kill();
  server.close();
  return first;
}

const MEMBERSHIP = 'a1b2c3d4-5678-90ab-cdef-111111111111';
const TABLE = 'a1b2c3d4-5678-90ab-cdef-222222222222';
const population = { membershipIdentifier: MEMBERSHIP, intermediateTableIdentifier: TABLE, timeoutSeconds: 60, cancelOnTimeout: true };

describe('the bundles follow the environment to where the services are, such as to an endpoint in a VPC', () => {
  test('of Clean Rooms', async () => {
    expect(await firstRequestOf('population', { population, execution: {} })).toBe(`GET /memberships/${MEMBERSHIP}/intermediateTables/${TABLE}`);
  });

  test('of Step Functions', async () => {
    const event = {
      RequestType: 'Create',
      ResponseURL: 'http://127.0.0.1:9/',
      StackId: 's',
      RequestId: 'r',
      LogicalResourceId: 'l',
      ResourceProperties: { StateMachineArn: 'arn:aws:states:eu-west-1:1:stateMachine:M', Population: JSON.stringify(population), PopulateOnDeploy: 'ON_CHANGE' },
    };
    expect(await firstRequestOf('deployment', event)).toBe('POST / AWSStepFunctions.StartExecution');
  });
});
