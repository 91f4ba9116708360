import { IncomingHttpHeaders, IncomingMessage, createServer, Server } from 'http';
import type { AddressInfo } from 'net';
import { isDeepStrictEqual } from 'util';
import { CleanRoomsClient, UpdateProtectedJobCommand, UpdateProtectedQueryCommand } from '@aws-sdk/client-cleanrooms';
import { Botocore } from './client';
import * as commands from '../../../src/handlers/clean-rooms/commands';
import { Finding } from '../report';

interface Sent {
  readonly method: string;
  readonly path: string;
  readonly query: readonly string[];
  readonly body: unknown;
  readonly contentType?: string;
  /** Of the signature: for which region and service, and over which headers it has to be made. */
  readonly scope?: string;
  readonly signedHost: boolean;
}

const table = { membershipIdentifier: 'a1b2c3d4-5678-90ab-cdef-111111111111', intermediateTableIdentifier: 'a1b2c3d4-5678-90ab-cdef-222222222222' };
const job = { membershipIdentifier: table.membershipIdentifier, protectedJobIdentifier: 'a1b2c3d4-5678-90ab-cdef-444444444444' };
const query = { membershipIdentifier: table.membershipIdentifier, protectedQueryIdentifier: 'a1b2c3d4-5678-90ab-cdef-333333333333' };

// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Command = new (input: any) => object;

/** What the population function sends, with all that it may send and with nothing but what it must. */
const SENT: readonly (readonly [operation: string, command: Command, input: object])[] = [
  ['PopulateIntermediateTable', commands.PopulateIntermediateTableCommand, table],
  ['PopulateIntermediateTable', commands.PopulateIntermediateTableCommand, {
    ...table,
    parameters: { region: 'north', text: 'ä "quoted" 表 😀 \\ \n</', empty: '' },
    computeConfiguration: { queryComputeConfiguration: { type: 'CR.4X', number: 8, properties: { spark: { 'spark.sql.shuffle.partitions': '10' } } } },
    analysisPayerAccountId: '111122223333',
  }],
  ['PopulateIntermediateTable', commands.PopulateIntermediateTableCommand, { ...table, computeConfiguration: { queryComputeConfiguration: { type: 'CR.1X', number: 2 } } }],
  ['PopulateIntermediateTable', commands.PopulateIntermediateTableCommand, {
    ...table, computeConfiguration: { jobComputeConfiguration: { worker: { type: 'CR.4X', number: 8 } } },
  }],
  ['PopulateIntermediateTable', commands.PopulateIntermediateTableCommand, { membershipIdentifier: 'a/b?c', intermediateTableIdentifier: 'd e+f%ä*~(\'!)' }],
  ['GetIntermediateTable', commands.GetIntermediateTableCommand, table],
  ['ListIntermediateTableVersions', commands.ListIntermediateTableVersionsCommand, table],
  ['ListIntermediateTableVersions', commands.ListIntermediateTableVersionsCommand, { ...table, maxResults: 100, nextToken: 'a+b/c=&d e~*\'' }],
  ['ListProtectedQueries', commands.ListProtectedQueriesCommand, { membershipIdentifier: table.membershipIdentifier, maxResults: 100 }],
  ['ListProtectedQueries', commands.ListProtectedQueriesCommand, { membershipIdentifier: table.membershipIdentifier, maxResults: 1, nextToken: 'a+b/c=' }],
  ['GetProtectedQuery', commands.GetProtectedQueryCommand, query],
  ['ListProtectedJobs', commands.ListProtectedJobsCommand, { membershipIdentifier: table.membershipIdentifier, maxResults: 100, nextToken: 'a+b/c=' }],
  ['GetProtectedJob', commands.GetProtectedJobCommand, job],
  ['UpdateProtectedJob', UpdateProtectedJobCommand, { ...job, targetStatus: 'CANCELLED' }],
  ['UpdateProtectedQuery', UpdateProtectedQueryCommand, { ...query, targetStatus: 'CANCELLED' }],
];

/** Our client and botocore's, with the same input before the same server: what arrives there. */
export async function wire(python: string): Promise<Finding[]> {
  const received: Sent[] = [];
  const server = await recorder(received);
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const botocore = new Botocore(python, url);
  const client = new CleanRoomsClient({ endpoint: url, region: 'eu-west-1', credentials: { accessKeyId: 'AKIAENGINES', secretAccessKey: 'secret' }, maxAttempts: 1 });
  const findings: Finding[] = [];
  try {
    for (const [operation, command, input] of SENT) {
      await client.send(new command(input) as never);
      await botocore.send(operation, input);
      const [ours, theirs] = received.splice(0);
      findings.push({ what: `${operation} with ${Object.keys(input).join(', ')}`, problems: differences(ours, theirs) });
    }
  } finally {
    client.destroy();
    await botocore.stop();
    server.close();
  }
  return findings;
}

async function recorder(received: Sent[]): Promise<Server> {
  const server = createServer((request, response) => void record(request).then((sent) => {
    received.push(sent);
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  }));
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

async function record(request: IncomingMessage): Promise<Sent> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) {
    chunks.push(chunk as Buffer);
  }
  const body = Buffer.concat(chunks).toString();
  const [path, search = ''] = request.url!.split(/\?(.*)/s);
  // The bytes as they are, but for what has no meaning: white space and escapes within JSON, and the order of what the query string has.
  return { method: request.method!, path, query: search.split('&').sort(), body: body && JSON.parse(body), ...signatureOf(request.headers) };
}

function signatureOf({ authorization = '', 'content-type': contentType }: IncomingHttpHeaders) {
  const [, scope, headers = ''] = /Credential=AKIAENGINES\/\d{8}\/(\S+), SignedHeaders=(\S+), Signature=[0-9a-f]{64}$/.exec(authorization) ?? [];
  return { contentType, scope, signedHost: headers.split(';').includes('host') };
}

const differences = (ours: Sent, theirs: Sent): string[] => (Object.keys(theirs) as (keyof Sent)[])
  .filter((part) => !isDeepStrictEqual(ours[part], theirs[part]))
  .map((part) => `${part}: ${JSON.stringify(ours[part])}, botocore's: ${JSON.stringify(theirs[part])}`);
