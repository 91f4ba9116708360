import { Duration } from 'aws-cdk-lib';
import { Schedule } from 'aws-cdk-lib/aws-events';
import {
  closeClouds, dataIn, lettersIn, liveIn, logicalId, MACHINE, openCloud, populatesIn, runningIn, SCHEDULE, Scene, segment, stackOf,
  tableIn, until, versionIn,
} from './support';
import type { Cloud } from '../../simulator/cloud';
import { PopulateOnDeploy, WorkerType } from '../../src';

afterEach(closeClouds);

/** What a team does in a year, and what that is to come to. `README.md` says which promises it is about. */
interface Day {
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

const START: Scene = { parameters: segment('a'), schedule: Schedule.rate(Duration.days(1)), timeout: Duration.minutes(30) };
const FAILED = 'UPDATE_ROLLBACK_COMPLETE';
const KEY = 'arn:aws:kms:us-east-1:111122223333:key/a1b2c3d4-5678-90ab-cdef-333333333333';
const b = { parameters: segment('b') };
const a = { parameters: segment('a') };

const YEARS: Record<string, readonly Day[]> = {
  'of a team that changes its query\'s parameters': [
    { what: 'the first deploy', populates: 'a', data: 'a' },
    { what: 'the same again', populates: '', data: 'a' },
    { what: 'a night', does: 'REFRESHES', populates: 'a', data: 'a' },
    { what: 'other parameters', template: b, populates: 'b', data: 'b' },
    { what: 'git revert', template: a, populates: 'a', data: 'a' },
    { what: 'git revert of the revert, which fails', template: b, query: 'FAILED', status: FAILED, populates: 'b', data: 'a' },
    { what: 'and again, which works', template: b, populates: 'b', data: 'b' },
    { what: 'a parameter more', template: { parameters: { ...segment('c'), region: 'EU' } }, populates: 'c', data: 'c' },
    { what: 'two in a row: one', template: { parameters: segment('d') }, populates: 'd', data: 'd' },
    { what: 'two in a row: the other', template: { parameters: segment('e') }, populates: 'e', data: 'e' },
    { what: 'no parameters any more', template: { parameters: undefined }, populates: '-', data: '-' },
    { what: 'back to what was long ago', template: a, populates: 'a', data: 'a' },
  ],
  'of a team that changes everything else': [
    { what: 'the first deploy', populates: 'a', data: 'a' },
    { what: 'a longer timeout', template: { timeout: Duration.minutes(50) }, populates: '', data: 'a' },
    { what: 'one of hours', template: { timeout: Duration.hours(3) }, populates: '', data: 'a' },
    { what: 'other data, under that', template: b, populates: 'b', data: 'b' },
    { what: 'a shorter one again', template: { timeout: Duration.minutes(30) }, populates: '', data: 'b' },
    { what: 'another schedule', template: { schedule: Schedule.rate(Duration.hours(12)) }, populates: '', data: 'b' },
    { what: 'a night', does: 'REFRESHES', populates: 'b', data: 'b' },
    { what: 'a second schedule', template: { also: (_, population) => { population.addSchedule('Weekly', Schedule.rate(Duration.days(7))); } }, populates: '', data: 'b' },
    { what: 'a week', does: 'REFRESHES', schedule: 'AudienceWeekly', populates: 'b', data: 'b' },
    { what: 'more workers', template: { compute: { workerType: WorkerType.CR_4X, workers: 8 } }, populates: 'b', data: 'b' },
    { what: 'a key', template: { table: { kmsKeyArn: KEY } }, populates: 'b', data: 'b' },
    { what: 'a description', template: { table: { kmsKeyArn: KEY, description: 'Ours' } }, populates: '', data: 'b' },
    { what: 'queries are left running', template: { cancelOnTimeout: false }, populates: '', data: 'b' },
    { what: 'a trigger', template: { triggers: ['2026-12'] }, populates: 'b', data: 'b' },
    { what: 'no schedule any more', template: { schedule: undefined, also: undefined }, populates: '', data: 'b' },
  ],
  'of a team whose modes change': [
    { what: 'the first deploy, which is not to populate', template: { populateOnDeploy: PopulateOnDeploy.NEVER }, populates: '', data: undefined },
    { what: 'a night', does: 'REFRESHES', populates: 'a', data: 'a' },
    { what: 'other parameters', template: b, populates: '', data: 'a' },
    { what: 'only if there is nothing', template: { populateOnDeploy: PopulateOnDeploy.IF_UNPOPULATED }, populates: '', data: 'a' },
    { what: 'two months', does: 'LETS EXPIRE', populates: '', data: undefined },
    { what: 'a deploy, after which there is', template: { timeout: Duration.minutes(40) }, populates: 'b', data: 'b' },
    { what: 'with every deploy', template: { populateOnDeploy: PopulateOnDeploy.ALWAYS }, populates: 'b', data: 'b' },
    { what: 'a deploy', template: { timeout: Duration.minutes(41) }, populates: 'b', data: 'b' },
    { what: 'a deploy that fails', template: { timeout: Duration.minutes(42) }, query: 'FAILED', status: FAILED, populates: 'b', data: 'b' },
    { what: 'on change again', template: { populateOnDeploy: PopulateOnDeploy.ON_CHANGE, timeout: Duration.minutes(41) }, populates: '', data: 'b' },
    { what: 'a change', template: a, populates: 'a', data: 'a' },
  ],
  'of a team that has bad days': [
    { what: 'the first deploy, which fails', query: 'FAILED', status: 'ROLLBACK_COMPLETE', populates: 'a' },
    { what: 'and again', populates: 'a', data: 'a' },
    { what: 'a night that fails', does: 'REFRESHES', query: 'FAILED', populates: 'a', data: 'a' },
    { what: 'a night that takes too long', does: 'REFRESHES', query: 'NEVER', populates: 'a', data: 'a' },
    { what: 'an update that takes too long', template: b, query: 'NEVER', status: FAILED, populates: 'b', data: 'a' },
    { what: 'one whose query somebody cancels', template: b, query: 'CANCELLED', status: FAILED, populates: 'b', data: 'a' },
    { what: 'one that its user cancels', template: b, does: 'CANCELS', status: FAILED, populates: 'b', data: 'a' },
    { what: 'one where another resource fails afterwards', template: { ...b, laterFails: true }, status: FAILED, populates: 'ba', data: 'a' },
    { what: 'the one that works', template: { ...b, laterFails: false }, populates: 'b', data: 'b' },
    { what: 'somebody populates in the console', does: 'POPULATES BY HAND', populates: '', data: 'x' },
    { what: 'a deploy that changes nothing of the data, and brings the template\'s back', template: { timeout: Duration.minutes(31) }, populates: 'b', data: 'b' },
    { what: 'somebody populates in the console', does: 'POPULATES BY HAND', populates: '', data: 'x' },
    { what: 'a change that fails brings the data of the template back', template: a, query: 'FAILED', status: FAILED, populates: 'ab', data: 'b' },
    { what: 'a night', does: 'REFRESHES', populates: 'b', data: 'b' },
  ],
  'of a team that leaves for three months': [
    { what: 'the first deploy', populates: 'a', data: 'a' },
    { what: 'ninety-one days', does: 'WAITS', days: 91, populates: '', data: undefined },
    { what: 'an update that fails, on a table without data', template: b, query: 'FAILED', status: FAILED, populates: 'ba', data: 'a' },
    { what: 'an update', template: b, populates: 'b', data: 'b' },
    { what: 'ninety-one days, with nights', does: 'WAITS', days: 91, populates: '', data: undefined },
    { what: 'a night', does: 'REFRESHES', populates: 'b', data: 'b' },
    { what: 'an update that fails, which costs nothing more', template: a, query: 'FAILED', status: FAILED, populates: 'a', data: 'b' },
    { what: 'the same under a timeout of hours', template: { ...b, timeout: Duration.hours(2) }, populates: '', data: 'b' },
    { what: 'ninety-one days', does: 'WAITS', days: 91, populates: '', data: undefined },
    { what: 'a night', does: 'REFRESHES', populates: 'b', data: 'b' },
    { what: 'an update that fails, under that timeout', template: a, query: 'FAILED', status: FAILED, populates: 'a', data: 'b' },
  ],
  'of a team that does several things at once': [
    { what: 'the first deploy', populates: 'a', data: 'a' },
    { what: 'a deploy that changes nothing of the data, during a night', template: { timeout: Duration.minutes(31) }, does: 'DEPLOYS DURING A REFRESH', populates: 'a', data: 'a' },
    { what: 'a change during a night', template: b, does: 'DEPLOYS DURING A REFRESH', populates: 'ab', data: 'b' },
    { what: 'a night during a change', template: a, does: 'REFRESHES DURING A DEPLOY', populates: 'aa', data: 'a' },
    { what: 'a run of their own, with a parameter', does: 'RUNS', input: { parameters: segment('r') }, populates: 'r', data: 'r' },
    { what: 'a deploy that changes nothing of the data', template: { timeout: Duration.minutes(30) }, populates: '', data: 'r' },
    { what: 'a run of their own', does: 'RUNS', input: {}, populates: 'a', data: 'a' },
    { what: 'another name for the table, and another query: it is replaced', template: { table: { name: 'Another' } }, populates: 'a', data: 'a' },
    { what: 'the first table again', template: { table: {} }, populates: 'a', data: 'a' },
    { what: 'a replacement during a night', template: { table: { name: 'Another' } }, does: 'DEPLOYS DURING A REFRESH', populates: 'aa', data: 'a' },
    { what: 'the stack goes', does: 'DELETES', status: 'DELETE_COMPLETE', populates: '' },
    { what: 'and is back', populates: 'a', data: 'a' },
  ],
};

const SECONDS_OF_A_NIGHT = 600;

test.each(Object.entries(YEARS))('a year %s', async (_, days) => {
  const cloud = openCloud();
  let template: Scene = START;
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
});

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
