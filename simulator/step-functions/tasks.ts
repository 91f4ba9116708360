import { ParameterStore, PutParameterArguments } from '../ssm';
import { StateError } from './history';
import { StepFunctionsOptions, StepFunctionsService } from './service';
import { EventsService, PutEventsEntry } from '../events/service';
import { AccessDenied, IamService } from '../iam/service';
import { FunctionFailure } from '../lambda/environment';
import { LambdaService } from '../lambda/service';
import { LambdaServiceError } from '../lambda/service-error';

export interface TaskServices {
  readonly iam: IamService;
  readonly lambda: LambdaService;
  readonly stepFunctions: StepFunctionsService;
  readonly events: EventsService;
  readonly ssm: ParameterStore;
  readonly functionArn: (nameOrArn: string) => string;
}

interface PutEventsArguments {
  readonly Entries: PutEventsEntry[];
}

interface InvokeArguments {
  readonly FunctionName: string;
  readonly Payload?: unknown;
  readonly InvocationType?: 'RequestResponse' | 'Event';
}

/** What a state machine's tasks call, under the state machine's role. */
export function taskRunner(services: TaskServices): StepFunctionsOptions['runTask'] {
  return async (machine, execution, resource, input) => {
    const integration = /^arn:[^:]+:states:::(.+)$/.exec(resource)?.[1];
    const authorize = (action: string, arn: string): void => services.iam.authorize(machine.roleArn, execution.name, action, [arn]);
    switch (integration) {
      case undefined: return invoke(services, authorize, resource, input);
      case 'lambda:invoke': return optimizedInvoke(services, authorize, JSON.parse(input) as InvokeArguments);
      case 'states:startExecution':
      case 'states:startExecution.sync':
      case 'states:startExecution.sync:2': return startExecution(services, authorize, integration, JSON.parse(input) as StartArguments);
      case 'events:putEvents': return called('EventBridge', () => services.events.putEvents((JSON.parse(input) as PutEventsArguments).Entries, authorize));
      case 'aws-sdk:ssm:putParameter': return called('Ssm', () => services.ssm.put(JSON.parse(input) as PutParameterArguments, authorize));
      default: throw new StateError('States.Runtime', `The simulator has no task "${resource}"; see simulator/step-functions/tasks.ts.`);
    }
  };
}

type Authorize = (action: string, arn: string) => void;

async function invoke({ lambda }: TaskServices, authorize: Authorize, arn: string, payload: string): Promise<string> {
  try {
    authorize('lambda:InvokeFunction', arn);
    return await lambda.invoke(arn, payload);
  } catch (error) {
    if (error instanceof FunctionFailure) throw new StateError(error.error.errorType, JSON.stringify(error.error));
    if (error instanceof LambdaServiceError) throw new StateError(`Lambda.${error.code}`, `${error.message} (Service: Lambda, Status Code: ${error.status})`);
    if (error instanceof AccessDenied) throw new StateError('Lambda.AWSLambdaException', `${error.message} (Service: AWSLambda; Status Code: 403; Error Code: AccessDeniedException)`);
    throw error;
  }
}

async function optimizedInvoke(services: TaskServices, authorize: Authorize, args: InvokeArguments): Promise<string> {
  const { FunctionName, Payload = {}, InvocationType } = args;
  const arn = services.functionArn(FunctionName);
  if (InvocationType === 'Event') {
    authorize('lambda:InvokeFunction', arn);
    services.lambda.invokeAsync(arn, JSON.stringify(Payload));
    return JSON.stringify({ StatusCode: 202, Payload: '' });
  }
  const result = JSON.parse(await invoke(services, authorize, arn, JSON.stringify(Payload))) as unknown;
  return JSON.stringify({ ExecutedVersion: '$LATEST', Payload: result, StatusCode: 200 });
}

interface StartArguments {
  readonly StateMachineArn: string;
  readonly Input?: unknown;
  readonly Name?: string;
}

async function startExecution(services: TaskServices, authorize: Authorize, integration: string, args: StartArguments): Promise<string> {
  const { StateMachineArn, Input = {}, Name } = args;
  const stepFunctions = services.stepFunctions;
  const input = typeof Input === 'string' ? Input : JSON.stringify(Input);
  const started = await called('StepFunctions', () => {
    authorize('states:StartExecution', StateMachineArn);
    const { arn: ExecutionArn, startDate } = stepFunctions.start(StateMachineArn, input, Name);
    return { ExecutionArn, StartDate: new Date(startDate).toISOString() };
  });
  if (integration === 'states:startExecution') return started;
  const { ExecutionArn: arn } = JSON.parse(started) as { ExecutionArn: string };
  const nested = await stepFunctions.ended(arn);
  const description = {
    ExecutionArn: arn,
    Name: nested.name,
    StateMachineArn,
    Status: nested.status,
    Input: asNested(nested.input, integration),
    Output: nested.output && asNested(nested.output, integration),
    Error: nested.error,
    Cause: nested.cause,
  };
  if (nested.status !== 'SUCCEEDED') throw new StateError('States.TaskFailed', JSON.stringify(description));
  return JSON.stringify(description);
}

/** `.sync:2` hands JSON over as JSON, `.sync` as text. */
function asNested(json: string, integration: string): unknown {
  return integration.endsWith(':2') ? JSON.parse(json) : json;
}

/** A service's answer as JSON; its errors get the service's name. */
async function called(service: string, call: () => object | Promise<object>): Promise<string> {
  try {
    return JSON.stringify(await call());
  } catch (error) {
    throw new StateError(`${service}.${(error as Error).name}`, (error as Error).message);
  }
}
