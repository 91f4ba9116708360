import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assetOf, custom, lambda, PROVIDER, role, stackOf } from './templates';
import { Cloud } from '../../simulator/cloud';
import { TemplateResource } from '../../simulator/cloudformation/assembly';

const MEMBERSHIP = '11111111-1111-4111-8111-111111111111';

const parameter = (value: unknown, rest: Partial<TemplateResource> = {}): TemplateResource => ({ Type: 'AWS::SSM::Parameter', Properties: { Value: value }, ...rest });
const fails = (properties: object, rest: Partial<TemplateResource> = {}): TemplateResource =>
  ({ Type: 'Test::Resource::Fails', Properties: properties as Record<string, unknown>, ...rest });
const table = (properties: object = {}): TemplateResource => ({
  Type: 'AWS::CleanRooms::IntermediateTable',
  Properties: { MembershipIdentifier: MEMBERSHIP, Name: 'audience', PopulationAnalysisConfiguration: { SqlParameters: { QueryString: 'SELECT 1' } }, ...properties },
});

let cloud: Cloud;
beforeEach(() => { cloud = new Cloud({ start: 0 }); });

const resource = (logicalId: string): { physicalId: string; properties: Record<string, unknown> } => cloud.stack('Stack').resources.get(logicalId)!;

describe('intrinsic functions', () => {
  test.each<[string, unknown, unknown]>([
    ['Ref', { Ref: 'P' }, 'given'],
    ['Ref to a pseudo parameter', { 'Fn::Join': ['/', [{ Ref: 'AWS::Region' }, { Ref: 'AWS::AccountId' }, { Ref: 'AWS::Partition' }]] }, 'us-east-1/111122223333/aws'],
    ['Ref to AWS::NoValue', [{ Ref: 'AWS::NoValue' }, 'x'], ['x']],
    ['Fn::Sub', { 'Fn::Sub': ['${P}-${Own}-${!Literal}', { Own: { Ref: 'Default' } }] }, 'given-default-${Literal}'],
    ['Fn::Select of Fn::Split', { 'Fn::Select': ['1', { 'Fn::Split': ['|', 'a|b'] }] }, 'b'],
    ['Fn::If', { 'Fn::If': ['IsGiven', 'yes', 'no'] }, 'yes'],
    ['Fn::FindInMap', { 'Fn::FindInMap': ['Map', { Ref: 'AWS::Region' }, 'Key'] }, 'mapped'],
    ['Fn::GetAtt', { 'Fn::GetAtt': ['Other', 'Value'] }, 'other'],
    ['a field called Condition', { Condition: { StringEquals: { a: { Ref: 'P' } } } }, { Condition: { StringEquals: { a: 'given' } } }],
  ])('%s', async (_name, value, expected) => {
    await cloud.deploy(stackOf({ Subject: parameter(value), Other: parameter('other') }, {
      Parameters: { P: { Type: 'String' }, Default: { Type: 'String', Default: 'default' } },
      Conditions: { IsGiven: { 'Fn::Equals': [{ Ref: 'P' }, 'given'] } },
      Mappings: { Map: { 'us-east-1': { Key: 'mapped' } } },
    }), undefined, { parameters: { P: 'given' } });
    expect(resource('Subject').properties.Value).toEqual(expected);
  });

  test('import what another stack exports', async () => {
    await cloud.deploy(stackOf({ A: parameter('v') }, { Outputs: { Out: { Value: { 'Fn::GetAtt': ['A', 'Value'] }, Export: { Name: 'shared' } } } }, 'First'));
    await cloud.deploy(stackOf({ B: parameter({ 'Fn::ImportValue': 'shared' }) }));
    expect(resource('B').properties.Value).toBe('v');
  });

  test('make no resource whose condition does not hold', async () => {
    await cloud.deploy(stackOf({ A: parameter('a', { Condition: 'Never' }), B: parameter('b') }, { Conditions: { Never: { 'Fn::Not': [{ 'Fn::Equals': [1, 1] }] } } }));
    expect([...cloud.stack('Stack').resources.keys()]).toEqual(['B']);
  });
});

