import { CfnResource, Stack } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';
import type { Member } from './member';
import { identityOf } from './table';

/**
 * Orders populations by what their policies depend on: level 0 depends on no population, level 1 on some of level 0, and so on.
 * Dependencies are those of the template: explicit ones, and references from property to resource.
 */
export function levelsOf(members: readonly Member[]): Member[][] {
  const graph = new Dependencies(members);
  const levels: Member[][] = [];
  for (const member of members) {
    (levels[graph.level(member)] ??= []).push(member);
  }
  return levels.filter(Boolean);
}

class Dependencies {
  private readonly levels = new Map<Member, number>();
  private readonly memberOf = new Map<IConstruct, Member>();
  private readonly elements = new Map<Stack, Map<string, CfnResource>>();
  private readonly needs = new Map<IConstruct, CfnResource[]>();

  constructor(members: readonly Member[]) {
    members.forEach((member) => this.memberOf.set(member.customResource, member));
  }

  public level(member: Member): number {
    const known = this.levels.get(member);
    if (known !== undefined) {
      return known;
    }
    // A cycle is CloudFormation's to report, with the names of all resources in it: here it must only end.
    this.levels.set(member, 0);
    const { machine, table } = member;
    const upstream = new Set<Member>();
    // What a policy names.
    this.collect([machine, ...this.referencedBy(machine.stack, [identityOf(table), member.kmsKeyArn()])], machine.stack, upstream, new Set());
    upstream.delete(member);
    const level = Math.max(0, ...[...upstream].map((other) => this.level(other) + 1));
    this.levels.set(member, level);
    return level;
  }

  /** The populations among these resources of a stack, and among all that they need, directly or through others. */
  private collect(resources: CfnResource[], stack: Stack, found: Set<Member>, seen: Set<IConstruct>): void {
    for (const resource of resources) {
      const member = resource.node.scopes.map((scope) => this.memberOf.get(scope)).find(Boolean);
      // CloudFormation makes a nested stack as a whole.
      const unit = resource.stack !== stack && resource.stack.node.scopes.includes(stack) ? resource.stack : resource;
      if (member) {
        found.add(member);
      } else if (!seen.has(unit)) {
        seen.add(unit);
        this.collect(this.neededBy(unit), stack, found, seen);
      }
    }
  }

  /** The resources that a construct's own dependencies, those of the scopes around it, and its properties lead to. */
  private neededBy(construct: IConstruct): CfnResource[] {
    let needed = this.needs.get(construct);
    if (!needed) {
      const explicit = construct.node.scopes.flatMap(({ node }) => node.dependencies).flatMap(({ node }) => node.findAll());
      const own = construct.node.findAll().filter(CfnResource.isCfnResource)
        .flatMap((resource) => [...resource.obtainDependencies(), ...this.referencedBy(resource.stack, resource._toCloudFormation())]);
      needed = [...explicit, ...own].filter(CfnResource.isCfnResource);
      this.needs.set(construct, needed);
    }
    return needed;
  }

  /** Where a stack has no resource of a name, a stack that nests with it has: a reference that is not yet a parameter or an output. */
  private referencedBy(stack: Stack, fragment: unknown): CfnResource[] {
    let root = stack;
    while (root.nestedStackParent) {
      root = root.nestedStackParent;
    }
    const tree = [stack, ...root.node.findAll().filter(Stack.isStack)];
    return [...logicalIdsIn(stack.resolve(fragment))]
      .flatMap((id) => tree.map((each) => this.elementsOf(each).get(id)).find(Boolean) ?? []);
  }

  private elementsOf(stack: Stack): Map<string, CfnResource> {
    const known = this.elements.get(stack) ?? new Map(stack.node.findAll()
      .filter((child): child is CfnResource => CfnResource.isCfnResource(child) && child.stack === stack)
      .map((resource) => [stack.resolve(resource.logicalId) as string, resource]));
    this.elements.set(stack, known);
    return known;
  }
}

/** The logical ids in the intrinsics of a resolved template fragment. */
function logicalIdsIn(fragment: unknown, found = new Set<string>()): Set<string> {
  if (typeof fragment !== 'object' || fragment === null) {
    return found;
  }
  for (const [key, value] of Object.entries(fragment)) {
    if (key === 'Ref') {
      found.add(value as string);
    } else if (key === 'Fn::GetAtt') {
      found.add(Array.isArray(value) ? value[0] as string : String(value).split('.')[0]);
    } else {
      if (key === 'Fn::Sub') {
        for (const [, id] of String(Array.isArray(value) ? value[0] : value).matchAll(/\$\{([\w:]+)/g)) {
          found.add(id);
        }
      }
      logicalIdsIn(value, found);
    }
  }
  return found;
}
