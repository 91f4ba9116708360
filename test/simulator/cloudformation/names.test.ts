import { Cloud } from '../../../simulator/cloud';
import { TemplateResource } from '../../../simulator/cloudformation/assembly';
import { ending, fails, machine, MEMBERSHIP, role, stackOf, table } from '../templates';

const PASS = { StartAt: 'Pass', States: { Pass: { Type: 'Pass', End: true } } };

let cloud: Cloud;
beforeEach(() => { cloud = new Cloud({ start: 0 }); });
afterEach(() => cloud.close());

const deploy = (resources: Record<string, TemplateResource>, stack = 'Stack') => cloud.deploy(stackOf(resources, {}, stack));
const ended = async (...deployed: Parameters<typeof deploy>): Promise<string[]> => ending(await deploy(...deployed));
const physicalId = (logicalId: string): string => cloud.stack('Stack').resources.get(logicalId)!.physicalId;

describe('a name', () => {
  const named = (name?: string, logicalId = 'Machine', properties: object = {}, rest: object = {}): Record<string, TemplateResource> => {
    const { [logicalId]: { Type, Properties }, ...others } = machine(logicalId, PASS);
    return { ...others, [logicalId]: { Type, Properties: { ...Properties, StateMachineName: name, ...properties }, ...rest } };
  };
  const taken = (type: string, name: string, logicalId: string): string =>
    `${logicalId}: Resource of type '${type}' with identifier '${name}' already exists. (${logicalId}, HandlerErrorCode: AlreadyExists)`;
  const MACHINE = 'AWS::StepFunctions::StateMachine';
  const arnOf = (name: string): string => `arn:aws:states:us-east-1:111122223333:stateMachine:${name}`;
  const machines = (): string[] => cloud.cloudFormation.names().flatMap((stack) => [...cloud.stack(stack).resources.values()])
    .filter(({ type }) => type === MACHINE).map((state) => state.physicalId.split(':').at(-1)!);

  const Alarm = { Type: 'AWS::CloudWatch::Alarm', Properties: { AlarmName: 'one' } };

  test.each<[string, Record<string, TemplateResource>, [Record<string, TemplateResource>, stack: string], string[]]>([
    ['is taken in the whole account', named('one'), [named('one'), 'Second'], ['ROLLBACK_COMPLETE', taken(MACHINE, 'one', 'Machine')]],
    ['is taken until the old resource of a moved one is deleted, which comes last', named('one'), [named('one', 'Moved'), 'Stack'],
      ['UPDATE_ROLLBACK_COMPLETE', taken(MACHINE, 'one', 'Moved')]],
    ['is another type\'s, too', { ...named('one'), Alarm }, [{ Alarm }, 'Second'],
      ['ROLLBACK_COMPLETE', taken('AWS::CloudWatch::Alarm', 'one', 'Alarm')]],
  ])('%s', async (_what, first, second, end) => {
    expect(await ended(first)).toEqual(['CREATE_COMPLETE']);
    expect(await ended(...second)).toEqual(end);
    // The rollback deletes nothing that it has not made.
    expect(cloud.stepFunctions.machine(arnOf('one'))).toBeDefined();
    expect(machines()).toEqual(['one']);
  });

  test('is free again when its resource is deleted, and is not where that is retained', async () => {
    await deploy({ ...named('kept', 'Kept', {}, { DeletionPolicy: 'Retain' }), ...named('gone', 'Gone') });
    await cloud.destroy('Stack');
    expect(await ended(named('gone'))).toEqual(['CREATE_COMPLETE']);
    expect(await ended(named('kept'), 'Second')).toEqual(['ROLLBACK_COMPLETE', taken(MACHINE, 'kept', 'Machine')]);
  });

  test('of an intermediate table is one in a collaboration', async () => {
    cloud.joinCollaboration(MEMBERSHIP);
    await deploy({ Table: table('audience') });
    const { failures } = await deploy({ Table: table('audience', 'SELECT 2') }, 'Second');
    expect(failures[0].reason).toMatch(/already has an intermediate table "audience"." \(Table, HandlerErrorCode: AlreadyExists\)$/);
    expect(await ended({ Table: table('other', 'SELECT 2') }, 'Second')).toEqual(['CREATE_COMPLETE']);
  });

  test('that stays lets its state machine be updated in place', async () => {
    await deploy(named('one'));
    const DefinitionString = JSON.stringify({ ...PASS, Comment: 'changed' });
    expect(await ended(named('one', 'Machine', { DefinitionString }))).toEqual(['UPDATE_COMPLETE']);
    expect(machines()).toEqual(['one']);
    expect(cloud.stepFunctions.machine(arnOf('one')).definition).toContain('changed');
  });

  test.each([
    ['one', 'two'], ['one', undefined], [undefined, 'two'],
  ])('that changes from %s to %s makes another state machine', async (from, to) => {
    await deploy(named(from));
    const [before] = machines();
    const result = await deploy(named(to));
    const [after] = machines();
    expect(after).toEqual(to ?? expect.stringMatching(/^Stack-Machine-/));
    expect(result.events.map(({ logicalId, status }) => `${logicalId} ${status}`)).toEqual([
      'Stack UPDATE_IN_PROGRESS', 'Machine UPDATE_IN_PROGRESS', 'Machine UPDATE_IN_PROGRESS', 'Machine UPDATE_COMPLETE',
      'Stack UPDATE_COMPLETE_CLEANUP_IN_PROGRESS', 'Machine DELETE_IN_PROGRESS', 'Machine DELETE_COMPLETE', 'Stack UPDATE_COMPLETE',
    ]);
    expect(() => cloud.stepFunctions.machine(arnOf(before))).toThrow('State Machine Does Not Exist');
  });

  test('of a state machine that was replaced serves until the cleanup, and comes back in a rollback', async () => {
    await deploy(named('one'));
    const arn = physicalId('Machine');
    const deploying = deploy({ ...named('two'), Fails: fails({ Fail: 'true', Seconds: 60 }, { DependsOn: 'Machine' }) });
    await cloud.advance(30);
    expect(machines()).toEqual(['two']);
    expect(cloud.stepFunctions.start(arn).status).toBe('RUNNING');
    expect((await deploying).status).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect([machines(), physicalId('Machine')]).toEqual([['one'], arn]);
    expect(() => cloud.stepFunctions.machine(arn.replace(/one$/, 'two'))).toThrow('State Machine Does Not Exist');
    // Both names are as free as they look.
    expect(await ended(named('two'))).toEqual(['UPDATE_COMPLETE']);
  });

  test('keeps its resource from being replaced under it', async () => {
    await deploy(named('one'));
    expect((await deploy(named('one', 'Machine', { StateMachineType: 'EXPRESS' }))).failures[0].reason).toBe(
      'CloudFormation cannot update a stack when a custom-named resource requires replacing. Rename one and update the stack again.');
  });
});

describe('an inline policy', () => {
  const roles = { Role: role('lambda.amazonaws.com'), Other: role('lambda.amazonaws.com') };
  const policy = (Action: string, properties: object = {}): TemplateResource => ({
    Type: 'AWS::IAM::Policy',
    Properties: {
      PolicyName: 'p', Roles: [{ Ref: 'Role' }], PolicyDocument: { Statement: [{ Effect: 'Allow', Action, Resource: '*' }] }, ...properties,
    },
  });
  const allowed = (action: string, logicalId = 'Role'): boolean =>
    cloud.iam.decide(String(cloud.stack('Stack').resources.get(logicalId)!.attributes.Arn), { action, resource: 'x' }) === 'allowed';

  test('changes in place: document, name and roles', async () => {
    await deploy({ ...roles, Policy: policy('a:One') });
    const before = physicalId('Policy');
    await deploy({ ...roles, Policy: policy('a:Two') });
    expect([allowed('a:One'), allowed('a:Two')]).toEqual([false, true]);
    await deploy({ ...roles, Policy: policy('a:Three', { PolicyName: 'q', Roles: [{ Ref: 'Role' }, { Ref: 'Other' }] }) });
    expect([allowed('a:Two'), allowed('a:Three'), allowed('a:Three', 'Other')]).toEqual([false, true, true]);
    await deploy({ ...roles, Policy: policy('a:Three', { PolicyName: 'q', Roles: [{ Ref: 'Other' }] }) });
    expect([allowed('a:Three'), allowed('a:Three', 'Other')]).toEqual([false, true]);
    expect(physicalId('Policy')).toBe(before);
  });

  test('takes its permissions along when it is removed, in the cleanup', async () => {
    await deploy({ ...roles, Policy: policy('a:One') });
    const deploying = deploy({ ...roles, More: fails({ Seconds: 60 }) });
    await cloud.advance(30);
    expect(allowed('a:One')).toBe(true);
    await deploying;
    expect(allowed('a:One')).toBe(false);
  });

  test('is back with its old document after a rollback', async () => {
    await deploy({ ...roles, Policy: policy('a:One') });
    await deploy({ ...roles, Policy: policy('a:Two', { PolicyName: 'q' }), Fails: fails(undefined, { DependsOn: 'Policy' }) });
    expect([allowed('a:One'), allowed('a:Two')]).toEqual([true, false]);
  });

  test('belongs to one resource of one stack, by its name in the role', async () => {
    await deploy({ ...roles, Policy: policy('a:One') });
    const Roles = [physicalId('Role')];
    const message = 'Policy resource was already managed by another stack or another resource in the current stack. '
      + 'Found stacks: [Stack|Policy]';
    expect(await ended({ Policy: policy('a:Two', { Roles }) }, 'Second')).toEqual(['ROLLBACK_COMPLETE', `Policy: ${message}`]);
    expect(await ended({ ...roles, Moved: policy('a:One') })).toEqual(['UPDATE_ROLLBACK_COMPLETE', `Moved: ${message}`]);
    expect(allowed('a:One')).toBe(true);
    expect(await ended({ Policy: policy('a:Two', { PolicyName: 'q', Roles }) }, 'Second')).toEqual(['CREATE_COMPLETE']);
  });

  test('of another stack keeps its role from being deleted', async () => {
    await deploy(roles);
    await deploy({ Policy: policy('a:Two', { Roles: [physicalId('Role')] }) }, 'Second');
    expect(ending(await cloud.destroy('Stack'))).toEqual(['DELETE_FAILED', 'Role: Cannot delete entity, must delete policies first.']);
  });
});

test('a role policy is another one where its name changes', async () => {
  const rolePolicy = (PolicyName: string) => deploy({
    Role: role('lambda.amazonaws.com'),
    Policy: { Type: 'AWS::IAM::RolePolicy', Properties: { PolicyName, RoleName: { Ref: 'Role' }, PolicyDocument: { Statement: [] } } },
  });
  await rolePolicy('a');
  const before = physicalId('Policy');
  await rolePolicy('b');
  expect(physicalId('Policy')).not.toBe(before);
});
