import { StackSource } from './assembly';
import { Deployment } from './deployment';
import { rejectReferences } from './dynamic-references';
import { Environment, Evaluation } from './evaluation';
import { Exports } from './exports';
import { dependenciesOf, rejectUnresolved } from './graph';
import { parameterValues } from './parameters';
import { Services } from './services';
import { Stack, StackEvent, StackStatus } from './stack';
import { rejectTooLarge } from './template-limits';

export interface DeployResult {
  readonly status: StackStatus;
  readonly reason?: string;
  readonly outputs: Record<string, string>;
  /** Of this deployment only. */
  readonly events: StackEvent[];
  /** What failed first, in its own words. */
  readonly failures: { readonly logicalId: string; readonly reason: string }[];
}

export interface CloudFormationOptions {
  readonly cancellation: 'at-once' | 'when-finished';
  readonly onEvent?: (event: StackEvent) => void;
}

/** The stacks of one account and region. */
export class CloudFormationService {
  private readonly stacks = new Map<string, Stack>();
  private readonly deployments = new Map<string, Deployment>();

  private readonly environment: Environment;

  constructor(private readonly services: Services, private readonly options: CloudFormationOptions) {
    const { region, account } = services;
    const exports = new Exports(() => [...this.stacks.values()]);
    this.environment = { region, account, exports, outputsOf: (name) => this.stacks.get(name)?.outputs };
  }

  stack(name: string): Stack {
    const stack = this.stacks.get(name);
    if (!stack) throw new Error(`Stack "${name}" does not exist.`);
    return stack;
  }

  names(): string[] {
    return [...this.stacks.keys()];
  }

  /** As `cdk deploy` does it: creates or updates; a stack whose creation failed is deleted first. */
  async deploy(source: StackSource, given: Record<string, unknown>): Promise<DeployResult> {
    const existing = this.stacks.get(source.stackName);
    if (existing && !existing.deployed) await this.delete(source.stackName);
    const stack = this.stacks.get(source.stackName) ?? this.newStack(source.stackName, existing?.requestIds);
    rejectTooLarge(source);
    const parameters = parameterValues(source.template, given, stack.deployed?.parameters.written ?? {}, this.services.ssm);
    // What cannot be deployed at all is refused before anything happens.
    const { effective } = new Evaluation(source.template, parameters, stack, this.environment);
    rejectUnresolved(source.template, effective);
    rejectReferences(effective, this.services);
    dependenciesOf(effective.Resources);
    this.stacks.set(stack.name, stack);
    const before = stack.events.length;
    const deployment = this.deployment(stack, source);
    this.deployments.set(stack.name, deployment);
    await (stack.deployed ? deployment.update(parameters) : deployment.create(parameters));
    return result(stack, before);
  }

  /** Lets a running update be rolled back. */
  cancelUpdate(name: string): void {
    const { status } = this.stack(name);
    if (status !== 'UPDATE_IN_PROGRESS') throw new Error(`CancelUpdateStack cannot be called from current stack status ${status}`);
    this.deployments.get(name)!.cancel();
  }

  async delete(name: string): Promise<DeployResult> {
    const stack = this.stack(name);
    const before = stack.events.length;
    await this.deployment(stack, { stackName: name, template: { Resources: {} }, assets: {} }).delete();
    if (stack.status === 'DELETE_COMPLETE') this.stacks.delete(name);
    return result(stack, before);
  }

  private deployment(stack: Stack, source: StackSource): Deployment {
    const { services, options, environment } = this;
    return new Deployment({
      services,
      stack,
      cancellation: options.cancellation,
      environment,
      report: ({ logicalId, type }, status, reason) => {
        const event = { time: services.clock.now(), stack: stack.name, logicalId, type, status, reason };
        stack.events.push(event);
        options.onEvent?.(event);
      },
    }, source);
  }

  private newStack(name: string, requestIds = new Map<string, string>()): Stack {
    const { region, account, random } = this.services;
    const id = `arn:aws:cloudformation:${region}:${account}:stack/${name}/${random.uuid()}`;
    return {
      name,
      id,
      status: 'REVIEW_IN_PROGRESS',
      resources: new Map(),
      events: [],
      outputs: {},
      exports: {},
      imports: new Set(),
      outputsRead: new Map(),
      requestIds,
    };
  }
}

function result({ status, reason, outputs, events }: Stack, from: number): DeployResult {
  const own = events.slice(from);
  const failures = own.filter((event) => /_FAILED$/.test(event.status) && event.type !== 'AWS::CloudFormation::Stack' && !/ cancelled$/.test(event.reason ?? ''));
  return { status, reason, outputs, events: own, failures: failures.map((event) => ({ logicalId: event.logicalId, reason: event.reason ?? '' })) };
}
