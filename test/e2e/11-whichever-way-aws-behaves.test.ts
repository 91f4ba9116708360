import { A, B, closeClouds, deploy, liveIn, openCloud, populatesIn, refresh, stackOf, tableIn, versionIn } from './support';
import { BEHAVIOUR_POSITIONS, Behaviours } from '../../simulator/clean-rooms';

afterEach(closeClouds);

const POSITIONS = Object.entries(BEHAVIOUR_POSITIONS).flatMap(([name, positions]) =>
  (positions as readonly unknown[]).map((position): [string, unknown, Partial<Behaviours>] => [name, position, { [name]: position }]));

describe('promise 11: right whichever way AWS behaves', () => {
  /** The main job, a refresh, a failed refresh, an update that fails and one that does not, a delete: wherever AWS is not documented. */
  test.each(POSITIONS)('the main job runs with %s %j', async (_name, _position, behaviours) => {
    const cloud = openCloud({ cleanRooms: { behaviours } });
    expect(versionIn(await deploy(cloud, A))).toBe(liveIn(cloud));
    await refresh(cloud, A);
    const refreshed = liveIn(cloud);
    expect(populatesIn(cloud).map(({ versionId }) => versionId).indexOf(refreshed!)).toBe(1);

    cloud.cleanRooms.planQuery({ durationSeconds: 60, outcome: 'FAILED' });
    await refresh(cloud, A);
    cloud.cleanRooms.planQuery({ durationSeconds: 60, outcome: 'CANCELLED' });
    const failed = await cloud.deploy(stackOf(B));
    expect([failed.status, liveIn(cloud), versionIn(failed), populatesIn(cloud).length]).toEqual(['UPDATE_ROLLBACK_COMPLETE', refreshed, refreshed, 4]);

    expect(versionIn(await deploy(cloud, B))).toBe(liveIn(cloud));
    expect(populatesIn(cloud)).toHaveLength(5);
    expect(cloud.cleanRooms.maxConcurrentPopulations(tableIn(cloud))).toBe(1);
    expect((await cloud.destroy('App')).status).toBe('DELETE_COMPLETE');
  });
});
