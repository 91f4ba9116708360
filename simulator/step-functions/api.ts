import { Server } from 'node:http';
import { Execution, StepFunctionsService } from './service';
import { IamService } from '../iam/service';
import { ApiError, jsonServer, Weather } from '../runtime/json-server';

type Input = Record<string, string | undefined> & { maxResults?: never };

/** The Step Functions API, for what code in Lambda calls. */
export function stepFunctionsServer(service: StepFunctionsService, iam: IamService, weather: Weather): Server {
  const operations: Record<string, (input: Input, accessKeyId: string) => { resource: string; perform: () => object }> = {
    StartExecution: ({ stateMachineArn = '', input, name }, accessKeyId) => ({
      resource: stateMachineArn,
      perform: () => {
        const { arn, startDate } = service.start(stateMachineArn, input, name, accessKeyId);
        return { executionArn: arn, startDate: seconds(startDate) };
      },
    }),
    DescribeExecution: ({ executionArn = '' }) => ({ resource: executionArn, perform: () => described(service.describe(executionArn)) }),
    ListExecutions: (input) => ({
      resource: input.stateMachineArn ?? '',
      perform: () => {
        const { executions, nextToken } = service.list({ stateMachineArn: '', ...input });
        return { executions: executions.map(listed), nextToken };
      },
    }),
    StopExecution: ({ executionArn = '', error, cause }) => ({
      resource: executionArn,
      perform: () => {
        service.stop(executionArn, error, cause);
        return { stopDate: seconds(service.describe(executionArn).stopDate!) };
      },
    }),
    DescribeStateMachine: ({ stateMachineArn = '' }) => ({
      resource: stateMachineArn,
      perform: () => {
        const { arn, name, definition, roleArn } = service.machine(stateMachineArn);
        return { stateMachineArn: arn, name, definition, roleArn, status: 'ACTIVE', type: 'STANDARD' };
      },
    }),
  };
  return jsonServer(({ operation, input, accessKeyId }) => {
    const known = operations[operation];
    if (!known) throw new ApiError('UnknownOperationException', `The simulator has no states:${operation}; see simulator/step-functions/api.ts.`);
    const { resource, perform } = known(input as Input, accessKeyId);
    iam.authorizeKey(accessKeyId, `states:${operation}`, [resource]);
    return perform();
  }, weather);
}

function listed({ arn, stateMachineArn, name, status, startDate, stopDate }: Execution): object {
  return { executionArn: arn, stateMachineArn, name, status, startDate: seconds(startDate), ...(stopDate ? { stopDate: seconds(stopDate) } : {}) };
}

function described(execution: Execution): object {
  const { input, output, error, cause } = execution;
  const included = { included: true };
  return { ...listed(execution), input, inputDetails: included, output, outputDetails: output === undefined ? undefined : included, error, cause };
}

/** Timestamps of the JSON protocols: seconds since the epoch. */
function seconds(millis: number): number {
  return millis / 1000;
}
