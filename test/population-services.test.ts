import { CfnParameter, NestedStack, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { Key } from 'aws-cdk-lib/aws-kms';
import { CfnFunction, Tracing } from 'aws-cdk-lib/aws-lambda';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { IntermediateTablePopulation, PopulationFunctionOptions, PopulationServices } from '../src';
import { permissionsOf } from './support/policies';
import { makePopulation, makeStack, referencesIn, synthesized, templateOf } from './support/stacks';
import { CfnTemplate, idOf, idsOf, propertiesOf, resourceOf } from './support/template';

type Options = (stack: Stack) => PopulationFunctionOptions;
type Step = (stack: Stack) => unknown;

const populate = (...ids: string[]): Step => (stack) => ids.forEach((id) => makePopulation(stack, id));
const configure = (options: Options): Step => (stack) => PopulationServices.of(stack).configure(options(stack));
const after = (...steps: Step[]): CfnTemplate => synthesized((stack) => steps.forEach((step) => step(stack)));
const templateWith = (options: Options) => after(populate('Population'), configure(options));

const functionsIn = (template: CfnTemplate) => propertiesOf(template, 'AWS::Lambda::Function');
const logGroupIn = (template: CfnTemplate) => resourceOf(template, 'AWS::Logs::LogGroup');
const groupsIn = (template: CfnTemplate) => idsOf(template, 'AWS::EC2::SecurityGroup');

/** Expects something of both functions. */
function expectOfBoth(template: CfnTemplate, properties: object): void {
  expect(functionsIn(template)).toEqual([expect.objectContaining(properties), expect.objectContaining(properties)]);
}

const ourGroup = (stack: Stack) => ec2.SecurityGroup.fromSecurityGroupId(stack, 'Group', 'sg-1');
const keyArn = (template: CfnTemplate) => ({ 'Fn::GetAtt': [idOf(template, 'AWS::KMS::Key'), 'Arn'] });

test('without options the functions are small, on arm64 and Node.js 24, in no VPC, without a key, and have time for what they do', () => {
  const template = templateWith(() => ({}));
  expectOfBoth(template, { MemorySize: 256, Architectures: ['arm64'], Runtime: 'nodejs24.x' });
  for (const properties of functionsIn(template)) {
    expect(properties).not.toHaveProperty('VpcConfig');
    expect(properties).not.toHaveProperty('KmsKeyArn');
  }
  // Less than a state machine or CloudFormation waits.
  expect(functionsIn(template).map(({ Timeout }) => Number(Timeout)).sort((a, b) => a - b)).toEqual([90, 720]);
});

describe('the VPC', () => {
  const vpcOf = (stack: Stack) => ec2.Vpc.fromVpcAttributes(stack, 'Vpc', {
    vpcId: 'vpc-1', availabilityZones: ['a', 'b'], privateSubnetIds: ['private-a', 'private-b'], isolatedSubnetIds: ['isolated-a', 'isolated-b'],
  });
  const inside = templateWith((stack) => ({ vpc: vpcOf(stack) }));

  test('gives both functions its private subnets and one security group for the two', () => {
    expectOfBoth(inside, { VpcConfig: { SubnetIds: ['private-a', 'private-b'], SecurityGroupIds: [expect.anything()] } });
    expect(groupsIn(inside)).toHaveLength(1);
  });

  test('takes other subnets and security groups, and then makes none', () => {
    const vpcSubnets = { subnetType: ec2.SubnetType.PRIVATE_ISOLATED };
    const template = templateWith((stack) => ({ vpc: vpcOf(stack), vpcSubnets, securityGroups: [ourGroup(stack)] }));
    expectOfBoth(template, { VpcConfig: { SubnetIds: ['isolated-a', 'isolated-b'], SecurityGroupIds: ['sg-1'] } });
    expect(groupsIn(template)).toEqual([]);
  });

  test('may be a reference, as may its subnets and groups and the keys', () => {
    const template = templateWith(referencesIn);
    const KmsKeyArn = { 'Fn::GetAtt': ['Key', 'Arn'] };
    expectOfBoth(template, { KmsKeyArn, VpcConfig: { SubnetIds: [{ Ref: 'Subnet' }], SecurityGroupIds: [{ Ref: 'Group' }] } });
    expect(logGroupIn(template).Properties.KmsKeyId).toEqual(KmsKeyArn);
  });

  test('that is a reference has a security group made in it', () => {
    const template = templateWith((stack) => ({ ...referencesIn(stack), securityGroups: undefined }));
    const [group] = groupsIn(template).filter((id) => id !== 'Group');
    expect(template.Resources[group].Properties.VpcId).toEqual({ Ref: 'Vpc' });
    expectOfBoth(template, { VpcConfig: { SubnetIds: [{ Ref: 'Subnet' }], SecurityGroupIds: [{ 'Fn::GetAtt': [group, 'GroupId'] }] } });
  });

  test.each(['PopulationRole', 'StarterRole'] as const)('lets %s make network interfaces, which it may not otherwise', (role) => {
    const outside = templateWith(() => ({}));
    for (const action of ['ec2:CreateNetworkInterface', 'ec2:DescribeNetworkInterfaces', 'ec2:DeleteNetworkInterface']) {
      expect([inside, outside].map((template) => permissionsOf(template, role)(action, '*'))).toEqual([true, false]);
    }
  });
});

test('a key encrypts the environment of both functions', () => {
  const template = templateWith((stack) => ({ environmentEncryption: new Key(stack, 'Key') }));
  expectOfBoth(template, { KmsKeyArn: keyArn(template) });
});

test('a key encrypts the log group alone', () => {
  const template = templateWith((stack) => ({ logEncryptionKey: new Key(stack, 'Key') }));
  expect(logGroupIn(template).Properties.KmsKeyId).toEqual(keyArn(template));
  expect(functionsIn(template).every((properties) => !('KmsKeyArn' in properties))).toBe(true);
});

test.each<[string, Options, unknown, string]>([
  ['three months, and goes with the stack', () => ({}), 90, 'Delete'],
  ['ten years, if wished', () => ({ logRetention: RetentionDays.TEN_YEARS }), 3653, 'Delete'],
  ['everything, if wished', () => ({ logRetention: RetentionDays.INFINITE }), undefined, 'Delete'],
  ['three months, and stays, if wished', () => ({ logRemovalPolicy: RemovalPolicy.RETAIN }), 90, 'Retain'],
  ['as long as is known only when deploying',
    (stack) => ({ logRetention: new CfnParameter(stack, 'Days', { type: 'Number' }).valueAsNumber }), { Ref: 'Days' }, 'Delete'],
])('the log group keeps %s', (_, options, days, policy) => {
  const { Properties, ...rest } = logGroupIn(templateWith(options));
  expect(Properties.RetentionInDays).toEqual(days);
  expect(rest).toMatchObject({ DeletionPolicy: policy });
});

describe('the options of a stack', () => {
  const vpcIn = (stack: Stack) => stack.node.tryFindChild('Vpc') as ec2.Vpc | undefined ?? new ec2.Vpc(stack, 'Vpc');
  const tokensIn = (template: CfnTemplate) =>
    propertiesOf(template, 'Custom::IntermediateTablePopulation').map(({ ServiceToken }) => ServiceToken);
  const [token] = tokensIn(after(populate('First')));

  test.each<[string, Options]>([
    ['none', () => ({})],
    ['another retention', () => ({ logRetention: RetentionDays.ONE_WEEK })],
    ['a log group that stays', () => ({ logRemovalPolicy: RemovalPolicy.RETAIN })],
    ['a VPC', (stack) => ({ vpc: vpcIn(stack) })],
    ['other subnets', (stack) => ({ vpc: vpcIn(stack), vpcSubnets: { subnets: [vpcIn(stack).privateSubnets[0]] } })],
    ['a security group', (stack) => ({ vpc: vpcIn(stack), securityGroups: [ourGroup(stack)] })],
    ['keys', (stack) => ({ environmentEncryption: new Key(stack, 'Environment'), logEncryptionKey: new Key(stack, 'Logs') })],
    ['a key of the record', (stack) => ({ recordEncryptionKey: new Key(stack, 'Record') })],
    ['a dead-letter queue', (stack) => ({ deadLetterQueue: new Queue(stack, 'Letters') })],
    ['traces', () => ({ tracing: Tracing.ACTIVE })],
    ['reserved concurrency', () => ({ reservedConcurrentExecutions: 6 })],
  ])('may be given at any time, in any order, and change no service token, which CloudFormation refuses: %s', (_, options) => {
    const before = after(configure(options), populate('First', 'Second'));
    expect(after(populate('First'), configure(options), populate('Second'))).toEqual(before);
    expect(after(populate('First', 'Second'), configure(options))).toEqual(before);
    expect(after(configure(options), populate('Second', 'First'))).toEqual(before);
    expect(tokensIn(before)).toEqual([token, token]);
  });

  test('add up, the last of a kind counts, and what is left out stays', () => {
    const template = after(
      configure(() => ({ reservedConcurrentExecutions: 6 })),
      configure((stack) => ({ logRetention: RetentionDays.ONE_WEEK, vpc: new ec2.Vpc(stack, 'Old') })),
      populate('Population'),
      configure(() => ({ logRemovalPolicy: RemovalPolicy.RETAIN })),
      configure((stack) => ({ vpc: vpcIn(stack), logRetention: RetentionDays.ONE_DAY })),
    );
    expect(logGroupIn(template)).toMatchObject({ Properties: { RetentionInDays: 1 }, DeletionPolicy: 'Retain' });
    expectOfBoth(template, { ReservedConcurrentExecutions: 6 });
    const [group, ...more] = groupsIn(template);
    expect(more).toEqual([]);
    for (const { VpcConfig } of functionsIn(template)) {
      expect(JSON.stringify(VpcConfig)).toMatch(/"Vpc\w*PrivateSubnet/);
      expect(JSON.stringify(VpcConfig)).not.toContain('Old');
      expect(VpcConfig).toMatchObject({ SecurityGroupIds: [{ 'Fn::GetAtt': [group, 'GroupId'] }] });
    }
  });

  test('make nothing in a stack without populations', () => {
    expect(after(configure(() => ({ logRetention: 7 }))).Resources).toBeUndefined();
  });

  test('are of a stack, and of a nested one its own', () => {
    const stack = makeStack();
    const nested = new NestedStack(stack, 'Nested');
    [stack, nested].forEach((each) => makePopulation(each));
    PopulationServices.of(nested.node.findChild('Population')).configure({ logRetention: RetentionDays.ONE_WEEK });
    expect([stack, nested].map((each) => logGroupIn(templateOf(each)).Properties.RetentionInDays)).toEqual([90, 7]);
  });

  const references = referencesIn(makeStack('Other'));
  const subnetType = ec2.SubnetType.PRIVATE_ISOLATED;

  test.each<[string, object | string, string]>([
    ['subnets without a VPC', { vpcSubnets: { subnetType } },
      'vpcSubnets of the populations\' functions is given, and vpc is not. Give the VPC'],
    ['security groups without a VPC', { securityGroups: references.securityGroups },
      'securityGroups of the populations\' functions is given, and vpc is not. Give the VPC'],
    ['a VPC by reference without subnets', { vpc: references.vpc },
      'vpc of the populations\' functions is Other/Vpc, a reference that does not know its subnets. Give'],
    ['subnets in two ways', { ...references, vpcSubnets: {} },
      'subnets and vpcSubnets of the populations\' functions are both given. Give one'],
    ['no subnets', { ...references, subnets: [] }, 'subnets is []. Give a list of one subnet or more'],
    ['an ARN as a key', { logEncryptionKey: 'arn' }, 'logEncryptionKey is "arn". Give a key'],
    ['a text', 'vpc', 'options is "vpc". Give an object'],
    ['groups that are no list', { securityGroups: 'sg-1' }, 'securityGroups is "sg-1". Give a list'],
  ])('fail where they are %s', (_, options, message) => {
    expect(() => configure(() => options as PopulationFunctionOptions)(makeStack())).toThrow(`Stack: ${message}`);
  });

  test('fail where they are public subnets, from which nothing is reached', () => {
    const vpcSubnets = { subnetType: ec2.SubnetType.PUBLIC };
    expect(() => templateWith((stack) => ({ vpc: vpcIn(stack), vpcSubnets }))).toThrow('Give private subnets');
  });
});

describe('the handle of a stack', () => {
  test('gives what its populations share, for whatever else is to be set', () => {
    const template = after(populate('Population'), (stack) => {
      const services = PopulationServices.of(stack);
      const { queueArn } = new Queue(stack, 'Queue');
      for (const each of [services.populationFunction, services.deploymentFunction]) {
        const set = { reservedConcurrentExecutions: 5, deadLetterConfig: { targetArn: queueArn } };
        Object.assign(each.node.defaultChild as CfnFunction, set);
      }
      services.record.deletionProtectionEnabled = true;
      services.logGroup.node.addMetadata('ours', true);
    });
    expectOfBoth(template, { ReservedConcurrentExecutions: 5, DeadLetterConfig: { TargetArn: expect.anything() } });
    expect(resourceOf(template, 'AWS::DynamoDB::Table').Properties.DeletionProtectionEnabled).toBe(true);
  });

  test('is one for all scopes of a stack', () => {
    const stack = makeStack();
    expect(PopulationServices.of(makePopulation(stack))).toBe(PopulationServices.of(stack));
  });
});

describe('the functions\' connections', () => {
  const sourcesIn = (from: (stack: Stack) => ec2.IConnectable, options: Options = () => ({})) => {
    const template = after(populate('Population'), (stack) => {
      const vpc = new ec2.Vpc(stack, 'Vpc');
      PopulationServices.of(stack).configure({ vpc, ...options(stack) });
      const endpoint = vpc.addInterfaceEndpoint('States', { service: ec2.InterfaceVpcEndpointAwsService.STEP_FUNCTIONS, open: false });
      endpoint.connections.allowDefaultPortFrom(from(stack));
    });
    const sources = propertiesOf(template, 'AWS::EC2::SecurityGroupIngress').map(({ SourceSecurityGroupId }) => SourceSecurityGroupId);
    const groups = functionsIn(template).map(({ VpcConfig }) => (VpcConfig as { SecurityGroupIds: object[] }).SecurityGroupIds);
    return { sources, groups };
  };
  const handle = (stack: Stack) => PopulationServices.of(stack);
  const population = (stack: Stack) => stack.node.findChild('Population') as IntermediateTablePopulation;

  test.each([
    ['the handle', handle], ['a population', population],
  ])('open an endpoint\'s security group for both functions, the usual way: from %s', (_, from) => {
    const { sources, groups } = sourcesIn(from);
    expect(groups).toEqual([sources, sources]);
    expect(sources).toHaveLength(1);
  });

  test.each<[string, (stack: Stack) => ec2.ISecurityGroupRef, unknown]>([
    ['given', ourGroup, 'sg-1'],
    ['given by reference', (stack) => new ec2.CfnSecurityGroup(stack, 'Group', { groupDescription: 'Ours' }), { Ref: 'Group' }],
  ])('are those of the groups that were %s', (_, groupIn, id) => {
    expect(sourcesIn(population, (stack) => ({ securityGroups: [groupIn(stack)] })).sources).toEqual([id]);
  });

  test('are none outside of a VPC, and say so', () => {
    expect(() => makePopulation(makeStack()).connections).toThrow('Stack: the functions of its populations are in no VPC');
  });
});
