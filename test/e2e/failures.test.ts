import { Duration } from 'aws-cdk-lib';
import { Schedule } from 'aws-cdk-lib/aws-events';
import {
  closeClouds, dataIn, deploy, failureOf, lettersIn, liveIn, logicalId, MACHINE, MARKER, openCloud, populatesIn, refresh, RESOURCE, Scene,
  stackOf, tableIn, versionIn,
} from './support';
import type { Cloud } from '../../simulator/cloud';

afterEach(closeClouds);

const TIMEOUT = Duration.minutes(10);
const BEFORE: Scene = { timeout: TIMEOUT };
const AFTER: Scene = { timeout: TIMEOUT, parameters: { segment: `${MARKER} b` } };
const error = { code: 'OUT_OF_MEMORY', message: 'Executor 7 ran out of memory.' };

const queries = (cloud: Cloud) => cloud.cleanRooms.populations(tableIn(cloud));

describe.each([['the first deploy', undefined], ['an update', BEFORE]])('%s', (_, before) => {
  test.each<['FAILED' | 'CANCELLED' | 'TIMED_OUT', string]>([
    ['FAILED', 'ProtectedQueryFailed'], ['CANCELLED', 'ProtectedQueryCancelled'], ['TIMED_OUT', 'ProtectedQueryTimedOut'],
  ])('fails with the query\'s code and message when it ends as %s, and the table keeps its version', async (outcome, name) => {
    const cloud = openCloud();
    const kept = before && versionIn(await deploy(cloud, before));
    cloud.cleanRooms.planQuery({ durationSeconds: 60, outcome, error });
    const result = await cloud.deploy(stackOf(AFTER));
    expect(result.status).toBe(before ? 'UPDATE_ROLLBACK_COMPLETE' : 'ROLLBACK_COMPLETE');
    const reason = failureOf(result);
    const { analysisId } = populatesIn(cloud).at(-1)!;
    for (const part of [name, outcome, error.code, error.message, analysisId, 'execution:']) {
      expect(reason).toContain(part);
    }
    expect(populatesIn(cloud)).toHaveLength(before ? 2 : 1);
    if (before) {
      expect([liveIn(cloud), versionIn(cloud.stack('App'))]).toEqual([kept, kept]);
    }
  });

  test('cancels a query that never ends when its time is up, says so, and keeps the table\'s version', async () => {
    const cloud = openCloud();
    const kept = before && versionIn(await deploy(cloud, before));
    cloud.cleanRooms.planQuery({ durationSeconds: 60, outcome: 'NEVER' });
    const began = cloud.clock.now();
    const result = await cloud.deploy(stackOf(AFTER));
    expect(failureOf(result)).toMatch(/PopulationTimedOut.*10 minutes.*cancellation was asked for\..*It is now CANCELLED\./);
    expect(requestsOf(cloud, 'UpdateProtectedQuery')).toBe(1);
    expect((cloud.clock.now() - began) / 1000).toBeLessThan(TIMEOUT.toSeconds() + 240);
    if (before) {
      expect([liveIn(cloud), versionIn(cloud.stack('App'))]).toEqual([kept, kept]);
      expect(queries(cloud).map(({ outcome }) => outcome)).toEqual(['SUCCESS', 'CANCELLED']);
    }
  });
});

const requestsOf = (cloud: Cloud, operation: string): number =>
  cloud.cleanRooms.journal.requests.filter((request) => request.operation === operation).length;

test('a query that never ends is left alone where cancelOnTimeout is false, and the failure says so', async () => {
  const cloud = openCloud();
  await deploy(cloud, { ...BEFORE, cancelOnTimeout: false });
  cloud.cleanRooms.planQuery({ durationSeconds: 3600, outcome: 'SUCCESS' });
  const result = await cloud.deploy(stackOf({ ...AFTER, cancelOnTimeout: false }));
  expect(failureOf(result)).toMatch(/PopulationTimedOut.*left running, as cancelOnTimeout is false/);
  expect([requestsOf(cloud, 'UpdateProtectedQuery'), queries(cloud)[1].cancelledAt]).toEqual([0, undefined]);
});

