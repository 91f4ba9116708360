import { App, Stack } from 'aws-cdk-lib';
import { closeClouds, MEMBERSHIP, openCloud, populatesIn } from './support';
import type { Cloud } from '../../simulator/cloud';
import { readStack } from '../../simulator/cloudformation/assembly';
import { AllowedAnalysis, IntermediateTable, Membership, StoredQuery } from '../../src';

afterEach(closeClouds);

const ANY = [AllowedAnalysis.ANY_QUERY];

/** A table in a stack, and one in another stack that is built on it, each with its population. */
function synthesize(select: string, { isRead = true, isDownstreamPopulated = true } = {}): string {
  const app = new App({ analyticsReporting: false });
  const [upstream, downstream] = ['Upstream', 'Downstream'].map((id) => new Stack(app, id));
  const membershipOf = (stack: Stack) => Membership.fromMembershipIdentifier(stack, 'Membership', MEMBERSHIP);
  const first = new IntermediateTable(upstream, 'First', {
    membership: membershipOf(upstream), tableName: 'first', query: StoredQuery.fromSql(`SELECT ${select}`), allowedAnalyses: ANY, versionedName: true,
  });
  const population = first.addPopulation('Population');
  const second = new IntermediateTable(downstream, 'Second', {
    membership: membershipOf(downstream),
    tableName: 'second',
    query: StoredQuery.fromSql(isRead ? `SELECT * FROM ${first.tableName}` : 'SELECT 1'),
    allowedAnalyses: ANY,
    versionedName: true,
  });
  if (isDownstreamPopulated) {
    second.addPopulation('Population', { refreshAfter: [population] });
  }
  return app.synth().directory;
}

/** As `cdk deploy --all` does. */
async function deployAll(cloud: Cloud, directory: string, secondsBetween = 0): Promise<string[]> {
  const statuses: string[] = [];
  for (const name of ['Upstream', 'Downstream']) {
    statuses.push((await cloud.deploy(readStack(directory, name))).status);
    await cloud.advance(secondsBetween);
  }
  await cloud.settle();
  return statuses;
}

describe('a table that is built on another stack\'s', () => {
  // The old upstream table is left behind where Clean Rooms refuses to delete what another one still reads: CloudFormation tells of it.
  test.each([0, 3600])('is deployed with it, each populated once, also when the query of the first changes (seconds between: %d)', async (between) => {
    const cloud = openCloud();
    expect(await deployAll(cloud, synthesize('1'))).toEqual(['CREATE_COMPLETE', 'CREATE_COMPLETE']);
    expect(populatesIn(cloud)).toHaveLength(2);
    expect(await deployAll(cloud, synthesize('2'), between)).toEqual(['UPDATE_COMPLETE', 'UPDATE_COMPLETE']);
    expect(populatesIn(cloud)).toHaveLength(4);
  });

  test('may lose its population', async () => {
    const cloud = openCloud();
    await deployAll(cloud, synthesize('1'));
    expect(await deployAll(cloud, synthesize('1', { isDownstreamPopulated: false }))).toEqual(['UPDATE_COMPLETE', 'UPDATE_COMPLETE']);
    expect(populatesIn(cloud)).toHaveLength(2);
  });

  test('does not keep that stack from being deleted first, unless its own query still reads from there', async () => {
    const cloud = openCloud();
    await deployAll(cloud, synthesize('1', { isRead: false }));
    expect((await cloud.destroy('Upstream')).status).toBe('DELETE_COMPLETE');
    expect((await cloud.destroy('Downstream')).status).toBe('DELETE_COMPLETE');
  });
});
