import { StartExecutionCommand, type SFNClient } from '@aws-sdk/client-sfn';
import type { Executions } from './outside';
import { describeExecution } from '../executions';
import { answered } from '../service-error';

export function executions(client: SFNClient): Executions {
  return {
    async start(stateMachineArn, name, input) {
      const answer = await answered(() => client.send(new StartExecutionCommand({ stateMachineArn, name, input: JSON.stringify(input) })));
      // An execution of this name is the event's own.
      return answer.ok || answer.error.code === 'ExecutionAlreadyExists' ? { ok: true, value: undefined } : answer;
    },
    describe: (executionArn) => describeExecution(client, executionArn),
  };
}
