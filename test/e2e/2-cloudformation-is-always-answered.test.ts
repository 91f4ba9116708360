import { Duration } from 'aws-cdk-lib';
import {
  A, B, closeClouds, cloudWith, dataIn, deploy, DEPLOYMENT_FUNCTION, failToDeploy, failureOf, lettersIn, liveIn, logicalId, MACHINE,
  openCloud, populatesIn, POPULATION_FUNCTION, Scene, segment, stackOf, tableIn, until, versionIn,
} from './support';
import type { Cloud } from '../../simulator/cloud';
import type { PutFault } from '../../simulator/cloudformation/inbox';
import type { Fault } from '../../simulator/faults';

afterEach(closeClouds);

const TIMEOUT = Duration.minutes(10);
const BEFORE: Scene = { timeout: TIMEOUT };
const AFTER: Scene = { timeout: TIMEOUT, parameters: segment('b') };
const error = { code: 'OUT_OF_MEMORY', message: 'Executor 7 ran out of memory.' };

const queries = (cloud: Cloud) => cloud.cleanRooms.populations(tableIn(cloud));

const timedOut = (cloud: Cloud) => cloud.stack('App').events.filter(({ reason }) => /did not receive a response/.test(reason ?? ''));

const requestsOf = (cloud: Cloud, operation: string): number =>
  cloud.cleanRooms.journal.requests.filter((request) => request.operation === operation).length;

const FAULTS: [string, PutFault][] = [
  ['a 503', { status: 503 }],
  ['a 500 after it was taken', { status: 500, after: true }],
  ['a reset', { reset: 'before' }],
  ['a reset after it was taken', { reset: 'after' }],
];

