import { Harness } from './harness';
import { Fault, ServerActivity } from '../../../simulator/clean-rooms';

let rooms: Harness;
afterEach(() => rooms.stop());

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
beforeEach(async () => {
  activity = new CountingActivity();
  rooms = await Harness.start({ activity });
});

function inject(fault: Fault, rest: object = {}): void {
  rooms.service.faults.inject({ operation: 'PopulateIntermediateTable', fault, ...rest });
}

const accepted = (): number => rooms.service.journal.acceptedPopulates().length;

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

/** Each way in which a request may end is tried in api-faults.test.ts, for all services; that they reach this one, by its client, in handlers/clean-rooms. */
test.each([['before', 0], ['after', 1]] as const)('while a request hangs, %s its effect, the server is idle until the client goes', async (when, effects) => {
  inject({ kind: 'hang', when });
  const client = new AbortController();
  const request = rooms.send({ method: 'POST', path: `${rooms.path()}/populate`, signal: client.signal });
  await until(() => activity.hanging === 1);
  await until(() => activity.working === 0);
  expect(activity.clients).toEqual([expect.any(Number)]);
  expect(accepted()).toBe(effects);
  client.abort();
  await expect(request).rejects.toThrow('aborted');
  await until(() => activity.hanging === 0);
  expect(rooms.service.journal.requests.at(-1)).toMatchObject({ status: 'hung' });
});

describe('a fault strikes', () => {
  const denied: Fault = { kind: 'error', code: 'AccessDeniedException' };
  const statuses = async (count: number): Promise<number[]> => {
    const replies: number[] = [];
    for (let sent = 0; sent < count; sent++) replies.push((await rooms.send({ method: 'GET', path: rooms.path() })).status);
    return replies;
  };

  test('the requests that are counted out', async () => {
    rooms.service.faults.inject({ operation: '*', fault: denied, occurrences: [2, 4] });
    expect(await statuses(5)).toEqual([200, 403, 200, 403, 200]);
  });

  test('no other operation, and none once it was taken back', async () => {
    const takeBack = rooms.service.faults.inject({ operation: 'GetIntermediateTable', fault: denied });
    expect((await rooms.populate()).status).toBe(200);
    expect(await statuses(1)).toEqual([403]);
    takeBack();
    expect(await statuses(1)).toEqual([200]);
  });

  test('a cancel, which then has no effect', async () => {
    const { analysisId } = (await rooms.populate()).body;
    const members = { reason: 'INVALID_STATE' };
    rooms.service.faults.inject({ operation: 'UpdateProtectedQuery', fault: { kind: 'error', code: 'ConflictException', members } });
    expect(await rooms.cancel(analysisId)).toMatchObject({ status: 409, body: members });
    rooms.clock.advance(62);
    expect(await rooms.query(analysisId)).toMatchObject({ status: 'SUCCESS' });
  });
});

describe('a delay', () => {
  test('lets time pass before the request has its effect', async () => {
    inject({ kind: 'delay', seconds: 30 });
    const request = rooms.populate();
    await until(() => activity.hanging === 1 && activity.working === 0);
    rooms.clock.advance(29);
    expect(accepted()).toBe(0);
    rooms.clock.advance(1);
    expect((await request).status).toBe(200);
    await until(() => activity.hanging === 0 && activity.working === 0);
    const [{ acceptedAt }] = rooms.service.populations();
    expect(acceptedAt).toBe(rooms.clock.now());
  });

  test('outlasts a client, and the request has its effect all the same', async () => {
    inject({ kind: 'delay', seconds: 30 });
    const client = new AbortController();
    const request = rooms.send({ method: 'POST', path: `${rooms.path()}/populate`, signal: client.signal });
    await until(() => activity.hanging === 1);
    client.abort();
    await expect(request).rejects.toThrow('aborted');
    await until(() => activity.hanging === 0);
    rooms.clock.advance(30);
    await until(() => accepted() === 1);
    expect(activity).toMatchObject({ working: 0, hanging: 0 });
  });

  test('goes together with an end', async () => {
    inject({ kind: 'delay', seconds: 5 });
    inject({ kind: 'error', code: 'InternalServerException', when: 'after' });
    const request = rooms.populate();
    await until(() => activity.hanging === 1);
    rooms.clock.advance(5);
    expect((await request).status).toBe(500);
    expect(accepted()).toBe(1);
  });
});
