import { custom, PROVIDER, stackOf } from './templates';
import { Cloud, CloudBehaviours } from '../../simulator/cloud';
import { DeployResult } from '../../simulator/cloudformation/service';
import { LambdaFault } from '../../simulator/lambda/faults';

type Event = Record<string, unknown> & { ResourceProperties: Record<string, unknown>; OldResourceProperties?: Record<string, unknown> };

let cloud: Cloud;

function start(behaviours: CloudBehaviours = {}, faults: LambdaFault[] = []): void {
  cloud = new Cloud({ start: 0, behaviours, faults });
}

const deploy = (properties: object): Promise<DeployResult> => cloud.deploy(stackOf({ ...PROVIDER, Thing: custom(properties) }));
const events = (): Event[] => cloud.responses().map(({ event }) => event as Event);
const reasonOf = ({ failures }: DeployResult): string => failures[0].reason;

beforeEach(() => start());

describe('a custom resource', () => {
  test('gets every scalar as text, and gives its data as attributes', async () => {
    await deploy({ Value: 'v', Number: 5, Flag: true, Nested: { List: [1, false] } });
    expect(events()[0]).toMatchObject({
      RequestType: 'Create',
      ResourceType: 'Custom::Thing',
      LogicalResourceId: 'Thing',
      ResourceProperties: { Number: '5', Flag: 'true', Nested: { List: ['1', 'false'] } },
    });
    expect(cloud.stack('Stack').resources.get('Thing')).toMatchObject({ physicalId: 'same', attributes: { Answer: 'v!', Types: 'string string' } });
  });

  test('is updated when a property changes, and only then', async () => {
    await deploy({ Value: 'one' });
    await deploy({ Value: 'one' });
    await deploy({ Value: 'two' });
    const asked = events().map(({ RequestType, PhysicalResourceId, OldResourceProperties: old }) => [RequestType, PhysicalResourceId, old?.Value]);
    expect(asked).toEqual([['Create', undefined, undefined], ['Update', 'same', 'one']]);
  });

  test('that changes its physical id is deleted under the old one after the update', async () => {
    await deploy({ PhysicalId: 'old' });
    const { status } = await deploy({ PhysicalId: 'new' });
    expect(status).toBe('UPDATE_COMPLETE');
    expect(events().at(-1)).toMatchObject({ RequestType: 'Delete', PhysicalResourceId: 'old', ResourceProperties: { PhysicalId: 'old' } });
    expect(cloud.stack('Stack').resources.get('Thing')!.physicalId).toBe('new');
  });

  test('that fails to be made is deleted by the id that it gave, with its own reason in the stack', async () => {
    const result = await deploy({ Fail: 'Create', PhysicalId: 'half' });
    expect(result.status).toBe('ROLLBACK_COMPLETE');
    expect(reasonOf(result)).toMatch(/^Received response status \[FAILED\] from custom resource\. Message returned: told to fail \(RequestId: /);
    expect(events().map(({ RequestType, PhysicalResourceId }) => [RequestType, PhysicalResourceId])).toEqual([['Create', undefined], ['Delete', 'half']]);
  });

  test('that fails to be updated is asked for the old properties again', async () => {
    await deploy({ Value: 'one' });
    const { status } = await deploy({ Value: 'two', Fail: 'Update' });
    expect(status).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(events().at(-1)).toMatchObject({ RequestType: 'Update', ResourceProperties: { Value: 'one' }, OldResourceProperties: { Value: 'two', Fail: 'Update' } });
  });

  test('whose replacement is rolled back loses the new one, not the old', async () => {
    const both = (id: string, fail: string): Promise<DeployResult> => cloud.deploy(stackOf({
      ...PROVIDER, Thing: custom({ PhysicalId: id }), Other: { Type: 'Test::Resource::Fails', Properties: { Fail: fail, Seconds: 60 } },
    }));
    await both('old', 'false');
    expect((await both('new', 'true')).status).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(events().slice(-2)).toEqual([
      expect.objectContaining({ RequestType: 'Update', PhysicalResourceId: 'new' }), expect.objectContaining({ RequestType: 'Delete', PhysicalResourceId: 'new' }),
    ]);
    expect(cloud.stack('Stack').resources.get('Thing')!.physicalId).toBe('old');
  });

  test('that never answers fails at its timeout, and is deleted by a made-up id', async () => {
    const result = await deploy({ Mode: 'silent', ServiceTimeout: 120 });
    expect(reasonOf(result)).toContain('CloudFormation did not receive a response from your Custom Resource.');
    const { events: printed } = result;
    const [begun, failed] = ['CREATE_IN_PROGRESS', 'CREATE_FAILED'].map((status) => printed.find((event) => event.logicalId === 'Thing' && event.status === status)!);
    expect(failed.time - begun.time).toBe(120_000);
    expect(events()[0]).toMatchObject({ RequestType: 'Delete', PhysicalResourceId: expect.stringMatching(/^Stack-Thing-/), ResourceProperties: { ServiceTimeout: '120' } });
  });

  test('whose function throws is invoked three times, with one event', async () => {
    await deploy({ Mode: 'throw', ServiceTimeout: 300 });
    const invoked = cloud.logs().filter(({ text }) => text.startsWith('Create'));
    expect(invoked).toHaveLength(3);
  });

  test.each([
    [3600, 'CREATE_COMPLETE', undefined], [4096, 'ROLLBACK_COMPLETE', 'Response object is too long.'],
  ])('may answer 4,096 bytes and no more: with %i of padding', async (padding, status, reason) => {
    const result = await deploy({ Padding: padding });
    expect([result.status, result.failures[0]?.reason]).toEqual([status, reason]);
  });

  test.each(['Custom::Thing', 'AWS::CloudFormation::CustomResource'])('may not change its service token: %s', async (Type) => {
    const deployWith = (properties: object, value: string): Promise<DeployResult> => {
      const { ProviderFunction, ProviderRole } = PROVIDER;
      const provider = { ...ProviderFunction, Properties: { ...ProviderFunction.Properties, ...properties } };
      return cloud.deploy(stackOf({ ProviderRole, ProviderFunction: provider, Thing: { ...custom({ Value: value }), Type } }));
    };
    await deployWith({}, 'a');
    // The function itself may change as it likes.
    expect((await deployWith({ Timeout: 30, Description: 'new' }, 'b')).status).toBe('UPDATE_COMPLETE');
    const refused = await deployWith({ FunctionName: 'new' }, 'c');
    expect([refused.status, reasonOf(refused)]).toEqual(['UPDATE_ROLLBACK_COMPLETE', 'Modifying service token is not allowed.']);
    expect(events().map(({ ResourceProperties }) => (ResourceProperties as { Value: string }).Value)).toEqual(['a', 'b']);
  });

  test('without an attribute fails whoever asks for it', async () => {
    const asks = { Type: 'AWS::SSM::Parameter', Properties: { Value: { 'Fn::GetAtt': ['Thing', 'Missing'] } } };
    const result = await cloud.deploy(stackOf({ ...PROVIDER, Thing: custom({}), Asks: asks }));
    expect(result.failures).toEqual([{ logicalId: 'Asks', reason: expect.stringContaining("Vendor response doesn't contain Missing attribute") }]);
  });
});

describe('an update that its user cancels', () => {
  const stack = (mode: string, value: string): ReturnType<typeof stackOf> => stackOf({
    ...PROVIDER,
    Thing: custom({ Mode: mode, Value: value }),
    Later: { Type: 'AWS::SSM::Parameter', Properties: { Value: value }, DependsOn: 'Thing' },
  });

  test('drops the custom resource under way, begins nothing more, and asks for the old properties at once', async () => {
    await cloud.deploy(stack('', 'old'));
    const before = cloud.clock.now();
    const updating = cloud.deploy(stack('silent', 'new'));
    await cloud.advance(30);
    cloud.cancelUpdate('Stack');
    const { status, reason, failures, events: printed } = await updating;
    expect({ status, reason, failures }).toEqual({ status: 'UPDATE_ROLLBACK_COMPLETE', reason: 'User Initiated', failures: [] });
    expect(printed).toContainEqual(expect.objectContaining({ logicalId: 'Thing', status: 'UPDATE_FAILED', reason: 'Resource update cancelled', time: before + 30_000 }));
    expect(printed.filter(({ logicalId }) => logicalId === 'Later')).toEqual([]);
    expect(events().map(({ ResourceProperties }) => (ResourceProperties as { Value: string }).Value)).toEqual(['old', 'old']);
  });

  test('waits for what cannot be dropped, and begins nothing after it', async () => {
    const slow = (value: string): ReturnType<typeof stackOf> => stackOf({
      First: { Type: 'Test::Resource::Fails', Properties: { Seconds: value === 'new' ? 60 : 0, Value: value } },
      Second: { Type: 'AWS::SSM::Parameter', Properties: { Value: value }, DependsOn: 'First' },
    });
    await cloud.deploy(slow('old'));
    const updating = cloud.deploy(slow('new'));
    await cloud.advance(30);
    cloud.cancelUpdate('Stack');
    const { status, events: printed } = await updating;
    expect(status).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(printed.filter(({ type }) => type !== 'AWS::CloudFormation::Stack').map(({ logicalId, status: each }) => `${logicalId} ${each}`)).toEqual([
      'First UPDATE_IN_PROGRESS', 'First UPDATE_COMPLETE', 'First UPDATE_IN_PROGRESS', 'First UPDATE_COMPLETE',
    ]);
  });

  test('deletes a custom resource that it was making', async () => {
    await cloud.deploy(stackOf(PROVIDER));
    const updating = cloud.deploy(stack('silent', 'new'));
    await cloud.advance(30);
    cloud.cancelUpdate('Stack');
    expect((await updating).status).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(events().map(({ RequestType }) => RequestType)).toEqual(['Delete']);
  });

  test('may be told to the function after its rollback was', async () => {
    start({}, [{ at: 'queue', seconds: 700, function: 'Provider', payload: /"RequestType":"Update".*"Value":"new".*OldResourceProperties/ }]);
    await cloud.deploy(stack('', 'old'));
    const updating = cloud.deploy(stack('', 'new'));
    await cloud.advance(30);
    cloud.cancelUpdate('Stack');
    expect((await updating).status).toBe('UPDATE_ROLLBACK_COMPLETE');
    await cloud.advance(700);
    expect(cloud.lambda.faults.hits).toHaveLength(1);
    expect(events().map(({ RequestType, ResourceProperties }) => [RequestType, ResourceProperties.Value])).toEqual([
      ['Create', 'old'], ['Update', 'old'], ['Update', 'new'],
    ]);
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
    await deploy({ Value: 'one' });
    await deploy({ Value: 'two', Fail: 'Update' });
    await deploy({ Value: 'two' });
    const [, failed, rollback, retried] = events();
    expect(retried.RequestId).toBe(failed.RequestId);
    expect(retried.ResponseURL).not.toBe(failed.ResponseURL);
    expect(rollback.RequestId).not.toBe(failed.RequestId);
  });

  test('drops a custom resource under way when another fails, and deletes it at once', async () => {
    const resources = { ...PROVIDER, Thing: custom({ Mode: 'silent' }), Other: { Type: 'Test::Resource::Fails', Properties: { Fail: 'true', Seconds: 60 } } };
    const { events: printed } = await cloud.deploy(stackOf(resources));
    expect(printed).toContainEqual(expect.objectContaining({ logicalId: 'Thing', status: 'CREATE_FAILED', reason: 'Resource creation cancelled' }));
    expect(cloud.clock.now()).toBeLessThan(200_000);
    expect(events().map(({ RequestType }) => RequestType)).toEqual(['Delete']);
  });

  test('or waits for its end first', async () => {
    start({ cancellation: 'when-finished' });
    const resources = { ...PROVIDER, Thing: custom({ Mode: 'silent' }), Other: { Type: 'Test::Resource::Fails', Properties: { Fail: 'true', Seconds: 60 } } };
    await cloud.deploy(stackOf(resources));
    expect(cloud.clock.now()).toBeGreaterThan(3_600_000);
  });
});

describe('a PUT of a response', () => {
  test.each([
    ['refused', { status: 503 }, 2], ['cut off', { reset: 'before' as const }, 2], ['accepted, but answered with an error', { status: 500, after: true }, 3],
  ])('may be %s, upon which the function is tried again', async (_how, fault, most) => {
    start({ putFault: (nth) => (nth === 1 ? fault : undefined) });
    expect((await deploy({})).status).toBe('CREATE_COMPLETE');
    await cloud.advance(300);
    expect(cloud.lambda.invocations.length).toBeLessThanOrEqual(most);
    expect(cloud.lambda.invocations[0].error).toBeDefined();
  });
});
