import { PolicyDocument } from '../../iam/policy';
import { IamService } from '../../iam/service';
import { Change, Made, ResourceHandler } from '../services';
import { ResourceFailure } from '../stack';

interface InlinePolicy {
  readonly PolicyName: string;
  readonly PolicyDocument: PolicyDocument;
}

/** AWS leaves white space out of the count. */
const MOST_INLINE = 10_240;
const MOST_MANAGED = 6_144;
const MOST_ATTACHED = 10;

const role: ResourceHandler = {
  seconds: 15,
  replacedBy: ['RoleName', 'Path'],
  create: (change) => putRole(change, String(change.properties.RoleName ?? change.generatedName)),
  update: (change, { physicalId }) => putRole(change, physicalId),
  delete: ({ services }, { attributes }) => services.iam.deleteRole(attributes.Arn as string),
};

function putRole({ services, properties }: Change, name: string): Made {
  const { iam, account } = services;
  const arn = `arn:aws:iam::${account}:role${String(properties.Path ?? '/')}${name}`;
  iam.putRole(arn, name, properties.AssumeRolePolicyDocument as PolicyDocument | undefined);
  for (const key of iam.attachedKeys(arn).filter((attached) => /^(own|managed):/.test(attached))) iam.detach(arn, key);
  for (const { PolicyName, PolicyDocument: document } of (properties.Policies ?? []) as InlinePolicy[]) attachInline(iam, arn, `own:${PolicyName}`, document);
  for (const policyArn of (properties.ManagedPolicyArns ?? []) as string[]) attachManaged(iam, arn, `managed:${policyArn}`, iam.managedPolicy(policyArn));
  return { physicalId: name, attributes: { Arn: arn, RoleId: `AROA${name}` } };
}

const inlinePolicy: ResourceHandler = {
  seconds: 15,
  replacedBy: ['PolicyName', 'RoleName'],
  create(change) {
    attachToAll(change, rolesOf(change.properties));
    return { physicalId: change.generatedName };
  },
  update(change, existing) {
    const roles = rolesOf(change.properties);
    detachFromAll(change, rolesOf(existing.properties).filter((name) => !roles.includes(name)));
    attachToAll(change, roles);
    return { physicalId: existing.physicalId };
  },
  delete: (change, { properties }) => detachFromAll(change, rolesOf(properties)),
};

function rolesOf({ Roles, RoleName }: Record<string, unknown>): string[] {
  return (Roles as string[] | undefined) ?? [RoleName as string];
}

function attachToAll({ services: { iam }, logicalId, properties }: Change, roles: string[]): void {
  for (const name of roles) attachInline(iam, existingRole(iam, name), `policy:${logicalId}`, properties.PolicyDocument as PolicyDocument);
}

function detachFromAll({ services: { iam }, logicalId }: Change, roles: string[]): void {
  for (const name of roles) {
    const arn = iam.arnOf(name);
    if (arn) iam.detach(arn, `policy:${logicalId}`);
  }
}

const managedPolicy: ResourceHandler = {
  seconds: 15,
  replacedBy: ['ManagedPolicyName', 'Path', 'Description'],
  create: (change) => putManagedPolicy(change, String(change.properties.ManagedPolicyName ?? change.generatedName)),
  update: (change, { physicalId }) => putManagedPolicy(change, physicalId.slice(physicalId.lastIndexOf('/') + 1)),
  delete({ services: { iam } }, { physicalId, properties }) {
    for (const name of (properties.Roles ?? []) as string[]) {
      const arn = iam.arnOf(name);
      if (arn) iam.detach(arn, `attached:${physicalId}`);
    }
  },
};

function putManagedPolicy({ services: { iam, account }, properties }: Change, name: string): Made {
  const arn = `arn:aws:iam::${account}:policy${String(properties.Path ?? '/')}${name}`;
  const document = properties.PolicyDocument as PolicyDocument;
  const size = sizeOf(document);
  if (size > MOST_MANAGED) throw new ResourceFailure(`Cannot exceed quota for PolicySize: ${MOST_MANAGED} (policy ${name} has ${size})`);
  iam.putManagedPolicy(arn, document);
  for (const roleName of (properties.Roles ?? []) as string[]) attachManaged(iam, existingRole(iam, roleName), `attached:${arn}`, document);
  return { physicalId: arn, attributes: { PolicyArn: arn } };
}

function attachManaged(iam: IamService, roleArn: string, key: string, document: PolicyDocument = { Statement: [] }): void {
  const others = iam.attachedKeys(roleArn).filter((attached) => /^(managed|attached):/.test(attached) && attached !== key);
  if (others.length >= MOST_ATTACHED) throw new ResourceFailure(`Cannot exceed quota for PoliciesPerRole: ${MOST_ATTACHED} (role ${roleArn})`);
  iam.attach(roleArn, key, document);
}

function attachInline(iam: IamService, roleArn: string, key: string, document: PolicyDocument): void {
  const others = iam.inlineDocuments(roleArn, /^(own|policy):/, key).reduce((sum, other) => sum + sizeOf(other), 0);
  if (others + sizeOf(document) > MOST_INLINE) throw new ResourceFailure(`Maximum policy size of ${MOST_INLINE} bytes exceeded for role ${roleArn}`);
  iam.attach(roleArn, key, document);
}

function existingRole(iam: IamService, name: string): string {
  const arn = iam.arnOf(name);
  if (!arn) throw new ResourceFailure(`The role with name ${name} cannot be found.`);
  return arn;
}

function sizeOf(document: PolicyDocument): number {
  return JSON.stringify(document).replace(/\s/g, '').length;
}

export const iamHandlers: Record<string, ResourceHandler> = {
  'AWS::IAM::Role': role,
  'AWS::IAM::Policy': inlinePolicy,
  'AWS::IAM::RolePolicy': inlinePolicy,
  'AWS::IAM::ManagedPolicy': managedPolicy,
};
