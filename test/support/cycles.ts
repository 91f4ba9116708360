import { CfnTemplate } from './template';

/** The logical ids along a dependency cycle, or undefined where CloudFormation can order the resources. */
export function cycleIn(template: CfnTemplate): string[] | undefined {
  const done = new Set<string>();
  const visit = (id: string, path: string[]): string[] | undefined => {
    if (path.includes(id)) {
      return [...path.slice(path.indexOf(id)), id];
    }
    if (done.has(id)) {
      return undefined;
    }
    for (const needed of neededBy(template, id)) {
      const cycle = visit(needed, [...path, id]);
      if (cycle) {
        return cycle;
      }
    }
    done.add(id);
    return undefined;
  };
  for (const id of Object.keys(template.Resources)) {
    const cycle = visit(id, []);
    if (cycle) {
      return cycle;
    }
  }
  return undefined;
}

/** The resources that CloudFormation makes before this one: by `DependsOn`, `Ref`, `Fn::GetAtt` and `Fn::Sub`. */
export function neededBy(template: CfnTemplate, id: string): string[] {
  const { DependsOn = [], ...rest } = template.Resources[id];
  return [...new Set([DependsOn, referencesIn(rest)].flat())].filter((needed) => needed in template.Resources);
}

function referencesIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) {
    return [];
  }
  return Object.entries(value).flatMap(([key, inner]) => {
    switch (key) {
      case 'Ref': return [inner as string];
      case 'Fn::GetAtt': return [Array.isArray(inner) ? inner[0] as string : (inner as string).split('.')[0]];
      case 'Fn::Sub': {
        const [text, variables] = Array.isArray(inner) ? inner as [string, object] : [inner as string, {}];
        return [...[...text.matchAll(/\$\{([^!}.]+)[^}]*\}/g)].map(([, name]) => name), ...referencesIn(variables)];
      }
      default: return referencesIn(inner);
    }
  });
}
