import { Shape, shapeNamed } from './model';

export interface Problem {
  readonly name: string;
  readonly message: string;
  /** The JSON itself has the wrong type: a server rejects that before it looks at any constraint. */
  readonly wrongType?: true;
}

/** Everything in which `value` breaks the constraints of the model's shape. */
export function problemsIn(value: unknown, shapeName: string, path = ''): Problem[] {
  const shape = shapeNamed(shapeName);
  return CHECKS[shape.type](value, shape, path);
}

const CHECKS: Record<Shape['type'], (value: unknown, shape: Shape, path: string) => Problem[]> = {
  structure: checkStructure,
  map: checkMap,
  list: checkList,
  string: checkString,
  integer: (value, shape, path) => (Number.isInteger(value) ? checkRange(value as number, shape, path) : wrongType('an integer', path)),
  long: (value, shape, path) => (Number.isInteger(value) ? checkRange(value as number, shape, path) : wrongType('an integer', path)),
  float: checkNumber,
  double: checkNumber,
  timestamp: checkNumber,
  boolean: (value, _shape, path) => (typeof value === 'boolean' ? [] : wrongType('a boolean', path)),
};

function checkStructure(value: unknown, shape: Shape, path: string): Problem[] {
  if (!isObject(value)) return wrongType('an object', path);
  const members = shape.members ?? {};
  // restJson1: a null member is an absent one, and members that the model does not know are passed over.
  const given = Object.keys(members).filter((name) => value[name] !== undefined && value[name] !== null);
  const missing = (shape.required ?? []).filter((name) => !given.includes(name));
  return [
    ...missing.map((name) => ({ name: join(path, name), message: 'Member must not be null' })),
    ...(shape.union && given.length !== 1 ? [{ name: path, message: `Union must have exactly one member set, but has ${given.length}` }] : []),
    ...given.flatMap((name) => problemsIn(value[name], members[name].shape, join(path, name))),
  ];
}

function checkMap(value: unknown, shape: Shape, path: string): Problem[] {
  if (!isObject(value)) return wrongType('an object', path);
  return [
    ...checkSize(Object.keys(value).length, shape, path),
    ...Object.entries(value).flatMap(([key, item]) => [
      ...problemsIn(key, shape.key!.shape, join(path, key)),
      ...problemsIn(item, shape.value!.shape, join(path, key)),
    ]),
  ];
}

function checkList(value: unknown, shape: Shape, path: string): Problem[] {
  if (!Array.isArray(value)) return wrongType('a list', path);
  return [
    ...checkSize(value.length, shape, path),
    ...value.flatMap((item, index) => problemsIn(item, shape.member!.shape, join(path, String(index)))),
  ];
}

function checkString(value: unknown, shape: Shape, path: string): Problem[] {
  if (typeof value !== 'string') return wrongType('a string', path);
  const problems = checkSize([...value].length, shape, path);
  if (shape.enum && !shape.enum.includes(value)) {
    problems.push({ name: path, message: `Member must satisfy enum value set: [${shape.enum.join(', ')}]` });
  }
  if (shape.pattern && !new RegExp(`^(?:${shape.pattern})$`).test(value)) {
    problems.push({ name: path, message: `Member must satisfy regular expression pattern: ${shape.pattern}` });
  }
  return problems;
}

function checkNumber(value: unknown, shape: Shape, path: string): Problem[] {
  return typeof value === 'number' && Number.isFinite(value) ? checkRange(value, shape, path) : wrongType('a number', path);
}

function checkRange(value: number, { min = -Infinity, max = Infinity }: Shape, path: string): Problem[] {
  return value < min || value > max ? [{ name: path, message: `Member must be between ${min} and ${max}, inclusive` }] : [];
}

function checkSize(size: number, { min = 0, max = Infinity }: Shape, path: string): Problem[] {
  return size < min || size > max ? [{ name: path, message: `Member must have length between ${min} and ${max}, inclusive` }] : [];
}

function wrongType(expected: string, path: string): Problem[] {
  return [{ name: path, message: `Member must be ${expected}`, wrongType: true }];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function join(path: string, name: string): string {
  return path ? `${path}.${name}` : name;
}
