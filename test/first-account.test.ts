import { readdirSync, readFileSync } from 'fs';
import { createRequire } from 'node:module';
import { join } from 'path';
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { DEFAULT_BEHAVIOURS } from '../simulator/clean-rooms';

const apps = readdirSync(__dirname).filter((file) => /^integ\..*\.ts$/.test(file));
const guide = readFileSync(join(__dirname, '../docs/first-account.md'), 'utf8');

function synthesize(file: string, context: Record<string, string> = {}) {
  const app = new App({ analyticsReporting: false, context });
  (createRequire(__filename)(join(__dirname, file)) as { build(app: App): void }).build(app);
  return app.synth();
}

test('there are apps for a refresh, a chain, a failure, a rollback and a deletion', () => {
  expect(apps).toEqual(['integ.chain.ts', 'integ.daily-refresh.ts', 'integ.delete-while-running.ts', 'integ.failure.ts', 'integ.rollback.ts']);
});

describe.each(apps)('%s', (file) => {
  test('synthesizes a population of its own collaboration, and a stack that tries it', () => {
    const [stack, assertions] = synthesize(file).stacks;
    const types = Object.values(stack.template.Resources as Record<string, { Type: string }>).map(({ Type }) => Type);
    expect(types).toEqual(expect.arrayContaining(['AWS::CleanRooms::Collaboration', 'AWS::Glue::Table', 'Custom::IntermediateTablePopulation']));
    expect(assertions.stackName).toContain('DeployAssert');
    type Call = { Type: string; Properties: { expected?: string; stateMachineArn?: object } };
    const calls = Object.values(assertions.template.Resources as Record<string, Call>)
      .filter(({ Type }) => Type.startsWith('Custom::DeployAssert@SdkCall'));
    expect(calls.length).toBeGreaterThan(0);
    // Only a waiter lets the deploy fail.
    expect(calls.filter(({ Properties: { expected, stateMachineArn } }) => expected && !stateMachineArn)).toEqual([]);
  });

  test('has the analysis rules without which AWS queries nothing: the table\'s, and the collaboration\'s on its association', () => {
    const template = Template.fromJSON(synthesize(file).stacks[0].template);
    template.hasResourceProperties('AWS::CleanRooms::ConfiguredTable', { AnalysisRules: [{ Type: 'CUSTOM' }] });
    template.hasResourceProperties('AWS::CleanRooms::ConfiguredTableAssociation', {
      ConfiguredTableAssociationAnalysisRules: [{ Type: 'CUSTOM', Policy: { V1: { Custom: { AllowedResultReceivers: [{ Ref: 'AWS::AccountId' }] } } } }],
    });
  });

  test('is told of where an account is tried first', () => {
    expect(guide).toContain(`test/${file}`);
  });
});

test.each([
  ['before', 'Custom::IntermediateTablePopulation', 'AWS::CloudFormation::WaitCondition'],
  ['after', 'AWS::CloudFormation::WaitCondition', 'Custom::IntermediateTablePopulation'],
])('integ.rollback.ts fails %s the population\'s turn if it is told to', (fail, second, first) => {
  const { Resources } = synthesize('integ.rollback.ts', { fail }).stacks[0].template as { Resources: Record<string, { Type: string; DependsOn?: string[] }> };
  const idOf = (type: string) => Object.keys(Resources).find((id) => Resources[id].Type === type)!;
  expect(Resources[idOf(second)].DependsOn).toContain(idOf(first));
});

test.each(Object.keys(DEFAULT_BEHAVIOURS))('the guide tells how to look what AWS does about %s', (behaviour) => {
  expect(guide).toContain(`\`${behaviour}\``);
});
