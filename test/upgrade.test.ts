import { Duration } from 'aws-cdk-lib';
import { Schedule } from 'aws-cdk-lib/aws-events';
import { makePopulation, makeTable, synthesized } from './support/stacks';
import { CfnTemplate, resourceOf } from './support/template';

/*
 * What no release may change. A new logical id, type or ServiceToken of the custom resource makes CloudFormation replace it, and a changed
 * property calls it: every user would pay for a population, or could not deploy at all. Change these lines only with a major version.
 */

const templateWith = (timeout?: Duration): CfnTemplate => synthesized((stack) => makePopulation(stack, 'AudiencePopulation', {
  intermediateTable: makeTable(stack, 'Audience'), timeout, schedule: Schedule.rate(Duration.days(1)),
}));

const typesIn = (template: CfnTemplate) => Object.fromEntries(Object.entries(template.Resources).map(([id, { Type }]) => [id, Type]));

const RESOURCES = {
  Audience: 'AWS::CleanRooms::IntermediateTable',
  AudiencePopulationStateMachine08D903B5: 'AWS::StepFunctions::StateMachine',
  AudiencePopulation3562F1DC: 'Custom::IntermediateTablePopulation',
  AudiencePopulationScheduleB908086E: 'AWS::Events::Rule',
  IntermediateTablePopulationsRecord04D93BB0: 'AWS::DynamoDB::Table',
  IntermediateTablePopulationsLogs6F0CEFA9: 'AWS::Logs::LogGroup',
  IntermediateTablePopulationsPopulationRole7E9F5257: 'AWS::IAM::Role',
  IntermediateTablePopulationsStarterRoleF91DDEA7: 'AWS::IAM::Role',
  IntermediateTablePopulationsMachineRole9BCEF818: 'AWS::IAM::Role',
  IntermediateTablePopulationsPopulationFunctionE719BB38: 'AWS::Lambda::Function',
  IntermediateTablePopulationsDeploymentFunction120361CE: 'AWS::Lambda::Function',
  IntermediateTablePopulationsWatchdog6FB445BA: 'AWS::Events::Rule',
  IntermediateTablePopulationsWatchdogPermission72B64EAE: 'AWS::Lambda::Permission',
  // Named for the membership that it is for.
  IntermediateTablePopulationsMembershipPolicycc3ee5fc89FA73BC: 'AWS::IAM::Policy',
};

const SERVICE_TOKEN = { 'Fn::GetAtt': ['IntermediateTablePopulationsDeploymentFunction120361CE', 'Arn'] };

describe('a stack that an earlier release has deployed', () => {
  const template = templateWith();

  test('finds all its resources under the same logical ids and types', () => {
    expect(typesIn(template)).toEqual(RESOURCES);
  });

  test('finds the custom resource with the same ServiceToken and the same properties, in the same form', () => {
    expect(resourceOf(template, 'Custom::IntermediateTablePopulation').Properties).toEqual({
      ServiceToken: SERVICE_TOKEN,
      ServiceTimeout: '3600',
      StateMachineArn: { 'Fn::GetAtt': ['AudiencePopulationStateMachine08D903B5', 'Arn'] },
      MembershipIdentifier: 'a1b2c3d4-5678-90ab-cdef-111111111111',
      IntermediateTableIdentifier: { 'Fn::GetAtt': ['Audience', 'IntermediateTableIdentifier'] },
      TimeoutSeconds: 3300,
      CancelOnTimeout: true,
      Schedules: [{ Name: 'Schedule' }],
      PopulateOnDeploy: 'ON_CHANGE',
    });
  });

  test('finds its output', () => {
    expect(Object.keys(template.Outputs ?? {})).toEqual(['AudiencePopulationVersionId6612E2EB']);
  });
});

test('a stack with a population that takes hours finds its wait condition and what reads the result, with the same ServiceToken', () => {
  const template = templateWith(Duration.hours(6));
  expect(typesIn(template)).toEqual({
    ...RESOURCES,
    AudiencePopulationWaitHandle708E9FE183f64018: 'AWS::CloudFormation::WaitConditionHandle',
    AudiencePopulationWait4B3F669883f64018: 'AWS::CloudFormation::WaitCondition',
    AudiencePopulationVersion2113CFB4: 'Custom::IntermediateTableVersion',
  });
  for (const type of ['Custom::IntermediateTablePopulation', 'Custom::IntermediateTableVersion']) {
    expect(resourceOf(template, type).Properties.ServiceToken).toEqual(SERVICE_TOKEN);
  }
});
