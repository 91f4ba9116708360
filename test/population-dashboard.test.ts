import { Aws, CfnCondition, CfnParameter, CfnResource, Duration, Fn, Stack } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { Schedule } from 'aws-cdk-lib/aws-events';
import { Construct } from 'constructs';
import { IIntermediateTablePopulation, IntermediateTablePopulation, PopulationDashboard } from '../src';
import { makePopulation, makeStack, templateOf } from './support/stacks';
import { makeIntermediateTable } from './support/tables';
import { CfnTemplate, idOf, idsOf, resourceOf, Values } from './support/template';

interface Rendering {
  readonly label?: string;
  readonly stat?: string;
  readonly period?: number;
  readonly visible?: boolean;
  readonly id?: string;
  readonly expression?: string;
}
type Line = (string | Rendering)[];
interface Widget {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly properties: { readonly title: string; readonly view: string; readonly stacked?: boolean; readonly metrics: Line[] };
}
interface Body {
  readonly start: string;
  readonly periodOverride: string;
  readonly widgets: Widget[];
}

const bodyIn = (template: CfnTemplate): Body =>
  JSON.parse(new Values(template).of<string>(resourceOf(template, 'AWS::CloudWatch::Dashboard').Properties.DashboardBody)) as Body;

/** A line's metric, statistic, period in hours and label. */
const told = (line: Line) => {
  const { stat, period = 0, label } = line[line.length - 1] as Rendering;
  return [line[1], stat, period / 3600, label];
};

const stack = makeStack();
const populations = ['Daily', 'Weekly'].map((id) => makePopulation(stack, id));
new PopulationDashboard(stack, 'Dashboard', { populations });
const template = templateOf(stack);
const body = bodyIn(template);
const graphsIn = ({ widgets }: Body) => widgets.filter(({ properties: { view } }) => view === 'timeSeries');
const linesOf = (title: string) => body.widgets.find(({ properties }) => properties.title === title)!.properties.metrics;

