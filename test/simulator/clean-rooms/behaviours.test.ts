import { Harness } from './harness';
import { BEHAVIOUR_POSITIONS, Behaviours } from '../../../simulator/clean-rooms';

let rooms: Harness;
afterEach(() => rooms.stop());

type Observe<K extends keyof Behaviours> = (position: Behaviours[K]) => Promise<void>;

async function populated(plan: 'SUCCESS' | 'FAILED' | 'TIMED_OUT' = 'SUCCESS'): Promise<{ analysisId: string; versionId: string }> {
  rooms.service.planQuery({ durationSeconds: 60, outcome: plan });
  const { body } = await rooms.populate({ parameters: { given: 'g' } });
  rooms.clock.advance(100);
  return body;
}

async function listed(): Promise<string[]> {
  return (await rooms.versions()).intermediateTableVersionSummaries.map(({ versionId }: { versionId: string }) => versionId);
}

const PARAMETERS = { given: { given: 'g' }, merged: { given: 'g', region: 'south' }, none: undefined };

/** What a client can see of each switch; the compiler asks for every one of them. */
const OBSERVATIONS: { [K in keyof Behaviours]: Observe<K> } = {
  populateWhilePopulating: async (position) => {
    await rooms.populate();
    const second = await rooms.populate();
    expect(second).toMatchObject(position === 'accepted' ? { status: 200 } : { status: 409, error: 'ConflictException', body: { reason: 'INVALID_STATE' } });
    expect(rooms.service.maxConcurrentPopulations(rooms.table.id)).toBe(position === 'accepted' ? 2 : 1);
  },

  overQuota: async (position) => {
    const [first, second, third] = ['a', 'b', 'c'].map((name) => rooms.addTable(name));
    await rooms.populate({}, first);
    await rooms.populate({}, second);
    const over = await rooms.populate({}, third);
    if (position === 'rejected') {
      expect(over).toMatchObject({ status: 402, error: 'ServiceQuotaExceededException' });
    } else {
      rooms.clock.advance(30);
      expect(await rooms.query(over.body.analysisId)).toMatchObject({ status: 'SUBMITTED' });
      rooms.clock.advance(40);
      expect(await rooms.query(over.body.analysisId)).toMatchObject({ status: 'STARTED' });
    }
  },

  statusDuringRefresh: async (position) => {
    const { versionId } = await populated();
    await rooms.populate();
    expect(await rooms.getTable()).toMatchObject({
      status: position === 'success' ? 'POPULATE_SUCCESS' : 'POPULATE_STARTED', intermediateTableVersion: { versionId },
    });
  },

  statusAfterFailedRefresh: async (position) => {
    const { versionId } = await populated();
    await populated('FAILED');
    expect(await rooms.getTable()).toMatchObject({
      status: position === 'success' ? 'POPULATE_SUCCESS' : 'POPULATE_FAILED', intermediateTableVersion: { versionId },
    });
  },

  versionListLag: async (position) => {
    const { versionId } = (await rooms.populate()).body;
    if (position > 0) {
      rooms.clock.advance(position - 1);
      expect(await listed()).toEqual([]);
      rooms.clock.advance(1);
    }
    expect(await listed()).toEqual([versionId]);
  },

  versionListOrder: async (position) => {
    const older = await populated();
    const newer = await populated();
    const newestFirst = [newer.versionId, older.versionId];
    expect(await listed()).toEqual(position === 'newestFirst' ? newestFirst : newestFirst.reverse());
  },

  versionAfterCancel: async (position) => {
    const cancelled = (await rooms.populate()).body;
    await rooms.cancel(cancelled.analysisId);
    expect(await listed()).toEqual([cancelled.versionId]);
    rooms.clock.advance(10);
    const timedOut = await populated('TIMED_OUT');
    const failed = await populated('FAILED');
    expect(await listed()).toEqual([failed.versionId, ...(position === 'failed' ? [timedOut.versionId, cancelled.versionId] : [])]);
  },

  checksAssociationArns: async (position) => {
    const asked: string[][] = [];
    await rooms.stop();
    rooms = await Harness.start({
      behaviours: { checksAssociationArns: position }, authorize: ({ resources }) => { asked.push(resources); return undefined; },
    });
    await rooms.populate();
    await rooms.getTable();
    const { arn } = rooms.membership;
    const table = [arn, `${arn}/intermediatetable/${rooms.table.id}`];
    expect(asked).toEqual([position ? [...table, `${arn}/configuredtableassociation/${rooms.associationId}`] : table, table]);
  },

  deleteWhilePopulating: async (position) => {
    const { analysisId } = (await rooms.populate()).body;
    const reply = await rooms.send({ method: 'DELETE', path: rooms.path() });
    if (position === 'refused') {
      expect(reply).toMatchObject({ status: 409, error: 'ConflictException', body: { reason: 'INVALID_STATE' } });
    } else {
      expect(reply.status).toBe(204);
      expect(await rooms.send({ method: 'GET', path: rooms.path() })).toMatchObject({ status: 404 });
      expect(await rooms.query(analysisId)).toMatchObject({ status: 'SUBMITTED' });
    }
  },

  throttlingStatus: async (position) => {
    rooms.service.faults.inject({ operation: 'GetIntermediateTable', fault: { kind: 'error', code: 'ThrottlingException' } });
    expect(await rooms.send({ method: 'GET', path: rooms.path() })).toMatchObject({ status: position, error: 'ThrottlingException' });
  },

  queryParametersVisible: async (position) => {
    const table = rooms.addTable('with_defaults', 'SELECT 1', { given: 'default', region: 'south' });
    const { analysisId } = (await rooms.populate({ parameters: { given: 'g' } }, table)).body;
    expect((await rooms.query(analysisId)).sqlParameters.parameters).toEqual(PARAMETERS[position]);
  },

  activeVersionParameters: async (position) => {
    const table = rooms.addTable('with_defaults', 'SELECT 1', { given: 'default', region: 'south' });
    await rooms.populate({ parameters: { given: 'g' } }, table);
    rooms.clock.advance(100);
    expect((await rooms.getTable(table)).intermediateTableVersion.parameters).toEqual(PARAMETERS[position]);
  },

  activeVersionAfterExpiry: async (position) => {
    const { versionId } = await populated();
    rooms.clock.advance(31 * 24 * 3600);
    const { status, intermediateTableVersion } = await rooms.getTable();
    expect(status).toBe('RETENTION_PERIOD_EXPIRED');
    expect(intermediateTableVersion?.versionId).toBe(position === 'shown' ? versionId : undefined);
  },
};

const CASES = Object.entries(BEHAVIOUR_POSITIONS).flatMap(([name, positions]) =>
  positions.map((position) => [name as keyof Behaviours, position] as const));

test.each(CASES)('%s can be %s', async (name, position) => {
  rooms = await Harness.start({ behaviours: { [name]: position } });
  await (OBSERVATIONS[name] as Observe<typeof name>)(position as never);
});

test('a switch may be turned while the service runs', async () => {
  rooms = await Harness.start();
  await rooms.populate();
  expect((await rooms.populate()).status).toBe(409);
  rooms.service.behaviours = { ...rooms.service.behaviours, populateWhilePopulating: 'accepted' };
  expect((await rooms.populate()).status).toBe(200);
});
