import { Cloud } from '../../../simulator/cloud';
import { StackSource, Template, TemplateResource } from '../../../simulator/cloudformation/assembly';
import { DeployResult } from '../../../simulator/cloudformation/service';
import { stackOf } from '../templates';

const parameter = (value: unknown, rest: Partial<TemplateResource> = {}): TemplateResource => ({
  Type: 'AWS::SSM::Parameter', Properties: { Value: value }, ...rest,
});
const conditional = (value: unknown): TemplateResource => parameter(value, { Condition: 'Wanted' });

let cloud: Cloud;
beforeEach(() => { cloud = new Cloud({ start: 0 }); });
afterEach(() => cloud.close());

const sourceOf = (resources: Record<string, TemplateResource>, rest: Partial<Template> = {}): StackSource => stackOf(resources, {
  Parameters: { Want: { Type: 'String', Default: 'no' } }, Conditions: { Wanted: { 'Fn::Equals': [{ Ref: 'Want' }, 'yes'] } }, ...rest,
});
const deploy = (source: StackSource, Want = 'no'): Promise<DeployResult> => cloud.deploy(source, undefined, { parameters: { Want } });
const resources = (): string[] => [...cloud.stack('Stack').resources.keys()];

describe('what a condition leaves out', () => {
  test.each<[string, unknown]>([
    ['Ref', { Ref: 'A' }],
    ['Fn::GetAtt', { 'Fn::GetAtt': ['A', 'Value'] }],
    ['Fn::Sub', { 'Fn::Sub': 'x${A.Value}' }],
    ['a function in a function', { 'Fn::Join': ['', ['x', { Ref: 'A' }]] }],
  ])('cannot be referred to by %s', async (_how, value) => {
    const source = sourceOf({ A: conditional('a'), B: parameter(value) });
    await expect(deploy(source)).rejects.toThrow(
      'Template format error: Unresolved resource dependencies [A] in the Resources block of the template',
    );
    expect(cloud.cloudFormation.names()).toEqual([]);
    expect((await deploy(source, 'yes')).status).toBe('CREATE_COMPLETE');
  });

  test('cannot be referred to by an output', async () => {
    const source = sourceOf({ A: conditional('a'), B: parameter('b') }, { Outputs: { Out: { Value: { Ref: 'A' } } } });
    await expect(deploy(source)).rejects.toThrow(
      'Template format error: Unresolved resource dependencies [A] in the Outputs block of the template',
    );
  });

  test.each<[string, Record<string, TemplateResource>, Partial<Template>]>([
    ['what has the same condition', { B: conditional({ Ref: 'A' }) }, {}],
    ['a branch that is not taken', { B: parameter({ 'Fn::If': ['Wanted', { Ref: 'A' }, 'other'] }) }, {}],
    ['DependsOn', { B: parameter('b', { DependsOn: 'A' }) }, {}],
    ['an output of the same condition', { B: parameter('b') }, { Outputs: { Out: { Value: { Ref: 'A' }, Condition: 'Wanted' } } }],
  ])('may be referred to by %s', async (_how, others, rest) => {
    const source = sourceOf({ A: conditional('a'), C: parameter('c'), ...others }, rest);
    expect((await deploy(source)).status).toBe('CREATE_COMPLETE');
    expect(resources()).not.toContain('A');
    expect((await deploy(source, 'yes')).status).toBe('UPDATE_COMPLETE');
    expect(resources()).toEqual(expect.arrayContaining(['A', 'B', 'C']));
  });

  test('makes no circle', async () => {
    const source = sourceOf({
      A: parameter({ 'Fn::If': ['Wanted', { Ref: 'B' }, 'a'] }),
      B: parameter({ 'Fn::If': ['Wanted', 'b', { Ref: 'A' }] }),
    });
    expect((await deploy(source)).status).toBe('CREATE_COMPLETE');
    expect((await deploy(source, 'yes')).status).toBe('UPDATE_COMPLETE');
  });

  test('is deleted in the cleanup of the update that leaves it out, and stays where that update is rolled back', async () => {
    const source = sourceOf({ A: conditional('a'), B: parameter('b') });
    await deploy(source, 'yes');
    const failing = sourceOf({
      A: conditional('a'), B: parameter('b'), Fails: { Type: 'Test::Resource::Fails', Properties: { Fail: 'true' } },
    });
    expect((await deploy(failing)).status).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(resources()).toEqual(['A', 'B']);
    await deploy(source);
    expect(resources()).toEqual(['B']);
  });

  test('that is referred to fails an update before it begins', async () => {
    const source = sourceOf({ A: conditional('a'), B: parameter({ Ref: 'A' }) });
    await deploy(source, 'yes');
    await expect(deploy(source)).rejects.toThrow('Unresolved resource dependencies [A]');
    expect([cloud.stack('Stack').status, resources()]).toEqual(['CREATE_COMPLETE', ['A', 'B']]);
  });
});

test.each<[string, TemplateResource]>([
  ['a reference', parameter({ Ref: 'Nothing' })],
  ['DependsOn', parameter('b', { DependsOn: ['Nothing'] })],
])('a resource that the template does not have cannot be named by %s', async (_how, resource) => {
  await expect(deploy(sourceOf({ B: resource }))).rejects.toThrow(
    'Unresolved resource dependencies [Nothing] in the Resources block of the template',
  );
});

test('a variable of Fn::Sub is no reference', async () => {
  await deploy(sourceOf({ A: conditional('a'), B: parameter({ 'Fn::Sub': ['${A}', { A: 'own' }] }) }));
  expect(cloud.stack('Stack').resources.get('B')!.properties.Value).toBe('own');
});
