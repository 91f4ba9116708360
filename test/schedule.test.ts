import { Duration, Fn, Stack } from 'aws-cdk-lib';
import { Schedule } from 'aws-cdk-lib/aws-events';
import { IntermediateTablePopulation } from '../src';
import { machineArn } from './support/definitions';
import { policiesOf, roleOf } from './support/policies';
import { makePopulation, makeStack, templateOf } from './support/stacks';
import { CfnTemplate, idsOf, Resource } from './support/template';

const DAILY = Schedule.rate(Duration.days(1));

/** The rules that start populations, by logical id. */
function schedulesIn(template: CfnTemplate): Record<string, Resource> {
  return Object.fromEntries(idsOf(template, 'AWS::Events::Rule')
    .map((id): [string, Resource] => [id, template.Resources[id]])
    .filter(([, { Properties }]) => Properties.ScheduleExpression));
}

function onlySchedule(add: (population: IntermediateTablePopulation, stack: Stack) => void): Record<string, unknown> {
  const stack = makeStack();
  add(makePopulation(stack), stack);
  const [{ Properties }, ...more] = Object.values(schedulesIn(templateOf(stack)));
  expect(more).toEqual([]);
  return Properties;
}

const targetOf = ({ Targets }: Record<string, unknown>) => (Targets as Record<string, unknown>[])[0];
const templateOfInput = (rule: Record<string, unknown>) => (targetOf(rule).InputTransformer as { InputTemplate: unknown }).InputTemplate;

test('without a schedule only deploys populate', () => {
  const stack = makeStack();
  makePopulation(stack);
  expect(schedulesIn(templateOf(stack))).toEqual({});
});

describe('the schedule of a population', () => {
  const stack = makeStack();
  makePopulation(stack, 'Population', { schedule: DAILY });
  const template = templateOf(stack);
  const [rule] = Object.values(schedulesIn(template));
  const [machine] = idsOf(template, 'AWS::StepFunctions::StateMachine');

  test('is a rule that tells the state machine which event starts it, and repeats it a few times only', () => {
    expect(rule.Properties).toEqual({
      Description: 'Populates the intermediate table of Stack/Population',
      ScheduleExpression: 'rate(1 day)',
      State: 'ENABLED',
      Targets: [{
        Arn: machineArn(machine),
        Id: 'Target0',
        InputTransformer: { InputPathsMap: { id: '$.id' }, InputTemplate: '{"event":<id>}' },
        RetryPolicy: { MaximumEventAgeInSeconds: 900, MaximumRetryAttempts: 2 },
        RoleArn: { 'Fn::GetAtt': [roleOf(template, 'StarterRole'), 'Arn'] },
      }],
    });
  });

  test('has a role that EventBridge may take, which may start the state machine', () => {
    const role = roleOf(template, 'StarterRole');
    expect(JSON.stringify(template.Resources[role].Properties.AssumeRolePolicyDocument)).toContain('"events.amazonaws.com"');
    expect(policiesOf(template, role).flatMap(({ statements }) => statements).flatMap(({ Action }) => Action)).toContain('states:StartExecution');
  });
});

describe('addSchedule', () => {
  test('gives the rule that it makes, under the id that it was given', () => {
    const stack = makeStack();
    const rule = makePopulation(stack).addSchedule('Nightly', DAILY);
    expect(Object.keys(schedulesIn(templateOf(stack)))).toEqual([stack.resolve(Stack.of(rule).getLogicalId(rule.node.defaultChild as never))]);
    expect(rule.node.path).toBe('Stack/Population/Nightly');
  });

  test.each([
    ['a rate', Schedule.rate(Duration.hours(6)), 'rate(6 hours)'],
    ['a cron expression', Schedule.cron({ minute: '0', hour: '4' }), 'cron(0 4 * * ? *)'],
    ['an expression', Schedule.expression('rate(3 days)'), 'rate(3 days)'],
    ['a value that is known only when deploying', Schedule.expression(Fn.importValue('Schedule')), { 'Fn::ImportValue': 'Schedule' }],
  ])('takes %s', (_, schedule, expected) => {
    expect(onlySchedule((population) => population.addSchedule('Schedule', schedule)).ScheduleExpression).toEqual(expected);
  });

  test.each([
    ['no options', {}, '{"event":<id>}'],
    ['parameters', { parameters: { region: 'EU' } }, '{"event":<id>,"encodedParameters":{"region":"EU"}}'],
    ['a parameter that is known only when deploying', { parameters: { region: Fn.importValue('Region') } },
      { 'Fn::Join': ['', ['{"event":<id>,"encodedParameters":{"region":"base64:', { 'Fn::Base64': { 'Fn::ImportValue': 'Region' } }, '"}}']] }],
  ])('tells the state machine what to populate with: %s', (_, options, expected) => {
    expect(templateOfInput(onlySchedule((population) => population.addSchedule('Schedule', DAILY, options)))).toEqual(expected);
  });

  test('takes a description, and whether it is on', () => {
    expect(onlySchedule((population) => population.addSchedule('Schedule', DAILY, { description: 'Nightly', enabled: false })))
      .toMatchObject({ Description: 'Nightly', State: 'DISABLED' });
  });

  test('adds as many as wished, each with parameters of its own and all with capped retries', () => {
    const stack = makeStack();
    const population = makePopulation(stack, 'Population', { schedule: DAILY });
    for (const region of ['EU', 'US']) {
      population.addSchedule(region, DAILY, { parameters: { region } });
    }
    const rules = Object.values(schedulesIn(templateOf(stack))).map(({ Properties }) => Properties);
    expect(rules.map(templateOfInput)).toEqual(['', ',"encodedParameters":{"region":"EU"}', ',"encodedParameters":{"region":"US"}'].map((rest) => `{"event":<id>${rest}}`));
    for (const { RetryPolicy } of rules.map(targetOf)) {
      expect(RetryPolicy).toEqual({ MaximumEventAgeInSeconds: 900, MaximumRetryAttempts: 2 });
    }
  });
});