describe('promise 2: CloudFormation is always answered', () => {
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

  test('a query that never ends is left alone where cancelOnTimeout is false, and the failure says so', async () => {
    const cloud = await cloudWith({ ...BEFORE, cancelOnTimeout: false });
    cloud.cleanRooms.planQuery({ durationSeconds: 3600, outcome: 'SUCCESS' });
    const result = await cloud.deploy(stackOf({ ...AFTER, cancelOnTimeout: false }));
    expect(failureOf(result)).toMatch(/PopulationTimedOut.*left running, as cancelOnTimeout is false/);
    expect([requestsOf(cloud, 'UpdateProtectedQuery'), queries(cloud)[1].cancelledAt]).toEqual([0, undefined]);
  });

  describe('a query that was left running', () => {
    const LEFT = { ...AFTER, cancelOnTimeout: false };
    const leaving = async () => {
      const cloud = await cloudWith({ ...BEFORE, cancelOnTimeout: false });
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
    const cloud = await cloudWith(BEFORE);
    cloud.cleanRooms.planQuery({ durationSeconds: 60, outcome: 'NEVER' });
    cloud.cleanRooms.faults.inject({ operation: 'UpdateProtectedQuery', fault });
    const reason = failureOf(await cloud.deploy(stackOf(AFTER)));
    expect(reason).toMatch(/PopulationTimedOut.*did not end within its timeout of 10 minutes.*Cancelling it was refused/);
    expect(reason).toContain('code' in fault ? fault.code : 'TimeoutError');
  });

  test.each<Fault>([
    { kind: 'error', code: 'ThrottlingException' }, { kind: 'error', code: 'InternalServerException' }, { kind: 'hang' }, { kind: 'reply', status: 403, body: '<html>No</html>' },
  ])('a query whose first cancellation at a timeout is answered by %j is cancelled all the same', async (fault) => {
    const timeout = Duration.minutes(5);
    const cloud = await cloudWith({ ...A, timeout });
    cloud.cleanRooms.planQuery({ durationSeconds: 1800, outcome: 'SUCCESS' });
    cloud.cleanRooms.faults.inject({ operation: 'UpdateProtectedQuery', fault, first: 1 });
    const result = await failToDeploy(cloud, { ...B, timeout });
    expect(failureOf(result)).toMatch(/PopulationTimedOut.*It is now CANCELLED/);
    await cloud.advance(3600);
    expect([lettersIn(cloud), dataIn(cloud), populatesIn(cloud).length]).toEqual(['ab', 'a', 2]);
  });

  describe('a populate that is sent shortly before the deadline', () => {
    test.each(['reset', 'hang'] as const)('and not answered (%s) is looked for and cancelled, too', async (kind) => {
      const timeout = Duration.minutes(2);
      const cloud = await cloudWith({ ...A, timeout });
      cloud.cleanRooms.planQuery({ durationSeconds: 600, outcome: 'SUCCESS' });
      cloud.cleanRooms.faults.inject({ operation: 'PopulateIntermediateTable', fault: { kind: 'error', code: 'ThrottlingException' }, forSeconds: 60 });
      const deploying = cloud.deploy(stackOf({ ...B, timeout }));
      await cloud.advance(55);
      cloud.cleanRooms.faults.inject({ operation: 'PopulateIntermediateTable', fault: { kind, when: 'after' } });
      const result = await deploying;
      cloud.cleanRooms.faults.clear();
      await cloud.advance(3600);
      expect(failureOf(result)).toMatch(/PopulationTimedOut.*It is now CANCELLED/);
      expect([lettersIn(cloud), dataIn(cloud), cloud.cleanRooms.populations()[1].outcome]).toEqual(['ab', 'a', 'CANCELLED']);
    });
  });

  test('a query that succeeds while it is being cancelled counts', async () => {
    const cloud = openCloud();
    cloud.cleanRooms.planQuery({ durationSeconds: TIMEOUT.toSeconds() + 30, outcome: 'SUCCESS' });
    cloud.cleanRooms.faults.inject({ operation: 'UpdateProtectedQuery', fault: { kind: 'error', code: 'ThrottlingException' } });
    const result = await deploy(cloud, BEFORE);
    expect([versionIn(result), populatesIn(cloud).length]).toEqual([liveIn(cloud), 1]);
  });

  test('an error text of 100 KB of multi-byte characters is cut to what CloudFormation takes', async () => {
    const cloud = openCloud();
    cloud.cleanRooms.planQuery({ durationSeconds: 60, outcome: 'FAILED', error: { code: 'LONG', message: '漢字🙂'.repeat(10_000) } });
    const result = await cloud.deploy(stackOf(BEFORE));
    expect(failureOf(result)).toMatch(/LONG: 漢字🙂漢字/);
    const [{ bytes, body }] = cloud.responses();
    expect([bytes <= 4096, bytes > 3000, body.includes('\ufffd')]).toEqual([true, true, false]);
  });

  test('a population function that cannot start at all is reported within minutes', async () => {
    const cloud = openCloud({ faults: [{ function: POPULATION_FUNCTION, at: 'start' }] });
    const result = await cloud.deploy(stackOf());
    expect(failureOf(result)).toMatch(/PopulationFunctionFailed.*cannot run; its log group tells why/);
    const { startDate, stopDate } = cloud.executions().at(-1)!;
    expect([result.status, populatesIn(cloud).length, (stopDate! - startDate) / 1000 < 400]).toEqual(['ROLLBACK_COMPLETE', 0, true]);
  });

  test('a deployment function that crashes once its run has been started, and tries again when that has ended, changes nothing', async () => {
    const cloud = openCloud({ cleanRooms: { defaultPlan: { durationSeconds: 5, outcome: 'SUCCESS' } } });
    cloud.faults.push({ function: DEPLOYMENT_FUNCTION, at: 'return', invocation: 1 });
    const result = await deploy(cloud);
    await cloud.advance(700);
    expect([result.status, versionIn(result), lettersIn(cloud)]).toEqual(['CREATE_COMPLETE', liveIn(cloud), 'a']);
    await cloud.execute(logicalId(stackOf(), MACHINE), {});
    expect([lettersIn(cloud), cloud.responses().map(({ body }) => JSON.parse(body).Status)]).toEqual(['aa', ['SUCCESS', 'SUCCESS']]);
  });

  test('a deployment function that crashes before it has started the run is tried again by Lambda', async () => {
    const cloud = openCloud({ faults: [1, 2].map((invocation) => ({ function: DEPLOYMENT_FUNCTION, at: 'beforeRequest', request: 1, invocation })) });
    expect([versionIn(await deploy(cloud)), populatesIn(cloud).length]).toEqual([liveIn(cloud), 1]);
  });

  test('an execution that a person stops is reported to CloudFormation, and the old version stays', async () => {
    const cloud = openCloud();
    const kept = versionIn(await deploy(cloud));
    cloud.cleanRooms.planQuery({ durationSeconds: 1800, outcome: 'SUCCESS' });
    const deploying = cloud.deploy(stackOf(AFTER));
    await until(cloud, () => populatesIn(cloud).length === 2);
    const running = cloud.executions(logicalId(stackOf(), MACHINE)).find(({ status }) => status === 'RUNNING')!;
    cloud.stepFunctions.stop(running.arn, 'Stopped', 'By hand.');
    const result = await deploying;
    expect(failureOf(result)).toMatch(/ExecutionEnded.*ABORTED.*Stopped.*By hand\..*may still be running/);
    expect([timedOut(cloud), versionIn(result).length, kept.length]).toEqual([[], 36, 36]);
  });

  test.each(FAULTS)('CloudFormation is answered although its URL first answers with %s', async (_, fault) => {
    const cloud = openCloud({ behaviours: { putFault: (nth) => (nth <= 4 ? fault : undefined) } });
    const result = await deploy(cloud);
    expect([versionIn(result), populatesIn(cloud).length]).toEqual([liveIn(cloud), 1]);
  });

  test('CloudFormation is answered although its URL is out of order for two minutes', async () => {
    const cloud = openCloud();
    const began = cloud.clock.now();
    const broken = openCloud({ behaviours: { putFault: () => (broken.clock.now() < began + 270_000 ? { status: 503 } : undefined) } });
    const result = await deploy(broken);
    expect([versionIn(result), populatesIn(broken).length]).toEqual([liveIn(broken), 1]);
  });
});
