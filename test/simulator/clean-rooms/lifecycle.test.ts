import { Harness, Ids, INVALID_STATE } from './harness';
import { QueryPlan } from '../../../simulator/clean-rooms';

const DAY = 24 * 3600;
const ERROR = { code: 'RESOURCE_EXHAUSTED', message: 'No memory was left.' };

let rooms: Harness;
beforeEach(async () => { rooms = await Harness.start(); });
afterEach(() => rooms.stop());

/** Seconds since the populate, statuses of its query, of its version and of the table, and whose version is live. */
type Look = readonly [seconds: number, query: string, version: string, table: string, live?: 'own' | 'old'];

const [STARTED, FAILED, SUCCESS, EXPIRED] = ['POPULATE_STARTED', 'POPULATE_FAILED', 'POPULATE_SUCCESS', 'RETENTION_PERIOD_EXPIRED'];

async function versionStatus(versionId: string): Promise<string> {
  const { intermediateTableVersionSummaries: summaries } = await rooms.versions();
  return summaries.find((summary: Ids) => summary.versionId === versionId)?.status;
}

/** What is to be seen now; a query tells its error when it is over, and not before. */
async function look({ analysisId, versionId }: Ids, seconds: number, error?: object): Promise<Look> {
  const [query, table] = [await rooms.query(analysisId), await rooms.getTable()];
  expect(query.error).toEqual(query.status === 'SUBMITTED' || query.status === 'STARTED' ? undefined : error);
  const live = table.intermediateTableVersion;
  if (live?.versionId === versionId) expect(live.analysisId).toBe(analysisId);
  const statuses = [seconds, query.status, await versionStatus(versionId), table.status] as const;
  return live ? [...statuses, live.versionId === versionId ? 'own' : 'old'] : statuses;
}

const minute = (outcome: QueryPlan['outcome'], rest: Partial<QueryPlan> = {}): QueryPlan => ({ durationSeconds: 60, outcome, ...rest });

describe('a query', () => {
  test.each<[string, QueryPlan['outcome'] | undefined, QueryPlan, ...Look[]]>([
    ['that succeeds is submitted, started and over in turn, and then its version is live', undefined, minute('SUCCESS'),
      [0, 'SUBMITTED', STARTED, STARTED], [2, 'STARTED', STARTED, STARTED],
      [61, 'STARTED', STARTED, STARTED], [62, 'SUCCESS', SUCCESS, SUCCESS, 'own']],
    ['may have its version live later', undefined, minute('SUCCESS', { liveAfterSeconds: 30 }),
      [62, 'SUCCESS', SUCCESS, STARTED], [91, 'SUCCESS', SUCCESS, STARTED], [92, 'SUCCESS', SUCCESS, SUCCESS, 'own']],
    ['may have its version never live, and the old one stays', 'SUCCESS', minute('SUCCESS', { liveAfterSeconds: 'never' }),
      [DAY, 'SUCCESS', SUCCESS, STARTED, 'old']],
    ['that fails says why, and leaves the old version live', 'SUCCESS', minute('FAILED', { error: ERROR }),
      [30, 'STARTED', STARTED, STARTED, 'old'], [62, 'FAILED', FAILED, FAILED, 'old']],
    ['that somebody cancels does the same', 'SUCCESS', minute('CANCELLED', { error: ERROR }),
      [30, 'STARTED', STARTED, STARTED, 'old'], [62, 'CANCELLED', FAILED, FAILED, 'old']],
    ['that takes too long does the same', 'SUCCESS', minute('TIMED_OUT', { error: ERROR }),
      [30, 'STARTED', STARTED, STARTED, 'old'], [62, 'TIMED_OUT', FAILED, FAILED, 'old']],
    ['that never ends by itself is ended by AWS after a day', undefined, minute('NEVER'),
      [DAY, 'STARTED', STARTED, STARTED], [DAY + 2, 'TIMED_OUT', FAILED, FAILED]],
    ['that would take longer is ended by AWS after a day', undefined, { durationSeconds: 2 * DAY, outcome: 'SUCCESS' },
      [DAY, 'STARTED', STARTED, STARTED], [DAY + 2, 'TIMED_OUT', FAILED, FAILED]],
    ['that succeeds after one that failed makes the table\'s first version', 'FAILED', minute('SUCCESS'),
      [0, 'SUBMITTED', STARTED, STARTED], [62, 'SUCCESS', SUCCESS, SUCCESS, 'own']],
  ])('%s', async (_name, before, plan, ...looks) => {
    expect(await rooms.getTable()).toMatchObject({ status: 'CREATED' });
    if (before) await rooms.populated(minute(before));
    const ids = await rooms.begin(plan);
    let passed = 0;
    for (const expected of looks) {
      rooms.clock.advance(expected[0] - passed);
      passed = expected[0];
      expect(await look(ids, passed, plan.error)).toEqual(expected);
    }
  });

  test.each<[string, number, object | undefined, number]>([
    ['a query of one second by its first minute', 1, undefined, 32 / 60],
    ['an hour of the default 32 CRPUs', 3600, undefined, 32],
    ['an hour of 10 big workers', 3600, { type: 'CR.8X', number: 10 }, 160],
    ['two hours of 4 middle workers', 7200, { type: 'CR.4X', number: 4 }, 64],
  ])('is billed: %s', async (_name, durationSeconds, queryComputeConfiguration, units) => {
    const body = queryComputeConfiguration && { computeConfiguration: { queryComputeConfiguration } };
    const { analysisId } = await rooms.begin({ durationSeconds, outcome: 'SUCCESS' }, body);
    rooms.clock.advance(durationSeconds + 2);
    const { statistics, computeConfiguration } = await rooms.query(analysisId);
    expect(statistics.totalDurationInMillis).toBe(durationSeconds * 1000);
    expect(statistics.billedResourceUtilization.units).toBeCloseTo(units);
    expect(computeConfiguration?.worker).toEqual(queryComputeConfiguration);
  });
});