describe('a query that was left running', () => {
  const LEFT = { ...AFTER, cancelOnTimeout: false };
  const leaving = async () => {
    const cloud = openCloud();
    await deploy(cloud, { ...BEFORE, cancelOnTimeout: false });
    cloud.cleanRooms.planQuery({ durationSeconds: 3600, outcome: 'SUCCESS' });
    expect((await cloud.deploy(stackOf(LEFT))).status).toBe('UPDATE_ROLLBACK_COMPLETE');
    return cloud;
  };

  test('is what the next deploy of the same wanted: it waits for it, and pays nothing', async () => {
    const cloud = await leaving();
    const result = await deploy(cloud, { ...LEFT, timeout: Duration.minutes(55) });
    expect([lettersIn(cloud), versionIn(result)]).toEqual(['ab', liveIn(cloud)]);
  });

  test('is so also once it has long been live', async () => {
    const cloud = await leaving();
    await cloud.advance(2 * 3600);
    const result = await deploy(cloud, LEFT);
    expect([lettersIn(cloud), versionIn(result)]).toEqual(['ab', liveIn(cloud)]);
  });

  test('is nobody else\'s: a deploy of the old data populates with it', async () => {
    const cloud = await leaving();
    await cloud.advance(2 * 3600);
    await deploy(cloud, { ...BEFORE, cancelOnTimeout: false, triggers: ['again'] });
    expect([lettersIn(cloud), dataIn(cloud)]).toEqual(['aba', 'a']);
  });
});

test.each([
  { kind: 'error', code: 'AccessDeniedException' },
  { kind: 'error', code: 'InternalServerException' },
  { kind: 'error', code: 'ConflictException', members: { reason: 'INVALID_STATE' } },
  { kind: 'hang' },
] as const)('a refused cancellation does not hide that the time was up ($kind $code)', async (fault) => {
  const cloud = openCloud();
  await deploy(cloud, BEFORE);
  cloud.cleanRooms.planQuery({ durationSeconds: 60, outcome: 'NEVER' });
  cloud.cleanRooms.faults.inject({ operation: 'UpdateProtectedQuery', fault });
  const reason = failureOf(await cloud.deploy(stackOf(AFTER)));
  expect(reason).toMatch(/PopulationTimedOut.*did not end within its timeout of 10 minutes.*Cancelling it was refused/);
  expect(reason).toContain('code' in fault ? fault.code : 'TimeoutError');
});

test('a query that succeeds while it is being cancelled counts', async () => {
  const cloud = openCloud();
  cloud.cleanRooms.planQuery({ durationSeconds: TIMEOUT.toSeconds() + 30, outcome: 'SUCCESS' });
  cloud.cleanRooms.faults.inject({ operation: 'UpdateProtectedQuery', fault: { kind: 'error', code: 'ThrottlingException' } });
  const result = await deploy(cloud, BEFORE);
  expect([versionIn(result), populatesIn(cloud).length]).toEqual([liveIn(cloud), 1]);
});

test('a failed refresh leaves the live version and the stack\'s output as they are, and the execution names the error', async () => {
  const scene: Scene = { ...BEFORE, schedule: Schedule.rate(Duration.days(1)) };
  const cloud = openCloud();
  const kept = versionIn(await deploy(cloud, scene));
  cloud.cleanRooms.planQuery({ durationSeconds: 60, outcome: 'FAILED', error });
  await refresh(cloud, scene);
  expect(cloud.executions()[0]).toMatchObject({ status: 'FAILED', error: 'ProtectedQueryFailed', cause: expect.stringContaining(error.message) });
  expect([liveIn(cloud), versionIn(cloud.stack('App'))]).toEqual([kept, kept]);
});

