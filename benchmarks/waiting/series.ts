import { Duration } from 'aws-cdk-lib';
import { measureWait, Wait } from './measure';
import { untilNextCheck } from '../../src/handlers/population/pacing';
import { CANDIDATES, ours } from '../peers';

/** With the longest that fits into CloudFormation's twelve hours beside those twelve hours. */
const QUERIES = [1, 2, 10, 30, 60, 3 * 60, 6 * 60, 12 * 60 - 10, 12 * 60];
const QUICK = [1, 30];
/** As long as the query of the library's predecessor. */
const KNOWN = [30, 40];

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
  for (const minutes of quick ? KNOWN.slice(0, 1) : KNOWN) {
    waits.push(await measureWait(ours, Duration.minutes(minutes), true));
  }
  return waits.sort((a, b) => a.seconds - b.seconds || Number(a.again) - Number(b.again));
}

/** How long after its end our checks see a query, as the function paces them: by the query's length in seconds, up to the longest. */
export function lagsOfChecks(longest: number): number[] {
  const lags: number[] = [];
  for (let age = 0; lags.length <= longest; age += untilNextCheck(age)) {
    while (lags.length <= age) {
      lags.push(age - lags.length);
    }
  }
  return lags.slice(0, longest + 1);
}

/** The ages at which a query has to be looked at, so that its end is seen in time whenever it comes: none of them can be left out. */
export function fewestChecks(seconds: number): number {
  let checks = 0;
  for (let age = 0; age < seconds; age += Math.min(Math.max(age / 10, 5), 60)) {
    checks++;
  }
  return checks;
}
