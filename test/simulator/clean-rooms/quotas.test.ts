import { Harness } from './harness';
import { CleanRoomsOptions, documentedRate, IntermediateTable } from '../../../simulator/clean-rooms';

let rooms: Harness;
afterEach(() => rooms.stop());

async function start(options: Partial<CleanRoomsOptions> = {}): Promise<void> {
  rooms = await Harness.start(options);
}

const tables = (count: number): IntermediateTable[] => Array.from({ length: count }, (_, index) => rooms.addTable(`table${index}`));

describe('a quota', () => {
  test.each<[string, Partial<CleanRoomsOptions>, number]>([
    ['two queries run in most regions', { region: 'eu-west-1' }, 2],
    ['five run in us-east-1', { region: 'us-east-1', limits: { ongoingQueriesPerMembership: 9 } }, 5],
    ['five of a membership wait or run, in the other way that AWS may behave', { behaviours: { overQuota: 'queued' } }, 5],
  ])('lets %s, and another one once those are over', async (_what, options, quotaValue) => {
    await start(options);
    const all = tables(quotaValue + 1);
    for (const table of all.slice(0, quotaValue)) await rooms.begin(undefined, {}, table);
    expect(await rooms.populate({}, all[quotaValue])).toMatchObject({
      status: 402, error: 'ServiceQuotaExceededException', body: { quotaName: expect.any(String), quotaValue, message: expect.any(String) },
    });
    rooms.clock.advance(62);
    await rooms.begin(undefined, {}, all[quotaValue]);
  });

  test('starts those that wait in the order of acceptance, each as soon as a slot is free', async () => {
    await start({ behaviours: { overQuota: 'queued' } });
    [100, 300, 50, 50].forEach((durationSeconds) => rooms.service.planQuery({ durationSeconds, outcome: 'SUCCESS' }));
    const began = rooms.clock.now();
    tables(4).forEach((table) => rooms.service.populate(table));
    rooms.clock.advance(1000);
    const seconds = rooms.service.populations().map(({ startedAt, endsAt }) => [(startedAt! - began) / 1000, (endsAt - began) / 1000]);
    expect(seconds).toEqual([[2, 102], [2, 302], [102, 152], [152, 202]]);
  });

  test('gives the slot of a cancelled query to the next, and none to one that was cancelled while it waited', async () => {
    const defaultPlan = { durationSeconds: 600, outcome: 'SUCCESS' } as const;
    await start({ behaviours: { overQuota: 'queued' }, limits: { concurrentQueries: 1 }, defaultPlan });
    const [running, waiting, last] = tables(3).map((table) => rooms.service.populate(table).analysisId);
    rooms.clock.advance(10);
    expect(await rooms.query(waiting)).toMatchObject({ status: 'SUBMITTED' });
    await rooms.cancel(waiting);
    await rooms.cancel(running);
    rooms.clock.advance(5);
    expect(await rooms.query(waiting)).toMatchObject({ status: 'CANCELLED' });
    expect((await rooms.query(waiting)).statistics).toBeUndefined();
    expect(await rooms.query(last)).toMatchObject({ status: 'STARTED' });
  });
});

/** That it lets everything through unless asked for, all tests show in which no time passes. */
test('the request rate lets five requests of an operation through in a second, and 20 of GetProtectedQuery', async () => {
  const passed = async (path: string, count: number): Promise<number> => {
    const replies = await Promise.all(Array.from({ length: count }, () => rooms.send({ method: 'GET', path })));
    const refused = replies.filter(({ status }) => status !== 200).map(({ status, error }) => [status, error]);
    expect(refused).toEqual(refused.map(() => [429, 'ThrottlingException']));
    return count - refused.length;
  };
  await start({ limits: { requestsPerSecond: documentedRate } });
  const { analysisId } = rooms.service.populate(rooms.table);
  expect(await passed(rooms.path(), 8)).toBe(5);
  expect(await passed(rooms.queryPath(analysisId), 25)).toBe(20);
  rooms.clock.advance(0.999);
  expect(await passed(rooms.path(), 1)).toBe(0);
  rooms.clock.advance(0.001);
  expect(await passed(rooms.path(), 8)).toBe(5);
});

describe('an access budget', () => {
  const left = () => rooms.service.accessBudget(rooms.associationId);
  beforeEach(async () => {
    await start();
    rooms.service.setAccessBudget(rooms.associationId, 2);
  });

  test('loses one read with each accepted populate, and with no other', async () => {
    await rooms.populate();
    await rooms.populate();
    expect(left()).toBe(1);
    rooms.clock.advance(100);
    await rooms.populated();
    const message = expect.stringContaining('access budget');
    expect(await rooms.populate()).toMatchObject({ status: 400, error: 'ValidationException', body: { message } });
    expect(left()).toBe(0);
  });

  test('is spent through nested tables, once a table', async () => {
    const nested = rooms.addTable('nested', 'SELECT * FROM audience JOIN purchases USING (id)');
    await rooms.begin(undefined, {}, rooms.addTable('outer_table', 'SELECT * FROM nested'));
    expect(left()).toBe(1);
    expect((await rooms.getTable(nested)).tableDependencies).toMatchObject([
      { name: 'purchases', type: 'TABLE', parentType: 'DIRECT' }, { name: 'audience', type: 'INTERMEDIATE_TABLE', parentType: 'DIRECT' },
    ]);
  });

  test('is not spent by a query that only has a longer name in it', async () => {
    await rooms.begin(undefined, {}, rooms.addTable('other', 'SELECT * FROM purchases_2020 JOIN old_purchases USING (id)'));
    expect(left()).toBe(2);
  });
});
