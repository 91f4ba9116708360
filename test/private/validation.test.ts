import { CfnParameter, Duration, Lazy, Stack } from 'aws-cdk-lib';
import { Schedule } from 'aws-cdk-lib/aws-events';
import { Key } from 'aws-cdk-lib/aws-kms';
import { ParameterDataType, StringParameter } from 'aws-cdk-lib/aws-ssm';
import { IntermediateTable, PopulateOnDeploy, WorkerType } from '../../src';
import { messageOf } from '../support/messages';
import { makePopulation, makeStack, makeTable, PopulationProps, Props, synthesized, templateOf, templateWith } from '../support/stacks';
import { tokenSources } from '../support/tokens';

const manySparkProperties = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`key${index}`, 'value']));
const keyArn = (id: number) => `arn:aws:kms:us-east-1:123456789012:key/${id}`;
const daily = Schedule.rate(Duration.days(1));

/** What a caller in a language without types may give. */
const untyped = (value: unknown) => value as never;

/** Each mistake, with the name of the prop and the value that its message tells. */
const mistakes: [string, Props, string, string][] = [
  ['no table', { intermediateTable: untyped(null) }, 'intermediateTable', 'null'],
  ['a table whose membership is no UUID', (stack) => ({ intermediateTable: makeTable(stack, 'T', { membershipIdentifier: 'membership' }) }),
    'membershipIdentifier', '"membership"'],
  ['an empty parameter name', { parameters: { '': 'x' } }, 'parameters', '""'],
  ['a parameter name of 101 characters', { parameters: { ['n'.repeat(101)]: 'x' } }, 'parameters', 'n'.repeat(101)],
  ['a parameter name with a dash', { parameters: { 'start-date': 'x' } }, 'parameters', '"start-date"'],
  ['a parameter name with a letter that is not ASCII', { parameters: { größe: 'x' } }, 'parameters', '"größe"'],
  ['a parameter of 1,001 characters', { parameters: { long: 'v'.repeat(1001) } }, 'parameters.long', '1001 characters'],
  ['a parameter that is a number', { parameters: { year: untyped(2026) } }, 'parameters.year', '2026'],
  ['a parameter that is undefined', { parameters: { year: untyped(undefined) } }, 'parameters.year', 'undefined'],
  ['one worker', { compute: { workers: 1 } }, 'compute.workers', '1'],
  ['no workers', { compute: { workers: 0 } }, 'compute.workers', '0'],
  ['401 workers', { compute: { workers: 401 } }, 'compute.workers', '401'],
  ['half a worker', { compute: { workers: 2.5 } }, 'compute.workers', '2.5'],
  ['a number of workers that is none', { compute: { workers: NaN } }, 'compute.workers', 'NaN'],
  ['51 Spark properties', { compute: { sparkProperties: manySparkProperties(51) } }, 'compute.sparkProperties', '51'],
  ['an empty Spark key', { compute: { sparkProperties: { '': 'x' } } }, 'compute.sparkProperties', '""'],
  ['a Spark key of 201 characters', { compute: { sparkProperties: { ['k'.repeat(201)]: 'x' } } }, 'compute.sparkProperties', 'k'.repeat(201)],
  ['a Spark value of 501 characters', { compute: { sparkProperties: { key: 'v'.repeat(501) } } }, 'compute.sparkProperties[\'key\']', '501 characters'],
  ['a Spark value that is a number', { compute: { sparkProperties: { key: untyped(8) } } }, 'compute.sparkProperties[\'key\']', '8'],
  ['an account id of 11 digits', { analysisPayerAccountId: '12345678901' }, 'analysisPayerAccountId', '"12345678901"'],
  ['an account id of 13 digits', { analysisPayerAccountId: '1234567890123' }, 'analysisPayerAccountId', '"1234567890123"'],
  ['an account id with dashes', { analysisPayerAccountId: '1234-5678-9012' }, 'analysisPayerAccountId', '"1234-5678-9012"'],
  ['an empty account id', { analysisPayerAccountId: '' }, 'analysisPayerAccountId', '""'],
  ['an account id that is a number', { analysisPayerAccountId: untyped(123456789012) }, 'analysisPayerAccountId', '123456789012'],
  ['a timeout of 59 seconds', { timeout: Duration.seconds(59) }, 'timeout', '"59 seconds"'],
  ['a timeout of none', { timeout: Duration.seconds(0) }, 'timeout', '"0 seconds"'],
  ['a timeout above 12 hours', { timeout: Duration.seconds(43_201) }, 'timeout', '"12 hours 1 second"'],
  ['a timeout of a day', { timeout: Duration.days(1) }, 'timeout', '"1 day"'],
  ['a timeout of half a second more', { timeout: Duration.millis(90_500) }, 'timeout', '90.5'],
  ['a late timeout in minutes, which CloudFormation cannot convert', { timeout: Duration.minutes(Lazy.number({ produce: () => 5 })) }, 'timeout', 'minutes'],
  ['a limit of nothing', { maxBilledCrpuHoursPerDay: 0 }, 'maxBilledCrpuHoursPerDay', '0'],
  ['a limit below nothing', { maxBilledCrpuHoursPerDay: -1 }, 'maxBilledCrpuHoursPerDay', '-1'],
  ['a limit that is none', { maxBilledCrpuHoursPerDay: NaN }, 'maxBilledCrpuHoursPerDay', 'NaN'],
  ['a limit without end', { maxBilledCrpuHoursPerDay: Infinity }, 'maxBilledCrpuHoursPerDay', 'Infinity'],
  ['a limit that is a text', { maxBilledCrpuHoursPerDay: untyped('5') }, 'maxBilledCrpuHoursPerDay', '"5"'],
  ['a mode that there is not', { populateOnDeploy: untyped('SOMETIMES') }, 'populateOnDeploy', '"SOMETIMES"'],
  ['triggers with ALWAYS', { triggers: ['v1'], populateOnDeploy: PopulateOnDeploy.ALWAYS }, 'triggers', '["v1"]'],
  ['triggers with IF_UNPOPULATED', { triggers: ['v1'], populateOnDeploy: PopulateOnDeploy.IF_UNPOPULATED }, 'triggers', '["v1"]'],
  ['triggers with NEVER', { triggers: ['v1'], populateOnDeploy: PopulateOnDeploy.NEVER }, 'triggers', '["v1"]'],
  ['a key that is not the table\'s', (stack) => ({
    intermediateTable: makeTable(stack, 'T', { kmsKeyArn: keyArn(1) }), encryptionKey: Key.fromKeyArn(stack, 'Key', keyArn(2)),
  }), 'encryptionKey', `"${keyArn(2)}". The table is encrypted with ${keyArn(1)}`],
  ['another key of the stack than the table\'s', (stack) => ({
    intermediateTable: makeTable(stack, 'T', { kmsKeyArn: new Key(stack, 'Own').keyArn }), encryptionKey: new Key(stack, 'Other'),
  }), 'encryptionKey', '"Other'],
  ['a version parameter that no version\'s id fits', (stack) => (
    { versionParameter: new StringParameter(stack, 'Version', { stringValue: '0', allowedPattern: '^\\d+$' }) }),
  'the allowedPattern of versionParameter Stack/Version', '"^\\\\d+$"'],
  ['a version parameter for images', (stack) => (
    { versionParameter: new StringParameter(stack, 'Version', { stringValue: '0', dataType: ParameterDataType.AWS_EC2_IMAGE }) }),
  'the data type of versionParameter Stack/Version', '"aws:ec2:image"'],
];

