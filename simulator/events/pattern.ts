import { ApiError } from '../runtime/json-server';

/** EventBridge's event patterns. https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html */
export type Pattern = { readonly [field: string]: Pattern | readonly Matcher[] };

type Scalar = string | number | boolean | null;
type Matcher = Scalar | Readonly<Record<string, unknown>>;

export function matches(pattern: Pattern, event: unknown): boolean {
  return Object.entries(pattern).every(([field, expected]) => {
    if (field === '$or') return (expected as unknown as Pattern[]).some((alternative) => matches(alternative, event));
    const actual = fieldOf(event, field);
    if (!Array.isArray(expected)) return matches(expected as Pattern, actual);
    // Of a list in the event, one member has to match.
    const candidates = Array.isArray(actual) ? actual as unknown[] : [actual];
    return (expected as Matcher[]).some((matcher) => candidates.some((candidate) => matchesOne(matcher, candidate)));
  });
}

function fieldOf(event: unknown, field: string): unknown {
  return typeof event === 'object' && event !== null ? (event as Record<string, unknown>)[field] : undefined;
}

function matchesOne(matcher: Matcher, actual: unknown): boolean {
  if (typeof matcher !== 'object' || matcher === null) return matcher === actual;
  const [[name, operand]] = Object.entries(matcher);
  return OPERATORS[name](operand, actual);
}

/** Throws where a rule could never be evaluated, before it is. */
export function checkPattern(pattern: Pattern): void {
  for (const [field, expected] of Object.entries(pattern)) {
    if (field === '$or') (expected as unknown as Pattern[]).forEach(checkPattern);
    else if (Array.isArray(expected)) (expected as Matcher[]).forEach((matcher) => checkMatcher(field, matcher));
    else if (typeof expected === 'object') checkPattern(expected as Pattern);
    else throw new ApiError('InvalidEventPatternException', `Event pattern is not valid. Reason: "${field}" must be an object or an array`);
  }
}

function checkMatcher(field: string, matcher: Matcher): void {
  if (typeof matcher !== 'object' || matcher === null) return;
  const [name] = Object.keys(matcher);
  if (!(name in OPERATORS)) {
    throw new ApiError('InvalidEventPatternException', `Event pattern is not valid. Reason: the simulator does not know the operator "${name}" of field "${field}"; see simulator/events/pattern.ts.`);
  }
}

const OPERATORS: Record<string, (operand: unknown, actual: unknown) => boolean> = {
  'exists': (operand, actual) => (actual !== undefined) === operand,
  'prefix': (operand, actual) => typeof actual === 'string' && affix(operand, actual, (text, part) => text.startsWith(part)),
  'suffix': (operand, actual) => typeof actual === 'string' && affix(operand, actual, (text, part) => text.endsWith(part)),
  'equals-ignore-case': (operand, actual) => typeof actual === 'string' && actual.toLowerCase() === String(operand).toLowerCase(),
  'wildcard': (operand, actual) => typeof actual === 'string' && wildcard(String(operand)).test(actual),
  'anything-but': (operand, actual) => actual !== undefined && !asList(operand).some((excluded) => matchesOne(excluded as Matcher, actual)),
  'numeric': (operand, actual) => typeof actual === 'number' && inRange(operand as (string | number)[], actual),
};

function affix(operand: unknown, actual: string, test: (text: string, part: string) => boolean): boolean {
  return typeof operand === 'string'
    ? test(actual, operand)
    : test(actual.toLowerCase(), (operand as Record<string, string>)['equals-ignore-case'].toLowerCase());
}

function wildcard(text: string): RegExp {
  return new RegExp(`^${text.replace(/[.+^${}()|[\]\\?]/g, '\\$&').replaceAll('*', '.*')}$`, 's');
}

function inRange(operand: (string | number)[], actual: number): boolean {
  const comparisons: Record<string, (bound: number) => boolean> = {
    '=': (bound) => actual === bound,
    '<': (bound) => actual < bound,
    '<=': (bound) => actual <= bound,
    '>': (bound) => actual > bound,
    '>=': (bound) => actual >= bound,
  };
  const pairs = Array.from({ length: operand.length / 2 }, (_, index) => [operand[2 * index], operand[2 * index + 1]]);
  return pairs.every(([operator, bound]) => comparisons[operator](Number(bound)));
}

function asList(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [value];
}
