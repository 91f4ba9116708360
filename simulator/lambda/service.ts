import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { VirtualClock } from '../clock';
import { Random } from '../random';
import { Environment, FunctionError, FunctionFailure } from './environment';
import { AsyncConfiguration, EventQueue } from './event-queue';
import { InvocationFault, LambdaFault, LambdaFaults } from './faults';
import { LambdaServiceError } from './service-error';
import { Network } from '../runtime/network';

export interface FunctionConfiguration {
  readonly logicalId: string;
  readonly name: string;
  readonly arn: string;
  /** The folder of its unpacked code. */
  readonly codeFolder: string;
  readonly handler: string;
  readonly timeoutSeconds: number;
  readonly memorySize: number;
  readonly env: Record<string, string>;
  /** Every environment has credentials of its own. */
  readonly issueAccessKey: (environment: number) => string;
  readonly runtime: string;
  /** How many invocations may run at a time: https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html @default any number */
  readonly reservedConcurrency?: number;
}

export interface LogLine {
  readonly time: number;
  readonly function: string;
  readonly level: string;
  readonly text: string;
}

export interface InvocationRecord {
  readonly function: string;
  readonly invocation: number;
  readonly start: number;
  readonly coldStart: boolean;
  /** What its requests are signed with. */
  readonly accessKeyId: string;
  readonly payload: string;
  end?: number;
  /** HTTP requests that it sent are the servers' to count; this is how it ended. */
  error?: FunctionError;
}

export interface LambdaOptions {
  readonly clock: VirtualClock;
  readonly network: Network;
  readonly random: Random;
  readonly region: string;
  readonly faults: LambdaFault[];
  /** @default 300 */
  readonly coldStartMillis?: number;
  /** Packages that the runtime brings along, such as AWS's SDK: their files by name. @default none */
  readonly modules?: Readonly<Record<string, string>>;
  /** By how many milliseconds an environment's clock is ahead; environments are counted from 1, over all functions. @default 0 */
  readonly clockSkewMillis?: (environment: number, logicalId: string) => number;
  /** See `CloudOptions`. */
  readonly sources?: Readonly<Record<string, string>>;
  readonly onLog?: (line: LogLine) => void;
}

export class LambdaService {
  readonly logs: LogLine[] = [];
  readonly invocations: InvocationRecord[] = [];
  private readonly functions = new Map<string, DeployedFunction>();
  private readonly queue: EventQueue;
  private readonly counts = new Map<string, number>();
  /** Of each function by ARN, the invocations that run. */
  private readonly running = new Map<string, number>();
  /** What went wrong, and its `hits`. */
  readonly faults: LambdaFaults;
  private environments = 0;

  constructor(private readonly options: LambdaOptions) {
    this.faults = new LambdaFaults(options.faults, () => options.clock.now());
    this.queue = new EventQueue({ clock: options.clock, faults: this.faults, invoke: (arn, payload) => this.invoke(arn, payload) });
  }

  /** Creates or updates; an update leaves running invocations on the old code, as Lambda does. */
  deploy(configuration: FunctionConfiguration): void {
    if (configuration.runtime.startsWith('nodejs')) entryFile(configuration);
    this.functions.set(configuration.arn, new DeployedFunction(configuration));
  }

  delete(arn: string): void {
    this.functions.delete(arn);
  }

  /** By name, ARN, or either with a qualifier. */
  arnOf(nameOrArn: string): string | undefined {
    const arn = unqualified(nameOrArn);
    const known = [...this.functions.values()].map(({ configuration }) => configuration);
    return known.find((candidate) => [candidate.arn, candidate.name].includes(arn))?.arn;
  }

  /** By the function's name. */
  configureAsync(name: string, configuration: AsyncConfiguration): void {
    this.queue.configure(name, configuration);
  }

  /** @returns the result as JSON text; throws FunctionFailure or LambdaServiceError */
  async invoke(arn: string, payload: string): Promise<string> {
    const target = this.functions.get(unqualified(arn));
    if (!target) throw new LambdaServiceError('ResourceNotFoundException', `Function not found: ${arn}`);
    const { configuration } = target;
    const count = (this.counts.get(configuration.logicalId) ?? 0) + 1;
    this.counts.set(configuration.logicalId, count);
    const fault = this.faults.ofInvocation(configuration.logicalId, count);
    if (!configuration.runtime.startsWith('nodejs')) {
      throw new LambdaServiceError('InvalidRuntimeException', `Function ${configuration.logicalId}: the simulator does not run ${configuration.runtime}.`);
    }
    refuse(fault);
    if (this.runningOf(arn) >= (configuration.reservedConcurrency ?? Infinity)) throw throttled('Rate Exceeded.');
    const result = this.run(target, payload, count, fault);
    return fault?.at === 'connection' ? Promise.race([result, this.brokenAfter(fault.seconds)]) : result;
  }

