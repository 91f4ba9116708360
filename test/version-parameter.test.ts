import { CfnParameter, Stack } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { IStringParameter, StringParameter } from 'aws-cdk-lib/aws-ssm';
import { stateMachineIn } from './support/definitions';
import { allows, policiesOf, roleOf } from './support/policies';
import { makePopulation, makeStack, templateOf } from './support/stacks';
import { Values } from './support/template';

type Make = (stack: Stack) => IStringParameter;

const ARN = 'arn:aws:ssm:ap-southeast-1:123456789012:parameter';

const parameters: [string, Make, string, string][] = [
  ['of the stack', (stack) => new StringParameter(stack, 'Version', { stringValue: 'none yet' }), 'ref-Version*', 'ref-Version*'],
  ['with a path', (stack) => StringParameter.fromStringParameterName(stack, 'Version', '/audience/version'), '/audience/version', '/audience/version'],
  ['with a plain name', (stack) => StringParameter.fromStringParameterName(stack, 'Version', 'version'), 'version', '/version'],
  ['that is known only when deploying', (stack) => StringParameter.fromStringParameterAttributes(stack, 'Version', {
    parameterName: new CfnParameter(stack, 'Name', { default: 'late' }).valueAsString, simpleName: true,
  }), 'late', '/late'],
];

/** What a value like `ref-Version1234` begins with, or the value itself. */
const fits = (actual: string, expected: string) => (expected.endsWith('*') ? actual.startsWith(expected.slice(0, -1)) : actual === expected);

const synthesized = (make: Make) => {
  const stack = makeStack();
  const parameter = make(stack);
  const population = makePopulation(stack, 'Population', { versionParameter: parameter });
  const reader = new Role(stack, 'Reader', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
  population.grantReadVersion(reader);
  const template = templateOf(stack);
  const arn = new Values(template).of<string>(stack.resolve(parameter.parameterArn));
  return { template, arn, reader: stack.resolve(reader.roleName) as { Ref: string } };
};

describe.each(parameters)('a version parameter %s', (_, make, name, inArn) => {
  const { template, arn, reader } = synthesized(make);

  test('is written by every run that ends well, before it reports', () => {
    const { States } = stateMachineIn(template);
    expect(States.Decide.Default).toBe('HasVersion');
    expect(States.KeepVersion).toMatchObject({ Resource: 'arn:aws:states:::aws-sdk:ssm:putParameter', Next: 'ToReport' });
    const { Name, ...rest } = States.KeepVersion.Parameters as Record<string, string>;
    expect(rest).toEqual({ 'Value.$': '$.output.versionId', 'Type': 'String', 'Overwrite': true });
    expect(fits(Name, name)).toBe(true);
  });

  test('may be written by the state machines, and no other parameter', () => {
    const policies = policiesOf(template, roleOf(template, 'MachineRole'));
    expect(fits(arn, `${ARN}${inArn.startsWith('/') ? '' : '/'}${inArn}`)).toBe(true);
    expect(allows(policies, 'ssm:PutParameter', arn)).toBe(true);
    expect(allows(policies, 'ssm:PutParameter', `${arn}2`)).toBe(false);
    expect(allows(policies, 'ssm:GetParameter', arn)).toBe(false);
  });

  test('may be read, not written, by whom grantReadVersion names', () => {
    const policies = policiesOf(template, reader.Ref);
    expect(allows(policies, 'ssm:GetParameter', arn)).toBe(true);
    expect(allows(policies, 'ssm:GetParameter', `${arn}2`)).toBe(false);
    expect(allows(policies, 'ssm:PutParameter', arn)).toBe(false);
  });
});

test('grantReadVersion without a version parameter fails at synthesis, in words that name the population', () => {
  const stack = makeStack();
  const reader = new Role(stack, 'Reader', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
  expect(() => makePopulation(stack).grantReadVersion(reader)).toThrow('Stack/Population: versionParameter is undefined. Give an SSM parameter');
});

test('a population without one calls no SSM, and may not', () => {
  const stack = makeStack();
  makePopulation(stack);
  expect(JSON.stringify(templateOf(stack))).not.toContain('ssm:');
});
