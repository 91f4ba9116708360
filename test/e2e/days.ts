import { Duration } from 'aws-cdk-lib';
import {
  A, dataIn, lettersIn, liveIn, logicalId, MACHINE, openCloud, populatesIn, runningIn, Scene, SCHEDULE, segment, stackOf, tableIn, until,
  versionIn,
} from './support';
import type { Cloud } from '../../simulator/cloud';

/** What a team does on a day, and what that is to come to. */
export interface Day {
  readonly what: string;
  /** What the template is from that day on, over what it was. */
  readonly template?: Partial<Scene>;
  readonly does?: 'DEPLOYS' | 'REFRESHES' | 'RUNS' | 'POPULATES BY HAND' | 'CANCELS' | 'LETS EXPIRE' | 'DELETES' | 'WAITS' | 'DEPLOYS DURING A REFRESH' | 'REFRESHES DURING A DEPLOY';
  readonly input?: object;
  readonly schedule?: string;
  readonly days?: number;
  /** Queries that do not just succeed. */
  readonly query?: 'FAILED' | 'CANCELLED' | 'NEVER';
  readonly status?: string;
  /** The letters of what is populated that day. */
  readonly populates?: string;
  readonly data?: string | undefined;
}

export const FAILED = 'UPDATE_ROLLBACK_COMPLETE';
export const a = { parameters: segment('a') };
export const b = { parameters: segment('b') };
const START: Scene = { ...A, timeout: Duration.minutes(30) };
const SECONDS_OF_A_NIGHT = 600;

/** Lives a team's days in one account, and holds each to what it is to come to. */
export async function year(days: readonly Day[], start: Partial<Scene> = {}): Promise<void> {
  const cloud = openCloud();
  let template: Scene = { ...START, ...start };
  let output: string | undefined;
  for (const day of days) {
    const before = lettersIn(cloud).length;
    const next = { ...template, ...day.template };
    const { status, version } = await lived(cloud, template, next, day);
    // Only a refresh may be newer than the output.
    expect([day.what, version === undefined || version === liveIn(cloud) || (!day.populates && version === output)]).toEqual([day.what, true]);
    output = version ?? output;
    await cloud.settle();
    template = status.includes('ROLLBACK') ? template : next;
    const expected = day.status ?? expect.stringMatching(/^((CREATE|UPDATE)_COMPLETE|NOT DEPLOYED)$/);
    expect([day.what, status, lettersIn(cloud).slice(before)]).toEqual([day.what, expected, day.populates ?? '']);
    if ('data' in day) {
      expect([day.what, expires(cloud) ? undefined : dataIn(cloud)]).toEqual([day.what, day.data]);
    }
    expect(runningIn(cloud)).toEqual([]);
  }
}

const expires = (cloud: Cloud): boolean => {
  const live = cloud.cleanRooms.populations(tableIn(cloud)).find(({ versionId }) => versionId === liveIn(cloud));
  return live === undefined || (live.expiredAt ?? live.endsAt + 30 * 86_400_000) <= cloud.clock.now();
};

interface End {
  readonly status: string;
  /** The stack's output, where it has one. */
  readonly version?: string;
}

async function lived(cloud: Cloud, old: Scene, scene: Scene, { does = 'DEPLOYS', input, schedule = SCHEDULE, days = 0, query }: Day): Promise<End> {
  const night = () => cloud.fireRule(logicalId(stackOf(old), schedule));
  const deployed = async (deploying: ReturnType<Cloud['deploy']>) => {
    const { status, outputs } = await deploying;
    return { status, version: Object.keys(outputs).length ? versionIn({ outputs }) || undefined : undefined };
  };
  if (query) {
    cloud.cleanRooms.planQuery({ durationSeconds: 60, outcome: query, error: query === 'NEVER' ? undefined : { code: 'BAD', message: 'Wrong.' } });
  }
  switch (does) {
    case 'DEPLOYS':
      return deployed(cloud.deploy(stackOf(scene)));
    case 'DEPLOYS DURING A REFRESH':
      cloud.cleanRooms.planQuery({ durationSeconds: SECONDS_OF_A_NIGHT, outcome: 'SUCCESS' });
      night();
      await cloud.advance(60);
      return deployed(cloud.deploy(stackOf(scene)));
    case 'REFRESHES DURING A DEPLOY': {
      const count = populatesIn(cloud).length;
      const deploying = cloud.deploy(stackOf(scene));
      await until(cloud, () => populatesIn(cloud).length > count);
      night();
      return deployed(deploying);
    }
    case 'CANCELS': {
      const count = populatesIn(cloud).length;
      cloud.cleanRooms.planQuery({ durationSeconds: SECONDS_OF_A_NIGHT, outcome: 'SUCCESS' });
      const deploying = cloud.deploy(stackOf(scene));
      await until(cloud, () => populatesIn(cloud).length > count);
      cloud.cancelUpdate('App');
      return deployed(deploying);
    }
    case 'DELETES':
      return { status: (await cloud.destroy('App')).status };
    case 'REFRESHES':
      night();
      break;
    case 'RUNS':
      await cloud.execute(logicalId(stackOf(scene), MACHINE), input);
      break;
    case 'POPULATES BY HAND':
      cloud.cleanRooms.populateByHand(tableIn(cloud), segment('x'));
      await cloud.advance(SECONDS_OF_A_NIGHT);
      break;
    case 'LETS EXPIRE':
      await cloud.advance(60 * 86_400);
      break;
    case 'WAITS':
      await cloud.advance(days * 86_400);
  }
  return { status: 'NOT DEPLOYED' };
}
