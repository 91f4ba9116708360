import { Cloud } from '../../../simulator/cloud';
import { StackSource, TemplateResource } from '../../../simulator/cloudformation/assembly';
import { machine, role, stackOf } from '../templates';

const MEMBERSHIP = '11111111-1111-4111-8111-111111111111';
const PASS = { StartAt: 'Pass', States: { Pass: { Type: 'Pass', End: true } } };

let cloud: Cloud;
beforeEach(() => { cloud = new Cloud({ start: 0 }); });
afterEach(() => cloud.close());

const named = (name: string | undefined, logicalId = 'Machine', comment = ''): Record<string, TemplateResource> => {
  const { [logicalId]: { Type, Properties }, ...others } = machine(logicalId, { ...PASS, Comment: comment });
  return { ...others, [logicalId]: { Type, Properties: { ...Properties, StateMachineName: name } } };
};
const arnOf = (name: string): string => `arn:aws:states:us-east-1:111122223333:stateMachine:${name}`;
const machines = (): string[] => cloud.cloudFormation.names().flatMap((stack) => [...cloud.stack(stack).resources.values()])
  .filter(({ type }) => type === 'AWS::StepFunctions::StateMachine').map(({ physicalId }) => physicalId.split(':').at(-1)!);
const table = (name: string, query: string): TemplateResource => ({
  Type: 'AWS::CleanRooms::IntermediateTable',
  Properties: { MembershipIdentifier: MEMBERSHIP, Name: name, PopulationAnalysisConfiguration: { SqlParameters: { QueryString: query } } },
});
const fails = { Type: 'Test::Resource::Fails', Properties: { Fail: 'true' }, DependsOn: 'Machine' };

