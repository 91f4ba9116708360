import { CfnResource, Stack } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';
import type { Member } from './permissions';

/**
 * Orders populations by what their tables depend on: level 0 depends on no population, level 1 on some of level 0, and so on.
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
    const upstream = new Set<Member>();
    this.collect(member.table, upstream, new Set());
    upstream.delete(member);
    const level = Math.max(0, ...[...upstream].map((other) => this.level(other) + 1));
    this.levels.set(member, level);
    return level;
  }

  /** All populations that `construct` needs, directly or through other resources. */
  private collect(construct: IConstruct, found: Set<Member>, seen: Set<IConstruct>): void {
    for (const needed of this.neededBy(construct)) {
      const member = needed.node.scopes.map((scope) => this.memberOf.get(scope)).find(Boolean);
      if (member) {
        found.add(member);
      } else if (!seen.has(needed)) {
        seen.add(needed);
        this.collect(needed, found, seen);
      }
    }
  }

  /** The resources that a construct's own dependencies, those of the scopes around it, and its properties lead to. */
  private neededBy(construct: IConstruct): CfnResource[] {
    const explicit = construct.node.scopes.flatMap(({ node }) => node.dependencies).flatMap(({ node }) => node.findAll());
    const own = construct.node.findAll().filter(CfnResource.isCfnResource)
      .flatMap((resource) => [...resource.obtainDependencies(), ...this.referencedBy(resource)]);
    return [...explicit, ...own].filter(CfnResource.isCfnResource);
  }

  private referencedBy(resource: CfnResource): CfnResource[] {
    const elements = this.elementsOf(resource.stack);
    return [...logicalIdsIn(resource.stack.resolve(resource._toCloudFormation()))].flatMap((id) => elements.get(id) ?? []);
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
      logicalIdsIn(value, found);
    }
  }
  return found;
}
