type Holds = (condition: string) => boolean;

/** Replaces each `Fn::If` by the branch that is taken. What the other one refers to does not count. */
export function branchesTaken(value: unknown, holds: Holds): unknown {
  if (Array.isArray(value)) return value.map((item) => branchesTaken(item, holds));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value as Record<string, unknown>);
  if (entries.length === 1 && entries[0][0] === 'Fn::If') {
    const [condition, yes, no] = entries[0][1] as [string, unknown, unknown];
    return branchesTaken(holds(condition) ? yes : no, holds);
  }
  return Object.fromEntries(entries.map(([key, inner]) => [key, branchesTaken(inner, holds)]));
}

/** Lists the names that a value refers to: resources, parameters and pseudo parameters. */
export function references(value: unknown): Set<string> {
  const found = new Set<string>();
  visitFunctions(value, (name, operand) => {
    if (name === 'Ref') found.add(operand as string);
    if (name === 'Fn::GetAtt') found.add((typeof operand === 'string' ? operand.split('.') : operand as string[])[0]);
    if (name === 'Fn::Sub') namesIn(operand).forEach((inner) => found.add(inner));
  });
  return found;
}

/** Lists what a value imports: operands of `Fn::ImportValue`, as they are written. */
export function importsIn(value: unknown): unknown[] {
  const found: unknown[] = [];
  visitFunctions(value, (name, operand) => {
    if (name === 'Fn::ImportValue') found.push(operand);
  });
  return found;
}

function visitFunctions(value: unknown, visit: (name: string, operand: unknown) => void): void {
  if (Array.isArray(value)) value.forEach((item) => visitFunctions(item, visit));
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return;
  for (const [key, operand] of Object.entries(value as Record<string, unknown>)) {
    visit(key, operand);
    visitFunctions(operand, visit);
  }
}

/** Lists what the text of an `Fn::Sub` names, but for the variables that it brings along. */
function namesIn(operand: unknown): string[] {
  const [text, variables] = Array.isArray(operand) ? operand as [string, object] : [operand as string, {}];
  return [...text.matchAll(/\$\{([^!}][^}]*)\}/g)].map(([, name]) => name.split('.')[0]).filter((name) => !(name in variables));
}
