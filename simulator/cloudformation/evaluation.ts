import { Template, TemplateOutput, TemplateResource } from './assembly';
import { Exports } from './exports';
import { resolve, Scope, StackOutputReference } from './intrinsics';
import { ParameterValues } from './parameters';
import { branchesTaken, importsIn } from './references';
import { ResourceFailure, Stack } from './stack';
import { isCustom } from './types';

export interface Environment {
  readonly region: string;
  readonly account: string;
  readonly exports: Exports;
  /** Of a stack by its name; `undefined` where there is none. */
  readonly outputsOf: (stackName: string) => Readonly<Record<string, string>> | undefined;
}

/** What is left of a template where its conditions hold as they do: resources, outputs, and branches that are taken. */
export interface EffectiveTemplate {
  readonly Resources: Readonly<Record<string, TemplateResource>>;
  readonly Outputs: Readonly<Record<string, TemplateOutput>>;
}

/** A template with its parameters' values, in a stack: what its intrinsic functions come to at this moment. */
export class Evaluation {
  readonly effective: EffectiveTemplate;
  private readonly scope: Scope;

  constructor(
    private readonly template: Template,
    private readonly parameters: ParameterValues,
    private readonly stack: Stack,
    private readonly environment: Environment,
    /** Outputs of other stacks that are not read again, by the names of stack and output. */
    private readonly remembered: ReadonlyMap<string, string> = new Map<string, string>(),
  ) {
    this.scope = {
      ref: (name) => this.ref(name),
      getAtt: (logicalId, attribute) => this.getAtt(logicalId, attribute),
      condition: (name) => this.condition(name),
      importValue: (name) => this.importValue(name),
      stackOutput: (reference) => this.stackOutput(reference),
      mappings: template.Mappings ?? {},
      region: environment.region,
    };
    this.effective = { Resources: this.holding(template.Resources), Outputs: this.holding(template.Outputs ?? {}) };
  }

  resolve(value: unknown): unknown {
    return resolve(value, this.scope);
  }

  outputs(): { outputs: Record<string, string>; exports: Record<string, string> } {
    const outputs: Record<string, string> = {};
    const exports: Record<string, string> = {};
    for (const [name, { Value, Export }] of Object.entries(this.effective.Outputs)) {
      outputs[name] = String(this.resolve(Value));
      if (Export) exports[String(this.resolve(Export.Name))] = outputs[name];
    }
    return { outputs, exports };
  }

  /** Names of the exports of other stacks that this one imports. */
  imports(): Set<string> {
    return new Set(importsIn(this.effective).map((name) => String(this.resolve(name))));
  }

  private holding<T extends { readonly Condition?: string }>(parts: Record<string, T>): Record<string, T> {
    const holds = (condition: string): boolean => this.condition(condition);
    const held = Object.entries(parts).filter(([, { Condition }]) => Condition === undefined || holds(Condition));
    return Object.fromEntries(held.map(([id, part]) => [id, branchesTaken(part, holds) as T]));
  }

  private ref(name: string): unknown {
    const pseudo = this.pseudoParameters()[name];
    if (pseudo !== undefined) return pseudo;
    if (name in this.parameters.resolved) return this.parameters.resolved[name];
    const { physicalId, ref } = this.resource(name);
    return ref ?? physicalId;
  }

  private getAtt(logicalId: string, attribute: string): unknown {
    const { type, attributes } = this.resource(logicalId);
    const value = attributes[attribute];
    if (value !== undefined && value !== null && typeof value !== 'object') return typeof value === 'string' ? value : String(value);
    if (value !== undefined && !isCustom(type)) return value;
    if (isCustom(type)) {
      throw new ResourceFailure(`CustomResource attribute error: Vendor response doesn't contain ${attribute} attribute in object ${this.stack.id}|${logicalId}`);
    }
    throw new ResourceFailure(`Template error: the simulator has no attribute ${attribute} of ${logicalId} (${type}).`);
  }

  private resource(logicalId: string): NonNullable<ReturnType<Stack['resources']['get']>> {
    const state = this.stack.resources.get(logicalId);
    if (!state) throw new ResourceFailure(`Template error: instance of Ref or Fn::GetAtt references undefined resource ${logicalId}`);
    return state;
  }

  private condition(name: string): boolean {
    const definition = this.template.Conditions?.[name];
    if (definition === undefined) throw new Error(`Template error: unresolved condition dependency ${name}`);
    return Boolean(this.resolve(definition));
  }

  private importValue(name: string): unknown {
    const value = this.environment.exports.values()[name];
    if (value === undefined) throw new ResourceFailure(`No export named ${name} found.`);
    return value;
  }

  /**
   * Reads an output of another stack as it is now. Nothing keeps the other stack from changing it, and nobody tells this one.
   * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-getstackoutput.html
   */
  private stackOutput({ StackName, OutputName, Region = this.environment.region }: StackOutputReference): string {
    if (Region !== this.environment.region) {
      throw new ResourceFailure(
        `The simulator has one region, ${this.environment.region}: Fn::GetStackOutput of ${StackName} in ${Region}.`,
      );
    }
    const key = `${StackName} ${OutputName}`;
    const outputs = this.environment.outputsOf(StackName);
    const value = this.remembered.get(key) ?? outputs?.[OutputName];
    // The first message is that of DescribeStacks, for which the function needs permission; no source has the second one.
    if (value === undefined) {
      throw new ResourceFailure(outputs ? `Stack ${StackName} has no output ${OutputName}` : `Stack with id ${StackName} does not exist`);
    }
    this.stack.outputsRead.set(key, value);
    return value;
  }

  private pseudoParameters(): Record<string, unknown> {
    const { region, account } = this.environment;
    return {
      'AWS::Region': region,
      'AWS::AccountId': account,
      'AWS::Partition': 'aws',
      'AWS::URLSuffix': 'amazonaws.com',
      'AWS::StackName': this.stack.name,
      'AWS::StackId': this.stack.id,
      'AWS::NotificationARNs': [],
    };
  }
}
