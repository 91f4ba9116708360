import { Duration, NestedStack, PermissionsBoundary, Stack } from 'aws-cdk-lib';
import { Schedule } from 'aws-cdk-lib/aws-events';
import { makeApp, makePopulation, makeStack, synthesized, templateOf, templateWith } from '../support/stacks';
import { idOf, idsOf, propertiesOf, resourceOf } from '../support/template';

const schedule = Schedule.rate(Duration.days(1));

test('each further scheduled population takes three resources: a custom resource, a state machine and a rule', () => {
  const typesWith = (...ids: string[]) => {
    const { Resources } = synthesized((stack) => ids.forEach((id) => makePopulation(stack, id, { schedule })));
    return Object.values(Resources).map(({ Type }) => Type).filter((type) => type !== 'AWS::CleanRooms::IntermediateTable');
  };
  const second = typesWith('First', 'Second');
  typesWith('First').forEach((type) => second.splice(second.indexOf(type), 1));
  expect(second.sort()).toEqual(['AWS::Events::Rule', 'AWS::StepFunctions::StateMachine', 'Custom::IntermediateTablePopulation']);
});

describe('the functions and roles', () => {
  test('are shared by all populations of a stack, wherever in it they are', () => {
    const template = synthesized((stack) => {
      makePopulation(stack, 'First');
      makePopulation(makePopulation(stack, 'Second'), 'Third');
    });
    expect(['AWS::Lambda::Function', 'AWS::IAM::Role'].map((type) => idsOf(template, type).length)).toEqual([2, 3]);
  });

  test('are each stack\'s own, in nested stacks too, so that no stack depends on another', () => {
    const app = makeApp();
    const stacks = ['First', 'Second'].map((id) => new Stack(app, id));
    const all = [...stacks, new NestedStack(stacks[1], 'Nested')];
    all.forEach((stack) => makePopulation(stack));
    for (const template of all.map(templateOf)) {
      expect(idsOf(template, 'AWS::Lambda::Function')).toHaveLength(2);
      expect(JSON.stringify(template)).not.toContain('Fn::ImportValue');
    }
    expect(stacks.flatMap(({ dependencies }) => dependencies)).toEqual([]);
  });

  test('know the record, nothing of populations, and watch the executions that the deployment function names, others in each stack', () => {
    const prefixes = ['First', 'Second'].map((id) => {
      const template = synthesized(makePopulation, makeStack(id));
      const RECORD_TABLE = { Ref: idOf(template, 'AWS::DynamoDB::Table') };
      const { detail } = resourceOf(template, 'AWS::Events::Rule').Properties.EventPattern as { detail: { name: { prefix: string }[] } };
      const prefix = detail.name[0].prefix.slice(0, -1);
      expect(detail).toEqual({ name: [{ prefix: expect.stringMatching(/^cfn-[0-9a-f]{8}-$/) }], status: ['FAILED', 'TIMED_OUT', 'ABORTED'] });
      expect(propertiesOf(template, 'AWS::Lambda::Function').map(({ Environment }) => Environment)).toEqual([
        { Variables: { RECORD_TABLE } }, { Variables: { RECORD_TABLE, EXECUTION_PREFIX: prefix } },
      ]);
      return prefix;
    });
    expect(new Set(prefixes).size).toBe(2);
  });
});

test('the record is a table that costs by request, can be restored, forgets what has expired, and goes with the stack', () => {
  expect(resourceOf(templateWith(), 'AWS::DynamoDB::Table')).toMatchObject({
    Properties: {
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      BillingMode: 'PAY_PER_REQUEST',
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      TimeToLiveSpecification: { AttributeName: 'expires', Enabled: true },
    },
    DeletionPolicy: 'Delete',
    UpdateReplacePolicy: 'Delete',
  });
});

test('a permissions boundary applies to every role', () => {
  const boundary = 'arn:aws:iam::123456789012:policy/Boundary';
  const template = synthesized(makePopulation, makeStack('Stack', { permissionsBoundary: PermissionsBoundary.fromArn(boundary) }));
  expect(propertiesOf(template, 'AWS::IAM::Role').map(({ PermissionsBoundary: own }) => own)).toEqual([boundary, boundary, boundary]);
});

// What `cdk init` sets for new apps, which old ones lack.
test.each([
  '@aws-cdk/aws-lambda:useCdkManagedLogGroup', '@aws-cdk/core:aspectStabilization', '@aws-cdk/aws-iam:minimizePolicies',
  '@aws-cdk/aws-iam:importedRoleStackSafeDefaultPolicyName', '@aws-cdk/aws-events:requireEventBusPolicySid',
])('the feature flag %s deploys nothing anew, and leaves one log group, of ours, which all functions write', (flag) => {
  const populate = (stack: Stack) => makePopulation(stack, 'Population', { schedule, timeout: Duration.hours(6) });
  const [on, off] = [true, false].map((value) => synthesized(populate, makeStack('Stack', {}, { context: { [flag]: value } })));
  expect(Object.keys(on.Resources).sort()).toEqual(Object.keys(off.Resources).sort());
  for (const template of [on, off]) {
    const LogGroup = { Ref: idOf(template, 'AWS::Logs::LogGroup') };
    expect(resourceOf(template, 'AWS::Logs::LogGroup').Properties.RetentionInDays).toBe(90);
    expect(propertiesOf(template, 'AWS::Lambda::Function').map(({ LoggingConfig }) => LoggingConfig)).toEqual([{ LogGroup }, { LogGroup }]);
  }
});
