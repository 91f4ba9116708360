import { Cloud } from '../../../simulator/cloud';
import { TemplateResource } from '../../../simulator/cloudformation/assembly';
import { machine, stackOf, topic } from '../templates';

const many = <T>(count: number, thing: T): Record<string, T> =>
  Object.fromEntries(Array.from({ length: count }, (_, nth): [string, T] => [`N${nth}`, thing]));
const rule = (properties: object): TemplateResource =>
  ({ Type: 'AWS::Events::Rule', Properties: { EventPattern: { source: ['a'] }, ...properties } });
const patternOf = (length: number): object => ({ source: ['a'.repeat(length - '{"source":[""]}'.length)] });

let cloud: Cloud;
beforeEach(() => { cloud = new Cloud({ start: 0 }); });
afterEach(() => cloud.close());

test.each<[string, object, string]>([
  ['500 resources', { Resources: many(501, topic({})) },
    'Template format error: Number of resources, 501, is greater than maximum allowed, 500'],
  ['200 parameters', { Parameters: many(201, { Type: 'String', Default: 'd' }) }, 'Number of parameters, 201'],
  ['200 outputs', { Outputs: many(201, { Value: 'v' }) }, 'Number of outputs, 201'],
  ['a million bytes', { Resources: { A: topic({ DisplayName: 'x'.repeat(1_000_000) }) } },
    'Template may not exceed 1000000 bytes in size.'],
])('a template has %s at most', async (_what, template, message) => {
  await expect(cloud.deploy(stackOf({ A: topic({}) }, template))).rejects.toThrow(message);
});

test('a template may have 500 resources', async () => {
  expect((await cloud.deploy(stackOf(many(500, topic({}))))).status).toBe('CREATE_COMPLETE');
});

describe('EventBridge has', () => {
  test.each<[string, object, object]>([
    ['5 targets a rule', { Targets: Array.from({ length: 5 }, () => ({})) }, { Targets: Array.from({ length: 6 }, () => ({})) }],
    ['2,048 characters a pattern', { EventPattern: patternOf(2048) }, { EventPattern: patternOf(2049) }],
  ])('%s at most', async (_what, allowed, refused) => {
    expect((await cloud.deploy(stackOf({ Rule: rule(allowed) }))).status).toBe('CREATE_COMPLETE');
    const { failures } = await cloud.deploy(stackOf({ Rule: rule(refused) }));
    expect(failures).toEqual([{ logicalId: 'Rule', reason: 'The requested resource exceeds the maximum number allowed.' }]);
  });

  test('300 rules a bus at most', async () => {
    await cloud.deploy(stackOf(many(300, rule({}))));
    expect((await cloud.deploy(stackOf(many(300, rule({ EventPattern: { source: ['b'] } }))))).status).toBe('UPDATE_COMPLETE');
    expect((await cloud.deploy(stackOf({ Rule: rule({}) }, {}, 'Second'))).status).toBe('ROLLBACK_COMPLETE');
  });
});

test.each([
  [80, 'CREATE_COMPLETE'], [81, 'ROLLBACK_COMPLETE'],
])('a state machine\'s name of %i characters: %s', async (length, expected) => {
  const { Machine, MachineRole } = machine('Machine', { StartAt: 'Pass', States: { Pass: { Type: 'Pass', End: true } } });
  const named = { ...Machine, Properties: { ...Machine.Properties, StateMachineName: 'm'.repeat(length) } };
  expect((await cloud.deploy(stackOf({ Machine: named, MachineRole }))).status).toBe(expected);
});
