import { Aws, CfnParameter, CfnResource, Duration, Fn, Lazy, SecretValue, Stack } from 'aws-cdk-lib';
import { CfnIntermediateTableProps } from 'aws-cdk-lib/aws-cleanrooms';
import { Schedule } from 'aws-cdk-lib/aws-events';
import { Construct } from 'constructs';
import { WorkerType } from '../src';
import { propertiesIn, stateMachineIn } from './support/definitions';
import { makePopulation, makeStack, makeTable, MEMBERSHIP, PopulationProps, templateOf, templateWith } from './support/stacks';
import { idsOf, resourceOf, uuidOf, Values } from './support/template';

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

const cases: [string, PopulationProps, object][] = [
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
  ['a schedule', { schedule: Schedule.rate(Duration.days(1)) }, { Schedules: [{ Name: 'Schedule' }] }],
];

test.each(cases)('the custom resource has what it is given: %s', (_, props, expected) => {
  expect(propertiesIn(templateWith(props))).toEqual(properties({ ...expected }));
});

test('the order of parameters and Spark properties, which is the language\'s own, does not show in the template', () => {
  const withKeys = (...keys: string[]) => {
    const map = Object.fromEntries(keys.map((key) => [key, key]));
    const stack = makeStack();
    makePopulation(stack, 'Population', { parameters: map, compute: { sparkProperties: map }, timeout: Duration.hours(6) })
      .addSchedule('Nightly', Schedule.rate(Duration.days(1)), { parameters: map });
    return JSON.stringify(templateOf(stack));
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
const ways: [string, (stack: Stack, text: string, id: string) => string][] = [
  ['written in the app', (_, text) => text],
  ['given when deploying', (stack, _, id) => new CfnParameter(stack, id).valueAsString],
  ['imported', (_stack, _text, id) => Fn.importValue(id)],
  ['known late', (_, text) => Lazy.string({ produce: () => text })],
];

test.each(ways)('texts that are %s arrive as they are, in schedules and triggers, too, and nothing else does', (_, give) => {
  const stack = makeStack();
  const entries = TEXTS.map((text, index) => [`T${String(index).padStart(2, '0')}`, give(stack, text, `Text${index}`)]);
  const parameters = Object.fromEntries(entries) as Record<string, string>;
  makePopulation(stack, 'Population', { parameters, triggers: Object.values(parameters), compute: { sparkProperties: parameters } })
    .addSchedule('Nightly', Schedule.rate(Duration.days(1)), { parameters });
  const template = templateOf(stack);
  const values = new Values(template, Object.fromEntries(TEXTS.map((text, index) => [`Text${index}`, text])));
  const expected = TEXTS.map((Value, index) => ({ Name: entries[index][0], Value }));
  expect(propertiesIn(template, values)).toMatchObject({
    Parameters: expected, Triggers: TEXTS, Compute: { SparkProperties: expected }, Schedules: [{ Name: 'Nightly', Parameters: expected }],
  });
  const inputs = idsOf(template, 'AWS::Events::Rule').map((id) => JSON.stringify(template.Resources[id].Properties.Targets));
  expect(inputs.filter((input) => input.includes('schedule'))).toEqual([expect.stringContaining(JSON.stringify('{"schedule":"Nightly","event":<id>}'))]);
  expect(JSON.stringify(stateMachineIn(template, values))).not.toContain('"T00"');
});

test('a list that is known only when deploying is one, and what CloudFormation leaves out is left to it', () => {
  const stack = makeStack();
  makePopulation(stack, 'Population', {
    triggers: new CfnParameter(stack, 'List', { type: 'CommaDelimitedList' }).valueAsList, analysisPayerAccountId: Aws.NO_VALUE, parameters: { a: Aws.NO_VALUE },
  });
  expect(resourceOf(templateOf(stack), 'Custom::IntermediateTablePopulation').Properties).toMatchObject({
    Triggers: { Ref: 'List' }, AnalysisPayerAccountId: { Ref: 'AWS::NoValue' }, Parameters: [{ Name: 'a', Value: { Ref: 'AWS::NoValue' } }],
  });
});

describe('promise 9: a dynamic reference', () => {
  const synthesize = (props: PopulationProps | ((stack: Stack) => PopulationProps)) => () => templateWith(props);
  const secret = '{{resolve:secretsmanager:audience:SecretString:since}}';

  test.each<[string, string, PopulationProps | ((stack: Stack) => PopulationProps)]>([
    ['to a secret', 'parameters.since', { parameters: { since: secret } }],
    ['to a secret within a text', 'triggers', { triggers: ['1', `v${secret}`] }],
    ['to a secret by CDK', 'parameters.since', () => ({ parameters: { since: SecretValue.secretsManager('audience').unsafeUnwrap() } })],
    ['to a secure parameter', 'compute.sparkProperties.key', { compute: { sparkProperties: { key: '{{resolve:ssm-secure:/key:1}}' } } }],
    ['to a secret beside what is known later', 'parameters.since', (stack) => ({ parameters: { since: `${secret}${new CfnParameter(stack, 'Text').valueAsString}` } })],
  ])('%s fails at synthesis: CloudFormation does not fill it in for custom resources', (_, prop, props) => {
    expect(synthesize(props)).toThrow(new RegExp(`Stack/Population: ${prop.replace(/\./g, '\\.')} is ".*\\{\\{resolve:.*StringParameter\\.valueForStringParameter`));
  });

  test('in a schedule does, too, and is told by the schedule\'s name', () => {
    const stack = makeStack();
    makePopulation(stack).addSchedule('Nightly', Schedule.rate(Duration.days(1)), { parameters: { since: secret } });
    expect(() => templateOf(stack)).toThrow('Stack/Population: schedules.Nightly.since is "{{resolve:secretsmanager:');
  });

  test('to a plain parameter goes as it is: CloudFormation fills it in', () => {
    expect(propertiesIn(templateWith({ parameters: { since: '{{resolve:ssm:/since}}' } })).Parameters).toEqual([{ Name: 'since', Value: '{{resolve:ssm:/since}}' }]);
  });
});

describe('promise 9: the size of parameters', () => {
  const parametersOf = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`p${index}`, 'x'.repeat(1000)]));

  test('is 64 kB at most, those of schedules included', () => {
    const withSchedule = (own: number, scheduled: number) => () => {
      const stack = makeStack();
      makePopulation(stack, 'Population', { parameters: parametersOf(own) })
        .addSchedule('Nightly', Schedule.rate(Duration.days(1)), { parameters: parametersOf(scheduled) });
      templateOf(stack);
    };
    expect(withSchedule(31, 31)).not.toThrow();
    expect(withSchedule(32, 33)).toThrow(/Stack\/Population: the size of parameters, those of schedules included, is 6\d{4} bytes\. Give at most 65536/);
    expect(() => templateWith({ parameters: parametersOf(65) })).toThrow('the size of parameters');
  });

  test('is not known of what is known only when deploying', () => {
    const imported = Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`p${index}`, Fn.importValue('x'.repeat(1000))]));
    expect(() => templateWith({ parameters: imported })).not.toThrow();
  });
});

