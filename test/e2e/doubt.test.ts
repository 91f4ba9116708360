import { closeClouds, deploy, liveIn, MARKER, openCloud, populatesIn, Scene, versionIn } from './support';
import type { Fault } from '../../simulator/clean-rooms';
import type { Cloud } from '../../simulator/cloud';
import type { LambdaFaultKind } from '../../simulator/lambda/faults';

afterEach(closeClouds);

const POPULATION_FUNCTION = 'IntermediateTablePopulationsPopulationFunction';
const AFTER: Scene = { parameters: { segment: `${MARKER} b` } };

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

describe.each([[0, 'accepted'], [0, 'conflict'], [20, 'accepted']] as const)(
  'where a version is listed after %d seconds, and a populate of a populating table is answered by: %s,', (versionListLag, populateWhilePopulating) => {
    test.each([...when('before'), ...when('after')])('a populate that is answered by %s is accepted once', async (_, fault) => {
      const cloud = openCloud({ cleanRooms: { behaviours: { versionListLag, populateWhilePopulating } } });
      await deploy(cloud);
      cloud.cleanRooms.faults.inject({ operation: 'PopulateIntermediateTable', fault, first: 1 });
      await updated(cloud);
    });
  });

const crashes = [1, 2, 3].flatMap((request): [string, LambdaFaultKind][] =>
  (['beforeRequest', 'afterRequest', 'timeoutBeforeRequest', 'timeoutAfterRequest'] as const).map((at) => [`${at} ${request}`, { at, request }]));

describe.each([1, 2, 3])('step %d of a run', (step) => {
  test.each<[string, LambdaFaultKind]>([
    ...crashes, ['start', { at: 'start' }], ['return', { at: 'return' }], ['timeoutBeforeReturn', { at: 'timeoutBeforeReturn' }],
  ])('may crash at %s: one populate is accepted', async (_, kind) => {
    const cloud = openCloud({ cleanRooms: { behaviours: { versionListLag: 20, populateWhilePopulating: 'accepted' } } });
    await deploy(cloud);
    const before = cloud.lambda.invocations.filter(({ function: name }) => name.startsWith(POPULATION_FUNCTION)).length;
    cloud.faults.push({ ...kind, function: POPULATION_FUNCTION, invocation: before + step });
    await updated(cloud);
  });
});
