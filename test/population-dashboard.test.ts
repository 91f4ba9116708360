import { Aws, CfnCondition, CfnParameter, CfnResource, Duration, Fn, Stack } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { Schedule } from 'aws-cdk-lib/aws-events';
import { Construct } from 'constructs';
import { IIntermediateTablePopulation, IntermediateTablePopulation, PopulationDashboard } from '../src';
import { makePopulation, makeStack, synthesized } from './support/stacks';
import { makeIntermediateTable } from './support/tables';
import { CfnTemplate, idsOf, resourceOf, Values } from './support/template';

interface Rendering {
  readonly label?: string;
  readonly stat?: string;
  readonly period?: number;
  readonly visible?: boolean;
  readonly color?: string;
}
type Line = (string | Rendering)[];
interface Widget {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly properties: {
    readonly title: string;
    readonly view: string;
    readonly stacked?: boolean;
    readonly metrics: Line[];
    readonly markdown?: string;
  };
}
interface Body {
  readonly start: string;
  readonly periodOverride: string;
  readonly widgets: Widget[];
}

const DASHBOARD = 'AWS::CloudWatch::Dashboard';
const bodyIn = (template: CfnTemplate): Body =>
  JSON.parse(new Values(template).of<string>(resourceOf(template, DASHBOARD).Properties.DashboardBody)) as Body;

const renderingOf = (line: Line) => line[line.length - 1] as Rendering;
/** A line's metric, statistic, period in hours and label. */
const told = (line: Line) => {
  const { stat, period = 0, label } = renderingOf(line);
  return [line[1], stat, period / 3600, label];
};
const linesShown = ({ widgets }: Body) => widgets.filter(({ properties: { view } }) => view === 'timeSeries')
  .map(({ properties: { metrics } }) => metrics.map(renderingOf).filter(({ visible }) => visible !== false));

describe('the dashboard of several populations', () => {
  const template = synthesized((stack) =>
    new PopulationDashboard(stack, 'Dashboard', { populations: ['Daily', 'Weekly'].map((id) => makePopulation(stack, id)) }));
  const body = bodyIn(template);
  const linesOf = (title: string) => body.widgets.find(({ properties }) => properties.title === title)!.properties.metrics;

  test('shows a month, in the widgets\' own periods', () => {
    expect(body).toMatchObject({ start: '-P28D', periodOverride: 'inherit' });
  });

  test('is a row of cards, one of three graphs and one of two; successes and bills stand on each other, since their sum counts', () => {
    expect(body.widgets.map(({ x, y, width, properties: { title, stacked } }) => [title, x, y, width, Boolean(stacked)])).toEqual([
      ['Daily, schedule: none', 0, 0, 12, false],
      ['Weekly, schedule: none', 12, 0, 12, false],
      ['Succeeded a day', 0, 3, 8, true],
      ['Failed a day', 8, 3, 8, false],
      ['Duration', 16, 3, 8, false],
      ['Billed CRPU-hours a day', 0, 9, 12, true],
      ['Hours since the live version was made', 12, 9, 12, false],
    ]);
  });

  test.each([
    ['Succeeded a day', 'Populated', 'Sum'],
    ['Failed a day', 'ExecutionsFailed', 'Sum'],
    ['Duration', 'Duration', undefined],
    ['Billed CRPU-hours a day', 'BilledCrpuHours', 'Sum'],
  ])('tells of each, apart: %s', (title, metric, statistic) => {
    expect(linesOf(title).map(told)).toEqual([[metric, statistic, 24, 'Daily'], [metric, statistic, 24, 'Weekly']]);
  });

  test('tells on a card how old the data was at the last look, and what the last query was billed, however long ago', () => {
    const { view, metrics } = body.widgets[1].properties;
    const arn = linesOf('Duration')[1][3];
    expect(view).toBe('singleValue');
    expect(metrics).toEqual([
      [expect.objectContaining({ expression: 'seconds / 3600', label: 'hours old', period: 6 * 3600 })],
      ['CleanRoomsIntermediateTable', 'SecondsSincePopulated', 'StateMachineArn', arn,
        { id: 'seconds', visible: false, stat: 'Minimum', period: 6 * 3600 }],
      [expect.objectContaining({ expression: 'FILL(bill, REPEAT)', label: 'CRPU-hours billed last', period: 3600 })],
      ['CleanRoomsIntermediateTable', 'BilledCrpuHours', 'StateMachineArn', arn, { id: 'bill', visible: false, stat: 'Maximum', period: 3600 }],
    ]);
  });

  test('gives a population the same colour in all graphs: its place among them, and no colour of a line\'s own', () => {
    const shown = linesShown(body);
    expect(shown.map((lines) => lines.map(({ label, color }) => [label, color])))
      .toEqual(shown.map(() => [['Daily', undefined], ['Weekly', undefined]]));
  });

  test('tells the age of each live version in hours, of its seconds', () => {
    const lines = linesOf('Hours since the live version was made');
    const [expressions, metrics] = [lines.filter(({ length }) => length === 1), lines.filter(({ length }) => length > 1)];
    expect(expressions).toEqual(['Daily', 'Weekly'].map((label, index) =>
      [expect.objectContaining({ expression: `seconds${index} / 3600`, label })]));
    expect(metrics.map((line) => [line[1], renderingOf(line)])).toEqual([0, 1].map((index) =>
      ['SecondsSincePopulated', expect.objectContaining({ id: `seconds${index}`, visible: false, stat: 'Maximum', period: 6 * 3600 })]));
  });

  test('reads each population\'s own state machine', () => {
    const arns = idsOf(template, 'AWS::StepFunctions::StateMachine').map((id) => new Values(template).of<string>({ 'Fn::GetAtt': [id, 'Arn'] }));
    expect(linesOf('Duration').map((line) => line.slice(2, 4))).toEqual(arns.map((arn) => ['StateMachineArn', arn]));
  });

  test('has the freshness of each measured', () => {
    expect(idsOf(template, 'AWS::Events::Rule').filter((id) => id.includes('Freshness'))).toEqual([
      expect.stringMatching(/^Daily.*Freshness/), expect.stringMatching(/^Weekly.*Freshness/),
    ]);
  });
});

