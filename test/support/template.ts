import { createHash } from 'crypto';

export interface Resource {
  readonly Type: string;
  readonly Properties: Record<string, unknown>;
  readonly DependsOn?: string[];
  readonly Condition?: string;
}

export interface CfnTemplate {
  readonly Resources: Record<string, Resource>;
  readonly Outputs?: Record<string, { readonly Value: unknown; readonly Description?: string }>;
  readonly Parameters?: Record<string, { readonly Default?: string }>;
}

export const idsOf = (template: CfnTemplate, type: string): string[] =>
  Object.keys(template.Resources).filter((id) => template.Resources[id].Type === type);

/** The logical id of the only resource of a type. */
export function idOf(template: CfnTemplate, type: string): string {
  const ids = idsOf(template, type);
  if (ids.length !== 1) {
    throw new Error(`The template has ${ids.length} resources of type ${type}: ${ids.join(', ')}`);
  }
  return ids[0];
}

/** The logical id of the first resource of a type that begins like this. */
export const idFrom = (template: CfnTemplate, type: string, start: string): string =>
  idsOf(template, type).find((id) => id.startsWith(start))!;

/** The properties of all resources of a type. */
export const propertiesOf = (template: CfnTemplate, type: string): Record<string, unknown>[] =>
  idsOf(template, type).map((id) => template.Resources[id].Properties);

export const resourceOf = (template: CfnTemplate, type: string): Resource => template.Resources[idOf(template, type)];

const ENVIRONMENT: Record<string, string> = {
  'AWS::Partition': 'aws',
  // The longest name among the regions that have Clean Rooms.
  'AWS::Region': 'ap-southeast-1',
  'AWS::AccountId': '123456789012',
  'AWS::URLSuffix': 'amazonaws.com',
  'AWS::StackName': 'Stack',
  'AWS::StackId': 'arn:aws:cloudformation:ap-southeast-1:123456789012:stack/Stack/51af3dc0-da77-11e4-872e-1234567db123',
};
const { 'AWS::Region': REGION, 'AWS::AccountId': ACCOUNT } = ENVIRONMENT;

/** A UUID that depends on the seed only. */
export function uuidOf(seed: string): string {
  const digits = createHash('sha256').update(seed).digest('hex');
  return [[0, 8], [8, 12], [12, 16], [16, 20], [20, 32]].map(([from, to]) => digits.slice(from, to)).join('-');
}

/** Values of a deployed template: its intrinsics replaced by what they are likely to be, in length above all. */
export class Values {
  constructor(private readonly template: CfnTemplate, private readonly overrides: Record<string, unknown> = {}) {}

  public of<T = unknown>(value: unknown): T {
    return this.resolve(value) as T;
  }

  private resolve(value: unknown): unknown {
    if (Array.isArray(value)) {
      return value.map((item) => this.resolve(item));
    }
    if (typeof value !== 'object' || value === null) {
      return value;
    }
    const [[name, argument] = []] = Object.entries(value);
    switch (name) {
      case 'Ref': return this.ref(argument as string);
      case 'Fn::GetAtt': return this.attribute(...argument as [string, string]);
      case 'Fn::Join': {
        const [separator, parts] = argument as [string, unknown];
        return this.of<string[]>(parts).join(separator);
      }
      case 'Fn::Select': {
        const [index, list] = argument as [string, unknown];
        return this.of<string[]>(list)[Number(index)];
      }
      case 'Fn::Split': {
        const [separator, text] = argument as [string, unknown];
        return this.of<string>(text).split(separator);
      }
      case 'Fn::Sub': return (argument as string).replace(/\$\{([^}]+)\}/g, (_, id: string) => {
        const [resource, attribute] = id.split('.');
        return String(attribute ? this.attribute(resource, attribute) : this.ref(resource));
      });
      case 'Fn::ImportValue': return this.overrides[argument as string];
      case 'Fn::GetStackOutput': {
        const { StackName, OutputName } = argument as { readonly StackName: string; readonly OutputName: string };
        return this.overrides[`${StackName}.${OutputName}`] ?? `${StackName}.${OutputName}`;
      }
      default: return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, this.resolve(inner)]));
    }
  }

  private ref(id: string): unknown {
    return this.overrides[id] ?? ENVIRONMENT[id] ?? (this.template.Parameters?.[id] ? this.template.Parameters[id].Default : `ref-${id}`);
  }

  private attribute(id: string, attribute: string): unknown {
    const override = this.overrides[`${id}.${attribute}`];
    if (override !== undefined) {
      return override;
    }
    const { Type: type, Properties: properties } = this.template.Resources[id];
    switch (`${type}.${attribute}`) {
      case 'AWS::CleanRooms::IntermediateTable.IntermediateTableIdentifier': return uuidOf(id);
      case 'AWS::CleanRooms::IntermediateTable.Arn':
        return `arn:aws:cleanrooms:${REGION}:${ACCOUNT}:membership/${this.of<string>(properties.MembershipIdentifier)}/intermediatetable/${uuidOf(id)}`;
      case 'AWS::StepFunctions::StateMachine.Name': return this.of(properties.StateMachineName);
      case 'AWS::StepFunctions::StateMachine.Arn':
        return `arn:aws:states:${REGION}:${ACCOUNT}:stateMachine:${this.of<string>(properties.StateMachineName)}`;
      case 'AWS::Lambda::Function.Arn': return `arn:aws:lambda:${REGION}:${ACCOUNT}:function:Stack-${id}`.slice(0, 120);
      case 'AWS::KMS::Key.Arn': return `arn:aws:kms:${REGION}:${ACCOUNT}:key/${uuidOf(id)}`;
      default: return `arn:aws:service:${REGION}:${ACCOUNT}:${id}/${attribute}`;
    }
  }
}
