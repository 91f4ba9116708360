import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import { AddressInfo } from 'node:net';
import { resolve } from 'node:path';

/** Whether a function asks this of an endpoint where all is empty. In a process of its own, as clients are made when a bundle is loaded. */
async function asked(bundle: string, event: object, wanted: string): Promise<string> {
  const requests: string[] = [];
  const server = createServer();
  const found = new Promise<string>((resolveWith) => {
    server.on('request', ({ method, url, headers }, response) => {
      requests.push(`${method} ${url} ${headers['x-amz-target'] ?? ''}`.trim());
      response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' }).end('{}');
      if (requests.includes(wanted)) {
        resolveWith(wanted);
      }
    });
  });
  await new Promise<void>((listening) => { server.listen(0, listening); });
  const file = resolve('assets/handlers', `${bundle}.lambda/index.js`);
  const call = `handler(${JSON.stringify(event)}, { getRemainingTimeInMillis: () => 60_000 })`;
  const child = spawn(process.execPath, ['-e', `require(${JSON.stringify(file)}).${call}`], {
    env: {
      PATH: process.env.PATH,
      AWS_REGION: 'eu-west-1',
      AWS_ACCESS_KEY_ID: 'key',
      AWS_SECRET_ACCESS_KEY: 'secret',
      AWS_ENDPOINT_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      RECORD_TABLE: 'record',
    },
  });
  const ended = new Promise<string>((resolveWith) => { child.on('exit', () => resolveWith(requests.join(', '))); });
  const first = await Promise.race([found, ended]);
  child.kill();
  server.close();
  return first;
}

const MEMBERSHIP = 'a1b2c3d4-5678-90ab-cdef-111111111111';
const TABLE = 'a1b2c3d4-5678-90ab-cdef-222222222222';
const population = { membershipIdentifier: MEMBERSHIP, intermediateTableIdentifier: TABLE, logicalId: 'Population', keepsVersion: false };
const execution = { Id: 'arn:aws:states:eu-west-1:1:execution:M:e', StartTime: '2026-11-23T06:00:00Z', Input: { observe: true } };

describe('the bundles follow the environment to where the services are, such as to an endpoint in a VPC', () => {
  test('of Clean Rooms', async () => {
    const wanted = `GET /memberships/${MEMBERSHIP}/intermediateTables/${TABLE}`;
    const step = { state: { execution, population, crashes: { wait: -3 } }, now: execution.StartTime };
    expect(await asked('population', step, wanted)).toBe(wanted);
  });

  test.each(['DynamoDB_20120810.GetItem', 'DynamoDB_20120810.PutItem', 'AWSStepFunctions.StartExecution'])('of %s', async (operation) => {
    const event = {
      RequestType: 'Create',
      ResponseURL: 'http://127.0.0.1:9/',
      StackId: 's',
      RequestId: 'r',
      LogicalResourceId: 'l',
      ResourceProperties: {
        StateMachineArn: 'arn:aws:states:eu-west-1:1:stateMachine:M',
        MembershipIdentifier: MEMBERSHIP,
        IntermediateTableIdentifier: TABLE,
        TimeoutSeconds: '60',
        CancelOnTimeout: 'true',
        PopulateOnDeploy: 'ON_CHANGE',
      },
    };
    expect(await asked('deployment', event, `POST / ${operation}`)).toBe(`POST / ${operation}`);
  });
});