/** As an Aspect gives a condition to all resources of a population. */
const only = (population: IIntermediateTablePopulation, condition: CfnCondition) => population.node.findAll()
  .filter(CfnResource.isCfnResource).forEach(({ cfnOptions }) => { cfnOptions.condition = condition; });

describe('the dashboard\'s names', () => {
  type Populations = (own: Stack) => IIntermediateTablePopulation[];
  const bodyWith = (populationsOf: Populations) =>
    bodyIn(synthesized((own) => new PopulationDashboard(own, 'Dashboard', { populations: populationsOf(own) })));
  const added = (scope: Construct, id: string) => makeIntermediateTable(scope, id, { tableName: scope.node.id + id }).addPopulation('Population');

  test.each<[string, Populations, string[]]>([
    ['of tables that have one each, all called alike', (own) => ['Daily', 'Weekly'].map((id) => added(own, id)), ['Daily', 'Weekly']],
    ['of one', (own) => [added(own, 'Audience')], ['Audience']],
    ['of one of its own', (own) => [makePopulation(own, 'Audience')], ['Audience']],
    ['of both kinds', (own) => [added(own, 'Daily'), makePopulation(own, 'Weekly')], ['Daily', 'Weekly']],
    ['of teams\' own constructs', (own) => ['A', 'B'].map((id) => added(new Construct(own, id), 'Audience')), ['A', 'B']],
    ['of different depths', (own) => [added(own, 'Audience'), added(new Construct(own, 'Team'), 'Audience')], ['Audience', 'Team/Audience']],
    ['of stacks', (own) => ['EU', 'US'].map((id) => added(new Stack(own, id), 'Audience')), ['EU', 'US']],
    ['of one table', (own) => {
      const table = makeIntermediateTable(own, 'Audience');
      const [one, other] = ['Large', 'Small'].map((id) => table.addPopulation(id, { versionIdOutput: false }));
      const large = new CfnCondition(own, 'IsLarge', { expression: Fn.conditionEquals(Aws.REGION, 'eu-west-1') });
      only(one, large);
      only(other, new CfnCondition(own, 'IsSmall', { expression: Fn.conditionNot(large) }));
      return [one, other];
    }, ['Large', 'Small']],
  ])('tell populations apart, where nobody is built on another one: %s', (_, make, names) => {
    const body = bodyWith(make);
    expect(linesShown(body).map((lines) => lines.map(({ label }) => label))).toEqual([1, 2, 3, 4, 5].map(() => names));
    expect(body.widgets).toHaveLength(names.length + 5);
  });

  test('say who is built on whom', () => {
    const { widgets } = bodyWith((own) => {
      const [hourly, daily] = ['Hourly', 'Daily'].map((id) => added(own, id));
      const weekly = makeIntermediateTable(own, 'Weekly').addPopulation('Population', { refreshAfter: [hourly, daily] });
      return [daily, weekly, makeIntermediateTable(own, 'Yearly').addPopulation('Population', { refreshAfter: [weekly] })];
    });
    expect(widgets.flatMap(({ properties: { markdown } }) => markdown ?? []))
      .toEqual(['Weekly is built on Stack/Hourly/Population, Daily.\n\nYearly is built on Weekly.']);
  });

  test.each<[string, (population: IntermediateTablePopulation, own: Stack) => unknown, string]>([
    ['none', () => undefined, 'none'],
    ['one', (population) => population.addSchedule('More', Schedule.rate(Duration.days(1))), 'rate(1 day)'],
    ['two', (population) => ['4', '5'].forEach((hour) => population.addSchedule(hour, Schedule.cron({ hour, minute: '0' }))),
      'cron(0 4 * * ? *), cron(0 5 * * ? *)'],
    ['one that is off', (population) => population.addSchedule('Off', Schedule.rate(Duration.days(1)), { enabled: false }), 'none'],
    ['one that is known only when deploying', (population, own) => population.addSchedule(
      'Late', Schedule.expression(new CfnParameter(own, 'When', { default: 'rate(2 days)' }).valueAsString)), 'rate(2 days)'],
    ['rules of its own that are none', (population) => population.onPopulated('Done'), 'none'],
  ])('say what schedules there are, those that come after the dashboard, too: %s', (_, add, said) => {
    const template = synthesized((own) => {
      const population = makePopulation(own, 'Audience');
      new PopulationDashboard(own, 'Dashboard', { populations: [population] });
      add(population, own);
    });
    const [{ width, properties: { title } }] = bodyIn(template).widgets;
    expect([title, width]).toEqual([`Audience, schedule: ${said}`, 24]);
  });

  test('are on a card each, three in a row', () => {
    const { widgets } = bodyWith((own) => ['A', 'B', 'C', 'D'].map((id) => added(own, id)));
    expect(widgets.slice(0, 5).map(({ x, y, width, properties: { view, title } }) => [title, view, x, y, width])).toEqual([
      ['A, schedule: none', 'singleValue', 0, 0, 8],
      ['B, schedule: none', 'singleValue', 8, 0, 8],
      ['C, schedule: none', 'singleValue', 16, 0, 8],
      ['D, schedule: none', 'singleValue', 0, 3, 8],
      ['Succeeded a day', 'timeSeries', 0, 6, 8],
    ]);
  });
});

