import { CfnParameter, Duration, Stack } from 'aws-cdk-lib';
import { atLength } from './at-length';
import {
  A, closeClouds, deploy, FAILS, failureOf, lettersIn, liveIn, makeTable, MARKER, openCloud, populatesIn, Scene, segment, stackOf,
  synthesize, versionIn,
} from './support';
import type { StackSource } from '../../simulator/cloudformation/assembly';
import { IntermediateTablePopulation } from '../../src';

afterEach(closeClouds);

/** Queries wait in the service's own queue for so many hours, which costs the tests less time than ones that run. */
const queued = (hours: number) => openCloud({ cleanRooms: { limits: { submittedSeconds: hours * 3600 } } });
/** Twelve hours take longer than other tests, in milliseconds. */
const SLOW = 300_000;
const scene = (timeout: Duration, letter = 'a'): Scene => ({ ...A, timeout, parameters: segment(letter) });

describe('promise 3: success means queryable', () => {
  atLength('queries of five hours deploy under a timeout of six, each with a version of its own', async () => {
    const cloud = queued(4.9);
    cloud.cleanRooms.defaultPlan = { durationSeconds: 600, outcome: 'SUCCESS' };
    const first = versionIn(await deploy(cloud, scene(Duration.hours(6))));
    expect([populatesIn(cloud).length, first]).toEqual([1, liveIn(cloud)]);
    const second = versionIn(await deploy(cloud, scene(Duration.hours(6), 'b')));
    expect([second, second === first, populatesIn(cloud).length]).toEqual([liveIn(cloud), false, 2]);
  });

  atLength('a timeout of 12 hours lets a query of 11 hours and 45 minutes end', async () => {
    const cloud = queued(11.7);
    cloud.cleanRooms.planQuery({ durationSeconds: 180, outcome: 'SUCCESS' });
    expect(versionIn(await deploy(cloud, scene(Duration.hours(12))))).toBe(liveIn(cloud));
  }, SLOW);

  atLength('a query that never ends fails the deploy after 12 hours, with our own message', async () => {
    const cloud = queued(11.9);
    cloud.cleanRooms.planQuery({ durationSeconds: 60, outcome: 'NEVER' });
    const result = await cloud.deploy(stackOf(scene(Duration.hours(12))));
    expect(failureOf(result)).toMatch(/PopulationTimedOut/);
  }, SLOW);

  test('a query that fails after an hour fails the deploy with its own words; the rollback costs nothing, and the next deploy populates, though its wait condition has the name of the failed one', async () => {
    const cloud = queued(1.4);
    const kept = versionIn(await deploy(cloud, scene(Duration.hours(2))));
    cloud.cleanRooms.planQuery({ ...FAILS, durationSeconds: 300 });
    const failed = await cloud.deploy(stackOf(scene(Duration.hours(2), 'b')));
    expect(failureOf(failed)).toMatch(/ProtectedQueryFailed.*BAD: Wrong\./);
    expect([failed.status, liveIn(cloud), versionIn(failed), populatesIn(cloud).length]).toEqual(['UPDATE_ROLLBACK_COMPLETE', kept, kept, 2]);
    const result = await deploy(cloud, scene(Duration.hours(2), 'b'));
    expect([versionIn(result), populatesIn(cloud).length]).toEqual([liveIn(cloud), 3]);
  });

  test('a rollback after the new version went live populates with the old properties again', async () => {
    const cloud = queued(0.8);
    await deploy(cloud, scene(Duration.hours(2)));
    cloud.cleanRooms.planQuery({ durationSeconds: 1500, outcome: 'SUCCESS' });
    const result = await cloud.deploy(stackOf({ ...scene(Duration.hours(2), 'b'), laterFails: true }));
    await cloud.settle();
    expect([result.status, versionIn(result)]).toEqual(['UPDATE_ROLLBACK_COMPLETE', liveIn(cloud)]);
    expect(lettersIn(cloud)).toBe('aba');
  });

  test('a rollback while a query of hours runs costs nothing: the query is cancelled', async () => {
    const cloud = queued(0.8);
    const kept = versionIn(await deploy(cloud, scene(Duration.hours(5))));
    cloud.cleanRooms.planQuery({ durationSeconds: 3600, outcome: 'SUCCESS' });
    const result = await cloud.deploy(stackOf({ ...scene(Duration.hours(5), 'b'), otherFailsAfter: 3000 }));
    await cloud.settle();
    expect([result.status, versionIn(result), liveIn(cloud)]).toEqual(['UPDATE_ROLLBACK_COMPLETE', kept, kept]);
    expect(cloud.cleanRooms.populations().map(({ outcome }) => outcome)).toEqual(['SUCCESS', 'CANCELLED']);
  });

  describe('a value of the template\'s own parameters', () => {
    let source: StackSource;
    beforeAll(() => {
      source = synthesize((stack: Stack) => {
        const parameter = new CfnParameter(stack, 'Segment');
        new IntermediateTablePopulation(stack, 'Audience', {
          intermediateTable: makeTable(stack, 'Table'), timeout: Duration.hours(2), parameters: { segment: parameter.valueAsString },
        });
      });
    });

    test('populates when it changes, though no wait condition can be made anew for it', async () => {
      const cloud = openCloud();
      await cloud.deploy(source, undefined, { parameters: { Segment: `${MARKER} a` } });
      cloud.cleanRooms.planQuery({ durationSeconds: 300, outcome: 'SUCCESS' });
      const result = await cloud.deploy(source, undefined, { parameters: { Segment: `${MARKER} b` } });
      expect([result.status, populatesIn(cloud).length, versionIn(result)]).toEqual(['UPDATE_COMPLETE', 2, liveIn(cloud)]);
      expect(populatesIn(cloud)[1].body).toEqual({ parameters: segment('b') });
    });

    test('fails the deploy within CloudFormation\'s hour where the query takes longer', async () => {
      const cloud = queued(0.8);
      await cloud.deploy(source, undefined, { parameters: { Segment: `${MARKER} a` } });
      cloud.cleanRooms.planQuery({ durationSeconds: 3600, outcome: 'SUCCESS' });
      const result = await cloud.deploy(source, undefined, { parameters: { Segment: `${MARKER} b` } });
      expect([result.status, failureOf(result)]).toEqual(['UPDATE_ROLLBACK_COMPLETE', expect.stringMatching(/PopulationTimedOut.*CloudFormation would not have waited any longer/)]);
      expect(liveIn(cloud)).toBe(versionIn(result));
    });
  });
});
