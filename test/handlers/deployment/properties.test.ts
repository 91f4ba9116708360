import { MACHINE_ARN, propertiesWith, TABLE } from './support';
import { MAX_PARAMETERS_BYTES } from '../../../src/contract/custom-resource';
import { fingerprintOf } from '../../../src/contract/hashing';
import { readProperties, readTarget } from '../../../src/handlers/deployment/properties';

const read = (more: object = {}) => readProperties({ ...propertiesWith(), ...more });
const definitionWith = (more: object) => read(more).definition;

const FULL = {
  ServiceTimeout: '4470',
  Parameters: [{ Name: 'region', Value: 'north' }, { Name: 'Ref', Value: '"\\\n{}' }, { Name: 'empty', Value: '' }],
  Compute: { WorkerType: 'CR.4X', Workers: '16', SparkProperties: [{ Name: 'spark.sql.shuffle.partitions', Value: '400' }] },
  AnalysisPayerAccountId: '444455556666',
  KmsKey: 'arn:aws:kms:eu-west-1:111122223333:key/k',
  Triggers: ['1', ''],
  TimeoutSeconds: '43200',
  CancelOnTimeout: 'false',
  MaxBilledCrpuHoursPerDay: '5.5',
  Schedules: [{ Name: 'Nightly', Parameters: [{ Name: 'region', Value: 'south' }] }, { Name: 'Weekly' }],
  Upstream: [{ Population: 'Daily' }, { Population: 'Far', RecordTable: 'Other-Record' }],
  PopulateOnDeploy: 'ALWAYS',
  Synthesis: '2026-11-23',
  UpstreamVersions: ['version-1'],
  VersionParameter: 'a1b2',
  WaitHandle: 'https://wait.example',
};

test('the properties are read back from text, each to what it means', () => {
  expect(read(FULL)).toEqual({
    stateMachineArn: MACHINE_ARN,
    table: TABLE,
    mode: 'ALWAYS',
    synthesis: '2026-11-23',
    waitHandleUrl: 'https://wait.example',
    definition: {
      parameters: { region: 'north', Ref: '"\\\n{}', empty: '' },
      compute: { type: 'CR.4X', number: 16, properties: { spark: { 'spark.sql.shuffle.partitions': '400' } } },
      analysisPayerAccountId: '444455556666',
      kmsKey: 'arn:aws:kms:eu-west-1:111122223333:key/k',
      triggers: ['1', ''],
      timeoutSeconds: 43_200,
      cancelOnTimeout: false,
      maxBilledCrpuHoursPerDay: 5.5,
      schedules: [{ name: 'Nightly', parameters: { region: 'south' } }, { name: 'Weekly' }],
      upstream: [{ population: 'Daily' }, { population: 'Far', recordTable: 'Other-Record' }],
    },
  });
});

test('scalars that CloudFormation should one day hand over as they are mean the same', () => {
  expect(read({ TimeoutSeconds: 60, CancelOnTimeout: true, Compute: { Workers: 4 } }))
    .toEqual(read({ TimeoutSeconds: '60', CancelOnTimeout: 'true', Compute: { Workers: '4' } }));
});

describe('absent and empty', () => {
  test.each([
    ['parameters', { Parameters: [] }, { Parameters: undefined }],
    ['a parameter whose value is AWS::NoValue', { Parameters: [{ Name: 'region' }] }, { Parameters: undefined }],
    ['triggers', { Triggers: [] }, { Triggers: undefined }],
    ['compute', { Compute: {} }, {}],
    ['Spark properties', { Compute: { SparkProperties: [] } }, {}],
    ['schedules', { Schedules: [] }, {}],
    ['a schedule\'s parameters', { Schedules: [{ Name: 'Nightly', Parameters: [] }] }, { Schedules: [{ Name: 'Nightly' }] }],
    ['upstream tables', { Upstream: [] }, {}],
  ])('are the same for %s', (_what, empty, absent) => {
    expect(definitionWith(empty)).toEqual(definitionWith(absent));
    expect(fingerprintOf(definitionWith(empty))).toBe(fingerprintOf(definitionWith(absent)));
  });

  test('are not for texts: an empty value of a parameter is one', () => {
    expect(definitionWith({ Parameters: [{ Name: 'region', Value: '' }], Triggers: [''], AnalysisPayerAccountId: '' }))
      .toMatchObject({ parameters: { region: '' }, triggers: [''], analysisPayerAccountId: '' });
  });
});

