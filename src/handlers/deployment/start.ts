import { DescribeExecutionCommand, StartExecutionCommand, type SFNClient } from '@aws-sdk/client-sfn';
import { fingerprintIn, KEEP, populateMark, releaseMark, requestHash } from '../execution-name';
import { describeRun, pastRuns, runUnder } from './history';
import { fingerprintOf, physicalIdOf, oldPropertiesOf, populationOf, propertiesOf, type CloudFormationEvent, type PopulationProperties } from './request';
import type { ResponseTarget } from './response';
import type { Deployment, RunInput } from '../population/run-state';

/** The longest that CloudFormation itself waits for a custom resource is an hour; our own answer has to come first. */
const LONGEST_RESOURCE_WAIT = 55 * 60;
/** A wait condition waits for 12 hours at most, and our own answer, after a query was cancelled, has to come first there, too. */
const LONGEST_CONDITION_WAIT = 12 * 3600 - 270;

/** What a deployment asks of the run. `response` and `waitHandle` are where its end is reported. */
export interface Request extends Deployment {
  readonly response?: ResponseTarget;
  readonly waitHandle?: string;
  /** Hands the definition's fingerprint to populations that are built on this one: theirs change with it. */
  readonly definition?: string;
}

export interface Start {
  readonly stateMachineArn: string;
  readonly name: string;
  readonly request: Request;
}

/** What is known of the machine's past when an event arrives. */
export interface Past {
  /** The version made under the wanted properties by the newest successful run, if that is what it was. */
  readonly madeVersionId?: string;
  /** Whether a deployment has signalled this wait condition already. */
  readonly waitHandleUsed: boolean;
}

export const targetOf = (event: CloudFormationEvent): ResponseTarget => ({
  url: event.ResponseURL,
  StackId: event.StackId,
  RequestId: event.RequestId,
  LogicalResourceId: event.LogicalResourceId,
  PhysicalResourceId: event.RequestType === 'Delete' ? event.PhysicalResourceId! : physicalIdOf(populationOf(propertiesOf(event))),
});

/** For what comes after a run's own deadline: a query's cancellation, and the report. */
const WINDS_UP_WITHIN = 240;
const LATEST = 900;

/**
 * Seconds since CloudFormation sent the event, by when its response URL was signed: Lambda hands an event over again, minutes later,
 * to a function that crashed. Zero where that cannot be told.
 */
