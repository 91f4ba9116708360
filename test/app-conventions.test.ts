import { Aspects, Duration } from 'aws-cdk-lib';
import { Schedule } from 'aws-cdk-lib/aws-events';
import { CfnTopic } from 'aws-cdk-lib/aws-sns';
import { Construct, Node } from 'constructs';
import { IIntermediateTablePopulation, IntermediateTablePopulation, PopulationDashboard } from '../src';
import { neededBy } from './support/cycles';
import { sceneIn, scenes } from './support/scenes';
import { makeApp, makePopulation, makeStack, templateOf } from './support/stacks';
import { idOf, idsOf } from './support/template';

const schedule = Schedule.rate(Duration.days(1));

describe('in a stack of a known account and region nothing draws a warning', () => {
  test.each(Object.keys(scenes))('%s', (name) => {
    // CDK asks every app with references between stacks to choose.
    const app = makeApp({ context: { '@aws-cdk/core:defaultCrossStackReferences': 'strong' } });
    sceneIn(app, name, { account: '123456789012', region: 'eu-west-1' });
    const warnings = app.synth().stacks.flatMap(({ messages }) => messages).filter(({ level }) => level !== 'info');
    // Which those who want to be told turn off.
    expect(warnings.map(({ entry }) => entry.data).filter((text) => !String(text).includes('unwatchedSchedule'))).toEqual([]);
  });
});

test('what depends on the state machine is made after it', () => {
  const stack = makeStack();
  const population = makePopulation(stack);
  const topic = new CfnTopic(stack, 'Topic');
  topic.node.addDependency(population.stateMachine);
  const template = templateOf(stack);
  expect(neededBy(template, 'Topic')).toEqual([idOf(template, 'AWS::StepFunctions::StateMachine')]);
});

describe('a construct of one\'s own around a population', () => {
  /** What a user's library may have: a population and more, in place of one. */
  class Wrapped implements Pick<IIntermediateTablePopulation, 'node' | 'stateMachine' | 'versionId'> {
    constructor(private readonly inner: IntermediateTablePopulation) {}
    public get node(): Node { return this.inner.node; }
    public get stateMachine() { return this.inner.stateMachine; }
    public get versionId() { return this.inner.versionId; }
  }

  test('may be what another population is built on', () => {
    const stack = makeStack();
    const upstream = new Wrapped(makePopulation(stack, 'Upstream')) as unknown as IIntermediateTablePopulation;
    makePopulation(stack, 'Population', { refreshAfter: [upstream] });
    expect(Object.keys(templateOf(stack).Resources).filter((id) => id.startsWith('PopulationAfterUpstream'))).toHaveLength(1);
  });

  test('that is something else fails, in words', () => {
    const stack = makeStack();
    const other = new Construct(stack, 'Other') as IIntermediateTablePopulation;
    expect(() => makePopulation(stack, 'Population', { refreshAfter: [other] }))
      .toThrow('Stack/Population: refreshAfter has Stack/Other, which is no population of this library. Give an IntermediateTablePopulation');
  });

  test('populations are shown by dashboards whoever has made them', () => {
    const stack = makeStack();
    const shown: IIntermediateTablePopulation = makePopulation(stack);
    new PopulationDashboard(stack, 'Dashboard', { populations: [shown] });
    expect(idsOf(templateOf(stack), 'AWS::CloudWatch::Dashboard')).toHaveLength(1);
  });
});

test('descriptions stay within what EventBridge, CloudWatch and CloudFormation take, however long the path is', () => {
  const stack = makeStack();
  let scope: Construct = stack;
  for (let index = 0; index < 6; index++) {
    scope = new Construct(scope, `${index}`.padEnd(200, 'p'));
  }
  const upstream = makePopulation(scope, 'Upstream');
  const population = makePopulation(scope, 'Population', { schedule, refreshAfter: [upstream] });
  population.createFailureAlarm('Failed');
  population.createExpiryAlarm('Expires');
  const { Resources, Outputs = {} } = templateOf(stack);
  const descriptions = (type: string, name: string) =>
    Object.values(Resources).filter(({ Type }) => Type === type).map(({ Properties }) => String(Properties[name]));
  expect(descriptions('AWS::Events::Rule', 'Description').length).toBeGreaterThanOrEqual(4);
  expect(Math.max(...descriptions('AWS::Events::Rule', 'Description').map(({ length }) => length))).toBe(512);
  expect(Math.max(...descriptions('AWS::CloudWatch::Alarm', 'AlarmDescription').map(({ length }) => length))).toBe(1024);
  expect(Math.max(...Object.values(Outputs).map(({ Description }) => Buffer.byteLength(Description!)))).toBeLessThanOrEqual(1024);
});

test('Aspects of the user\'s own see all resources, those of the policies included', () => {
  const stack = makeStack();
  makePopulation(stack, 'Population', { schedule });
  const seen = new Set<string>();
  Aspects.of(stack).add({ visit: ({ node }) => { seen.add(node.path); } });
  const template = templateOf(stack);
  expect([...seen].filter((path) => /MembershipPolicy[0-9a-f]{8}\/Resource$/.test(path))).toHaveLength(idsOf(template, 'AWS::IAM::Policy').length);
});
