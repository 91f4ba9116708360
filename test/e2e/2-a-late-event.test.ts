import { Duration } from 'aws-cdk-lib';
import {
  A, B, closeClouds, cloudWith, dataIn, deploy, DEPLOYMENT_FUNCTION, failureOf, lettersIn, liveIn, openCloud, runningIn, stackOf, until,
  versionIn,
} from './support';

afterEach(closeClouds);

const UPDATE = /"RequestType":"Update"/;

describe('promise 2: CloudFormation is always answered', () => {
  describe.each([[700, 10], [1000, 55], [800, 60]])('an event that waits %d seconds in Lambda\'s queue, with a timeout of %d minutes,', (seconds, minutes) => {
    const timeout = Duration.minutes(minutes);
    const opened = async () => {
      const cloud = await cloudWith({ ...A, timeout });
      cloud.faults.push({ function: DEPLOYMENT_FUNCTION, at: 'queue', seconds, event: 1, payload: UPDATE });
      return cloud;
    };

    test('populates', async () => {
      const cloud = await opened();
      const result = await deploy(cloud, { ...B, timeout });
      expect([lettersIn(cloud), dataIn(cloud), versionIn(result)]).toEqual(['ab', 'b', liveIn(cloud)]);
    });

    test('is answered in our own words where its query never ends', async () => {
      const cloud = await opened();
      cloud.cleanRooms.planQuery({ durationSeconds: 60, outcome: 'NEVER' });
      const result = await cloud.deploy(stackOf({ ...B, timeout }));
      expect(failureOf(result)).toMatch(/PopulationTimedOut.*It is now CANCELLED/);
      expect([result.status, lettersIn(cloud), dataIn(cloud)]).toEqual(['UPDATE_ROLLBACK_COMPLETE', 'ab', 'a']);
    });
  });

  test.each([2, 4, 20, 55])('an event is answered by its third delivery where both others stood still for all of their time, with a timeout of %d minutes', async (minutes) => {
    const cloud = openCloud();
    const standsStill = { function: DEPLOYMENT_FUNCTION, at: 'timeoutBeforeRequest', request: 1 } as const;
    cloud.faults.push({ ...standsStill, invocation: 1 }, { ...standsStill, invocation: 2 });
    const result = await deploy(cloud, { ...A, timeout: Duration.minutes(minutes) });
    expect([result.status, lettersIn(cloud), versionIn(result)]).toEqual(['CREATE_COMPLETE', 'a', liveIn(cloud)]);
  });

  test('an update\'s event that comes after its rollback\'s does nothing', async () => {
    const cloud = await cloudWith(A);
    cloud.faults.push({ function: DEPLOYMENT_FUNCTION, at: 'queue', seconds: 600, event: 1, payload: UPDATE });
    const deploying = cloud.deploy(stackOf({ ...B, otherFailsAfter: 60 }));
    expect((await deploying).status).toBe('UPDATE_ROLLBACK_COMPLETE');
    await cloud.advance(3600);
    expect([lettersIn(cloud), dataIn(cloud), runningIn(cloud)]).toEqual(['a', 'a', []]);
  });

  test('an update\'s event that comes while its rollback populates leaves that alone', async () => {
    const cloud = await cloudWith(A);
    cloud.cleanRooms.imposeStatus(cloud.stack('App').resources.get('Table')!.physicalId, 'RETENTION_PERIOD_EXPIRED');
    cloud.cleanRooms.defaultPlan = { durationSeconds: 900, outcome: 'SUCCESS' };
    cloud.faults.push({ function: DEPLOYMENT_FUNCTION, at: 'queue', seconds: 600, event: 1, payload: UPDATE });
    const deploying = cloud.deploy(stackOf({ ...B, otherFailsAfter: 60 }));
    await until(cloud, () => lettersIn(cloud) === 'aa');
    cloud.cleanRooms.imposeStatus(cloud.stack('App').resources.get('Table')!.physicalId, undefined);
    expect((await deploying).status).toBe('UPDATE_ROLLBACK_COMPLETE');
    await cloud.advance(3600);
    expect([lettersIn(cloud), dataIn(cloud)]).toEqual(['aa', 'a']);
  });

  test('a create\'s event that comes after its delete\'s does nothing', async () => {
    const cloud = openCloud();
    cloud.faults.push({ function: DEPLOYMENT_FUNCTION, at: 'queue', seconds: 600, event: 1, payload: /"RequestType":"Create"/ });
    const result = await cloud.deploy(stackOf({ ...A, otherFailsAfter: 60 }));
    await cloud.advance(3600);
    expect([result.status, cloud.cleanRooms.populations().length]).toEqual(['ROLLBACK_COMPLETE', 0]);
  });
});
