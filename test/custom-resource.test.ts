import { Aws, CfnParameter, CfnResource, Duration, Fn, Lazy, SecretValue, Stack } from 'aws-cdk-lib';
import { CfnIntermediateTableProps } from 'aws-cdk-lib/aws-cleanrooms';
import { Schedule } from 'aws-cdk-lib/aws-events';
import { Construct } from 'constructs';
import { WorkerType } from '../src';
import { propertiesIn, stateMachineIn } from './support/definitions';
import {
  makePopulation, makeStack, makeTable, MEMBERSHIP, PopulationProps, Props, synthesized, templateOf, templateUsing, templateWith,
} from './support/stacks';
import { idFrom, idsOf, propertiesOf, resourceOf, uuidOf, Values } from './support/template';

const CUSTOM = 'Custom::IntermediateTablePopulation';
const daily = Schedule.rate(Duration.days(1));
const TABLE = { MembershipIdentifier: MEMBERSHIP, IntermediateTableIdentifier: uuidOf('PopulationTable') };

const properties = (given: Record<string, unknown>) => ({
  ServiceToken: expect.stringContaining('function:Stack-IntermediateTablePopulationsDeploymentFunction'),
  ServiceTimeout: expect.stringMatching(/^\d+$/),
  StateMachineArn: expect.stringMatching(/:stateMachine:IntermediateTable-51af3dc0-Population-[0-9a-f]{8}$/),
  ...TABLE,
  TimeoutSeconds: 3300,
  CancelOnTimeout: true,
  PopulateOnDeploy: 'ON_CHANGE',
  ...given,
});

test.each<[string, PopulationProps, object]>([
  ['nothing but the table', {}, {}],
  ['parameters', { parameters: { since: '2026-01-01', empty: '' } }, { Parameters: [{ Name: 'empty', Value: '' }, { Name: 'since', Value: '2026-01-01' }] }],
  ['a parameter that is called as a function of CloudFormation\'s', { parameters: { Ref: 'PopulationTable' } }, { Parameters: [{ Name: 'Ref', Value: 'PopulationTable' }] }],
  ['no parameters', { parameters: {} }, {}],
  ['a worker type and number', { compute: { workerType: WorkerType.CR_4X, workers: 32 } }, { Compute: { WorkerType: 'CR.4X', Workers: 32 } }],
  ['a worker type only', { compute: { workerType: WorkerType.CR_8X } }, { Compute: { WorkerType: 'CR.8X' } }],
  ['a number of workers only', { compute: { workers: 400 } }, { Compute: { Workers: 400 } }],
  ['a worker type that has no name here', { compute: { workerType: WorkerType.of('CR.16X') } }, { Compute: { WorkerType: 'CR.16X' } }],
  ['Spark properties', { compute: { sparkProperties: { 'spark.sql.ansi.enabled': 'true' } } },
    { Compute: { SparkProperties: [{ Name: 'spark.sql.ansi.enabled', Value: 'true' }] } }],
  ['a Spark property that looks like a path', { compute: { sparkProperties: { 'key.$': '$.value' } } },
    { Compute: { SparkProperties: [{ Name: 'key.$', Value: '$.value' }] } }],
  ['no Spark properties', { compute: { sparkProperties: {} } }, {}],
  ['empty compute', { compute: {} }, {}],
  ['a payer', { analysisPayerAccountId: '012345678901' }, { AnalysisPayerAccountId: '012345678901' }],
  ['triggers', { triggers: ['v1', 'v2'] }, { Triggers: ['v1', 'v2'] }],
  ['no triggers', { triggers: [] }, {}],
  ['a timeout', { timeout: Duration.minutes(10) }, { TimeoutSeconds: 600 }],
  ['no cancelling', { cancelOnTimeout: false }, { CancelOnTimeout: false }],
  ['cancelling', { cancelOnTimeout: true }, {}],
  ['a limit of what is billed', { maxBilledCrpuHoursPerDay: 5.5 }, { MaxBilledCrpuHoursPerDay: 5.5 }],
  ['a number of workers that is known late', { compute: { workers: Lazy.number({ produce: () => 64 }) } }, { Compute: { Workers: 64 } }],
  ['a schedule', { schedule: daily }, { Schedules: [{ Name: 'Schedule' }] }],
])('the custom resource has what it is given: %s', (_, props, expected) => {
  expect(propertiesIn(templateWith(props))).toEqual(properties({ ...expected }));
});

