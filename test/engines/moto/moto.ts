import { readFileSync } from 'fs';
import { join } from 'path';
import { CleanRooms, listen, ListeningServer } from '../../../simulator/clean-rooms';
import { seededRandom } from '../../../simulator/random';
import { PythonProgram } from '../python';
import { ACCOUNT, REGION } from './world';

/** The machines' waits are so much shorter: those of a function that cannot run take minutes otherwise. */
const TIMES_FASTER = 20;

const BUCKET = `cdk-hnb659fds-assets-${ACCOUNT}-${REGION}`;

interface AssetManifest {
  readonly files: Readonly<Record<string, {
    readonly source: { readonly path: string; readonly packaging: string };
    readonly destinations: Readonly<Record<string, { readonly objectKey: string }>>;
  }>>;
}

/** moto in a process of its own, and a Clean Rooms for the functions that run there, on real time. */
export class Moto {
  static async start(python: string): Promise<Moto> {
    const clock = { now: () => Date.now(), sleep: (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms)) };
    const rooms = new CleanRooms({
      clock,
      random: seededRandom(Date.now()),
      region: REGION,
      account: ACCOUNT,
      // Each table of this account stands for an account of its own.
      limits: { concurrentQueries: 1000, ongoingQueriesPerMembership: 1000 },
      defaultPlan: { durationSeconds: 3, outcome: 'SUCCESS' },
    });
    const server = await listen(rooms);
    const runLambda = join(__dirname, 'run-lambda.js');
    const program = new PythonProgram(python, 'serve_moto.py', [process.execPath, runLambda, server.url, String(TIMES_FASTER)]);
    return new Moto(rooms, server, program, await program.ask({ do: 'url' }));
  }

  private constructor(
    readonly rooms: CleanRooms, private readonly server: ListeningServer, private readonly program: PythonProgram, readonly url: string,
  ) {}

  ask = <T>(question: { readonly do: string } & Record<string, unknown>): Promise<T> => this.program.ask<T>(question);

  /** A call of an AWS API. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  async aws(service: string, call: string, input: object = {}): Promise<any> {
    const { output, error } = await this.program.ask<{ output?: object; error?: { Code: string; Message: string } }>({ do: 'aws', service, call, input });
    if (error) {
      throw Object.assign(new Error(`${service} ${call}: ${error.Code}: ${error.Message}`), { code: error.Code });
    }
    return output;
  }

  /** What `cdk bootstrap` makes, as far as a template and its functions' code need it. */
  async bootstrap(): Promise<void> {
    await this.aws('s3', 'create_bucket', { Bucket: BUCKET });
    await this.aws('ssm', 'put_parameter', { Name: '/cdk-bootstrap/hnb659fds/version', Value: '30', Type: 'String' });
  }

  /** Uploads a stack's functions; answers its template. */
  async publish(assembly: string, stackName: string): Promise<string> {
    const { files } = JSON.parse(readFileSync(join(assembly, `${stackName}.assets.json`), 'utf8')) as AssetManifest;
    const bundles = Object.values(files).filter(({ source }) => source.packaging === 'zip');
    await Promise.all(bundles.map(({ source, destinations }) =>
      this.ask({ do: 'upload', bucket: BUCKET, key: Object.values(destinations)[0].objectKey, folder: join(assembly, source.path) })));
    return readFileSync(join(assembly, `${stackName}.template.json`), 'utf8');
  }

  log(): string {
    return this.program.log();
  }

  async stop(): Promise<void> {
    await this.program.stop();
    await this.server.close();
  }
}
