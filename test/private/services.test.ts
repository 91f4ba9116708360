import { Duration, NestedStack, PermissionsBoundary, Stack } from 'aws-cdk-lib';
import { Schedule } from 'aws-cdk-lib/aws-events';
import { makeApp, makePopulation, makeStack, templateOf } from '../support/stacks';
import { CfnTemplate, idsOf } from '../support/template';

const schedule = Schedule.rate(Duration.days(1));

/** The types of the resources of a stack with `count` scheduled populations, tables aside. */
function typesWith(count: number): string[] {
  const stack = makeStack();
  for (let index = 0; index < count; index++) {
    makePopulation(stack, `Population${index}`, { schedule });
  }
  return Object.values(templateOf(stack).Resources).map(({ Type }) => Type).filter((type) => type !== 'AWS::CleanRooms::IntermediateTable');
}

describe('the number of resources', () => {
  const first = typesWith(1);

  test('is at most 14 for the first scheduled population', () => {
    expect(first.length).toBeLessThanOrEqual(14);
  });

  test('is three for each further one: a custom resource, a state machine and a rule', () => {
    const second = [...typesWith(2)];
    first.forEach((type) => second.splice(second.indexOf(type), 1));
    expect(second.sort()).toEqual(['AWS::Events::Rule', 'AWS::StepFunctions::StateMachine', 'Custom::IntermediateTablePopulation']);
  });
});

const countOf = (template: CfnTemplate, type: string) => idsOf(template, type).length;

describe('the functions and roles', () => {
  test('are shared by all populations of a stack, wherever in it they are', () => {
    const stack = makeStack();
    makePopulation(stack, 'First');
    makePopulation(makePopulation(stack, 'Second'), 'Third');
    expect(countOf(templateOf(stack), 'AWS::Lambda::Function')).toBe(2);
    expect(countOf(templateOf(stack), 'AWS::IAM::Role')).toBe(3);
  });

  test('are each stack\'s own, in nested stacks too, so that no stack depends on another', () => {
    const app = makeApp();
    const stacks = ['First', 'Second'].map((id) => new Stack(app, id));
    const all = [...stacks, new NestedStack(stacks[1], 'Nested')];
    all.forEach((stack) => makePopulation(stack));
    for (const stack of all) {
      expect(countOf(templateOf(stack), 'AWS::Lambda::Function')).toBe(2);
      expect(JSON.stringify(templateOf(stack))).not.toContain('Fn::ImportValue');
    }
    expect(stacks.flatMap(({ dependencies }) => dependencies)).toEqual([]);
  });

  test('know the record, and nothing of the populations', () => {
    const stack = makeStack();
    makePopulation(stack);
    const template = templateOf(stack);
    const environments = idsOf(template, 'AWS::Lambda::Function').map((id) => template.Resources[id].Properties.Environment);
    const [RECORD_TABLE] = idsOf(template, 'AWS::DynamoDB::Table').map((Ref) => ({ Ref }));
    expect(environments).toEqual([
      { Variables: { RECORD_TABLE } },
      { Variables: { RECORD_TABLE, EXECUTION_PREFIX: expect.stringMatching(/^cfn-[0-9a-f]{8}$/) } },
    ]);
  });

  test('of two stacks watch different executions', () => {
    const prefixes = ['First', 'Second'].map((id) => {
      const stack = makeStack(id);
      makePopulation(stack);
      return /"name":\[\{"prefix":"([^"]+)"/.exec(JSON.stringify(templateOf(stack)))?.[1];
    });
    expect(new Set(prefixes).size).toBe(2);
    expect(prefixes.every(Boolean)).toBe(true);
  });

  test('watch the executions that the deployment function names', () => {
    const stack = makeStack();
    makePopulation(stack);
    const json = JSON.stringify(templateOf(stack));
    const named = /"EXECUTION_PREFIX":"([^"]+)"/.exec(json)?.[1];
    expect(json).toContain(`"name":[{"prefix":"${named}-"}]`);
  });
});

test('the record is a table that costs by request, can be restored, forgets what has expired, and goes with the stack', () => {
  const stack = makeStack();
  makePopulation(stack);
  const template = templateOf(stack);
  expect(template.Resources[idsOf(template, 'AWS::DynamoDB::Table')[0]]).toMatchObject({
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
  const stack = makeStack('Stack', { permissionsBoundary: PermissionsBoundary.fromArn(boundary) });
  makePopulation(stack, 'Population', { schedule });
  const template = templateOf(stack);
  const roles = idsOf(template, 'AWS::IAM::Role').map((id) => template.Resources[id].Properties.PermissionsBoundary);
  expect(roles).toEqual([boundary, boundary, boundary]);
});

// What `cdk init` sets for new apps, which old ones lack.
const FLAGS = [
  '@aws-cdk/aws-lambda:useCdkManagedLogGroup', '@aws-cdk/core:aspectStabilization', '@aws-cdk/aws-iam:minimizePolicies',
  '@aws-cdk/aws-iam:importedRoleStackSafeDefaultPolicyName', '@aws-cdk/aws-events:requireEventBusPolicySid',
];

describe.each(FLAGS)('the feature flag %s', (flag) => {
  const template = (on: boolean) => {
    const stack = makeStack('Stack', {}, { context: { [flag]: on } });
    makePopulation(stack, 'Population', { schedule, timeout: Duration.hours(6) });
    return templateOf(stack);
  };

  test('changes no resource: an app that turns it on deploys nothing anew', () => {
    const [on, off] = [true, false].map(template);
    expect(Object.keys(on.Resources).sort()).toEqual(Object.keys(off.Resources).sort());
  });

  test('leaves one log group, of ours, which all functions and state machines write', () => {
    for (const each of [true, false].map(template)) {
      const [logGroup, ...more] = idsOf(each, 'AWS::Logs::LogGroup');
      expect(more).toEqual([]);
      expect(each.Resources[logGroup].Properties.RetentionInDays).toBe(90);
      for (const id of idsOf(each, 'AWS::Lambda::Function')) {
        expect(each.Resources[id].Properties.LoggingConfig).toEqual({ LogGroup: { Ref: logGroup } });
      }
    }
  });
});
