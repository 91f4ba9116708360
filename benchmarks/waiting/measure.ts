import { Duration } from 'aws-cdk-lib';
import { bill } from './bill';
import { Cloud } from '../../simulator/cloud';
import type { DeployResult } from '../../simulator/cloudformation/service';
import { Candidate, PopulationOptions } from '../peers';
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
  /** From the query's end until CloudFormation had its answer. */
  readonly lagSeconds?: number;
  readonly dollars: number;
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
      dollars: bill(source.template, cloud.lambda.invocations.slice(before.invocations), after.transitions - before.transitions),
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
