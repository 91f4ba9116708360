import { Template, TemplateResource } from './assembly';
import type { EffectiveTemplate } from './evaluation';
import { references } from './references';

export type Dependencies = ReadonlyMap<string, readonly string[]>;

/** Says which resource waits for which: explicit `DependsOn`, and whatever its properties refer to. */
export function dependenciesOf(resources: Template['Resources']): Dependencies {
  const dependencies = new Map(Object.entries(resources).map(([id, resource]) => [id, of(resource).filter((other) => other in resources)]));
  rejectCycles(dependencies);
  return dependencies;
}

/**
 * Throws where a resource or an output refers to a resource that is not there, be it that its condition does not hold. `DependsOn`
 * of a resource that a condition leaves out is ignored. https://github.com/aws/serverless-application-model/issues/832
 */
export function rejectUnresolved({ Resources, Parameters = {} }: Template, effective: EffectiveTemplate): void {
  const isKnown = (name: string): boolean => name.startsWith('AWS::') || name in Parameters || name in effective.Resources;
  const unknownIn = (value: unknown): string[] => [...references(value)].filter((name) => !isKnown(name));
  const inResources = Object.values(effective.Resources).flatMap((resource) =>
    [...unknownIn(resource.Properties), ...explicit(resource).filter((name) => !(name in Resources))]);
  const inOutputs = Object.values(effective.Outputs).flatMap(unknownIn);
  for (const [block, names] of [['Resources', inResources], ['Outputs', inOutputs]] as const) {
    const unresolved = [...new Set(names)].join(', ');
    if (unresolved !== '') {
      throw new Error(`Template format error: Unresolved resource dependencies [${unresolved}] in the ${block} block of the template`);
    }
  }
}

function of(resource: TemplateResource): string[] {
  return [...new Set([...references(resource.Properties), ...explicit(resource)])];
}

function explicit({ DependsOn = [] }: TemplateResource): string[] {
  return typeof DependsOn === 'string' ? [DependsOn] : DependsOn;
}

export function reversed(dependencies: Dependencies): Dependencies {
  const dependents = new Map<string, string[]>([...dependencies.keys()].map((id) => [id, []]));
  for (const [id, others] of dependencies) others.forEach((other) => dependents.get(other)?.push(id));
  return dependents;
}

/** Visits everything as early as it may be: after all that it depends on, and beside all else. */
export async function visitInOrder(dependencies: Dependencies, visit: (id: string) => Promise<void>): Promise<void> {
  const visits = new Map<string, Promise<void>>();
  const start = (id: string): Promise<void> => {
    const under = visits.get(id);
    if (under) return under;
    const visited = Promise.all((dependencies.get(id) ?? []).filter((other) => dependencies.has(other)).map(start)).then(() => visit(id));
    visits.set(id, visited);
    return visited;
  };
  await Promise.all([...dependencies.keys()].map(start));
}

function rejectCycles(dependencies: Dependencies): void {
  const done = new Set<string>();
  const visit = (id: string, path: string[]): void => {
    if (path.includes(id)) throw new Error(`Circular dependency between resources: [${path.slice(path.indexOf(id)).join(', ')}]`);
    if (done.has(id)) return;
    dependencies.get(id)!.forEach((other) => visit(other, [...path, id]));
    done.add(id);
  };
  for (const id of dependencies.keys()) visit(id, []);
}
