import { DEFINITION, FAILED, FIRST_SIGNED_AT, SUCCESS, TABLE, World } from './support';
import type { Ended } from '../../../src/contract/workflow';
import { endOf, report, responseFor } from '../../../src/handlers/deployment/report';
import { runKey, tableKey, type RunItem } from '../../../src/handlers/record/items';
import { EMPTY, type TableRecord } from '../../../src/handlers/record/table-record';
import { UNREACHABLE } from '../record/fake';

const RUN = 'arn:aws:states:eu-west-1:111122223333:execution:Audience:run-1';
const WAIT = 'https://wait.example?signature=w';
const urlOf = (nth: number) => `https://response-${nth}.example?signature=s`;
const responseTo = (nth: number) =>
  ({ url: urlOf(nth), StackId: 's', RequestId: `r${nth}`, LogicalResourceId: 'l', PhysicalResourceId: 'p' });
const BOTH = { responses: [responseTo(1), responseTo(2)] };

const answerBy = FIRST_SIGNED_AT + 3_570_000;
const request = { request: 'r', logicalId: 'Audience', signedAt: FIRST_SIGNED_AT, execution: RUN, answerBy, definition: DEFINITION };
const lease = { holder: RUN, untilAt: FIRST_SIGNED_AT + 60_000 };
const openFor = (action?: string) => ({ ...EMPTY, requests: [{ ...request, action }], lease }) as unknown as TableRecord;
const OPEN = openFor('POPULATE');

/** The run's item, where there is one, and its request. */
function worldWith(more?: Partial<RunItem>, record?: TableRecord): World {
  const item: RunItem = { table: TABLE, action: 'POPULATE', responses: [responseTo(1)], ...more };
  const world = new World();
  world.store.set(tableKey(TABLE), record ?? openFor(item.action));
  if (more) {
    world.store.set(runKey(RUN), item);
  }
  return world;
}

const reporting = (world: World, ended: Ended) => report(RUN, ended, world.ports());
const kept = (world: World) => world.store.get<RunItem>(runKey(RUN));
const urlsIn = (world: World) => world.put.map(({ url }) => url);

describe('the report of a run', () => {
  const ofSuccess = { Status: 'SUCCESS', RequestId: 'r1', PhysicalResourceId: 'p', Data: { versionId: 'version-1', Execution: RUN } };
  const reason = expect.stringContaining('ProtectedQueryFailed: OOM');

  test.each<[string, Partial<RunItem>, Ended, string[], object, string]>([
    ['success goes to the resource that waits', {}, SUCCESS, [urlOf(1)], ofSuccess, 'SUCCEEDED'],
    ['failure has the same physical id', {}, FAILED, [urlOf(1)], { Status: 'FAILED', PhysicalResourceId: 'p', Reason: reason }, 'FAILED'],
    ['release is a success, whatever happened: a delete is never held up', { action: 'RELEASE' }, FAILED, [urlOf(1)],
      { Status: 'SUCCESS', Data: {} }, 'SUCCEEDED'],
    ['success goes to the wait condition and to everybody else who waits', { waitHandleUrl: WAIT, ...BOTH }, SUCCESS,
      [WAIT, urlOf(1), urlOf(2)], { Status: 'SUCCESS', UniqueId: 'population', Data: expect.stringContaining('version-1') }, 'SUCCEEDED'],
    ['failure goes to the wait condition and to everybody else who waits', { waitHandleUrl: WAIT, ...BOTH }, FAILED,
      [WAIT, urlOf(1), urlOf(2)], { Status: 'FAILURE', UniqueId: 'population', Reason: reason }, 'FAILED'],
    ['success on record is told, not what the machine says after that', { outcome: SUCCESS }, FAILED, [urlOf(1)], ofSuccess, 'SUCCEEDED'],
  ])('of a %s; its request is ended, its table free, and no URL in texts or logs', async (_what, item, ended, urls, body, endedAs) => {
    const world = worldWith(item);
    await reporting(world, ended);
    expect(urlsIn(world)).toEqual(urls);
    expect(world.put[0].body).toMatchObject(body);
    expect(world.newest).toMatchObject({ request: 'r', ended: endedAs });
    expect(world.table().lease).toBeUndefined();
    expect(JSON.stringify([world.put.map((each) => each.body), world.logged])).not.toContain('signature');
    expect(world.logged.join()).toContain(RUN);
  });

  test('goes nowhere where nobody is on record, whatever the execution says of itself', async () => {
    const world = worldWith();
    await reporting(world, FAILED);
    expect([world.put, world.store.writes()]).toEqual([[], 0]);
  });
});