describe('a stack', () => {
  const line = ({ logicalId, status }: { logicalId: string; status: string }): string => `${logicalId} ${status}`;

  test('is made in the order of its dependencies, and as much at one time as they allow', async () => {
    const { events } = await cloud.deploy(stackOf({ C: parameter('c', { DependsOn: 'B' }), B: fails({ Seconds: 10, After: { Ref: 'A' } }), A: fails({ Seconds: 5 }), D: fails({ Seconds: 5 }) }));
    const ends = events.filter(({ status }) => status === 'CREATE_COMPLETE').map(({ logicalId, time }) => [logicalId, time / 1000]);
    expect(ends).toEqual([['A', 5], ['D', 5], ['B', 15], ['C', 17], ['Stack', 17]]);
  });

  test('with a cycle is refused', async () => {
    await expect(cloud.deploy(stackOf({ A: parameter({ Ref: 'B' }), B: parameter({ Ref: 'A' }) }))).rejects.toThrow('Circular dependency between resources: [A, B]');
  });

  test('whose creation fails is rolled back, begins nothing new, and is made afresh by the next deployment', async () => {
    const result = await cloud.deploy(stackOf({ A: fails({}), B: fails({ Fail: 'true' }, { DependsOn: 'A' }), C: fails({}, { DependsOn: 'B' }) }));
    expect(result).toMatchObject({ status: 'ROLLBACK_COMPLETE', reason: 'The following resource(s) failed to create: [B].' });
    expect(result.events.map(line)).toEqual([
      'Stack CREATE_IN_PROGRESS', 'A CREATE_IN_PROGRESS', 'A CREATE_COMPLETE', 'B CREATE_IN_PROGRESS', 'B CREATE_FAILED',
      'Stack ROLLBACK_IN_PROGRESS', 'A DELETE_IN_PROGRESS', 'A DELETE_COMPLETE', 'Stack ROLLBACK_COMPLETE',
    ]);
    expect((await cloud.deploy(stackOf({ A: fails({}) }))).status).toBe('CREATE_COMPLETE');
  });

  test('whose update fails has its old properties again, without what was new', async () => {
    await cloud.deploy(stackOf({ A: parameter('one'), B: fails({}) }));
    const result = await cloud.deploy(stackOf({ A: parameter('two'), New: parameter('n'), B: fails({ Fail: 'true' }, { DependsOn: ['A', 'New'] }) }));
    expect(result).toMatchObject({ status: 'UPDATE_ROLLBACK_COMPLETE', failures: [{ logicalId: 'B', reason: expect.stringContaining('Fail is "true"') }] });
    expect(resource('A').properties.Value).toBe('one');
    expect(cloud.stack('Stack').resources.has('New')).toBe(false);
  });

  test('deletes after an update what its template has no more', async () => {
    await cloud.deploy(stackOf({ A: parameter('a'), B: parameter('b'), Kept: parameter('k', { DeletionPolicy: 'Retain' }) }));
    const { events } = await cloud.deploy(stackOf({ A: parameter('a') }));
    expect(events.map(line)).toEqual([
      'Stack UPDATE_IN_PROGRESS', 'Stack UPDATE_COMPLETE_CLEANUP_IN_PROGRESS', 'B DELETE_IN_PROGRESS', 'Kept DELETE_SKIPPED', 'B DELETE_COMPLETE', 'Stack UPDATE_COMPLETE',
    ]);
  });

  test('writes a parameter\'s value again whenever it updates the parameter, and only then', async () => {
    const deploy = (description: string, other = 'o'): Promise<unknown> => cloud.deploy(stackOf({
      A: { Type: 'AWS::SSM::Parameter', Properties: { Name: '/a', Value: 'template', Description: description } }, Other: parameter(other),
    }));
    await deploy('one');
    cloud.ssm.set('/a', 'written since');
    await deploy('one', 'another');
    expect(cloud.ssm.get('/a')).toBe('written since');
    await deploy('two', 'another');
    expect(cloud.ssm.get('/a')).toBe('template');
  });

  test('that does not change is left alone', async () => {
    await cloud.deploy(stackOf({ A: parameter('a') }));
    expect(await cloud.deploy(stackOf({ A: parameter('a') }))).toMatchObject({ events: [], reason: 'No updates are to be performed.' });
  });

  test('that cannot delete a resource keeps what that one depends on', async () => {
    await cloud.deploy(stackOf({ ...PROVIDER, Thing: custom({ Mode: 'silent on delete', ServiceTimeout: 60 }) }));
    const { status, failures } = await cloud.destroy('Stack');
    expect([status, failures.map(({ logicalId }) => logicalId)]).toEqual(['DELETE_FAILED', ['Thing']]);
    expect([...cloud.stack('Stack').resources.keys()]).toEqual(expect.arrayContaining(['ProviderFunction', 'ProviderRole', 'Thing']));
  });

  test('comes the same way each time, for one seed', async () => {
    const run = async (): Promise<unknown> => {
      const again = new Cloud({ seed: 7, start: 0 });
      const { events } = await again.deploy(stackOf({ ...PROVIDER, Thing: custom({ Value: 'v' }) }));
      return [events, again.responses(), again.logs()];
    };
    expect(await run()).toEqual(await run());
  });
});

