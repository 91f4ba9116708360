import { Cloud } from '../../../simulator/cloud';
import { TemplateResource } from '../../../simulator/cloudformation/assembly';
import { DeployResult } from '../../../simulator/cloudformation/service';
import { custom, PROVIDER, stackOf } from '../templates';

const MEMBERSHIP = '11111111-1111-4111-8111-111111111111';

const topic = (name: string, rest: Partial<TemplateResource> = {}): TemplateResource => ({
  Type: 'AWS::SNS::Topic', Properties: { TopicName: name }, ...rest,
});
const fails = (after: string): TemplateResource => ({
  Type: 'Test::Resource::Fails', Properties: { Fail: 'true', Seconds: 60 }, DependsOn: after,
});
const table = (name: string): TemplateResource => ({
  Type: 'AWS::CleanRooms::IntermediateTable',
  Properties: {
    MembershipIdentifier: MEMBERSHIP, Name: name, PopulationAnalysisConfiguration: { SqlParameters: { QueryString: 'SELECT 1' } },
  },
});

let cloud: Cloud;
beforeEach(() => { cloud = new Cloud({ start: 0 }); });
afterEach(() => cloud.close());

const lines = ({ events }: DeployResult): string[] =>
  events.filter(({ logicalId }) => logicalId !== 'Stack').map(({ logicalId, status }) => `${logicalId} ${status}`);
const nameOf = (id: string): string => {
  const answer = cloud.cleanRooms.call('GetIntermediateTable', { membershipIdentifier: MEMBERSHIP, intermediateTableIdentifier: id });
  return (answer as { intermediateTable: { name: string } }).intermediateTable.name;
};
const cleanup = (result: DeployResult): string[] => lines(result).filter((line) => / DELETE_/.test(line));

describe('a resource that is replaced', () => {
  test('is there until the cleanup, as is what its dependents were told of it', async () => {
    cloud.joinCollaboration(MEMBERSHIP);
    const thing = custom({ Value: { 'Fn::GetAtt': ['Table', 'IntermediateTableIdentifier'] } });
    await cloud.deploy(stackOf({ ...PROVIDER, Table: table('one'), Thing: thing }));
    const { physicalId } = cloud.stack('Stack').resources.get('Table')!;
    const deploying = cloud.deploy(stackOf({ ...PROVIDER, Table: table('two'), Thing: thing, Fails: fails('Thing') }));
    await cloud.advance(40);
    const { physicalId: replacement } = cloud.stack('Stack').resources.get('Table')!;
    expect(replacement).not.toBe(physicalId);
    expect([nameOf(physicalId), nameOf(replacement)]).toEqual(['one', 'two']);
    expect((await deploying).status).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(cloud.stack('Stack').resources.get('Table')!.physicalId).toBe(physicalId);
    expect(cloud.stack('Stack').resources.get('Thing')!.properties.Value).toBe(physicalId);
    expect(nameOf(physicalId)).toBe('one');
    expect(() => nameOf(replacement)).toThrow('does not exist');
  });

  test('stays for good where its policy says so', async () => {
    const retained = (name: string): TemplateResource => topic(name, { UpdateReplacePolicy: 'Retain' });
    await cloud.deploy(stackOf({ A: retained('one') }));
    expect(cleanup(await cloud.deploy(stackOf({ A: retained('two') })))).toEqual([]);
    // Its name is still taken.
    expect((await cloud.deploy(stackOf({ A: topic('one') }, {}, 'Second'))).failures[0].reason).toContain("'one' already exists");
  });

  test('is let go where its deletion fails', async () => {
    const thing = (id: string): TemplateResource => custom({ PhysicalId: id, Mode: 'silent on delete', ServiceTimeout: 60 });
    await cloud.deploy(stackOf({ ...PROVIDER, Thing: thing('one') }));
    const result = await cloud.deploy(stackOf({ ...PROVIDER, Thing: thing('two') }));
    expect([result.status, cleanup(result)]).toEqual(['UPDATE_COMPLETE', ['Thing DELETE_IN_PROGRESS', 'Thing DELETE_FAILED']]);
  });

  test('goes after what depended on it and is in the template no more', async () => {
    await cloud.deploy(stackOf({ A: topic('one'), B: topic('b', { DependsOn: 'A' }) }));
    expect(cleanup(await cloud.deploy(stackOf({ A: topic('two') })))).toEqual([
      'B DELETE_IN_PROGRESS', 'B DELETE_COMPLETE', 'A DELETE_IN_PROGRESS', 'A DELETE_COMPLETE',
    ]);
  });

  test('need not be made again in a rollback, and the new one goes in its cleanup', async () => {
    await cloud.deploy(stackOf({ A: topic('one') }));
    const result = await cloud.deploy(stackOf({ A: topic('two'), Fails: fails('A') }));
    expect(lines(result).slice(lines(result).indexOf('Fails CREATE_FAILED') + 1)).toEqual(['A DELETE_IN_PROGRESS', 'A DELETE_COMPLETE']);
    expect(cloud.stack('Stack').resources.get('A')!.properties.TopicName).toBe('one');
    expect((await cloud.deploy(stackOf({ A: topic('two') }))).status).toBe('UPDATE_COMPLETE');
  });
});

test.each([
  ['Retain', ['A DELETE_SKIPPED']],
  ['RetainExceptOnCreate', ['A DELETE_IN_PROGRESS', 'A DELETE_COMPLETE']],
  ['Delete', ['A DELETE_IN_PROGRESS', 'A DELETE_COMPLETE']],
])('a resource with the policy %s that a rolled back update has made: %s', async (DeletionPolicy, expected) => {
  await cloud.deploy(stackOf({ Other: topic('other') }));
  const result = await cloud.deploy(stackOf({ Other: topic('other'), A: topic('a', { DeletionPolicy }), Fails: fails('A') }));
  expect(cleanup(result)).toEqual(expected);
});
