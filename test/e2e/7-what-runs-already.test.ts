import { Duration } from 'aws-cdk-lib';
import {
  A, B, closeClouds, cloudWith, deploy, liveIn, logicalId, MEMBERSHIP, openCloud, populatesIn, segment, stackOf, synthesize, tableIn,
  until, versionIn,
} from './support';
import { IntermediateTable, IntermediateTablePopulation } from '../../src';

afterEach(closeClouds);

const long = { durationSeconds: 600, outcome: 'SUCCESS' } as const;

describe('promise 7: quotas, conflicts and fresh roles are waited out', () => {
  describe.each(['conflict', 'accepted'] as const)('where a populate of a populating table is answered by: %s,', (populateWhilePopulating) => {
    const open = () => openCloud({ cleanRooms: { behaviours: { populateWhilePopulating } } });

    test('a deploy waits for a population that a person started, and does not cancel it', async () => {
      const cloud = open();
      await deploy(cloud, A);
      cloud.cleanRooms.planQuery(long);
      const byHand = cloud.cleanRooms.populateByHand(tableIn(cloud), { segment: 'mine' });
      const result = await deploy(cloud, B);
      expect([byHand.outcome, cloud.cleanRooms.maxConcurrentPopulations(tableIn(cloud))]).toEqual(['SUCCESS', 1]);
      expect([populatesIn(cloud).length, versionIn(result)]).toEqual([2, liveIn(cloud)]);
    });

    test('a deploy whose time runs out while a person\'s population runs leaves that alone', async () => {
      const cloud = open();
      await deploy(cloud, { ...A, timeout: Duration.minutes(5) });
      cloud.cleanRooms.planQuery(long);
      const byHand = cloud.cleanRooms.populateByHand(tableIn(cloud), { segment: 'mine' });
      const result = await cloud.deploy(stackOf({ ...B, timeout: Duration.minutes(5) }));
      expect(result.failures[0].reason).toMatch(/PopulationTimedOut/);
      await cloud.advance(600);
      expect([cloud.cleanRooms.populations(tableIn(cloud)).length, byHand.outcome]).toEqual([2, 'SUCCESS']);
    });

    test('a deploy cancels a refresh of the data of before that is running, and waits for its end', async () => {
      const cloud = open();
      await deploy(cloud, A);
      cloud.cleanRooms.planQuery(long);
      cloud.fireRule(logicalId(stackOf(A), 'AudienceSchedule'));
      await until(cloud, () => populatesIn(cloud).length === 2);
      const result = await deploy(cloud, B);
      expect(cloud.cleanRooms.maxConcurrentPopulations(tableIn(cloud))).toBe(1);
      expect(cloud.cleanRooms.populations(tableIn(cloud)).map(({ outcome }) => outcome)).toEqual(['SUCCESS', 'CANCELLED', 'SUCCESS']);
      expect(versionIn(result)).toBe(liveIn(cloud));
    });

    test('a refresh that comes due while the query of a deploy runs waits for it, and then makes a version of its own', async () => {
      const cloud = open();
      await deploy(cloud, A);
      cloud.cleanRooms.planQuery(long);
      const deploying = cloud.deploy(stackOf(B));
      await until(cloud, () => populatesIn(cloud).length === 2);
      cloud.fireRule(logicalId(stackOf(A), 'AudienceSchedule'));
      expect(versionIn(await deploying)).toBe(populatesIn(cloud)[1].versionId);
      await cloud.settle();
      expect([cloud.cleanRooms.maxConcurrentPopulations(tableIn(cloud)), populatesIn(cloud).length]).toEqual([1, 3]);
      expect(cloud.executions().map(({ status }) => status)).toEqual(['SUCCEEDED', 'SUCCEEDED', 'SUCCEEDED']);
    });

    test('another stack\'s population of the same table is waited for', async () => {
      const cloud = open();
      await deploy(cloud, A);
      const table = tableIn(cloud);
      cloud.cleanRooms.planQuery(long);
      const other = synthesize((stack) => {
        const intermediateTable = IntermediateTable.fromIntermediateTableAttributes(stack, 'T', { membershipIdentifier: MEMBERSHIP, intermediateTableIdentifier: table });
        new IntermediateTablePopulation(stack, 'Theirs', { intermediateTable, parameters: segment('c') });
      }, 'Other');
      const theirs = cloud.deploy(other);
      await until(cloud, () => populatesIn(cloud).length === 2);
      const ours = await deploy(cloud, B);
      expect([(await theirs).status, versionIn(ours)]).toEqual(['CREATE_COMPLETE', liveIn(cloud)]);
      expect([cloud.cleanRooms.maxConcurrentPopulations(table), populatesIn(cloud).length]).toEqual([1, 3]);
    });
  });

  test('a populate that is refused since somebody else\'s runs, which no list shows, is asked for again', async () => {
    const cloud = await cloudWith(A);
    cloud.cleanRooms.faults.inject({
      operation: 'PopulateIntermediateTable', fault: { kind: 'error', code: 'ConflictException', members: { reason: 'INVALID_STATE' } }, first: 5,
    });
    const result = await deploy(cloud, B);
    expect(cloud.cleanRooms.faults.hits).toHaveLength(5);
    expect([populatesIn(cloud).length, versionIn(result)]).toEqual([2, liveIn(cloud)]);
  });
});