test('an error text of 100 KB of multi-byte characters is cut to what CloudFormation takes', async () => {
  const cloud = openCloud();
  cloud.cleanRooms.planQuery({ durationSeconds: 60, outcome: 'FAILED', error: { code: 'LONG', message: '漢字🙂'.repeat(10_000) } });
  const result = await cloud.deploy(stackOf(BEFORE));
  expect(failureOf(result)).toMatch(/LONG: 漢字🙂漢字/);
  const [{ bytes, body }] = cloud.responses();
  expect([bytes <= 4096, bytes > 3000, body.includes('\ufffd')]).toEqual([true, true, false]);
});

describe('a query that succeeded', () => {
  test('is waited for until its version is live', async () => {
    const cloud = openCloud();
    cloud.cleanRooms.planQuery({ durationSeconds: 60, outcome: 'SUCCESS', liveAfterSeconds: 240 });
    const result = await deploy(cloud, BEFORE);
    expect(versionIn(result)).toBe(liveIn(cloud));
  });

  test('fails the deploy where its version never becomes live', async () => {
    const cloud = openCloud();
    const kept = versionIn(await deploy(cloud));
    cloud.cleanRooms.planQuery({ durationSeconds: 60, outcome: 'SUCCESS', liveAfterSeconds: 'never' });
    const result = await cloud.deploy(stackOf({ parameters: AFTER.parameters }));
    expect(failureOf(result)).toMatch(new RegExp(`VersionNotLive.*${populatesIn(cloud)[1].versionId} is not the table's live one: version ${kept} is`));
    expect([liveIn(cloud), versionIn(cloud.stack('App'))]).toEqual([kept, kept]);
  });
});

