import { CfnParameter, Stack, Tags } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnParameter as CfnSsmParameter, IParameterRef, StringParameter } from 'aws-cdk-lib/aws-ssm';
import { stateMachineIn } from './support/definitions';
import { allows, permissionsOf, policiesOf } from './support/policies';
import { makePopulation, makeStack, templateOf, templateUsing, templateWith } from './support/stacks';
import { idsOf, resourceOf, Values } from './support/template';
import { parameterArnOf } from '../src/private/version-parameter';

const ARN = 'arn:aws:ssm:ap-southeast-1:123456789012:parameter';

const made = (stack: Stack, name?: string) => new CfnSsmParameter(stack, 'Version', { type: 'String', value: '-', name });
const named = (stack: Stack, name: string) => StringParameter.fromStringParameterName(stack, 'Version', name);
const readerIn = (stack: Stack) => new Role(stack, 'Reader', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });

test.each<[string, (stack: Stack) => IParameterRef, RegExp, RegExp]>([
  ['of the stack', (stack) => new StringParameter(stack, 'Version', { stringValue: 'none yet' }), /^ref-Version/, /^\/ref-Version/],
  ['that is CDK\'s own resource', made, /^ref-Version/, /^\/ref-Version/],
  ['that is such a resource with a path', (stack) => made(stack, '/audience/version'), /^ref-Version/, /^\/audience\/version$/],
  ['with a path', (stack) => named(stack, '/audience/version'), /^\/audience\/version$/, /^\/audience\/version$/],
  ['with a plain name', (stack) => named(stack, 'version'), /^version$/, /^\/version$/],
  ['that is known only when deploying', (stack) => StringParameter.fromStringParameterAttributes(stack, 'Version', {
    parameterName: new CfnParameter(stack, 'Name', { default: 'late' }).valueAsString, simpleName: true,
  }), /^late$/, /^\/late$/],
])('a version parameter %s is written by every run that ends well, and may be by no other; who was granted to read it may do no more', (
  _, make, name, inArn,
) => {
  const stack = makeStack();
  const versionParameter = make(stack);
  const reader = readerIn(stack);
  makePopulation(stack, 'Population', { versionParameter }).grantReadVersion(reader);
  const template = templateOf(stack);
  const arn = new Values(template).of<string>(stack.resolve(parameterArnOf(versionParameter)));
  expect(arn.slice(0, ARN.length)).toBe(ARN);
  expect(arn.slice(ARN.length)).toMatch(inArn);

  // Before its lease ends; a write that is refused goes to the function like one that is not.
  const { Decide, KeepVersion } = stateMachineIn(template).States;
  expect(Decide.Choices).toContainEqual({ Variable: '$.next', StringEquals: 'KEEP_VERSION', Next: 'KeepVersion' });
  expect(KeepVersion).toMatchObject({
    Resource: 'arn:aws:states:::aws-sdk:ssm:putParameter',
    Next: 'Advance',
    Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: '$.unkept', Next: 'Advance' }],
  });
  expect(KeepVersion.Parameters).toEqual({
    'Name': expect.stringMatching(name), 'Value.$': '$.ended.output.versionId', 'Type': 'String', 'Overwrite': true,
  });

  const machineMay = permissionsOf(template, 'MachineRole');
  const requests = ['ssm:PutParameter', 'ssm:GetParameter'].flatMap((action) => [[action, arn], [action, `${arn}2`]]);
  expect(requests.map(([action, parameter]) => machineMay(action, parameter))).toEqual([true, false, false, false]);
  const ofReader = policiesOf(template, (stack.resolve(reader.roleName) as { Ref: string }).Ref);
  expect(requests.map(([action, parameter]) => allows(ofReader, action, parameter))).toEqual([false, false, true, false]);
});

describe('CloudFormation writes the template\'s value into the parameter when a property of it changes, so', () => {
  type Change = (parameter: StringParameter, stack: Stack) => void;
  const templateAfter = (change: Change, at: (stack: Stack) => Stack = (stack) => stack) => {
    const stack = makeStack();
    const versionParameter = new StringParameter(at(stack), 'Version', { stringValue: 'none yet' });
    makePopulation(stack, 'Population', { versionParameter });
    change(versionParameter, stack);
    return templateOf(stack);
  };
  const customResourceIn = (template: ReturnType<typeof templateOf>) => resourceOf(template, 'Custom::IntermediateTablePopulation');
  const hashWith = (...args: Parameters<typeof templateAfter>) => customResourceIn(templateAfter(...args)).Properties.VersionParameter;
  const plain = templateAfter(() => {});
  const plainHash = customResourceIn(plain).Properties.VersionParameter;
  const resource = (parameter: StringParameter) => parameter.node.defaultChild as CfnSsmParameter;
  const tagAll: Change = (_, stack) => Tags.of(stack.node.root).add('team', 'data');

  test.each<[string, Change]>([
    ['a tag of the app', tagAll],
    ['the description', (parameter) => { resource(parameter).description = 'The live version'; }],
    ['the name, by an override', (parameter) => resource(parameter).addPropertyOverride('Name', '/audience/version')],
    ['the value', (parameter) => { resource(parameter).value = 'nothing'; }],
  ])('the custom resource changes with %s', (_, change) => {
    const hash = hashWith(change);
    expect(hash).toEqual(expect.any(String));
    expect(hash).not.toBe(plainHash);
  });

  test('and with nothing else', () => {
    expect(hashWith(() => {})).toBe(plainHash);
    expect(hashWith((_, stack) => Tags.of(stack).add('team', 'data', { excludeResourceTypes: ['AWS::SSM::Parameter'] }))).toBe(plainHash);
  });

  test('and comes after the parameter', () => {
    expect(customResourceIn(plain).DependsOn).toContain(idsOf(plain, 'AWS::SSM::Parameter')[0]);
  });

  test('in another stack of the app, too', () => {
    const there = (stack: Stack) => new Stack(stack.node.root, 'There');
    expect(hashWith(tagAll, there)).not.toBe(hashWith(() => {}, there));
  });

  test('but a parameter of another app has none', () => {
    const template = templateWith((stack) => ({ versionParameter: named(stack, 'version') }));
    expect(customResourceIn(template).Properties).not.toHaveProperty('VersionParameter');
  });
});

test('promise 9: grantReadVersion without a version parameter fails at synthesis, in words that name the population', () => {
  expect(() => templateUsing((population, stack) => population.grantReadVersion(readerIn(stack))))
    .toThrow('Stack/Population: versionParameter is undefined. Give an SSM parameter');
});

test('a population without one calls no SSM, and may not', () => {
  const template = templateWith();
  expect(JSON.stringify(template)).not.toContain('ssm:');
  const { States } = stateMachineIn(template);
  expect(States).not.toHaveProperty('KeepVersion');
  expect(States.Decide.Choices).toEqual([{ Variable: '$.next', StringEquals: 'WAIT', Next: 'Wait' }]);
});