describe('a dashboard', () => {
  const make = (props: object = {}, stack = makeStack()) =>
    new PopulationDashboard(stack, 'Dashboard', { populations: [makePopulation(stack)], ...props });

  test.each([undefined, 'ours'])('has a name only where it was given one: %s', (dashboardName) => {
    expect(resourceOf(synthesized((stack) => make({ dashboardName }, stack)), DASHBOARD).Properties.DashboardName).toBe(dashboardName);
  });

  test('takes further widgets', () => {
    const template = synthesized((stack) => make({}, stack).dashboard.addWidgets(new cloudwatch.TextWidget({ markdown: 'Call us' })));
    expect(bodyIn(template).widgets.at(-1)!.properties.markdown).toBe('Call us');
  });

  test.each([
    ['of no population', { populations: [] }, /^Stack\/Dashboard: populations is \[\]\. Give at least one/],
    ...[undefined, 'Population', {}].map((population): [string, object, RegExp] => [
      `of ${JSON.stringify(population)}`, { populations: [population] },
      /^Stack\/Dashboard: an item of populations is .*\. Give an IntermediateTablePopulation\./,
    ]),
    ['by a name of 256 characters', { dashboardName: 'n'.repeat(256) },
      /^Stack\/Dashboard: dashboardName is "nnnnnnnnnnnnnnnnnnnn… \(256 characters\)"\. Give at most 255/],
    ['by a name with a space', { dashboardName: 'our dashboard' },
      /^Stack\/Dashboard: dashboardName is "our dashboard"\. Use letters, digits, dashes and underscores\./],
  ])('%s fails at synthesis, in words', (_, props, message) => {
    expect(() => make(props)).toThrow(message);
  });

  test('but not by a name that is known only when deploying', () => {
    expect(() => make({ dashboardName: Fn.importValue('x'.repeat(300)) })).not.toThrow();
  });

  test('tells nobody of failures: a schedule stays unwatched', () => {
    const stack = makeStack();
    make({ populations: [makePopulation(stack, 'Scheduled', { schedule: Schedule.rate(Duration.days(1)) })] }, stack);
    Annotations.fromStack(stack).hasWarning('/Stack/Scheduled/Schedule', Match.stringLikeRegexp('unwatchedSchedule'));
  });
});
