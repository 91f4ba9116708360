import { Duration } from 'aws-cdk-lib';
import { a, b, FAILED, year } from './days';
import { A, closeClouds, deploy, FAILS, liveIn, openCloud, refresh, versionIn } from './support';

afterEach(closeClouds);

describe('promise 4: a failed refresh changes nothing', () => {
  test('a year of a team that has bad days', () => year([
    { what: 'the first deploy, which fails', query: 'FAILED', status: 'ROLLBACK_COMPLETE', populates: 'a' },
    { what: 'and again', populates: 'a', data: 'a' },
    { what: 'a night that fails', does: 'REFRESHES', query: 'FAILED', populates: 'a', data: 'a' },
    { what: 'a night that takes too long', does: 'REFRESHES', query: 'NEVER', populates: 'a', data: 'a' },
    { what: 'an update that takes too long', template: b, query: 'NEVER', status: FAILED, populates: 'b', data: 'a' },
    { what: 'one whose query somebody cancels', template: b, query: 'CANCELLED', status: FAILED, populates: 'b', data: 'a' },
    { what: 'one that its user cancels', template: b, does: 'CANCELS', status: FAILED, populates: 'b', data: 'a' },
    { what: 'one where another resource fails afterwards', template: { ...b, laterFails: true }, status: FAILED, populates: 'ba', data: 'a' },
    { what: 'the one that works', template: { ...b, laterFails: false }, populates: 'b', data: 'b' },
    { what: 'somebody populates in the console', does: 'POPULATES BY HAND', populates: '', data: 'x' },
    { what: 'a deploy that changes nothing of the data, and brings the template\'s back', template: { timeout: Duration.minutes(31) }, populates: 'b', data: 'b' },
    { what: 'somebody populates in the console', does: 'POPULATES BY HAND', populates: '', data: 'x' },
    { what: 'a look at how fresh they are', does: 'REFRESHES', schedule: 'AudiencePopulationFreshness', populates: '', data: 'x' },
    { what: 'a change that fails brings the data of the template back', template: a, query: 'FAILED', status: FAILED, populates: 'ab', data: 'b' },
    { what: 'a night', does: 'REFRESHES', populates: 'b', data: 'b' },
  ], { also: (_, population) => { population.enableFreshnessMetrics(); } }));

  test.each([['a minute', 60, Duration.minutes(10)], ['an hour and a half', 5_400, Duration.hours(2)]])(
    'a refresh that fails after %s leaves the live version and the stack\'s output as they are, and its execution names the error', async (_, durationSeconds, timeout) => {
      const cloud = openCloud();
      const kept = versionIn(await deploy(cloud, { ...A, timeout }));
      cloud.cleanRooms.planQuery({ ...FAILS, durationSeconds });
      await refresh(cloud, A);
      expect(cloud.executions()[0]).toMatchObject({ status: 'FAILED', error: 'ProtectedQueryFailed', cause: expect.stringContaining(FAILS.error.message) });
      expect([liveIn(cloud), versionIn(cloud.stack('App'))]).toEqual([kept, kept]);
    });
});
