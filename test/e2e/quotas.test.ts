import { Duration } from 'aws-cdk-lib';
import { closeClouds, makeTable, MARKER, openCloud, synthesize } from './support';
import { documentedRate } from '../../simulator/clean-rooms';
import type { Cloud } from '../../simulator/cloud';
import { IntermediateTablePopulation } from '../../src';

afterEach(closeClouds);

const COUNT = 10;

const source = (timeout: Duration) => synthesize((stack) => {
  for (let index = 0; index < COUNT; index++) {
    new IntermediateTablePopulation(stack, `P${index}`, { intermediateTable: makeTable(stack, `T${index}`), timeout, parameters: { segment: MARKER } });
  }
});

/** The most requests to Clean Rooms in any one second, however it is cut: all but reads of queries, which have a quota of their own. */
function busiest(cloud: Cloud, counts: (operation?: string) => boolean): number {
  const times = cloud.cleanRooms.journal.requests.filter(({ operation }) => counts(operation)).map(({ time }) => time);
  return Math.max(...times.map((from) => times.filter((time) => time >= from && time < from + 1000).length));
}

test.each([['rejected', 'conflict'], ['queued', 'accepted']] as const)(
  'ten populations with two queries at a time all succeed in turn, without hammering (over quota: %s, while populating: %s)', async (overQuota, populateWhilePopulating) => {
    const cloud = openCloud({
      cleanRooms: {
        behaviours: { overQuota, populateWhilePopulating },
        limits: { concurrentQueries: 2, requestsPerSecond: documentedRate },
        defaultPlan: { durationSeconds: 240, outcome: 'SUCCESS' },
      },
    });
    const result = await cloud.deploy(source(Duration.minutes(50)));
    expect([result.status, result.failures]).toEqual(['CREATE_COMPLETE', []]);
    const populates = cloud.cleanRooms.journal.acceptedPopulates();
    expect([populates.length, new Set(populates.map(({ tableId }) => tableId)).size]).toEqual([COUNT, COUNT]);
    for (const { tableId } of populates) {
      expect(cloud.cleanRooms.maxConcurrentPopulations(tableId)).toBe(1);
      expect(Object.values(result.outputs)).toContain(cloud.cleanRooms.liveVersionId(tableId));
    }
    expect(busiest(cloud, (operation) => operation !== 'GetProtectedQuery')).toBeLessThanOrEqual(5);
    expect(busiest(cloud, () => true)).toBeLessThanOrEqual(8);
  });
