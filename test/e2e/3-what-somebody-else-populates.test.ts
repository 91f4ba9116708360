import { Duration } from 'aws-cdk-lib';
import { Schedule } from 'aws-cdk-lib/aws-events';
import {
  A, closeClouds, cloudWith, dataIn, deploy, lettersIn, liveIn, logicalId, MACHINE, openCloud, Scene, SCHEDULE, segment, stackOf,
  tableIn, until, versionIn,
} from './support';
import type { Fault } from '../../simulator/clean-rooms';

afterEach(closeClouds);

const LOST: [string, Fault][] = [
  ['a 500', { kind: 'error', code: 'InternalServerException' }],
  ['nothing', { kind: 'hang' }],
];

describe('promise 3: success means queryable', () => {
  describe.each(['given', 'none'] as const)('where a query shows its parameters as: %s,', (queryParametersVisible) => {
    const open = () => openCloud({ cleanRooms: { behaviours: { queryParametersVisible, populateWhilePopulating: 'accepted' } } });

    test.each(LOST)('a schedule whose populate is answered by %s does not take what another schedule makes with other parameters', async (_, fault) => {
      const scene: Scene = { ...A, also: (__, population) => population.addSchedule('Europe', Schedule.rate(Duration.days(1)), { parameters: { region: 'EU' } }) };
      const cloud = open();
      await deploy(cloud, scene);
      cloud.cleanRooms.faults.inject({ operation: 'PopulateIntermediateTable', fault, first: 1 });
      cloud.fireRule(logicalId(stackOf(scene), SCHEDULE));
      cloud.fireRule(logicalId(stackOf(scene), 'AudienceEurope'));
      await cloud.settle();
      const [europe, plain] = ['EU', undefined].map((region) => cloud.cleanRooms.populations().filter(({ parameters }) => parameters.region === region));
      expect([europe.length, plain.length]).toEqual([1, 2]);
      const versions = cloud.executions().slice(0, 2).map(({ output }) => (JSON.parse(output!) as { versionId: string }).versionId);
      expect(versions.sort()).toEqual([europe[0].versionId, plain[1].versionId].sort());
    });

    test.each(LOST)('a deploy without parameters whose populate is answered by %s does not take what a stranger makes with some', async (_, fault) => {
      const cloud = open();
      await deploy(cloud, A);
      cloud.cleanRooms.faults.inject({ operation: 'PopulateIntermediateTable', fault, first: 1 });
      const deploying = cloud.deploy(stackOf({ ...A, parameters: undefined }));
      await until(cloud, () => cloud.cleanRooms.faults.hits.length === 1, 0.5);
      const stranger = cloud.cleanRooms.populateByHand(tableIn(cloud), segment('x'));
      const result = await deploying;
      expect([result.status, lettersIn(cloud), dataIn(cloud)]).toEqual(['UPDATE_COMPLETE', 'a-', '-']);
      expect([versionIn(result), stranger.outcome]).toEqual([liveIn(cloud), 'SUCCESS']);
    });
  });

  test.each<[string, Fault]>([
    ['a 500', { kind: 'error', code: 'InternalServerException' }],
    ['a page that nobody can read', { kind: 'reply', status: 403, body: '<html>Forbidden</html>' }],
    ['half of it', { kind: 'cut' }],
  ])('a populate in doubt is not settled by a stranger\'s query whose reading fails once with %s', async (_, fault) => {
    const cloud = await cloudWith(A, { cleanRooms: { behaviours: { populateWhilePopulating: 'accepted', activeVersionParameters: 'none' } } });
    cloud.cleanRooms.faults.inject({ operation: 'PopulateIntermediateTable', fault: { kind: 'reset' }, first: 1 });
    const deploying = cloud.deploy(stackOf({ ...A, parameters: segment('b') }));
    await until(cloud, () => cloud.cleanRooms.faults.hits.length === 1, 0.5);
    const stranger = cloud.cleanRooms.populateByHand(tableIn(cloud), segment('x'));
    cloud.cleanRooms.faults.inject({ operation: 'GetProtectedQuery', fault, first: 1 });
    const result = await deploying;
    expect(cloud.cleanRooms.faults.hits).toHaveLength(2);
    expect([result.status, lettersIn(cloud), dataIn(cloud)]).toEqual(['UPDATE_COMPLETE', 'ab', 'b']);
    expect([versionIn(result) === stranger.versionId, stranger.outcome]).toEqual([false, 'SUCCESS']);
  });

  test('what somebody else has made is neither announced nor billed as this run\'s', async () => {
    const scene: Scene = { ...A, also: (_, population) => { population.onPopulated('Told'); } };
    const cloud = await cloudWith(scene, { cleanRooms: { behaviours: { populateWhilePopulating: 'conflict' } } });
    cloud.cleanRooms.planQuery({ durationSeconds: 600, outcome: 'SUCCESS' });
    const first = cloud.startExecution(logicalId(stackOf(scene), MACHINE));
    await until(cloud, () => lettersIn(cloud) === 'aa');
    const others = cloud.cleanRooms.populations()[1];
    // Behind it, with a populate that everybody may share: begun after neither of the two that wait.
    cloud.startExecution(logicalId(stackOf(scene), MACHINE));
    cloud.startExecution(logicalId(stackOf(scene), MACHINE));
    await cloud.settle();
    expect(lettersIn(cloud)).toBe('aaa');
    const announced = cloud.events.log.filter((event) => event['detail-type'] === 'Intermediate Table Populated').map(({ detail }) => detail as { versionId: string; execution: string });
    expect(announced.map(({ versionId }) => versionId)).toEqual(cloud.cleanRooms.populations().map(({ versionId }) => versionId));
    expect(announced[1]).toMatchObject({ versionId: others.versionId, execution: first.arn });
    const billed = cloud.logs().map(({ text }) => text).filter((text) => /"BilledCrpuHours":[\d.]+/.test(text));
    expect(billed).toHaveLength(3);
  });
});