describe('a cancelled query', () => {
  test('is CANCELLING for a while, which a second cancel does not prolong, then CANCELLED, and its success never comes', async () => {
    const ids = await rooms.begin(minute('SUCCESS'));
    rooms.clock.advance(59);
    const cancel = { method: 'PATCH', path: rooms.queryPath(ids.analysisId), body: { targetStatus: 'CANCELLED' } };
    for (const seconds of [4, 1]) {
      expect(await rooms.ok(cancel, 'UpdateProtectedQuery')).toMatchObject({ protectedQuery: { status: 'CANCELLING' } });
      rooms.clock.advance(seconds);
    }
    expect(await rooms.query(ids.analysisId)).toMatchObject({ status: 'CANCELLED', statistics: { totalDurationInMillis: 62_000 } });
    rooms.clock.advance(DAY);
    expect(await look(ids, DAY)).toEqual([DAY, 'CANCELLED', FAILED, FAILED]);
  });

  test('takes no other target status, and cannot be cancelled once it is over', async () => {
    const { analysisId } = await rooms.populated();
    const other = { method: 'PATCH', path: rooms.queryPath(analysisId), body: { targetStatus: 'SUCCESS' } };
    expect(await rooms.send(other)).toMatchObject({ status: 400, error: 'ValidationException' });
    expect(await rooms.cancel(analysisId)).toMatchObject(INVALID_STATE);
  });
});

describe('a version', () => {
  test('expires after 30 days, and a new one takes its place', async () => {
    const old = await rooms.begin(minute('SUCCESS'));
    rooms.clock.advance(62);
    const { intermediateTableVersion } = await rooms.getTable();
    expect(intermediateTableVersion.expirationTime * 1000).toBe(rooms.clock.now() + 30 * DAY * 1000);
    rooms.clock.advance(30 * DAY - 1);
    expect(await look(old, 0)).toEqual([0, 'SUCCESS', SUCCESS, SUCCESS, 'own']);
    rooms.clock.advance(1);
    expect(await look(old, 0)).toEqual([0, 'SUCCESS', EXPIRED, EXPIRED, 'own']);
    const next = await rooms.begin();
    expect(await rooms.getTable()).toMatchObject({ status: STARTED });
    rooms.clock.advance(100);
    expect(await look(next, 0)).toEqual([0, 'SUCCESS', SUCCESS, SUCCESS, 'own']);
  });

  test('keeps the key that the table had when it was populated', async () => {
    const key = (name: string) => `arn:aws:kms:eu-west-1:111122223333:key/${name}`;
    const update = (name: string) => rooms.service.resources.updateIntermediateTable(rooms.table.id, { kmsKeyArn: key(name) });
    update('old');
    await rooms.begin();
    rooms.clock.advance(62);
    update('new');
    expect(await rooms.getTable()).toMatchObject({ kmsKeyArn: key('new'), intermediateTableVersion: { kmsKeyArn: key('old') } });
    await rooms.populated();
    expect(await rooms.getTable()).toMatchObject({ intermediateTableVersion: { kmsKeyArn: key('new') } });
    // One began when the other ended.
    expect(rooms.service.maxConcurrentPopulations(rooms.table.id)).toBe(1);
  });

  test.each<[string, number, number, 0 | 1]>([
    ['the one that ends last', 100, 50, 0],
    ['the one accepted last where they end together', 60, 60, 1],
  ])('stays live, of two that are made at once: %s', async (_which, first, second, live) => {
    rooms.service.behaviours = { ...rooms.service.behaviours, populateWhilePopulating: 'accepted' };
    const versions: string[] = [];
    for (const durationSeconds of [first, second]) versions.push((await rooms.begin({ durationSeconds, outcome: 'SUCCESS' })).versionId);
    rooms.clock.advance(200);
    expect(rooms.service.liveVersionId(rooms.table.id)).toBe(versions[live]);
  });
});

describe('what others do to a table', () => {
  test.each([
    'DISALLOWED_BY_DATA_PROVIDER', 'BASE_TABLE_REMOVED',
  ] as const)('%s shows with its reason, and refuses every populate', async (status) => {
    rooms.service.imposeStatus(rooms.table.id, status, 'The other company said so.');
    expect(await rooms.getTable()).toMatchObject({ status, statusReason: 'The other company said so.' });
    expect(await rooms.populate()).toMatchObject(INVALID_STATE);
    rooms.service.imposeStatus(rooms.table.id, undefined);
    expect(await rooms.populate()).toMatchObject({ status: 200 });
  });

  test('early expiry takes the data and lets a populate bring it back', async () => {
    const old = await rooms.populated();
    rooms.service.imposeStatus(rooms.table.id, 'RETENTION_PERIOD_EXPIRED');
    expect(await look(old, 0)).toEqual([0, 'SUCCESS', EXPIRED, EXPIRED, 'own']);
    await rooms.populated();
    expect(await rooms.getTable()).toMatchObject({ status: SUCCESS });
  });

  test('a populate by hand makes a version, and is not taken for the API\'s', async () => {
    const { versionId } = rooms.service.populateByHand(rooms.table.id, { region: 'north' });
    rooms.clock.advance(100);
    expect(await rooms.getTable()).toMatchObject({ intermediateTableVersion: { versionId, parameters: { region: 'north' } } });
    expect(rooms.service.journal.acceptedPopulates()).toEqual([]);
    expect(rooms.service.populations(rooms.table.id)).toHaveLength(1);
  });
});
