import { Duration } from 'aws-cdk-lib';
import { bill } from './bill';
import { Cloud } from '../../simulator/cloud';
import type { DeployResult } from '../../simulator/cloudformation/service';
import { Candidate, ours, PopulationOptions } from '../peers';
import { openCloud, synthesize } from '../simulation';

/** What one deploy took whose query took so long. */
export interface Wait {
  readonly candidate: string;
  readonly seconds: number;
  /** Whether it is the table's second population, the first one's duration being known. */
  readonly again: boolean;
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
    const source = synthesize(ours, 1, { longest: longestFor(query) });
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

/** Deploys one population, or a second one after the first, and lets everything that this set off come to its end. */
export async function measureWait(candidate: Candidate, query: Duration, again = false): Promise<Wait> {
  const options: PopulationOptions = { longest: longestFor(query) };
  const cloud = openCloud(query);
  try {
    if (again) {
      await cloud.deploy(synthesize(candidate, 1, options));
      await settle(cloud);
    }
    const before = countsOf(cloud);
    const source = synthesize(candidate, 1, again ? { ...options, change: 'again' } : options);
    const result = await cloud.deploy(source);
    await settle(cloud);
    const after = countsOf(cloud);
    const outcome = outcomeOf(cloud, result);
    return {
      candidate: candidate.name,
      seconds: query.toSeconds(),
      again,
      ...outcome,
      invocations: after.invocations - before.invocations,
      transitions: after.transitions - before.transitions,
      cleanRoomsRequests: after.cleanRoomsRequests - before.cleanRoomsRequests,
      dollars: bill(source.template, {
        invocations: cloud.lambda.invocations.slice(before.invocations),
        transitions: after.transitions - before.transitions,
        records: cloud.record.requests.slice(before.records),
      }),
      events: Math.max(0, ...cloud.executions().map((execution) => execution.events)),
    };
  } finally {
    cloud.close();
  }
}

/** The library's default where that is enough, otherwise room to spare within the most that it takes. */
const longestFor = (query: Duration): Duration | undefined =>
  query.toMinutes() < 50 ? undefined : Duration.minutes(Math.min(query.toMinutes() * 1.25, 720));

/** Until all executions and functions have ended. */
async function settle(cloud: Cloud): Promise<void> {
  await cloud.settle();
  while (cloud.lambda.invocations.some(({ end }) => end === undefined)) {
    await cloud.advance(1);
  }
}

const countsOf = (cloud: Cloud) => ({
  invocations: cloud.lambda.invocations.length,
  transitions: cloud.executions().reduce((total, { transitions }) => total + transitions, 0),
  cleanRoomsRequests: cloud.cleanRooms.journal.requests.length,
  records: cloud.record.requests.length,
});

function outcomeOf(cloud: Cloud, { status, events, failures }: DeployResult): Pick<Wait, 'cannot' | 'lagSeconds'> {
  if (!/^(CREATE|UPDATE)_COMPLETE$/.test(status)) {
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