describe('a name', () => {
  test('is taken in the whole account', async () => {
    await cloud.deploy(stackOf(named('one')));
    const { status, failures } = await cloud.deploy(stackOf(named('one'), {}, 'Second'));
    const reason = "Resource of type 'AWS::StepFunctions::StateMachine' with identifier 'one' already exists. "
      + '(Machine, HandlerErrorCode: AlreadyExists)';
    expect([status, failures]).toEqual(['ROLLBACK_COMPLETE', [{ logicalId: 'Machine', reason }]]);
    // The rollback deletes nothing that it has not made.
    expect(cloud.stepFunctions.machine(arnOf('one'))).toBeDefined();
  });

  test('is taken until the old resource of a moved one is deleted, which comes last', async () => {
    await cloud.deploy(stackOf(named('one')));
    const { status, failures } = await cloud.deploy(stackOf(named('one', 'Moved')));
    expect([status, failures[0].logicalId]).toEqual(['UPDATE_ROLLBACK_COMPLETE', 'Moved']);
    expect(machines()).toEqual(['one']);
  });

  test('is free again when its resource is deleted, and is not where that is retained', async () => {
    const [retained, other] = [named('kept', 'Kept'), named('gone', 'Gone')];
    retained.Kept = { ...retained.Kept, DeletionPolicy: 'Retain' };
    await cloud.deploy(stackOf({ ...retained, ...other }));
    await cloud.destroy('Stack');
    expect((await cloud.deploy(stackOf(named('gone')))).status).toBe('CREATE_COMPLETE');
    expect((await cloud.deploy(stackOf(named('kept'), {}, 'Second'))).failures[0].reason).toContain('AlreadyExists');
  });

  test('is another type\'s, too', async () => {
    const alarm = { Type: 'AWS::CloudWatch::Alarm', Properties: { AlarmName: 'one' } };
    expect((await cloud.deploy(stackOf({ ...named('one'), Alarm: alarm }))).status).toBe('CREATE_COMPLETE');
    const { failures } = await cloud.deploy(stackOf({ Alarm: alarm }, {}, 'Second'));
    expect(failures[0].reason).toContain("'AWS::CloudWatch::Alarm' with identifier 'one'");
  });

  test('of an intermediate table is one in a collaboration', async () => {
    cloud.joinCollaboration(MEMBERSHIP);
    await cloud.deploy(stackOf({ Table: table('audience', 'SELECT 1') }));
    const { failures } = await cloud.deploy(stackOf({ Table: table('audience', 'SELECT 2') }, {}, 'Second'));
    expect(failures[0].reason).toMatch(/already has an intermediate table "audience"." \(Table, HandlerErrorCode: AlreadyExists\)$/);
    expect((await cloud.deploy(stackOf({ Table: table('other', 'SELECT 2') }, {}, 'Second'))).status).toBe('CREATE_COMPLETE');
  });
});

describe('a state machine with a name', () => {
  test('is updated in place while it keeps the name', async () => {
    await cloud.deploy(stackOf(named('one')));
    expect((await cloud.deploy(stackOf(named('one', 'Machine', 'changed')))).status).toBe('UPDATE_COMPLETE');
    expect(machines()).toEqual(['one']);
    expect(cloud.stepFunctions.machine(arnOf('one')).definition).toContain('changed');
  });

  test.each([
    ['one', 'two'], ['one', undefined], [undefined, 'two'],
  ])('is another one where the name changes from %s to %s', async (from, to) => {
    await cloud.deploy(stackOf(named(from)));
    const [before] = machines();
    const { events } = await cloud.deploy(stackOf(named(to)));
    const [after] = machines();
    expect(after).toEqual(to ?? expect.stringMatching(/^Stack-Machine-/));
    expect(events.map(({ logicalId, status }) => `${logicalId} ${status}`)).toEqual([
      'Stack UPDATE_IN_PROGRESS', 'Machine UPDATE_IN_PROGRESS', 'Machine UPDATE_IN_PROGRESS', 'Machine UPDATE_COMPLETE',
      'Stack UPDATE_COMPLETE_CLEANUP_IN_PROGRESS', 'Machine DELETE_IN_PROGRESS', 'Machine DELETE_COMPLETE', 'Stack UPDATE_COMPLETE',
    ]);
    expect(() => cloud.stepFunctions.machine(arnOf(before))).toThrow('State Machine Does Not Exist');
  });

  test('that was replaced runs until the cleanup, and comes back in a rollback', async () => {
    await cloud.deploy(stackOf(named('one')));
    const arn = cloud.stack('Stack').resources.get('Machine')!.physicalId;
    const deploying = cloud.deploy(stackOf({ ...named('two'), Fails: { ...fails, Properties: { ...fails.Properties, Seconds: 60 } } }));
    await cloud.advance(30);
    expect(machines()).toEqual(['two']);
    expect(cloud.stepFunctions.start(arn).status).toBe('RUNNING');
    expect((await deploying).status).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(machines()).toEqual(['one']);
    expect(cloud.stack('Stack').resources.get('Machine')!.physicalId).toBe(arn);
    expect(() => cloud.stepFunctions.machine(arn.replace(/one$/, 'two'))).toThrow('State Machine Does Not Exist');
    // Both names are as free as they look.
    expect((await cloud.deploy(stackOf(named('two')))).status).toBe('UPDATE_COMPLETE');
  });

  test('cannot be replaced under its name', async () => {
    await cloud.deploy(stackOf(named('one')));
    const { Machine, ...others } = named('one');
    const express: StackSource = stackOf({
      ...others, Machine: { ...Machine, Properties: { ...Machine.Properties, StateMachineType: 'EXPRESS' } },
    });
    expect((await cloud.deploy(express)).failures[0].reason).toBe(
      'CloudFormation cannot update a stack when a custom-named resource requires replacing. Rename one and update the stack again.');
  });
});

describe('an inline policy', () => {
  const document = (action: string): object => ({ Statement: [{ Effect: 'Allow', Action: action, Resource: '*' }] });
  const policy = (action: string, properties: object = {}): TemplateResource => ({
    Type: 'AWS::IAM::Policy', Properties: { PolicyName: 'p', Roles: [{ Ref: 'Role' }], PolicyDocument: document(action), ...properties },
  });
  const roles = { Role: role('lambda.amazonaws.com'), Other: role('lambda.amazonaws.com') };
  const allowed = (action: string, logicalId = 'Role'): boolean =>
    cloud.iam.decide(String(cloud.stack('Stack').resources.get(logicalId)!.attributes.Arn), { action, resource: 'x' }) === 'allowed';

  test('changes in place: document, name and roles', async () => {
    await cloud.deploy(stackOf({ ...roles, Policy: policy('a:One') }));
    const { physicalId } = cloud.stack('Stack').resources.get('Policy')!;
    await cloud.deploy(stackOf({ ...roles, Policy: policy('a:Two') }));
    expect([allowed('a:One'), allowed('a:Two')]).toEqual([false, true]);
    await cloud.deploy(stackOf({ ...roles, Policy: policy('a:Three', { PolicyName: 'q', Roles: [{ Ref: 'Role' }, { Ref: 'Other' }] }) }));
    expect([allowed('a:Two'), allowed('a:Three'), allowed('a:Three', 'Other')]).toEqual([false, true, true]);
    await cloud.deploy(stackOf({ ...roles, Policy: policy('a:Three', { PolicyName: 'q', Roles: [{ Ref: 'Other' }] }) }));
    expect([allowed('a:Three'), allowed('a:Three', 'Other')]).toEqual([false, true]);
    expect(cloud.stack('Stack').resources.get('Policy')!.physicalId).toBe(physicalId);
  });

  test('takes its permissions along when it is removed, in the cleanup', async () => {
    await cloud.deploy(stackOf({ ...roles, Policy: policy('a:One') }));
    const deploying = cloud.deploy(stackOf({ ...roles, More: { Type: 'Test::Resource::Fails', Properties: { Seconds: 60 } } }));
    await cloud.advance(30);
    expect(allowed('a:One')).toBe(true);
    await deploying;
    expect(allowed('a:One')).toBe(false);
  });

  test('is back with its old document after a rollback', async () => {
    await cloud.deploy(stackOf({ ...roles, Policy: policy('a:One') }));
    await cloud.deploy(stackOf({ ...roles, Policy: policy('a:Two', { PolicyName: 'q' }), Fails: { ...fails, DependsOn: 'Policy' } }));
    expect([allowed('a:One'), allowed('a:Two')]).toEqual([true, false]);
  });

  test('belongs to one resource of one stack, by its name in the role', async () => {
    await cloud.deploy(stackOf({ ...roles, Policy: policy('a:One') }, { Outputs: { Role: { Value: { Ref: 'Role' } } } }));
    const { Role } = cloud.stack('Stack').outputs;
    const message = 'Policy resource was already managed by another stack or another resource in the current stack. '
      + 'Found stacks: [Stack|Policy]';
    const foreign = await cloud.deploy(stackOf({ Policy: policy('a:Two', { Roles: [Role] }) }, {}, 'Second'));
    expect(foreign.failures).toEqual([{ logicalId: 'Policy', reason: message }]);
    const moved = await cloud.deploy(stackOf({ ...roles, Moved: policy('a:One') }));
    expect(moved.failures).toEqual([{ logicalId: 'Moved', reason: message }]);
    expect(allowed('a:One')).toBe(true);
    const renamed = await cloud.deploy(stackOf({ Policy: policy('a:Two', { PolicyName: 'q', Roles: [Role] }) }, {}, 'Second'));
    expect(renamed.status).toBe('CREATE_COMPLETE');
  });

  test('of another stack keeps its role from being deleted', async () => {
    await cloud.deploy(stackOf(roles, { Outputs: { Role: { Value: { Ref: 'Role' } } } }));
    await cloud.deploy(stackOf({ Policy: policy('a:Two', { Roles: [cloud.stack('Stack').outputs.Role] }) }, {}, 'Second'));
    const { status, failures } = await cloud.destroy('Stack');
    expect([status, failures]).toEqual([
      'DELETE_FAILED', [{ logicalId: 'Role', reason: 'Cannot delete entity, must delete policies first.' }],
    ]);
  });
});

test('a role policy is another one where its name changes', async () => {
  const rolePolicy = (name: string): TemplateResource => ({
    Type: 'AWS::IAM::RolePolicy', Properties: { PolicyName: name, RoleName: { Ref: 'Role' }, PolicyDocument: { Statement: [] } },
  });
  await cloud.deploy(stackOf({ Role: role('lambda.amazonaws.com'), Policy: rolePolicy('a') }));
  const { physicalId } = cloud.stack('Stack').resources.get('Policy')!;
  await cloud.deploy(stackOf({ Role: role('lambda.amazonaws.com'), Policy: rolePolicy('b') }));
  expect(cloud.stack('Stack').resources.get('Policy')!.physicalId).not.toBe(physicalId);
});