test('the order of parameters and Spark properties, which is the language\'s own, does not show in the template', () => {
  const withKeys = (...keys: string[]) => {
    const map = Object.fromEntries(keys.map((key) => [key, key]));
    const props = { parameters: map, compute: { sparkProperties: map }, timeout: Duration.hours(6) };
    return JSON.stringify(templateUsing((population) => population.addSchedule('Nightly', daily, { parameters: map }), props));
  };
  expect(withKeys('b', 'c', 'a')).toBe(withKeys('a', 'b', 'c'));
  expect(withKeys('a', 'b', 'd')).not.toBe(withKeys('a', 'b', 'c'));
});

/** What people give, and what would mean something in JSON, in CloudFormation, in Step Functions or in EventBridge. */
const TEXTS = [
  'C:\\temp\\new', 'say "hi"', 'two\nlines\r\n', '\t', 'Grüße 👋 日本', 'a","x":"b', '<aws.events.event>', '<id>', '${AWS::Region}', '', ' ', 'base64:RVU=',
  '$.path', '\\u0041', '{"Ref":"Table"}', 'x'.repeat(500),
];

/** The ways in which a text comes into a template. */
test.each<[string, (stack: Stack, text: string, id: string) => string]>([
  ['written in the app', (_, text) => text],
  ['given when deploying', (stack, _, id) => new CfnParameter(stack, id).valueAsString],
  ['imported', (_stack, _text, id) => Fn.importValue(id)],
  ['known late', (_, text) => Lazy.string({ produce: () => text })],
])('texts that are %s arrive as they are, in schedules and triggers, too, and nothing else does', (_, give) => {
  const stack = makeStack();
  const entries = TEXTS.map((text, index) => [`T${String(index).padStart(2, '0')}`, give(stack, text, `Text${index}`)]);
  const parameters = Object.fromEntries(entries) as Record<string, string>;
  makePopulation(stack, 'Population', { parameters, triggers: Object.values(parameters), compute: { sparkProperties: parameters } })
    .addSchedule('Nightly', daily, { parameters });
  const template = templateOf(stack);
  const values = new Values(template, Object.fromEntries(TEXTS.map((text, index) => [`Text${index}`, text])));
  const expected = TEXTS.map((Value, index) => ({ Name: entries[index][0], Value }));
  expect(propertiesIn(template, values)).toMatchObject({
    Parameters: expected, Triggers: TEXTS, Compute: { SparkProperties: expected }, Schedules: [{ Name: 'Nightly', Parameters: expected }],
  });
  const inputs = propertiesOf(template, 'AWS::Events::Rule').map(({ Targets }) => JSON.stringify(Targets));
  expect(inputs.filter((input) => input.includes('schedule'))).toEqual([expect.stringContaining(JSON.stringify('{"schedule":"Nightly","event":<id>}'))]);
  expect(JSON.stringify(stateMachineIn(template, values))).not.toContain('"T00"');
});

test('a list that is known only when deploying is one, and what CloudFormation leaves out is left to it', () => {
  const template = templateWith((stack) => ({
    triggers: new CfnParameter(stack, 'List', { type: 'CommaDelimitedList' }).valueAsList,
    analysisPayerAccountId: Aws.NO_VALUE,
    parameters: { a: Aws.NO_VALUE },
  }));
  expect(resourceOf(template, CUSTOM).Properties).toMatchObject({
    Triggers: { Ref: 'List' }, AnalysisPayerAccountId: { Ref: 'AWS::NoValue' }, Parameters: [{ Name: 'a', Value: { Ref: 'AWS::NoValue' } }],
  });
});

