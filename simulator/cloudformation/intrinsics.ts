import { Template } from './assembly';

/** What the intrinsic functions look up. */
export interface Scope {
  readonly mappings: NonNullable<Template['Mappings']>;
  readonly region: string;
  ref(name: string): unknown;
  getAtt(logicalId: string, attribute: string): unknown;
  condition(name: string): boolean;
  importValue(name: string): unknown;
  stackOutput(reference: StackOutputReference): string;
}

/** Operand of `Fn::GetStackOutput`. */
export interface StackOutputReference {
  readonly StackName: string;
  readonly OutputName: string;
  readonly Region?: string;
  readonly RoleArn?: string;
}

const NO_VALUE = Symbol('AWS::NoValue');

type Resolve = (value: unknown) => unknown;
type Intrinsic = (operand: never, scope: Scope, resolve: Resolve) => unknown;

export function resolve(value: unknown, scope: Scope): unknown {
  const resolved = evaluate(value, scope);
  return resolved === NO_VALUE ? undefined : resolved;
}

function evaluate(value: unknown, scope: Scope): unknown {
  if (Array.isArray(value)) return value.map((item) => evaluate(item, scope)).filter((item) => item !== NO_VALUE);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value as Record<string, unknown>);
  if (entries.length === 1 && /^(Ref|Condition|Fn::\w+)$/.test(entries[0][0])) {
    const [name, operand] = entries[0];
    const intrinsic = INTRINSICS[name];
    // `Condition` is a function only where its operand names one; policy documents have a field of that name.
    if (name === 'Condition' && typeof operand !== 'string') return { Condition: evaluate(operand, scope) };
    if (!intrinsic) throw new Error(`The simulator does not know the intrinsic function ${name}; see simulator/cloudformation/intrinsics.ts.`);
    return intrinsic(operand as never, scope, (inner) => evaluate(inner, scope));
  }
  return Object.fromEntries(entries.map(([key, inner]) => [key, evaluate(inner, scope)]).filter(([, inner]) => inner !== NO_VALUE));
}

const INTRINSICS: Record<string, Intrinsic> = {
  'Ref': (name: string, scope) => (name === 'AWS::NoValue' ? NO_VALUE : scope.ref(name)),
  'Condition': (name: string, scope) => scope.condition(name),
  'Fn::GetAtt': (operand: string | [string, string], scope) => {
    const [logicalId, ...attribute] = typeof operand === 'string' ? operand.split('.') : operand;
    return scope.getAtt(logicalId, attribute.join('.'));
  },
  'Fn::Join': ([separator, list]: [string, unknown], _scope, inner) => (inner(list) as unknown[]).map(String).join(separator),
  'Fn::Sub': (operand: string | [string, Record<string, unknown>], scope, inner) => {
    const [text, variables] = typeof operand === 'string' ? [operand, {} as Record<string, unknown>] : operand;
    return text.replace(/\$\{(!?)([^}]+)\}/g, (_match, escaped: string, name: string) => {
      if (escaped) return `\${${name}}`;
      if (name in variables) return String(inner(variables[name]));
      return String(name.includes('.') ? inner({ 'Fn::GetAtt': name }) : scope.ref(name));
    });
  },
  'Fn::Select': ([index, list]: [string | number, unknown], _scope, inner) => {
    const items = inner(list) as unknown[];
    const chosen = items[Number(inner(index))];
    if (chosen === undefined) throw new Error(`Template error: Fn::Select cannot select nonexistent value at index ${index}`);
    return chosen;
  },
  'Fn::Split': ([separator, text]: [string, unknown], _scope, inner) => (inner(text) as string).split(separator),
  'Fn::If': ([name, yes, no]: [string, unknown, unknown], scope, inner) => inner(scope.condition(name) ? yes : no),
  'Fn::Equals': ([a, b]: [unknown, unknown], _scope, inner) => JSON.stringify(inner(a)) === JSON.stringify(inner(b)),
  'Fn::And': (conditions: unknown[], _scope, inner) => conditions.every((condition) => inner(condition)),
  'Fn::Or': (conditions: unknown[], _scope, inner) => conditions.some((condition) => inner(condition)),
  'Fn::Not': ([condition]: [unknown], _scope, inner) => !inner(condition),
  'Fn::FindInMap': ([map, first, second]: [unknown, unknown, unknown], scope, inner) => {
    const found = scope.mappings[inner(map) as string]?.[inner(first) as string]?.[inner(second) as string];
    if (found === undefined) throw new Error(`Template error: Unable to get mapping for ${String(inner(map))}::${String(inner(first))}::${String(inner(second))}`);
    return found;
  },
  'Fn::ImportValue': (name: unknown, scope, inner) => scope.importValue(inner(name) as string),
  'Fn::GetStackOutput': (reference: object, scope, inner) => scope.stackOutput(inner(reference) as StackOutputReference),
  'Fn::Base64': (text: unknown, _scope, inner) => Buffer.from(inner(text) as string).toString('base64'),
  'Fn::GetAZs': (_region: unknown, scope) => ['a', 'b', 'c'].map((zone) => scope.region + zone),
  'Fn::ToJsonString': (inside: unknown, _scope, inner) => JSON.stringify(inner(inside)),
};
