import { Cloud } from '../../../simulator/cloud';
import { ParameterDefinition, StackSource, TemplateResource } from '../../../simulator/cloudformation/assembly';
import { DeployResult } from '../../../simulator/cloudformation/service';
import { fails, stackOf, topic } from '../templates';

const value = (DisplayName: unknown): TemplateResource => topic({ DisplayName });

let cloud: Cloud;
beforeEach(() => { cloud = new Cloud({ start: 0 }); });
afterEach(() => cloud.close());

const source = (definition: ParameterDefinition, of: unknown = { Ref: 'P' }): StackSource =>
  stackOf({ A: value(of) }, { Parameters: { P: definition } });
const deploy = (from: StackSource, P?: unknown): Promise<DeployResult> =>
  cloud.deploy(from, undefined, { parameters: P === undefined ? {} : { P } });
const shown = (): unknown => cloud.stack('Stack').resources.get('A')!.properties.DisplayName;

test.each<[string, ParameterDefinition, unknown, unknown]>([
  ['a text', { Type: 'String', Default: 'd' }, 'given', 'given'],
  ['an empty text', { Type: 'String', Default: 'd' }, '', ''],
  ['its default', { Type: 'String', Default: 'd' }, undefined, 'd'],
  ['a number, as text', { Type: 'Number', Default: 5 }, undefined, '5'],
  ['a list', { Type: 'CommaDelimitedList' }, 'a, b,c', ['a', 'b', 'c']],
  ['a list of numbers', { Type: 'List<Number>' }, '1,2', ['1', '2']],
  ['what Systems Manager has under its name', { Type: 'AWS::SSM::Parameter::Value<String>' }, '/stored', 'x,y'],
  ['a list that Systems Manager has', { Type: 'AWS::SSM::Parameter::Value<List<String>>' }, '/stored', ['x', 'y']],
])('a parameter is %s', async (_name, definition, given, expected) => {
  cloud.ssm.set('/stored', 'x,y');
  await deploy(source(definition), given);
  expect(shown()).toEqual(expected);
});

test.each<[string, ParameterDefinition, unknown, string]>([
  ['none', { Type: 'String' }, undefined, 'Parameters: [P] must have values'],
  ['not allowed', { Type: 'String', AllowedValues: ['a'] }, 'b', "Parameter 'P' must be one of AllowedValues"],
  ['of another pattern', { Type: 'String', AllowedPattern: '[a-z]+' }, 'ab1', "Parameter 'P' must match pattern [a-z]+"],
  ['a list with a wrong item', { Type: 'CommaDelimitedList', AllowedPattern: '[a-z]+' }, 'ab,1', "Parameter 'P' must match pattern [a-z]+"],
  ['too short', { Type: 'String', MinLength: '3' }, 'ab', "Parameter 'P' must contain at least 3 characters"],
  ['too long', { Type: 'String', MaxLength: 1 }, 'ab', "Parameter 'P' must contain at most 1 characters"],
  ['no number', { Type: 'Number' }, 'five', "Parameter 'P' must be a number"],
  ['too small', { Type: 'Number', MinValue: 6 }, '5', "Parameter 'P' must be a number not less than 6"],
  ['too large', { Type: 'Number', MaxValue: 4 }, 5, "Parameter 'P' must be a number not greater than 4"],
  ['wrong, as its description says', { Type: 'String', AllowedPattern: 'a', ConstraintDescription: 'Say a.' }, 'b',
    'Parameter P failed to satisfy constraint: Say a.'],
  ['nothing that Systems Manager has', { Type: 'AWS::SSM::Parameter::Value<String>' }, '/none',
    'Unable to fetch parameters [/none] from parameter store for this account.'],
])('a value that is %s is refused before there is a stack', async (_name, definition, given, message) => {
  await expect(deploy(source(definition), given)).rejects.toThrow(message);
  expect(cloud.cloudFormation.names()).toEqual([]);
});

test('a parameter that the template does not have is refused', async () => {
  const deploying = cloud.deploy(stackOf({ A: value('a') }), undefined, { parameters: { P: 'p' } });
  await expect(deploying).rejects.toThrow('Parameters: [P] do not exist in the template');
});

test('a value stays what it was until another one is given, whatever the default has become', async () => {
  await deploy(source({ Type: 'String', Default: 'first' }));
  await deploy(source({ Type: 'String', Default: 'second' }, { 'Fn::Sub': '${P}!' }));
  expect(shown()).toBe('first!');
  await deploy(source({ Type: 'String', Default: 'second' }), 'given');
  expect(await deploy(source({ Type: 'String', Default: 'second' })))
    .toMatchObject({ events: [], reason: 'No updates are to be performed.' });
  expect(shown()).toBe('given');
});

test('a changed value alone is an update, and a rollback has the old one again', async () => {
  const failing = stackOf({ A: value({ Ref: 'P' }), B: fails({ Fail: { Ref: 'Fail' } }, { DependsOn: 'A' }) }, {
    Parameters: { P: { Type: 'String', Default: 'one' }, Fail: { Type: 'String', Default: 'false' } },
  });
  await cloud.deploy(failing);
  const { status } = await cloud.deploy(failing, undefined, { parameters: { P: 'two', Fail: 'true' } });
  expect([status, shown()]).toEqual(['UPDATE_ROLLBACK_COMPLETE', 'one']);
  await cloud.deploy(failing, undefined, { parameters: { P: 'three' } });
  expect(shown()).toBe('three');
});

test('a value in Systems Manager that has changed is an update', async () => {
  cloud.ssm.set('/stored', 'one');
  const stored = source({ Type: 'AWS::SSM::Parameter::Value<String>', Default: '/stored' });
  await deploy(stored);
  cloud.ssm.set('/stored', 'two');
  expect((await deploy(stored)).status).toBe('UPDATE_COMPLETE');
  expect(shown()).toBe('two');
});
