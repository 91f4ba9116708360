import { closeClouds, deploy, liveIn, openCloud, populatesIn, Scene, versionIn } from './support';
import { PopulateOnDeploy } from '../../src';

/** What README and `PopulateOnDeploy` say of deploys for which CloudFormation sends a population no event. */

afterEach(closeClouds);

const EXPIRED_SECONDS = 31 * 24 * 3600;

test.each(['ON_CHANGE', 'IF_UNPOPULATED', 'NEVER'] as PopulateOnDeploy[])('with %s, data that has expired stays so when the stack is deployed again as it is', async (populateOnDeploy) => {
  const cloud = openCloud();
  const scene: Scene = { populateOnDeploy };
  const first = await deploy(cloud, scene);
  await cloud.advance(EXPIRED_SECONDS);
  const again = await deploy(cloud, scene);
  expect([versionIn(again), populatesIn(cloud).length]).toEqual([versionIn(first), populateOnDeploy === PopulateOnDeploy.NEVER ? 0 : 1]);
});

test('a changed trigger lets a deploy see that the data has expired', async () => {
  const cloud = openCloud();
  await deploy(cloud);
  await cloud.advance(EXPIRED_SECONDS);
  const again = await deploy(cloud, { triggers: ['2026-11-29'] });
  expect([versionIn(again), populatesIn(cloud).length]).toEqual([liveIn(cloud), 2]);
});

test('with ALWAYS, the same cloud assembly populates once, however often it is deployed', async () => {
  const cloud = openCloud();
  const scene: Scene = { populateOnDeploy: PopulateOnDeploy.ALWAYS };
  await deploy(cloud, scene);
  await deploy(cloud, scene);
  expect(populatesIn(cloud)).toHaveLength(1);
});
