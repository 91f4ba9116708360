import { invalidFields, ServiceError, unreadable } from './errors';
import { MemberReference, Operation, OPERATIONS, shapeNamed } from './model';
import { problemsIn } from './validation';
import type { Answer } from '../runtime/answer';

export type Input = Record<string, unknown>;

export interface Route {
  readonly operation: Operation;
  readonly labels: Record<string, string>;
}

const ROUTES = OPERATIONS.map((operation) => ({ operation, path: pathPattern(operation.http.requestUri) }));

/** An empty label is routed, as AWS routes it, and then fails on its length: the SDK does send such requests. */
function pathPattern(requestUri: string): RegExp {
  return new RegExp(`^${requestUri.replace(/\{(\w+)\}/g, '(?<$1>[^/]*)')}$`);
}

export function route(method: string, path: string): Route | undefined {
  for (const candidate of ROUTES) {
    const match = candidate.operation.http.method === method && candidate.path.exec(path);
    if (match) return { operation: candidate.operation, labels: decodeLabels(match.groups ?? {}) };
  }
  return undefined;
}

function decodeLabels(groups: Record<string, string>): Record<string, string> {
  try {
    return Object.fromEntries(Object.entries(groups).map(([name, value]) => [name, decodeURIComponent(value)]));
  } catch {
    throw unreadable('The request path is not valid percent-encoding.');
  }
}

/** The operation's input, put together from path, query string and body, checked against the model. */
export function readInput({ operation, labels }: Route, query: URLSearchParams, body: string): Input {
  const given = parseBody(body);
  const members = Object.entries(shapeNamed(operation.input.shape).members ?? {});
  const input = members.map(([name, member]) => [name, member.location ? readLocated(member, labels, query) : given[name] ?? undefined]);
  return checked(Object.fromEntries(input) as Input, operation.input.shape);
}

function readLocated(member: MemberReference, labels: Record<string, string>, query: URLSearchParams): unknown {
  const text = member.location === 'uri' ? labels[member.locationName!] : query.get(member.locationName!) ?? undefined;
  return text !== undefined && shapeNamed(member.shape).type === 'integer' && /^-?\d+$/.test(text) ? Number(text) : text;
}

/** Throws what the API throws where `input` does not fit the model's shape. */
export function checked(input: Input, shapeName: string): Input {
  const problems = problemsIn(input, shapeName);
  const mistyped = problems.find(({ wrongType }) => wrongType);
  if (mistyped) throw unreadable(`${mistyped.name}: ${mistyped.message}`);
  if (problems.length > 0) throw invalidFields(problems);
  return input;
}

function parseBody(text: string): Input {
  if (text === '') return {};
  try {
    const body: unknown = JSON.parse(text);
    if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body as Input;
  } catch {
    // Falls through: broken JSON and JSON of another kind get the same answer.
  }
  throw unreadable('The request body is not a JSON object.');
}

export function writeOutput(operation: Operation, output: unknown): Answer {
  const { responseCode } = operation.http;
  return answer(responseCode, responseCode === 204 ? '' : JSON.stringify(toWire(output, operation.output.shape)));
}

export function writeError(error: ServiceError): Answer {
  return answer(error.status, JSON.stringify({ ...error.members, message: error.message }), { 'x-amzn-errortype': error.code });
}

function answer(status: number, body: string, headers: Record<string, string> = {}): Answer {
  return { status, body, headers: body === '' ? headers : { ...headers, 'content-type': 'application/json' } };
}

/** Inside the simulator a moment is milliseconds, on the wire it is seconds with a fraction. */
function toWire(value: unknown, shapeName: string): unknown {
  const shape = shapeNamed(shapeName);
  if (value === undefined) return undefined;
  if (shape.type === 'timestamp') return (value as number) / 1000;
  if (shape.type === 'list') return (value as unknown[]).map((item) => toWire(item, shape.member!.shape));
  if (shape.type !== 'structure') return value;
  const members = Object.entries(shape.members ?? {});
  return Object.fromEntries(members.map(([name, member]) => [name, toWire((value as Input)[name], member.shape)]));
}
