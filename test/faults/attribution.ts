import type { Played } from './play';
import type { AcceptedPopulate } from '../../simulator/clean-rooms';
import type { Cloud } from '../../simulator/cloud';
import type { Execution } from '../../simulator/step-functions/service';

/** What asked for one population: one CloudFormation event, or one of a schedule, however often it was delivered. */
export interface Asked {
  readonly cause: string;
  readonly versions: string[];
}

/** Which populates were accepted for what. A populate that belongs to nothing known is one too many. */
export function attribute({ cloud }: Played): { asked: Asked[]; unasked: string[] } {
  const causes = new Map<string, string[]>();
  const unasked: string[] = [];
  for (const populate of cloud.cleanRooms.journal.acceptedPopulates()) {
    const execution = executionOf(cloud, populate);
    const cause = execution && causeOf(cloud, execution);
    const versions = cause === undefined ? unasked : causes.get(cause) ?? [];
    versions.push(populate.versionId);
    if (cause !== undefined) {
      causes.set(cause, versions);
    }
  }
  return { asked: [...causes].map(([cause, versions]) => ({ cause, versions })), unasked };
}

/** What an environment was at when it signed a request: it serves one invocation at a time. */
const invocationOf = (cloud: Cloud, accessKeyId: string | undefined, at: number) =>
  cloud.lambda.invocations.filter((record) => record.accessKeyId === accessKeyId && record.start <= at).at(-1);

/** By whose credentials it was signed: an invocation's payload names its execution. */
export function executionOf(cloud: Cloud, { accessKeyId, requestedAt }: AcceptedPopulate): Execution | undefined {
  const invocation = invocationOf(cloud, accessKeyId, requestedAt);
  return cloud.executions().find(({ arn }) => invocation?.payload.includes(`"${arn}"`));
}

/** An execution that a rule's event has started is that event's; one that the deployment function has started at CloudFormation's event is that one's. */
function causeOf(cloud: Cloud, { name, startDate, startedBy, input, stateMachineArn }: Execution): string {
  const { event } = JSON.parse(input) as { event?: string };
  if (event) {
    // Upstream tables' events go to all that is built on them.
    return `the event ${event} for ${stateMachineArn.split('-').slice(-2).join('-')}`;
  }
  const { payload } = invocationOf(cloud, startedBy, startDate) ?? {};
  const request = payload?.includes('"RequestType"') ? JSON.parse(payload) as { RequestType: string; ResponseURL: string } : undefined;
  return request ? `the ${request.RequestType} ${request.ResponseURL.split('?')[0].split('|').at(-1)!}` : `the execution ${name}`;
}
