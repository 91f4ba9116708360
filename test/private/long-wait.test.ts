import { CfnParameter, Duration, Stack, Tags } from 'aws-cdk-lib';
import { CfnIntermediateTableProps } from 'aws-cdk-lib/aws-cleanrooms';
import { Schedule } from 'aws-cdk-lib/aws-events';
import { CfnKey } from 'aws-cdk-lib/aws-kms';
import { PopulateOnDeploy } from '../../src';
import { neededBy } from '../support/cycles';
import { makePopulation, makeStack, makeTable, MEMBERSHIP, PopulationProps, TABLE, templateOf, templateWith } from '../support/stacks';
import { CfnTemplate, idOf, idsOf, resourceOf } from '../support/template';

const WAIT = 'AWS::CloudFormation::WaitCondition';
const HANDLE = 'AWS::CloudFormation::WaitConditionHandle';
const POPULATION = 'Custom::IntermediateTablePopulation';
const VERSION = 'Custom::IntermediateTableVersion';

describe('up to 55 minutes the custom resource itself waits', () => {
  test.each([
    ['by default', undefined, '3600'],
    ['a minute', Duration.minutes(1), '2010'],
    ['20 minutes', Duration.minutes(20), '3150'],
    ['55 minutes', Duration.minutes(55), '3600'],
  ])('%s: its timeout leaves room for a late event and for our own message', (_, timeout, serviceTimeout) => {
    const template = templateWith({ timeout });
    expect(resourceOf(template, POPULATION).Properties.ServiceTimeout).toBe(serviceTimeout);
    expect(resourceOf(template, POPULATION).Properties).not.toHaveProperty('WaitHandle');
    expect(idsOf(template, WAIT)).toEqual([]);
  });

  test('a timeout that is known only when deploying has all of CloudFormation\'s hour', () => {
    const template = templateWith((stack) => ({ timeout: Duration.seconds(new CfnParameter(stack, 'Timeout', { type: 'Number' }).valueAsNumber) }));
    expect(resourceOf(template, POPULATION).Properties.ServiceTimeout).toBe('3600');
    expect(idsOf(template, WAIT)).toEqual([]);
  });
});

