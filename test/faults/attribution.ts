import type { Played } from './play';
import type { AcceptedPopulate } from '../../simulator/clean-rooms';
import type { Cloud } from '../../simulator/cloud';
import type { Execution } from '../../simulator/step-functions/service';

/** What asked for populations: one CloudFormation event, however often it was delivered, or the firings of a schedule at one moment. */
export interface Asked {
  readonly cause: string;
  readonly allowed: number;
  readonly versions: string[];
}

/** Which populates were accepted for what. A populate that belongs to nothing known is one too many. */
export function attribute({ cloud, firings }: Played): Asked[] {
  const causes = new Map<string, Asked>();
  for (const populate of cloud.cleanRooms.journal.acceptedPopulates()) {
    const execution = executionOf(cloud, populate);
    const { cause, allowed } = execution ? causeOf(cloud, execution, firings) : { cause: 'nobody', allowed: 0 };
    const asked = causes.get(cause) ?? { cause, allowed, versions: [] };
    asked.versions.push(populate.versionId);
    causes.set(cause, asked);
  }
  return [...causes.values()];
}

/** By whose credentials it was signed: an environment serves one invocation at a time, and an invocation's payload names its execution. */
function executionOf(cloud: Cloud, { accessKeyId, requestedAt }: AcceptedPopulate): Execution | undefined {
  const invocation = cloud.lambda.invocations.filter((record) => record.accessKeyId === accessKeyId && record.start <= requestedAt).at(-1);
  return cloud.executions().find(({ arn }) => invocation?.payload.includes(`"${arn}"`));
}

/** An execution that began while the deployment function handled a CloudFormation event is that event's. */
function causeOf(cloud: Cloud, { startDate, input, arn }: Execution, firings: readonly number[]): Omit<Asked, 'versions'> {
  const events = cloud.lambda.invocations
    .filter(({ payload, start, end = Infinity }) => payload.includes('"RequestType"') && start <= startDate && startDate <= end)
    .map(({ payload }) => JSON.parse(payload) as { RequestType: string; RequestId: string; ResponseURL: string });
  const event = events.find(({ ResponseURL }) => input.includes(ResponseURL)) ?? events.at(-1);
  const fired = firings.filter((time) => time === startDate).length;
  if (event && !(fired > 0 && !input.includes('deployment'))) {
    return { cause: `the ${event.RequestType} ${event.ResponseURL.split('?')[0].split('|').at(-1)!}`, allowed: 1 };
  }
  return fired > 0 ? { cause: `the schedule at ${new Date(startDate).toISOString()}`, allowed: fired } : { cause: arn, allowed: 1 };
}
