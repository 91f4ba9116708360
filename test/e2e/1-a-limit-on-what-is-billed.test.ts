import { Duration } from 'aws-cdk-lib';
import { Schedule } from 'aws-cdk-lib/aws-events';
import {
  closeClouds, deploy, failToDeploy, failureOf, lettersIn, liveIn, logicalId, MACHINE, openCloud, physicalId, refresh, Scene, segment,
  stackOf,
} from './support';
import type { Cloud } from '../../simulator/cloud';

afterEach(closeClouds);

const HOUR = 3_600;
/** A quarter of an hour on four CRPUs: one CRPU-hour each. */
const QUERY = { durationSeconds: 900, outcome: 'SUCCESS' } as const;
const cloudOf = () => openCloud({ cleanRooms: { defaultPlan: QUERY } });
const scene = (more: Partial<Scene> = {}): Scene =>
  ({ parameters: segment('a'), compute: { workers: 2 }, schedule: Schedule.rate(Duration.days(1)), maxBilledCrpuHoursPerDay: 2, ...more });
/** How the newest run ended. */
const endIn = (cloud: Cloud): string | undefined => {
  const [{ error, output }] = cloud.executions();
  return error ?? (JSON.parse(output!) as { status: string }).status;
};
const secondsSinceFirst = (cloud: Cloud): number => (cloud.clock.now() - cloud.cleanRooms.populations()[0].endsAt) / 1_000;

describe('promise 1: one change, one population', () => {
  test('the third populate of a day is refused before it is paid for, whoever wants it, and begins once the first is 24 hours old', async () => {
    const cloud = cloudOf();
    await deploy(cloud, scene());
    await cloud.advance(HOUR);
    await refresh(cloud, scene());
    expect([lettersIn(cloud), endIn(cloud)]).toEqual(['aa', 'POPULATED']);

    await cloud.advance(11 * HOUR);
    await refresh(cloud, scene());
    expect(endIn(cloud)).toBe('BillingLimitReached');
    const [{ cause }] = cloud.executions();
    expect(cause).toContain('were billed 2 CRPU-hours in the last 24 hours, and maxBilledCrpuHoursPerDay is 2.');
    expect(cause).toContain(`version ${liveIn(cloud)} (1)`);
    const [, freeAt] = /From (\S+) on there is room again/.exec(cause!)!;
    expect((await cloud.execute(logicalId(stackOf(scene()), MACHINE))).error).toBe('BillingLimitReached');
    const failed = await failToDeploy(cloud, scene({ parameters: segment('b') }));
    expect(failureOf(failed)).toContain('maxBilledCrpuHoursPerDay is 2');
    expect(lettersIn(cloud)).toBe('aa');

    await cloud.advance(24 * HOUR - 60 - secondsSinceFirst(cloud));
    await refresh(cloud, scene());
    expect([lettersIn(cloud), endIn(cloud), cloud.clock.now() < Date.parse(freeAt)]).toEqual(['aa', 'BillingLimitReached', true]);
    await cloud.advance(24 * HOUR + 60 - secondsSinceFirst(cloud));
    await refresh(cloud, scene());
    expect([lettersIn(cloud), endIn(cloud)]).toEqual(['aaa', 'POPULATED']);
  });

  test('a limit comes, changes and goes without a populate, counts what was billed before it, and holds back no run that has nothing to do', async () => {
    const cloud = cloudOf();
    await deploy(cloud, scene({ maxBilledCrpuHoursPerDay: undefined }));
    await deploy(cloud, scene({ maxBilledCrpuHoursPerDay: 1 }));
    await cloud.settle();
    expect([lettersIn(cloud), endIn(cloud)]).toEqual(['a', 'UNCHANGED']);
    await refresh(cloud, scene({ maxBilledCrpuHoursPerDay: 1 }));
    expect([lettersIn(cloud), endIn(cloud)]).toEqual(['a', 'BillingLimitReached']);
    await deploy(cloud, scene({ maxBilledCrpuHoursPerDay: 1.5 }));
    await refresh(cloud, scene({ maxBilledCrpuHoursPerDay: 1.5 }));
    expect([lettersIn(cloud), endIn(cloud)]).toEqual(['aa', 'POPULATED']);
    await deploy(cloud, scene({ maxBilledCrpuHoursPerDay: undefined }));
    await refresh(cloud, scene({ maxBilledCrpuHoursPerDay: undefined }));
    expect([lettersIn(cloud), endIn(cloud)]).toEqual(['aaa', 'POPULATED']);
  });

  test('queries that fail or are cancelled count, and a table that is replaced begins anew', async () => {
    const cloud = cloudOf();
    const capped = { maxBilledCrpuHoursPerDay: 2.5 };
    await deploy(cloud, scene(capped));
    const first = physicalId(cloud, 'Table');
    for (const outcome of ['FAILED', 'CANCELLED'] as const) {
      cloud.cleanRooms.planQuery({ ...QUERY, outcome });
      await refresh(cloud, scene(capped));
      expect(endIn(cloud)).toMatch(/^ProtectedQuery/);
    }
    await refresh(cloud, scene(capped));
    expect([lettersIn(cloud), endIn(cloud)]).toEqual(['aaa', 'BillingLimitReached']);
    await deploy(cloud, scene({ ...capped, table: { name: 'Another' } }));
    expect([lettersIn(cloud), physicalId(cloud, 'Table') === first]).toEqual(['aaaa', false]);
  });
});
