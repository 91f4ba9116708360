import { CfnParameter, Duration, Lazy, Stack, Tags } from 'aws-cdk-lib';
import { CfnIntermediateTableProps } from 'aws-cdk-lib/aws-cleanrooms';
import { Schedule } from 'aws-cdk-lib/aws-events';
import { CfnKey } from 'aws-cdk-lib/aws-kms';
import { PopulateOnDeploy } from '../../src';
import { neededBy } from '../support/cycles';
import { makePopulation, makeTable, PopulationProps, synthesized, TABLE, templateWith } from '../support/stacks';
import { CfnTemplate, idOf, idsOf, resourceOf } from '../support/template';

const WAIT = 'AWS::CloudFormation::WaitCondition';
const HANDLE = 'AWS::CloudFormation::WaitConditionHandle';
const POPULATION = 'Custom::IntermediateTablePopulation';
const VERSION = 'Custom::IntermediateTableVersion';

test.each([
  ['by default', undefined, '3600'],
  ['a minute', Duration.minutes(1), '2010'],
  ['20 minutes', Duration.minutes(20), '3150'],
  ['55 minutes', Duration.minutes(55), '3600'],
  ['what is known only when deploying, which has all of CloudFormation\'s hour',
    Duration.seconds(Lazy.number({ produce: () => 60 })), '3600'],
])('up to 55 minutes the custom resource waits, with room for a late event and our own message: %s', (_, timeout, serviceTimeout) => {
  const template = templateWith({ timeout });
  expect(resourceOf(template, POPULATION).Properties.ServiceTimeout).toBe(serviceTimeout);
  expect(resourceOf(template, POPULATION).Properties).not.toHaveProperty('WaitHandle');
  expect(idsOf(template, WAIT)).toEqual([]);
});

describe('above 55 minutes a wait condition waits', () => {
  const template = templateWith({ timeout: Duration.hours(6) });

  test.each([56, 61, 12 * 60])('as long as CloudFormation lets it, with a timeout of %d minutes', (minutes) => {
    expect(resourceOf(templateWith({ timeout: Duration.minutes(minutes) }), WAIT).Properties).toMatchObject({ Timeout: '43200', Count: 1 });
  });

  test('after the custom resource has started the run, which knows the handle', () => {
    const Handle = { Ref: idOf(template, HANDLE) };
    expect(resourceOf(template, WAIT)).toMatchObject({ DependsOn: [idOf(template, POPULATION)], Properties: { Handle } });
    expect(resourceOf(template, POPULATION).Properties).toMatchObject({ WaitHandle: Handle, ServiceTimeout: '3600' });
  });

  test('and a last custom resource reads the result of the run, which is what versionId and analysisId are', () => {
    expect(neededBy(template, idOf(template, VERSION))).toContain(idOf(template, WAIT));
    expect(resourceOf(template, VERSION).Properties).toEqual({
      ServiceToken: resourceOf(template, POPULATION).Properties.ServiceToken,
      Execution: { 'Fn::GetAtt': [idOf(template, POPULATION), 'Execution'] },
      Result: { 'Fn::GetAtt': [idOf(template, POPULATION), 'Result'] },
      Signal: { 'Fn::GetAtt': [idOf(template, WAIT), 'Data'] },
      // It may have to wait for a run itself.
      ServiceTimeout: '3600',
    });
    const [output] = Object.values(template.Outputs ?? {});
    expect(output.Value).toEqual({ 'Fn::GetAtt': [idOf(template, VERSION), 'versionId'] });
  });
});