describe('above 55 minutes a wait condition waits', () => {
  const template = templateWith({ timeout: Duration.hours(6) });

  test.each([56, 61, 6 * 60, 12 * 60])('with a timeout of %d minutes', (minutes) => {
    const { Properties } = resourceOf(templateWith({ timeout: Duration.minutes(minutes) }), WAIT);
    expect(Number(Properties.Timeout)).toBeGreaterThanOrEqual(minutes * 60);
    expect(Number(Properties.Timeout)).toBeLessThanOrEqual(43_200);
    expect(Properties.Count).toBe(1);
  });

  test('after the custom resource has started the run, which knows the handle', () => {
    const condition = resourceOf(template, WAIT);
    expect(condition.DependsOn).toEqual([idOf(template, POPULATION)]);
    expect(condition.Properties.Handle).toEqual({ Ref: idOf(template, HANDLE) });
    expect(resourceOf(template, POPULATION).Properties).toMatchObject({ WaitHandle: { Ref: idOf(template, HANDLE) }, ServiceTimeout: '3600' });
  });

  test('and a last custom resource reads the result of the run, which is what versionId and analysisId are', () => {
    const version = resourceOf(template, VERSION);
    expect(neededBy(template, idOf(template, VERSION))).toContain(idOf(template, WAIT));
    expect(version.Properties).toEqual({
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
  type Setup = (stack: Stack) => PopulationProps;
  const table = (props: Partial<CfnIntermediateTableProps>): Setup => (stack) => ({ intermediateTable: makeTable(stack, 'Table', props) });
  const base: PopulationProps = { parameters: { a: '1', b: '2' }, compute: { workers: 4 }, triggers: ['1'] };
  const long = (setup: Setup): CfnTemplate => templateWith((stack) => ({ timeout: Duration.hours(6), ...base, ...setup(stack) }));
  const unchanged = long(table({}));

  const renewing: Record<string, Setup> = {
    'a parameter': (stack) => ({ ...table({})(stack), parameters: { a: '1', b: '3' } }),
    'a further parameter': (stack) => ({ ...table({})(stack), parameters: { ...base.parameters, c: '3' } }),
    'the compute': (stack) => ({ ...table({})(stack), compute: { workers: 8 } }),
    'a Spark property': (stack) => ({ ...table({})(stack), compute: { workers: 4, sparkProperties: { a: 'b' } } }),
    'the payer': (stack) => ({ ...table({})(stack), analysisPayerAccountId: '012345678901' }),
    'a trigger': (stack) => ({ ...table({})(stack), triggers: ['2'] }),
    'the key of the table': table({ kmsKeyArn: 'arn:aws:kms:us-east-1:123456789012:key/a1b2c3d4-5678-90ab-cdef-333333333333' }),
    'the given key': (stack) => ({ ...table({})(stack), encryptionKey: new CfnKey(stack, 'Key') }),
    'the name of the table': table({ name: 'renamed' }),
    'the membership of the table': table({ membershipIdentifier: TABLE }),
    'the query of the table': table({ populationAnalysisConfiguration: { sqlParameters: { queryString: 'SELECT 2' } } }),
    'every deploy, where asked for': (stack) => ({ ...table({})(stack), triggers: undefined, populateOnDeploy: PopulateOnDeploy.ALWAYS }),
  };
  test.each(Object.keys(renewing))('%s', (what) => {
    const changed = long(renewing[what]);
    expect(idOf(changed, WAIT)).not.toBe(idOf(unchanged, WAIT));
    expect(idOf(changed, HANDLE)).not.toBe(idOf(unchanged, HANDLE));
  });

  const keeping: Record<string, Setup> = {
    'nothing': table({}),
    'the order of parameters': (stack) => ({ ...table({})(stack), parameters: { b: '2', a: '1' } }),
    'the timeout': (stack) => ({ ...table({})(stack), timeout: Duration.hours(7) }),
    'what becomes of a query in time-out': (stack) => ({ ...table({})(stack), cancelOnTimeout: false }),
    'a limit of what is billed': (stack) => ({ ...table({})(stack), maxBilledCrpuHoursPerDay: 5 }),
    'a schedule': (stack) => ({ ...table({})(stack), schedule: Schedule.rate(Duration.days(1)) }),
    'the output': (stack) => ({ ...table({})(stack), versionIdOutput: false }),
    'the description of the table': table({ description: 'other' }),
    'the rules of the table': table({ analysisRules: [] }),
    'tags': (stack) => {
      Tags.of(stack).add('team', 'data');
      return table({})(stack);
    },
    'further populations': (stack) => {
      makePopulation(stack, 'Another');
      return table({})(stack);
    },
  };
  test.each(Object.keys(keeping))('but not for %s: CloudFormation cannot update one', (what) => {
    const changed = long(keeping[what]);
    expect(idOf(changed, WAIT)).toBe(idOf(unchanged, WAIT));
    expect(resourceOf(changed, WAIT)).toEqual(resourceOf(unchanged, WAIT));
    expect(idOf(changed, HANDLE)).toBe(idOf(unchanged, HANDLE));
  });

  test('an upstream table\'s parameter, since its population makes this one due', () => {
    const chain = (value: string) => {
      const stack = makeStack();
      const upstream = makePopulation(stack, 'Upstream', { parameters: { value } });
      makePopulation(stack, 'Population', { timeout: Duration.hours(6), refreshAfter: [upstream] });
      return idOf(templateOf(stack), WAIT);
    };
    expect(chain('1')).toBe(chain('1'));
    expect(chain('2')).not.toBe(chain('1'));
  });

  test('ALWAYS renews it with every synthesis', () => {
    const synthesize = (time: number) => {
      jest.useFakeTimers({ now: time });
      return idOf(templateWith({ timeout: Duration.hours(6), populateOnDeploy: PopulateOnDeploy.ALWAYS }), WAIT);
    };
    const ids = [1, 2].map(synthesize);
    jest.useRealTimers();
    expect(new Set(ids).size).toBe(2);
  });

  test('a membership that another resource makes does not stand in the way', () => {
    const template = long((stack) => table({ membershipIdentifier: new CfnParameter(stack, 'Membership', { default: MEMBERSHIP }).valueAsString })(stack));
    expect(idsOf(template, WAIT)).toHaveLength(1);
  });
});
