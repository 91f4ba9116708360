import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnKey, Key } from 'aws-cdk-lib/aws-kms';
import { PopulateOnDeploy } from '../src';
import { machineArn, propertiesIn } from './support/definitions';
import { customResourceWith, makePopulation, makeStack, makeTable, PopulationProps, templateOf, templateWith } from './support/stacks';
import { idOf, resourceOf, Values } from './support/template';

const POPULATION = 'Custom::IntermediateTablePopulation';

describe('what a population gives', () => {
  const stack = makeStack();
  const table = makeTable(stack);
  const population = makePopulation(stack, 'Population', { intermediateTable: table });
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
    expect(template.Outputs).toEqual({
      [Object.keys(template.Outputs ?? {})[0]]: { Value: stack.resolve(population.versionId), Description: expect.stringContaining('(Stack/Population)') },
    });
    expect(Object.keys(template.Outputs ?? {})[0]).toMatch(/^PopulationVersionId/);
  });

  test('grantPopulate allows to start this state machine, and nothing else', () => {
    const granting = makeStack();
    const role = new Role(granting, 'Role', { assumedBy: new ServicePrincipal('states.amazonaws.com') });
    const granted = makePopulation(granting);
    granted.grantPopulate(role);
    Template.fromStack(granting).hasResourceProperties('AWS::IAM::Policy', {
      Roles: [granting.resolve(role.roleName) as unknown],
      PolicyDocument: {
        Statement: [{ Action: 'states:StartExecution', Effect: 'Allow', Resource: granting.resolve(granted.stateMachine.stateMachineArn) as unknown }],
      },
    });
  });
});

test.each([[true, 1], [undefined, 1], [false, 0]])('versionIdOutput %s makes %d outputs', (versionIdOutput, count) => {
  expect(Object.keys(templateWith({ versionIdOutput }).Outputs ?? {})).toHaveLength(count);
});

describe('what a deploy is told about populating', () => {
  test.each(Object.values(PopulateOnDeploy))('populateOnDeploy %s', (populateOnDeploy) => {
    expect(customResourceWith({ populateOnDeploy }).Properties.PopulateOnDeploy).toBe(populateOnDeploy);
  });

  test('populateOnDeploy is ON_CHANGE by default', () => {
    expect(customResourceWith().Properties.PopulateOnDeploy).toBe('ON_CHANGE');
  });

  const keys: [string, (stack: Stack) => PopulationProps, string | undefined][] = [
    ['none', () => ({}), undefined],
    ['the table\'s', (stack) => ({ intermediateTable: makeTable(stack, 'Table', { kmsKeyArn: 'arn:aws:kms:eu-west-1:123456789012:key/1' }) }),
      'arn:aws:kms:eu-west-1:123456789012:key/1'],
    ['a given one', (stack) => ({ encryptionKey: Key.fromKeyArn(stack, 'Key', 'arn:aws:kms:eu-west-1:123456789012:key/2') }),
      'arn:aws:kms:eu-west-1:123456789012:key/2'],
  ];
  test.each(keys)('its key is %s', (_, props, expected) => {
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
  const synthesize = (props: PopulationProps, now: number) => {
    const clock = jest.spyOn(Date, 'now').mockReturnValue(now);
    const template = templateWith(props);
    clock.mockRestore();
    return template;
  };

  test('and is the same at each synthesis when nothing does', () => {
    expect(synthesize({ triggers: ['1'] }, 2)).toEqual(synthesize({ triggers: ['1'] }, 1));
  });

  test('but with ALWAYS each synthesis gives another one', () => {
    const [first, second] = [1, 2].map((now) => synthesize({ populateOnDeploy: PopulateOnDeploy.ALWAYS }, now));
    const [{ Synthesis, ...one }, { Synthesis: later, ...other }] = [first, second].map((template) => resourceOf(template, POPULATION).Properties);
    expect([Synthesis, later]).toEqual(['1', '2']);
    // Nothing else: that data is to be populated anew does not make it other data.
    expect(other).toEqual(one);
    expect(Object.keys(second.Resources)).toEqual(Object.keys(first.Resources));
  });
});
