import { Duration } from 'aws-cdk-lib';
import { measureScheduleLag, measureWait, Wait } from './measure';
import { CANDIDATES, ours } from '../peers';

/** With the longest that fits into CloudFormation's twelve hours beside those twelve hours. */
const QUERIES = [1, 2, 10, 30, 60, 3 * 60, 6 * 60, 12 * 60 - 10, 12 * 60];
const QUICK = [1, 30];
/** For the lag alone, in seconds: short ones, and what is no multiple of anything. */
const LAGS = [20, 33, 47, 95, 131, 200, 333, 480, 777, 1500, 2400, 5000, 12 * 3600 - 600];

/** Each candidate with each query, as far as it gets: who could not wait for one is not asked to wait for a longer one. */
export async function measureWaiting(quick: boolean): Promise<Wait[]> {
  const waits: Wait[] = [];
  for (const candidate of CANDIDATES) {
    for (const minutes of quick ? QUICK : QUERIES) {
      const wait = await measureWait(candidate, Duration.minutes(minutes));
      waits.push(wait);
      if (wait.cannot) {
        break;
      }
    }
  }
  return waits.sort((a, b) => a.seconds - b.seconds);
}

export interface Lag {
  readonly seconds: number;
  readonly deploy: number;
  readonly schedule: number;
}

/** How late our own deploys and schedules see the ends of queries. */
export async function measureLags(quick: boolean): Promise<Lag[]> {
  const lags: Lag[] = [];
  for (const seconds of quick ? LAGS.slice(0, 4) : LAGS) {
    const query = Duration.seconds(seconds);
    lags.push({ seconds, deploy: (await measureWait(ours, query)).lagSeconds!, schedule: await measureScheduleLag(query) });
  }
  return lags;
}