/** What JavaScript, or `any`, lets through. */
const untypedMistakes: [string, PopulationProps, string, string][] = ([
  ['a worker type that is a text', { compute: { workerType: 'CR.4X' } }, 'compute.workerType', '"CR.4X"'],
  ['a compute that is a text', { compute: 'CR.4X' }, 'compute', '"CR.4X"'],
  ['a compute that is a list', { compute: ['CR.4X', 4] }, 'compute', '["CR.4X",4]'],
  ['workers in a text', { compute: { workers: '4' } }, 'compute.workers', '"4"'],
  ['Spark properties that are a text', { compute: { sparkProperties: 'a=1' } }, 'compute.sparkProperties', '"a=1"'],
  ['Spark properties that are none', { compute: { sparkProperties: null } }, 'compute.sparkProperties', 'null'],
  ['parameters that are a text', { parameters: 'a=1' }, 'parameters', '"a=1"'],
  ['parameters that are a list', { parameters: ['a', '1'] }, 'parameters', '["a","1"]'],
  ['parameters that are none', { parameters: null }, 'parameters', 'null'],
  ['a parameter that is none', { parameters: { a: null } }, 'parameters.a', 'null'],
  ['a schedule that is a text', { schedule: 'rate(1 day)' }, 'schedule', '"rate(1 day)"'],
  ['a schedule that is none', { schedule: null }, 'schedule', 'null'],
  ['a timeout that is a number', { timeout: 3600 }, 'timeout', '3600'],
  ['a timeout that is a text', { timeout: '1 hour' }, 'timeout', '"1 hour"'],
  ['triggers that are a text', { triggers: 'v1' }, 'triggers', '"v1"'],
  ['a trigger that is a number', { triggers: [1] }, 'triggers', '[1]'],
  ['"false"', { cancelOnTimeout: 'false' }, 'cancelOnTimeout', '"false"'],
  ['no', { versionIdOutput: 'no' }, 'versionIdOutput', '"no"'],
  ['a version parameter that is a name', { versionParameter: '/version' }, 'versionParameter', '"/version"'],
  ['a key that is an ARN', { encryptionKey: 'arn:aws:kms:eu-west-1:123456789012:key/1' }, 'encryptionKey', '"arn:aws:kms'],
  ['upstream populations that are no list', { refreshAfter: 'Upstream' }, 'refreshAfter', '"Upstream". Give a list.'],
  ['a table that is an ARN', { intermediateTable: 'arn:aws:cleanrooms' }, 'intermediateTable', '"arn:aws:cleanrooms"'],
] as [string, object, string, string][]).map(([name, props, ...rest]) => [name, untyped(props), ...rest]);

