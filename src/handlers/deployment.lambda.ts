import { SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { deploy } from './deployment/deploy';
import { isResult, type CloudFormationEvent } from './deployment/events';
import type { Ports } from './deployment/ports';
import { answerResult, endOf, report, type ExecutionStatus } from './deployment/report';
import { putter } from './deployment/response';
import { EXECUTION_PREFIX_VARIABLE, RECORD_TABLE_VARIABLE } from '../contract/names';
import type { RunReport } from '../contract/workflow';
import { dynamoDBClient, dynamoDBStore } from './record/store';
import { tryCall } from './service-error';

/** What EventBridge tells of executions that were stopped, timed out or broke. */
interface ExecutionStatusChange {
  readonly source: 'aws.states';
  readonly detail: ExecutionStatus;
}

const { [EXECUTION_PREFIX_VARIABLE]: executionPrefix = 'cfn', [RECORD_TABLE_VARIABLE]: recordTable = '' } = process.env;

const pause = (millis: number): Promise<void> => new Promise((resolve) => { setTimeout(resolve, millis); });

const stepFunctions = new SFNClient({
  maxAttempts: 3, requestHandler: { connectionTimeout: 2_000, requestTimeout: 5_000, throwOnRequestTimeout: true },
});

const lasting: Omit<Ports, 'clock'> = {
  store: dynamoDBStore(dynamoDBClient(), recordTable),
  async startExecution(stateMachineArn, name, input) {
    const command = new StartExecutionCommand({ stateMachineArn, name, input: JSON.stringify(input) });
    const started = await tryCall(() => stepFunctions.send(command));
    // An execution of this name is the event's own.
    return started.ok || started.error.code === 'ExecutionAlreadyExists' ? { ok: true, value: undefined } : started;
  },
  put: putter(pause),
  names: { executionPrefix, recordTable, logGroup: process.env.AWS_LAMBDA_LOG_GROUP_NAME ?? process.env.AWS_LAMBDA_FUNCTION_NAME ?? '' },
  log: (message, details) => console.log(JSON.stringify({ message, ...details })),
};

/** Three speak to this function: CloudFormation, the state machine at the end of a deployment's run, and EventBridge when one broke. */
export const handler = async (event: CloudFormationEvent | RunReport | ExecutionStatusChange, context: LambdaContext): Promise<object> => {
  const ports: Ports = { ...lasting, clock: { now: () => Date.now(), pause, remainingMillis: () => context.getRemainingTimeInMillis() } };
  if ('RequestType' in event) {
    await (isResult(event) ? answerResult(event, ports) : deploy(event, ports));
  } else if ('source' in event) {
    const ended = endOf(event.detail);
    await (ended ? report(event.detail.executionArn, ended, ports) : undefined);
  } else {
    await report(event.execution, event.ended, ports);
  }
  return {};
};

interface LambdaContext {
  getRemainingTimeInMillis(): number;
}
