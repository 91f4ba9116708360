import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, aws_sns as sns, aws_ssm as ssm, CfnOutput, ReferenceStrength, Stack } from 'aws-cdk-lib';
import { Cloud, CloudBehaviours } from '../../../simulator/cloud';
import { StackSource, TemplateResource } from '../../../simulator/cloudformation/assembly';
import { stackOf } from '../templates';

process.env.CDK_VALIDATION = 'false';

const parameter = (value: unknown): TemplateResource => ({ Type: 'AWS::SSM::Parameter', Properties: { Value: value } });
const upstream = (value: string): StackSource => stackOf(
  { A: parameter(value) }, { Outputs: { Out: { Value: { 'Fn::GetAtt': ['A', 'Value'] } } } }, 'Up',
);
const weak = (properties: object = {}): unknown => ({
  'Fn::GetStackOutput': { StackName: 'Up', OutputName: 'Out', Region: { Ref: 'AWS::Region' }, ...properties },
});
const downstream = (more: Record<string, TemplateResource> = {}, properties: object = {}): StackSource =>
  stackOf({ B: parameter(weak(properties)), ...more }, {}, 'Down');

let cloud: Cloud;
const start = (behaviours: CloudBehaviours = {}): void => { cloud = new Cloud({ start: 0, behaviours }); };
beforeEach(() => start());
afterEach(() => cloud.close());

const read = (): unknown => cloud.stack('Down').resources.get('B')!.properties.Value;

describe('an output of another stack', () => {
  test('is read as it is when a stack is made or updated, and not in between', async () => {
    await cloud.deploy(upstream('one'));
    await cloud.deploy(downstream());
    expect(read()).toBe('one');
    expect((await cloud.deploy(upstream('two'))).status).toBe('UPDATE_COMPLETE');
    expect(read()).toBe('one');
    // As cdk deploy, which goes by template and parameters.
    expect(await cloud.deploy(downstream())).toMatchObject({ reason: 'No updates are to be performed.' });
    await cloud.deploy(downstream({ More: parameter('m') }));
    expect(read()).toBe('two');
  });

  test('keeps the other stack from nothing: it may be deleted first', async () => {
    await cloud.deploy(upstream('one'));
    await cloud.deploy(downstream());
    expect((await cloud.destroy('Up')).status).toBe('DELETE_COMPLETE');
    expect((await cloud.destroy('Down')).status).toBe('DELETE_COMPLETE');
  });

  test.each<[string, object, string]>([
    ['no stack', { StackName: 'None' }, 'Stack with id None does not exist'],
    ['no output', { OutputName: 'None' }, 'Stack Up has no output None'],
    ['another region', { Region: 'eu-west-1' }, 'The simulator has one region, us-east-1'],
  ])('fails its reader where there is %s', async (_what, properties, reason) => {
    await cloud.deploy(upstream('one'));
    const { status, failures } = await cloud.deploy(downstream({}, properties));
    expect([status, failures]).toEqual(['ROLLBACK_COMPLETE', [{ logicalId: 'B', reason: expect.stringContaining(reason) }]]);
  });

  test('orders resources by what its operands refer to', async () => {
    await cloud.deploy(upstream('one'));
    const { status } = await cloud.deploy(downstream(
      { Name: { Type: 'AWS::SNS::Topic', Properties: { TopicName: 'Up' } } }, { StackName: { 'Fn::GetAtt': ['Name', 'TopicName'] } },
    ));
    expect([status, read()]).toEqual(['CREATE_COMPLETE', 'one']);
  });

  test.each([['read again', 'two'], ['remembered', 'one']] as const)('may be %s in a rollback', async (way, expected) => {
    start({ stackOutputsInRollback: way });
    await cloud.deploy(upstream('one'));
    await cloud.deploy(downstream());
    await cloud.deploy(upstream('two'));
    const { status } = await cloud.deploy(
      downstream({ Fails: { Type: 'Test::Resource::Fails', Properties: { Fail: 'true' }, DependsOn: 'B' } }),
    );
    expect([status, read()]).toEqual(['UPDATE_ROLLBACK_COMPLETE', expected]);
  });
});

test('a weak reference of CDK deploys, and lets what it refers to be replaced', async () => {
  const synthesize = (topicName: string): string => {
    const outdir = mkdtempSync(join(tmpdir(), 'weak-'));
    const app = new App({ outdir });
    const [up, down] = [new Stack(app, 'Up'), new Stack(app, 'Down')];
    const topic = new sns.CfnTopic(up, 'Topic', { topicName });
    new ssm.CfnParameter(down, 'B', { type: 'String', value: Stack.consumeReference(topic.attrTopicName, ReferenceStrength.WEAK) });
    new CfnOutput(down, 'Changing', { value: topicName });
    app.synth();
    return outdir;
  };
  for (const name of ['one', 'two']) {
    const directory = synthesize(name);
    expect((await cloud.deploy(directory, 'Up')).status).toMatch(/^(CREATE|UPDATE)_COMPLETE$/);
    expect((await cloud.deploy(directory, 'Down')).status).toMatch(/^(CREATE|UPDATE)_COMPLETE$/);
    expect(read()).toBe(name);
  }
});
