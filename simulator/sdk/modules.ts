import { cleanRoomsExports, cleanRoomsProtocol } from './clean-rooms';
import { Client, ClientConfig, Protocol } from './client';
import { jsonCommand, jsonProtocol } from './json-protocol';
import type { World } from '../runtime/world';

/**
 * AWS's SDK as functions in this process see it: the same requests, answers, errors, retries and time-outs, without signing,
 * middleware and sockets. What it does not know is an error.
 */
export function sdkModules(world: World): Record<string, unknown> {
  const clientOf = <Command>(protocol: Protocol<Command>) => class extends Client<Command> {
    constructor(config: ClientConfig = {}) {
      super(world, protocol, config);
    }
  };
  return {
    '@aws-sdk/client-cleanrooms': strict('@aws-sdk/client-cleanrooms', { CleanRoomsClient: clientOf(cleanRoomsProtocol), ...cleanRoomsExports }),
    '@aws-sdk/client-dynamodb': strict('@aws-sdk/client-dynamodb', {
      DynamoDBClient: clientOf(jsonProtocol('dynamodb', 'DynamoDB_20120810')),
      GetItemCommand: jsonCommand('GetItem'),
      PutItemCommand: jsonCommand('PutItem'),
      UpdateItemCommand: jsonCommand('UpdateItem'),
    }),
    '@aws-sdk/client-sfn': strict('@aws-sdk/client-sfn', {
      SFNClient: clientOf(jsonProtocol('states', 'AWSStepFunctions')),
      StartExecutionCommand: jsonCommand('StartExecution'),
    }),
    '@smithy/core/endpoints': strict('@smithy/core/endpoints', { getEndpointPlugin: () => ({}) }),
  };
}

function strict(module: string, exports: Record<string, unknown>): object {
  return new Proxy(exports, {
    get: (target, name) => {
      if (typeof name === 'symbol' || name in target || name === '__esModule') return Reflect.get(target, name) as unknown;
      throw new Error(`The simulator's ${module} has no ${name}; see simulator/sdk/modules.ts.`);
    },
  });
}
