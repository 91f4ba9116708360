import { custom, ending, fails, lines, parameter, PROVIDER, stackOf } from './templates';
import { Cloud, CloudBehaviours } from '../../simulator/cloud';
import { TemplateResource } from '../../simulator/cloudformation/assembly';
import { PutFault } from '../../simulator/cloudformation/inbox';
import { DeployResult } from '../../simulator/cloudformation/service';
import { LambdaFault } from '../../simulator/lambda/faults';

type Event = Record<string, unknown> & { ResourceProperties: Record<string, unknown>; OldResourceProperties?: Record<string, unknown> };

let cloud: Cloud;
const start = (behaviours: CloudBehaviours = {}, faults: LambdaFault[] = []) => { cloud = new Cloud({ start: 0, behaviours, faults }); };
beforeEach(() => start());
afterEach(() => cloud.close());

const deploy = (properties: object, others: Record<string, TemplateResource> = {}): Promise<DeployResult> =>
  cloud.deploy(stackOf({ ...PROVIDER, Thing: custom(properties), ...others }));
const events = (): Event[] => cloud.responses().map(({ event }) => event as Event);
/** Of each event: its type, the physical id, and the values that the custom resource had and is to have. */
const told = (): string[] => events().map((event) =>
  [event.RequestType, event.PhysicalResourceId, event.OldResourceProperties?.Value, event.ResourceProperties.Value]
    .filter((part) => part !== undefined).join(' '));
const thing = () => cloud.stack('Stack').resources.get('Thing')!;