describe('promise 9: a dynamic reference', () => {
  const secret = '{{resolve:secretsmanager:audience:SecretString:since}}';

  test.each<[string, string, Props]>([
    ['to a secret', 'parameters.since', { parameters: { since: secret } }],
    ['to a secret within a text', 'triggers', { triggers: ['1', `v${secret}`] }],
    ['to a secret by CDK', 'parameters.since', () => ({ parameters: { since: SecretValue.secretsManager('audience').unsafeUnwrap() } })],
    ['to a secure parameter', 'compute.sparkProperties.key', { compute: { sparkProperties: { key: '{{resolve:ssm-secure:/key:1}}' } } }],
    ['to a secret beside what is known later', 'parameters.since',
      (stack) => ({ parameters: { since: `${secret}${new CfnParameter(stack, 'Text').valueAsString}` } })],
  ])('%s fails at synthesis: CloudFormation does not fill it in for custom resources', (_, prop, props) => {
    const words = `Stack/Population: ${prop.replace(/\./g, '\\.')} is ".*\\{\\{resolve:.*StringParameter\\.valueForStringParameter`;
    expect(() => templateWith(props)).toThrow(new RegExp(words));
  });

  test('in a schedule does, too, and is told by the schedule\'s name', () => {
    expect(() => templateUsing((population) => population.addSchedule('Nightly', daily, { parameters: { since: secret } })))
      .toThrow('Stack/Population: schedules.Nightly.since is "{{resolve:secretsmanager:');
  });

  test('to a plain parameter goes as it is: CloudFormation fills it in', () => {
    const since = '{{resolve:ssm:/since}}';
    expect(propertiesIn(templateWith({ parameters: { since } })).Parameters).toEqual([{ Name: 'since', Value: since }]);
  });
});

test.each([
  [31, 31, undefined],
  [32, 33, /Stack\/Population: the size of parameters, those of schedules included, is 6\d{4} bytes\. Give at most 65536/],
  [65, 0, /the size of parameters/],
])('promise 9: the size of parameters is 64 kB at most, those of schedules included: %d kB and %d', (own, scheduled, message) => {
  const parametersOf = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`p${index}`, 'x'.repeat(1000)]));
  const synthesize = expect(() => templateUsing(
    (population) => population.addSchedule('Nightly', daily, { parameters: parametersOf(scheduled) }), { parameters: parametersOf(own) }));
  message ? synthesize.toThrow(message) : synthesize.not.toThrow();
});

test('the size of what is known only when deploying is not known', () => {
  const imported = Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`p${index}`, Fn.importValue('x'.repeat(1000))]));
  expect(() => templateWith({ parameters: imported })).not.toThrow();
});

test('values that are known only when deploying are filled in by CloudFormation', () => {
  const template = templateWith((stack) => ({
    parameters: { imported: Fn.importValue('Import'), parameter: new CfnParameter(stack, 'Text').valueAsString, lazy: Lazy.string({ produce: () => 'a "late" one' }) },
    compute: {
      workerType: WorkerType.of(new CfnParameter(stack, 'Type').valueAsString),
      workers: new CfnParameter(stack, 'Workers', { type: 'Number' }).valueAsNumber,
      sparkProperties: { shuffle: new CfnParameter(stack, 'Spark').valueAsString },
    },
    analysisPayerAccountId: new CfnParameter(stack, 'Payer').valueAsString,
    timeout: Duration.seconds(new CfnParameter(stack, 'Timeout', { type: 'Number' }).valueAsNumber),
  }));
  // CloudFormation's own values are texts, a Number's too.
  const given = { Import: 'imported', Text: 'text', Type: 'CR.4X', Workers: '32', Spark: '8', Payer: '012345678901', Timeout: '1200' };
  expect(propertiesIn(template, new Values(template, given))).toMatchObject({
    Parameters: [{ Name: 'imported', Value: 'imported' }, { Name: 'lazy', Value: 'a "late" one' }, { Name: 'parameter', Value: 'text' }],
    Compute: { WorkerType: 'CR.4X', Workers: '32', SparkProperties: [{ Name: 'shuffle', Value: '8' }] },
    AnalysisPayerAccountId: '012345678901',
    TimeoutSeconds: '1200',
  });
});

test('a table of the app is known by its attributes, not by the parts of its Ref, whose form is not documented', () => {
  const resources = JSON.stringify(templateWith().Resources);
  expect(resources).not.toContain('{"Ref":"PopulationTable"}');
  expect(resources).toContain('{"Fn::GetAtt":["PopulationTable","IntermediateTableIdentifier"]}');
});

