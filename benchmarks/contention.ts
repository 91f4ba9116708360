import { Duration } from 'aws-cdk-lib';
import { ours } from './peers';
import { openCloud, STACK, synthesize } from './simulation';
import { sum } from './statistics';

export interface Contention {
  /** In all the stacks together. */
  readonly populations: number;
  readonly stacks: number;
  readonly quota: number;
  readonly requestsPerSecond: number;
  /** What the service does past its quota, which its documentation leaves open. */
  readonly overQuota: 'rejected' | 'queued';
  readonly querySeconds: number;
  /** Queries back to back, as many at a time as the quota allows. */
  readonly idealSeconds: number;
  /** From the first run's start to the last one's end. */
  readonly seconds: number;
  readonly ratio: number;
  readonly requests: number;
  readonly populatesAsked: number;
  readonly refusedByQuota: number;
  readonly throttled: number;
  /** Of the API operation that is asked most often within a second. */
  readonly busiestSecond: number;
  readonly busiestOperation: string;
  /** The longest that a query of each stack has waited to start, against the ideal time of all. */
  readonly longestWaits: readonly number[];
  /** Populates accepted beyond one for each population. */
  readonly surplus: number;
}

const QUOTA = 2;
const REQUESTS_PER_SECOND = 20;

/** Deploys populations into an account in which they have to take turns: one stack, or several that know nothing of each other. */
export async function measureContention(
  populations: number, overQuota: Contention['overQuota'], query: Duration, stacks = 1,
): Promise<Contention> {
  const cloud = openCloud(query, {
    cleanRooms: { behaviours: { overQuota }, limits: { concurrentQueries: QUOTA, requestsPerSecond: () => REQUESTS_PER_SECOND } },
  });
  try {
    const idealSeconds = Math.ceil(populations / QUOTA) * query.toSeconds();
    const longest = Duration.minutes(Math.min(720, Math.ceil(idealSeconds / 60) * 2));
    const names = Array.from({ length: stacks }, (_, index) => `${STACK}${index}`);
    const deploys = await Promise.all(names.map((name) => cloud.deploy(synthesize(ours, populations / stacks, { longest }, name))));
    await cloud.settle();
    const failed = deploys.find(({ status }) => status !== 'CREATE_COMPLETE');
    if (failed) {
      throw new Error(`${populations} populations at a quota of ${QUOTA}: the deploy ended as ${failed.status}: ${failed.failures[0]?.reason}`);
    }
    const runs = cloud.executions();
    const start = Math.min(...runs.map(({ startDate }) => startDate));
    const seconds = (Math.max(...runs.map(({ stopDate }) => stopDate!)) - start) / 1000;
    const { journal, journal: { requests } } = cloud.cleanRooms;
    const [busiest] = [...new Set(requests.map(({ operation }) => operation))]
      .map((operation) => ({ operation, most: journal.busiestSecond(operation) })).sort((a, b) => b.most - a.most);
    const waitsIn = (name: string) => cloud.cleanRooms.populations()
      .filter(({ table }) => table.name.startsWith(`${name}_`)).map(({ startedAt = Infinity }) => (startedAt - start) / 1000);
    const refused = (code: string) => requests.filter(({ errorCode }) => errorCode === code).length;
    return {
      populations,
      stacks,
      quota: QUOTA,
      requestsPerSecond: REQUESTS_PER_SECOND,
      overQuota,
      querySeconds: query.toSeconds(),
      idealSeconds,
      seconds,
      ratio: seconds / idealSeconds,
      requests: requests.length,
      populatesAsked: sum(requests.map(({ operation }) => (operation === 'PopulateIntermediateTable' ? 1 : 0))),
      refusedByQuota: refused('ServiceQuotaExceededException'),
      throttled: refused('ThrottlingException'),
      busiestSecond: busiest.most,
      busiestOperation: String(busiest.operation),
      longestWaits: names.map((name) => Math.max(...waitsIn(name)) / idealSeconds),
      surplus: cloud.cleanRooms.journal.acceptedPopulates().length - populations,
    };
  } finally {
    cloud.close();
  }
}
