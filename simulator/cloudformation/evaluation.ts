import { Template } from './assembly';
import { resolve, Scope } from './intrinsics';
import { ResourceFailure, Stack } from './stack';

export interface Environment {
  readonly region: string;
  readonly account: string;
  /** By name, over all stacks of the account and region. */
  readonly exports: () => Readonly<Record<string, string>>;
}

/** A template with its parameters' values, in a stack: what its intrinsic functions come to at this moment. */
export class Evaluation {
  private readonly scope: Scope;

  constructor(
    private readonly template: Template,
    private readonly parameters: Record<string, unknown>,
    private readonly stack: Stack,
    private readonly environment: Environment,
  ) {
    this.checkParameters();
    this.scope = {
      ref: (name) => this.ref(name),
      getAtt: (logicalId, attribute) => this.getAtt(logicalId, attribute),
      condition: (name) => this.condition(name),
      importValue: (name) => this.importValue(name),
      mappings: template.Mappings ?? {},
      region: environment.region,
    };
  }

  resolve(value: unknown): unknown {
    return resolve(value, this.scope);
  }

  /** Logical ids of the resources whose condition holds. */
  included(): Set<string> {
    return new Set(Object.entries(this.template.Resources).filter(([, { Condition }]) => !Condition || this.condition(Condition)).map(([id]) => id));
  }

  outputs(): { outputs: Record<string, string>; exports: Record<string, string> } {
    const outputs: Record<string, string> = {};
    const exports: Record<string, string> = {};
    for (const [name, { Value, Condition, Export }] of Object.entries(this.template.Outputs ?? {})) {
      if (Condition && !this.condition(Condition)) continue;
      outputs[name] = String(this.resolve(Value));
      if (Export) exports[String(this.resolve(Export.Name))] = outputs[name];
    }
    return { outputs, exports };
  }

  private checkParameters(): void {
    const known = this.template.Parameters ?? {};
    for (const name of Object.keys(this.parameters)) {
      if (!(name in known)) throw new Error(`Parameters: [${name}] do not exist in the template`);
    }
    for (const [name, { Default }] of Object.entries(known)) {
      if (Default === undefined && !(name in this.parameters)) throw new Error(`Parameters: [${name}] must have values`);
    }
  }

  private ref(name: string): unknown {
    const pseudo = this.pseudoParameters()[name];
    if (pseudo !== undefined) return pseudo;
    const parameter = this.template.Parameters?.[name];
    if (parameter) return this.parameters[name] ?? parameter.Default;
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
    const value = this.environment.exports()[name];
    if (value === undefined) throw new ResourceFailure(`No export named ${name} found.`);
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

export function isCustom(type: string): boolean {
  return type.startsWith('Custom::') || type === 'AWS::CloudFormation::CustomResource';
}
