import { readdirSync, readFileSync } from 'fs';
import { createRequire } from 'node:module';
import { join } from 'path';
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { CfnTemplate, idOf } from './support/template';
import { DEFAULT_BEHAVIOURS } from '../simulator/clean-rooms';

const apps = readdirSync(__dirname).filter((file) => /^integ\..*\.ts$/.test(file));
const guide = readFileSync(join(__dirname, '../docs/first-account.md'), 'utf8');

/** The stack of such an app, and the one that tries it. */
function synthesize(file: string, context: Record<string, string> = {}) {
  const app = new App({ analyticsReporting: false, context });
  (createRequire(__filename)(join(__dirname, file)) as { build(app: App): void }).build(app);
  const [stack, assertions] = app.synth().stacks;
  return { template: stack.template as CfnTemplate, assertions };
}

test('there are apps for a refresh, a chain, a failure, a rollback and a deletion', () => {
  expect(apps).toEqual(['integ.chain.ts', 'integ.daily-refresh.ts', 'integ.delete-while-running.ts', 'integ.failure.ts', 'integ.rollback.ts']);
});

test.each(apps)('%s has a population of its own collaboration, its analysis rules, and a stack that tries it, and is in the guide', (file) => {
  const { template, assertions } = synthesize(file);
  const types = Object.values(template.Resources).map(({ Type }) => Type);
  expect(types).toEqual(expect.arrayContaining(['AWS::CleanRooms::Collaboration', 'AWS::Glue::Table', 'Custom::IntermediateTablePopulation']));
  expect(assertions.stackName).toContain('DeployAssert');
  const calls = Object.values((assertions.template as CfnTemplate).Resources).filter(({ Type }) => Type.startsWith('Custom::DeployAssert@SdkCall'));
  expect(calls.length).toBeGreaterThan(0);
  // Only a waiter lets the deploy fail.
  expect(calls.filter(({ Properties: { expected, stateMachineArn } }) => expected && !stateMachineArn)).toEqual([]);
  // Without the table's rule, and the collaboration's on its association, AWS queries nothing.
  Template.fromJSON(template).hasResourceProperties('AWS::CleanRooms::ConfiguredTable', { AnalysisRules: [{ Type: 'CUSTOM' }] });
  Template.fromJSON(template).hasResourceProperties('AWS::CleanRooms::ConfiguredTableAssociation', {
    ConfiguredTableAssociationAnalysisRules: [{ Type: 'CUSTOM', Policy: { V1: { Custom: { AllowedResultReceivers: [{ Ref: 'AWS::AccountId' }] } } } }],
  });
  expect(guide).toContain(`test/${file}`);
});

test.each([
  ['before', 'Custom::IntermediateTablePopulation', 'AWS::CloudFormation::WaitCondition'],
  ['after', 'AWS::CloudFormation::WaitCondition', 'Custom::IntermediateTablePopulation'],
])('integ.rollback.ts fails %s the population\'s turn if it is told to', (fail, second, first) => {
  const { template } = synthesize('integ.rollback.ts', { fail });
  expect(template.Resources[idOf(template, second)].DependsOn).toContain(idOf(template, first));
});

test.each(Object.keys(DEFAULT_BEHAVIOURS))('the guide tells how to look what AWS does about %s', (behaviour) => {
  expect(guide).toContain(`\`${behaviour}\``);
});
