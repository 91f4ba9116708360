import { Duration } from 'aws-cdk-lib';
import { atLength } from './at-length';
import {
  A, closeClouds, cloudWith, dataIn, deploy, failureOf, liveIn, logicalId, MACHINE, makeTable, openCloud, populatesIn, Scene, segment,
  stackOf, synthesize, tableIn, versionIn,
} from './support';
import { documentedRate } from '../../simulator/clean-rooms';
import type { Cloud } from '../../simulator/cloud';
import type { StackSource } from '../../simulator/cloudformation/assembly';
import { IntermediateTablePopulation, PopulateOnDeploy } from '../../src';

afterEach(closeClouds);

const COUNT = 6;

const several = (letter = 'a', count = COUNT) => synthesize((stack) => {
  for (let index = 0; index < count; index++) {
    new IntermediateTablePopulation(stack, `P${index}`, {
      intermediateTable: makeTable(stack, `T${index}`), timeout: Duration.minutes(50), parameters: segment(letter),
    });
  }
});

/** The most requests of one API operation in any one second, however it is cut; `since` some moment. */
function busiest(cloud: Cloud, since = 0): number {
  const requests = cloud.cleanRooms.journal.requests.filter(({ time }) => time >= since);
  return Math.max(...[...new Set(requests.map(({ operation }) => operation))].map((wanted) => {
    const times = requests.filter(({ operation }) => operation === wanted).map(({ time }) => time);
    return Math.max(...times.map((from) => times.filter((time) => time >= from && time < from + 1000).length));
  }));
}

/** A population whose time is short, after others. */
const hurried = (others: number): StackSource => synthesize((stack) => {
  for (const name of [...Array.from({ length: others }, (_, index) => `P${index}`), 'Hurried']) {
    new IntermediateTablePopulation(stack, name, {
      intermediateTable: makeTable(stack, `${name}Table`), populateOnDeploy: PopulateOnDeploy.NEVER, timeout: Duration.minutes(name === 'Hurried' ? 1 : 50),
    });
  }
});

const BRIEF: Scene = { timeout: Duration.minutes(10), parameters: segment('a') };
const CHANGED: Scene = { ...BRIEF, parameters: segment('b') };

