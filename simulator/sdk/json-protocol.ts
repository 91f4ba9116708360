import type { Protocol } from './client';

/** A command of the AWS JSON protocols, whose input and output are what stands on the wire. */
export interface JsonCommand {
  readonly operation: string;
  readonly input: object;
}

/** AWS JSON 1.0: one path, the operation in a header. https://smithy.io/2.0/aws/protocols/aws-json-1_0-protocol.html */
export function jsonProtocol(service: string, target: string): Protocol<JsonCommand> {
  return {
    request: ({ operation, input }, region) => ({
      service,
      host: `${service}.${region}.amazonaws.com`,
      method: 'POST',
      path: '/',
      headers: { 'x-amz-target': `${target}.${operation}`, 'content-type': 'application/x-amz-json-1.0' },
      body: JSON.stringify(input),
    }),
    output: (_, body) => body,
    errorCode: (_, { __type: type }) => (type as string | undefined)?.split('#').at(-1),
  };
}

/** The class of a command, under the SDK's name. */
export function jsonCommand(operation: string): new (input: object) => JsonCommand {
  return class {
    readonly operation = operation;
    constructor(readonly input: object) {}
  };
}