describe('what cannot be read is told by its name, and not by its value', () => {
  test.each<[string, object, string, string]>([
    ['a property that is not known', { Secret: 'north' }, 'ResourceProperties.Secret', 'is not known'],
    ['no state machine', { StateMachineArn: undefined }, 'StateMachineArn', 'is missing'],
    ['an empty table', { IntermediateTableIdentifier: '' }, 'IntermediateTableIdentifier', 'is empty'],
    ['an empty membership', { MembershipIdentifier: '' }, 'MembershipIdentifier', 'is empty'],
    ['a membership that is no text', { MembershipIdentifier: ['north'] }, 'MembershipIdentifier', 'is not a text'],
    ['parameters that are a map', { Parameters: { region: 'north' } }, 'Parameters', 'is not a list'],
    ['parameters that are a text', { Parameters: '{"region":"north"}' }, 'Parameters', 'is not a list'],
    ['parameters of texts', { Parameters: ['north'] }, 'Parameters.0', 'is not an object'],
    ['null', { Parameters: [null] }, 'Parameters.0', 'is not an object'],
    ['a parameter without a name', { Parameters: [{ Value: 'north' }] }, 'Parameters.0.Name', 'is missing'],
    ['a parameter that is a list', { Parameters: [{ Name: 'region', Value: ['north'] }] }, 'Parameters.region', 'is not a text'],
    ['a parameter with more', { Parameters: [{ Name: 'region', Values: 'north' }] }, 'Parameters.0.Values', 'is not known'],
    ['workers that are no number', { Compute: { Workers: 'north' } }, 'Compute.Workers', 'is not a number in its range'],
    ['no workers', { Compute: { Workers: '0' } }, 'Compute.Workers', 'is not a number in its range'],
    ['compute with more', { Compute: { Memory: 'north' } }, 'Compute.Memory', 'is not known'],
    ['no timeout', { TimeoutSeconds: undefined }, 'TimeoutSeconds', 'is missing'],
    ['a timeout below a minute', { TimeoutSeconds: '59' }, 'TimeoutSeconds', 'is not a number in its range'],
    ['a timeout beyond twelve hours', { TimeoutSeconds: '43201' }, 'TimeoutSeconds', 'is not a number in its range'],
    ['a limit of nothing', { MaxBilledCrpuHoursPerDay: '0' }, 'MaxBilledCrpuHoursPerDay', 'is not a number above 0'],
    ['a limit that is empty', { MaxBilledCrpuHoursPerDay: '' }, 'MaxBilledCrpuHoursPerDay', 'is not a number above 0'],
    ['a limit that is no number', { MaxBilledCrpuHoursPerDay: 'north' }, 'MaxBilledCrpuHoursPerDay', 'is not a number above 0'],
    ['a flag that is none', { CancelOnTimeout: 'north' }, 'CancelOnTimeout', 'is neither true nor false'],
    ['a mode that is not known', { PopulateOnDeploy: 'north' }, 'PopulateOnDeploy', 'is none of ON_CHANGE, ALWAYS, IF_UNPOPULATED, NEVER'],
    ['a schedule without a name', { Schedules: [{ Parameters: [] }] }, 'Schedules.0.Name', 'is missing'],
    ['an upstream table without a population', { Upstream: [{ RecordTable: 'north' }] }, 'Upstream.0.Population', 'is missing'],
    ['a trigger that is a list', { Triggers: [['north']] }, 'Triggers.0', 'is not a text'],
    ...([
      ['a parameter', { Parameters: [{ Name: 'secret', Value: 'a{{resolve:secretsmanager:x}}' }] }, 'Parameters.secret'],
      ['a schedule\'s parameter', { Schedules: [{ Name: 'N', Parameters: [{ Name: 's', Value: '{{resolve:ssm-secure:x}}' }] }] },
        'Schedules.0.Parameters.s'],
      ['a Spark property', { Compute: { SparkProperties: [{ Name: 's', Value: '{{resolve:ssm:x}}' }] } }, 'Compute.SparkProperties.s'],
      ['a trigger', { Triggers: ['{{resolve:ssm:x}}'] }, 'Triggers.0'],
      ['a payer', { AnalysisPayerAccountId: '{{resolve:ssm:x}}' }, 'AnalysisPayerAccountId'],
      ['a table', { IntermediateTableIdentifier: '{{resolve:ssm:x}}' }, 'IntermediateTableIdentifier'],
    ] as const).map(([what, more, name]): [string, object, string, string] => [
      `${what} that still holds a dynamic reference, and what to take instead`, more, name,
      'still holds a dynamic reference ({{resolve:…}}), which CloudFormation did not fill in. '
      + 'Take StringParameter.valueForStringParameter() for it',
    ]),
  ])('%s', (_what, more, name, problem) => {
    const message = `The property ${name} of the custom resource ${problem}.`;
    expect(() => read(more)).toThrow(expect.objectContaining({ name: 'InvalidDefinition', message }));
    expect(() => read(more)).not.toThrow(/north|:x}}/);
  });

  test('properties that are no object', () => {
    expect(() => readProperties('north' as never)).toThrow('The property ResourceProperties of the custom resource is not an object.');
  });
});

describe('the size of parameters', () => {
  /** As JSON, a list with one parameter has 26 bytes besides the value. */
  const parametersOf = (bytes: number) => [{ Name: 'p', Value: 'x'.repeat(bytes - JSON.stringify([{ Name: 'p', Value: '' }]).length) }];
  const both = (own: number, schedules: number) =>
    ({ Parameters: parametersOf(own), Schedules: [{ Name: 'Nightly', Parameters: parametersOf(schedules) }] });

  test('may be 64 kB, those of schedules included', () => {
    expect(definitionWith(both(MAX_PARAMETERS_BYTES / 2, MAX_PARAMETERS_BYTES / 2)).schedules).toHaveLength(1);
  });

  test.each([
    ['the population\'s', { Parameters: parametersOf(MAX_PARAMETERS_BYTES + 1) }, 65_537],
    ['a schedule\'s', { ...both(50, MAX_PARAMETERS_BYTES + 1), Parameters: undefined }, 65_537],
    ['both together', both(60_000, 5_537), 65_537],
    ['the population\'s in bytes, not in characters', { Parameters: [{ Name: 'p', Value: '表'.repeat(30_000) }] }, 90_025],
  ])('is told in words where %s are more', (_what, more, bytes) => {
    expect(() => read(more)).toThrow(`The property Parameters of the custom resource has ${bytes} bytes, those of schedules included. `
      + 'At most 65536 can be kept on record.');
  });
});

test('a delete needs the machine and the table, whatever the rest is', () => {
  expect(readTarget({ ...propertiesWith(), Parameters: 'x', Unknown: 1 })).toEqual({ stateMachineArn: MACHINE_ARN, table: TABLE });
  expect(() => readTarget({})).toThrow('The property StateMachineArn of the custom resource is missing.');
});
