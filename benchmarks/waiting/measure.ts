import { Duration } from 'aws-cdk-lib';
import { Schedule } from 'aws-cdk-lib/aws-events';
import { bill } from './bill';
import { Cloud } from '../../simulator/cloud';
import type { DeployResult } from '../../simulator/cloudformation/service';
import { Candidate, ours } from '../peers';
import { openCloud, synthesize } from '../simulation';
import { sum } from '../statistics';

/** What one deploy took whose query took so long. */
export interface Wait {
  readonly candidate: string;
  readonly seconds: number;
  /** Why the candidate could not wait for the query; its figures are those of the attempt. */
  readonly cannot?: string;
  readonly invocations: number;
  readonly transitions: number;
  readonly cleanRoomsRequests: number;
  /** From the query's end until CloudFormation had its answer, or the schedule's run had ended. */
  readonly lagSeconds?: number;
  readonly dollars: number;
  /** In the history of the longest execution: it may have 25,000. */
  readonly events: number;
}

/** How late our own schedules see a query's end. */
export async function measureScheduleLag(query: Duration): Promise<number> {
  const cloud = openCloud(query);
  try {
    const source = synthesize(ours, 1, { longest: longestFor(query), schedule: Schedule.rate(Duration.days(1)) });
    await cloud.deploy(source);
    await settle(cloud);
    cloud.fireRule(Object.keys(source.template.Resources).find((id) => source.template.Resources[id].Properties?.ScheduleExpression !== undefined)!);
    await settle(cloud);
    const [run] = cloud.executions();
    return (run.stopDate! - cloud.cleanRooms.populations().at(-1)!.endsAt) / 1000;
  } finally {
    cloud.close();
  }
}

/** Deploys one population, and lets everything that this set off come to its end. */
export async function measureWait(candidate: Candidate, query: Duration): Promise<Wait> {
  const cloud = openCloud(query);
  try {
    const source = synthesize(candidate, 1, { longest: longestFor(query) });
    const result = await cloud.deploy(source);
    await settle(cloud);
    const { invocations } = cloud.lambda;
    const executions = cloud.executions();
    const transitions = sum(executions.map((execution) => execution.transitions));
    return {
      candidate: candidate.name,
      seconds: query.toSeconds(),
      ...outcomeOf(cloud, result),
      invocations: invocations.length,
      transitions,
      cleanRoomsRequests: cloud.cleanRooms.journal.requests.length,
      dollars: bill(source.template, { invocations, transitions, records: cloud.record.requests }),
      events: Math.max(0, ...executions.map(({ events }) => events)),
    };
  } finally {
    cloud.close();
  }
}

/** The library's default where that is enough, otherwise room to spare within the most that it takes. */
const longestFor = (query: Duration): Duration | undefined =>
  query.toSeconds() < 50 * 60 ? undefined : Duration.seconds(Math.min(Math.ceil(query.toSeconds() * 1.25), 12 * 3600));

/** Until all executions and functions have ended. */
async function settle(cloud: Cloud): Promise<void> {
  await cloud.settle();
  while (cloud.lambda.invocations.some(({ end }) => end === undefined)) {
    await cloud.advance(1);
  }
}

function outcomeOf(cloud: Cloud, { status, events, failures }: DeployResult): Pick<Wait, 'cannot' | 'lagSeconds'> {
  if (status !== 'CREATE_COMPLETE') {
    return { cannot: reasonIn(failures[0].reason) };
  }
  const answered = events.filter(({ status: each }) => each === status).at(-1)!.time;
  const ended = cloud.cleanRooms.populations().at(-1)!.endsAt;
  return answered < ended ? { cannot: 'does not wait' } : { lagSeconds: (answered - ended) / 1000 };
}

/** What failed, in a few words that are the same in every run. */
function reasonIn(reason: string): string {
  const known: [RegExp, string][] = [
    [/did not receive a response/, 'CloudFormation gives up after an hour'],
    [/function's time is over/, 'the function ends after 15 minutes'],
    [/Operation timed out/, 'the Provider ends after an hour'],
    [/PopulationTimedOut|did not end within its timeout/, 'CloudFormation waits 12 hours at most, start and end included'],
  ];
  return known.find(([pattern]) => pattern.test(reason))?.[1] ?? reason;
}
