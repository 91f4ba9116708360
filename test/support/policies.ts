import { CfnTemplate, idsOf, Values } from './template';

export interface Statement {
  readonly Effect: string;
  readonly Action: string | string[];
  readonly Resource: string | string[];
  readonly Condition?: { readonly StringEquals: Record<string, string> };
}

export interface Policy {
  readonly kind: 'inline' | 'managed';
  readonly statements: Statement[];
  /** As IAM counts: without white space. */
  readonly size: number;
}

interface Document {
  readonly Statement: Statement[];
}

/** All policies of a role, as they are when deployed. */
export function policiesOf(template: CfnTemplate, role: string, values = new Values(template)): Policy[] {
  const policy = (kind: Policy['kind'], document: unknown): Policy => {
    const resolved = values.of<Document>(document);
    return { kind, statements: resolved.Statement, size: JSON.stringify(resolved).length };
  };
  const attached = (type: string) => idsOf(template, type).map((id) => template.Resources[id].Properties)
    .filter(({ Roles = [] }) => (Roles as object[]).some((each) => JSON.stringify(each) === JSON.stringify({ Ref: role })));
  const { Policies: own = [] } = template.Resources[role].Properties as { Policies?: { PolicyDocument: unknown }[] };
  return [
    ...own.map(({ PolicyDocument }) => policy('inline', PolicyDocument)),
    ...attached('AWS::IAM::Policy').map(({ PolicyDocument }) => policy('inline', PolicyDocument)),
    ...attached('AWS::IAM::ManagedPolicy').map(({ PolicyDocument }) => policy('managed', PolicyDocument)),
  ];
}

/** The role of this name, of those that the populations of a stack share. */
export const roleOf = (template: CfnTemplate, name: 'PopulationRole' | 'StarterRole' | 'MachineRole'): string =>
  idsOf(template, 'AWS::IAM::Role').find((id) => id.startsWith(`IntermediateTablePopulations${name}`))!;

/** Whether a role may do something, as IAM would say. */
export function allows(policies: Policy[], action: string, resource: string, context: Record<string, string> = {}): boolean {
  const matches = (patterns: string | string[], value: string) => [patterns].flat().some((pattern) => likeOf(pattern).test(value));
  return policies.flatMap(({ statements }) => statements).some(({ Effect, Action, Resource, Condition }) =>
    Effect === 'Allow' && matches(Action, action) && matches(Resource, resource)
    && Object.entries(Condition?.StringEquals ?? {}).every(([key, value]) => context[key] === value));
}

const likeOf = (pattern: string): RegExp => new RegExp(`^${pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&').replace(/\*/g, '.*').replace(/\?/g, '.')}$`);

/** Returns whether the shared role of this name may do something when deployed. */
export function permissionsOf(template: CfnTemplate, name: Parameters<typeof roleOf>[1], values = new Values(template)) {
  const policies = policiesOf(template, roleOf(template, name), values);
  return (action: string, resource: string, context: Record<string, string> = {}): boolean => allows(policies, action, resource, context);
}
