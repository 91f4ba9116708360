import { SFNClient } from '@aws-sdk/client-sfn';
import { deploy } from './deployment/deploy';
import { endOf } from './deployment/ending';
import { isResult, type CloudFormationEvent } from './deployment/event';
import type { Outside } from './deployment/outside';
import { report } from './deployment/report';
import { putter } from './deployment/response';
import { answerResult } from './deployment/result';
import { executions } from './deployment/step-functions';
import type { Execution } from './executions';
import { EXECUTION_PREFIX_VARIABLE, RECORD_TABLE_VARIABLE } from '../contract/names';
import type { RunReport } from '../contract/workflow';
import { documents, dynamoDBClient } from './record/documents';

/** "Step Functions Execution Status Change": https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html */
interface ExecutionStatusChange {
  readonly source: 'aws.states';
  readonly detail: Execution & { readonly executionArn: string };
}

const pause = (millis: number): Promise<void> => new Promise((resolve) => { setTimeout(resolve, millis); });

const { [EXECUTION_PREFIX_VARIABLE]: executionPrefix = 'cfn', [RECORD_TABLE_VARIABLE]: recordTable = '' } = process.env;

const outside: Outside = {
  documents: documents(dynamoDBClient(), recordTable, pause),
  executions: executions(new SFNClient({
    maxAttempts: 3, requestHandler: { connectionTimeout: 2_000, requestTimeout: 5_000, throwOnRequestTimeout: true },
  })),
  put: putter(pause),
  time: { now: () => Date.now(), pause },
  names: { executionPrefix, recordTable, logGroup: process.env.AWS_LAMBDA_LOG_GROUP_NAME ?? process.env.AWS_LAMBDA_FUNCTION_NAME ?? '' },
  log: (message, details) => console.log(JSON.stringify({ message, ...details })),
};

/** Three speak to this function: CloudFormation, the state machine at the end of a deployment's run, and EventBridge when one broke. */
export const handler = async (event: CloudFormationEvent | RunReport | ExecutionStatusChange): Promise<object> => {
  if ('RequestType' in event) {
    await (isResult(event) ? answerResult(event, outside) : deploy(event, outside));
  } else if ('source' in event) {
    const { executionArn } = event.detail;
    const ended = endOf(executionArn, event.detail);
    await (ended ? report(executionArn, ended, outside) : undefined);
  } else {
    await report(event.execution, event.ended, outside);
  }
  return {};
};
