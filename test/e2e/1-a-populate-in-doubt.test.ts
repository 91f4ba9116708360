import {
  A, closeClouds, cloudWith, deploy, FAILS, failureOf, liveIn, openCloud, populatesIn, POPULATION_FUNCTION, Scene, segment, stackOf,
  versionIn,
} from './support';
import type { Fault } from '../../simulator/clean-rooms';
import type { Cloud } from '../../simulator/cloud';

afterEach(closeClouds);

const AFTER: Scene = { parameters: segment('b') };

/** Deploys, updates while something goes wrong, and expects one population for each. */
async function updated(cloud: Cloud): Promise<void> {
  const result = await deploy(cloud, AFTER);
  const [, second, ...more] = populatesIn(cloud);
  expect([more.length, versionIn(result), liveIn(cloud)]).toEqual([0, second.versionId, second.versionId]);
}

const when = (moment: 'before' | 'after'): [string, Fault][] => [
  [`a 500 ${moment} its effect`, { kind: 'error', code: 'InternalServerException', when: moment }],
  [`a 500 ${moment} its effect that is not in the API's format`, { kind: 'reply', status: 502, body: '<html>Bad gateway</html>', when: moment }],
  [`a broken connection ${moment} its effect`, { kind: 'reset', when: moment }],
  [`nothing at all ${moment} its effect`, { kind: 'hang', when: moment }],
];

/** The machine loses the connection to the update's first step, which may last a while yet. */
async function broken(): Promise<Cloud> {
  const cloud = await cloudWith({}, { cleanRooms: { behaviours: { versionListLag: 20, populateWhilePopulating: 'accepted' } } });
  const before = cloud.lambda.invocations.filter(({ function: name }) => name.startsWith(POPULATION_FUNCTION)).length;
  cloud.faults.push({ at: 'connection', seconds: 0.1, function: POPULATION_FUNCTION, invocation: before + 1 });
  return cloud;
}

describe('promise 1: one change, one population', () => {
  describe.each([[0, 'accepted'], [0, 'conflict'], [20, 'accepted']] as const)(
    'where a version is listed after %d seconds, and a populate of a populating table is answered by: %s,', (versionListLag, populateWhilePopulating) => {
      test.each([...when('before'), ...when('after')])('a populate that is answered by %s is accepted once', async (_, fault) => {
        const cloud = await cloudWith({}, { cleanRooms: { behaviours: { versionListLag, populateWhilePopulating } } });
        cloud.cleanRooms.faults.inject({ operation: 'PopulateIntermediateTable', fault, first: 1 });
        await updated(cloud);
      });
    });

  describe('a step that goes on beside the one that is tried instead, ten seconds later', () => {
    test.each([
      ['GetIntermediateTable', 9.8], ['ListIntermediateTableVersions', 9.3], ['ListIntermediateTableVersions', 9.6], ['ListIntermediateTableVersions', 9.9],
    ] as const)('populates once, where %s takes %f seconds, and the line some', async (operation, seconds) => {
      const cloud = await broken();
      cloud.cleanRooms.faults.inject({ operation, fault: { kind: 'delay', seconds }, first: 1 });
      // The step's last write before that: both come to their intents, and the list is as it was.
      cloud.recordFaults.inject({ operation: 'PutItem', fault: { kind: 'delay', seconds: 3 }, occurrences: [6] });
      await updated(cloud);
    });

    test.each([9.8, 10.2, 14])('populates once, where the populate takes %f seconds', async (seconds) => {
      const cloud = await broken();
      cloud.cleanRooms.faults.inject({ operation: 'PopulateIntermediateTable', fault: { kind: 'delay', seconds }, first: 1 });
      await updated(cloud);
    });
  });

  test('an update right after a deploy never takes that one\'s version for its own, though it is listed late and a step crashes', async () => {
    const cloud = openCloud({ cleanRooms: { behaviours: { versionListLag: 20, queryParametersVisible: 'none', activeVersionParameters: 'none' } } });
    cloud.cleanRooms.defaultPlan = { durationSeconds: 5, outcome: 'SUCCESS' };
    await deploy(cloud);
    const steps = cloud.lambda.invocations.filter(({ function: name }) => name.startsWith(POPULATION_FUNCTION)).length;
    cloud.faults.push({ function: POPULATION_FUNCTION, invocation: steps + 2, at: 'service' });
    const result = await deploy(cloud, { parameters: segment('b') });
    expect(populatesIn(cloud)).toHaveLength(2);
    expect([versionIn(result), liveIn(cloud)]).toEqual([populatesIn(cloud)[1].versionId, populatesIn(cloud)[1].versionId]);
  });

  test('a populate whose answer was lost is not repeated where its query was cancelled before the list had its version', async () => {
    const cloud = await cloudWith(A, { cleanRooms: { behaviours: { versionListLag: 20, versionAfterCancel: 'absent' } } });
    cloud.cleanRooms.planQuery({ durationSeconds: 5, outcome: 'CANCELLED', error: FAILS.error });
    cloud.cleanRooms.faults.inject({ operation: 'PopulateIntermediateTable', fault: { kind: 'reset', when: 'after' }, first: 1 });
    const reason = failureOf(await cloud.deploy(stackOf(AFTER)));
    expect([populatesIn(cloud).length, reason]).toEqual([2, expect.stringMatching(/ProtectedQueryCancelled.*BAD/)]);
  });

  test('a populate that is answered without ids is looked for, not polled', async () => {
    const cloud = openCloud();
    cloud.cleanRooms.faults.inject({ operation: 'PopulateIntermediateTable', fault: { kind: 'reply', status: 200, body: '{}', when: 'after' }, first: 1 });
    expect([versionIn(await deploy(cloud)), populatesIn(cloud).length]).toEqual([liveIn(cloud), 1]);
  });
});
