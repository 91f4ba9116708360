import type { Protocol } from './client';
import { operationNamed, type OperationName } from '../clean-rooms/model';

/** As the SDK's generated code holds it: `[kind, namespace, name, traits, memberNames, memberSchemas]`, and `[4]` is a list's member. */
type Schema = readonly [kind: number, namespace: string, name: string, traits: unknown, members: unknown, schemas?: readonly unknown[]];
type Operation = readonly [kind: number, namespace: string, name: OperationName, traits: unknown, input: () => Schema, output: () => Schema];

const LIST = 1;
const STRUCTURE = 3;
const UNION = 4;
const TIMESTAMP = 4;

interface Command {
  readonly input: Record<string, unknown>;
  readonly operation: OperationName;
  /** Undefined for a command whose output nobody reads. */
  readonly output?: () => Schema;
}

/** REST JSON, by the path and the members of AWS's own model. https://smithy.io/2.0/aws/protocols/aws-restjson1-protocol.html */
export const cleanRoomsProtocol: Protocol<Command> = {
  request: ({ operation, input }, region) => {
    const { method, requestUri, located } = operationNamed(operation);
    const given = Object.entries(input).filter(([, value]) => value !== undefined);
    const query = given.filter(([name]) => located(name) === 'querystring').map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`);
    const body = given.filter(([name]) => located(name) === undefined);
    const path = requestUri.replace(/\{(\w+)\}/g, (_, label: string) => encodeURIComponent(String(input[label] ?? '')));
    return {
      service: 'cleanrooms',
      host: `cleanrooms.${region}.amazonaws.com`,
      method,
      path: query.length > 0 ? `${path}?${query.join('&')}` : path,
      body: method === 'GET' ? '' : JSON.stringify(Object.fromEntries(body)),
    };
  },
  output: ({ output }, body) => (output ? readBy(output(), body) : {}),
  errorCode: ({ headers }, body) => headers['x-amzn-errortype'] ?? (body.__type as string | undefined),
};

/** Only what the schema knows, and moments as dates. */
function readBy(schema: unknown, value: unknown): unknown {
  const resolved = typeof schema === 'function' ? (schema as () => unknown)() : schema;
  if (value === undefined || value === null) return undefined;
  if (resolved === TIMESTAMP) return new Date(Number(value) * 1000);
  if (!Array.isArray(resolved)) return value;
  const [kind, , , , members, schemas] = resolved as unknown as Schema;
  if (kind === LIST) return (value as unknown[]).map((item) => readBy((members as () => unknown)(), item));
  if (kind !== STRUCTURE && kind !== UNION) return value;
  const names = members as readonly string[];
  return Object.fromEntries(names.map((name, index) => [name, readBy(schemas![index], (value as Record<string, unknown>)[name])]));
}

/** Builds command classes, as the handlers do for what the SDK lacks. */
class ClassBuilder {
  private operation?: Operation;

  ep(): this { return this; }
  m(): this { return this; }
  s(): this { return this; }
  n(): this { return this; }

  sc(operation: Operation): this {
    this.operation = operation;
    return this;
  }

  build(): new (input: Record<string, unknown>) => Command {
    const [, , name, , , output] = this.operation!;
    return commandClass(name, output);
  }
}

function commandClass(operation: OperationName, output?: () => Schema): new (input: Record<string, unknown>) => Command {
  return class {
    readonly operation = operation;
    readonly output = output;
    constructor(readonly input: Record<string, unknown>) {}
  };
}

/** Exports of `@aws-sdk/client-cleanrooms` besides the client. */
export const cleanRoomsExports = {
  $Command: { classBuilder: () => new ClassBuilder() },
  // A type that inputs refer to, which need none here.
  WorkerComputeConfiguration$: 0,
  UpdateProtectedQueryCommand: commandClass('UpdateProtectedQuery'),
  UpdateProtectedJobCommand: commandClass('UpdateProtectedJob'),
};
