import { CfnParameter, NestedStack, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { Key } from 'aws-cdk-lib/aws-kms';
import { CfnFunction, Tracing } from 'aws-cdk-lib/aws-lambda';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { IntermediateTablePopulation, PopulationFunctionOptions, PopulationServices } from '../src';
import { allows, policiesOf, roleOf } from './support/policies';
import { makePopulation, makeStack, referencesIn, templateOf } from './support/stacks';
import { CfnTemplate, idsOf, Resource, resourceOf } from './support/template';

type Options = (stack: Stack) => PopulationFunctionOptions;

const templateWith = (options: Options): CfnTemplate => {
  const stack = makeStack();
  makePopulation(stack);
  PopulationServices.of(stack).configure(options(stack));
  return templateOf(stack);
};
const resourcesOf = (template: CfnTemplate, type: string): Resource[] => idsOf(template, type).map((id) => template.Resources[id]);
const functionsIn = (template: CfnTemplate) => resourcesOf(template, 'AWS::Lambda::Function').map(({ Properties }) => Properties);

describe('without options the functions', () => {
  const functions = functionsIn(templateWith(() => ({})));

  test('are small, on arm64 and Node.js 24, and the SDK is theirs', () => {
    expect(functions).toHaveLength(2);
    for (const properties of functions) {
      expect(properties).toMatchObject({ MemorySize: 256, Architectures: ['arm64'], Runtime: 'nodejs24.x' });
    }
  });

  test('are in no VPC, and their environment has no key of its own', () => {
    for (const properties of functions) {
      expect(properties).not.toHaveProperty('VpcConfig');
      expect(properties).not.toHaveProperty('KmsKeyArn');
    }
  });

  test('have time for what they do: less than a state machine or CloudFormation waits', () => {
    expect(functions.map(({ Timeout }) => Number(Timeout)).sort((a, b) => a - b)).toEqual([90, 720]);
  });
});

describe('the VPC', () => {
  const vpcOf = (stack: Stack) => ec2.Vpc.fromVpcAttributes(stack, 'Vpc', {
    vpcId: 'vpc-1', availabilityZones: ['a', 'b'], privateSubnetIds: ['private-a', 'private-b'], isolatedSubnetIds: ['isolated-a', 'isolated-b'],
  });

  test('gives both functions its private subnets and one security group for the two', () => {
    const template = templateWith((stack) => ({ vpc: vpcOf(stack) }));
    for (const { VpcConfig } of functionsIn(template)) {
      expect(VpcConfig).toMatchObject({ SubnetIds: ['private-a', 'private-b'], SecurityGroupIds: [expect.anything()] });
    }
    expect(idsOf(template, 'AWS::EC2::SecurityGroup')).toHaveLength(1);
  });

  test('takes other subnets and security groups, and then makes none', () => {
    const template = templateWith((stack) => ({
      vpc: vpcOf(stack),
      vpcSubnets: { subnetType: ec2.SubnetType.PRIVATE_ISOLATED },
      securityGroups: [ec2.SecurityGroup.fromSecurityGroupId(stack, 'Group', 'sg-1')],
    }));
    for (const { VpcConfig } of functionsIn(template)) {
      expect(VpcConfig).toMatchObject({ SubnetIds: ['isolated-a', 'isolated-b'], SecurityGroupIds: ['sg-1'] });
    }
    expect(idsOf(template, 'AWS::EC2::SecurityGroup')).toEqual([]);
  });

  test('may be a reference, as may its subnets and groups and the keys', () => {
    const template = templateWith(referencesIn);
    for (const { VpcConfig, KmsKeyArn } of functionsIn(template)) {
      expect(VpcConfig).toEqual({ SubnetIds: [{ Ref: 'Subnet' }], SecurityGroupIds: [{ Ref: 'Group' }] });
      expect(KmsKeyArn).toEqual({ 'Fn::GetAtt': ['Key', 'Arn'] });
    }
    expect(resourceOf(template, 'AWS::Logs::LogGroup').Properties.KmsKeyId).toEqual({ 'Fn::GetAtt': ['Key', 'Arn'] });
  });

  test('that is a reference has a security group made in it', () => {
    const template = templateWith((stack) => ({ ...referencesIn(stack), securityGroups: undefined }));
    const [group] = idsOf(template, 'AWS::EC2::SecurityGroup').filter((id) => id !== 'Group');
    expect(template.Resources[group].Properties.VpcId).toEqual({ Ref: 'Vpc' });
    expect(functionsIn(template)).toEqual(Array(2).fill(expect.objectContaining({
      VpcConfig: { SubnetIds: [{ Ref: 'Subnet' }], SecurityGroupIds: [{ 'Fn::GetAtt': [group, 'GroupId'] }] },
    })));
  });

  test.each(['PopulationRole', 'StarterRole'] as const)('lets %s make network interfaces, which it may not otherwise', (role) => {
    const [inside, outside] = [templateWith((stack) => ({ vpc: vpcOf(stack) })), templateWith(() => ({}))];
    for (const action of ['ec2:CreateNetworkInterface', 'ec2:DescribeNetworkInterfaces', 'ec2:DeleteNetworkInterface']) {
      expect(allows(policiesOf(inside, roleOf(inside, role)), action, '*')).toBe(true);
      expect(allows(policiesOf(outside, roleOf(outside, role)), action, '*')).toBe(false);
    }
  });
});

describe('a key', () => {
  test('encrypts the environment of both functions', () => {
    const template = templateWith((stack) => ({ environmentEncryption: new Key(stack, 'Key') }));
    const [key] = idsOf(template, 'AWS::KMS::Key');
    for (const { KmsKeyArn } of functionsIn(template)) {
      expect(KmsKeyArn).toEqual({ 'Fn::GetAtt': [key, 'Arn'] });
    }
  });

  test('encrypts the log group', () => {
    const template = templateWith((stack) => ({ logEncryptionKey: new Key(stack, 'Key') }));
    const [key] = idsOf(template, 'AWS::KMS::Key');
    expect(resourceOf(template, 'AWS::Logs::LogGroup').Properties.KmsKeyId).toEqual({ 'Fn::GetAtt': [key, 'Arn'] });
    expect(functionsIn(template).every((properties) => !('KmsKeyArn' in properties))).toBe(true);
  });
});

describe('the log group', () => {
  const logGroupWith = (options: PopulationFunctionOptions) => resourceOf(templateWith(() => options), 'AWS::Logs::LogGroup') as Resource & { DeletionPolicy: string };

  test('keeps three months, and goes with the stack', () => {
    expect(logGroupWith({})).toMatchObject({ Properties: { RetentionInDays: 90 }, DeletionPolicy: 'Delete' });
  });

  test('keeps as long as wished, and stays if wished', () => {
    expect(logGroupWith({ logRetention: RetentionDays.TEN_YEARS })).toMatchObject({ Properties: { RetentionInDays: 3653 } });
    expect(logGroupWith({ logRetention: RetentionDays.INFINITE }).Properties?.RetentionInDays).toBeUndefined();
    expect(logGroupWith({ logRemovalPolicy: RemovalPolicy.RETAIN })).toMatchObject({ DeletionPolicy: 'Retain' });
  });

  test('takes a retention that is known only when deploying', () => {
    const template = templateWith((stack) => ({ logRetention: new CfnParameter(stack, 'Days', { type: 'Number' }).valueAsNumber }));
    expect(resourceOf(template, 'AWS::Logs::LogGroup').Properties.RetentionInDays).toEqual({ Ref: 'Days' });
  });
});

describe('the options of a stack', () => {
  const vpcIn = (stack: Stack) => stack.node.tryFindChild('Vpc') as ec2.Vpc | undefined ?? new ec2.Vpc(stack, 'Vpc');
  const sets: Record<string, Options> = {
    'none': () => ({}),
    'another retention': () => ({ logRetention: RetentionDays.ONE_WEEK }),
    'a log group that stays': () => ({ logRemovalPolicy: RemovalPolicy.RETAIN }),
    'a VPC': (stack) => ({ vpc: vpcIn(stack) }),
    'other subnets': (stack) => ({ vpc: vpcIn(stack), vpcSubnets: { subnets: [vpcIn(stack).privateSubnets[0]] } }),
    'a security group': (stack) => ({ vpc: vpcIn(stack), securityGroups: [ec2.SecurityGroup.fromSecurityGroupId(stack, 'Group', 'sg-1')] }),
    'keys': (stack) => ({ environmentEncryption: new Key(stack, 'Environment'), logEncryptionKey: new Key(stack, 'Logs') }),
    'a key of the record': (stack) => ({ recordEncryptionKey: new Key(stack, 'Record') }),
    'a dead-letter queue': (stack) => ({ deadLetterQueue: new Queue(stack, 'Letters') }),
    'traces': () => ({ tracing: Tracing.ACTIVE }),
    'reserved concurrency': () => ({ reservedConcurrentExecutions: 6 }),
  };
  const names = Object.keys(sets);

  const synthesized = (make: (stack: Stack) => void) => {
    const stack = makeStack();
    make(stack);
    return templateOf(stack);
  };
  const tokensIn = (template: CfnTemplate) => idsOf(template, 'Custom::IntermediateTablePopulation').map((id) => template.Resources[id].Properties.ServiceToken);
  const populate = (...ids: string[]) => (stack: Stack) => ids.forEach((id) => makePopulation(stack, id));

  test.each(names)('change no service token, which CloudFormation refuses: %s', (name) => {
    const before = tokensIn(synthesized(populate('First', 'Second')));
    expect(tokensIn(templateWith(sets[name]))).toEqual([before[0]]);
    expect(before[1]).toEqual(before[0]);
  });

  test.each(names)('may be given before populations, after them or in between, and in whichever order: %s', (name) => {
    const configure = (stack: Stack) => PopulationServices.of(stack).configure(sets[name](stack));
    const [before, between, after, reversed] = [
      synthesized((stack) => [configure, populate('First', 'Second')].forEach((step) => step(stack))),
      synthesized((stack) => [populate('First'), configure, populate('Second')].forEach((step) => step(stack))),
      synthesized((stack) => [populate('First', 'Second'), configure].forEach((step) => step(stack))),
      synthesized((stack) => [configure, populate('Second', 'First')].forEach((step) => step(stack))),
    ];
    expect([between, after, reversed]).toEqual([before, before, before]);
  });

  test('add up, the last of a kind counts, and what is left out stays', () => {
    const template = synthesized((stack) => {
      PopulationServices.of(stack).configure({ logRetention: RetentionDays.ONE_WEEK, vpc: new ec2.Vpc(stack, 'Old') });
      makePopulation(stack);
      PopulationServices.of(stack).configure({ logRemovalPolicy: RemovalPolicy.RETAIN });
      PopulationServices.of(stack).configure({ vpc: vpcIn(stack), logRetention: RetentionDays.ONE_DAY });
    });
    expect(resourceOf(template, 'AWS::Logs::LogGroup')).toMatchObject({ Properties: { RetentionInDays: 1 }, DeletionPolicy: 'Retain' });
    const [group, ...more] = idsOf(template, 'AWS::EC2::SecurityGroup');
    expect(more).toEqual([]);
    for (const { VpcConfig } of functionsIn(template)) {
      expect(JSON.stringify(VpcConfig)).toMatch(/"Vpc\w*PrivateSubnet/);
      expect(JSON.stringify(VpcConfig)).not.toContain('Old');
      expect(VpcConfig).toMatchObject({ SecurityGroupIds: [{ 'Fn::GetAtt': [group, 'GroupId'] }] });
    }
  });

  test('make nothing in a stack without populations', () => {
    expect(synthesized((stack) => PopulationServices.of(stack).configure({ logRetention: 7 })).Resources).toBeUndefined();
  });

  test('are of a stack, and of a nested one its own', () => {
    const stack = makeStack();
    const nested = new NestedStack(stack, 'Nested');
    [stack, nested].forEach((each) => makePopulation(each));
    PopulationServices.of(nested.node.findChild('Population')).configure({ logRetention: RetentionDays.ONE_WEEK });
    expect([stack, nested].map((each) => resourceOf(templateOf(each), 'AWS::Logs::LogGroup').Properties.RetentionInDays)).toEqual([90, 7]);
  });

  const references = referencesIn(makeStack('Other'));
  const groups = references.securityGroups![0];

  test.each<[string, PopulationFunctionOptions, string]>([
    ['subnets without a VPC', { vpcSubnets: { subnetType: ec2.SubnetType.PRIVATE_ISOLATED } }, 'Stack: vpcSubnets of the populations\' functions is given, and vpc is not. Give the VPC'],
    ['security groups without a VPC', { securityGroups: [groups] }, 'Stack: securityGroups of the populations\' functions is given, and vpc is not. Give the VPC'],
    ['a VPC by reference without subnets', { vpc: references.vpc }, 'Stack: vpc of the populations\' functions is Other/Vpc, a reference that does not know its subnets. Give'],
    ['subnets in two ways', { ...references, vpcSubnets: {} }, 'Stack: subnets and vpcSubnets of the populations\' functions are both given. Give one'],
    ['no subnets', { ...references, subnets: [] }, 'Stack: subnets is []. Give a list of one subnet or more'],
    ['an ARN as a key', { logEncryptionKey: 'arn' } as unknown as PopulationFunctionOptions, 'Stack: logEncryptionKey is "arn". Give a key'],
    ['a text', 'vpc' as PopulationFunctionOptions, 'Stack: options is "vpc". Give an object'],
    ['groups that are no list', { securityGroups: 'sg-1' } as unknown as PopulationFunctionOptions, 'Stack: securityGroups is "sg-1". Give a list'],
  ])('fail where they are %s', (_, options, message) => {
    expect(() => PopulationServices.of(makeStack()).configure(options)).toThrow(message);
  });

  test('fail where they are public subnets, from which nothing is reached', () => {
    const stack = makeStack();
    makePopulation(stack);
    expect(() => PopulationServices.of(stack).configure({ vpc: vpcIn(stack), vpcSubnets: { subnetType: ec2.SubnetType.PUBLIC } })).toThrow('Give private subnets');
  });
});

describe('the handle of a stack', () => {
  test('gives what its populations share, for whatever else is to be set', () => {
    const stack = makeStack();
    const services = PopulationServices.of(stack);
    makePopulation(stack);
    const queue = new Queue(stack, 'Queue');
    for (const each of [services.populationFunction, services.deploymentFunction]) {
      const resource = each.node.defaultChild as CfnFunction;
      resource.reservedConcurrentExecutions = 5;
      resource.deadLetterConfig = { targetArn: queue.queueArn };
    }
    services.record.deletionProtectionEnabled = true;
    services.logGroup.node.addMetadata('ours', true);
    const template = templateOf(stack);
    for (const properties of functionsIn(template)) {
      expect(properties).toMatchObject({ ReservedConcurrentExecutions: 5, DeadLetterConfig: { TargetArn: expect.anything() } });
    }
    expect(resourceOf(template, 'AWS::DynamoDB::Table').Properties.DeletionProtectionEnabled).toBe(true);
  });

  test('is one for all scopes of a stack', () => {
    const stack = makeStack();
    expect(PopulationServices.of(makePopulation(stack))).toBe(PopulationServices.of(stack));
  });
});

describe('the functions\' connections', () => {
  const inVpc = (from: (stack: Stack) => ec2.IConnectable, options: Options = () => ({})) => {
    const stack = makeStack();
    const vpc = new ec2.Vpc(stack, 'Vpc');
    makePopulation(stack);
    PopulationServices.of(stack).configure({ vpc, ...options(stack) });
    const endpoint = vpc.addInterfaceEndpoint('States', { service: ec2.InterfaceVpcEndpointAwsService.STEP_FUNCTIONS, open: false });
    endpoint.connections.allowDefaultPortFrom(from(stack));
    return templateOf(stack);
  };
  const populationIn = (stack: Stack) => stack.node.findChild('Population') as IntermediateTablePopulation;

  test.each<[string, (stack: Stack) => ec2.IConnectable]>([
    ['the handle', (stack) => PopulationServices.of(stack)], ['a population', populationIn],
  ])('open an endpoint\'s security group for both functions, the usual way: from %s', (_, from) => {
    const template = inVpc(from);
    const sources = idsOf(template, 'AWS::EC2::SecurityGroupIngress').map((id) => template.Resources[id].Properties.SourceSecurityGroupId);
    const groups = functionsIn(template).map(({ VpcConfig }) => (VpcConfig as { SecurityGroupIds: object[] }).SecurityGroupIds);
    expect(groups).toEqual([sources, sources]);
    expect(sources).toHaveLength(1);
  });

  test.each<[string, (stack: Stack) => ec2.ISecurityGroupRef, unknown]>([
    ['given', (stack) => ec2.SecurityGroup.fromSecurityGroupId(stack, 'Group', 'sg-1'), 'sg-1'],
    ['given by reference', (stack) => new ec2.CfnSecurityGroup(stack, 'Group', { groupDescription: 'Ours' }), { Ref: 'Group' }],
  ])('are those of the groups that were %s', (_, groupIn, id) => {
    const template = inVpc(populationIn, (stack) => ({ securityGroups: [groupIn(stack)] }));
    expect(resourceOf(template, 'AWS::EC2::SecurityGroupIngress').Properties.SourceSecurityGroupId).toEqual(id);
  });

  test('are none outside of a VPC, and say so', () => {
    expect(() => makePopulation(makeStack()).connections).toThrow('Stack: the functions of its populations are in no VPC');
  });
});
