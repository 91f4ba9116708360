import { CleanRooms, createCleanRoomsServer } from './clean-rooms';
import { VirtualClock } from './clock';
import { CloudOptions } from './cloud-options';
import { readStack, StackSource } from './cloudformation/assembly';
import { Inbox, ReceivedPut } from './cloudformation/inbox';
import { Names } from './cloudformation/names';
import { CloudFormationService, DeployResult } from './cloudformation/service';
import { Stack } from './cloudformation/stack';
import { DynamoDbService } from './dynamodb/service';
import { EVENT_DELAY_SECONDS, EventsService } from './events/service';
import { targetCaller } from './events/targets';
import { Faults } from './faults';
import { AccessDenied, IamService } from './iam/service';
import { lambdaServer } from './lambda/api';
import { LambdaFault } from './lambda/faults';
import { Permissions } from './lambda/permissions';
import { LambdaService, LogLine } from './lambda/service';
import { Random, seededRandom } from './random';
import { ApiError } from './runtime/json-server';
import { Network } from './runtime/network';
import { QueueService } from './sqs';
import { ParameterStore } from './ssm';
import { statusChange } from './step-functions/announcement';
import { stepFunctionsServer } from './step-functions/api';
import { Interpreter } from './step-functions/interpreter';
import { Execution, StepFunctionsService } from './step-functions/service';
import { taskRunner } from './step-functions/tasks';

export type { CloudBehaviours, CloudOptions } from './cloud-options';

/** One AWS account in one region, in this process, on virtual time. */
export class Cloud {
  readonly clock: VirtualClock;
  readonly random: Random;
  readonly region: string;
  readonly account: string;
  readonly iam: IamService;
  readonly lambda: LambdaService;
  readonly stepFunctions: StepFunctionsService;
  readonly events: EventsService;
  readonly cleanRooms: CleanRooms;
  readonly cloudFormation: CloudFormationService;
  /** Has faults of its own, which state machines' tasks meet, too. */
  readonly ssm: ParameterStore;
  readonly queues = new QueueService();
  /** Texts of Secrets Manager's secrets, by name. */
  readonly secrets = new Map<string, string>();
  /** DynamoDB. */
  readonly record: DynamoDbService;
  readonly permissions = new Permissions();
  /** May be added to at any time. */
  readonly faults: LambdaFault[];
  /** Of requests to DynamoDB. */
  readonly recordFaults: Faults;
  /** Of requests to the Step Functions API; what state machines, rules and people start is not concerned. */
  readonly stepFunctionsFaults: Faults;
  private readonly network: Network;
  private readonly inbox: Inbox;
  private readonly chosenIds: string[] = [];

  constructor(options: CloudOptions = {}) {
    const { seed = 1, region = 'us-east-1', account = '111122223333', behaviours = {}, faults = [] } = options;
    this.region = region;
    this.account = account;
    this.faults = faults;
    const clock = this.clock = new VirtualClock({ start: options.start, pace: options.pace });
    const random = this.random = seededRandom(seed);
    const network = this.network = new Network(clock, behaviours.latencyMillis);
    const iam = this.iam = new IamService(clock, account, (behaviours.iamPropagationSeconds ?? 0) * 1000);
    this.lambda = new LambdaService({
      clock,
      network,
      random,
      region,
      faults,
      coldStartMillis: behaviours.coldStartMillis,
      clockSkewMillis: behaviours.clockSkewMillis,
      modules: options.lambdaModules,
      sources: options.sources,
      onLog: options.onLog,
    });
    this.events = new EventsService({
      clock,
      random,
      iam,
      region,
      account,
      queues: this.queues,
      timesDelivered: behaviours.eventDeliveries,
      deliveredAgainAfterSeconds: behaviours.eventDeliveredAgainAfterSeconds,
      call: targetCaller(() => this, behaviours.eventExecutionNames),
    });
    this.stepFunctions = new StepFunctionsService({
      clock,
      random,
      interpreter: new Interpreter(clock, network, random),
      listLagMillis: (behaviours.listExecutionsLagSeconds ?? 0) * 1000,
      runTask: (...task) => runTask(...task),
      onStatusChange: (execution) => this.events.put(statusChange(execution)),
    });
    this.ssm = new ParameterStore({ clock, iam, region, account });
    // Of `cdk bootstrap`: each template of CDK has a parameter that reads it.
    this.ssm.set('/cdk-bootstrap/hnb659fds/version', '30');
    const runTask = taskRunner({
      iam,
      lambda: this.lambda,
      stepFunctions: this.stepFunctions,
      events: this.events,
      ssm: this.ssm,
      functionArn: (name) => this.lambda.arnOf(name) ?? name,
    });
    this.record = new DynamoDbService({ clock, iam, region, account, engine: options.sources ? 'map' : 'dynalite' });
    this.recordFaults = this.record.faults;
    this.stepFunctionsFaults = new Faults(clock);
    this.cleanRooms = new CleanRooms({
      ...options.cleanRooms,
      clock,
      random: { uuid: () => this.chosenIds.shift() ?? random.uuid() },
      region,
      account,
      authorize: ({ accessKeyId, operation, resources }) => denialOf(() => iam.authorizeKey(accessKeyId, `cleanrooms:${operation}`, resources)),
      authorizeKey: ({ accessKeyId, action, keyArn, viaService }) => denialOf(() => iam.authorizeKey(accessKeyId, action, [keyArn], { 'kms:ViaService': viaService })),
    });
    this.inbox = new Inbox(clock, region, (nth) => behaviours.putFault?.(nth));
    this.cloudFormation = new CloudFormationService(
      { ...this, dynamoDb: this.record, inbox: this.inbox, behaviours, names: new Names(), waitHandles: new Map() },
      { cancellation: behaviours.cancellation ?? 'at-once', onEvent: options.onStackEvent },
    );
    network.serve(`states.${region}.amazonaws.com`, stepFunctionsServer(this.stepFunctions, iam, { clock, faults: this.stepFunctionsFaults }));
    network.serve(`dynamodb.${region}.amazonaws.com`, this.record.server());
    network.serve(`ssm.${region}.amazonaws.com`, this.ssm.server());
    network.serve(`lambda.${region}.amazonaws.com`, lambdaServer(this.lambda, iam));
    network.serve(`events.${region}.amazonaws.com`, this.events.server());
    network.serve(`cleanrooms.${region}.amazonaws.com`, createCleanRoomsServer(this.cleanRooms));
    for (const host of this.inbox.hosts()) network.serve(host, this.inbox.server);
  }

