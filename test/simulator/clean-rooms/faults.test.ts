import { Harness, Reply } from './harness';
import { Fault, FaultRule, ServerActivity } from '../../../simulator/clean-rooms';

class CountingActivity implements ServerActivity {
  working = 0;
  hanging = 0;
  readonly clients: (number | undefined)[] = [];

  enter(): void { this.working++; }
  leave(): void { this.working--; }
  onHang(client?: number): void { this.hanging++; this.clients.push(client); }
  onSettled(): void { this.hanging--; }
}

let activity: CountingActivity;
let rooms: Harness;
beforeEach(async () => {
  activity = new CountingActivity();
  rooms = await Harness.start({ activity });
});
afterEach(() => rooms.stop());

const inject = (fault: Fault, operation: FaultRule['operation'] = 'PopulateIntermediateTable', occurrences?: number[]): (() => void) =>
  rooms.service.faults.inject({ operation, fault, occurrences });
const accepted = (): number => rooms.service.journal.acceptedPopulates().length;

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

/** A populate whose client goes away once it is time. */
async function leavingWhen(isTime: () => boolean): Promise<void> {
  const client = new AbortController();
  const request = rooms.send({ method: 'POST', path: `${rooms.path()}/populate`, signal: client.signal });
  await until(isTime);
  client.abort();
  await expect(request).rejects.toThrow('aborted');
  await until(() => activity.hanging === 0);
}

/** Each way in which a request may end is tried in api-faults.test.ts; that they reach this service's client, in handlers/clean-rooms. */
test.each([
  ['before', 0], ['after', 1],
] as const)('while a request hangs, %s its effect, the server is idle until the client goes', async (when, effects) => {
  inject({ kind: 'hang', when });
  await leavingWhen(() => activity.hanging === 1 && activity.working === 0);
  expect(activity.clients).toEqual([expect.any(Number)]);
  expect(accepted()).toBe(effects);
  expect(rooms.service.journal.requests.at(-1)).toMatchObject({ status: 'hung' });
});

describe('a fault strikes', () => {
  const denied: Fault = { kind: 'error', code: 'AccessDeniedException' };
  const statuses = async (count: number): Promise<number[]> => {
    const replies: Reply[] = [];
    for (let sent = 0; sent < count; sent++) replies.push(await rooms.send({ method: 'GET', path: rooms.path() }));
    return replies.map(({ status }) => status);
  };

  test('the requests that are counted out', async () => {
    inject(denied, '*', [2, 4]);
    expect(await statuses(5)).toEqual([200, 403, 200, 403, 200]);
  });

  test('no other operation, and none once it was taken back', async () => {
    const takeBack = inject(denied, 'GetIntermediateTable');
    await rooms.begin();
    expect(await statuses(1)).toEqual([403]);
    takeBack();
    expect(await statuses(1)).toEqual([200]);
  });

  test('a cancel, which then has no effect', async () => {
    const { analysisId } = await rooms.begin();
    const members = { reason: 'INVALID_STATE' };
    inject({ kind: 'error', code: 'ConflictException', members }, 'UpdateProtectedQuery');
    expect(await rooms.cancel(analysisId)).toMatchObject({ status: 409, body: members });
    rooms.clock.advance(62);
    expect(await rooms.query(analysisId)).toMatchObject({ status: 'SUCCESS' });
  });
});

describe('a delay', () => {
  test.each<[string, Fault | undefined, number]>([
    ['lets time pass before the request has its effect', undefined, 200],
    ['goes together with an end', { kind: 'error', code: 'InternalServerException', when: 'after' }, 500],
  ])('%s', async (_what, end, status) => {
    inject({ kind: 'delay', seconds: 30 });
    if (end) inject(end);
    const request = rooms.populate();
    await until(() => activity.hanging === 1 && activity.working === 0);
    rooms.clock.advance(29);
    expect(accepted()).toBe(0);
    rooms.clock.advance(1);
    expect((await request).status).toBe(status);
    await until(() => activity.hanging === 0 && activity.working === 0);
    expect(rooms.service.populations()).toEqual([expect.objectContaining({ acceptedAt: rooms.clock.now() })]);
  });

  test('outlasts a client, and the request has its effect all the same', async () => {
    inject({ kind: 'delay', seconds: 30 });
    await leavingWhen(() => activity.hanging === 1);
    rooms.clock.advance(30);
    await until(() => accepted() === 1);
    expect(activity).toMatchObject({ working: 0, hanging: 0 });
  });
});
