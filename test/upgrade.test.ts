import { Duration } from 'aws-cdk-lib';
import { Schedule } from 'aws-cdk-lib/aws-events';
import { makePopulation, makeStack, makeTable, templateOf } from './support/stacks';
import { CfnTemplate, resourceOf } from './support/template';

/*
 * What no release may change. A new logical id, type or ServiceToken of the custom resource makes CloudFormation replace it, and a changed
 * property calls it: every user would pay for a population, or could not deploy at all. Change these lines only with a major version.
 */

const templateWith = (timeout?: Duration): CfnTemplate => {
  const stack = makeStack();
  const intermediateTable = makeTable(stack, 'Audience');
  makePopulation(stack, 'AudiencePopulation', { intermediateTable, timeout, schedule: Schedule.rate(Duration.days(1)) });
  return templateOf(stack);
};

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

describe('a stack with a population that takes hours', () => {
  const template = templateWith(Duration.hours(6));

  test('finds its wait condition and what reads the result, too', () => {
    expect(typesIn(template)).toEqual({
      ...RESOURCES,
      AudiencePopulationWaitHandle708E9FE183f64018: 'AWS::CloudFormation::WaitConditionHandle',
      AudiencePopulationWait4B3F669883f64018: 'AWS::CloudFormation::WaitCondition',
      AudiencePopulationVersion2113CFB4: 'Custom::IntermediateTableVersion',
    });
  });

  test('finds both custom resources with the same ServiceToken', () => {
    expect(resourceOf(template, 'Custom::IntermediateTablePopulation').Properties.ServiceToken).toEqual(SERVICE_TOKEN);
    expect(resourceOf(template, 'Custom::IntermediateTableVersion').Properties.ServiceToken).toEqual(SERVICE_TOKEN);
  });
});
