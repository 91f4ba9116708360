import { aws_iam as iam, Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { LatePolicyDocument } from './late-policy-document';
import { levelsOf } from './levels';
import { Member } from './member';
import { MOST_POLICIES, policyGroupsOf } from './policy-groups';
import { longestSize } from './policy-size';
import { isPrecreated } from './precreated';
import { fail } from './problem';
import { acknowledge, populationStatements, starterStatements } from './statements';
import { canonical, hash } from '../contract/hashing';

export interface Roles {
  readonly population: iam.Role;
  readonly starter: iam.Role;
}

/**
 * Gives the shared roles of a stack what its populations need.
 *
 * A table may depend on another one's population, so one policy for all of them could depend on what depends on it: populations
 * share policies by their level in that order. Each custom resource depends on the policies of its own level only.
 *
 * An update changes policies before it deletes what is no longer in the template, and a custom resource that is deleted still needs
 * its permissions. So an inline policy is another one as soon as it is for others: the old one goes after the custom resource.
 * Managed policies have no room for that: a role takes ten of them.
 */
export class Permissions {
  private readonly members: Member[] = [];
  /** Characters that inline policies take. */
  private inline = 0;
  private managed = 0;

  constructor(private readonly scope: Construct, private readonly roles: Roles) {}

  /** At synthesis, once all dependencies are known; again where there are further populations by then. */
  public add(members: readonly Member[]): void {
    this.members.push(...members);
    const levels = levelsOf(members);
    // Whoever makes the role beforehand divides its policy, too.
    const { managed, groups } = isPrecreated(this.roles.population)
      ? { managed: false, groups: levels }
      : policyGroupsOf(levels, (group) => this.sizeOf(group), this.inline);
    groups.forEach((group) => this.permit(group, managed));
    if (this.managed > MOST_POLICIES) {
      fail(Stack.of(this.scope).node.path,
        `${this.members.length} populations need ${this.managed} managed policies on one role, of which IAM allows ${MOST_POLICIES}`,
        'Spread the populations over several stacks, or over nested ones.');
    }
  }

  private permit(group: readonly Member[], managed: boolean): void {
    const give = managed ? this.managedPolicies() : this.inlinePolicies(group);
    const policies = [
      give(this.roles.population, 'Population', () => populationStatements(this.scope, group, this.members)),
      give(this.roles.starter, 'Starter', () => starterStatements(group)),
    ];
    group.forEach(({ customResource }) => customResource.node.addDependency(...policies));
    acknowledge(this.scope, group);
  }

  private inlinePolicies(group: readonly Member[]): Give {
    this.inline += 2 * this.sizeOf(group);
    const suffix = hash(canonical(group.map((member) => member.scope.node.addr).sort()), 8);
    return (role, name, statements) => {
      const policy = new iam.Policy(this.scope, `${name}Policy${suffix}`, { document: new LatePolicyDocument(statements) });
      // By the role, which may be one that somebody makes beforehand: see `iam.Role.customizeRoles()`.
      role.attachInlinePolicy(policy);
      return policy;
    };
  }

  /** By names of their own: CloudFormation cannot make a managed policy of an inline one. */
  private managedPolicies(): Give {
    const suffix = this.managed++ || '';
    return (role, name, statements) =>
      new iam.ManagedPolicy(this.scope, `${name}ManagedPolicy${suffix}`, { roles: [role], document: new LatePolicyDocument(statements) });
  }

  /** Of the longer one of the two policies: the starter's are always shorter. */
  private sizeOf(group: readonly Member[]): number {
    const statements = populationStatements(this.scope, group, this.members);
    return longestSize(Stack.of(this.scope).resolve(new iam.PolicyDocument({ statements })));
  }
}

type Give = (role: iam.Role, name: string, statements: () => iam.PolicyStatement[]) => Construct;
