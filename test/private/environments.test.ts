import { App, CfnParameter, Fn, Stack, StackProps, Stage } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { Key } from 'aws-cdk-lib/aws-kms';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { IntermediateTable } from '../../src';
import {
  makeApp, makePopulation, makeStack, makeTable, MEMBERSHIP, PopulationProps, TABLE, templateOf, templateWith,
} from '../support/stacks';

const HERE = { account: '123456789012', region: 'eu-west-1' };
const REGION = { ...HERE, region: 'us-east-1' };
const ACCOUNT = { ...HERE, account: '210987654321' };

/** What the population of `Stack` gets from a stack of another environment. */
type Give = (there: Stack, here: Stack) => PopulationProps;

const arnOf = ({ account, region }: typeof HERE) =>
  `arn:aws:cleanrooms:${region}:${account}:membership/${MEMBERSHIP}/intermediatetable/${TABLE}`;
const tableOf = (arn: string): Give => (_, here) => ({ intermediateTable: IntermediateTable.fromIntermediateTableArn(here, 'Given', arn) });
const table: Give = (there) => ({ intermediateTable: makeTable(there) });
const versionParameter: Give = (there) => ({ versionParameter: StringParameter.fromStringParameterName(there, 'Version', 'version') });
const encryptionKey: Give = (there) => ({ encryptionKey: new Key(there, 'Key') });
const upstream: Give = (there) => ({ refreshAfter: [makePopulation(there, 'Upstream')] });

const giving = (give: Give, env: StackProps['env'], scopeOf: (app: App) => App | Stage = (app) => app) => () => {
  const app = makeApp();
  const here = new Stack(app, 'Stack', { env: HERE });
  makePopulation(here, 'Population', give(new Stack(scopeOf(app), 'There', { env }), here));
  return templateOf(here);
};

describe('promise 9: a population does not reach', () => {
  const OURS = 'The stack\'s is';
  test.each<[string, Give, StackProps['env'], string]>([
    ['a table of another region', table, REGION, `the region of intermediateTable There/Table is "us-east-1". ${OURS} "eu-west-1"`],
    ['a table of another account', table, ACCOUNT, 'the account of intermediateTable There/Table is "210987654321"'],
    ['a table of an ARN of another account', tableOf(arnOf(ACCOUNT)), HERE,
      `the account of intermediateTable Stack/Given is "210987654321". ${OURS} "123456789012"`],
    ['a table of an ARN of another region', tableOf(arnOf(REGION)), HERE,
      `the region of intermediateTable Stack/Given is "us-east-1". ${OURS} "eu-west-1"`],
    ['a version parameter of another region', versionParameter, REGION, 'the region of versionParameter There/Version is "us-east-1"'],
    ['a version parameter of another account', versionParameter, ACCOUNT,
      'the account of versionParameter There/Version is "210987654321"'],
    ['a key of another region', encryptionKey, REGION, 'the region of encryptionKey There/Key is "us-east-1"'],
    ['an upstream population of another region', upstream, REGION,
      'refreshAfter has There/Upstream, whose region is "us-east-1" and not "eu-west-1"'],
    ['an upstream population of another account', upstream, ACCOUNT, 'refreshAfter has There/Upstream, whose account is "210987654321"'],
    ['an upstream population of a stack of any region', upstream, undefined,
      'refreshAfter has There/Upstream, whose account is any and not'],
  ])('%s', (_, give, env, message) => {
    expect(giving(give, env)).toThrow(`Stack/Population: ${message}`);
  });

  const APART = 'is of another app or stage, whose stacks are deployed apart.';
  test.each<[string, Give, string, string]>([
    ['a table', table, 'intermediateTable', `There/Table ${APART} Refer to it by IntermediateTable.from`],
    ['a version parameter', versionParameter, 'versionParameter', `There/Version ${APART}`],
    ['an upstream population', upstream, 'refreshAfter', `There/Upstream ${APART} Let an event`],
  ])('%s of another stage or app', (_, give, prop, message) => {
    expect(giving(give, HERE, (app) => new Stage(app, 'Stage'))).toThrow(`Stack/Population: ${prop} Stage/${message}`);
    expect(giving(give, HERE, () => makeApp())).toThrow(`Stack/Population: ${prop} ${message}`);
  });

  test('listeners in another region', () => {
    const app = makeApp();
    const population = makePopulation(new Stack(app, 'Stack', { env: HERE }));
    const there = new Stack(app, 'There', { env: REGION });
    expect(() => population.onPopulated('Rule', { crossStackScope: there })).toThrow('Stack/Population: the region of crossStackScope There is "us-east-1"');
  });
});

test.each<[string, Give]>([
  ['a table', table],
  ['a table of an ARN', tableOf(arnOf(HERE))],
  ['a table of an ARN that is known only when deploying', tableOf(Fn.importValue('TableArn'))],
  ['a version parameter', versionParameter],
  ['a version parameter of an account and region that are known only when deploying', (_, here) => ({
    versionParameter: StringParameter.fromStringParameterAttributes(here, 'Version', {
      parameterName: new CfnParameter(here, 'Name').valueAsString, simpleName: true,
    }),
  })],
  ['a key', encryptionKey],
  ['a key of another account, whose policy decides,', (_, here) => ({
    encryptionKey: Key.fromKeyArn(here, 'Key', 'arn:aws:kms:eu-west-1:210987654321:key/1'),
  })],
  ['an upstream population', upstream],
])('a population reaches %s of another stack of its account and region', (_, give) => {
  expect(giving(give, HERE)).not.toThrow();
});

test('a population reaches any table, in a stack that may be deployed anywhere', () => {
  expect(() => templateWith((stack) => tableOf(arnOf({ account: ACCOUNT.account, region: REGION.region }))(stack, stack))).not.toThrow();
});

test('metrics tell their account and region to dashboards elsewhere', () => {
  const population = makePopulation(makeStack('Stack', { env: HERE }));
  for (const metric of [population.metricSucceeded(), population.metricFailed(), population.metricSecondsUntilExpiry()] as Metric[]) {
    expect(metric.toMetricConfig().metricStat).toMatchObject(HERE);
  }
});
