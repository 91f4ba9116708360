import { Annotations as ConstructAnnotations, Duration, Fn, Stack } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import { Schedule } from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { IConstruct } from 'constructs';
import { IntermediateTablePopulation } from '../src';
import { makePopulation, makeStack, templateOf } from './support/stacks';
import { CfnTemplate, idsOf } from './support/template';

type Use = (population: IntermediateTablePopulation, stack: Stack) => void;

const DAILY = Schedule.rate(Duration.days(1));
const WARNING = 'cdk-cleanrooms-intermediate-table:unwatchedSchedule';

describe('a schedule whose failures nobody is told of', () => {
  const warnings = (use: Use) => {
    const stack = makeStack();
    use(makePopulation(stack), stack);
    return Annotations.fromStack(stack).findWarning('*', Match.stringLikeRegexp(WARNING)).map(({ id }) => id);
  };

  test.each<[string, Use]>([
    ['of addSchedule', (population) => population.addSchedule('Nightly', DAILY)],
    ['several', (population) => ['One', 'Two'].forEach((id) => population.addSchedule(id, DAILY))],
    ['whose successes are told of', (population) => {
      population.addSchedule('Nightly', DAILY);
      population.onPopulated('Done');
    }],
    ['whose expiry is watched', (population) => {
      population.addSchedule('Nightly', DAILY);
      population.createExpiryAlarm('Expires');
    }],
  ])('draws one warning: %s', (_, use) => {
    expect(warnings(use)).toEqual([expect.stringMatching('^/Stack/Population/(Nightly|One)$')]);
  });

  test('draws it where the schedule is a property, too', () => {
    const stack = makeStack();
    makePopulation(stack, 'Population', { schedule: DAILY });
    Annotations.fromStack(stack).hasWarning('/Stack/Population/Schedule', Match.stringLikeRegexp('use onPopulationFailed\\(\\) or createFailureAlarm\\(\\)'));
  });

  const watches: [string, Use][] = [
    ['by onPopulationFailed', (population) => population.onPopulationFailed('Failed')],
    ['by an alarm of ours', (population) => population.createFailureAlarm('Failed')],
    ['by an alarm of one\'s own', (population, stack) => population.metricFailed().createAlarm(stack, 'Alarm', { threshold: 1, evaluationPeriods: 1 })],
  ];
  test.each(watches)('draws none where somebody is told: %s', (_, watch) => {
    expect(warnings((population, stack) => {
      population.addSchedule('Nightly', DAILY);
      watch(population, stack);
    })).toEqual([]);
    // In whichever order.
    expect(warnings((population, stack) => {
      watch(population, stack);
      population.addSchedule('Nightly', DAILY);
    })).toEqual([]);
  });

  test.each<[string, (population: IntermediateTablePopulation, stack: Stack) => IConstruct]>([
    ['the population', (population) => population],
    ['the stack', (_population, stack) => stack],
  ])('draws none where it was acknowledged, as README says: on %s', (_, scope) => {
    expect(warnings((population, stack) => {
      population.addSchedule('Nightly', DAILY);
      ConstructAnnotations.of(scope(population, stack)).acknowledgeWarning(WARNING);
    })).toEqual([]);
  });

  test('is the only thing that draws it: whoever deploys sees whether the deploy failed', () => {
    expect(warnings(() => {})).toEqual([]);
    expect(warnings((population) => population.enableFreshnessMetrics())).toEqual([]);
  });
});

const rulesIn = (template: CfnTemplate, prefix: string) =>
  idsOf(template, 'AWS::Events::Rule').filter((id) => id.startsWith(prefix)).map((id) => template.Resources[id].Properties);

describe.each([
  ['onPopulated', 'Intermediate Table Populated'],
  ['onPopulationFailed', 'Intermediate Table Population Failed'],
] as const)('%s', (method, detailType) => {
  const templateWith = (use: Use) => {
    const stack = makeStack();
    use(makePopulation(stack), stack);
    return templateOf(stack);
  };

  test('is a rule on this population and this table', () => {
    expect(rulesIn(templateWith((population) => population[method]('Rule')), 'PopulationRule')).toEqual([{
      State: 'ENABLED',
      EventPattern: {
        'source': ['cdk-cleanrooms-intermediate-table'],
        'detail-type': [detailType],
        'detail': {
          population: ['Stack/Population'],
          intermediateTableIdentifier: [{ 'Fn::GetAtt': ['PopulationTable', 'IntermediateTableIdentifier'] }],
        },
      },
    }]);
  });

  test('takes a target, a name, a description and a narrower pattern', () => {
    const template = templateWith((population, stack) => population[method]('Rule', {
      target: new targets.SqsQueue(new Queue(stack, 'Queue')),
      ruleName: 'ours',
      description: 'Tell us',
      eventPattern: { detail: { error: ['PopulationTimedOut'] } },
    }));
    const [queue] = idsOf(template, 'AWS::SQS::Queue');
    expect(rulesIn(template, 'PopulationRule')).toEqual([expect.objectContaining({
      Name: 'ours',
      Description: 'Tell us',
      EventPattern: expect.objectContaining({ detail: expect.objectContaining({ error: ['PopulationTimedOut'], population: ['Stack/Population'] }) }),
      Targets: [expect.objectContaining({ Arn: { 'Fn::GetAtt': [queue, 'Arn'] } })],
    })]);
  });

  test.each([
    ['a description of 513 characters', { description: 'd'.repeat(513) }, 'description is "dddddddddddddddddddd… (513 characters)". Give at most 512'],
    ['a name of 65 characters', { ruleName: 'n'.repeat(65) }, 'ruleName is "nnnnnnnnnnnnnnnnnnnn… (65 characters)". Give at most 64'],
    ['a name with a space', { ruleName: 'our rule' }, 'ruleName is "our rule". Use letters, digits, dots, dashes and underscores.'],
  ])('refuses %s, as EventBridge would', (_, options, message) => {
    expect(() => makePopulation(makeStack())[method]('Rule', options)).toThrow(`Stack/Population: ${message}`);
    const late = Object.fromEntries(Object.keys(options).map((name) => [name, Fn.importValue('x'.repeat(600))]));
    expect(() => makePopulation(makeStack())[method]('Rule', late)).not.toThrow();
  });

  test('may be in another stack', () => {
    const stack = makeStack();
    const listening = new Stack(stack.node.root, 'Listening');
    makePopulation(stack)[method]('Rule', { crossStackScope: listening });
    expect(rulesIn(templateOf(stack), 'Rule')).toEqual([]);
    expect(rulesIn(templateOf(listening), 'Rule')).toEqual([expect.objectContaining({ EventPattern: expect.objectContaining({ 'detail-type': [detailType] }) })]);
  });
});

test('a population that nobody listens to announces nothing', () => {
  const stack = makeStack();
  makePopulation(stack);
  expect(JSON.stringify(templateOf(stack))).not.toContain('putEvents');
});
