import { CfnParameter, Duration, Fn, Lazy } from 'aws-cdk-lib';
import { Schedule } from 'aws-cdk-lib/aws-events';
import { WorkerType } from '../src';
import { definitionsIn, stateMachineIn } from './support/definitions';
import { makePopulation, makeStack, MEMBERSHIP, PopulationProps, templateOf, templateWith } from './support/stacks';
import { idsOf, uuidOf, Values } from './support/template';
import type { Definition } from '../src/contract/population';

const TABLE = { membershipIdentifier: MEMBERSHIP, intermediateTableIdentifier: uuidOf('PopulationTable') };

const definition = ({ timeoutSeconds = 3300, cancelOnTimeout = true, ...population }: Record<string, unknown>) => (
  { population: { ...TABLE, ...population }, change: {}, timeoutSeconds, cancelOnTimeout, record: expect.stringMatching(/^[0-9a-f]{42}$/) });

const cases: [string, PopulationProps, object][] = [
  ['nothing but the table', {}, {}],
  ['parameters', { parameters: { since: '2026-01-01', empty: '' } }, { parameters: { since: '2026-01-01', empty: '' } }],
  ['no parameters', { parameters: {} }, {}],
  ['a worker type and number', { compute: { workerType: WorkerType.CR_4X, workers: 32 } }, { compute: { type: 'CR.4X', number: 32 } }],
  ['a worker type only', { compute: { workerType: WorkerType.CR_8X } }, { compute: { type: 'CR.8X' } }],
  ['a number of workers only', { compute: { workers: 400 } }, { compute: { number: 400 } }],
  ['a worker type that has no name here', { compute: { workerType: WorkerType.of('CR.16X') } }, { compute: { type: 'CR.16X' } }],
  ['Spark properties', { compute: { sparkProperties: { 'spark.sql.ansi.enabled': 'true' } } },
    { compute: { properties: { spark: { 'spark.sql.ansi.enabled': 'true' } } } }],
  ['a Spark property that looks like a path', { compute: { sparkProperties: { 'key.$': '$.value' } } },
    { compute: { properties: { spark: { 'key.$': '$.value' } } } }],
  ['no Spark properties', { compute: { sparkProperties: {} } }, {}],
  ['empty compute', { compute: {} }, {}],
  ['a payer', { analysisPayerAccountId: '012345678901' }, { analysisPayerAccountId: '012345678901' }],
  ['a timeout', { timeout: Duration.minutes(10) }, { timeoutSeconds: 600 }],
  ['no cancelling', { cancelOnTimeout: false }, { cancelOnTimeout: false }],
  ['cancelling', { cancelOnTimeout: true }, {}],
];

test.each(cases)('the custom resource and the state machine get the same definition: %s', (_, props, expected) => {
  const { resource, machine } = definitionsIn(templateWith(props));
  expect(resource).toEqual(definition({ ...expected }));
  expect(machine).toEqual(resource);
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

test('the definition is a literal of the state machine, so that nothing in it is taken for a path', () => {
  const { Define } = stateMachineIn(templateWith()).States;
  expect(Define).toMatchObject({ Type: 'Pass', ResultPath: '$.definition' });
  expect(Define).not.toHaveProperty('Parameters');
});

test('each population is on record under the address of its construct, whatever else is in the stack', () => {
  const recordOf = (...ids: string[]) => {
    const stack = makeStack();
    ids.forEach((id) => makePopulation(stack, id));
    const template = templateOf(stack);
    return new Map(idsOf(template, 'Custom::IntermediateTablePopulation').map((id, index) => {
      const json = new Values(template).of<string>(template.Resources[id].Properties.Definition);
      return [ids[index], (JSON.parse(json) as Definition).record];
    }));
  };
  const [alone, among] = [recordOf('First'), recordOf('Second', 'First')];
  expect(among.get('First')).toBe(alone.get('First'));
  expect(among.get('Second')).not.toBe(alone.get('First'));
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

  test.each(['resource', 'machine'] as const)('are filled in, texts as texts and numbers as numbers: %s', (where) => {
    expect(definitionsIn(template, values)[where]).toMatchObject({
      population: {
        parameters: { imported: 'imported', parameter: 'text', lazy: 'a "late" one' },
        compute: { type: 'CR.4X', number: 32, properties: { spark: { shuffle: '8' } } },
        analysisPayerAccountId: '012345678901',
      },
      timeoutSeconds: 1200,
    });
  });

  test('numbers of workers may come late, too', () => {
    const { resource } = definitionsIn(templateWith({ compute: { workers: Lazy.number({ produce: () => 64 }) } }));
    expect(resource.population.compute).toEqual({ number: 64 });
  });
});

test('a table of the app is known by its attributes, not by the parts of its Ref, whose form is not documented', () => {
  const template = templateWith();
  expect(JSON.stringify(template.Resources)).not.toContain('{"Ref":"PopulationTable"}');
  expect(JSON.stringify(template.Resources)).toContain('{"Fn::GetAtt":["PopulationTable","IntermediateTableIdentifier"]}');
});