describe('what a run that broke has left behind', () => {
  test('is closed, but for an attempt, whose lease is left to run out: an invocation may live that long', async () => {
    const attempt = { token: 't', execution: RUN } as TableRecord['attempt'];
    const world = worldWith({}, { ...OPEN, attempt });
    await reporting(world, FAILED);
    expect(world.table()).toMatchObject({ requests: [{ ended: 'FAILED' }], attempt: { token: 't' }, lease: { holder: RUN } });
  });

  test.each([
    ['the run has closed it', { requests: [{ ...request, action: 'POPULATE', ended: 'SUCCEEDED' }], lease: undefined }],
    ['a later request has come', { requests: [{ ...request, action: 'POPULATE', execution: 'later' }], lease: { holder: 'later' } }],
  ])('is nothing where %s', async (_what, more) => {
    const record = { ...EMPTY, ...more } as unknown as TableRecord;
    const world = worldWith({}, record);
    await reporting(world, FAILED);
    expect(world.store.writes('table')).toBe(0);
    expect(world.table()).toEqual(record);
  });

  test('is closed by the next report where the record could not be reached, and CloudFormation has been told all the same', async () => {
    const world = worldWith({}).befalls(/ table /, UNREACHABLE, 5);
    await expect(reporting(world, FAILED)).rejects.toThrow(`The record of the execution ${RUN} cannot be reached.`);
    expect(world.put).toHaveLength(1);
    world.elapsed = 10_000;
    await reporting(world, FAILED);
    expect(world.put).toHaveLength(1);
    expect(world.newest.ended).toBe('FAILED');
  });
});

test('a release that has ended well is told, and its run may go on as another request\'s; where that breaks, it is closed', async () => {
  const world = worldWith({ action: 'RELEASE' });
  await reporting(world, SUCCESS);
  expect(world.put).toMatchObject([{ body: { Status: 'SUCCESS', Data: {} } }]);
  expect(kept(world)).toEqual({ table: TABLE, action: 'RELEASE', responses: [] });
  expect(world.table()).toEqual(openFor('RELEASE'));
  await reporting(world, FAILED);
  expect(world.put).toHaveLength(1);
  expect(world.newest.ended).toBe('SUCCEEDED');
  expect(world.table().lease).toBeUndefined();
});

describe('a run that reports twice, as after a crash', () => {
  test('is heard once, and no URL is kept', async () => {
    const world = worldWith({ waitHandleUrl: WAIT });
    await reporting(world, SUCCESS);
    const writes = world.store.writes();
    await reporting(world, FAILED);
    expect([world.put.length, world.store.writes()]).toEqual([2, writes]);
    expect(kept(world)).toEqual({ table: TABLE, action: 'POPULATE', responses: [], outcome: SUCCESS });
    expect(world.store.items.get(runKey(RUN))?.expires).toEqual({ N: String(FIRST_SIGNED_AT / 1_000 + 2 * 86_400) });
  });

  test('tells those again who could not be told, only those, and what it said first, though it was called broken since', async () => {
    const world = worldWith(BOTH);
    world.refusing.add(urlOf(1));
    await expect(reporting(world, SUCCESS)).rejects.toThrow('answered status 503');
    world.refusing.clear();
    await reporting(world, FAILED);
    expect(urlsIn(world)).toEqual([urlOf(2), urlOf(1)]);
    expect(world.put[1].body).toMatchObject({ Status: 'SUCCESS' });
  });

  test('tells again what is not known to have been told', async () => {
    const world = worldWith({ outcome: SUCCESS }).befalls(/write run/, UNREACHABLE, 5);
    await expect(reporting(world, SUCCESS)).rejects.toThrow('cannot be reached');
    world.elapsed = 10_000;
    await reporting(world, SUCCESS);
    expect(urlsIn(world)).toEqual([urlOf(1), urlOf(1)]);
    expect(kept(world)?.responses).toEqual([]);
  });
});