describe('a wait condition', () => {
  /** Signals the handle from a custom resource's properties. */
  const SIGNALLER = `exports.handler = async (event) => {
    const { Signals, Url } = event.ResourceProperties;
    const put = (url, body) => fetch(url, { method: 'PUT', body: JSON.stringify(body) });
    if (event.RequestType !== 'Delete') for (const signal of JSON.parse(Signals)) await put(Url, signal);
    await put(event.ResponseURL, { ...event, Status: 'SUCCESS', PhysicalResourceId: 'signaller' });
  };`;
  const waiting = (signals: object[], properties: object = {}): Record<string, TemplateResource> => ({
    ...lambda('Provider', '', { Code: { ZipFile: SIGNALLER } }),
    Handle: { Type: 'AWS::CloudFormation::WaitConditionHandle' },
    Thing: custom({ Url: { Ref: 'Handle' }, Signals: JSON.stringify(signals) }),
    Wait: { Type: 'AWS::CloudFormation::WaitCondition', DependsOn: 'Thing', Properties: { Handle: { Ref: 'Handle' }, Timeout: '600', ...properties } },
  });
  const outputs = { Outputs: { Data: { Value: { 'Fn::GetAtt': ['Wait', 'Data'] } } } };
  const signal = (id: string, more: object = {}): object => ({ Status: 'SUCCESS', UniqueId: id, Data: `of ${id}`, Reason: '', ...more });

  test('takes signals that came early, each id once, and gives their data', async () => {
    const result = await cloud.deploy(stackOf(waiting([signal('a'), signal('a'), signal('b')], { Count: 2 }), outputs));
    expect([result.status, result.outputs]).toEqual(['CREATE_COMPLETE', { Data: '{"a":"of a","b":"of b"}' }]);
  });

  test('fails with the reason of a signal', async () => {
    const { failures } = await cloud.deploy(stackOf(waiting([signal('a', { Status: 'FAILURE', Reason: 'the query failed' })])));
    expect(failures).toEqual([{ logicalId: 'Wait', reason: "WaitCondition received failed message: 'the query failed' for uniqueId: a" }]);
  });

  test('fails when its time is up', async () => {
    const { failures } = await cloud.deploy(stackOf(waiting([signal('a')], { Count: 2 })));
    expect(failures).toEqual([{ logicalId: 'Wait', reason: 'WaitCondition timed out. Received 1 conditions when expecting 2' }]);
    expect(cloud.clock.now()).toBeGreaterThan(600_000);
  });

  test('waits once: it cannot be updated, and an update of the rest does not wait again', async () => {
    await cloud.deploy(stackOf(waiting([signal('a')])));
    expect((await cloud.deploy(stackOf(waiting([])))).status).toBe('UPDATE_COMPLETE');
    const { status, failures } = await cloud.deploy(stackOf(waiting([], { Timeout: '700' })));
    expect([status, failures[0].reason]).toEqual(['UPDATE_ROLLBACK_COMPLETE', 'Update to resource type AWS::CloudFormation::WaitCondition is not supported']);
  });
});

