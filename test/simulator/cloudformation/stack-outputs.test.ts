import { Cloud, CloudBehaviours } from '../../../simulator/cloud';
import { TemplateResource } from '../../../simulator/cloudformation/assembly';
import { DeployResult } from '../../../simulator/cloudformation/service';
import { fails, parameter, stackOf, topic } from '../templates';

let cloud: Cloud;
const start = (behaviours: CloudBehaviours = {}): void => { cloud = new Cloud({ start: 0, behaviours }); };
beforeEach(() => start());
afterEach(() => cloud.close());

const upstream = (value: string): Promise<DeployResult> =>
  cloud.deploy(stackOf({ A: parameter(value) }, { Outputs: { Out: { Value: { 'Fn::GetAtt': ['A', 'Value'] } } } }, 'Up'));
const downstream = (more: Record<string, TemplateResource> = {}, properties: object = {}): Promise<DeployResult> => {
  const weak = { 'Fn::GetStackOutput': { StackName: 'Up', OutputName: 'Out', Region: { Ref: 'AWS::Region' }, ...properties } };
  return cloud.deploy(stackOf({ B: parameter(weak), ...more }, {}, 'Down'));
};
const read = (): unknown => cloud.stack('Down').resources.get('B')!.properties.Value;

describe('an output of another stack', () => {
  test('is read as it is when a stack is made or updated, and not in between', async () => {
    await upstream('one');
    await downstream();
    expect(read()).toBe('one');
    expect((await upstream('two')).status).toBe('UPDATE_COMPLETE');
    expect(read()).toBe('one');
    // As cdk deploy, which goes by template and parameters.
    expect(await downstream()).toMatchObject({ reason: 'No updates are to be performed.' });
    await downstream({ More: parameter('m') });
    expect(read()).toBe('two');
  });

  test('keeps the other stack from nothing: it may be deleted first', async () => {
    await upstream('one');
    await downstream();
    for (const stack of ['Up', 'Down']) expect((await cloud.destroy(stack)).status).toBe('DELETE_COMPLETE');
  });

  test.each<[string, object, string]>([
    ['no stack', { StackName: 'None' }, 'Stack with id None does not exist'],
    ['no output', { OutputName: 'None' }, 'Stack Up has no output None'],
    ['another region', { Region: 'eu-west-1' }, 'The simulator has one region, us-east-1'],
  ])('fails its reader where there is %s', async (_what, properties, reason) => {
    await upstream('one');
    const { status, failures } = await downstream({}, properties);
    expect([status, failures]).toEqual(['ROLLBACK_COMPLETE', [{ logicalId: 'B', reason: expect.stringContaining(reason) }]]);
  });

  test('orders resources by what its operands refer to', async () => {
    await upstream('one');
    const { status } = await downstream({ Name: topic({ TopicName: 'Up' }) }, { StackName: { 'Fn::GetAtt': ['Name', 'TopicName'] } });
    expect([status, read()]).toEqual(['CREATE_COMPLETE', 'one']);
  });

  test.each([['read again', 'two'], ['remembered', 'one']] as const)('may be %s in a rollback', async (way, expected) => {
    start({ stackOutputsInRollback: way });
    await upstream('one');
    await downstream();
    await upstream('two');
    const { status } = await downstream({ Fails: fails(undefined, { DependsOn: 'B' }) });
    expect([status, read()]).toEqual(['UPDATE_ROLLBACK_COMPLETE', expected]);
  });
});
