import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { Key } from 'aws-cdk-lib/aws-kms';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { PopulationFunctionOptions } from '../../src';
import { makePopulation, makeStack, templateOf } from '../support/stacks';
import { CfnTemplate, idsOf } from '../support/template';

type Options = (stack: Stack) => PopulationFunctionOptions | undefined;

const vpcIn = (stack: Stack, id = 'Vpc') => stack.node.tryFindChild(id) as ec2.Vpc | undefined ?? new ec2.Vpc(stack, id);

const sets: Record<string, Options> = {
  'no options': () => undefined,
  'empty ones': () => ({}),
  'the default, written out': () => ({ logRetention: RetentionDays.THREE_MONTHS, logRemovalPolicy: RemovalPolicy.DESTROY }),
  'another retention': () => ({ logRetention: RetentionDays.ONE_WEEK }),
  'a log group that stays': () => ({ logRemovalPolicy: RemovalPolicy.RETAIN }),
  'a VPC': (stack) => ({ vpc: vpcIn(stack) }),
  'the VPC under another name': (stack) => ({ vpc: vpcIn(stack, 'Network') }),
  'other subnets': (stack) => ({ vpc: vpcIn(stack), vpcSubnets: { subnets: [vpcIn(stack).privateSubnets[0]] } }),
  'a security group': (stack) => ({ vpc: vpcIn(stack), securityGroups: [ec2.SecurityGroup.fromSecurityGroupId(stack, 'Group', 'sg-1')] }),
  'keys': (stack) => ({ environmentEncryption: new Key(stack, 'Environment'), logEncryptionKey: new Key(stack, 'Logs') }),
};

/** The service tokens of the populations, by their ids. */
function tokensOf(populations: Record<string, Options>): Record<string, unknown> {
  const stack = makeStack();
  Object.entries(populations).forEach(([id, options]) => makePopulation(stack, id, { functionOptions: options(stack) }));
  return tokensIn(templateOf(stack));
}

const tokensIn = (template: CfnTemplate) => Object.fromEntries(idsOf(template, 'Custom::IntermediateTablePopulation')
  .map((id) => [id.replace(/Population.*/, ''), template.Resources[id].Properties.ServiceToken]));

describe('CloudFormation refuses another service token for a custom resource, so it stays', () => {
  const { First } = tokensOf({ First: () => undefined });

  test.each(Object.keys(sets))('whatever the options of a stack are: %s', (name) => {
    expect(tokensOf({ First: sets[name] })).toEqual({ First });
  });

  test.each(Object.keys(sets))('for whoever has a second set, when the first one changes: %s', (name) => {
    const second = () => ({ logRetention: RetentionDays.ONE_YEAR });
    const { Second } = tokensOf({ First: () => undefined, Second: second });
    expect(tokensOf({ First: sets[name], Second: second })).toEqual({ First, Second });
    expect(Second).not.toEqual(First);
  });

  test.each(Object.keys(sets).filter((name) => !['no options', 'empty ones', 'the default, written out'].includes(name)))(
    'for whoever has a second set, when that one changes: %s', (name) => {
      const { Second } = tokensOf({ First: () => undefined, Second: () => ({ logRetention: RetentionDays.ONE_YEAR }) });
      expect(tokensOf({ First: () => undefined, Second: sets[name] })).toEqual({ First, Second });
    });

  test('when populations come, with options of their own or of others', () => {
    const third = tokensOf({ First: () => undefined, Second: sets['another retention'], Third: sets['a VPC'], Fourth: sets['another retention'] });
    const { Second } = tokensOf({ First: () => undefined, Second: sets['another retention'] });
    expect(third).toMatchObject({ First, Second, Fourth: Second });
    expect(new Set(Object.values(third).map((token) => JSON.stringify(token))).size).toBe(3);
  });
});

test('the functions have the options that their populations ask for', () => {
  const stack = makeStack();
  makePopulation(stack, 'Inside', { functionOptions: { vpc: vpcIn(stack) } });
  makePopulation(stack, 'Outside');
  const template = templateOf(stack);
  const tokens = tokensIn(template) as Record<string, { 'Fn::GetAtt': [string, string] }>;
  const isInside = (population: string) => 'VpcConfig' in template.Resources[tokens[population]['Fn::GetAtt'][0]].Properties;
  expect([isInside('Inside'), isInside('Outside')]).toEqual([true, false]);
});

test('two references to one VPC, group or key make one set of options', () => {
  const options = (id: string): Options => (stack) => ({
    vpc: ec2.Vpc.fromVpcAttributes(stack, `${id}Vpc`, { vpcId: 'vpc-1', availabilityZones: ['a'], privateSubnetIds: ['subnet-1'] }),
    securityGroups: [ec2.SecurityGroup.fromSecurityGroupId(stack, `${id}Group`, 'sg-1')],
    environmentEncryption: Key.fromKeyArn(stack, `${id}Key`, 'arn:aws:kms:eu-west-1:123456789012:key/1'),
  });
  const { First, Second } = tokensOf({ First: options('First'), Second: options('Second') });
  expect(Second).toEqual(First);
});

describe('the log group', () => {
  const groupIn = (stack: Stack) => {
    makePopulation(stack);
    const template = templateOf(stack);
    return { template, name: template.Resources[idsOf(template, 'AWS::Logs::LogGroup')[0]].Properties.LogGroupName };
  };

  test('has the prefix that takes no room in the account\'s log resource policy, and a name that CloudFormation has made anew', () => {
    const { template, name } = groupIn(makeStack());
    expect(name).toEqual({ 'Fn::Join': ['', ['/aws/vendedlogs/states/', { Ref: idsOf(template, 'AWS::DynamoDB::Table')[0] }]] });
    expect(template.Resources[idsOf(template, 'AWS::DynamoDB::Table')[0]].Properties).not.toHaveProperty('TableName');
  });
});
