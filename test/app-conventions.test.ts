import { Aspects, Duration, PropertyInjectors, Stack } from 'aws-cdk-lib';
import { Schedule } from 'aws-cdk-lib/aws-events';
import { CfnTopic } from 'aws-cdk-lib/aws-sns';
import { Construct, Node } from 'constructs';
import { IIntermediateTablePopulation, IntermediateTable, IntermediateTablePopulation, PopulationDashboard } from '../src';
import { neededBy } from './support/cycles';
import { sceneIn, scenes } from './support/scenes';
import { makeApp, makePopulation, synthesized, templateUsing, templateWith } from './support/stacks';
import { makeIntermediateTable } from './support/tables';
import { idOf, idsOf, propertiesOf, resourceOf } from './support/template';

const schedule = Schedule.rate(Duration.days(1));

test.each(Object.keys(scenes))('in a stack of a known account and region nothing draws a warning: %s', (name) => {
  // CDK asks every app with references between stacks to choose.
  const app = makeApp({ context: { '@aws-cdk/core:defaultCrossStackReferences': 'strong' } });
  sceneIn(app, name, { account: '123456789012', region: 'eu-west-1' });
  const warnings = app.synth().stacks.flatMap(({ messages }) => messages).filter(({ level }) => level !== 'info');
  // Which those who want to be told turn off.
  expect(warnings.map(({ entry }) => entry.data).filter((text) => !String(text).includes('unwatchedSchedule'))).toEqual([]);
});

test('what depends on the state machine is made after it', () => {
  const template = templateUsing(({ stateMachine }, stack) => new CfnTopic(stack, 'Topic').node.addDependency(stateMachine));
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
    const template = templateWith((stack) => ({
      refreshAfter: [new Wrapped(makePopulation(stack, 'Upstream')) as unknown as IIntermediateTablePopulation],
    }));
    expect(Object.keys(template.Resources).filter((id) => id.startsWith('PopulationAfterUpstream'))).toHaveLength(1);
  });

  test('that is something else fails, in words', () => {
    expect(() => templateWith((stack) => ({ refreshAfter: [new Construct(stack, 'Other') as IIntermediateTablePopulation] })))
      .toThrow('Stack/Population: refreshAfter has Stack/Other, which is no population of this library. Give an IntermediateTablePopulation');
  });

  test('populations are shown by dashboards whoever has made them', () => {
    const template = templateUsing((population, stack) => {
      const shown: IIntermediateTablePopulation = population;
      new PopulationDashboard(stack, 'Dashboard', { populations: [shown] });
    });
    expect(idsOf(template, 'AWS::CloudWatch::Dashboard')).toHaveLength(1);
  });
});

test('descriptions stay within what EventBridge, CloudWatch and CloudFormation take, however long the path is', () => {
  const template = synthesized((stack) => {
    const ids = Array.from({ length: 6 }, (_, index) => `${index}`.padEnd(200, 'p'));
    const scope = ids.reduce<Construct>((around, id) => new Construct(around, id), stack);
    const population = makePopulation(scope, 'Population', { schedule, refreshAfter: [makePopulation(scope, 'Upstream')] });
    population.createFailureAlarm('Failed');
    population.createExpiryAlarm('Expires');
  });
  const lengths = (type: string, name: string) => propertiesOf(template, type).map((properties) => String(properties[name]).length);
  const ofRules = lengths('AWS::Events::Rule', 'Description');
  expect(ofRules.length).toBeGreaterThanOrEqual(4);
  expect(Math.max(...ofRules)).toBe(512);
  expect(Math.max(...lengths('AWS::CloudWatch::Alarm', 'AlarmDescription'))).toBe(1024);
  expect(Math.max(...Object.values(template.Outputs!).map(({ Description }) => Buffer.byteLength(Description!)))).toBeLessThanOrEqual(1024);
});

test('Aspects of the user\'s own see all resources, those of the policies included', () => {
  const seen = new Set<string>();
  const template = templateUsing((_, stack) => Aspects.of(stack).add({ visit: ({ node }) => { seen.add(node.path); } }), { schedule });
  expect([...seen].filter((path) => /MembershipPolicy[0-9a-f]{8}\/Resource$/.test(path))).toHaveLength(idsOf(template, 'AWS::IAM::Policy').length);
});

describe('what a platform team gives to all constructs of a kind by an injector', () => {
  const templateThatHas = (kind: { readonly PROPERTY_INJECTION_ID: string }, props: object, make: (stack: Stack) => unknown) => {
    const app = makeApp();
    PropertyInjectors.of(app).add({ constructUniqueId: kind.PROPERTY_INJECTION_ID, inject: (given: object) => ({ ...props, ...given }) });
    return synthesized(make, new Stack(app, 'Stack'));
  };

  test('a table has', () => {
    const template = templateThatHas(IntermediateTable, { description: 'Ours' }, (stack) => makeIntermediateTable(stack));
    expect(resourceOf(template, 'AWS::CleanRooms::IntermediateTable').Properties.Description).toBe('Ours');
  });

  test('a population has, whether it is made or added to a table', () => {
    expect(templateThatHas(IntermediateTablePopulation, { versionIdOutput: false }, (stack) => {
      makePopulation(stack);
      makeIntermediateTable(stack).addPopulation('Population');
    }).Outputs).toBeUndefined();
  });

  test('a dashboard has', () => {
    const template = templateThatHas(PopulationDashboard, { dashboardName: 'ours' }, (stack) =>
      new PopulationDashboard(stack, 'Dashboard', { populations: [makePopulation(stack)] }));
    expect(resourceOf(template, 'AWS::CloudWatch::Dashboard').Properties.DashboardName).toBe('ours');
  });

  test.each([IntermediateTable, IntermediateTablePopulation, PopulationDashboard])('each kind has by its own id, and name', (kind) => {
    expect(kind.PROPERTY_INJECTION_ID).toBe(`cdk-cleanrooms-intermediate-table.${kind.name}`);
  });
});
