import { DEFINITION, FAILURE, FIRST_SIGNED_AT, OUTPUT, TABLE, World } from './support';
import type { Ended } from '../../../src/contract/workflow';
import { endOf, report, responseFor } from '../../../src/handlers/deployment/report';
import { runKey, tableKey, type RunItem } from '../../../src/handlers/record/items';
import { EMPTY, type TableRecord } from '../../../src/handlers/record/table-record';
import { UNREACHABLE } from '../record/fake';

const RUN = 'arn:aws:states:eu-west-1:111122223333:execution:Audience:run-1';
const WAIT = 'https://wait.example?signature=w';
const responseTo = (nth: number) => ({ url: `https://response-${nth}.example?signature=s`, StackId: 's', RequestId: `r${nth}`, LogicalResourceId: 'l', PhysicalResourceId: 'p' });

const itemOf = (more: Partial<RunItem> = {}): RunItem => ({ table: TABLE, action: 'POPULATE', responses: [responseTo(1)], ...more });

const REQUEST = {
  request: 'r',
  logicalId: 'Audience',
  signedAt: FIRST_SIGNED_AT,
  execution: RUN,
  answerBy: FIRST_SIGNED_AT + 3_570_000,
  action: 'POPULATE',
  definition: DEFINITION,
} as const;
const OPEN = { ...EMPTY, requests: [REQUEST], lease: { holder: RUN, untilAt: FIRST_SIGNED_AT + 60_000 } } as unknown as TableRecord;

function worldWith(item?: RunItem, record: TableRecord = OPEN): World {
  const world = new World();
  world.store.set(tableKey(TABLE), record);
  if (item) {
    world.store.set(runKey(RUN), item);
  }
  return world;
}

const reporting = (world: World, ended: Ended) => report(RUN, ended, world.ports());
const kept = (world: World) => world.store.get<RunItem>(runKey(RUN));

describe('the report of a run', () => {
  test('of a success goes to the resource that waits, without its URL in the text', async () => {
    const world = worldWith(itemOf());
    await reporting(world, { output: OUTPUT });
    expect(world.put).toEqual([{ url: responseTo(1).url, body: expect.objectContaining({ Status: 'SUCCESS', RequestId: 'r1', PhysicalResourceId: 'p' }) }]);
    expect(world.put[0].body.Data).toMatchObject({ versionId: 'version-1', Execution: RUN });
    expect(JSON.stringify(world.put[0].body)).not.toContain('signature');
  });

  test('of a failure has the same physical id', async () => {
    const world = worldWith(itemOf());
    await reporting(world, { failure: FAILURE });
    expect(world.put[0].body).toMatchObject({ Status: 'FAILED', PhysicalResourceId: 'p', Reason: expect.stringContaining('ProtectedQueryFailed: OOM') });
  });

  test('of a release is a success, whatever happened: a delete is never held up', async () => {
    const world = worldWith(itemOf({ action: 'RELEASE' }));
    await reporting(world, { failure: FAILURE });
    expect(world.put[0].body).toMatchObject({ Status: 'SUCCESS', Data: {} });
  });

  test.each([
    ['success', { output: OUTPUT }, { Status: 'SUCCESS', UniqueId: 'population', Data: expect.stringContaining('version-1') }],
    ['failure', { failure: FAILURE }, { Status: 'FAILURE', UniqueId: 'population', Reason: expect.stringContaining('ProtectedQueryFailed') }],
  ])('of a %s goes to the wait condition and to everybody else who waits', async (_what, ended, body) => {
    const world = worldWith(itemOf({ waitHandleUrl: WAIT, responses: [responseTo(1), responseTo(2)] }));
    await reporting(world, ended);
    expect(world.put.map(({ url }) => url)).toEqual([WAIT, responseTo(1).url, responseTo(2).url]);
    expect(world.put[0].body).toMatchObject(body);
  });

  test('goes nowhere where nobody is on record, whatever the execution says of itself', async () => {
    const world = worldWith();
    await reporting(world, { failure: FAILURE });
    expect([world.put, world.store.writes()]).toEqual([[], 0]);
  });

  test('tells what is on record, where whoever ended the attempt has written it: not what the machine says after that', async () => {
    const world = worldWith(itemOf({ outcome: { output: OUTPUT } }));
    await reporting(world, { failure: FAILURE });
    expect(world.put).toMatchObject([{ body: { Status: 'SUCCESS', Data: { versionId: 'version-1' } } }]);
    expect(world.table().requests[0].ended).toBe('SUCCEEDED');
  });
});

