import { Cloud } from '../../../simulator/cloud';
import { StackSource, Template, TemplateResource } from '../../../simulator/cloudformation/assembly';
import { DeployResult } from '../../../simulator/cloudformation/service';
import { fails, parameter, stackOf } from '../templates';

const conditional = (value: unknown): TemplateResource => parameter(value, { Condition: 'Wanted' });

let cloud: Cloud;
beforeEach(() => { cloud = new Cloud({ start: 0 }); });
afterEach(() => cloud.close());

const sourceOf = (resources: Record<string, TemplateResource>, rest: Partial<Template> = {}): StackSource => stackOf(resources, {
  Parameters: { Want: { Type: 'String', Default: 'no' } }, Conditions: { Wanted: { 'Fn::Equals': [{ Ref: 'Want' }, 'yes'] } }, ...rest,
});
const deploy = (source: StackSource, Want = 'no'): Promise<DeployResult> => cloud.deploy(source, undefined, { parameters: { Want } });
const resources = (): string[] => [...cloud.stack('Stack').resources.keys()];

const unresolved = (name: string, block: string): string =>
  `Template format error: Unresolved resource dependencies [${name}] in the ${block} block of the template`;

describe('what a condition leaves out', () => {
  test.each<[string, unknown, Partial<Template>, string]>([
    ['Ref', { Ref: 'A' }, {}, 'Resources'],
    ['Fn::GetAtt', { 'Fn::GetAtt': ['A', 'Value'] }, {}, 'Resources'],
    ['Fn::Sub', { 'Fn::Sub': 'x${A.Value}' }, {}, 'Resources'],
    ['a function in a function', { 'Fn::Join': ['', ['x', { Ref: 'A' }]] }, {}, 'Resources'],
    ['an output', 'b', { Outputs: { Out: { Value: { Ref: 'A' } } } }, 'Outputs'],
  ])('cannot be referred to by %s', async (_how, value, rest, block) => {
    const source = sourceOf({ A: conditional('a'), B: parameter(value) }, rest);
    await expect(deploy(source)).rejects.toThrow(unresolved('A', block));
    expect(cloud.cloudFormation.names()).toEqual([]);
    expect((await deploy(source, 'yes')).status).toBe('CREATE_COMPLETE');
    // An update is refused before it begins, too.
    await expect(deploy(source)).rejects.toThrow(unresolved('A', block));
    expect([cloud.stack('Stack').status, resources()]).toEqual(['CREATE_COMPLETE', ['A', 'B']]);
  });

  test.each<[string, Record<string, TemplateResource>, Partial<Template>]>([
    ['what has the same condition', { B: conditional({ Ref: 'A' }) }, {}],
    ['a branch that is not taken', { B: parameter({ 'Fn::If': ['Wanted', { Ref: 'A' }, 'other'] }) }, {}],
    ['DependsOn', { B: parameter('b', { DependsOn: 'A' }) }, {}],
    ['a variable of Fn::Sub that has its name', { B: parameter({ 'Fn::Sub': ['${A}', { A: 'own' }] }) }, {}],
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
    const failing = sourceOf({ A: conditional('a'), B: parameter('b'), Fails: fails() });
    expect((await deploy(failing)).status).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(resources()).toEqual(['A', 'B']);
    await deploy(source);
    expect(resources()).toEqual(['B']);
  });
});

test.each<[string, TemplateResource]>([
  ['a reference', parameter({ Ref: 'Nothing' })],
  ['DependsOn', parameter('b', { DependsOn: ['Nothing'] })],
])('a resource that the template does not have cannot be named by %s', async (_how, resource) => {
  await expect(deploy(sourceOf({ B: resource }))).rejects.toThrow(unresolved('Nothing', 'Resources'));
});
