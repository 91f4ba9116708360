import { Duration } from 'aws-cdk-lib';
import { ours } from './peers';
import { openCloud, synthesize } from './simulation';
import { sum } from './statistics';

export interface Contention {
  readonly populations: number;
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
  readonly busiestSecond: number;
  /** Requests that do not look at a running query. */
  readonly others: number;
  /** The longest that a run has waited for its query to start, against the time that all take. */
  readonly longestWait: number;
  /** Populates accepted beyond one for each population. */
  readonly surplus: number;
}

const QUOTA = 2;
const REQUESTS_PER_SECOND = 20;

/** Deploys a stack of populations into an account in which they have to take turns. */
export async function measureContention(populations: number, overQuota: Contention['overQuota'], query: Duration): Promise<Contention> {
  const cloud = openCloud(query, {
    cleanRooms: { behaviours: { overQuota }, limits: { concurrentQueries: QUOTA, requestsPerSecond: () => REQUESTS_PER_SECOND } },
  });
  try {
    const idealSeconds = Math.ceil(populations / QUOTA) * query.toSeconds();
    const longest = Duration.minutes(Math.min(720, Math.ceil(idealSeconds / 60) * 2));
    const { status, failures } = await cloud.deploy(synthesize(ours, populations, { longest }));
    await cloud.settle();
    if (status !== 'CREATE_COMPLETE') {
      throw new Error(`${populations} populations at a quota of ${QUOTA}: the deploy ended as ${status}: ${failures[0]?.reason}`);
    }
    const runs = cloud.executions();
    const start = Math.min(...runs.map(({ startDate }) => startDate));
    const seconds = (Math.max(...runs.map(({ stopDate }) => stopDate!)) - start) / 1000;
    const { requests } = cloud.cleanRooms.journal;
    const refused = (code: string) => requests.filter(({ errorCode }) => errorCode === code).length;
    return {
      populations,
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
      busiestSecond: cloud.cleanRooms.journal.busiestSecond(),
      others: requests.filter(({ operation }) => operation !== 'GetProtectedQuery').length,
      longestWait: Math.max(...cloud.cleanRooms.populations().map(({ startedAt }) => (startedAt ?? Infinity) - start)) / 1000 / idealSeconds,
      surplus: cloud.cleanRooms.journal.acceptedPopulates().length - populations,
    };
  } finally {
    cloud.close();
  }
}