describe('what a run has left behind that broke', () => {
  test.each<[string, Ended, string]>([
    ['failed', { failure: FAILURE }, 'FAILED'],
    ['succeeded, as it could not say on record', { output: OUTPUT }, 'SUCCEEDED'],
  ])('is closed: its request has %s, and the table is free', async (_what, ended, expected) => {
    const world = worldWith(itemOf());
    await reporting(world, ended);
    expect(world.table()).toMatchObject({ requests: [{ request: 'r', ended: expected }] });
    expect(world.table().lease).toBeUndefined();
  });

  test('but for an attempt, whose lease is left to run out: an invocation may live that long', async () => {
    const attempt = { token: 't', execution: RUN } as TableRecord['attempt'];
    const world = worldWith(itemOf(), { ...OPEN, attempt });
    await reporting(world, { failure: FAILURE });
    expect(world.table()).toMatchObject({ requests: [{ ended: 'FAILED' }], attempt: { token: 't' }, lease: { holder: RUN } });
  });

  test('is nothing where the run has closed it, or a later request has come', async () => {
    const later = { ...OPEN, requests: [{ ...REQUEST, request: 'later', execution: 'arn:later' }], lease: { holder: 'arn:later', untilAt: 1 } } as unknown as TableRecord;
    const ended = { ...OPEN, requests: [{ ...REQUEST, ended: 'SUCCEEDED' }], lease: undefined } as unknown as TableRecord;
    for (const record of [later, ended]) {
      const world = worldWith(itemOf(), record);
      await reporting(world, { failure: FAILURE });
      expect(world.store.writes('table')).toBe(0);
      expect(world.table()).toEqual(record);
    }
  });

  test('is closed by the next report where the record could not be reached, and CloudFormation has been told all the same', async () => {
    const world = worldWith(itemOf());
    world.befalls(/ table /, UNREACHABLE, 5);
    await expect(reporting(world, { failure: FAILURE })).rejects.toThrow(`The record of the execution ${RUN} cannot be reached.`);
    expect(world.put).toHaveLength(1);
    world.elapsed = 10_000;
    await reporting(world, { failure: FAILURE });
    expect(world.put).toHaveLength(1);
    expect(world.table().requests[0].ended).toBe('FAILED');
  });
});

describe('a release that has ended well', () => {
  const released = () => worldWith(itemOf({ action: 'RELEASE' }), { ...OPEN, requests: [{ ...REQUEST, action: 'RELEASE' }] } as unknown as TableRecord);

  test('is told, and its run may go on as another request\'s: nothing of it is ended', async () => {
    const world = released();
    await reporting(world, { output: OUTPUT });
    expect(world.put).toMatchObject([{ body: { Status: 'SUCCESS', Data: {} } }]);
    expect(kept(world)).toEqual({ table: TABLE, action: 'RELEASE', responses: [] });
    expect(world.table()).toMatchObject({ requests: [{ execution: RUN }], lease: { holder: RUN } });
    expect(world.table().requests[0].ended).toBeUndefined();
  });

  test('is closed where it breaks after that, and nobody is told twice', async () => {
    const world = released();
    await reporting(world, { output: OUTPUT });
    await reporting(world, { failure: FAILURE });
    expect(world.put).toHaveLength(1);
    expect(world.table().requests[0].ended).toBe('SUCCEEDED');
    expect(world.table().lease).toBeUndefined();
  });
});

describe('a run that reports twice, as after a crash', () => {
  test('is heard once, and no URL is kept', async () => {
    const world = worldWith(itemOf({ waitHandleUrl: WAIT }));
    await reporting(world, { output: OUTPUT });
    const writes = world.store.writes();
    await reporting(world, { failure: FAILURE });
    expect(world.put).toHaveLength(2);
    expect(world.store.writes()).toBe(writes);
    expect(kept(world)).toEqual({ table: TABLE, action: 'POPULATE', responses: [], outcome: { output: OUTPUT } });
    expect(world.store.items.get(runKey(RUN))?.expires).toEqual({ N: String(FIRST_SIGNED_AT / 1_000 + 2 * 86_400) });
  });

  test('says what it said first: a run that could not be heard, and was then called broken, has ended well', async () => {
    const world = worldWith(itemOf());
    world.refusing.add(responseTo(1).url);
    await expect(reporting(world, { output: OUTPUT })).rejects.toThrow('answered status 503');
    world.refusing.clear();
    await reporting(world, { failure: FAILURE });
    expect(world.put).toMatchObject([{ body: { Status: 'SUCCESS' } }]);
  });

  test('tells those again who could not be told, and only those', async () => {
    const world = worldWith(itemOf({ responses: [responseTo(1), responseTo(2)] }));
    world.refusing.add(responseTo(1).url);
    await expect(reporting(world, { output: OUTPUT })).rejects.toThrow('answered status 503');
    world.refusing.clear();
    await reporting(world, { output: OUTPUT });
    expect(world.put.map(({ url }) => url)).toEqual([responseTo(2).url, responseTo(1).url]);
  });

  test('tells again what is not known to have been told', async () => {
    const world = worldWith(itemOf({ outcome: { output: OUTPUT } }));
    world.befalls(/write run/, UNREACHABLE, 5);
    await expect(reporting(world, { output: OUTPUT })).rejects.toThrow('cannot be reached');
    world.elapsed = 10_000;
    await reporting(world, { output: OUTPUT });
    expect(world.put.map(({ url }) => url)).toEqual([responseTo(1).url, responseTo(1).url]);
    expect(kept(world)?.responses).toEqual([]);
  });
});