const within = (props: Props) => {
  const stack = makeStack();
  makePopulation(stack, 'Population', { intermediateTable: makeTable(stack), ...typeof props === 'function' ? props(stack) : props });
  return stack;
};

describe('promise 9: mistakes fail at synth, in words that name the construct, the prop and the value, and tell what to do', () => {
  test.each([...mistakes, ...untypedMistakes])('%s', (_, props, prop, value) => {
    const message = messageOf(() => within(props));
    expect(message).toMatch(/^Stack\/Population: /);
    expect(message).toContain(prop);
    expect(message).toContain(value);
    expect(message).toMatch(/\. [A-Z].+[.]$/);
  });

  test.each<[string, object, string]>([
    ['parameters that are a text', { parameters: 'a=1' }, 'parameters is "a=1". Give a map'],
    ['a parameter name with a dash', { parameters: { 'start-date': 'x' } }, 'a name in parameters is "start-date". Use'],
    ['a parameter of 1,001 characters', { parameters: { long: 'v'.repeat(1001) } },
      'parameters.long is "vvvvvvvvvvvvvvvvvvvv… (1001 characters)". Give'],
    ['"no"', { enabled: 'no' }, 'enabled is "no". Give true or false.'],
    ['a description of 513 characters', { description: 'd'.repeat(513) }, 'description is "dddddddddddddddddddd… (513 characters)". Give at most 512'],
  ])('and in addSchedule: %s', (_, options, message) => {
    expect(() => makePopulation(makeStack()).addSchedule('More', daily, untyped(options))).toThrow(`Stack/Population: ${message}`);
  });

  test('as does a schedule whose name the event\'s own text would be put into', () => {
    expect(() => makePopulation(makeStack()).addSchedule('the <id>', daily)).toThrow('Stack/Population: id is "the <id>". Give one without angle brackets');
  });

  test('a long value is not repeated as a whole', () => {
    expect(messageOf(() => within({ parameters: { long: 'v'.repeat(1001) } })).length).toBeLessThan(200);
  });
});