describe('promise 7: quotas, conflicts and fresh roles are waited out', () => {
  test.each([['rejected', 'conflict'], ['queued', 'accepted']] as const)(
    'six populations with two queries at a time all succeed in turn, without hammering (over quota: %s, while populating: %s)', async (overQuota, populateWhilePopulating) => {
      const cloud = openCloud({
        cleanRooms: {
          behaviours: { overQuota, populateWhilePopulating },
          limits: { concurrentQueries: 2, requestsPerSecond: documentedRate },
          defaultPlan: { durationSeconds: 60, outcome: 'SUCCESS' },
        },
      });
      const result = await cloud.deploy(several());
      expect([result.status, result.failures]).toEqual(['CREATE_COMPLETE', []]);
      const populates = cloud.cleanRooms.journal.acceptedPopulates();
      expect([populates.length, new Set(populates.map(({ tableId }) => tableId)).size]).toEqual([COUNT, COUNT]);
      for (const { tableId } of populates) {
        expect(cloud.cleanRooms.maxConcurrentPopulations(tableId)).toBe(1);
        expect(Object.values(result.outputs)).toContain(cloud.cleanRooms.liveVersionId(tableId));
      }
      expect(busiest(cloud)).toBeLessThanOrEqual(5);
      // With a live version there is more to read.
      const update = cloud.clock.now();
      expect((await cloud.deploy(several('b'))).status).toBe('UPDATE_COMPLETE');
      expect(cloud.cleanRooms.journal.acceptedPopulates()).toHaveLength(2 * COUNT);
      expect(busiest(cloud, update)).toBeLessThanOrEqual(5);
    });

  atLength.each(['rejected', 'queued'] as const)('twelve populations ask for one thing five times in a second at the most, however it is cut (over quota: %s)', async (overQuota) => {
    const cloud = openCloud({
      cleanRooms: {
        behaviours: { overQuota },
        limits: { concurrentQueries: 2, ongoingQueriesPerMembership: 12 },
        defaultPlan: { durationSeconds: 60, outcome: 'SUCCESS' },
      },
    });
    expect((await cloud.deploy(several('a', 12))).status).toBe('CREATE_COMPLETE');
    expect(busiest(cloud)).toBeLessThanOrEqual(5);
  });

  atLength.each([1, 20])('a population with a timeout of a minute makes its first request within seconds, beside %d others of its stack', async (others) => {
    const source = hurried(others);
    const cloud = openCloud({ cleanRooms: { limits: { concurrentQueries: 2 } } });
    await cloud.deploy(source);
    Array.from({ length: others }, (_, index) => cloud.startExecution(logicalId(source, `P${index}StateMachine`)));
    await cloud.advance(30);
    const began = cloud.startExecution(logicalId(source, 'HurriedStateMachine')).startDate;
    await cloud.advance(30);
    const table = cloud.stack('App').resources.get('HurriedTable')!.physicalId;
    const first = cloud.cleanRooms.journal.requests.find(({ path, time }) => time >= began && path.includes(table))!;
    expect((first.time - began) / 1000).toBeLessThan(20);
  });

  atLength('runs at once, 130 of them, share one population and all end well', async () => {
    const cloud = await cloudWith(A);
    const executions = Array.from({ length: 130 }, () => cloud.startExecution(logicalId(stackOf(A), MACHINE)));
    await cloud.settle();
    expect(new Set(executions.map(({ status }) => status))).toEqual(new Set(['SUCCEEDED']));
    expect([populatesIn(cloud).length, dataIn(cloud)]).toEqual([2, 'a']);
  });

  test.each([
    ['a role that was just made is denied', { code: 'AccessDeniedException' }],
    ['IAM has not caught up', { code: 'ValidationException', members: { reason: 'IAM_SYNCHRONIZATION_DELAY' } }],
    ['requests are throttled', { code: 'ThrottlingException' }],
  ])('a deploy goes on where for a minute and a half %s', async (_, fault) => {
    const cloud = await cloudWith(BRIEF);
    cloud.cleanRooms.faults.inject({ operation: '*', fault: { kind: 'error', ...fault }, forSeconds: 90 });
    const result = await deploy(cloud, CHANGED);
    expect([versionIn(result), populatesIn(cloud).length]).toEqual([liveIn(cloud), 2]);
  });

  test.each([30, 70])('a first deploy goes on where IAM needs %d seconds until a new policy counts', async (iamPropagationSeconds) => {
    const cloud = openCloud({ behaviours: { iamPropagationSeconds } });
    expect([versionIn(await deploy(cloud)), populatesIn(cloud).length]).toEqual([liveIn(cloud), 1]);
  });

  describe('what cannot pass', () => {
    const becomes = (imposed: 'DISALLOWED_BY_DATA_PROVIDER' | 'BASE_TABLE_REMOVED') => (cloud: Cloud) => cloud.cleanRooms.imposeStatus(tableIn(cloud), imposed, 'Not like this.');
    const refused = (code: string, reason?: string) => (cloud: Cloud) => cloud.cleanRooms.faults.inject({
      operation: 'PopulateIntermediateTable', fault: { kind: 'error', code, members: reason ? { reason } : {}, message: 'Not like this.' },
    });

    test.each<[string, (cloud: Cloud) => unknown, string, number]>([
      ['DISALLOWED_BY_DATA_PROVIDER', becomes('DISALLOWED_BY_DATA_PROVIDER'), 'A data provider no longer allows this table', 1],
      ['BASE_TABLE_REMOVED', becomes('BASE_TABLE_REMOVED'), 'restore it, or change the query', 1],
      ['INVALID_QUERY', refused('ValidationException', 'INVALID_QUERY'), 'Correct the table\'s stored query', 2],
      ['INVALID_CONFIGURATION', refused('ValidationException', 'INVALID_CONFIGURATION'), 'Check compute', 2],
      ['ResourceNotFoundException', refused('ResourceNotFoundException'), 'Does it still exist', 2],
    ])('fails at once, with its remedy: %s', async (name, happens, remedy, populates) => {
      const cloud = await cloudWith(BRIEF);
      happens(cloud);
      const reason = failureOf(await cloud.deploy(stackOf(CHANGED)));
      expect([name, 'Not like this.', remedy].filter((words) => !reason.includes(words))).toEqual([]);
      expect(cloud.cleanRooms.journal.requests.filter(({ operation }) => operation === 'PopulateIntermediateTable')).toHaveLength(populates);
      expect(await tookSeconds(cloud)).toBeLessThan(15);
    });

    test('fails where access stays denied for longer than IAM needs to settle', async () => {
      const cloud = openCloud();
      cloud.cleanRooms.faults.inject({ operation: 'PopulateIntermediateTable', fault: { kind: 'error', code: 'AccessDeniedException', message: 'No.' } });
      const reason = failureOf(await cloud.deploy(stackOf(BRIEF)));
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
});