test('a record that cannot be reached is an error that says why, so that the machine asks again', async () => {
  const world = worldWith({}).befalls(/./, UNREACHABLE);
  const words = `The record of the execution ${RUN} cannot be reached. TimeoutError: Connection timed out`;
  await expect(reporting(world, SUCCESS)).rejects.toThrow(words);
  expect(world.put).toEqual([]);
});

test('who comes while the others are told is not forgotten', async () => {
  const world = worldWith({});
  let isFirst = true;
  world.store.trouble = (asked) => {
    if (isFirst && asked.startsWith('write run')) {
      isFirst = false;
      world.store.set(runKey(RUN), { table: TABLE, action: 'POPULATE', ...BOTH });
    }
    return undefined;
  };
  await reporting(world, SUCCESS);
  expect(urlsIn(world)).toEqual([urlOf(1), urlOf(2)]);
});

describe('the end of an execution that could not report it, by what EventBridge tells', () => {
  test.each<[string, { status: string; error?: string | null; cause?: string | null }, string, string]>([
    ['its run has told why', { status: 'FAILED', error: 'ProtectedQueryFailed', cause: 'OOM' }, 'ProtectedQueryFailed', 'OOM'],
    ['its run has told why in one word', { status: 'FAILED', error: 'StatesRuntime', cause: null }, 'StatesRuntime', ''],
    ...([
      ['is stopped', { status: 'ABORTED' }, 'The execution ended as ABORTED.'],
      ['is stopped by somebody', { status: 'ABORTED', error: 'E', cause: 'x' }, 'The execution ended as ABORTED with E: x.'],
      ['timed out', { status: 'TIMED_OUT', error: null, cause: null }, 'The execution ended as TIMED_OUT.'],
      ['failed for its role', { status: 'FAILED', error: 'States.X', cause: 'No' }, 'The execution ended as FAILED with States.X: No.'],
      ['failed since reporting did', { status: 'FAILED', error: 'Unreported' }, 'The execution ended as FAILED with Unreported.'],
      ['failed without an error', { status: 'FAILED', error: '' }, 'The execution ended as FAILED.'],
    ] as const).map(([what, status, words]) => [
      `it ${what}, with status, execution and what may go on`, status, 'ExecutionEnded',
      `${words} Execution ${RUN}. A population that it had started may still be running.`,
    ] as [string, { status: string }, string, string]),
  ])('is a failure where %s', (_what, execution, error, cause) => {
    expect(endOf({ executionArn: RUN, ...execution })).toEqual({ failure: { error, cause, analysisId: '', retryable: null } });
  });

  test.each(['RUNNING', 'PENDING_REDRIVE', 'SOMETHING_NEW', 'SUCCEEDED'])('is none where it is %s', (status) => {
    expect(endOf({ executionArn: RUN, status })).toBeUndefined();
  });
});

describe('what CloudFormation is told', () => {
  test('is the output, as attributes: what is not known is an empty text, as there is no null; and all of them once more as one', () => {
    const attributes = { ...SUCCESS.output, billedCrpuHours: '', durationMillis: 0, Execution: RUN };
    expect(responseFor(RUN, SUCCESS)).toEqual({ Status: 'SUCCESS', Data: { ...attributes, Result: JSON.stringify(attributes) } });
  });

  test.each([
    ['and where to look', FAILED.failure.cause, `ProtectedQueryFailed: OOM: Out of memory. Query analysis-1. Execution ${RUN}.`],
    ['which names the execution once', `Too late, see ${RUN}`, `ProtectedQueryFailed: Too late, see ${RUN}.`],
    ['never with an empty cause', '', `ProtectedQueryFailed. Execution ${RUN}.`],
  ])('is the failure, %s', (_what, cause, Reason) => {
    expect(responseFor(RUN, { failure: { ...FAILED.failure, cause } })).toEqual({ Status: 'FAILED', Reason });
  });
});
