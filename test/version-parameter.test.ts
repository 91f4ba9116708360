import { CfnParameter, Stack, Tags } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnParameter as CfnSsmParameter, IParameterRef, StringParameter } from 'aws-cdk-lib/aws-ssm';
import { stateMachineIn } from './support/definitions';
import { allows, policiesOf, roleOf } from './support/policies';
import { makePopulation, makeStack, templateOf } from './support/stacks';
import { idsOf, resourceOf, Values } from './support/template';
import { parameterArnOf } from '../src/private/version-parameter';

type Make = (stack: Stack) => IParameterRef;

const ARN = 'arn:aws:ssm:ap-southeast-1:123456789012:parameter';

const parameters: [string, Make, string, string][] = [
  ['of the stack', (stack) => new StringParameter(stack, 'Version', { stringValue: 'none yet' }), 'ref-Version*', 'ref-Version*'],
  ['that is CDK\'s own resource', (stack) => new CfnSsmParameter(stack, 'Version', { type: 'String', value: 'none yet' }), 'ref-Version*', 'ref-Version*'],
  ['that is such a resource with a path', (stack) => new CfnSsmParameter(stack, 'Version', { type: 'String', value: '-', name: '/audience/version' }),
    'ref-Version*', '/audience/version'],
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
  const arn = new Values(template).of<string>(stack.resolve(parameterArnOf(parameter)));
  return { template, arn, reader: stack.resolve(reader.roleName) as { Ref: string } };
};

describe.each(parameters)('a version parameter %s', (_, make, name, inArn) => {
  const { template, arn, reader } = synthesized(make);

  test('is written by every run that ends well, before it reports', () => {
    const { States } = stateMachineIn(template);
    expect(States.Decide.Choices).toContainEqual({ Variable: '$.next', StringEquals: 'KEEP_VERSION', Next: 'KeepVersion' });
    expect(States.KeepVersion).toMatchObject({ Resource: 'arn:aws:states:::aws-sdk:ssm:putParameter', Next: 'Advance' });
    const { Name, ...rest } = States.KeepVersion.Parameters as Record<string, string>;
    expect(rest).toEqual({ 'Value.$': '$.ended.output.versionId', 'Type': 'String', 'Overwrite': true });
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

describe('CloudFormation writes the template\'s value into the parameter when a property of it changes, so', () => {
  const hashWith = (change: (parameter: StringParameter, stack: Stack) => void, at: (stack: Stack) => Stack = (stack) => stack) => {
    const stack = makeStack();
    const versionParameter = new StringParameter(at(stack), 'Version', { stringValue: 'none yet' });
    makePopulation(stack, 'Population', { versionParameter });
    change(versionParameter, stack);
    const template = templateOf(stack);
    const custom = resourceOf(template, 'Custom::IntermediateTablePopulation');
    return { hash: custom.Properties.VersionParameter, custom, template };
  };
  const plain = hashWith(() => {});
  const resource = (parameter: StringParameter) => parameter.node.defaultChild as CfnSsmParameter;

  test.each<[string, (parameter: StringParameter, stack: Stack) => void]>([
    ['a tag of the app', (_, stack) => Tags.of(stack.node.root).add('team', 'data')],
    ['the description', (parameter) => { resource(parameter).description = 'The live version'; }],
    ['the name, by an override', (parameter) => resource(parameter).addPropertyOverride('Name', '/audience/version')],
    ['the value', (parameter) => { resource(parameter).value = 'nothing'; }],
  ])('the custom resource changes with %s', (_, change) => {
    expect(hashWith(change).hash).toEqual(expect.any(String));
    expect(hashWith(change).hash).not.toBe(plain.hash);
  });

  test('and with nothing else', () => {
    expect(hashWith(() => {}).hash).toBe(plain.hash);
    expect(hashWith((_, stack) => Tags.of(stack).add('team', 'data', { excludeResourceTypes: ['AWS::SSM::Parameter'] })).hash).toBe(plain.hash);
  });

  test('and comes after the parameter', () => {
    expect(plain.custom.DependsOn).toContain(idsOf(plain.template, 'AWS::SSM::Parameter')[0]);
  });

  test('in another stack of the app, too', () => {
    const there = (stack: Stack) => new Stack(stack.node.root, 'There');
    expect(hashWith((_, stack) => Tags.of(stack.node.root).add('team', 'data'), there).hash).not.toBe(hashWith(() => {}, there).hash);
  });

  test('but a parameter of another app has none', () => {
    const stack = makeStack();
    makePopulation(stack, 'Population', { versionParameter: StringParameter.fromStringParameterName(stack, 'Version', 'version') });
    expect(resourceOf(templateOf(stack), 'Custom::IntermediateTablePopulation').Properties).not.toHaveProperty('VersionParameter');
  });
});

describe('promise 9: mistakes fail at synthesis', () => {
  test('grantReadVersion without a version parameter fails at synthesis, in words that name the population', () => {
    const stack = makeStack();
    const reader = new Role(stack, 'Reader', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    expect(() => makePopulation(stack).grantReadVersion(reader)).toThrow('Stack/Population: versionParameter is undefined. Give an SSM parameter');
  });
});

test('a population without one calls no SSM, and may not', () => {
  const stack = makeStack();
  makePopulation(stack);
  expect(JSON.stringify(templateOf(stack))).not.toContain('ssm:');
});