  private async brokenAfter(seconds: number): Promise<never> {
    await this.options.clock.sleep(seconds * 1000);
    throw new LambdaServiceError('SdkClientException', 'The connection was closed. (simulated)');
  }

  private async run(target: DeployedFunction, payload: string, count: number, fault?: InvocationFault): Promise<string> {
    const { configuration } = target;
    const { clock, random } = this.options;
    const warm = target.idle.pop();
    const environment = warm ?? this.start(configuration);
    const { accessKeyId } = environment;
    const record: InvocationRecord = {
      function: configuration.logicalId, invocation: count, start: clock.now(), coldStart: !warm, accessKeyId, payload,
    };
    this.invocations.push(record);
    this.count(configuration.arn, 1);
    if (!warm) await clock.sleep(this.options.coldStartMillis ?? 300);
    try {
      return await environment.invoke({
        requestId: random.uuid(),
        payload,
        deadline: clock.now() + configuration.timeoutSeconds * 1000,
        functionName: configuration.name,
        functionArn: configuration.arn,
        fault,
      });
    } catch (error) {
      if (error instanceof FunctionFailure) {
        record.error = error.error;
        this.print(configuration.logicalId, 'ERROR', `${error.error.errorType}: ${error.error.errorMessage}`);
      }
      throw error;
    } finally {
      record.end = clock.now();
      this.count(configuration.arn, -1);
      if (environment.isAlive) target.idle.push(environment);
    }
  }

  /** Accepts the event, and goes on in the background, retries included. */
  invokeAsync(arn: string, payload: string): void {
    const target = this.functions.get(unqualified(arn));
    if (!target) throw new LambdaServiceError('ResourceNotFoundException', `Function not found: ${arn}`);
    void this.queue.deliver(target.configuration, payload);
  }

  private runningOf(arn: string): number {
    return this.running.get(unqualified(arn)) ?? 0;
  }

  private count(arn: string, change: 1 | -1): void {
    this.running.set(arn, this.runningOf(arn) + change);
  }

  private start(configuration: FunctionConfiguration): Environment {
    const { clock, network, random, region, modules, sources = {}, clockSkewMillis } = this.options;
    const source = Object.keys(sources).find((start) => configuration.logicalId.startsWith(start));
    const environment = ++this.environments;
    return new Environment({
      clock,
      clockSkewMillis: clockSkewMillis?.(environment, configuration.logicalId),
      network,
      random: () => random.next(),
      modules,
      file: source === undefined ? entryFile(configuration) : sources[source],
      hasSdk: source === undefined,
      handlerName: configuration.handler,
      env: {
        AWS_REGION: region,
        AWS_DEFAULT_REGION: region,
        AWS_ACCESS_KEY_ID: configuration.issueAccessKey(environment),
        AWS_SECRET_ACCESS_KEY: 'simulated',
        AWS_SESSION_TOKEN: 'simulated',
        AWS_LAMBDA_FUNCTION_NAME: configuration.name,
        AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
        AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(configuration.memorySize),
        LAMBDA_TASK_ROOT: '/var/task',
        TZ: ':UTC',
        ...configuration.env,
      },
      print: (level, text) => this.print(configuration.logicalId, level, text),
    });
  }

  private print(name: string, level: string, text: string): void {
    const line = { time: this.options.clock.now(), function: name, level, text };
    this.logs.push(line);
    this.options.onLog?.(line);
  }
}

class DeployedFunction {
  readonly idle: Environment[] = [];
  constructor(readonly configuration: FunctionConfiguration) {}
}

const throttled = (message: string) => new LambdaServiceError('TooManyRequestsException', message, 429);

function refuse(fault: InvocationFault | undefined): void {
  if (fault?.at === 'service') throw new LambdaServiceError('ServiceException', 'Lambda was unable to run the function. (simulated)');
  if (fault?.at === 'throttled') throw throttled('Rate Exceeded. (simulated)');
}

function entryFile({ codeFolder, handler, logicalId }: FunctionConfiguration): string {
  const file = join(codeFolder, handler.slice(0, handler.lastIndexOf('.')));
  const found = ['.js', '.cjs'].map((extension) => file + extension).find(existsSync);
  if (!found) throw new Error(`Function ${logicalId}: no ${file}.js or .cjs; the simulator runs CommonJS bundles only.`);
  return found;
}

/** A version or alias qualifier changes nothing here: there is one version. */
function unqualified(arn: string): string {
  return arn.split(':').slice(0, 7).join(':');
}
