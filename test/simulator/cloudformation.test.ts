import { custom, ending, fails, lambda, MEMBERSHIP, parameter, PROVIDER, role, stackOf, table } from './templates';
import { Cloud, CloudBehaviours } from '../../simulator/cloud';
import { TemplateResource } from '../../simulator/cloudformation/assembly';

let cloud: Cloud;
beforeEach(() => { cloud = new Cloud({ start: 0 }); });
afterEach(() => cloud.close());

const resource = (logicalId: string) => cloud.stack('Stack').resources.get(logicalId)!;

test.each<[string, unknown, unknown]>([
  ['Ref', { Ref: 'P' }, 'given'],
  ['Ref to a pseudo parameter', { 'Fn::Join': ['/', [{ Ref: 'AWS::Region' }, { Ref: 'AWS::AccountId' }, { Ref: 'AWS::Partition' }]] },
    'us-east-1/111122223333/aws'],
  ['Ref to AWS::NoValue', [{ Ref: 'AWS::NoValue' }, 'x'], ['x']],
  ['Fn::Sub', { 'Fn::Sub': ['${P}-${Own}-${!Literal}', { Own: { Ref: 'Default' } }] }, 'given-default-${Literal}'],
  ['Fn::Select of Fn::Split', { 'Fn::Select': ['1', { 'Fn::Split': ['|', 'a|b'] }] }, 'b'],
  ['Fn::If', { 'Fn::If': ['IsGiven', 'yes', 'no'] }, 'yes'],
  ['Fn::Not', { 'Fn::If': ['IsNotGiven', 'yes', 'no'] }, 'no'],
  ['Fn::FindInMap', { 'Fn::FindInMap': ['Map', { Ref: 'AWS::Region' }, 'Key'] }, 'mapped'],
  ['Fn::GetAtt', { 'Fn::GetAtt': ['Other', 'Value'] }, 'other'],
  ['a field called Condition', { Condition: { StringEquals: { a: { Ref: 'P' } } } }, { Condition: { StringEquals: { a: 'given' } } }],
])('an intrinsic function: %s', async (_name, value, expected) => {
  const isGiven = { 'Fn::Equals': [{ Ref: 'P' }, 'given'] };
  await cloud.deploy(stackOf({ Subject: parameter(value), Other: parameter('other') }, {
    Parameters: { P: { Type: 'String' }, Default: { Type: 'String', Default: 'default' } },
    Conditions: { IsGiven: isGiven, IsNotGiven: { 'Fn::Not': [isGiven] } },
    Mappings: { Map: { 'us-east-1': { Key: 'mapped' } } },
  }), undefined, { parameters: { P: 'given' } });
  expect(resource('Subject').properties.Value).toEqual(expected);
});