test('a record that cannot be reached is an error that says why, so that the machine asks again', async () => {
  const world = worldWith(itemOf());
  world.befalls(/./, UNREACHABLE);
  await expect(reporting(world, { output: OUTPUT })).rejects.toThrow(`The record of the execution ${RUN} cannot be reached. TimeoutError: Connection timed out`);
  expect(world.put).toEqual([]);
});

test('who comes while the others are told is not forgotten', async () => {
  const world = worldWith(itemOf());
  let isFirst = true;
  world.store.trouble = (request) => {
    if (isFirst && request.startsWith('write run')) {
      isFirst = false;
      world.store.set(runKey(RUN), itemOf({ responses: [responseTo(1), responseTo(2)] }));
    }
    return undefined;
  };
  await reporting(world, { output: OUTPUT });
  expect(world.put.map(({ url }) => url)).toEqual([responseTo(1).url, responseTo(2).url]);
});

test('the log tells no URL', async () => {
  const world = worldWith(itemOf({ waitHandleUrl: WAIT }));
  await reporting(world, { output: OUTPUT });
  expect(world.logged.join()).toContain(RUN);
  expect(world.logged.join()).not.toContain('signature');
});

describe('the end of an execution that could not report it, by what EventBridge tells', () => {
  test('is the failure that its run has told', () => {
    expect(endOf({ executionArn: RUN, status: 'FAILED', error: 'ProtectedQueryFailed', cause: 'OOM' }))
      .toEqual({ failure: { error: 'ProtectedQueryFailed', cause: 'OOM', analysisId: '', retryable: null } });
    expect(endOf({ executionArn: RUN, status: 'FAILED', error: 'StatesRuntime', cause: null })).toMatchObject({ failure: { error: 'StatesRuntime', cause: '' } });
  });

  test.each([
    ['is stopped', { status: 'ABORTED' }, 'The execution ended as ABORTED.'],
    ['is stopped by somebody with a reason', { status: 'ABORTED', error: 'Stopped', cause: 'cost' }, 'The execution ended as ABORTED with Stopped: cost.'],
    ['timed out', { status: 'TIMED_OUT', error: null, cause: null }, 'The execution ended as TIMED_OUT.'],
    ['failed for its role', { status: 'FAILED', error: 'States.Runtime', cause: 'No path' }, 'The execution ended as FAILED with States.Runtime: No path.'],
    ['failed since reporting did', { status: 'FAILED', error: 'Unreported' }, 'The execution ended as FAILED with Unreported.'],
    ['failed without an error', { status: 'FAILED', error: '' }, 'The execution ended as FAILED.'],
  ])('is told with status, execution and what may go on where it %s', (_what, execution, words) => {
    expect(endOf({ executionArn: RUN, ...execution })).toEqual({
      failure: { error: 'ExecutionEnded', cause: `${words} Execution ${RUN}. A population that it had started may still be running.`, analysisId: '', retryable: null },
    });
  });

  test.each(['RUNNING', 'PENDING_REDRIVE', 'SOMETHING_NEW', 'SUCCEEDED'])('is none where it is %s', (status) => {
    expect(endOf({ executionArn: RUN, status })).toBeUndefined();
  });
});

describe('what CloudFormation is told', () => {
  test('is the output, as attributes: what is not known is an empty text, as CloudFormation has no null; and all of them once more as one', () => {
    const attributes = { ...OUTPUT, billedCrpuHours: '', durationMillis: 0, Execution: RUN };
    expect(responseFor(RUN, { output: OUTPUT })).toEqual({ Status: 'SUCCESS', Data: { ...attributes, Result: JSON.stringify(attributes) } });
  });

  test('is the failure, and where to look', () => {
    expect(responseFor(RUN, { failure: FAILURE })).toEqual({ Status: 'FAILED', Reason: `ProtectedQueryFailed: OOM: Out of memory. Query analysis-1. Execution ${RUN}.` });
  });

  test('names the execution once', () => {
    const failure = { ...FAILURE, cause: `Too late, see ${RUN}` };
    expect(responseFor(RUN, { failure })).toEqual({ Status: 'FAILED', Reason: `ProtectedQueryFailed: Too late, see ${RUN}.` });
  });

  test('is never an empty cause', () => {
    expect(responseFor(RUN, { failure: { ...FAILURE, cause: '' } })).toEqual({ Status: 'FAILED', Reason: `ProtectedQueryFailed. Execution ${RUN}.` });
  });
});
