import { Harness } from './harness';
import { CleanRoomsOptions, documentedRate, IntermediateTable } from '../../../simulator/clean-rooms';

let rooms: Harness;
afterEach(() => rooms.stop());

async function start(options: Partial<CleanRoomsOptions> = {}): Promise<void> {
  rooms = await Harness.start(options);
}

function tables(count: number): IntermediateTable[] {
  return Array.from({ length: count }, (_, index) => rooms.addTable(`table${index}`));
}

describe('the quota of concurrent queries', () => {
  test('lets two run in most regions, and a third once one is over', async () => {
    await start();
    const [first, second, third] = tables(3);
    expect((await rooms.populate({}, first)).status).toBe(200);
    expect((await rooms.populate({}, second)).status).toBe(200);
    expect(await rooms.populate({}, third)).toMatchObject({
      status: 402, error: 'ServiceQuotaExceededException', body: { quotaName: expect.any(String), quotaValue: 2, message: expect.any(String) },
    });
    rooms.clock.advance(62);
    expect((await rooms.populate({}, third)).status).toBe(200);
  });

  test('lets five run in us-east-1', async () => {
    await start({ region: 'us-east-1' });
    const populations = tables(6).map((table) => { try { return rooms.service.populate(table); } catch { return undefined; } });
    expect(populations.filter((population) => population)).toHaveLength(5);
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
    await start({ behaviours: { overQuota: 'queued' }, limits: { concurrentQueries: 1 }, defaultPlan: { durationSeconds: 600, outcome: 'SUCCESS' } });
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

  test('of a membership refuses a sixth query in either way that AWS may behave', async () => {
    await start({ behaviours: { overQuota: 'queued' } });
    const populated = tables(6);
    for (const table of populated.slice(0, 5)) expect((await rooms.populate({}, table)).status).toBe(200);
    expect(await rooms.populate({}, populated[5])).toMatchObject({ status: 402, body: { quotaValue: 5 } });
  });
});

describe('the request rate', () => {
  test('is not limited unless asked for', async () => {
    await start();
    const replies = await Promise.all(Array.from({ length: 30 }, () => rooms.send({ method: 'GET', path: rooms.path() })));
    expect(replies.every(({ status }) => status === 200)).toBe(true);
  });

  test('lets five requests of an operation through in a second, and 20 of GetProtectedQuery', async () => {
    await start({ limits: { requestsPerSecond: documentedRate } });
    const { analysisId } = rooms.service.populate(rooms.table);
    const passed = async (path: string, count: number): Promise<number> => {
      const replies = await Promise.all(Array.from({ length: count }, () => rooms.send({ method: 'GET', path })));
      expect(replies.filter(({ status }) => status === 429).every(({ error }) => error === 'ThrottlingException')).toBe(true);
      return replies.filter(({ status }) => status === 200).length;
    };
    expect(await passed(rooms.path(), 8)).toBe(5);
    expect(await passed(rooms.queryPath(analysisId), 25)).toBe(20);
    rooms.clock.advance(0.999);
    expect(await passed(rooms.path(), 1)).toBe(0);
    rooms.clock.advance(0.001);
    expect(await passed(rooms.path(), 8)).toBe(5);
  });
});

describe('access budgets', () => {
  test('lose one read with each accepted populate, and with no other', async () => {
    await start();
    rooms.service.setAccessBudget(rooms.associationId, 2);
    await rooms.populate();
    await rooms.populate();
    expect(rooms.service.accessBudget(rooms.associationId)).toBe(1);
    rooms.clock.advance(100);
    await rooms.populate();
    rooms.clock.advance(100);
    expect(await rooms.populate()).toMatchObject({ status: 400, error: 'ValidationException', body: { message: expect.stringContaining('access budget') } });
    expect(rooms.service.accessBudget(rooms.associationId)).toBe(0);
  });

  test('are spent through nested tables, once a table', async () => {
    await start();
    const nested = rooms.addTable('nested', 'SELECT * FROM audience JOIN purchases USING (id)');
    rooms.service.setAccessBudget(rooms.associationId, 10);
    await rooms.populate({}, rooms.addTable('outer_table', 'SELECT * FROM nested'));
    expect(rooms.service.accessBudget(rooms.associationId)).toBe(9);
    expect(await rooms.getTable(nested)).toMatchObject({
      tableDependencies: [{ name: 'purchases', type: 'TABLE', parentType: 'DIRECT' }, { name: 'audience', type: 'INTERMEDIATE_TABLE', parentType: 'DIRECT' }],
    });
  });

  test('are not spent by a query that only has a longer name in it', async () => {
    await start();
    rooms.service.setAccessBudget(rooms.associationId, 10);
    await rooms.populate({}, rooms.addTable('other', 'SELECT * FROM purchases_2020'));
    expect(rooms.service.accessBudget(rooms.associationId)).toBe(10);
  });
});