describe('the dashboard of several populations', () => {
  test('shows a month, in the widgets\' own periods', () => {
    expect(body).toMatchObject({ start: '-P28D', periodOverride: 'inherit' });
  });

  test('is a row of cards, a row of three graphs and one of two', () => {
    expect(body.widgets.map(({ x, y, width, properties: { title } }) => [title, x, y, width])).toEqual([
      ['Daily, schedule: none', 0, 0, 12],
      ['Weekly, schedule: none', 12, 0, 12],
      ['Succeeded a day', 0, 3, 8],
      ['Failed a day', 8, 3, 8],
      ['Duration', 16, 3, 8],
      ['Billed CRPU-hours a day', 0, 9, 12],
      ['Hours since the live version was made', 12, 9, 12],
    ]);
  });

  test('counts successes and failures of each, apart', () => {
    expect(linesOf('Succeeded a day').map(told)).toEqual([['Populated', 'Sum', 24, 'Daily'], ['Populated', 'Sum', 24, 'Weekly']]);
    expect(linesOf('Failed a day').map(told)).toEqual([['ExecutionsFailed', 'Sum', 24, 'Daily'], ['ExecutionsFailed', 'Sum', 24, 'Weekly']]);
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
    const shown = graphsIn(body).map(({ properties: { metrics } }) => metrics.map((line) => line[line.length - 1] as Rendering & { color?: string })
      .filter(({ visible }) => visible !== false));
    expect(shown.flat().map(({ color }) => color)).toEqual(shown.flat().map(() => undefined));
    expect(shown.map((lines) => lines.map(({ label }) => label))).toEqual(shown.map(() => ['Daily', 'Weekly']));
  });

  test('has the durations and the bill of each', () => {
    expect(linesOf('Duration').map((line) => [line[1], (line[line.length - 1] as Rendering).label])).toEqual([['Duration', 'Daily'], ['Duration', 'Weekly']]);
    expect(linesOf('Billed CRPU-hours a day').map(told)).toEqual([['BilledCrpuHours', 'Sum', 24, 'Daily'], ['BilledCrpuHours', 'Sum', 24, 'Weekly']]);
  });

  test('puts successes and bills on top of each other, of which the sum counts, and no failures, durations or ages', () => {
    expect(body.widgets.filter(({ properties }) => properties.stacked).map(({ properties: { title } }) => title)).toEqual([
      'Succeeded a day', 'Billed CRPU-hours a day',
    ]);
  });

  test('tells the age of each live version in hours, of its seconds', () => {
    const lines = linesOf('Hours since the live version was made');
    const expressions = lines.map(([first]) => first).filter((first): first is Rendering => typeof first === 'object');
    expect(expressions).toEqual([
      expect.objectContaining({ expression: 'seconds0 / 3600', label: 'Daily' }),
      expect.objectContaining({ expression: 'seconds1 / 3600', label: 'Weekly' }),
    ]);
    const metrics = lines.filter(([first]) => typeof first === 'string').map((line) => [line[1], line[line.length - 1]]);
    expect(metrics).toEqual([0, 1].map((index) => ['SecondsSincePopulated',
      expect.objectContaining({ id: `seconds${index}`, visible: false, stat: 'Maximum', period: 6 * 3600 })]));
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

describe('the dashboard\'s names', () => {
  type Populations = (own: Stack) => IIntermediateTablePopulation[];
  const bodyWith = (populationsOf: Populations) => {
    const own = makeStack();
    new PopulationDashboard(own, 'Dashboard', { populations: populationsOf(own) });
    return bodyIn(templateOf(own));
  };
  const namesIn = (lines: Line[]) => lines.map((line) => line[line.length - 1] as Rendering)
    .filter(({ visible }) => visible !== false).map(({ label }) => label);
  const namesOf = (make: Populations) => graphsIn(bodyWith(make)).map(({ properties }) => namesIn(properties.metrics));
  const titlesOf = (make: Populations) => bodyWith(make).widgets.filter(({ properties: { view } }) => view === 'singleValue')
    .map(({ properties: { title } }) => title);
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
  ])('tell populations apart: %s', (_, make, names) => {
    expect(namesOf(make)).toEqual([1, 2, 3, 4, 5].map(() => names));
  });

  test('say who is built on whom', () => {
    const { widgets } = bodyWith((own) => {
      const [hourly, daily] = ['Hourly', 'Daily'].map((id) => added(own, id));
      const weekly = makeIntermediateTable(own, 'Weekly').addPopulation('Population', { refreshAfter: [hourly, daily] });
      return [daily, weekly, makeIntermediateTable(own, 'Yearly').addPopulation('Population', { refreshAfter: [weekly] })];
    });
    const text = widgets.map(({ properties }) => (properties as { markdown?: string }).markdown).filter(Boolean);
    expect(text).toEqual(['Weekly is built on Stack/Hourly/Population, Daily.\n\nYearly is built on Weekly.']);
  });

  test('say nothing of that where nobody is', () => {
    expect(bodyWith((own) => [added(own, 'Daily')]).widgets).toHaveLength(6);
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
    const own = makeStack();
    const population = makePopulation(own, 'Audience');
    new PopulationDashboard(own, 'Dashboard', { populations: [population] });
    add(population, own);
    const [{ width, properties: { title } }] = bodyIn(templateOf(own)).widgets;
    expect([title, width]).toEqual([`Audience, schedule: ${said}`, 24]);
  });

  test('are on a card each, three in a row', () => {
    const make: Populations = (own) => ['A', 'B', 'C', 'D'].map((id) => added(own, id));
    expect(titlesOf(make)).toEqual(['A', 'B', 'C', 'D'].map((name) => `${name}, schedule: none`));
    const places = bodyWith(make).widgets.slice(0, 5).map(({ x, y, width }) => [x, y, width]);
    expect(places).toEqual([[0, 0, 8], [8, 0, 8], [16, 0, 8], [0, 3, 8], [0, 6, 8]]);
  });
});

/** As an Aspect gives a condition to all resources of a population. */
const only = (population: IIntermediateTablePopulation, condition: CfnCondition) => population.node.findAll()
  .filter(CfnResource.isCfnResource).forEach(({ cfnOptions }) => { cfnOptions.condition = condition; });

describe('a dashboard', () => {
  const dashboard = (props: { dashboardName?: string } = {}) => {
    const own = makeStack();
    const made = new PopulationDashboard(own, 'Dashboard', { populations: [makePopulation(own)], ...props });
    return { own, made };
  };

  test('has a name only where it was given one', () => {
    const nameIn = ({ own }: ReturnType<typeof dashboard>) => resourceOf(templateOf(own), 'AWS::CloudWatch::Dashboard').Properties.DashboardName;
    expect(nameIn(dashboard())).toBeUndefined();
    expect(nameIn(dashboard({ dashboardName: 'ours' }))).toBe('ours');
  });

  test('takes further widgets', () => {
    const { own, made } = dashboard();
    made.dashboard.addWidgets(new cloudwatch.TextWidget({ markdown: 'Call us' }));
    const { widgets } = bodyIn(templateOf(own)) as unknown as { widgets: { properties: { markdown?: string } }[] };
    expect(widgets[widgets.length - 1].properties.markdown).toBe('Call us');
    expect(idOf(templateOf(own), 'AWS::CloudWatch::Dashboard')).toBeTruthy();
  });

  test('of no population fails at synthesis', () => {
    expect(() => new PopulationDashboard(makeStack(), 'Dashboard', { populations: [] })).toThrow('Stack/Dashboard: populations is []. Give at least one');
  });

  test.each([[undefined], ['Population'], [{}]])('of what is no population fails, in words: %j', (population) => {
    expect(() => new PopulationDashboard(makeStack(), 'Dashboard', { populations: [population as never] }))
      .toThrow(/^Stack\/Dashboard: an item of populations is .*\. Give an IntermediateTablePopulation\./);
  });

  test.each([
    ['of 256 characters', 'n'.repeat(256), '"nnnnnnnnnnnnnnnnnnnn… (256 characters)". Give at most 255'],
    ['with a space', 'our dashboard', '"our dashboard". Use letters, digits, dashes and underscores.'],
  ])('or by a name %s', (_, dashboardName, message) => {
    const here = makeStack();
    expect(() => new PopulationDashboard(here, 'Dashboard', { populations: [makePopulation(here)], dashboardName }))
      .toThrow(`Stack/Dashboard: dashboardName is ${message}`);
  });

  test('but not by a name that is known only when deploying', () => {
    const here = makeStack();
    expect(() => new PopulationDashboard(here, 'Dashboard', { populations: [makePopulation(here)], dashboardName: Fn.importValue('x'.repeat(300)) })).not.toThrow();
  });

  test('tells nobody of failures: a schedule stays unwatched', () => {
    const own = makeStack();
    new PopulationDashboard(own, 'Dashboard', { populations: [makePopulation(own, 'Population', { schedule: Schedule.rate(Duration.days(1)) })] });
    Annotations.fromStack(own).hasWarning('/Stack/Population/Schedule', Match.stringLikeRegexp('unwatchedSchedule'));
  });
});
