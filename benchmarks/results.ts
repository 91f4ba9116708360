import { Duration } from 'aws-cdk-lib';
import { Contention, measureContention } from './contention';
import { Footprint, measureFootprints } from './footprint';
import type { Wait } from './waiting/measure';
import { Lag, measureLags, measureWaiting } from './waiting/series';

/** Everything that is measured: in virtual time and in resources, so that every machine measures the same. */
export interface Results {
  readonly waiting: readonly Wait[];
  readonly lags: readonly Lag[];
  readonly footprints: readonly Footprint[];
  readonly contention: readonly Contention[];
}

export async function measureAll(quick: boolean, tell: (what: string) => void): Promise<Results> {
  tell('footprint');
  const footprints = measureFootprints(quick ? [1, 10] : [1, 10, 100]);
  tell('waiting');
  const waiting = await measureWaiting(quick);
  tell('lags');
  const lags = await measureLags(quick);
  tell('contention');
  const contention: Contention[] = [];
  for (const minutes of quick ? [1] : [1, 5]) {
    for (const overQuota of quick ? ['rejected'] as const : ['rejected', 'queued'] as const) {
      contention.push(await measureContention(quick ? 10 : 50, overQuota, Duration.minutes(minutes)));
    }
  }
  for (const overQuota of quick ? [] : ['rejected', 'queued'] as const) {
    contention.push(await measureContention(50, overQuota, Duration.minutes(1), 2));
  }
  return { waiting, lags, footprints, contention };
}