export function lateness({ ResponseURL }: Pick<CloudFormationEvent, 'ResponseURL'>, now: number): number {
  const [, ...parts] = /[?&]X-Amz-Date=(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z/.exec(ResponseURL) ?? [];
  const [year, month, ...rest] = parts.map(Number);
  const late = parts.length ? Math.round((now - Date.UTC(year, month - 1, ...rest as [number])) / 1000) : 0;
  return late > 0 && late < LATEST ? late : 0;
}

/** Which execution an event asks for. */
export function startFor(event: CloudFormationEvent, past: Past, prefix: string, now = Date.now()): Start {
  const properties = propertiesOf(event);
  const population = populationOf(properties);
  const response = targetOf(event);
  const stateMachineArn = properties.StateMachineArn;
  const name = (mark: string) => `${prefix}${mark}${requestHash(event)}`;
  if (event.RequestType === 'Delete') {
    return { stateMachineArn, name: name(releaseMark(population)), request: { action: 'RELEASE', population, response } };
  }
  const plan = planOf(event, past);
  const definition = fingerprintOf(properties);
  const waitHandle = isListening(event, past) ? properties.WaitHandle : undefined;
  // A wait condition does the waiting where one listens; otherwise CloudFormation's hour is all there is.
  const longest = waitHandle ? LONGEST_CONDITION_WAIT : Math.min(LONGEST_RESOURCE_WAIT, 3600 - WINDS_UP_WITHIN - lateness(event, now));
  const timeoutSeconds = Math.min(population.timeoutSeconds, longest);
  return {
    stateMachineArn,
    name: name(plan.mayPopulate && plan.keep !== 'ANY' ? populateMark(definition) : KEEP),
    request: {
      action: 'POPULATE', ...plan, population: { ...population, timeoutSeconds }, waitHandle, response: waitHandle ? undefined : response, definition,
    },
  };
}

/** When a deploy populates, and which live version makes that unnecessary. */
export function planOf(event: CloudFormationEvent, past: Past): Required<Pick<Deployment, 'keep' | 'mayPopulate'>> {
  const properties = propertiesOf(event);
  switch (properties.PopulateOnDeploy) {
    case 'NEVER':
      return { keep: 'ANY', mayPopulate: false };
    case 'IF_UNPOPULATED':
      return { keep: 'ANY', mayPopulate: true };
    default:
      return changed(event, properties)
        ? { keep: past.madeVersionId ? [past.madeVersionId] : [], mayPopulate: true }
        : { keep: 'ANY', mayPopulate: true };
  }
}

const changed = (event: CloudFormationEvent, properties: PopulationProperties): boolean => {
  const old = oldPropertiesOf(event);
  return event.RequestType === 'Create' || !old || fingerprintOf(properties) !== fingerprintOf(old);
};

/** A wait condition listens once: to a handle that is new, and that no deployment has signalled. */
const isListening = (event: CloudFormationEvent, past: Past): boolean => bringsHandle(event) && !past.waitHandleUsed;

const bringsHandle = (event: CloudFormationEvent): boolean =>
  propertiesOf(event).WaitHandle !== undefined && propertiesOf(event).WaitHandle !== oldPropertiesOf(event)?.WaitHandle;

/** The fingerprint of an update's properties before it, where they were of another table. */
function fingerprintElsewhere(event: CloudFormationEvent): string | undefined {
  const old = oldPropertiesOf(event);
  const idOf = (properties: PopulationProperties) => physicalIdOf(populationOf(properties));
  return old && idOf(old) !== idOf(propertiesOf(event)) ? fingerprintOf(old) : undefined;
}

/** Reads what only the machine's history can tell: whether an update goes back to what made the live version. */
export async function recall(client: SFNClient, event: CloudFormationEvent): Promise<Past> {
  const properties = propertiesOf(event);
  if (event.RequestType !== 'Update' || !(changed(event, properties) || bringsHandle(event))) {
    return { waitHandleUsed: false };
  }
  const fingerprint = fingerprintOf(properties);
  const runs = await pastRuns(client, properties.StateMachineArn);
  // What was made of another table, which this one had been replaced by, changed nothing in this one.
  const elsewhere = fingerprintElsewhere(event);
  const last = runUnder(fingerprint, runs.filter(({ name }) => !elsewhere || fingerprintIn(name) !== elsewhere));
  const made = last && await describeRun(client, last.executionArn);
  return { madeVersionId: made?.output?.versionId, waitHandleUsed: bringsHandle(event) && await wasSignalled() };

  async function wasSignalled(): Promise<boolean> {
    // The run that an earlier delivery of this event has started signals for this very event.
    const ofOthers = runs.filter(({ name }) => !name.endsWith(requestHash(event)));
    const perhaps = ofOthers.filter(({ name }) => name.includes(populateMark(fingerprint)) || name.includes(KEEP));
    const described = await Promise.all(perhaps.slice(0, 10).map(({ executionArn }) => describeRun(client, executionArn)));
    return described.some(({ input }) => input?.deployment?.waitHandle === properties.WaitHandle);
  }
}

/** Starts the execution, once however often this is called. */
export async function start(client: SFNClient, { stateMachineArn, name, request }: Start): Promise<string> {
  const input: RunInput = { deployment: request };
  try {
    const { executionArn } = await client.send(new StartExecutionCommand({ stateMachineArn, name, input: JSON.stringify(input) }));
    return executionArn!;
  } catch (error) {
    if ((error as Error).name === 'ExecutionAlreadyExists') {
      return executionArnOf(stateMachineArn, name);
    }
    throw error;
  }
}

export const executionArnOf = (stateMachineArn: string, name: string): string =>
  `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${name}`;

/** Whether an earlier delivery of the same event has started its run, which then answers. */
export async function isStarted(client: SFNClient, stateMachineArn: string, name: string): Promise<boolean> {
  try {
    await client.send(new DescribeExecutionCommand({ executionArn: executionArnOf(stateMachineArn, name) }));
    return true;
  } catch {
    return false;
  }
}
