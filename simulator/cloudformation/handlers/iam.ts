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
  delete({ services: { iam } }, { attributes }) {
    const arn = attributes.Arn as string;
    // CloudFormation takes out the role's own policies, not those of other resources:
    // https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteRole.html
    if (iam.attachedKeys(arn).some((key) => /^(policy|attached):/.test(key))) {
      throw new ResourceFailure('Cannot delete entity, must delete policies first.');
    }
    iam.deleteRole(arn);
  },
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

/**
 * Name and roles of an `AWS::IAM::Policy` change in place.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iam-policy.html
 */
const inlinePolicy: ResourceHandler = {
  seconds: 15,
  create(change) {
    embed(change);
    return { physicalId: change.generatedName };
  },
  update(change, existing) {
    embed(change);
    const kept = new Set(embeddings(change).map(({ roleName, key }) => `${roleName} ${key}`));
    takeOut(change, embeddings({ ...change, ...existing }).filter(({ roleName, key }) => !kept.has(`${roleName} ${key}`)));
    return { physicalId: existing.physicalId };
  },
  delete: (change, existing) => takeOut(change, embeddings({ ...change, ...existing })),
};

interface Embedding {
  readonly roleName: string;
  readonly key: string;
}

/** An inline policy is one by its name in a role. */
function embeddings({ properties: { Roles, RoleName, PolicyName } }: Pick<Change, 'properties'>): Embedding[] {
  const roles = (Roles as string[] | undefined) ?? [RoleName as string];
  return roles.map((roleName) => ({ roleName, key: `policy:${PolicyName as string}` }));
}

function embed(change: Change): void {
  const { services: { iam }, properties } = change;
  for (const { roleName, key } of embeddings(change)) {
    const roleArn = existingRole(iam, roleName);
    const owner = iam.ownerOf(roleArn, key);
    if (owner !== undefined && owner !== ownerOf(change)) {
      // As of January 2026: https://github.com/aws-amplify/amplify-cli/issues/14961
      throw new ResourceFailure(
        `Policy resource was already managed by another stack or another resource in the current stack. Found stacks: [${owner}]`,
      );
    }
    attachInline(iam, roleArn, key, properties.PolicyDocument as PolicyDocument, ownerOf(change));
  }
}

function takeOut(change: Change, those: Embedding[]): void {
  const { iam } = change.services;
  for (const { roleName, key } of those) {
    const roleArn = iam.arnOf(roleName);
    if (roleArn !== undefined && iam.ownerOf(roleArn, key) === ownerOf(change)) iam.detach(roleArn, key);
  }
}

function ownerOf({ stack, logicalId }: Change): string {
  return `${stack.name}|${logicalId}`;
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

function attachInline(iam: IamService, roleArn: string, key: string, document: PolicyDocument, owner?: string): void {
  const others = iam.inlineDocuments(roleArn, /^(own|policy):/, key).reduce((sum, other) => sum + sizeOf(other), 0);
  if (others + sizeOf(document) > MOST_INLINE) throw new ResourceFailure(`Maximum policy size of ${MOST_INLINE} bytes exceeded for role ${roleArn}`);
  iam.attach(roleArn, key, document, owner);
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
  'AWS::IAM::RolePolicy': { ...inlinePolicy, replacedBy: ['PolicyName', 'RoleName'] },
  'AWS::IAM::ManagedPolicy': managedPolicy,
};
