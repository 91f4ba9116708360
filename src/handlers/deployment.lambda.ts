import { SFNClient } from '@aws-sdk/client-sfn';
import { describeRun, type PastExecution } from './deployment/history';
import { attributes, endedRun, report, type LastState } from './deployment/report';
import { isResult, resultOf, type CloudFormationEvent } from './deployment/request';
import { put, responseBody, signalled, type ResponseTarget, type Result } from './deployment/response';
import { settling } from './deployment/settling';
import { sleep } from './deployment/sleep';
import { executionArnOf, isStarted, recall, start, startFor, targetOf, type Past, type Start } from './deployment/start';
import { unreported, type ExecutionStatusChange } from './deployment/watchdog';
import type { PopulationOutput } from './population/run-state';
import { sentence } from './text';

const stepFunctions = new SFNClient({
  maxAttempts: 3, requestHandler: { connectionTimeout: 2_000, requestTimeout: 5_000, throwOnRequestTimeout: true },
});
const PREFIX = process.env.EXECUTION_PREFIX ?? 'cfn';

/** Three speak to this function: CloudFormation, the state machine at the end of a deployment's run, and EventBridge when one broke. */
export const handler = async (event: CloudFormationEvent | LastState | ExecutionStatusChange): Promise<object> => {
  if ('RequestType' in event) {
    await (isResult(event) ? answerResult(event) : deploy(event));
    return {};
  }
  if ('source' in event) {
    const broken = unreported(await completed(event));
    if (broken) {
      await report(broken, put);
    }
    return {};
  }
  const ended = endedRun(event);
  await report(ended, put);
  log('reported', { execution: ended.execution, error: ended.failure?.error });
  return {};
};

/** The event with its execution's error, which EventBridge's schema does not promise. */
async function completed(event: ExecutionStatusChange): Promise<ExecutionStatusChange> {
  const { status, error, executionArn } = event.detail;
  if (status !== 'FAILED' || error) {
    return event;
  }
  const described = await describeRun(stepFunctions, executionArn);
  return { ...event, detail: { ...event.detail, error: described.error, cause: described.cause } };
}

async function deploy(event: CloudFormationEvent): Promise<void> {
  const started = await startOnce(event);
  if (started instanceof Error) {
    log('could not start', { requestType: event.RequestType, requestId: event.RequestId, error: started.name });
    // A delete goes through whatever happens: nothing of the table's data depends on it.
    await answer(identified(event), event.RequestType === 'Delete' ? { Status: 'SUCCESS', Data: {} } : failed(started));
    return;
  }
  log('started', { requestType: event.RequestType, requestId: event.RequestId, executionArn: started.executionArn });
  if (!started.request.response) {
    await answer(targetOf(event), { Status: 'SUCCESS', Data: { Execution: started.executionArn, Definition: started.request.definition } });
  }
}

/** Starts the event's run, or says why not. An event that was delivered before has its run: that one answers. */
async function startOnce(event: CloudFormationEvent): Promise<(Start & { executionArn: string }) | Error> {
  let starting: Start | undefined;
  try {
    starting = startFor(event, await remembered(event), PREFIX);
    const { stateMachineArn, name } = starting;
    return {
      ...starting,
      executionArn: await settling(START_SETTLES_WITHIN, () => start(stepFunctions, starting!)).catch(async (error: Error) => {
        if (await isStarted(stepFunctions, stateMachineArn, name)) {
          return executionArnOf(stateMachineArn, name);
        }
        throw error;
      }),
    };
  } catch (error) {
    return error as Error;
  }
}

/** Without its memory a run repopulates: that costs a population, a wrong guess would leave the wrong data. */
async function remembered(event: CloudFormationEvent): Promise<Past> {
  try {
    return await settling(READ_SETTLES_WITHIN, () => recall(stepFunctions, event));
  } catch (error) {
    log('cannot read the history', { error: (error as Error).name });
    return { waitHandleUsed: false };
  }
}

/** The version of a run that a wait condition has waited for: what `versionId` refers to then. */
async function answerResult(event: CloudFormationEvent): Promise<void> {
  const target = { ...addressOf(event), PhysicalResourceId: event.PhysicalResourceId ?? event.LogicalResourceId };
  if (event.RequestType === 'Delete') {
    return answer(target, { Status: 'SUCCESS', Data: {} });
  }
  try {
    const { Execution, Signal } = resultOf(event);
    const said = signalled(Signal);
    if (said?.Execution === Execution) {
      return await answer(target, { Status: 'SUCCESS', Data: said });
    }
    const run = await endOf(Execution);
    return await answer(target, run.status === 'SUCCEEDED'
      ? { Status: 'SUCCESS', Data: attributes(run.output as PopulationOutput) }
      : { Status: 'FAILED', Reason: `The run is ${run.status}. ${run.error ?? ''} ${run.cause ?? ''}`.trim() });
  } catch (error) {
    return answer(target, failed(error as Error));
  }
}

/** A run without a wait condition of its own has reported before this is asked for, but its last step may have to be repeated. */
async function endOf(executionArn: string): Promise<PastExecution> {
  for (let attempt = 1; ; attempt++) {
    const run = await settling(READ_SETTLES_WITHIN, () => describeRun(stepFunctions, executionArn));
    if (run.status !== 'RUNNING' || attempt === 14) {
      return run;
    }
    await sleep(5_000);
  }
}

const addressOf = ({ ResponseURL: url, StackId, RequestId, LogicalResourceId }: CloudFormationEvent) =>
  ({ url, StackId, RequestId, LogicalResourceId });

function identified(event: CloudFormationEvent): ResponseTarget {
  try {
    return targetOf(event);
  } catch {
    return { ...addressOf(event), PhysicalResourceId: event.PhysicalResourceId ?? event.LogicalResourceId };
  }
}

const failed = (error: Error): Result => ({
  Status: 'FAILED',
  Reason: `The population could not be started. ${sentence(`${error.name}: ${error.message}`)} See the log of ${process.env.AWS_LAMBDA_FUNCTION_NAME}.`,
});

const answer = (target: ResponseTarget, result: Result): Promise<void> => put(target.url, responseBody(target, result));

/** In seconds. IAM may need a minute before a policy that was just attached counts; together these stay within the function's timeout. */
const START_SETTLES_WITHIN = 75;
const READ_SETTLES_WITHIN = 10;

/** Never an event as a whole: it carries parameters and the ResponseURL. */
function log(message: string, details: Record<string, unknown>): void {
  console.log(JSON.stringify({ message, ...details }));
}