describe('a stack', () => {
  const line = ({ logicalId, status }: { logicalId: string; status: string }): string => `${logicalId} ${status}`;

  test('is made in the order of its dependencies, and as much at one time as they allow', async () => {
    const { events } = await cloud.deploy(stackOf({
      C: parameter('c', { DependsOn: 'B' }),
      B: fails({ Seconds: 10, After: { Ref: 'A' } }),
      A: fails({ Seconds: 5 }),
      D: fails({ Seconds: 5 }),
    }));
    const ends = events.filter(({ status }) => status === 'CREATE_COMPLETE').map(({ logicalId, time }) => [logicalId, time / 1000]);
    expect(ends).toEqual([['A', 5], ['D', 5], ['B', 15], ['C', 17], ['Stack', 17]]);
  });

  test('with a cycle is refused', async () => {
    const circle = stackOf({ A: parameter({ Ref: 'B' }), B: parameter({ Ref: 'A' }) });
    await expect(cloud.deploy(circle)).rejects.toThrow('Circular dependency between resources: [A, B]');
  });

  test('whose creation fails is rolled back, begins nothing new, and is made afresh by the next deployment', async () => {
    const result = await cloud.deploy(stackOf({ A: fails({}), B: fails(undefined, { DependsOn: 'A' }), C: fails({}, { DependsOn: 'B' }) }));
    expect(result).toMatchObject({ status: 'ROLLBACK_COMPLETE', reason: 'The following resource(s) failed to create: [B].' });
    expect(result.events.map(line)).toEqual([
      'Stack CREATE_IN_PROGRESS', 'A CREATE_IN_PROGRESS', 'A CREATE_COMPLETE', 'B CREATE_IN_PROGRESS', 'B CREATE_FAILED',
      'Stack ROLLBACK_IN_PROGRESS', 'A DELETE_IN_PROGRESS', 'A DELETE_COMPLETE', 'Stack ROLLBACK_COMPLETE',
    ]);
    expect((await cloud.deploy(stackOf({ A: fails({}) }))).status).toBe('CREATE_COMPLETE');
  });

  test('whose update fails has its old properties again, without what was new', async () => {
    await cloud.deploy(stackOf({ A: parameter('one'), B: fails({}) }));
    const failing = fails(undefined, { DependsOn: ['A', 'New'] });
    const result = await cloud.deploy(stackOf({ A: parameter('two'), New: parameter('n'), B: failing }));
    const failures = [{ logicalId: 'B', reason: expect.stringContaining('Fail is "true"') }];
    expect(result).toMatchObject({ status: 'UPDATE_ROLLBACK_COMPLETE', failures });
    expect(resource('A').properties.Value).toBe('one');
    expect(cloud.stack('Stack').resources.has('New')).toBe(false);
  });

  test('deletes after an update what its template has no more', async () => {
    await cloud.deploy(stackOf({ A: parameter('a'), B: parameter('b'), Kept: parameter('k', { DeletionPolicy: 'Retain' }) }));
    const { events } = await cloud.deploy(stackOf({ A: parameter('a') }));
    expect(events.map(line)).toEqual([
      'Stack UPDATE_IN_PROGRESS', 'Stack UPDATE_COMPLETE_CLEANUP_IN_PROGRESS',
      'B DELETE_IN_PROGRESS', 'Kept DELETE_SKIPPED', 'B DELETE_COMPLETE', 'Stack UPDATE_COMPLETE',
    ]);
  });

  test('writes a parameter\'s value again whenever it updates the parameter, and only then', async () => {
    const deploy = (Description: string, other = 'o'): Promise<unknown> => cloud.deploy(stackOf({
      A: { Type: 'AWS::SSM::Parameter', Properties: { Name: '/a', Value: 'template', Description } }, Other: parameter(other),
    }));
    await deploy('one');
    cloud.ssm.set('/a', 'written since');
    await deploy('one', 'another');
    expect(cloud.ssm.get('/a')).toBe('written since');
    await deploy('two', 'another');
    expect(cloud.ssm.get('/a')).toBe('template');
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
  const deploy = (signals: object[], properties: object = {}) => cloud.deploy(stackOf({
    ...lambda('Provider', '', { Code: { ZipFile: SIGNALLER } }),
    Handle: { Type: 'AWS::CloudFormation::WaitConditionHandle' },
    Thing: custom({ Url: { Ref: 'Handle' }, Signals: JSON.stringify(signals) }),
    Wait: {
      Type: 'AWS::CloudFormation::WaitCondition',
      DependsOn: 'Thing',
      Properties: { Handle: { Ref: 'Handle' }, Timeout: '600', ...properties },
    },
  }, { Outputs: { Data: { Value: { 'Fn::GetAtt': ['Wait', 'Data'] } } } }));
  const signal = (id: string, more: object = {}): object => ({ Status: 'SUCCESS', UniqueId: id, Data: `of ${id}`, Reason: '', ...more });

  test('takes signals that came early, each id once, and gives their data', async () => {
    const { status, outputs } = await deploy([signal('a'), signal('a'), signal('b')], { Count: 2 });
    expect([status, outputs]).toEqual(['CREATE_COMPLETE', { Data: '{"a":"of a","b":"of b"}' }]);
  });

  test.each<[string, object, object, string, number]>([
    ['with the reason of a signal', { Status: 'FAILURE', Reason: 'no' }, {},
      "WaitCondition received failed message: 'no' for uniqueId: a", 0],
    ['when its time is up', {}, { Count: 2 }, 'WaitCondition timed out. Received 1 conditions when expecting 2', 600],
  ])('fails %s', async (_when, more, properties, reason, atLeastSeconds) => {
    expect((await deploy([signal('a', more)], properties)).failures).toEqual([{ logicalId: 'Wait', reason }]);
    expect(cloud.clock.now()).toBeGreaterThan(atLeastSeconds * 1000);
  });

  test('waits once: it cannot be updated, and an update of the rest does not wait again', async () => {
    await deploy([signal('a')]);
    expect((await deploy([])).status).toBe('UPDATE_COMPLETE');
    const { status, failures } = await deploy([], { Timeout: '700' });
    expect([status, failures[0].reason])
      .toEqual(['UPDATE_ROLLBACK_COMPLETE', 'Update to resource type AWS::CloudFormation::WaitCondition is not supported']);
  });
});

test('an intermediate table is updated in place, or replaced, as its properties say', async () => {
  cloud.joinCollaboration(MEMBERSHIP);
  await cloud.deploy(stackOf({ Table: table('audience') }, { Outputs: { Ref: { Value: { Ref: 'Table' } } } }));
  const before = resource('Table').physicalId;
  expect(cloud.stack('Stack').outputs.Ref).toBe(`${before}|${MEMBERSHIP}`);
  await cloud.deploy(stackOf({ Table: table('audience', 'SELECT 1', { Description: 'changed' }) }));
  expect(resource('Table').physicalId).toBe(before);
  await cloud.deploy(stackOf({ Table: table('renamed') }));
  expect(resource('Table').physicalId).not.toBe(before);
  // The new query under the old name collides, since the old table goes last.
  const { failures } = await cloud.deploy(stackOf({ Table: table('renamed', 'SELECT 2') }));
  expect(failures[0].reason).toContain('already has an intermediate table "renamed"');
});

test.each<[CloudBehaviours, string]>([
  [{}, 'extraneous key [JobParameters] is not permitted'],
  [{ jobTables: 'accepted' }, 'CREATE_COMPLETE'],
])('a table that jobs populate is refused, unless CloudFormation has come to know such: %j', async (behaviours, expected) => {
  cloud = new Cloud({ behaviours });
  cloud.joinCollaboration(MEMBERSHIP);
  const script = { membershipIdentifier: MEMBERSHIP, name: 'score', queryString: '' };
  const { arn: AnalysisTemplateArn } = cloud.cleanRooms.resources.createAnalysisTemplate(script);
  const Table = table('scored', '', { PopulationAnalysisConfiguration: { JobParameters: { AnalysisTemplateArn } } });
  expect(ending(await cloud.deploy(stackOf({ Table }))).at(-1)).toContain(expected);
  if (cloud.stack('Stack').status === 'ROLLBACK_COMPLETE') return;
  cloud.cleanRooms.populateByHand(resource('Table').physicalId);
  await cloud.advance(100);
  expect(cloud.cleanRooms.liveVersionId(resource('Table').physicalId)).toBeDefined();
});

test('a role has no room for more than 10,240 characters of inline policies', async () => {
  const PolicyDocument = { Statement: [{ Effect: 'Allow', Action: 'a:b', Resource: 'x'.repeat(5200) }] };
  const policy = (PolicyName: string): TemplateResource =>
    ({ Type: 'AWS::IAM::Policy', Properties: { PolicyName, Roles: [{ Ref: 'Role' }], PolicyDocument } });
  const { failures } = await cloud.deploy(stackOf({ Role: role('lambda.amazonaws.com'), A: policy('A'), B: policy('B') }));
  expect(failures[0].reason).toContain('Maximum policy size of 10240 bytes exceeded');
});

test('a function needs a role that Lambda may assume', async () => {
  const resources = { ...lambda('Worker', 'worker.zip'), WorkerRole: role('states.amazonaws.com') };
  expect(ending(await cloud.deploy(stackOf(resources))))
    .toEqual(['ROLLBACK_COMPLETE', 'WorkerFunction: The role defined for the function cannot be assumed by Lambda.']);
});
