import { Cloud } from '../../../simulator/cloud';
import { TemplateResource } from '../../../simulator/cloudformation/assembly';
import { DeployResult } from '../../../simulator/cloudformation/service';
import { custom, fails, lines, MEMBERSHIP, PROVIDER, stackOf, table, topic } from '../templates';

const named = (TopicName: string, rest: Partial<TemplateResource> = {}): TemplateResource => topic({ TopicName }, rest);
const late = (after: string): TemplateResource => fails({ Fail: 'true', Seconds: 60 }, { DependsOn: after });

let cloud: Cloud;
beforeEach(() => { cloud = new Cloud({ start: 0 }); });
afterEach(() => cloud.close());

const deploy = (resources: Record<string, TemplateResource>, stack = 'Stack') => cloud.deploy(stackOf(resources, {}, stack));
const resource = (logicalId: string) => cloud.stack('Stack').resources.get(logicalId)!;
const nameOf = (id: string): string => {
  const answer = cloud.cleanRooms.call('GetIntermediateTable', { membershipIdentifier: MEMBERSHIP, intermediateTableIdentifier: id });
  return (answer as { intermediateTable: { name: string } }).intermediateTable.name;
};
const cleanup = async (deploying: Promise<DeployResult>): Promise<string[]> => lines(await deploying, / DELETE_/);

describe('a resource that is replaced', () => {
  test('is there until the cleanup, as is what its dependents were told of it', async () => {
    cloud.joinCollaboration(MEMBERSHIP);
    const told = { ...PROVIDER, Thing: custom({ Value: { 'Fn::GetAtt': ['Table', 'IntermediateTableIdentifier'] } }) };
    await deploy({ ...told, Table: table('one') });
    const { physicalId } = resource('Table');
    const deploying = deploy({ ...told, Table: table('two'), Fails: late('Thing') });
    await cloud.advance(40);
    const { physicalId: replacement } = resource('Table');
    expect(replacement).not.toBe(physicalId);
    expect([nameOf(physicalId), nameOf(replacement)]).toEqual(['one', 'two']);
    expect((await deploying).status).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect([resource('Table').physicalId, resource('Thing').properties.Value]).toEqual([physicalId, physicalId]);
    expect(nameOf(physicalId)).toBe('one');
    expect(() => nameOf(replacement)).toThrow('does not exist');
  });

  test('stays for good where its policy says so', async () => {
    const retained = (name: string) => deploy({ A: named(name, { UpdateReplacePolicy: 'Retain' }) });
    await retained('one');
    expect(await cleanup(retained('two'))).toEqual([]);
    // Its name is still taken.
    expect((await deploy({ A: named('one') }, 'Second')).failures[0].reason).toContain("'one' already exists");
  });

  test('is let go where its deletion fails', async () => {
    const thing = (PhysicalId: string) =>
      deploy({ ...PROVIDER, Thing: custom({ PhysicalId, Mode: 'silent on delete', ServiceTimeout: 60 }) });
    await thing('one');
    expect(await cleanup(thing('two'))).toEqual(['Thing DELETE_IN_PROGRESS', 'Thing DELETE_FAILED']);
    expect(cloud.stack('Stack').status).toBe('UPDATE_COMPLETE');
  });

  test('goes after what depended on it and is in the template no more', async () => {
    await deploy({ A: named('one'), B: named('b', { DependsOn: 'A' }) });
    expect(await cleanup(deploy({ A: named('two') }))).toEqual([
      'B DELETE_IN_PROGRESS', 'B DELETE_COMPLETE', 'A DELETE_IN_PROGRESS', 'A DELETE_COMPLETE',
    ]);
  });

  test('need not be made again in a rollback, and the new one goes in its cleanup', async () => {
    await deploy({ A: named('one') });
    const all = lines(await deploy({ A: named('two'), Fails: late('A') }));
    expect(all.slice(all.indexOf('Fails CREATE_FAILED') + 1)).toEqual(['A DELETE_IN_PROGRESS', 'A DELETE_COMPLETE']);
    expect(resource('A').properties.TopicName).toBe('one');
    expect((await deploy({ A: named('two') })).status).toBe('UPDATE_COMPLETE');
  });
});

test.each([
  ['Retain', ['A DELETE_SKIPPED']],
  ['RetainExceptOnCreate', ['A DELETE_IN_PROGRESS', 'A DELETE_COMPLETE']],
  ['Delete', ['A DELETE_IN_PROGRESS', 'A DELETE_COMPLETE']],
])('a resource with the policy %s that a rolled back update has made: %s', async (DeletionPolicy, expected) => {
  await deploy({ Other: named('other') });
  expect(await cleanup(deploy({ Other: named('other'), A: named('a', { DeletionPolicy }), Fails: late('A') }))).toEqual(expected);
});