describe('a custom resource', () => {
  test('gets every scalar as text, and gives its data as attributes', async () => {
    await deploy({ Value: 'v', Number: 5, Flag: true, Nested: { List: [1, false] } });
    expect(events()[0]).toMatchObject({
      RequestType: 'Create',
      ResourceType: 'Custom::Thing',
      LogicalResourceId: 'Thing',
      ResourceProperties: { Number: '5', Flag: 'true', Nested: { List: ['1', 'false'] } },
    });
    expect(thing()).toMatchObject({ physicalId: 'same', attributes: { Answer: 'v!', Types: 'string string' } });
  });

  test.each<[string, object[], string[], string]>([
    ['is updated when a property changes, and only then', [{ Value: 'one' }, { Value: 'one' }, { Value: 'two' }],
      ['Create one', 'Update same one two'], 'UPDATE_COMPLETE'],
    ['that changes its physical id is deleted under the old one after the update',
      [{ Value: 1, PhysicalId: 'old' }, { Value: 2, PhysicalId: 'new' }],
      ['Create 1', 'Update old 1 2', 'Delete old 1'], 'UPDATE_COMPLETE'],
    ['that fails to be made is deleted by the id that it gave', [{ Fail: 'Create', PhysicalId: 'half' }],
      ['Create', 'Delete half'], 'ROLLBACK_COMPLETE'],
    ['that fails to be updated is asked for the old properties again', [{ Value: 'one' }, { Value: 'two', Fail: 'Update' }],
      ['Create one', 'Update same one two', 'Update same two one'], 'UPDATE_ROLLBACK_COMPLETE'],
  ])('%s', async (_what, deployed, expected, status) => {
    for (const properties of deployed) await deploy(properties);
    expect(cloud.stack('Stack').status).toBe(status);
    expect(told()).toEqual(expected);
    if (status === 'UPDATE_COMPLETE') expect(thing().physicalId).toBe((deployed.at(-1) as { PhysicalId?: string }).PhysicalId ?? 'same');
  });

  test('that fails has its own reason in the stack', async () => {
    expect((await deploy({ Fail: 'Create' })).failures[0].reason)
      .toMatch(/^Received response status \[FAILED\] from custom resource\. Message returned: told to fail \(RequestId: /);
  });

  test('whose replacement is rolled back loses the new one, not the old', async () => {
    await deploy({ PhysicalId: 'old' });
    expect((await deploy({ PhysicalId: 'new' }, { Other: fails({ Fail: 'true', Seconds: 60 }) })).status).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(told().slice(-2)).toEqual(['Update new', 'Delete new']);
    expect(thing().physicalId).toBe('old');
  });

  test('that never answers fails at its timeout, and is deleted by a made-up id', async () => {
    const { failures, events: printed } = await deploy({ Mode: 'silent', ServiceTimeout: 120 });
    expect(failures[0].reason).toContain('CloudFormation did not receive a response from your Custom Resource.');
    const own = printed.filter(({ logicalId }) => logicalId === 'Thing');
    const [begun, failed] = ['CREATE_IN_PROGRESS', 'CREATE_FAILED'].map((wanted) => own.find(({ status }) => status === wanted)!);
    expect(failed.time - begun.time).toBe(120_000);
    const PhysicalResourceId = expect.stringMatching(/^Stack-Thing-/);
    expect(events()[0]).toMatchObject({ RequestType: 'Delete', PhysicalResourceId, ResourceProperties: { ServiceTimeout: '120' } });
  });

  test('whose function throws is invoked three times, with one event', async () => {
    await deploy({ Mode: 'throw', ServiceTimeout: 300 });
    expect(cloud.logs().filter(({ text }) => text.startsWith('Create'))).toHaveLength(3);
  });

  test.each([
    [3600, ['CREATE_COMPLETE']], [4096, ['ROLLBACK_COMPLETE', 'Thing: Response object is too long.']],
  ])('may answer 4,096 bytes and no more: with %i of padding', async (Padding, end) => {
    expect(ending(await deploy({ Padding }))).toEqual(end);
  });

  test.each(['Custom::Thing', 'AWS::CloudFormation::CustomResource'])('may not change its service token: %s', async (Type) => {
    const { ProviderFunction } = PROVIDER;
    const deployWith = (properties: object, Value: string) => deploy({}, {
      ProviderFunction: { ...ProviderFunction, Properties: { ...ProviderFunction.Properties, ...properties } },
      Thing: { ...custom({ Value }), Type },
    });
    await deployWith({}, 'a');
    // The function itself may change as it likes.
    expect((await deployWith({ Timeout: 30, Description: 'new' }, 'b')).status).toBe('UPDATE_COMPLETE');
    expect(ending(await deployWith({ FunctionName: 'new' }, 'c')))
      .toEqual(['UPDATE_ROLLBACK_COMPLETE', 'Thing: Modifying service token is not allowed.']);
    expect(told()).toEqual(['Create a', 'Update same a b']);
  });

  test('without an attribute fails whoever asks for it', async () => {
    const { failures } = await deploy({}, { Asks: parameter({ 'Fn::GetAtt': ['Thing', 'Missing'] }) });
    expect(failures).toEqual([{ logicalId: 'Asks', reason: expect.stringContaining("Vendor response doesn't contain Missing attribute") }]);
  });
});

describe('an update that its user cancels', () => {
  const update = (Mode: string, Value: string) => deploy({ Mode, Value }, { Later: parameter(Value, { DependsOn: 'Thing' }) });
  const cancelled = async (updating: Promise<DeployResult>): Promise<DeployResult> => {
    await cloud.advance(30);
    cloud.cancelUpdate('Stack');
    const result = await updating;
    expect(result.status).toBe('UPDATE_ROLLBACK_COMPLETE');
    return result;
  };

  test('drops the custom resource under way, begins nothing more, and asks for the old properties at once', async () => {
    await update('', 'old');
    const time = cloud.clock.now() + 30_000;
    const result = await cancelled(update('silent', 'new'));
    expect(result).toMatchObject({ reason: 'User Initiated', failures: [] });
    const dropped = { logicalId: 'Thing', status: 'UPDATE_FAILED', reason: 'Resource update cancelled', time };
    expect(result.events).toContainEqual(expect.objectContaining(dropped));
    expect(lines(result, /^Later/)).toEqual([]);
    expect(told()).toEqual(['Create old', 'Update same new old']);
  });

  test('waits for what cannot be dropped, and begins nothing after it', async () => {
    const slow = (Value: string) => cloud.deploy(stackOf({
      First: fails({ Seconds: Value === 'new' ? 60 : 0, Value }), Second: parameter(Value, { DependsOn: 'First' }),
    }));
    await slow('old');
    expect(lines(await cancelled(slow('new')))).toEqual([
      'First UPDATE_IN_PROGRESS', 'First UPDATE_COMPLETE', 'First UPDATE_IN_PROGRESS', 'First UPDATE_COMPLETE',
    ]);
  });

  test('deletes a custom resource that it was making', async () => {
    await cloud.deploy(stackOf(PROVIDER));
    await cancelled(update('silent', 'new'));
    expect(told()).toEqual([expect.stringMatching(/^Delete Stack-Thing-\w+ new$/)]);
  });

  test('may be told to the function after its rollback was', async () => {
    const payload = /"RequestType":"Update".*"Value":"new".*OldResourceProperties/;
    start({}, [{ at: 'queue', seconds: 700, function: 'Provider', payload }]);
    await update('', 'old');
    await cancelled(update('', 'new'));
    await cloud.advance(700);
    expect(cloud.lambda.faults.hits).toHaveLength(1);
    expect(told()).toEqual(['Create old', 'Update same new old', 'Update same old new']);
  });

  test('has to be running', async () => {
    await cloud.deploy(stackOf(PROVIDER));
    expect(() => cloud.cancelUpdate('Stack')).toThrow('CancelUpdateStack cannot be called from current stack status CREATE_COMPLETE');
    expect(() => cloud.cancelUpdate('Other')).toThrow('Stack "Other" does not exist.');
  });
});

describe('CloudFormation', () => {
  test('may deliver an event twice, at once or later, with one ResponseURL', async () => {
    start({ deliverAgainAfterSeconds: 0 });
    await deploy({});
    expect(cloud.lambda.invocations).toHaveLength(2);
    await cloud.advance(10);
    expect(new Set(events().map(({ ResponseURL }) => ResponseURL)).size).toBe(1);
    expect(events()).toHaveLength(2);
  });

  test('may reuse the RequestId of a deployment that failed, with another ResponseURL', async () => {
    start({ requestIds: 'reused' });
    for (const properties of [{ Value: 'one' }, { Value: 'two', Fail: 'Update' }, { Value: 'two' }]) await deploy(properties);
    const [, failed, rollback, retried] = events();
    expect(retried.RequestId).toBe(failed.RequestId);
    expect(retried.ResponseURL).not.toBe(failed.ResponseURL);
    expect(rollback.RequestId).not.toBe(failed.RequestId);
  });

  test.each<[string, CloudBehaviours, number, number]>([
    ['drops a custom resource under way', {}, 0, 200],
    ['or waits for its end first', { cancellation: 'when-finished' }, 3600, 4000],
  ])('%s when another resource fails, and deletes it', async (_what, behaviours, from, to) => {
    start(behaviours);
    const { events: printed } = await deploy({ Mode: 'silent' }, { Other: fails({ Fail: 'true', Seconds: 60 }) });
    const dropped = expect.objectContaining({ logicalId: 'Thing', status: 'CREATE_FAILED', reason: 'Resource creation cancelled' });
    expect(printed).toEqual(from === 0 ? expect.arrayContaining([dropped]) : expect.not.arrayContaining([dropped]));
    expect([cloud.clock.now() > from * 1000, cloud.clock.now() < to * 1000]).toEqual([true, true]);
    expect(events().map(({ RequestType }) => RequestType)).toEqual(['Delete']);
  });

  test.each<[string, PutFault, string, number]>([
    ['refused', { status: 503 }, 'PUT answered 503', 1],
    ['cut off', { reset: 'before' }, 'socket hang up', 1],
    ['accepted, but answered with an error', { status: 500, after: true }, 'PUT answered 500', 2],
  ])('may have the PUT of a response %s, upon which the function is tried again', async (_how, fault, error, received) => {
    start({ putFault: (nth) => (nth === 1 ? fault : undefined) });
    expect((await deploy({})).status).toBe('CREATE_COMPLETE');
    await cloud.advance(300);
    expect(cloud.lambda.invocations.map((invocation) => invocation.error?.errorMessage)).toEqual([error, undefined]);
    expect(cloud.responses()).toHaveLength(received);
  });
});
