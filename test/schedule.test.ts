import { Duration, Fn, Stack } from 'aws-cdk-lib';
import { Schedule } from 'aws-cdk-lib/aws-events';
import { machineArn, propertiesIn } from './support/definitions';
import { roleOf } from './support/policies';
import { makePopulation, makeStack, templateOf, templateUsing, templateWith } from './support/stacks';
import { CfnTemplate, idOf, idsOf } from './support/template';

const DAILY = Schedule.rate(Duration.days(1));

/** The rules that start populations, by logical id. */
const schedulesIn = (template: CfnTemplate) => Object.fromEntries(idsOf(template, 'AWS::Events::Rule')
  .map((id) => [id, template.Resources[id]] as const).filter(([, { Properties }]) => Properties.ScheduleExpression));

/** The only rule that does, with all that it has. */
function onlyRule(template: CfnTemplate) {
  const [rule, ...more] = Object.values(schedulesIn(template));
  expect(more).toEqual([]);
  return rule;
}

test('without a schedule only deploys populate', () => {
  expect(schedulesIn(templateWith())).toEqual({});
});

test('the schedule of a population tells the state machine which event starts it, and repeats it a few times only', () => {
  const template = templateWith({ schedule: DAILY });
  expect(onlyRule(template).Properties).toEqual({
    Description: 'Populates the intermediate table of Stack/Population',
    ScheduleExpression: 'rate(1 day)',
    State: 'ENABLED',
    Targets: [{
      Arn: machineArn(idOf(template, 'AWS::StepFunctions::StateMachine')),
      Id: 'Target0',
      InputTransformer: { InputPathsMap: { id: '$.id' }, InputTemplate: '{"schedule":"Schedule","event":<id>}' },
      RetryPolicy: { MaximumEventAgeInSeconds: 900, MaximumRetryAttempts: 2 },
      RoleArn: { 'Fn::GetAtt': [roleOf(template, 'StarterRole'), 'Arn'] },
    }],
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
    const { Properties } = onlyRule(templateUsing((population) => population.addSchedule('Schedule', schedule)));
    expect(Properties.ScheduleExpression).toEqual(expected);
  });

  test.each([
    ['nothing of its own', {}],
    ['a parameter', { parameters: { region: 'EU' } }],
    ['one that is known only when deploying', { parameters: { region: Fn.importValue('Region') } }],
  ])('tells its name and waits for the custom resource, which puts its parameters on record: with %s', (_, options) => {
    const template = templateUsing((population) => population.addSchedule('Nightly', DAILY, options));
    const { Properties, DependsOn } = onlyRule(template);
    expect(Properties.Targets).toMatchObject([{ InputTransformer: { InputTemplate: '{"schedule":"Nightly","event":<id>}' } }]);
    expect(DependsOn).toEqual(idsOf(template, 'Custom::IntermediateTablePopulation'));
  });

  test('is told to the custom resource by its name, with its parameters, in an order of its own', () => {
    const schedules = (...names: string[]) => propertiesIn(templateUsing((population) =>
      names.forEach((name) => population.addSchedule(name, DAILY, name === 'Plain' ? {} : { parameters: { region: name, Ref: 'a' } })),
    { schedule: DAILY })).Schedules;
    expect(schedules('US', 'Plain', 'EU')).toEqual([
      { Name: 'EU', Parameters: [{ Name: 'Ref', Value: 'a' }, { Name: 'region', Value: 'EU' }] },
      { Name: 'Plain' },
      { Name: 'Schedule' },
      { Name: 'US', Parameters: [{ Name: 'Ref', Value: 'a' }, { Name: 'region', Value: 'US' }] },
    ]);
    expect(schedules('EU', 'US', 'Plain')).toEqual(schedules('US', 'Plain', 'EU'));
  });

  test('may have a name that is also one of ours, and takes nothing away', () => {
    const template = templateUsing((population) => {
      population.addSchedule('Freshness', DAILY);
      population.metricSecondsUntilExpiry();
    });
    const inputs = Object.values(schedulesIn(template)).map(({ Properties }) => JSON.stringify(Properties.Targets));
    expect(inputs.map((input) => input.includes('observe')).sort()).toEqual([false, true]);
  });

  test('takes a description, and whether it is on', () => {
    const options = { description: 'Nightly', enabled: false };
    expect(onlyRule(templateUsing((population) => population.addSchedule('Schedule', DAILY, options))).Properties)
      .toMatchObject({ Description: 'Nightly', State: 'DISABLED' });
  });
});
