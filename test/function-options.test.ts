import { CfnParameter, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { Key } from 'aws-cdk-lib/aws-kms';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { PopulationFunctionOptions } from '../src';
import { allows, policiesOf, roleOf } from './support/policies';
import { makePopulation, makeStack, templateOf } from './support/stacks';
import { CfnTemplate, idsOf, Resource, resourceOf } from './support/template';

type Options = (stack: Stack) => PopulationFunctionOptions;

const templateWith = (options: Options): CfnTemplate => {
  const stack = makeStack();
  makePopulation(stack, 'Population', { functionOptions: options(stack) });
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
    expect(functions.map(({ Timeout }) => Number(Timeout)).sort((a, b) => a - b)).toEqual([90, 120]);
  });
});

describe('the VPC', () => {
  const vpcOf = (stack: Stack) => ec2.Vpc.fromVpcAttributes(stack, 'Vpc', {
    vpcId: 'vpc-1', availabilityZones: ['a', 'b'], privateSubnetIds: ['private-a', 'private-b'], isolatedSubnetIds: ['isolated-a', 'isolated-b'],
  });

  test('gives both functions its private subnets and one security group each', () => {
    const template = templateWith((stack) => ({ vpc: vpcOf(stack) }));
    for (const { VpcConfig } of functionsIn(template)) {
      expect(VpcConfig).toMatchObject({ SubnetIds: ['private-a', 'private-b'], SecurityGroupIds: [expect.anything()] });
    }
    expect(idsOf(template, 'AWS::EC2::SecurityGroup').length).toBeGreaterThan(0);
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

describe('populations with', () => {
  const functionsOf = (first: Options, second: Options) => {
    const stack = makeStack();
    [first, second].forEach((options, index) => makePopulation(stack, `P${index}`, { functionOptions: options(stack) }));
    return functionsIn(templateOf(stack)).length;
  };
  /** The same in each stack, whoever asks. */
  const once = <T>(make: (stack: Stack) => T): ((stack: Stack) => T) => {
    const made = new Map<Stack, T>();
    return (stack) => made.get(stack) ?? made.set(stack, make(stack)).get(stack)!;
  };
  const key = once((stack) => new Key(stack, 'Key'));
  const vpc = once((stack) => new ec2.Vpc(stack, 'Vpc'));
  const group = once((stack) => new ec2.SecurityGroup(stack, 'Group', { vpc: vpc(stack) }));

  const equal: [string, Options, Options][] = [
    ['no options and empty ones', () => ({}), () => ({ logRetention: undefined })],
    ['the same options in another order', () => ({ logRetention: 7, logRemovalPolicy: RemovalPolicy.RETAIN }),
      () => ({ logRemovalPolicy: RemovalPolicy.RETAIN, logRetention: 7 })],
    ['the same VPC, group and keys', ...Array<Options>(2).fill((stack) => (
      { vpc: vpc(stack), securityGroups: [group(stack)], environmentEncryption: key(stack), logEncryptionKey: key(stack) })) as [Options, Options]],
  ];
  test.each(equal)('%s share the functions', (_, first, second) => {
    expect(functionsOf(first, second)).toBe(2);
  });

  const different: [string, Options, Options][] = [
    ['a VPC and none', (stack) => ({ vpc: vpc(stack) }), () => ({})],
    ['other subnets', (stack) => ({ vpc: vpc(stack) }),
      (stack) => ({ vpc: vpc(stack), vpcSubnets: { subnets: [vpc(stack).privateSubnets[0]] } })],
    ['another security group', (stack) => ({ vpc: vpc(stack) }), (stack) => ({ vpc: vpc(stack), securityGroups: [group(stack)] })],
    ['a key for the environment', (stack) => ({ environmentEncryption: key(stack) }), () => ({})],
    ['a key for the log', (stack) => ({ logEncryptionKey: key(stack) }), (stack) => ({ environmentEncryption: key(stack) })],
    ['another retention', () => ({ logRetention: RetentionDays.ONE_WEEK }), () => ({ logRetention: RetentionDays.ONE_DAY })],
    ['another removal policy', () => ({ logRemovalPolicy: RemovalPolicy.RETAIN }), () => ({})],
  ];
  test.each(different)('%s have functions of their own', (_, first, second) => {
    expect(functionsOf(first, second)).toBe(4);
  });

  test('options of their own have rules of their own, which watch their own executions only', () => {
    const stack = makeStack();
    makePopulation(stack, 'One', { timeout: Duration.minutes(5) });
    makePopulation(stack, 'Two', { functionOptions: { logRetention: RetentionDays.ONE_DAY } });
    const patterns = resourcesOf(templateOf(stack), 'AWS::Events::Rule').map(({ Properties }) => JSON.stringify(Properties.EventPattern));
    expect(new Set(patterns).size).toBe(2);
  });
});