describe('a wait condition waits once, and is made anew exactly when a populate is due', () => {
  type Change = (stack: Stack) => PopulationProps;
  const table = (props: Partial<CfnIntermediateTableProps>): Change => (stack) => ({ intermediateTable: makeTable(stack, 'Table', props) });
  const parameters = { a: '1', b: '2' };
  const long = (change: Change = () => ({})): CfnTemplate => templateWith((stack) => {
    const changed = change(stack);
    const intermediateTable = changed.intermediateTable ?? makeTable(stack);
    return { timeout: Duration.hours(6), parameters, compute: { workers: 4 }, triggers: ['1'], ...changed, intermediateTable };
  });
  const unchanged = long();

  test.each<[string, Change]>([
    ['a parameter', () => ({ parameters: { a: '1', b: '3' } })],
    ['a further parameter', () => ({ parameters: { ...parameters, c: '3' } })],
    ['the compute', () => ({ compute: { workers: 8 } })],
    ['a Spark property', () => ({ compute: { workers: 4, sparkProperties: { a: 'b' } } })],
    ['the payer', () => ({ analysisPayerAccountId: '012345678901' })],
    ['a trigger', () => ({ triggers: ['2'] })],
    ['the key of the table', table({ kmsKeyArn: 'arn:aws:kms:us-east-1:123456789012:key/a1b2c3d4-5678-90ab-cdef-333333333333' })],
    ['the given key', (stack) => ({ encryptionKey: new CfnKey(stack, 'Key') })],
    ['the name of the table', table({ name: 'renamed' })],
    ['the membership of the table', table({ membershipIdentifier: TABLE })],
    ['a membership that is known only when deploying',
      (stack) => table({ membershipIdentifier: new CfnParameter(stack, 'M').valueAsString })(stack)],
    ['the query of the table', table({ populationAnalysisConfiguration: { sqlParameters: { queryString: 'SELECT 2' } } })],
    ['every deploy, where asked for', () => ({ triggers: undefined, populateOnDeploy: PopulateOnDeploy.ALWAYS })],
  ])('%s', (_, change) => {
    const changed = long(change);
    expect(idOf(changed, WAIT)).not.toBe(idOf(unchanged, WAIT));
    expect(idOf(changed, HANDLE)).not.toBe(idOf(unchanged, HANDLE));
  });

  test.each<[string, Change]>([
    ['nothing', () => ({})],
    ['the order of parameters', () => ({ parameters: { b: '2', a: '1' } })],
    ['the timeout', () => ({ timeout: Duration.hours(7) })],
    ['what becomes of a query in time-out', () => ({ cancelOnTimeout: false })],
    ['a limit of what is billed', () => ({ maxBilledCrpuHoursPerDay: 5 })],
    ['a schedule', () => ({ schedule: Schedule.rate(Duration.days(1)) })],
    ['the output', () => ({ versionIdOutput: false })],
    ['the description of the table', table({ description: 'other' })],
    ['the rules of the table', table({ analysisRules: [] })],
    ['tags', (stack) => {
      Tags.of(stack).add('team', 'data');
      return {};
    }],
    ['further populations', (stack) => {
      makePopulation(stack, 'Another');
      return {};
    }],
  ])('but not for %s: CloudFormation cannot update one', (_, change) => {
    const changed = long(change);
    expect(idOf(changed, WAIT)).toBe(idOf(unchanged, WAIT));
    expect(resourceOf(changed, WAIT)).toEqual(resourceOf(unchanged, WAIT));
    expect(idOf(changed, HANDLE)).toBe(idOf(unchanged, HANDLE));
  });

  test('an upstream table\'s parameter, since its population makes this one due', () => {
    const chain = (value: string) => idOf(synthesized((stack) => {
      const upstream = makePopulation(stack, 'Upstream', { parameters: { value } });
      makePopulation(stack, 'Population', { timeout: Duration.hours(6), refreshAfter: [upstream] });
    }), WAIT);
    expect(chain('1')).toBe(chain('1'));
    expect(chain('2')).not.toBe(chain('1'));
  });

  test('ALWAYS renews it with every synthesis', () => {
    const ids = [1, 2].map((now) => {
      jest.useFakeTimers({ now });
      return idOf(templateWith({ timeout: Duration.hours(6), populateOnDeploy: PopulateOnDeploy.ALWAYS }), WAIT);
    });
    jest.useRealTimers();
    expect(new Set(ids).size).toBe(2);
  });
});