describe('values that are known only when deploying', () => {
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
  const values = new Values(template, {
    Import: 'imported', Text: 'text', Type: 'CR.4X', Workers: '32', Spark: '8', Payer: '012345678901', Timeout: '1200',
  });

  test('are filled in by CloudFormation', () => {
    expect(propertiesIn(template, values)).toMatchObject({
      Parameters: [{ Name: 'imported', Value: 'imported' }, { Name: 'lazy', Value: 'a "late" one' }, { Name: 'parameter', Value: 'text' }],
      Compute: { WorkerType: 'CR.4X', Workers: '32', SparkProperties: [{ Name: 'shuffle', Value: '8' }] },
      AnalysisPayerAccountId: '012345678901',
      TimeoutSeconds: '1200',
    });
  });

  test('numbers of workers may come late, too', () => {
    expect(propertiesIn(templateWith({ compute: { workers: Lazy.number({ produce: () => 64 }) } })).Compute).toEqual({ Workers: 64 });
  });
});

test('a table of the app is known by its attributes, not by the parts of its Ref, whose form is not documented', () => {
  const template = templateWith();
  expect(JSON.stringify(template.Resources)).not.toContain('{"Ref":"PopulationTable"}');
  expect(JSON.stringify(template.Resources)).toContain('{"Fn::GetAtt":["PopulationTable","IntermediateTableIdentifier"]}');
});

