import { Duration, Fn, Stack } from 'aws-cdk-lib';
import { Schedule } from 'aws-cdk-lib/aws-events';
import { IntermediateTablePopulation } from '../src';
import { machineArn, propertiesIn } from './support/definitions';
import { roleOf } from './support/policies';
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
        InputTransformer: { InputPathsMap: { id: '$.id' }, InputTemplate: '{"schedule":"Schedule","event":<id>}' },
        RetryPolicy: { MaximumEventAgeInSeconds: 900, MaximumRetryAttempts: 2 },
        RoleArn: { 'Fn::GetAtt': [roleOf(template, 'StarterRole'), 'Arn'] },
      }],
    });
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

  test('tells the state machine its name, whatever it populates with', () => {
    for (const options of [{}, { parameters: { region: 'EU' } }, { parameters: { region: Fn.importValue('Region') } }]) {
      expect(templateOfInput(onlySchedule((population) => population.addSchedule('Nightly', DAILY, options)))).toBe('{"schedule":"Nightly","event":<id>}');
    }
  });

  test('waits for the custom resource, which puts its parameters on record', () => {
    const stack = makeStack();
    makePopulation(stack).addSchedule('Nightly', DAILY);
    const template = templateOf(stack);
    const [rule] = Object.values(schedulesIn(template));
    expect(rule.DependsOn).toEqual(idsOf(template, 'Custom::IntermediateTablePopulation'));
  });

  test('is told to the custom resource by its name, with its parameters, in an order of its own', () => {
    const schedules = (...names: string[]) => {
      const stack = makeStack();
      const population = makePopulation(stack, 'Population', { schedule: DAILY });
      names.forEach((name) => population.addSchedule(name, DAILY, name === 'Plain' ? {} : { parameters: { region: name, Ref: 'a' } }));
      return propertiesIn(templateOf(stack)).Schedules;
    };
    expect(schedules('US', 'Plain', 'EU')).toEqual([
      { Name: 'EU', Parameters: [{ Name: 'Ref', Value: 'a' }, { Name: 'region', Value: 'EU' }] },
      { Name: 'Plain' },
      { Name: 'Schedule' },
      { Name: 'US', Parameters: [{ Name: 'Ref', Value: 'a' }, { Name: 'region', Value: 'US' }] },
    ]);
    expect(schedules('EU', 'US', 'Plain')).toEqual(schedules('US', 'Plain', 'EU'));
  });

  test('may have a name that is also one of ours, and takes nothing away', () => {
    const stack = makeStack();
    const population = makePopulation(stack);
    population.addSchedule('Freshness', DAILY);
    population.metricSecondsUntilExpiry();
    const inputs = Object.values(schedulesIn(templateOf(stack))).map(({ Properties }) => JSON.stringify(targetOf(Properties)));
    expect(inputs.map((input) => input.includes('observe')).sort()).toEqual([false, true]);
  });

  test('takes a description, and whether it is on', () => {
    expect(onlySchedule((population) => population.addSchedule('Schedule', DAILY, { description: 'Nightly', enabled: false })))
      .toMatchObject({ Description: 'Nightly', State: 'DISABLED' });
  });
});
