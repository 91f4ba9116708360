import { CfnResource, Duration } from 'aws-cdk-lib';
import { atLength } from './at-length';
import { a, b, FAILED, year } from './days';
import {
  A, B, closeClouds, cloudWith, deploy, lettersIn, liveIn, logicalId, makeTable, MARKER, openCloud, populatesIn, Scene, SCHEDULE,
  stackOf, synthesize, tableIn, versionIn,
} from './support';
import { IntermediateTablePopulation } from '../../src';

afterEach(closeClouds);

describe('promise 5: a rollback is free, or brings the data back', () => {
  atLength.each([['half an hour', Duration.minutes(30)], ['two hours', Duration.hours(2)]])('a year of a team that leaves for three months, with a timeout of %s', (_, timeout) => year([
    { what: 'the first deploy', populates: 'a', data: 'a' },
    { what: 'a change that populates nothing, after which another resource fails', template: { cancelOnTimeout: false, laterFails: true }, status: FAILED, populates: '', data: 'a' },
    { what: 'another table, which goes again', template: { table: { name: 'Another' }, laterFails: true }, status: FAILED, populates: 'a', data: 'a' },
    { what: 'ninety-one days', does: 'WAITS', days: 91, populates: '', data: undefined },
    { what: 'an update that fails, on a table without data', template: b, query: 'FAILED', status: FAILED, populates: 'ba', data: 'a' },
    { what: 'an update', template: b, populates: 'b', data: 'b' },
    { what: 'eighty days', does: 'WAITS', days: 80, populates: '', data: undefined },
    { what: 'a night', does: 'REFRESHES', populates: 'b', data: 'b' },
    { what: 'eleven days', does: 'WAITS', days: 11, populates: '', data: 'b' },
    { what: 'an update that fails, which costs nothing more', template: a, query: 'FAILED', status: FAILED, populates: 'a', data: 'b' },
    { what: 'one that fails after its data were live', template: { ...a, laterFails: true }, status: FAILED, populates: 'ab', data: 'b' },
    { what: 'another timeout', template: { timeout: timeout.plus(Duration.minutes(1)) }, populates: '', data: 'b' },
  ], { timeout }));

  test.each([1, 3, 20, 70, 120, 1000])('a rollback costs nothing where another resource fails %i seconds after the update began: its query is cancelled', async (seconds) => {
    const cloud = openCloud();
    const kept = versionIn(await deploy(cloud, A));
    cloud.cleanRooms.planQuery({ durationSeconds: 1800, outcome: 'SUCCESS' });
    const result = await cloud.deploy(stackOf({ ...B, otherFailsAfter: seconds }));
    await cloud.settle();
    expect([result.status, versionIn(result), liveIn(cloud)]).toEqual(['UPDATE_ROLLBACK_COMPLETE', kept, kept]);
    // One that had begun, and none of the old properties.
    const segments = populatesIn(cloud).map(({ body }) => (body as Scene).parameters!.segment);
    expect(segments.slice(1)).toEqual(segments.length > 1 ? [`${MARKER} b`] : []);
    expect(cloud.cleanRooms.populations(tableIn(cloud)).map(({ outcome }) => outcome)).toEqual(segments.length > 1 ? ['SUCCESS', 'CANCELLED'] : ['SUCCESS']);
  });

  test('an update during a refresh cancels it, since its data is not wanted any more, and its rollback cancels the update\'s own', async () => {
    const cloud = openCloud();
    const kept = versionIn(await deploy(cloud, A));
    cloud.cleanRooms.planQuery({ durationSeconds: 300, outcome: 'SUCCESS' });
    cloud.fireRule(logicalId(stackOf(A), SCHEDULE));
    await cloud.advance(20);
    const result = await cloud.deploy(stackOf({ ...B, otherFailsAfter: 60 }));
    expect([result.status, liveIn(cloud), versionIn(result)]).toEqual(['UPDATE_ROLLBACK_COMPLETE', kept, kept]);
    expect(lettersIn(cloud)).toBe('aab');
    expect(cloud.cleanRooms.populations(tableIn(cloud)).map(({ outcome }) => outcome)).toEqual(['SUCCESS', 'CANCELLED', 'CANCELLED']);
  });

  test('a rollback of populations that take turns ends those that wait, and cancels those that run', async () => {
    const source = (segment: string, fails: boolean) => synthesize((stack) => {
      for (let index = 0; index < 5; index++) {
        new IntermediateTablePopulation(stack, `P${index}`, { intermediateTable: makeTable(stack, `T${index}`), parameters: { segment } });
      }
      new CfnResource(stack, 'Other', { type: 'Test::Resource::Fails', properties: { Fail: String(fails), Seconds: fails ? '100' : '0' } });
    });
    const cloud = openCloud({ cleanRooms: { limits: { concurrentQueries: 2 } } });
    const before = await cloud.deploy(source(MARKER, false));
    cloud.cleanRooms.defaultPlan = { durationSeconds: 1800, outcome: 'SUCCESS' };
    const result = await cloud.deploy(source(`${MARKER} b`, true));
    await cloud.settle();
    expect([result.status, result.outputs]).toEqual(['UPDATE_ROLLBACK_COMPLETE', before.outputs]);
    // One may get the place of another that was cancelled just before its own run hears of the rollback.
    expect(populatesIn(cloud).length).toBeLessThanOrEqual(5 + 3);
    expect(cloud.cleanRooms.populations().slice(5).map(({ outcome }) => outcome)).not.toContain('SUCCESS');
  });

  test('a rollback repopulates where the superseded query cannot be cancelled and succeeds after all', async () => {
    const cloud = await cloudWith(A);
    cloud.cleanRooms.planQuery({ durationSeconds: 400, outcome: 'SUCCESS' });
    cloud.cleanRooms.faults.inject({ operation: 'UpdateProtectedQuery', fault: { kind: 'error', code: 'AccessDeniedException' } });
    const result = await cloud.deploy(stackOf({ ...B, otherFailsAfter: 60 }));
    expect([result.status, versionIn(result)]).toEqual(['UPDATE_ROLLBACK_COMPLETE', liveIn(cloud)]);
    expect(lettersIn(cloud)).toBe('aba');
  });
});