describe('the populations that one is built on', () => {
  test('are told by the logical ids of their custom resources, the direct ones only, and by their records where they are of other stacks', () => {
    const stack = makeStack();
    const elsewhere = makePopulation(new Stack(stack.node.root, 'Elsewhere'), 'Furthest');
    const near = makePopulation(stack, 'Near', { refreshAfter: [elsewhere] });
    makePopulation(stack, 'Last', { refreshAfter: [near] });
    const template = templateOf(stack);
    const [nearId] = idsOf(template, CUSTOM);
    const [atNear, atLast] = propertiesOf(template, CUSTOM);
    expect(atLast.Upstream).toEqual([{ Population: nearId, TableName: 'NearTable' }]);
    expect(atLast.UpstreamVersions).toEqual([{ 'Fn::GetAtt': [nearId, 'versionId'] }]);
    expect(atNear.Upstream).toEqual([{
      Population: expect.stringMatching(/^FurthestPopulation[0-9A-F]{8}$/),
      TableName: 'FurthestTable',
      RecordTable: { 'Fn::GetStackOutput': expect.objectContaining({ StackName: 'Elsewhere', OutputName: expect.stringContaining('Record') }) },
    }]);
    expect(atNear).not.toHaveProperty('UpstreamVersions');
  });

  test('are heard of by the ends of their state machines\' names, of which a rule takes forty', () => {
    const template = templateWith((stack) => {
      const scope = new Construct(stack, 'AScopeWithANameThatIsAsLongAsTheyMayBe');
      return { refreshAfter: Array.from({ length: 40 }, (_, index) => makePopulation(scope, `UpstreamPopulation${index}`)) };
    });
    const { EventPattern } = template.Resources[idFrom(template, 'AWS::Events::Rule', 'PopulationAfterUpstream')].Properties;
    expect(JSON.stringify(EventPattern).length).toBeLessThanOrEqual(2_048);
    const { detail } = EventPattern as { detail: { stateMachineArn: { suffix: string }[]; status: string[] } };
    // Whoever waits for one that ends badly, too, is not left to the next schedule.
    expect(detail.status).toEqual(['SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED']);
    const names = propertiesOf(template, 'AWS::StepFunctions::StateMachine')
      .map(({ StateMachineName }) => new Values(template).of<string>(StateMachineName));
    for (const { suffix } of detail.stateMachineArn) {
      expect(names.filter((name) => name.endsWith(suffix))).toHaveLength(1);
    }
  });
});

describe('the name of a state machine', () => {
  const machineOf = (population: Construct) => population.node.findChild('StateMachine').node.defaultChild as CfnResource;
  const nameIn = (make: (stack: Stack) => unknown) => {
    const template = synthesized(make);
    return new Values(template).of<string>(resourceOf(template, 'AWS::StepFunctions::StateMachine').Properties.StateMachineName);
  };

  test('tells the stack, the population, and its logical id, within 80 characters', () => {
    expect(nameIn((stack) => makePopulation(stack, 'Audience'))).toMatch(/^IntermediateTable-51af3dc0-Audience-[0-9a-f]{8}$/);
    const long = nameIn((stack) => makePopulation(new Construct(stack, 'A scope / with ünusual characters'.repeat(3)), 'Audience'));
    expect(long).toMatch(/^IntermediateTable-51af3dc0-[\w-]{44}-[0-9a-f]{8}$/);
    expect(long).toHaveLength(80);
    expect(long).toContain('-Audience-');
  });

  test('is another one where CloudFormation sees another resource, and only there', () => {
    const plain = nameIn((stack) => makePopulation(stack, 'Audience'));
    expect(nameIn((stack) => makePopulation(stack, 'Audience', { parameters: { a: '1' }, timeout: Duration.hours(2) }))).toBe(plain);
    expect(nameIn((stack) => machineOf(makePopulation(stack, 'Audience')).overrideLogicalId('Another'))).not.toBe(plain);
  });
});

test('a table of another stack is referred to in a way that holds on to nothing, and what refers to it changes when the table is replaced', () => {
  const synthesize = (props: Partial<CfnIntermediateTableProps>) => {
    const stack = makeStack();
    const tables = new Stack(stack.node.root, 'Tables');
    const listening = new Stack(stack.node.root, 'Listening');
    makePopulation(stack, 'Population', { intermediateTable: makeTable(tables, 'Table', props) }).onPopulated('Done', { crossStackScope: listening });
    expect(JSON.stringify(templateOf(stack))).not.toContain('Fn::ImportValue');
    return [stack, listening].map((each) => JSON.stringify(templateOf(each)));
  };
  const [before, described, changed] = [
    {}, { description: 'another' }, { populationAnalysisConfiguration: { sqlParameters: { queryString: 'SELECT 2' } } },
  ].map(synthesize);
  expect(described).toEqual(before);
  expect(changed[0]).not.toBe(before[0]);
  expect(changed[1]).not.toBe(before[1]);
});