  /** Deploys a stack from a cloud assembly directory, or one that was read before, by `readStack` or by hand. */
  async deploy(source: StackSource | string, stackName?: string, options: { parameters?: Record<string, unknown> } = {}): Promise<DeployResult> {
    const read = typeof source === 'string' ? readStack(source, stackName!) : source;
    return this.clock.drive(this.cloudFormation.deploy(read, options.parameters ?? {}), `deploy of ${read.stackName}`);
  }

  async destroy(stackName: string): Promise<DeployResult> {
    return this.clock.drive(this.cloudFormation.delete(stackName), `delete of ${stackName}`);
  }

  /** What a user does who does not want a running update any more. */
  cancelUpdate(stackName: string): void {
    this.cloudFormation.cancelUpdate(stackName);
  }

  stack(name: string): Stack {
    return this.cloudFormation.stack(name);
  }

  /** Lets the schedule of the rule with that logical id come due. */
  fireRule(logicalId: string): void {
    this.events.fire(String(this.resource(logicalId, 'AWS::Events::Rule').attributes.Arn));
  }

  /** Starts an execution as a person would in the console; the state machine is given by logical id. */
  startExecution(logicalId: string, input: object = {}, name?: string): Execution {
    return this.stepFunctions.start(this.resource(logicalId, 'AWS::StepFunctions::StateMachine').physicalId, JSON.stringify(input), name);
  }

  /** Starts one, and lets time pass until it has ended. */
  async execute(logicalId: string, input?: object, name?: string): Promise<Execution> {
    const { arn } = this.startExecution(logicalId, input, name);
    return this.clock.drive(this.stepFunctions.ended(arn), `execution ${arn}`);
  }

  /** Newest first; of one state machine by logical id, or of all. */
  executions(logicalId?: string): Execution[] {
    return this.stepFunctions.executions(logicalId && this.resource(logicalId, 'AWS::StepFunctions::StateMachine').physicalId);
  }

  /** Lets time pass until no execution runs any more. */
  async settle(): Promise<void> {
    const running = (): Execution | undefined => this.stepFunctions.executions().find(({ status }) => status === 'RUNNING');
    for (let next = running(); next; next = running()) {
      await this.clock.drive(this.stepFunctions.ended(next.arn), `execution ${next.arn}`);
      // Its end is an event, on which others may start.
      await this.advance(2 * EVENT_DELAY_SECONDS);
    }
  }

  /** Lets time pass. */
  async advance(seconds: number): Promise<void> {
    await this.clock.drive(this.clock.sleep(seconds * 1000), `${seconds} seconds`, seconds);
  }

  /** Everything that functions printed. */
  logs(): readonly LogLine[] {
    return this.lambda.logs;
  }

  /** Every response and signal that functions put. */
  responses(): readonly ReceivedPut[] {
    return this.inbox.received;
  }

  /** A membership of a collaboration that this account did not make; `id` is any UUID. */
  joinCollaboration(id?: string): string {
    const collaboration = this.cleanRooms.resources.createCollaboration({ name: 'collaboration' });
    if (id) this.chosenIds.push(id);
    return this.cleanRooms.resources.createMembership({ collaborationIdentifier: collaboration.id }).id;
  }

  /** Nobody moves time any longer, so whatever still runs stays where it is. */
  close(): void {
    this.network.close();
    this.clock.stop();
  }

  private resource(logicalId: string, type: string): { physicalId: string; attributes: Readonly<Record<string, unknown>> } {
    const names = this.cloudFormation.names();
    const found = names.map((name) => this.stack(name).resources.get(logicalId)).find((state) => state?.type === type);
    if (!found) throw new Error(`No stack of [${names.join(', ')}] has a resource "${logicalId}" of type ${type}.`);
    return found;
  }
}

function denialOf(authorize: () => void): { message: string } | undefined {
  try {
    authorize();
    return undefined;
  } catch (error) {
    if (error instanceof AccessDenied || error instanceof ApiError) return { message: error.message };
    throw error;
  }
}
