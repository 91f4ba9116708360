import { aws_dynamodb as dynamodb, aws_iam as iam, CfnResource } from 'aws-cdk-lib';
import { IIntermediateTableRef } from 'aws-cdk-lib/aws-cleanrooms';
import { Construct, IDependable } from 'constructs';
import { lateDependency, LatePolicy, whenFinal } from './late';
import { acknowledgeWildcards } from './nag';
import { fail } from './problem';
import { conditionOf, expressionOf, weak } from './references';
import { keyStatements, membershipOf, populateStatements, readStatements, recordKeyStatements, recordStatements, writeStatements } from './statements';
import { identityOf } from './table';
import { canonical, hash } from '../contract/hashing';

/** IAM's limit for all inline policies of a role, in characters: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
const MAX_POLICY_CHARACTERS = 10_240;

/** One population, as far as its permissions are concerned. What they name may change until the template is written. */
export interface Permitted {
  readonly scope: Construct;
  readonly table: IIntermediateTableRef;
  kmsKeyArn(): string | undefined;
}

/** Who has a record, which a key may encrypt that is given later. */
export interface Recording {
  readonly record: dynamodb.CfnTable;
  recordKeyArn(): string | undefined;
}

/** What a policy is for, and the most characters that one takes. */
interface Kind {
  readonly name: string;
  readonly characters: number;
  readonly what: string;
}

const MEMBERSHIP: Kind = { name: 'Membership', characters: 880, what: 'memberships' };
const KEY: Kind = { name: 'Key', characters: 320, what: 'KMS keys' };
const UPSTREAM: Kind = { name: 'Upstream', characters: 330, what: 'memberships of other stacks' };
const RECORD: Kind = { name: 'Record', characters: 510, what: 'records of other stacks' };
const PARAMETER: Kind = { name: 'Parameter', characters: 240, what: 'version parameters' };

/**
 * The policies of a role that the populations of a stack share, by what they give access to: one for each expression of a membership, of a
 * key, and so on. So a further population changes none that is there, and none depends on a population but through what it names.
 *
 * An update changes policies before it deletes what is no longer in the template, and a custom resource that is deleted still needs
 * its permissions. So each goes with the last population that is in need of it, after its custom resource.
 */
export class Permissions {
  private readonly policies = new Map<string, SharedPolicy>();
  private characters: number;

  /** @param own how many characters the role's own policies have */
  constructor(private readonly scope: Construct, private readonly role: iam.Role, own: number) {
    this.characters = own;
  }

  /** Returns what a population has to wait for that populates its table. */
  public populate(population: Permitted): IDependable[] {
    const { scope, table } = population;
    const { membershipIdentifier } = identityOf(table);
    const membershipPolicy = this.share(MEMBERSHIP, scope, membershipIdentifier, () => membershipOf(scope, table), populateStatements);
    // Under no expression those whose key is given later, if at all.
    const keyPolicy = this.share(KEY, scope, population.kmsKeyArn() ?? '', () => population.kmsKeyArn(), keyStatements);
    // By its own key: whether the policy is in the template would be asked of all that share it, for each of them.
    return [membershipPolicy, lateDependency(() => (population.kmsKeyArn() ? [keyPolicy] : []))];
  }

  /** Returns what a population has to wait for that reads those of another stack which it is built on. */
  public read(scope: Construct, upstream: IIntermediateTableRef, shared: Recording): Construct[] {
    const recordArn = shared.record.attrArn;
    const statements: Statements = (_, arn) => {
      const key = shared.recordKeyArn();
      return [...recordStatements(arn), ...(key ? recordKeyStatements(scope, weak(scope, key), 'READ') : [])];
    };
    return [
      this.share(UPSTREAM, scope, identityOf(upstream).membershipIdentifier, () => membershipOf(scope, upstream), readStatements),
      this.share(RECORD, scope, recordArn, () => weak(scope, recordArn), statements),
    ];
  }

  public write(scope: Construct, parameterArn: string): Construct[] {
    return [this.share(PARAMETER, scope, parameterArn, () => parameterArn, writeStatements)];
  }

  private share(kind: Kind, user: Construct, expression: string, value: Value, statements: Statements): Construct {
    const id = `${kind.name}Policy${hash(canonical(expressionOf(this.scope, expression)), 8)}`;
    const shared = this.policies.get(id) ?? new SharedPolicy(this.scope, id, this.role, statements);
    if (!this.policies.has(id) && expression !== '') {
      this.characters += kind.characters;
      this.requireRoom(kind, user);
    }
    this.policies.set(id, shared);
    shared.add(value);
    return shared.policy;
  }

  private requireRoom(kind: Kind, user: Construct): void {
    if (this.characters > MAX_POLICY_CHARACTERS) {
      const count = [...this.policies.keys()].filter((id) => id.startsWith(kind.name)).length + 1;
      fail(user.node.path, `with it the populations of its stack have ${count} ${kind.what}, for which IAM has no room in one role`,
        'Spread the populations over several stacks, or over nested ones.');
    }
  }
}

type Value = () => string | undefined;
type Statements = (scope: Construct, value: string) => iam.PolicyStatement[];

/** The policy of all that have asked for the same expression: as a rule of one value, unless somebody has changed it for some of them since. */
class SharedPolicy {
  public readonly policy: iam.Policy;
  private readonly values: Value[] = [];
  private readonly reported = new Set<string>();

  constructor(private readonly scope: Construct, id: string, private readonly role: iam.Role, private readonly statements: Statements) {
    this.policy = new LatePolicy(scope, id, () => this.current().flatMap((value) => statements(scope, value)));
    whenFinal(this.policy, () => this.follow());
  }

  public add(value: Value): void {
    this.values.push(value);
    if (this.values.length === 1) {
      // By the role, which may be one that somebody makes beforehand, by a report of what it needs now: see `iam.Role.customizeRoles()`.
      this.role.attachInlinePolicy(this.policy);
      this.current().forEach((each) => this.reported.add(each));
      this.follow();
    }
  }

  /** Adds to that report what has come later. A role of the stack's own, which has a resource, has the policy itself. */
  private report(values: readonly string[]): void {
    const late = this.role.node.defaultChild ? [] : values.filter((value) => !this.reported.has(value));
    for (const value of late) {
      this.statements(this.scope, value).forEach((statement) => this.role.addToPrincipalPolicy(statement));
      this.reported.add(value);
    }
  }

  private current(): string[] {
    return [...new Set(this.values.flatMap((value) => value() ?? []))];
  }

  /** The condition of what it names, and the wildcards in it for cdk-nag. */
  private follow(): void {
    const values = this.current();
    this.report(values);
    const resource = this.policy.node.defaultChild as CfnResource;
    resource.cfnOptions.condition = values.map((value) => conditionOf(this.scope, value)).find(Boolean);
    const wildcards = values.flatMap((value) => this.statements(this.scope, value)).flatMap(({ resources }) => resources).filter((arn) => arn.endsWith('*'));
    acknowledgeWildcards(this.policy, wildcards, 'Only Clean Rooms knows which tables and associations a stored query reads, and populations are added later.');
  }
}
