import { Clock } from '../clock';
import { AccessRequest, Decision, evaluate, PolicyDocument, trusts } from './policy';

interface Attachment {
  readonly document: PolicyDocument;
  readonly since: number;
  /** Which resource of which stack it belongs to, where that is not the role itself. */
  readonly owner?: string;
}

interface Role {
  readonly name: string;
  readonly trust?: PolicyDocument;
  readonly attachments: Map<string, Attachment>;
  /** Documents that were replaced or taken away, each in force until that has spread. */
  readonly superseded: { readonly document: PolicyDocument; readonly until: number }[];
}

export class AccessDenied extends Error {
  readonly name = 'AccessDeniedException';
}

/** Roles and what is attached to them; who may call what. */
export class IamService {
  /** Whoever wants to know of what was decided, and by which policies. */
  onDecision?: (role: string, policies: readonly PolicyDocument[], request: AccessRequest, decision: Decision) => void;
  private readonly roles = new Map<string, Role>();
  private readonly accessKeys = new Map<string, string>();
  private readonly managed = new Map<string, PolicyDocument>();

  /**
   * @param propagationMillis how long a change takes to be in force; what was there before is in force until then
   * https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html#troubleshoot_general_eventual-consistency
   */
  constructor(private readonly clock: Clock, private readonly account: string, private readonly propagationMillis: number) {}

  putRole(arn: string, name: string, trust?: PolicyDocument): void {
    const { attachments, superseded } = this.roles.get(arn) ?? { attachments: new Map<string, Attachment>(), superseded: [] };
    this.roles.set(arn, { name, trust, attachments, superseded });
  }

  deleteRole(arn: string): void {
    this.roles.delete(arn);
  }

  arnOf(roleName: string): string | undefined {
    return [...this.roles].find(([, { name }]) => name === roleName)?.[0];
  }

  putManagedPolicy(arn: string, document: PolicyDocument): void {
    this.managed.set(arn, document);
  }

  managedPolicy(arn: string): PolicyDocument | undefined {
    return this.managed.get(arn) ?? AWS_MANAGED[arn.replace(/^arn:[^:]+:iam::aws:policy\//, '')];
  }

  attach(roleArn: string, key: string, document: PolicyDocument, owner?: string): void {
    const role = this.roles.get(roleArn);
    if (!role) throw new Error(`Cannot attach policy ${key}: role ${roleArn} does not exist.`);
    const known = role.attachments.get(key);
    const unchanged = known && JSON.stringify(known.document) === JSON.stringify(document);
    if (known && !unchanged) this.supersede(role, known);
    role.attachments.set(key, { document, owner, since: unchanged ? known.since : this.clock.now() });
  }

  detach(roleArn: string, key: string): void {
    const role = this.roles.get(roleArn);
    const known = role?.attachments.get(key);
    if (!known) return;
    this.supersede(role!, known);
    role!.attachments.delete(key);
  }

  ownerOf(roleArn: string, key: string): string | undefined {
    return this.roles.get(roleArn)?.attachments.get(key)?.owner;
  }

  attachedKeys(roleArn: string): string[] {
    return [...this.roles.get(roleArn)?.attachments.keys() ?? []];
  }

  /** What is attached under keys of a kind, but for one of them. */
  inlineDocuments(roleArn: string, kind: RegExp, except: string): PolicyDocument[] {
    const attachments = [...this.roles.get(roleArn)?.attachments ?? []];
    return attachments.filter(([key]) => kind.test(key) && key !== except).map(([, { document }]) => document);
  }

  /** The access key with which code that runs under this role signs its requests. */
  issueAccessKey(roleArn: string, accessKeyId: string): string {
    this.accessKeys.set(accessKeyId, roleArn);
    return accessKeyId;
  }

  roleOf(accessKeyId: string): string | undefined {
    return this.accessKeys.get(accessKeyId);
  }

  mayBeAssumedBy(roleArn: string, service: string): boolean {
    return trusts(this.roles.get(roleArn)?.trust, service);
  }

  decide(roleArn: string, request: AccessRequest): Decision {
    const now = this.clock.now();
    const { attachments, superseded = [] }: Partial<Role> = this.roles.get(roleArn) ?? {};
    const inForce = [...attachments?.values() ?? []].filter((attachment) => this.isInForce(attachment));
    const policies = [...inForce, ...superseded.filter(({ until }) => until > now)].map(({ document }) => document);
    const decision = evaluate(policies, request);
    this.onDecision?.(roleArn, policies, request, decision);
    return decision;
  }

  private isInForce({ since }: Attachment): boolean {
    return since + this.propagationMillis <= this.clock.now();
  }

  private supersede({ superseded }: Role, attachment: Attachment): void {
    if (this.isInForce(attachment)) superseded.push({ document: attachment.document, until: this.clock.now() + this.propagationMillis });
  }

  /** Throws AccessDenied, in AWS's words, unless the role may do it on every resource. */
  authorize(roleArn: string, session: string, action: string, resources: string[], context?: Record<string, string>): void {
    for (const resource of resources) {
      const decision = this.decide(roleArn, { action, resource, context });
      if (decision === 'allowed') continue;
      const who = `arn:aws:sts::${this.account}:assumed-role/${this.roles.get(roleArn)?.name ?? 'unknown'}/${session}`;
      const why = decision === 'explicitly denied' ? 'with an explicit deny in an identity-based policy'
        : `because no identity-based policy allows the ${action} action`;
      throw new AccessDenied(`User: ${who} is not authorized to perform: ${action} on resource: ${resource} ${why}`);
    }
  }

  /** As `authorize`, for a request signed with an access key. */
  authorizeKey(accessKeyId: string, action: string, resources: string[], context?: Record<string, string>): void {
    const role = this.accessKeys.get(accessKeyId);
    if (!role) throw new AccessDenied(`The security token included in the request is invalid: access key ${accessKeyId} belongs to nobody.`);
    this.authorize(role, accessKeyId, action, resources, context);
  }
}

/** The AWS managed policies that CDK attaches; others by that name grant nothing here. */
const AWS_MANAGED: Record<string, PolicyDocument> = {
  'service-role/AWSLambdaBasicExecutionRole': {
    Statement: { Effect: 'Allow', Action: ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'], Resource: '*' },
  },
};
