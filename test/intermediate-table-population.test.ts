import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnKey, Key } from 'aws-cdk-lib/aws-kms';
import { PopulateOnDeploy } from '../src';
import { machineArn, propertiesIn } from './support/definitions';
import { makePopulation, makeStack, makeTable, PopulationProps, templateOf, templateWith } from './support/stacks';
import { idOf, resourceOf, Values } from './support/template';

const POPULATION = 'Custom::IntermediateTablePopulation';
const KEY = 'arn:aws:kms:eu-west-1:123456789012:key/1';

describe('what a population gives', () => {
  const stack = makeStack();
  const table = makeTable(stack);
  const population = makePopulation(stack, 'Population', { intermediateTable: table });
  const role = new Role(stack, 'Role', { assumedBy: new ServicePrincipal('states.amazonaws.com') });
  population.grantPopulate(role);
  const template = templateOf(stack);

  test('versionId and analysisId are attributes of the custom resource', () => {
    const attribute = (name: string) => ({ 'Fn::GetAtt': [idOf(template, POPULATION), name] });
    expect(stack.resolve(population.versionId)).toEqual(attribute('versionId'));
    expect(stack.resolve(population.analysisId)).toEqual(attribute('analysisId'));
  });

  test('the table and the state machine', () => {
    expect(population.intermediateTable).toBe(table);
    expect(stack.resolve(population.stateMachine.stateMachineArn)).toEqual(machineArn(idOf(template, 'AWS::StepFunctions::StateMachine')));
  });

  test('the version is an output that names the population', () => {
    const [id] = Object.keys(template.Outputs ?? {});
    expect(id).toMatch(/^PopulationVersionId/);
    const Description = expect.stringContaining('(Stack/Population)');
    expect(template.Outputs).toEqual({ [id]: { Value: stack.resolve(population.versionId), Description } });
  });

  test('grantPopulate allows to start this state machine, and nothing else', () => {
    const Resource = stack.resolve(population.stateMachine.stateMachineArn) as unknown;
    Template.fromStack(stack).hasResourceProperties('AWS::IAM::Policy', {
      Roles: [stack.resolve(role.roleName) as unknown],
      PolicyDocument: { Statement: [{ Action: 'states:StartExecution', Effect: 'Allow', Resource }] },
    });
  });
});

test.each([[true, 1], [undefined, 1], [false, 0]])('versionIdOutput %s makes %d outputs', (versionIdOutput, count) => {
  expect(Object.keys(templateWith({ versionIdOutput }).Outputs ?? {})).toHaveLength(count);
});

describe('what a deploy is told about populating', () => {
  test.each(Object.values(PopulateOnDeploy))('populateOnDeploy %s', (populateOnDeploy) => {
    expect(propertiesIn(templateWith({ populateOnDeploy })).PopulateOnDeploy).toBe(populateOnDeploy);
  });

  test.each<[string, (stack: Stack) => PopulationProps, string | undefined]>([
    ['none', () => ({}), undefined],
    ['the table\'s', (stack) => ({ intermediateTable: makeTable(stack, 'Table', { kmsKeyArn: KEY }) }), KEY],
    ['a given one', (stack) => ({ encryptionKey: Key.fromKeyArn(stack, 'Key', KEY) }), KEY],
  ])('its key is %s', (_, props, expected) => {
    expect(propertiesIn(templateWith(props)).KmsKey).toBe(expected);
  });

  test('a key and a trigger of the same stack are references', () => {
    const template = templateWith((stack) => {
      const key = new CfnKey(stack, 'Key');
      return { intermediateTable: makeTable(stack, 'Table', { kmsKeyArn: key.attrArn }), triggers: [key.attrKeyId] };
    });
    const values = new Values(template, { 'Key.Arn': 'the ARN', 'Key.KeyId': 'the id' });
    expect(propertiesIn(template, values)).toMatchObject({ KmsKey: 'the ARN', Triggers: ['the id'] });
  });
});

describe('the template changes when something does', () => {
  const synthesizedAt = (now: number, props: PopulationProps) => {
    const clock = jest.spyOn(Date, 'now').mockReturnValue(now);
    const template = templateWith(props);
    clock.mockRestore();
    return template;
  };

  test('and is the same at each synthesis when nothing does', () => {
    expect(synthesizedAt(2, { triggers: ['1'] })).toEqual(synthesizedAt(1, { triggers: ['1'] }));
  });

  test('but with ALWAYS each synthesis gives another one', () => {
    const [first, second] = [1, 2].map((now) => synthesizedAt(now, { populateOnDeploy: PopulateOnDeploy.ALWAYS }));
    const [{ Synthesis, ...one }, { Synthesis: later, ...other }] = [first, second].map((template) => resourceOf(template, POPULATION).Properties);
    expect([Synthesis, later]).toEqual(['1', '2']);
    // Nothing else: that data is to be populated anew does not make it other data.
    expect(other).toEqual(one);
    expect(Object.keys(second.Resources)).toEqual(Object.keys(first.Resources));
  });
});
