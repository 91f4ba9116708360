import { Duration } from 'aws-cdk-lib';
import { closeClouds, makeTable, MARKER, openCloud, synthesize } from './support';
import { documentedRate } from '../../simulator/clean-rooms';
import type { Cloud } from '../../simulator/cloud';
import { IntermediateTablePopulation } from '../../src';

afterEach(closeClouds);

const COUNT = 6;

const source = (segment = MARKER, count = COUNT) => synthesize((stack) => {
  for (let index = 0; index < count; index++) {
    new IntermediateTablePopulation(stack, `P${index}`, {
      intermediateTable: makeTable(stack, `T${index}`), timeout: Duration.minutes(50), parameters: { segment },
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

test.each([['rejected', 'conflict'], ['queued', 'accepted']] as const)(
  'six populations with two queries at a time all succeed in turn, without hammering (over quota: %s, while populating: %s)', async (overQuota, populateWhilePopulating) => {
    const cloud = openCloud({
      cleanRooms: {
        behaviours: { overQuota, populateWhilePopulating },
        limits: { concurrentQueries: 2, requestsPerSecond: documentedRate },
        defaultPlan: { durationSeconds: 60, outcome: 'SUCCESS' },
      },
    });
    const result = await cloud.deploy(source());
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
    expect((await cloud.deploy(source(`${MARKER} b`))).status).toBe('UPDATE_COMPLETE');
    expect(cloud.cleanRooms.journal.acceptedPopulates()).toHaveLength(2 * COUNT);
    expect(busiest(cloud, update)).toBeLessThanOrEqual(5);
  });

test.each(['rejected', 'queued'] as const)('twelve populations ask for one thing five times in a second at the most, however it is cut (over quota: %s)', async (overQuota) => {
  const cloud = openCloud({
    cleanRooms: {
      behaviours: { overQuota },
      limits: { concurrentQueries: 2, ongoingQueriesPerMembership: 12 },
      defaultPlan: { durationSeconds: 60, outcome: 'SUCCESS' },
    },
  });
  expect((await cloud.deploy(source(MARKER, 12))).status).toBe('CREATE_COMPLETE');
  expect(busiest(cloud)).toBeLessThanOrEqual(5);
});
