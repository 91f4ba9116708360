/** Policy documents, as resolved from a template. */
export interface PolicyDocument {
  readonly Statement: Statement | Statement[];
}

export interface Statement {
  readonly Effect: 'Allow' | 'Deny';
  readonly Action?: string | string[];
  readonly NotAction?: string | string[];
  readonly Resource?: string | string[];
  readonly NotResource?: string | string[];
  readonly Principal?: '*' | Record<string, string | string[]>;
  readonly Condition?: Record<string, Record<string, string | string[]>>;
}

export interface AccessRequest {
  readonly action: string;
  readonly resource: string;
  /** Condition keys that the service fills in. */
  readonly context?: Record<string, string>;
}

export type Decision = 'allowed' | 'implicitly denied' | 'explicitly denied';

/** IAM's rule: an explicit deny wins, then any allow, else no. */
export function evaluate(documents: readonly PolicyDocument[], request: AccessRequest): Decision {
  const matching = documents.flatMap((document) => list(document.Statement)).filter((statement) => applies(statement, request));
  if (matching.some(({ Effect }) => Effect === 'Deny')) return 'explicitly denied';
  return matching.some(({ Effect }) => Effect === 'Allow') ? 'allowed' : 'implicitly denied';
}

function applies(statement: Statement, { action, resource, context = {} }: AccessRequest): boolean {
  const actionFits = statement.NotAction
    ? !anyLike(statement.NotAction, action, true)
    : anyLike(statement.Action ?? [], action, true);
  const resourceFits = statement.NotResource
    ? !anyLike(statement.NotResource, resource, false)
    : anyLike(statement.Resource ?? [], resource, false);
  return actionFits && resourceFits && conditionHolds(statement.Condition ?? {}, context);
}

/** A principal such as `lambda.amazonaws.com` that a trust policy lets assume the role. */
export function trusts(document: PolicyDocument | undefined, service: string): boolean {
  return list(document?.Statement ?? []).some(({ Effect, Principal }) => Effect === 'Allow' && typeof Principal === 'object'
    && list(Principal.Service ?? []).includes(service));
}

const OPERATORS: Record<string, (expected: string, actual: string) => boolean> = {
  StringEquals: (expected, actual) => expected === actual,
  StringLike: like,
  ArnEquals: like,
  ArnLike: like,
};

/** Operators and keys that this simulator does not know do not match: it would rather deny than allow what AWS denies. */
function conditionHolds(condition: NonNullable<Statement['Condition']>, context: Record<string, string>): boolean {
  return Object.entries(condition).every(([operator, keys]) => Object.entries(keys).every(([key, expected]) => {
    const actual = context[key] ?? context[key.toLowerCase()];
    const test = OPERATORS[operator];
    return actual !== undefined && test !== undefined && list(expected).some((value) => test(value, actual));
  }));
}

function anyLike(patterns: string | string[], value: string, ignoreCase: boolean): boolean {
  return list(patterns).some((pattern) => (ignoreCase ? like(pattern.toLowerCase(), value.toLowerCase()) : like(pattern, value)));
}

/** Patterns are few, requests many. */
const EXPRESSIONS = new Map<string, RegExp>();

function like(pattern: string, value: string): boolean {
  let expression = EXPRESSIONS.get(pattern);
  if (!expression) {
    const source = pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*').replaceAll('?', '.');
    expression = new RegExp(`^${source}$`, 's');
    EXPRESSIONS.set(pattern, expression);
  }
  return expression.test(value);
}

function list<T>(value: T | readonly T[]): readonly T[] {
  return Array.isArray(value) ? value as readonly T[] : [value as T];
}