describe('what cannot pass', () => {
  const scheduled: Scene = { schedule: Schedule.rate(Duration.days(1)) };

  test.each([
    ['DISALLOWED_BY_DATA_PROVIDER', 'A data provider no longer allows this table'],
    ['BASE_TABLE_REMOVED', 'restore it, or change the query'],
  ] as const)('fails at once: the table is %s', async (status, remedy) => {
    const cloud = openCloud();
    await deploy(cloud, scheduled);
    cloud.cleanRooms.imposeStatus(tableIn(cloud), status, 'Because of reasons.');
    const result = await cloud.deploy(stackOf({ ...scheduled, parameters: AFTER.parameters }));
    const reason = failureOf(result);
    expect([reason.includes(status), reason.includes('Because of reasons.'), reason.includes(remedy)]).toEqual([true, true, true]);
    expect(await tookSeconds(cloud)).toBeLessThan(15);
  });

  test.each([
    [{ code: 'ValidationException', members: { reason: 'INVALID_QUERY' } }, 'Correct the table\'s stored query'],
    [{ code: 'ValidationException', members: { reason: 'INVALID_CONFIGURATION' } }, 'Check compute'],
    [{ code: 'ResourceNotFoundException', members: {} }, 'Does it still exist'],
  ])('fails at once, with its remedy: %j', async (fault, remedy) => {
    const cloud = openCloud();
    await deploy(cloud, scheduled);
    cloud.cleanRooms.faults.inject({ operation: 'PopulateIntermediateTable', fault: { kind: 'error', ...fault, message: 'Not like this.' } });
    const reason = failureOf(await cloud.deploy(stackOf({ ...scheduled, parameters: AFTER.parameters })));
    expect([reason.includes(fault.code), reason.includes('Not like this.'), reason.includes(remedy)]).toEqual([true, true, true]);
    expect(requestsOf(cloud, 'PopulateIntermediateTable')).toBe(2);
    expect(await tookSeconds(cloud)).toBeLessThan(15);
  });

  test('fails a deploy whose table is gone, and the stack can still be deleted', async () => {
    const cloud = openCloud();
    await deploy(cloud, scheduled);
    cloud.cleanRooms.resources.deleteIntermediateTable(tableIn(cloud));
    const { error: name, cause } = await cloud.execute(logicalId(stackOf(scheduled), MACHINE));
    expect([name, cause]).toEqual(['ResourceNotFoundException', expect.stringContaining('Does it still exist')]);
  });

  test('fails where access stays denied for longer than IAM needs to settle', async () => {
    const cloud = openCloud();
    cloud.cleanRooms.faults.inject({ operation: 'PopulateIntermediateTable', fault: { kind: 'error', code: 'AccessDeniedException', message: 'No.' } });
    const reason = failureOf(await cloud.deploy(stackOf(BEFORE)));
    expect(reason).toMatch(/AccessDeniedException.*No\..*Only the table's owner may populate it/);
    expect(await tookSeconds(cloud)).toBeLessThan(300);
  });

  /** How long the run that failed took. */
  async function tookSeconds(cloud: Cloud): Promise<number> {
    await cloud.settle();
    const { startDate, stopDate } = cloud.executions().find(({ status }) => status === 'FAILED')!;
    return (stopDate! - startDate) / 1000;
  }
});

test.each([
  ['a role that was just made is denied', { code: 'AccessDeniedException' }],
  ['IAM has not caught up', { code: 'ValidationException', members: { reason: 'IAM_SYNCHRONIZATION_DELAY' } }],
  ['requests are throttled', { code: 'ThrottlingException' }],
])('a deploy goes on where for a minute and a half %s', async (_, fault) => {
  const cloud = openCloud();
  const source = stackOf(BEFORE);
  await deploy(cloud, BEFORE);
  cloud.cleanRooms.faults.inject({ operation: '*', fault: { kind: 'error', ...fault }, forSeconds: 90 });
  const result = await deploy(cloud, AFTER);
  expect([versionIn(result), populatesIn(cloud).length]).toEqual([liveIn(cloud), 2]);
  expect(source.template.Resources[logicalId(source, RESOURCE)]).toBeDefined();
});

test.each([30, 70])('a first deploy goes on where IAM needs %d seconds until a new policy counts', async (iamPropagationSeconds) => {
  const cloud = openCloud({ behaviours: { iamPropagationSeconds } });
  expect([versionIn(await deploy(cloud)), populatesIn(cloud).length]).toEqual([liveIn(cloud), 1]);
});

test('a populate whose answer was lost is not repeated where its query was cancelled before the list had its version', async () => {
  const cloud = openCloud({ cleanRooms: { behaviours: { versionListLag: 20, versionAfterCancel: 'absent' } } });
  await deploy(cloud, BEFORE);
  cloud.cleanRooms.planQuery({ durationSeconds: 5, outcome: 'CANCELLED', error });
  cloud.cleanRooms.faults.inject({ operation: 'PopulateIntermediateTable', fault: { kind: 'reset', when: 'after' }, first: 1 });
  const reason = failureOf(await cloud.deploy(stackOf(AFTER)));
  expect([populatesIn(cloud).length, reason]).toEqual([2, expect.stringMatching(/ProtectedQueryCancelled.*OUT_OF_MEMORY/)]);
});

test('a parameter\'s value that the service quotes is named, not told', async () => {
  const cloud = openCloud();
  const message = `Cannot cast '${MARKER} a' to INT.`;
  cloud.cleanRooms.planQuery({ durationSeconds: 60, outcome: 'FAILED', error: { code: 'SPARK_ERROR', message } });
  expect(failureOf(await cloud.deploy(stackOf()))).toContain('SPARK_ERROR: Cannot cast \'<segment>\' to INT.');
  cloud.cleanRooms.faults.inject({ operation: 'PopulateIntermediateTable', fault: { kind: 'error', code: 'ValidationException', message, members: { reason: 'INVALID_QUERY' } } });
  await cloud.destroy('App');
  expect(failureOf(await cloud.deploy(stackOf()))).toMatch(/INVALID_QUERY.*Cannot cast '<segment>' to INT\./);
});

test('a populate that is answered without ids is looked for, not polled', async () => {
  const cloud = openCloud();
  cloud.cleanRooms.faults.inject({ operation: 'PopulateIntermediateTable', fault: { kind: 'reply', status: 200, body: '{}', when: 'after' }, first: 1 });
  expect([versionIn(await deploy(cloud)), populatesIn(cloud).length]).toEqual([liveIn(cloud), 1]);
});