test.each<[string, PopulationProps]>([
  ['parameter names and values at their longest', { parameters: { ['N_9'.padEnd(100, 'n')]: 'v'.repeat(1000), n: '' } }],
  ['2 workers', { compute: { workers: 2 } }],
  ['400 workers', { compute: { workers: 400 } }],
  ['50 Spark properties', { compute: { sparkProperties: manySparkProperties(50) } }],
  ['Spark keys and values at their longest', { compute: { sparkProperties: { ['k'.repeat(200)]: 'v'.repeat(500), k: '' } } }],
  ['an account id with leading zeros', { analysisPayerAccountId: '000000000001' }],
  ['a timeout of a minute', { timeout: Duration.minutes(1) }],
  ['a timeout of 12 hours', { timeout: Duration.hours(12) }],
  ['a limit of less than the shortest query is billed', { maxBilledCrpuHoursPerDay: 0.01 }],
  ['triggers with ON_CHANGE', { triggers: ['v1'], populateOnDeploy: PopulateOnDeploy.ON_CHANGE }],
  ['no triggers with ALWAYS', { triggers: [], populateOnDeploy: PopulateOnDeploy.ALWAYS }],
])('what is just within the limits is taken: %s', (_, props) => {
  expect(() => templateOf(within(props))).not.toThrow();
});

describe('a value that is known only when deploying passes', () => {
  const places: [string, (value: string, stack: Stack) => PopulationProps][] = [
    ['parameters', (value) => ({ parameters: { name: value } })],
    ['sparkProperties', (value) => ({ compute: { sparkProperties: { key: value } } })],
    ['workerType', (value) => ({ compute: { workerType: WorkerType.of(value) } })],
    ['analysisPayerAccountId', (value) => ({ analysisPayerAccountId: value })],
    ['triggers', (value) => ({ triggers: [value] })],
    ['the key of a table and the given one', (value, stack) => ({
      intermediateTable: makeTable(stack, 'Encrypted', { kmsKeyArn: value }),
      encryptionKey: Key.fromKeyArn(stack, 'Key', keyArn(2)),
    })],
    ['the pattern of a version parameter', (value, stack) => (
      { versionParameter: new StringParameter(stack, 'Version', { stringValue: 'x', allowedPattern: value }) })],
    ['the membership of the table', (value, stack) => ({ intermediateTable: makeTable(stack, 'Given', { membershipIdentifier: value }) })],
    ['the identifiers of a foreign table', (value, stack) => ({
      intermediateTable: IntermediateTable.fromIntermediateTableAttributes(stack, 'Given', { membershipIdentifier: value, intermediateTableIdentifier: value }),
    })],
    ['the ARN of a foreign table', (value, stack) => ({ intermediateTable: IntermediateTable.fromIntermediateTableArn(stack, 'Given', value) })],
  ];
  const cases = places.flatMap(([place, props]) => tokenSources.map(([source, value]) => [place, source, props, value] as const));
  test.each(cases)('%s from %s', (_place, _source, props, value) => {
    expect(() => templateWith((stack) => props(value(stack), stack))).not.toThrow();
  });

  test.each([
    ['workers', (value: number) => ({ compute: { workers: value } })],
    ['timeout', (value: number) => ({ timeout: Duration.seconds(value) })],
    ['maxBilledCrpuHoursPerDay', (value: number) => ({ maxBilledCrpuHoursPerDay: value })],
  ])('%s from a CfnParameter and a Lazy', (_, props) => {
    expect(() => synthesized((stack) => {
      makePopulation(stack, 'First', props(new CfnParameter(stack, 'Value', { type: 'Number' }).valueAsNumber));
      makePopulation(stack, 'Second', props(Lazy.number({ produce: () => 100_000 })));
    })).not.toThrow();
  });
});
