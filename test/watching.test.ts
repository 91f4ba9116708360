import { Annotations as ConstructAnnotations, Duration, Fn, Stack } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import { Schedule } from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { IntermediateTablePopulation } from '../src';
import { makePopulation, makeStack, templateOf, templateUsing, templateWith } from './support/stacks';
import { CfnTemplate, idOf, idsOf } from './support/template';

type Use = (population: IntermediateTablePopulation, stack: Stack) => unknown;

const DAILY = Schedule.rate(Duration.days(1));
const WARNING = 'cdk-cleanrooms-intermediate-table:unwatchedSchedule';

describe('a schedule whose failures nobody is told of', () => {
  const nightly: Use = (population) => population.addSchedule('Nightly', DAILY);
  const warnings = (...uses: Use[]) => {
    const stack = makeStack();
    const population = makePopulation(stack);
    uses.forEach((use) => use(population, stack));
    return Annotations.fromStack(stack).findWarning('*', Match.stringLikeRegexp(WARNING)).map(({ id }) => id);
  };

  test.each<[string, Use[]]>([
    ['of addSchedule', [nightly]],
    ['several', ['One', 'Two'].map((id): Use => (population) => population.addSchedule(id, DAILY))],
    ['whose successes are told of', [nightly, (population) => population.onPopulated('Done')]],
    ['whose expiry is watched', [nightly, (population) => population.createExpiryAlarm('Expires')]],
  ])('draws one warning: %s', (_, uses) => {
    expect(warnings(...uses)).toEqual([expect.stringMatching('^/Stack/Population/(Nightly|One)$')]);
  });

  test('draws it where the schedule is a property, too', () => {
    const stack = makeStack();
    makePopulation(stack, 'Population', { schedule: DAILY });
    const words = Match.stringLikeRegexp('use onPopulationFailed\\(\\) or createFailureAlarm\\(\\)');
    Annotations.fromStack(stack).hasWarning('/Stack/Population/Schedule', words);
  });

  test.each<[string, Use]>([
    ['somebody is told by onPopulationFailed', (population) => population.onPopulationFailed('Failed')],
    ['somebody is told by an alarm of ours', (population) => population.createFailureAlarm('Failed')],
    ['somebody is told by an alarm of one\'s own',
      (population, stack) => population.metricFailed().createAlarm(stack, 'Alarm', { threshold: 1, evaluationPeriods: 1 })],
    ['it was acknowledged, as README says, on the population',
      (population) => ConstructAnnotations.of(population).acknowledgeWarning(WARNING)],
    ['it was acknowledged on the stack', (_, stack) => ConstructAnnotations.of(stack).acknowledgeWarning(WARNING)],
  ])('draws none where %s, in whichever order', (_, watch) => {
    expect(warnings(nightly, watch)).toEqual([]);
    expect(warnings(watch, nightly)).toEqual([]);
  });

  test('is the only thing that draws it: whoever deploys sees whether the deploy failed', () => {
    expect(warnings()).toEqual([]);
    expect(warnings((population) => population.enableFreshnessMetrics())).toEqual([]);
  });
});

const rulesIn = (template: CfnTemplate, prefix: string) =>
  idsOf(template, 'AWS::Events::Rule').filter((id) => id.startsWith(prefix)).map((id) => template.Resources[id].Properties);

describe.each([
  ['onPopulated', 'Intermediate Table Populated'],
  ['onPopulationFailed', 'Intermediate Table Population Failed'],
] as const)('%s', (method, detailType) => {
  test('is a rule on this population and this table', () => {
    expect(rulesIn(templateUsing((population) => population[method]('Rule')), 'PopulationRule')).toEqual([{
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
    const template = templateUsing((population, stack) => population[method]('Rule', {
      target: new targets.SqsQueue(new Queue(stack, 'Queue')),
      ruleName: 'ours',
      description: 'Tell us',
      eventPattern: { detail: { error: ['PopulationTimedOut'] } },
    }));
    const [rule, ...more] = rulesIn(template, 'PopulationRule');
    expect(more).toEqual([]);
    expect(rule).toMatchObject({
      Name: 'ours',
      Description: 'Tell us',
      EventPattern: { detail: { error: ['PopulationTimedOut'], population: ['Stack/Population'] } },
      Targets: [{ Arn: { 'Fn::GetAtt': [idOf(template, 'AWS::SQS::Queue'), 'Arn'] } }],
    });
  });

  test.each([
    ['a description of 513 characters', { description: 'd'.repeat(513) }, 'description is "dddddddddddddddddddd… (513 characters)". Give at most 512'],
    ['a name of 65 characters', { ruleName: 'n'.repeat(65) }, 'ruleName is "nnnnnnnnnnnnnnnnnnnn… (65 characters)". Give at most 64'],
    ['a name with a space', { ruleName: 'our rule' }, 'ruleName is "our rule". Use letters, digits, dots, dashes and underscores.'],
  ])('refuses %s, as EventBridge would, and takes what is known only when deploying', (_, options, message) => {
    expect(() => makePopulation(makeStack())[method]('Rule', options)).toThrow(`Stack/Population: ${message}`);
    const late = Object.fromEntries(Object.keys(options).map((name) => [name, Fn.importValue('x'.repeat(600))]));
    expect(() => makePopulation(makeStack())[method]('Rule', late)).not.toThrow();
  });

  test('may be in another stack', () => {
    const stack = makeStack();
    const listening = new Stack(stack.node.root, 'Listening');
    makePopulation(stack)[method]('Rule', { crossStackScope: listening });
    expect(rulesIn(templateOf(stack), 'Rule')).toEqual([]);
    const pattern = expect.objectContaining({ 'detail-type': [detailType] });
    expect(rulesIn(templateOf(listening), 'Rule')).toEqual([expect.objectContaining({ EventPattern: pattern })]);
  });
});

test('a population that nobody listens to announces nothing', () => {
  expect(JSON.stringify(templateWith())).not.toContain('putEvents');
});