describe('resources of AWS', () => {
  beforeEach(() => cloud.joinCollaboration(MEMBERSHIP));

  test('intermediate tables are updated in place, or replaced, as their properties say', async () => {
    await cloud.deploy(stackOf({ Table: table() }, { Outputs: { Ref: { Value: { Ref: 'Table' } } } }));
    const before = resource('Table').physicalId;
    expect(cloud.stack('Stack').outputs.Ref).toBe(`${before}|${MEMBERSHIP}`);
    await cloud.deploy(stackOf({ Table: table({ Description: 'changed' }) }));
    expect(resource('Table').physicalId).toBe(before);
    await cloud.deploy(stackOf({ Table: table({ Name: 'renamed' }) }));
    expect(resource('Table').physicalId).not.toBe(before);
    // The new query under the old name collides, since the old table goes last.
    const { failures } = await cloud.deploy(stackOf({ Table: table({ Name: 'renamed', PopulationAnalysisConfiguration: { SqlParameters: { QueryString: 'SELECT 2' } } }) }));
    expect(failures[0].reason).toContain('already has an intermediate table "renamed"');
  });

  test('a role has no room for more than 10,240 characters of inline policies', async () => {
    const policy = (id: string): TemplateResource => ({
      Type: 'AWS::IAM::Policy',
      Properties: { PolicyName: id, Roles: [{ Ref: 'Role' }], PolicyDocument: { Statement: [{ Effect: 'Allow', Action: 'a:b', Resource: 'x'.repeat(5200) }] } },
    });
    const { failures } = await cloud.deploy(stackOf({ Role: role('lambda.amazonaws.com'), A: policy('A'), B: policy('B') }));
    expect(failures[0].reason).toContain('Maximum policy size of 10240 bytes exceeded');
  });

  test('a function needs a role that Lambda may assume', async () => {
    const resources = lambda('Worker', 'worker.zip');
    const { failures } = await cloud.deploy(stackOf({ ...resources, WorkerRole: role('states.amazonaws.com') }));
    expect(failures[0].reason).toBe('The role defined for the function cannot be assumed by Lambda.');
  });
});

test('a cloud assembly is read as it lies: stack, template and assets', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'assembly-'));
  const write = (file: string, content: object): void => writeFileSync(join(directory, file), JSON.stringify(content));
  const { template } = stackOf({ ...lambda('Provider', 'hash.zip'), Thing: custom({ Value: 'v' }) }, { Outputs: { Answer: { Value: { 'Fn::GetAtt': ['Thing', 'Answer'] } } } });
  write('App.template.json', template);
  write('App.assets.json', { files: { hash: { source: { path: assetOf('provider.js') }, destinations: { here: { bucketName: 'b', objectKey: 'hash.zip' } } } } });
  write('manifest.json', {
    artifacts: {
      'App.assets': { type: 'cdk:asset-manifest', properties: { file: 'App.assets.json' } },
      'App': { type: 'aws:cloudformation:stack', dependencies: ['App.assets'], displayName: 'Stage/App', properties: { templateFile: 'App.template.json', stackName: 'the-app' } },
    },
  });
  await expect(cloud.deploy(directory, 'Other')).rejects.toThrow('has no stack "Other"');
  expect((await cloud.deploy(directory, 'Stage/App')).outputs).toEqual({ Answer: 'v!' });
  expect(cloud.stack('the-app').status).toBe('CREATE_COMPLETE');
});