describe('the populations that one is built on', () => {
  test('are told by the logical ids of their custom resources, the direct ones only, and by their records where they are of other stacks', () => {
    const stack = makeStack();
    const elsewhere = makePopulation(new Stack(stack.node.root, 'Elsewhere'), 'Furthest');
    const near = makePopulation(stack, 'Near', { refreshAfter: [elsewhere] });
    makePopulation(stack, 'Last', { refreshAfter: [near] });
    const template = templateOf(stack);
    const of = (id: string) => template.Resources[idsOf(template, 'Custom::IntermediateTablePopulation').find((each) => each.startsWith(id))!].Properties;
    const [nearId] = idsOf(template, 'Custom::IntermediateTablePopulation');
    expect(of('Last')).toMatchObject({ Upstream: [{ Population: nearId }], UpstreamVersions: [{ 'Fn::GetAtt': [nearId, 'versionId'] }] });
    expect(of('Last').Upstream).toEqual([{ Population: nearId, TableName: 'NearTable' }]);
    expect(of('Near').Upstream).toEqual([{
      Population: expect.stringMatching(/^FurthestPopulation[0-9A-F]{8}$/),
      TableName: 'FurthestTable',
      RecordTable: { 'Fn::GetStackOutput': expect.objectContaining({ StackName: 'Elsewhere', OutputName: expect.stringContaining('Record') }) },
    }]);
    expect(of('Near')).not.toHaveProperty('UpstreamVersions');
  });

  test('are heard of by the ends of their state machines\' names, of which a rule takes forty', () => {
    const stack = makeStack();
    const scope = new Construct(stack, 'AScopeWithANameThatIsAsLongAsTheyMayBe');
    const refreshAfter = Array.from({ length: 40 }, (_, index) => makePopulation(scope, `UpstreamPopulation${index}`));
    makePopulation(stack, 'Population', { refreshAfter });
    const template = templateOf(stack);
    const rule = idsOf(template, 'AWS::Events::Rule').find((id) => id.startsWith('PopulationAfterUpstream'))!;
    const { EventPattern } = template.Resources[rule].Properties;
    expect(JSON.stringify(EventPattern).length).toBeLessThanOrEqual(2_048);
    const { detail } = EventPattern as { detail: { stateMachineArn: { suffix: string }[] } };
    const names = idsOf(template, 'AWS::StepFunctions::StateMachine').map((id) => new Values(template).of<string>(template.Resources[id].Properties.StateMachineName));
    for (const { suffix } of detail.stateMachineArn) {
      expect(names.filter((name) => name.endsWith(suffix))).toHaveLength(1);
    }
  });
});

describe('the name of a state machine', () => {
  const nameIn = (make: (stack: Stack) => Construct) => {
    const stack = makeStack();
    const population = make(stack);
    const template = templateOf(stack);
    const machine = stack.resolve((population.node.findChild('StateMachine').node.defaultChild as CfnResource).logicalId) as string;
    return new Values(template).of<string>(template.Resources[machine].Properties.StateMachineName);
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
    expect(nameIn((stack) => {
      const population = makePopulation(stack, 'Audience');
      (population.node.findChild('StateMachine').node.defaultChild as CfnResource).overrideLogicalId('Another');
      return population;
    })).not.toBe(plain);
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
